//! A sink whose every call blocks, or is pending, until the test says how it ends.

use crate::answer;
use crate::driving::Driving;
use futures_io::AsyncWrite;
use highwater_model::contract::SinkAnswer;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
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
    /// The call that is pending, also once it was answered, until the sink is polled for the answer.
    pending: Option<Called>,
    answer: Option<SinkAnswer>,
    /// Once open, every call fails at once, so that no test can hang in its clean-up.
    open: bool,
    entered: u64,
    answered: u64,
    taken: Vec<u8>,
    drops: usize,
    shutdowns: usize,
    /// Who is to be woken by the answer to a call that is pending.
    waker: Option<Waker>,
    /// What the writer did that is wrong whatever the contract says.
    wrong: Option<String>,
}

/// The writer's side.
#[derive(Debug)]
pub struct GatedSink {
    gate: Gate,
    /// Whether its calls are pending, if they can be, rather than block.
    pends: bool,
}

impl Gate {
    /// A gate and its sink, which is to be driven in this way.
    #[must_use]
    pub fn new(driving: Driving) -> (Self, GatedSink) {
        let gate = Self::default();
        (gate.clone(), GatedSink { gate, pends: driving == Driving::Pending })
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
        let waker = state.waker.take();
        self.0.changed.notify_all();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// The call that is pending was given up.
    ///
    /// # Panics
    /// If there is none.
    pub fn is_given_up(&self) {
        let mut state = self.lock();
        assert!(state.call.take().is_some(), "only a call in progress is given up");
        state.pending = None;
        state.answered += 1;
    }

    /// A call was begun and failed without the sink.
    pub fn is_passed_by(&self) {
        let mut state = self.lock();
        state.entered += 1;
        state.answered += 1;
    }

    /// Lets every call fail at once from now on.
    pub fn open(&self) {
        let mut state = self.lock();
        state.open = true;
        let waker = state.waker.take();
        self.0.changed.notify_all();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
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

impl Gate {
    /// How often the sink was shut down.
    #[must_use]
    pub fn shutdowns(&self) -> usize {
        self.lock().shutdowns
    }

    /// What the writer did that is wrong whatever the contract says.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        self.lock().wrong.clone()
    }
}

impl GatedSink {
    fn pass(&self, call: Called) -> SinkAnswer {
        let Gate(shared) = &self.gate;
        let mut state = self.gate.lock();
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

    fn poll(&self, context: &mut Context<'_>, call: Called) -> Poll<SinkAnswer> {
        if !self.pends {
            return Poll::Ready(self.pass(call));
        }
        let mut state = self.gate.lock();
        match state.pending.take() {
            None => {
                state.entered += 1;
                state.call = Some(call.clone());
                self.gate.0.changed.notify_all();
            }
            Some(pending) if pending != call => {
                let wrong = format!("{pending:?} is pending, and the sink was polled for {call:?}");
                state.wrong.get_or_insert(wrong);
            }
            Some(_) => {}
        }
        if let Some(answer) = state.answer.take() {
            return Poll::Ready(answer);
        }
        if state.open {
            state.call = None;
            return Poll::Ready(SinkAnswer::Failed);
        }
        state.pending = Some(call);
        state.waker = Some(context.waker().clone());
        Poll::Pending
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

impl AsyncWrite for GatedSink {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll(context, Called::Write(bytes.to_vec())).map(answer::give)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(context, Called::Flush).map(|answer| answer::give(answer).map(|_| ()))
    }

    fn poll_close(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.gate.lock().shutdowns += 1;
        Poll::Ready(Ok(()))
    }
}

impl Drop for GatedSink {
    fn drop(&mut self) {
        self.gate.lock().drops += 1;
    }
}
