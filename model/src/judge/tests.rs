//! Hand-written logs: those of runs that happened, and those of writers that are wrong in one way each.

mod long;
mod right;
mod spoiled;
mod walks;
mod wrong;

use super::{Verdict, judge};
use crate::record::{Ev, HandedBack, Op, Over, Record, Ret};
use crate::vocabulary::{Answer, Call, Cause, Event, Params, Run, SinkAnswer, Waiter};

/// A log under construction. Calls are numbered as they come.
pub(super) struct Log {
    records: Vec<Record>,
    calls: u64,
    seq: usize,
}

impl Log {
    /// High-water mark 4, low-water mark 3, capacity 8.
    fn new() -> Self {
        Self::with(4, 3, 8)
    }

    fn with(high: usize, low: usize, capacity: usize) -> Self {
        let mut log = Self { records: Vec::new(), calls: 0, seq: 0 };
        log.ev(Ev::New(Params::new(high, low, capacity).expect("the marks of a test are valid")));
        log
    }

    fn retrying() -> Self {
        let mut log = Self::new();
        if let Ev::New(params) = &mut log.records[0].ev {
            params.retry_would_block = true;
        }
        log
    }

    fn ev(&mut self, ev: Ev) -> &mut Self {
        let n = self.records.len() as u64;
        self.records.push(Record { n, t: 0, s: 0, ev });
        self
    }

    /// Begins a call and answers its number.
    fn begin(&mut self, op: Op) -> u64 {
        self.calls += 1;
        self.ev(Ev::Call { q: self.calls, op });
        self.calls
    }

    fn end_of(&mut self, q: u64, ret: Ret) -> &mut Self {
        self.ev(Ev::Return { q, ret })
    }

    fn call(&mut self, call: Call) -> &mut Self {
        let q = self.begin(Op::Call(call));
        self.end_of(q, Ret::Done)
    }

    /// Begins writing the next chunk of producer 0.
    fn begin_write(&mut self, len: usize) -> u64 {
        self.seq += 1;
        self.begin(Op::Call(Call::Write { producer: 0, seq: self.seq, len }))
    }

    /// The next chunk of producer 0 and its answer. Chunks are numbered from 1.
    fn write(&mut self, len: usize, answer: Answer) -> &mut Self {
        let q = self.begin_write(len);
        self.end_of(q, Ret::Wrote(answer))
    }

    fn wait(&mut self, waiter: Waiter) -> &mut Self {
        self.call(Call::Wait(waiter))
    }

    fn awaits(&mut self, waiter: Waiter, ret: Ret) -> &mut Self {
        let q = self.begin(Op::Await(waiter));
        self.end_of(q, ret)
    }

    fn closed(&mut self, over: Over) -> &mut Self {
        let q = self.begin(Op::Closed);
        self.end_of(q, Ret::Over(over))
    }

    /// The sink is offered bytes `from..to` of one chunk.
    fn sink(&mut self, seq: usize, from: usize, to: usize) -> &mut Self {
        self.ev(Ev::Sink(vec![bytes(seq, from, to)]))
    }

    fn sinks(&mut self, runs: &[Run]) -> &mut Self {
        self.ev(Ev::Sink(runs.to_vec()))
    }

    fn answers(&mut self, answer: SinkAnswer) -> &mut Self {
        self.ev(Ev::SinkReturn(answer))
    }

    fn took(&mut self, len: usize) -> &mut Self {
        self.answers(SinkAnswer::Took(len))
    }

    fn flushes(&mut self) -> &mut Self {
        self.ev(Ev::SinkFlush).answers(SinkAnswer::Flushed)
    }

    fn emit(&mut self, event: Event) -> &mut Self {
        self.ev(Ev::Emit(event))
    }

    fn recovered(&mut self, bytes: &[Run], unknown: usize, error: Option<Cause>) -> &mut Self {
        self.ev(Ev::Recovered(HandedBack { bytes: bytes.to_vec(), unknown, error }))
    }

    fn quiesce(&mut self) -> &mut Self {
        self.ev(Ev::Quiesce)
    }

    /// The log must conform; answers how wide it was.
    #[track_caller]
    fn accepted(&self) -> usize {
        match judge(&self.records) {
            Ok(Verdict::Conforms(conforms)) => conforms.widest,
            Ok(Verdict::Breaks(violation)) => panic!("{violation}"),
            Err(malformed) => panic!("{malformed}"),
        }
    }

    /// The last record must be the first that cannot be explained, by this clause.
    #[track_caller]
    fn rejected(&self, clause: &str) {
        self.rejected_at(self.records.len() - 1, clause);
    }

    #[track_caller]
    fn rejected_at(&self, at: usize, clause: &str) {
        match judge(&self.records) {
            Ok(Verdict::Conforms(conforms)) => panic!("{conforms}"),
            Ok(Verdict::Breaks(violation)) => {
                assert_eq!((violation.at, violation.clause), (at, clause), "{violation}");
                assert!(!violation.why.is_empty() && !violation.before.is_empty(), "{violation}");
            }
            Err(malformed) => panic!("{malformed}"),
        }
    }

    #[track_caller]
    fn malformed(&self, words: &str) {
        let why = judge(&self.records).expect_err("the log is malformed").to_string();
        assert!(why.contains(words), "{why}");
    }
}

/// Bytes `from..to` of chunk `seq` of producer 0.
fn bytes(seq: usize, from: usize, to: usize) -> Run {
    Run { producer: 0, seq, from, len: to - from }
}

#[test]
fn what_is_no_log_is_told_apart_from_a_wrong_writer() {
    Log { records: Vec::new(), calls: 0, seq: 0 }.malformed("must be new");
    Log::new().took(1).malformed("no call in progress");
    Log::new().sink(1, 0, 1).answers(SinkAnswer::Flushed).malformed("no call in progress");
    Log::new().end_of(7, Ret::Done).malformed("was not made");
    Log::new().awaits(3, Ret::TimedOut).malformed("no wait or flush request 3");
    Log::new().wait(3).wait(3).malformed("given to a wait");
    let mut second = Log::new();
    second.ev(second.records[0].ev.clone());
    second.malformed("second new");
    let mut marks = Log::new();
    if let Ev::New(params) = &mut marks.records[0].ev {
        params.low_water_mark = 4;
    }
    marks.malformed("low-water mark (4)");
    let mut wrong_return = Log::new();
    let q = wrong_return.begin_write(1);
    wrong_return.end_of(q, Ret::Done).malformed("write cannot return done");
}

#[test]
fn a_verdict_says_where_what_and_what_else() {
    let mut log = Log::new();
    log.write(4, Answer::Pause).emit(Event::Drain);
    let verdict = judge(&log.records).expect("well formed");
    let violation = verdict.violation().expect("the drain is early").to_string();
    assert_eq!(
        violation,
        "breaks D-03 at record 3: 3: emit Drain\n\
         \x20 4 bytes buffered, the low-water mark is 3\n\
         \x20 possible instead: sink 0.1[0..4] or less\n\
         \x20 before: Open, b = 4 (0.1[0..4]), sink Idle, drain owed, r = 0\n"
    );
    let so_far = judge(&log.records[..3]).expect("well formed");
    let Verdict::Conforms(conforms) = so_far else { panic!("{so_far:?}") };
    assert!(!conforms.complete && conforms.to_string().starts_with("conforms so far"), "{conforms}");
}
