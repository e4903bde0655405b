//! The bookkeeping of one stream: counts, phase, what is owed to whom. Pure: it knows no lock, no thread and no byte, only how many.
//! Every branch names its clause of SPEC.md.
//!
//! | field of [`State`] | changed by | valid when |
//! |---|---|---|
//! | `phase`, `closed` | end, destroy, a failing or final sink answer; close | `closed` only in finished, failed, destroyed |
//! | `accepted`, `taken` | write, [`State::see`]; a sink answer | `taken <= accepted`; `b` is their difference |
//! | `sink` | `begin_*` begins a call, `note` ends it | idle once closed |
//! | `drain_owed`, `refused` | write sets, drain and the end of phase open clear | only in phase open |
//! | `drains` | drain | only grows: a wait made at `n` is over when it is above `n` |
//! | `left_open` | the end of phase open, once | set exactly when the phase is not open |
//! | `corked` | cork, uncork; end clears | only in phase open |
//! | `flushes`, `flushed` | flush, cancel; a successful flush, failure and destroy | `flushes` only in open and ending |
//! | `unknown`, `held_back` | a sink answer that cannot be trusted, or that came after destroy | only in failed and destroyed |
//! | `events`, `stirred` | every step that emits or may end a wait; the shell collects them | until collected; at most 3 events |
//!
//! `flushes` is no longer than there are [`Flush`](crate::Flush) values alive.
//! A due drain is emitted in the step that makes it due. That is always a sink answer: only taking bytes lowers `b`.
//!
//! Writes that leave less than the mark while no drain is owed, in phase open, do not come here one by one: what they answer is settled (W-02, W-03), so
//! the shell has only `accepted` brought up to date, by [`State::see`], before anything else is asked.

mod answer;
#[cfg(test)]
mod tests;
mod waits;

use crate::error::{SinkError, WaitError, WriteError};
use crate::flow::Flow;
use crate::stats::Stats;
pub(crate) use crate::vocabulary::*;
use std::collections::VecDeque;

/// A pending flush request: due when this many bytes are taken.
#[derive(Debug)]
struct FlushRequest {
    id: u64,
    target: u64,
}

/// How many flushes of the sink succeeded, and how many bytes had been taken when the last one began.
#[derive(Debug, Default)]
struct Flushed {
    count: u64,
    taken: u64,
}

#[derive(Debug)]
pub(crate) struct State {
    params: Params,
    phase: Phase,
    closed: bool,
    sink: Sink,
    accepted: u64,
    taken: u64,
    drain_owed: bool,
    refused: usize,
    drains: u64,
    left_open: Option<WaitError>,
    corked: usize,
    flushes: Vec<FlushRequest>,
    flushed: Flushed,
    unknown: usize,
    held_back: Option<SinkError>,
    next_id: u64,
    events: VecDeque<Event>,
    stirred: bool,
    counted: Stats,
}

impl State {
    pub(crate) fn new(params: Params) -> Self {
        Self {
            params,
            phase: Phase::Open,
            closed: false,
            sink: Sink::Idle,
            accepted: 0,
            taken: 0,
            drain_owed: false,
            refused: 0,
            drains: 0,
            left_open: None,
            corked: 0,
            flushes: Vec::new(),
            flushed: Flushed::default(),
            unknown: 0,
            held_back: None,
            next_id: 0,
            events: VecDeque::new(),
            stirred: false,
            counted: Stats::default(),
        }
    }

