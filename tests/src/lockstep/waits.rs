//! Waits that are compared with the contract after every step: not woken too early, woken with the right reason, never woken when given up.

use super::{REST_MAX, Way, same};
use crate::native::{Waits, over, wake};
use crate::watchdog::Patience;
use highwater::WaitError;
use highwater_model::contract::{Answer, Phase, Waiter, Wake};
use highwater_model::record::Over;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

type Outcome = Result<(), WaitError>;

/// A waker that counts.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicUsize);

impl std::task::Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A wait of the writer, made in one of three ways.
#[derive(Debug)]
pub(super) enum Waiting<T> {
    /// A future, whether its first poll left it pending, and the waker it was polled with.
    Polled { future: T, was_pending: bool, count: Arc<Count> },
    /// Looked at with a time limit of 0.
    Glanced(T),
    /// What a blocked thread will answer.
    Blocked(Receiver<Outcome>),
    /// Given up; the waker must stay silent.
    GivenUp(Option<Arc<Count>>),
    /// It was over and was found right.
    Over,
}

impl<T: Waits + Send + 'static> Waiting<T> {
    pub(super) fn new(way: Way, wait: T) -> Self {
        match way {
            Way::Poll => Self::polled(wait),
            Way::Glance => Self::Glanced(wait),
            Way::Block => Self::blocked(wait),
        }
    }

    pub(super) fn polled(mut future: T) -> Self {
        let count = Arc::new(Count::default());
        let was_pending = poll(&mut future, &count).is_none();
        Self::Polled { future, was_pending, count }
    }

    fn blocked(wait: T) -> Self {
        let (started, has_started) = channel();
        let (sender, receiver) = channel();
        thread::spawn(move || {
            let _ = started.send(());
            let _ = sender.send(wait.block());
        });
        // So that it is most likely asleep when its wake comes: a wake that only late sleepers miss is to be missed here too.
        let _ = has_started.recv();
        thread::yield_now();
        Self::Blocked(receiver)
    }

    fn give_up(&mut self) {
        let count = if let Self::Polled { count, .. } = self { Some(Arc::clone(count)) } else { None };
        *self = Self::GivenUp(count);
    }

    /// What the wait says now; `wanted` says whether it must be over.
    fn outcome(&mut self, wanted: bool) -> Result<Option<Outcome>, String> {
        match self {
            Self::Over => Ok(None),
            Self::GivenUp(count) => {
                let woken = count.as_ref().map_or(0, |count| count.0.load(Ordering::SeqCst));
                same("how often a wait that was given up was woken", &woken, &0).map(|()| None)
            }
            Self::Polled { future, was_pending, count } => {
                let times = usize::from(wanted && *was_pending);
                same("how often a pending wait was woken", &count.0.load(Ordering::SeqCst), &times)?;
                Ok(poll(future, count))
            }
            Self::Glanced(wait) => match wait.block_for(Duration::ZERO) {
                Err(WaitError::TimedOut) => Ok(None),
                outcome => Ok(Some(outcome)),
            },
            Self::Blocked(receiver) if wanted => blocked_outcome(receiver).map(Some),
            Self::Blocked(receiver) => match receiver.try_recv() {
                Ok(outcome) => Ok(Some(outcome)),
                Err(TryRecvError::Empty) => Ok(None),
                Err(TryRecvError::Disconnected) => Err("a thread that waits panicked".to_owned()),
            },
        }
    }

    fn compare(&mut self, wanted: Option<Wake>, done: Wake) -> Result<(), String> {
        if matches!(self, Self::Over) {
            return Ok(());
        }
        let given_up = matches!(self, Self::GivenUp(_));
        let outcome = self.outcome(wanted.is_some())?;
        if given_up {
            return Ok(());
        }
        same("what a wait is told", &outcome.as_ref().and_then(|outcome| wake(outcome, done)), &wanted)?;
        if wanted.is_some() {
            *self = Self::Over;
        }
        Ok(())
    }

    /// For the wait for `close`: how it was over, if it was.
    pub(super) fn compare_closed(&mut self, phase: Option<Phase>) -> Result<(), String> {
        if matches!(self, Self::Over) {
            return Ok(());
        }
        let wanted = phase.map(|phase| match phase {
            Phase::Failed(cause) => Over::Errored(cause),
            Phase::Destroyed => Over::Destroyed,
            Phase::Open | Phase::Ending | Phase::Finished => Over::Finished,
        });
        let outcome = self.outcome(wanted.is_some())?;
        same("how the stream is over", &outcome.as_ref().and_then(over), &wanted)?;
        if wanted.is_some() {
            *self = Self::Over;
        }
        Ok(())
    }
}

fn blocked_outcome(receiver: &Receiver<Outcome>) -> Result<Outcome, String> {
    let mut patience = Patience::new(REST_MAX);
    loop {
        match receiver.recv_timeout(Duration::from_millis(10)) {
            Ok(outcome) => return Ok(outcome),
            Err(RecvTimeoutError::Disconnected) => return Err("a thread that waits panicked".to_owned()),
            Err(RecvTimeoutError::Timeout) if patience.is_over() => {
                return Err("a thread that waits was not woken".to_owned());
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn poll<T: Waits>(future: &mut T, count: &Arc<Count>) -> Option<Outcome> {
    let waker = Waker::from(Arc::clone(count));
    match Pin::new(future).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

/// A wait or a flush request and what the contract says of it.
#[derive(Debug)]
pub(super) struct Wait {
    waiter: Waiter,
    told: Option<Wake>,
    handle: Handle,
}

#[derive(Debug)]
enum Handle {
    Drain(Waiting<highwater::Drained>),
    Flush(Waiting<highwater::Flush>),
}

fn told_at_once(answer: Option<Answer>) -> Option<Wake> {
    if let Some(Answer::Ready(wake)) = answer { Some(wake) } else { None }
}

impl Wait {
    pub(super) fn drain(waiter: Waiter, handle: Waiting<highwater::Drained>, answer: Option<Answer>) -> Self {
        Self { waiter, told: told_at_once(answer), handle: Handle::Drain(handle) }
    }

    pub(super) fn flush(waiter: Waiter, handle: Waiting<highwater::Flush>, answer: Option<Answer>) -> Self {
        Self { waiter, told: told_at_once(answer), handle: Handle::Flush(handle) }
    }

    pub(super) fn waiter(&self) -> Waiter {
        self.waiter
    }

    pub(super) fn is_told(&mut self, wake: Wake) {
        self.told = Some(wake);
    }

    /// A thread that blocks cannot give up, and what is over is not given up any more.
    pub(super) fn can_be_given_up(&self) -> bool {
        matches!(
            self.handle,
            Handle::Drain(Waiting::Polled { .. } | Waiting::Glanced(_))
                | Handle::Flush(Waiting::Polled { .. } | Waiting::Glanced(_))
        )
    }

    pub(super) fn give_up(&mut self) -> Waiter {
        match &mut self.handle {
            Handle::Drain(handle) => handle.give_up(),
            Handle::Flush(handle) => handle.give_up(),
        }
        self.waiter
    }

    pub(super) fn compare(&mut self) -> Result<(), String> {
        match &mut self.handle {
            Handle::Drain(handle) => handle.compare(self.told, Wake::Drained),
            Handle::Flush(handle) => handle.compare(self.told, Wake::Flushed),
        }
    }
}
