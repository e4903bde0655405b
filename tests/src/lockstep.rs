//! One writer and the contract, taken through the same steps, with everything compared after each.
//!
//! The thread of the test makes one call at a time and the sink is gated, so that between two steps the writer comes to rest: the contract's own
//! steps are then taken for as long as there are any, and the writer must have done the same ones. The one freedom that the contract leaves is how
//! many of the buffered bytes a call of the sink offers; that is read off the writer.

mod coverage;
mod driven;
mod observed;
mod step;
mod waits;
mod wanted;

pub use coverage::Coverage;
pub use step::{Remains, Reply, Retry, Step, Way};

use crate::chunks::{byte_of, bytes_of};
use crate::driving::{Driving, Executor};
use crate::gate::{Called, Gate, GatedSink};
use crate::native;
use crate::watchdog::Patience;
use highwater::{OnDrop, SharedWriter, SinkError, Stats, WriteError, Writer};
use highwater_model::contract::{
    Action, Call, Outcome, Params, Sink, SinkAnswer, State, System, Waiter, step, system_actions,
};
use observed::Observed;
use std::thread;
use std::time::Duration;
use waits::{Wait, Waiting};
use wanted::{Lost, Wanted, same};

/// Longer than a writer takes to come to rest on a busy machine, and short enough to try many smaller cases when one has failed.
const REST_MAX: Duration = Duration::from_secs(10);

/// See the top of the file.
#[derive(Debug)]
pub struct Lockstep {
    params: Params,
    state: State,
    wanted: Wanted,
    writer: SharedWriter<GatedSink>,
    gate: Gate,
    observed: Observed,
    waits: Vec<Wait>,
    closed: Waiting<highwater::Closed>,
    error: Option<SinkError>,
    seq: usize,
    waiters: Waiter,
    coverage: Coverage,
    retry: Retry,
    driving: Driving,
    executor: Option<Executor>,
    /// Whether the sink has just said that it would block, and is to be called again after a pause.
    is_pausing: bool,
}

impl Lockstep {
    /// A new stream; `retry` says what becomes of [`Params::retry_would_block`]. A task keeps no pause, so it may not be `TooLate` for one.
    ///
    /// # Panics
    /// If the marks are not valid or no thread can be started.
    #[must_use]
    pub fn new(params: Params, retry: Retry, driving: Driving) -> Self {
        Self::lingering(params, retry, Duration::ZERO, driving)
    }

    /// As `new`, for a writer that lets a single byte wait so long for another one.
    ///
    /// # Panics
    /// As `new`.
    #[must_use]
    pub fn lingering(params: Params, retry: Retry, linger: Duration, driving: Driving) -> Self {
        assert!(driving == Driving::Thread || retry != Retry::TooLate, "a task keeps no pause");
        let params = Params { retry_would_block: retry != Retry::Never, ..params };
        let (gate, sink) = Gate::new(driving);
        let observed = Observed::default();
        let mut builder = Writer::builder()
            .high_water_mark(params.high_water_mark)
            .low_water_mark(params.low_water_mark)
            .capacity(params.capacity)
            .batch(2)
            .linger(linger)
            .on_drop(OnDrop::Detach) // A wrong writer must not hang in its drop: what was found wrong with it would go unsaid.
            .observer(observed.clone());
        builder = match retry {
            Retry::Never => builder,
            Retry::AtOnce => builder.retry_would_block(Duration::ZERO),
            Retry::TooLate => builder.retry_would_block(Duration::from_secs(3_600)),
        };
        let (writer, executor) = driving.start(builder, sink);
        Self {
            params,
            state: State::new(),
            wanted: Wanted::default(),
            closed: Waiting::polled(writer.closed()),
            writer,
            gate,
            observed,
            waits: Vec::new(),
            error: None,
            seq: 0,
            waiters: 0,
            coverage: Coverage::default(),
            retry,
            driving,
            executor,
            is_pausing: false,
        }
    }

    /// The state the contract is in.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether `step` can be done here. Every call can; a sink answers only when it was called, and only what was asked for is given up.
    #[must_use]
    pub fn is_possible(&self, step: Step) -> bool {
        match step {
            Step::Sink(reply) => reply.of(self.state.sink).is_some(),
            Step::Cancel(_) => self.waits.iter().any(Wait::can_be_given_up),
            // A driver that is blocked in a poll cannot be dropped.
            Step::Abandon => self.driving == Driving::Pending && self.executor.is_some(),
            _ => true,
        }
    }

