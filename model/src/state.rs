//! The state of one stream.
//!
//! | field of [`State`] | changed by | valid when |
//! |---|---|---|
//! | `phase`, `closed` | end, destroy, a failing or final sink answer; close | `closed` only in finished, failed, destroyed |
//! | `queue` | write appends, a sink answer removes from the front | total at most the capacity |
//! | `sink` | offer and flush begin a call, its answer ends it | idle once closed |
//! | `drain_owed`, `refused` | write sets, drain and the end of phase open clear | only in phase open |
//! | `corked` | cork, uncork; end clears | only in phase open |
//! | `flushes` | flush, cancel; a successful flush, failure and destroy clear | only in open and ending |
//! | `waits` | wait, cancel; drain and the end of phase open clear | only while a drain is owed |
//! | `unknown`, `held_back` | a sink answer that cannot be trusted, or that came after destroy | only in failed and destroyed |

use crate::vocabulary::{Cause, Params, Run, Waiter};

/// Where in its life the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Writes are accepted.
    Open,
    /// *End* was called.
    Ending,
    /// `finish` was emitted.
    Finished,
    /// `error` was emitted.
    Failed(Cause),
    /// *Destroy* was called.
    Destroyed,
}

/// What the sink is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sink {
    /// Nothing.
    Idle,
    /// A write that offered so many bytes.
    Writing(usize),
    /// A flush.
    Flushing,
}

/// A flush request and how many buffered bytes must still be taken before it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlushRequest {
    /// Who is told.
    pub waiter: Waiter,
    /// Bytes accepted before the request and not yet taken.
    pub left: usize,
}

/// The whole state of one stream. The table at the top of this file says who changes what.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State {
    /// Where in its life the stream is.
    pub phase: Phase,
    /// Whether `close` was emitted.
    pub closed: bool,
    /// The bytes accepted and not taken, oldest first; once closed, the bytes handed back.
    pub queue: Vec<Run>,
    /// What the sink is doing.
    pub sink: Sink,
    /// Whether a drain is owed.
    pub drain_owed: bool,
    /// `r`: the longest chunk refused with `Full` since the last drain.
    pub refused: usize,
    /// How many *corks* are not undone.
    pub corked: usize,
    /// Flush requests not yet completed, oldest first.
    pub flushes: Vec<FlushRequest>,
    /// Registered waits, oldest first.
    pub waits: Vec<Waiter>,
    /// How many bytes at the front of the queue have an unknown fate.
    pub unknown: usize,
    /// What went wrong in the sink call that was in progress at *destroy*: handed back, never emitted.
    pub held_back: Option<Cause>,
}

impl State {
    /// An open stream with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            phase: Phase::Open,
            closed: false,
            queue: Vec::new(),
            sink: Sink::Idle,
            drain_owed: false,
            refused: 0,
            corked: 0,
            flushes: Vec::new(),
            waits: Vec::new(),
            unknown: 0,
            held_back: None,
        }
    }

    /// `b`, in bytes.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.queue.iter().map(|run| run.len).sum()
    }

    /// Whether an owed drain may be emitted now (D-03, D-04).
    #[must_use]
    pub fn drain_due(&self, params: &Params) -> bool {
        let b = self.buffered();
        let fits = b.checked_add(self.refused).is_some_and(|sum| sum <= params.capacity);
        self.drain_owed && b <= params.low_water_mark && fits
    }

    /// Whether every byte before some flush request has been taken (E-09).
    #[must_use]
    pub fn flush_due(&self) -> bool {
        self.flushes.iter().any(|flush| flush.left == 0)
    }

    /// Whether a cork keeps the bytes from the sink (W-13, E-10).
    #[must_use]
    pub fn held_by_cork(&self, params: &Params) -> bool {
        let drain_needs_bytes = self.drain_owed && !self.drain_due(params);
        self.corked > 0 && self.flushes.is_empty() && !drain_needs_bytes
    }

    /// Whether the sink may still be called.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ending)
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}
