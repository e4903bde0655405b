//! A sink whose every call blocks until the test says how it ends.

use crate::answer;
use highwater_model::contract::SinkAnswer;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A call of the sink that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// A write that offers these bytes.
    Write(Vec<u8>),
    /// A flush.
    Flush,
}

/// The test's side of a [`GatedSink`].
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    call: Option<Called>,
    answer: Option<SinkAnswer>,
    /// Once open, every call fails at once, so that no test can hang in its clean-up.
    open: bool,
    entered: u64,
    answered: u64,
    taken: Vec<u8>,
    drops: usize,
}

/// The writer's side.
#[derive(Debug)]
pub struct GatedSink(Gate);

impl Gate {
    /// A gate and its sink.
    #[must_use]
    pub fn new() -> (Self, GatedSink) {
        let gate = Self::default();
        (gate.clone(), GatedSink(gate))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call that waits for its answer, if there is one.
    #[must_use]
    pub fn call(&self) -> Option<Called> {
        self.lock().call.clone()
    }

    /// Waits until the sink is called, but no longer than `limit`.
    #[must_use]
    pub fn wait_for_call(&self, limit: Duration) -> Option<Called> {
        let end = Instant::now() + limit;
        let mut state = self.lock();
        while state.call.is_none() && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            (state, _) = self.0.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
        state.call.clone()
    }

    /// Lets the call in progress end with `answer`.
    ///
    /// # Panics
    /// If there is no call in progress.
    pub fn answer(&self, answer: SinkAnswer) {
        let mut state = self.lock();
        let call = state.call.take().expect("only a call in progress is answered");
        if let (Called::Write(bytes), SinkAnswer::Took(len)) = (call, answer) {
            // More than was offered was not taken, whatever the sink claims.
            state.taken.extend(bytes.get(..len).unwrap_or_default());
        }
        state.answered += 1;
        state.answer = Some(answer);
        self.0.changed.notify_all();
    }

    /// Lets every call fail at once from now on.
    pub fn open(&self) {
        self.lock().open = true;
        self.0.changed.notify_all();
    }

    /// How many calls were begun.
    #[must_use]
    pub fn entered(&self) -> u64 {
        self.lock().entered
    }

    /// How many calls were answered.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.lock().answered
    }

    /// Every byte taken, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<u8> {
        self.lock().taken.clone()
    }

    /// How often the sink was dropped.
    #[must_use]
    pub fn drops(&self) -> usize {
        self.lock().drops
    }
}

impl GatedSink {
    fn pass(&self, call: Called) -> SinkAnswer {
        let Gate(shared) = &self.0;
        let mut state = self.0.lock();
        state.entered += 1;
        state.call = Some(call);
        shared.changed.notify_all();
        loop {
            if let Some(answer) = state.answer.take() {
                return answer;
            }
            if state.open {
                state.call = None;
                return SinkAnswer::Failed;
            }
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Write for GatedSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        answer::give(self.pass(Called::Write(bytes.to_vec())))
    }

    fn flush(&mut self) -> io::Result<()> {
        answer::give(self.pass(Called::Flush)).map(|_| ())
    }
}

impl Drop for GatedSink {
    fn drop(&mut self) {
        self.0.lock().drops += 1;
    }
}
