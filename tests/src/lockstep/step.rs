//! What a test does, one step at a time.

use highwater_model::contract::{Sink, SinkAnswer};

/// How a wait is made, so that each of the three ways is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As a future, polled by hand, with a waker that counts.
    Poll,
    /// With a time limit of 0, again and again.
    Glance,
    /// By a thread that blocks.
    Block,
}

/// One step of the test. What cannot be done where it stands is left out: see [`Lockstep::is_possible`](super::Lockstep::is_possible).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write the next chunk, of so many bytes.
    Write(usize),
    /// Ask for the next drain.
    Wait(Way),
    /// Ask for a flush.
    Flush(Way),
    /// Give up one of the waits and flush requests there are: this one, modulo their number.
    Cancel(usize),
    /// Hold the bytes back.
    Cork,
    /// Undo one cork.
    Uncork,
    /// Say that no more chunks come.
    End,
    /// Give the stream up.
    Destroy,
    /// Drop the driver.
    Abandon,
    /// End the sink's call in progress.
    Sink(Reply),
}

/// How the sink's call ends, without saying how many bytes it was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It takes so many bytes, but not more than it was offered; a flush succeeds.
    Take(usize),
    /// It takes everything it was offered; a flush succeeds.
    TakeAll,
    /// It claims one byte more than it was offered; a flush succeeds.
    Claim,
    /// `Interrupted`.
    Interrupted,
    /// `WouldBlock`.
    WouldBlock,
    /// Any other error.
    Failed,
    /// A panic.
    Panicked,
}

impl Reply {
    /// The answer of a sink that is in the middle of this; two replies may come to the same answer.
    #[must_use]
    pub fn of(self, sink: Sink) -> Option<SinkAnswer> {
        Some(match (self, sink) {
            (_, Sink::Idle) => return None,
            (Self::Interrupted, _) => SinkAnswer::Interrupted,
            (Self::WouldBlock, _) => SinkAnswer::WouldBlock,
            (Self::Failed, _) => SinkAnswer::Failed,
            (Self::Panicked, _) => SinkAnswer::Panicked,
            (_, Sink::Flushing) => SinkAnswer::Flushed,
            (Self::Take(len), Sink::Writing(offered)) => SinkAnswer::Took(len.min(offered)),
            (Self::TakeAll, Sink::Writing(offered)) => SinkAnswer::Took(offered),
            (Self::Claim, Sink::Writing(offered)) => SinkAnswer::Took(offered + 1),
        })
    }
}

/// What a sink that would block leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// A failure.
    Never,
    /// A call at once.
    AtOnce,
    /// A pause so long that only a destroy ends it.
    TooLate,
}

/// What comes of the stream once it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remains {
    /// The owner recovers them.
    Recovered,
    /// The last handle is dropped, so that the observer must be told what is lost.
    Dropped,
}
