//! The refinement: every step of the protocol is a step of the contract, or two, or none.
//!
//! [`abstraction`] says which state of the contract a state of the protocol stands for. A step claims what it does in the contract's words and is
//! judged: the contract must allow that, in the state before; it must give the same answers; and it must lead to the state that the state
//! after stands for. A step that claims nothing must leave what it stands for as it is.
//!
//! # Where calls take effect
//!
//! - A call under the lock, a sink call's beginning (D's, or P's in its place), an answer noted, a drain and `close`: in their critical section.
//! - A fast write: at P's store of `tail`, when the store *enters* P's buffer. D may see the bytes later, and then only believes that fewer are
//!   buffered; while that belief could matter (a drain is owed, the stream is ending, a flush is asked for) P's last store is visible,
//!   because P has been under the lock since.
//! - A fast write during which the sink fails: P has found `attention` clear and has not yet stored `tail` when D notes the failure. P goes on and
//!   is answered `Continue`, which the contract allows before the failure and not after it. Nobody can tell that it was not before, so it takes
//!   effect there: in D's step, just before the failure ([`WakeState::write_in_flight`]). Its bytes are among those handed back, which is why only
//!   P, or whoever holds the producers' lock after it, may read where they end.
//! - *End* and *destroy* need no such case: who calls them holds the producers' lock, so no write is under way.

use super::config::WakeConfig;
use super::memory::{Place, Pos, Who};
use super::model::Turn;
use super::state::{Broken, DPc, Flush, PPc, Wait, WakeState};
use crate::contract::{self, FlushRequest, Params, Phase, Run, Sink, State, Waiter, Wake};

/// How the contract names P's wait for a drain.
pub const WAIT: Waiter = 0;
/// How the contract names P's flush request.
pub const FLUSH: Waiter = 1;

/// A step of the contract that a step of the protocol claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// The step.
    pub(super) action: contract::Action,
    /// What P is answered, if the step is a call.
    pub(super) answer: Option<contract::Answer>,
}

/// The bytes accepted and not taken. Every byte is named by its position in the stream, so one run holds them all.
fn queue(from: Pos, len: usize) -> Vec<Run> {
    let run = Run { producer: 0, seq: 0, from: usize::from(from), len };
    if len == 0 { Vec::new() } else { vec![run] }
}

/// The state of the contract that this state stands for.
#[must_use]
pub fn abstraction(config: &WakeConfig, state: &WakeState) -> State {
    let (guarded, head) = (&state.guarded, state.guarded.head);
    let mut tail = state.p.tail;
    if matches!(guarded.phase, Phase::Failed(_)) {
        tail += state.write_in_flight(config).unwrap_or(0);
    }
    let flush = match guarded.flush {
        Flush::Pending(end) => {
            vec![FlushRequest { waiter: FLUSH, left: usize::from(end.saturating_sub(head)) }]
        }
        Flush::None | Flush::Done(_) => Vec::new(),
    };
    let waits = guarded.wait == Wait::Registered && guarded.phase == Phase::Open;
    State {
        phase: guarded.phase,
        closed: guarded.closed,
        queue: queue(head, usize::from(tail - head)),
        sink: match (state.p.pc, state.d.pc) {
            (PPc::Trying(offered), _) | (_, DPc::Writing(offered)) => Sink::Writing(usize::from(offered)),
            (_, DPc::Flushing) => Sink::Flushing,
            _ => Sink::Idle,
        },
        drain_owed: guarded.owed,
        refused: usize::from(guarded.refused),
        corked: usize::from(guarded.corked),
        flushes: flush,
        waits: if waits { vec![WAIT] } else { Vec::new() },
        unknown: 0,
        held_back: guarded.held_back,
    }
}

impl WakeState {
    /// The length of the chunk that P is writing on the fast path and that will be accepted there, whatever D does: `attention` was found clear,
    /// and there is room, or will be seen to be by the head of now, which a failed sink moves no more.
    #[must_use]
    pub fn write_in_flight(&self, config: &WakeConfig) -> Option<Pos> {
        let (high, _, _) = config.marks();
        match self.p.pc {
            PPc::Publish(len, _) | PPc::LookFirst(len) => Some(len),
            PPc::Reload(len) => {
                let buffered = self.p.tail + len - self.memory.load(Who::P, Place::Head);
                (buffered < high).then_some(len)
            }
            _ => None,
        }
    }

    /// What this waiter is told if it asks now.
    fn resolved(&self, waiter: Waiter) -> Option<Wake> {
        match (waiter, self.guarded.flush) {
            (FLUSH, Flush::Done(wake)) => Some(wake),
            (FLUSH, Flush::None | Flush::Pending(_)) => None,
            _ => match self.guarded.wait {
                Wait::None => None,
                Wait::Drained => Some(Wake::Drained),
                Wait::Registered => self.guarded.left_open,
            },
        }
    }
}

impl Turn<'_> {
    /// Judges the step that led here.
    pub(super) fn judge(&mut self, before: &WakeState) {
        if self.now.broken.is_none() {
            self.now.broken = self.contract(before).and_then(|()| self.waiters(before)).err();
        }
    }

    fn contract(&self, before: &WakeState) -> Result<(), Broken> {
        let params: &Params = &self.model.config.params;
        let mut state = abstraction(&self.model.config, before);
        let mut head = before.guarded.head;
        for claim in &self.claims {
            let outcome = contract::step(params, &state, claim.action).ok_or(Broken::Step)?;
            if outcome.answer != claim.answer {
                return Err(Broken::Answer);
            }
            if outcome.wakes.iter().any(|(waiter, wake)| self.now.resolved(*waiter) != Some(*wake)) {
                return Err(Broken::Told);
            }
            let taken = outcome.taken.iter().flat_map(|run| run.from..run.from + run.len);
            if !outcome.taken.is_empty() && !taken.eq(self.read.iter().map(|at| usize::from(*at))) {
                return Err(Broken::Bytes);
            }
            head += outcome.taken.iter().map(|run| Pos::try_from(run.len).unwrap_or(0)).sum::<Pos>();
            state = outcome.state;
            state.queue = queue(head, state.buffered());
        }
        if state == abstraction(&self.model.config, &self.now) { Ok(()) } else { Err(Broken::State) }
    }

    /// What a waiter is told is what the contract told it, and stays so until P asks.
    fn waiters(&self, before: &WakeState) -> Result<(), Broken> {
        for waiter in [WAIT, FLUSH] {
            let due = before.resolved(waiter);
            let told = self.told.filter(|told| told.0 == waiter).map(|told| told.1);
            let kept = due.is_none() || due == self.now.resolved(waiter);
            if (told.is_some() && told != due) || (told.is_none() && !kept) {
                return Err(Broken::Told);
            }
        }
        Ok(())
    }
}