    /// Takes the writer and the contract through `step` and to rest, and compares them.
    ///
    /// # Errors
    /// What differs.
    pub fn apply(&mut self, step: Step) -> Result<(), String> {
        if !self.is_possible(step) {
            return Ok(());
        }
        match step {
            Step::Write(len) => self.write(len)?,
            Step::Wait(way) => {
                let call = Call::Wait(self.new_waiter());
                let handle = Waiting::new(way, self.writer.drained());
                let answer = self.model(Action::Call(call))?.answer;
                self.waits.push(Wait::drain(self.waiters, handle, answer));
            }
            Step::Flush(way) => {
                let call = Call::Flush(self.new_waiter());
                let handle = Waiting::new(way, self.writer.flush());
                let answer = self.model(Action::Call(call))?.answer;
                self.waits.push(Wait::flush(self.waiters, handle, answer));
            }
            Step::Cancel(which) => {
                let count = self.waits.iter().filter(|wait| wait.can_be_given_up()).count();
                let mut able = self.waits.iter_mut().filter(|wait| wait.can_be_given_up());
                if let Some(waiter) = able.nth(which % count.max(1)).map(Wait::give_up) {
                    self.model(Action::Call(Call::Cancel(waiter)))?;
                }
            }
            Step::Cork => self.call(Call::Cork, SharedWriter::cork)?,
            Step::Uncork => self.call(Call::Uncork, SharedWriter::uncork)?,
            Step::End => self.call(Call::End, SharedWriter::end)?,
            Step::Destroy => {
                self.call(Call::Destroy, SharedWriter::destroy)?;
                self.give_up_what_is_pending()?;
            }
            Step::Abandon => self.abandon()?,
            Step::Sink(reply) => {
                if let Some(answer) = reply.of(self.state.sink) {
                    self.gate.answer(answer);
                    self.is_pausing = self.params.retry_would_block && answer == SinkAnswer::WouldBlock;
                    self.model(Action::Sink(answer))?;
                }
            }
        }
        self.come_to_rest()?;
        self.compare()
    }

    fn call(&mut self, call: Call, act: impl FnOnce(&SharedWriter<GatedSink>)) -> Result<(), String> {
        act(&self.writer);
        self.model(Action::Call(call)).map(|_| ())
    }

    fn write(&mut self, len: usize) -> Result<(), String> {
        let seq = self.seq;
        self.seq += 1;
        let chunk: Vec<u8> = (0..len).map(|offset| byte_of(0, seq, offset)).collect();
        let before = self.state.buffered();
        let result = self.writer.write(&chunk);
        let wanted = self.model(Action::Call(Call::Write { producer: 0, seq, len }))?.answer;
        same("the answer to the write", &Some(native::answer(&result)), &wanted)?;
        match result {
            Err(WriteError::Full { len: got, buffered, capacity }) => {
                same("what Full says", &(got, buffered, capacity), &(len, before, self.params.capacity))
            }
            Err(WriteError::TooLarge { len: got, capacity }) => {
                same("what TooLarge says", &(got, capacity), &(len, self.params.capacity))
            }
            Err(WriteError::Errored(error)) => {
                let first = self.error.get_or_insert(error.clone());
                same("the cause, which must be the same each time", &error, first)
            }
            _ => Ok(()),
        }
    }

    fn new_waiter(&mut self) -> Waiter {
        self.waiters += 1;
        self.waiters
    }

    /// Takes the contract through `action` and notes what must be seen of it.
    fn model(&mut self, action: Action) -> Result<Outcome, String> {
        let out = step(&self.params, &self.state, action)
            .ok_or_else(|| format!("the writer did {action:?}, which cannot be done here"))?;
        self.coverage.count(&self.state, action, &out);
        self.wanted.note(&self.state, action, &out);
        for (waiter, wake) in &out.wakes {
            for wait in self.waits.iter_mut().filter(|wait| wait.waiter() == *waiter) {
                wait.is_told(*wake);
            }
        }
        self.state = out.state.clone();
        Ok(out)
    }

    /// Takes the writer's own steps for as long as there are any, and waits until it has taken them too.
    fn come_to_rest(&mut self) -> Result<(), String> {
        while let Some(system) = self.own_step()? {
            self.model(Action::System(system))?;
        }
        let mut patience = Patience::new(REST_MAX);
        while !self.is_at_rest() {
            if patience.is_over() {
                return Err(format!("the writer did not come to rest: {:?}", self.writer));
            }
            thread::yield_now();
        }
        Ok(())
    }