    /// `b`, in bytes. It never exceeds the capacity (W-11), so it is a `usize`.
    pub(crate) fn buffered(&self) -> usize {
        usize::try_from(self.accepted - self.taken).unwrap_or(usize::MAX)
    }

    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.accepted
    }

    /// So many bytes were accepted in all, some of them by writes that left less than the mark (W-02, W-03).
    pub(crate) fn see(&mut self, accepted: u64) {
        self.accepted = self.accepted.max(accepted);
        self.counted.buffered_max = self.counted.buffered_max.max(self.buffered());
    }

    /// Whether somebody waits for the bytes, so that they must not wait for more.
    pub(crate) fn is_urgent(&self) -> bool {
        self.drain_owed || !self.flushes.is_empty() || matches!(self.phase, Phase::Ending)
    }

    pub(crate) fn owes_drain(&self) -> bool {
        self.drain_owed
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    pub(crate) fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ending)
    }

    pub(crate) fn is_finished(&self) -> bool {
        matches!(self.phase, Phase::Finished)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(crate) fn sink(&self) -> Sink {
        self.sink
    }

    /// How many bytes at the front of what is handed back have an unknown fate.
    pub(crate) fn unknown(&self) -> usize {
        self.unknown
    }

    /// The failure to hand back: the stream's, or what the sink call in progress at *destroy* answered.
    pub(crate) fn failure(&self) -> Option<SinkError> {
        match &self.phase {
            Phase::Failed(error) => Some(error.clone()),
            _ => self.held_back.clone(),
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            buffered: self.buffered(),
            accepted: self.accepted,
            taken: self.taken,
            drains: self.drains,
            ..self.counted
        }
    }

    /// Decides over a chunk of `len` bytes. The shell stores the bytes exactly when this answers `Ok` (W-01).
    pub(crate) fn write(&mut self, len: usize) -> Result<Flow, WriteError> {
        match &self.phase {
            Phase::Ending | Phase::Finished => return Err(WriteError::AfterEnd), // W-08
            Phase::Destroyed => return Err(WriteError::Destroyed),               // W-09
            Phase::Failed(error) => return Err(WriteError::Errored(error.clone())), // W-10
            Phase::Open => {}
        }
        let capacity = self.params.capacity;
        let buffered = self.buffered();
        if len > capacity {
            return Err(WriteError::TooLarge { len, capacity }); // W-05
        }
        if len > capacity - buffered {
            self.drain_owed = true; // D-01
            self.refused = self.refused.max(len);
            self.counted.refusals += 1;
            return Err(WriteError::Full { len, buffered, capacity }); // W-06
        }
        self.see(self.accepted + len as u64); // W-02, W-07
        if self.drain_owed || buffered + len >= self.params.high {
            self.drain_owed = true; // D-01
            self.counted.pauses += 1;
            Ok(Flow::Pause) // W-03, W-04
        } else {
            Ok(Flow::Continue) // W-03
        }
    }

    /// W-13: corks are counted in phase open only.
    pub(crate) fn cork(&mut self) {
        if matches!(self.phase, Phase::Open) {
            self.corked = self.corked.saturating_add(1);
        }
    }

    /// W-14.
    pub(crate) fn uncork(&mut self) {
        self.corked = self.corked.saturating_sub(1);
    }

    pub(crate) fn end(&mut self) {
        if matches!(self.phase, Phase::Open) {
            self.phase = Phase::Ending;
            self.leave_open(WaitError::AfterEnd);
        } // E-01
    }

    /// at once, whatever the sink is doing.
    pub(crate) fn destroy(&mut self) {
        if self.is_live() {
            self.phase = Phase::Destroyed;
            self.leave_open(WaitError::Destroyed);
            self.flushes.clear(); // E-08: `outcome` tells them
        } // E-01: nothing left to destroy
    }

    /// What only an open stream has ends with phase open: the owed drain (D-06), the corks (W-14) and the waits (D-09).
    fn leave_open(&mut self, reason: WaitError) {
        self.drain_owed = false;
        self.refused = 0;
        self.corked = 0;
        self.left_open.get_or_insert(reason);
        self.stirred = true;
    }

    /// What to do next, by the transitions of SPEC.md section 3. Nothing while a sink call is in progress (O-05).
    pub(crate) fn work(&self) -> Work {
        if self.sink != Sink::Idle {
            return Work::Nothing; // O-05
        }
        if !self.is_live() {
            return if self.closed { Work::Nothing } else { Work::Close }; // X-03, L-04, E-05
        }
        if self.is_last_flush() || self.flushes.iter().any(|flush| flush.target <= self.taken) {
            return Work::Flush; // E-04, E-07, E-09
        }
        if self.accepted > self.taken && !self.is_held_by_cork() {
            return Work::Write; // L-01, O-04
        }
        Work::Nothing
    }

    /// Whether the stream finishes by the next flush of the sink that succeeds (E-02, E-03).
    fn is_last_flush(&self) -> bool {
        matches!(self.phase, Phase::Ending) && self.accepted == self.taken
    }

    /// W-13, E-10: an owed drain (it would have been emitted if it were due) and a pending flush let the bytes pass.
    pub(crate) fn is_held_by_cork(&self) -> bool {
        self.corked > 0 && !self.drain_owed && self.flushes.is_empty()
    }

    pub(crate) fn begin_write(&mut self, offered: usize) {
        self.sink = Sink::Writing(offered);
        self.counted.sink_writes += 1;
    }

    pub(crate) fn begin_flush(&mut self) {
        self.sink = Sink::Flushing;
        self.counted.sink_flushes += 1;
    }

    /// Goes on from a flush of the sink that succeeded, before it is noted, to the final step, if the stream is to finish by it (E-04). Whether it does:
    /// not if it was destroyed meanwhile.
    pub(crate) fn begin_final(&mut self) -> bool {
        let is_due = self.sink == Sink::Flushing && self.is_last_flush();
        if is_due {
            self.sink = Sink::Finalizing;
        }
        is_due
    }

    /// E-05, E-06.
    pub(crate) fn close(&mut self) {
        if !self.closed {
            self.closed = true;
            self.stirred = true;
            self.events.push_back(Event::Close);
        }
    }

    /// The events recorded and not yet told, in order.
    pub(crate) fn take_events(&mut self) -> VecDeque<Event> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Whether some wait may have come to an end since this was last asked.
    pub(crate) fn take_stirred(&mut self) -> bool {
        std::mem::take(&mut self.stirred)
    }
}
