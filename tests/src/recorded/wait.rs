//! Waits that leave their records: when each is begun, over or given up.

use super::super::subject::{Closed, Drained, Flush, WaitError};
use super::{over, wake};
use crate::recorder::Recorder;
use highwater_model::contract::{Call, Waiter, Wake};
use highwater_model::record::{Op, Ret};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Drain(Waiter),
    Flush(Waiter),
    Closed,
}

impl Kind {
    fn op(self) -> Op {
        match self {
            Self::Drain(waiter) | Self::Flush(waiter) => Op::Await(waiter),
            Self::Closed => Op::Closed,
        }
    }

    /// What is recorded of a result, and whether the wait is over by it.
    fn ret(self, result: &Result<(), WaitError>) -> Ret {
        match self {
            Self::Drain(_) => wake(result, Wake::Drained).map_or(Ret::TimedOut, Ret::Woken),
            Self::Flush(_) => wake(result, Wake::Flushed).map_or(Ret::TimedOut, Ret::Woken),
            Self::Closed => over(result).map_or(Ret::TimedOut, Ret::Over),
        }
    }
}

/// The three waits, as far as a recorder cares.
pub trait Waits: Future<Output = Result<(), WaitError>> + Unpin {
    /// Blocks until it is over.
    ///
    /// # Errors
    /// As the wait itself.
    fn block(self) -> Result<(), WaitError>;
    /// Blocks for a while.
    ///
    /// # Errors
    /// As the wait itself.
    fn block_for(&mut self, limit: Duration) -> Result<(), WaitError>;
}

macro_rules! waits {
    ($($name:ident)*) => {$(
        impl Waits for $name {
            fn block(self) -> Result<(), WaitError> {
                self.wait()
            }

            fn block_for(&mut self, limit: Duration) -> Result<(), WaitError> {
                self.wait_timeout(limit)
            }
        }
    )*};
}

waits!(Drained Flush Closed);

/// A wait that records when it is begun, over or given up.
#[derive(Debug)]
pub struct RecordedWait<T: Waits> {
    recorder: Recorder,
    kind: Kind,
    /// The number of the call, while it is awaited as a future.
    polled: Option<u64>,
    inner: Option<T>,
}

impl<T: Waits> RecordedWait<T> {
    pub(super) fn new(recorder: &Recorder, kind: Kind, inner: T) -> Self {
        Self { recorder: recorder.clone(), kind, polled: None, inner: Some(inner) }
    }

    /// Blocks until it is over.
    ///
    /// # Errors
    /// As the wait itself.
    pub fn wait(mut self) -> Result<(), WaitError> {
        let Some(inner) = self.inner.take() else { return Err(WaitError::TimedOut) };
        let q = self.recorder.begin(self.kind.op());
        let result = inner.block();
        self.recorder.end(q, self.kind.ret(&result));
        result
    }

    /// Blocks for a while.
    ///
    /// # Errors
    /// As the wait itself.
    pub fn wait_timeout(&mut self, limit: Duration) -> Result<(), WaitError> {
        let Some(inner) = &mut self.inner else { return Err(WaitError::TimedOut) };
        let q = self.recorder.begin(self.kind.op());
        let result = inner.block_for(limit);
        self.over(q, &result);
        result
    }

    fn over(&mut self, q: u64, result: &Result<(), WaitError>) {
        let ret = self.kind.ret(result);
        self.recorder.end(q, ret);
        if ret != Ret::TimedOut {
            self.inner = None;
        }
    }
}

impl<T: Waits> Future for RecordedWait<T> {
    type Output = Result<(), WaitError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else { return Poll::Pending };
        let q = *this.polled.get_or_insert_with(|| this.recorder.begin(this.kind.op()));
        let result = std::task::ready!(Pin::new(inner).poll(context));
        this.over(q, &result);
        Poll::Ready(result)
    }
}

impl<T: Waits> Drop for RecordedWait<T> {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        match self.kind {
            Kind::Drain(waiter) | Kind::Flush(waiter) => {
                self.recorder.around(Call::Cancel(waiter), || drop(inner));
            }
            Kind::Closed => drop(inner),
        }
    }
}