    /// What the writer must do next by itself. A drain comes first: it can be due only when the sink has just answered.
    fn own_step(&self) -> Result<Option<System>, String> {
        let able = system_actions(&self.params, &self.state, true);
        let must_call = able.iter().any(|system| matches!(system, System::Offer(_) | System::FlushSink));
        match able.iter().find(|system| matches!(system, System::Drain | System::Close)) {
            Some(system) => Ok(Some(*system)),
            None if self.is_pausing && self.retry == Retry::TooLate => Ok(None),
            None if must_call => self.call_of_the_sink().map(Some),
            None => Ok(None),
        }
    }

    fn call_of_the_sink(&self) -> Result<System, String> {
        let mut patience = Patience::new(REST_MAX);
        loop {
            // The drain thread needs some µs to get there, so mostly it has not yet; waiting a little saves looking often.
            match self.gate.wait_for_call(Duration::from_millis(1)) {
                Some(Called::Flush) => return Ok(System::FlushSink),
                Some(Called::Write(bytes)) => {
                    let wanted: Vec<u8> = self.state.queue.iter().flat_map(|run| bytes_of(*run)).collect();
                    return if wanted.starts_with(&bytes) {
                        Ok(System::Offer(bytes.len()))
                    } else {
                        Err(format!("the sink was offered {bytes:?}, the bytes buffered are {wanted:?}"))
                    };
                }
                None if self.is_asleep_for_good() || patience.is_over() => {
                    return Err(format!("the sink was not called again: {:?}", self.writer));
                }
                None => {}
            }
        }
    }

    /// Whether the drain thread will not call the sink unless something is done. A pause before a retry looks the same.
    fn is_asleep_for_good(&self) -> bool {
        !self.is_pausing && self.is_at_rest() && self.gate.call().is_none()
    }

    /// The order matters: once all answers are noted, a settled writer stays settled, and then the calls it has begun can be counted.
    fn is_at_rest(&self) -> bool {
        self.writer.sink_calls_noted() == self.gate.answered() && self.writer.settled() && {
            let stats = self.writer.stats();
            stats.sink_writes + stats.sink_flushes == self.gate.entered()
        }
    }

    fn compare(&mut self) -> Result<(), String> {
        same("the events", &self.observed.events(), &self.wanted.events)?;
        let Stats { paused, sink_time, .. } = self.writer.stats();
        same("the counters", &self.writer.stats().without_times(), &self.wanted.stats)?; // O-02 among them
        same("whether there was a pause", &!paused.is_zero(), &self.wanted.has_paused)?;
        same("whether the sink was called", &!sink_time.is_zero(), &(self.gate.entered() > 0))?;
        same("the bytes taken", &self.gate.taken(), &self.wanted.taken)?;
        let called = self.gate.call().is_some();
        same("whether the sink is being called", &called, &(self.state.sink != Sink::Idle))?;
        for wait in &mut self.waits {
            wait.compare()?;
        }
        let over = self.state.closed.then_some(self.state.phase);
        self.closed.compare_closed(over)?;
        self.compare_polls()?;
        same("how often the sink was dropped", &self.gate.drops(), &0)
    }

    /// Ends the test of this stream: it is destroyed if it lives, closed, and taken apart.
    ///
    /// # Errors
    /// What differs.
    pub fn finish(mut self, remains: Remains) -> Result<Coverage, String> {
        if self.state.is_live() {
            self.apply(Step::Destroy)?;
        }
        self.apply(Step::Sink(Reply::Take(1)))?;
        same("whether the stream is closed", &self.state.closed, &true)?;
        let wanted = self.wanted.lost(&self.state);
        let got = match remains {
            Remains::Recovered => {
                let recovered = self.writer.recover().ok_or("a closed stream has nothing to recover")?;
                same("whether it can be recovered twice", &self.writer.recover().is_none(), &true)?;
                same("how often the sink was dropped", &self.gate.drops(), &0)?;
                Some(Lost::new(&recovered.unwritten, recovered.error.as_ref()))
            }
            Remains::Dropped => None,
        };
        let (observed, gate, coverage) = (self.observed.clone(), self.gate.clone(), self.coverage.clone());
        drop(self);
        let mut patience = Patience::new(REST_MAX);
        while !observed.is_alone() {
            if patience.is_over() {
                return Err("the drain thread is not gone".to_owned());
            }
            thread::yield_now();
        }
        same("what was lost", &got.or_else(|| observed.lost()).unwrap_or_default(), &wanted)?;
        same("how often the sink was dropped", &gate.drops(), &1)?;
        Ok(coverage)
    }
}

/// After a mismatch the drain thread may be in a call of the sink that nobody would answer.
impl Drop for Lockstep {
    fn drop(&mut self) {
        self.gate.open();
        self.writer.destroy();
    }
}
