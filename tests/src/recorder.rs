//! The log that the threads of one run share.
//!
//! The lock is std's on purpose, under loom too: loom does not switch threads there, so that recording adds no interleavings of its own, unless
//! asked for by a hook.
//! A record is made right before a call or right after it, which is what the judge expects.

use crate::chunks::Chunks;
use highwater_model::contract::{Answer, Call, Event, Params, Run, SinkAnswer, Waiter};
use highwater_model::judge::{Verdict, judge};
use highwater_model::record::{Ev, HandedBack, Op, Record, Ret};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A handle to the log of one stream. Cloning it gives another handle to the same log.
#[derive(Clone, Debug)]
pub struct Recorder(Arc<Shared>);

struct Shared {
    started: Instant,
    log: Mutex<Log>,
    hook: Option<Hook>,
}

type Hook = Box<dyn Fn() + Send + Sync>;

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("log", &self.log).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Log {
    records: Vec<Record>,
    chunks: Chunks,
    calls: u64,
    waiters: Waiter,
    may_give_calls_up: bool,
}

impl Log {
    /// The records, and for a call of the sink that was given up, which nobody sees, its return: an interruption, as early as it may have been, which is when the call had begun and a destroy, too.
    fn complete(&self) -> Vec<Record> {
        let mut records = self.records.clone();
        let of = |is: fn(&Ev) -> bool| self.records.iter().rposition(|record| is(&record.ev));
        let call = of(|ev| matches!(ev, Ev::Sink(_) | Ev::SinkFlush));
        let answer = of(|ev| matches!(ev, Ev::SinkReturn(_)));
        let destroy = self
            .records
            .iter()
            .position(|record| matches!(record.ev, Ev::Call { op: Op::Call(Call::Destroy), .. }));
        if let (true, Some(call), Some(destroy)) = (self.may_give_calls_up && call > answer, call, destroy) {
            let at = call.max(destroy) + 1;
            let t = self.records[at - 1].t;
            records.insert(at, Record { n: 0, t, s: 0, ev: Ev::SinkReturn(SinkAnswer::Interrupted) });
            for (n, record) in (0..).zip(&mut records) {
                record.n = n;
            }
        }
        records
    }

    fn add(&mut self, started: Instant, ev: Ev) {
        let t = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.records.push(Record { n: self.records.len() as u64, t, s: 0, ev });
    }
}

impl Recorder {
    /// A log that begins with `new`.
    #[must_use]
    pub fn new(params: Params) -> Self {
        Self::make(params, None)
    }

    /// As `new`, and `hook` is called before each record but the first and `quiesce`, with no lock held: where loom may switch threads.
    #[must_use]
    pub fn with_hook(params: Params, hook: impl Fn() + Send + Sync + 'static) -> Self {
        Self::make(params, Some(Box::new(hook)))
    }

    fn make(params: Params, hook: Option<Hook>) -> Self {
        let mut log = Log {
            records: Vec::new(),
            chunks: Chunks::new(),
            calls: 0,
            waiters: 0,
            may_give_calls_up: false,
        };
        let started = Instant::now();
        log.add(started, Ev::New(params));
        Self(Arc::new(Shared { started, log: Mutex::new(log), hook }))
    }

    fn with<R>(&self, act: impl FnOnce(&mut Log, Instant) -> R) -> R {
        act(&mut self.0.log.lock().unwrap_or_else(PoisonError::into_inner), self.0.started)
    }

    /// As `with`, for what makes a record.
    fn record<R>(&self, act: impl FnOnce(&mut Log, Instant) -> R) -> R {
        if let Some(hook) = &self.0.hook {
            hook();
        }
        self.with(act)
    }

    /// Adds a record.
    pub fn add(&self, ev: Ev) {
        self.record(|log, started| log.add(started, ev));
    }

    /// Records that a call is about to be made, and answers its number.
    #[must_use = "the return of the call needs the number"]
    pub fn begin(&self, op: Op) -> u64 {
        self.record(|log, started| {
            log.calls += 1;
            log.add(started, Ev::Call { q: log.calls, op });
            log.calls
        })
    }

