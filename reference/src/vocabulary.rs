//! The words the bookkeeping is written in; `state.rs` says what they mean.

use crate::error::{SinkError, WaitError};
use std::io;

/// The three marks, in bytes, `1 <= high` and `low < high <= capacity`, and whether `WouldBlock` is retried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Params {
    pub(crate) high: usize,
    pub(crate) low: usize,
    pub(crate) capacity: usize,
    pub(crate) retry_would_block: bool,
}

#[derive(Debug)]
pub(crate) enum Phase {
    Open,
    Ending,
    Finished,
    Failed(SinkError),
    Destroyed,
}

/// What the sink is doing; a write with how many bytes it was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    Idle,
    Writing(usize),
    Flushing,
    /// Flushed, and the final step is being done: to the contract it is still flushing.
    Finalizing,
}

/// What the writer has to do by itself next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Write,
    Flush,
    Close,
    Nothing,
}

/// How a sink call ended.
#[derive(Debug)]
pub(crate) enum SinkAnswer {
    Took(usize),
    Flushed,
    Error(io::Error),
    Panicked(String),
    /// Nobody will call it: the driver was dropped.
    #[cfg(any(feature = "tokio", feature = "futures-io"))]
    Undriven,
}

/// What comes of a sink answer beside the new state.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// How many bytes left the buffer.
    pub(crate) taken: usize,
    /// Whether to pause before the next call.
    pub(crate) pause: bool,
    /// The error of an answer that fails nothing: foreign code, to be dropped without the lock.
    pub(crate) ignored: Option<io::Error>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Drain,
    Finish,
    Error(SinkError),
    Close,
}

/// What a wait is for, and what it takes for it to be over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Awaited {
    /// More drains than this.
    Drain {
        after: u64,
    },
    /// A flush after this many, begun when this many bytes were taken.
    Flush {
        after: u64,
        target: u64,
    },
    Close,
}

/// A registered wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    pub(crate) id: u64,
    pub(crate) awaited: Awaited,
}

/// How a request to wait is answered: now, or later.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Ready(Result<(), WaitError>),
    Registered(Ticket),
}