    /// Records that a call has returned.
    pub fn end(&self, q: u64, ret: Ret) {
        self.add(Ev::Return { q, ret });
    }

    /// Records a call without an answer around `act`.
    pub fn around<R>(&self, call: Call, act: impl FnOnce() -> R) -> R {
        let q = self.begin(Op::Call(call));
        let result = act();
        self.end(q, Ret::Done);
        result
    }

    /// Makes the next chunk of `producer`: its number and its bytes.
    #[must_use]
    pub fn chunk(&self, producer: usize, len: usize) -> (usize, Vec<u8>) {
        self.with(|log, _| log.chunks.make(producer, len))
    }

    /// Makes the next chunk of `producer` and records the write of it around `act`, which is given the bytes.
    pub fn write(&self, producer: usize, len: usize, act: impl FnOnce(&[u8]) -> Answer) -> Answer {
        let (seq, bytes) = self.chunk(producer, len);
        let q = self.begin(Op::Call(Call::Write { producer, seq, len }));
        let answer = act(&bytes);
        self.end(q, Ret::Wrote(answer));
        answer
    }

    /// A new name for a wait or flush request.
    #[must_use]
    pub fn new_waiter(&self) -> Waiter {
        self.with(|log, _| {
            log.waiters += 1;
            log.waiters
        })
    }

    /// Records that the sink's write was called, and answers what it was offered.
    pub fn sink_called(&self, bytes: &[u8]) -> Vec<Run> {
        self.record(|log, started| {
            let runs = log.chunks.runs_of(bytes);
            log.add(started, Ev::Sink(runs.clone()));
            runs
        })
    }

    /// Records how the sink's call ends; `offered` are the bytes of a write.
    pub fn sink_returns(&self, offered: &[Run], answer: SinkAnswer) {
        self.record(|log, started| {
            if let SinkAnswer::Took(len) = answer {
                log.chunks.take(offered, len);
            }
            log.add(started, Ev::SinkReturn(answer));
        });
    }

    /// From now on a call of the sink may be given up, when the stream is destroyed, and then has no return.
    pub fn may_give_calls_up(&self) {
        self.with(|log, _| log.may_give_calls_up = true);
    }

    /// Records that an observer was told.
    pub fn emit(&self, event: Event) {
        self.add(Ev::Emit(event));
    }

    /// Records what was handed back beside the sink.
    pub fn recovered(&self, bytes: &[u8], unknown: usize, error: Option<highwater_model::contract::Cause>) {
        self.record(|log, started| {
            let bytes = log.chunks.runs_of(bytes);
            log.add(started, Ev::Recovered(HandedBack { bytes, unknown, error }));
        });
    }

    /// Records that every thread waits or is gone.
    pub fn quiesce(&self) {
        self.with(|log, started| log.add(started, Ev::Quiesce));
    }

    /// The log so far.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.with(|log, _| log.complete())
    }

    /// Judges the log so far; answers how many explanations there were at once, at most.
    ///
    /// # Errors
    /// The whole log, and why it breaks the contract or is no log.
    pub fn judge(&self) -> Result<usize, String> {
        let records = self.records();
        let why = match judge(&records) {
            Ok(Verdict::Conforms(conforms)) => return Ok(conforms.widest),
            Ok(Verdict::Breaks(violation)) => violation.to_string(),
            Err(malformed) => malformed.to_string(),
        };
        let mut text = String::from("the log:\n");
        for record in &records {
            let _ = writeln!(text, "  {record}");
        }
        Err(text + &why)
    }

    /// How many handles to this log there are: a writer whose observer records has one for as long as its drain thread lives.
    #[must_use]
    pub fn handles(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// The log without its times, for telling distinct runs apart.
    #[must_use]
    pub fn events(&self) -> Vec<Ev> {
        self.with(|log, _| log.complete().into_iter().map(|record| record.ev).collect())
    }
}
