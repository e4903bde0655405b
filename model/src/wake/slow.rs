//! P under the lock: the slow path, the waits, end, destroy, and what is handed back. Each critical section is one step: nobody looks
//! without the lock at what it changes but P itself.

use super::memory::{Place, Pos, Who};
use super::model::{Call, Turn};
use super::mutants::Mutant;
use super::races::Race;
use super::refine::{FLUSH, WAIT};
use super::state::{Broken, DPc, Flush, PPc, Park, Wait};
use crate::contract::{self, Phase, Wake};

impl Turn<'_> {
    pub(super) fn slow(&mut self, len: Pos) {
        let stale = self.now.p.cached;
        let (head, p_tail) = (self.now.memory.load(Who::P, Place::Head), self.now.p.tail);
        self.now.p.cached = head;
        let buffered = p_tail - if self.is(Mutant::StaleHeadUnderLock) { stale } else { head };
        let (high, _, capacity) = self.model.config.marks();
        let guarded = &mut self.now.guarded;
        let answer = match guarded.phase {
            Phase::Ending | Phase::Finished => contract::Answer::AfterEnd,
            Phase::Destroyed => contract::Answer::Destroyed,
            Phase::Failed(cause) => contract::Answer::Errored(cause),
            Phase::Open if len > capacity => contract::Answer::TooLarge,
            Phase::Open if buffered + len > capacity => {
                guarded.owed = true;
                guarded.refused = guarded.refused.max(len);
                contract::Answer::Full
            }
            Phase::Open => {
                self.copied(len);
                self.now.p.tail += len;
                self.store(Who::P, Place::Tail, self.now.p.tail);
                if self.now.guarded.owed || buffered + len >= high {
                    self.now.guarded.owed = true;
                    contract::Answer::Pause
                } else {
                    self.met(Race::SlowPathContinues);
                    contract::Answer::Continue
                }
            }
        };
        self.now.p.paused = matches!(answer, contract::Answer::Pause | contract::Answer::Full);
        if self.now.p.paused {
            self.met_pausing();
            if !self.is(Mutant::OwedWithoutAttention) {
                self.store(Who::P, Place::Attention, self.attention());
            }
        }
        if (self.now.p.paused && !self.is(Mutant::PauseDoesNotWake)) || self.reached(self.now.p.tail) {
            self.wake_drainer(Who::P);
        }
        self.claim_write(len, answer);
    }

    fn met_pausing(&mut self) {
        match self.now.d.pc {
            DPc::Writing(_) => self.met(Race::PauseDuringSinkCall),
            DPc::Unpark => self.met(Race::PauseWhileDrainIsTold),
            DPc::Asleep { .. } if self.now.guarded.corked > 0 => self.met(Race::PauseThroughCork),
            _ => {}
        }
    }

    pub(super) fn ask_drained(&mut self) {
        let ready = match self.over() {
            Some(reason) => Some(reason),
            None if self.now.guarded.owed => None,
            None => Some(Wake::Drained),
        };
        let answer = ready.map_or(contract::Answer::Registered, contract::Answer::Ready);
        self.claim(contract::Call::Wait(WAIT), Some(answer));
        if ready.is_none() {
            self.now.guarded.wait = Wait::Registered;
            self.park(Park::Drain);
        } else {
            self.met(Race::DrainedBeforeWait);
            self.now.p.paused = false;
        }
    }

    pub(super) fn ask_flushed(&mut self) {
        let ready = match self.over() {
            Some(Wake::AfterEnd) if self.now.guarded.phase == Phase::Finished => Some(Wake::Flushed),
            None | Some(Wake::AfterEnd) => None,
            reason => reason,
        };
        let answer = ready.map_or(contract::Answer::Registered, contract::Answer::Ready);
        self.claim(contract::Call::Flush(FLUSH), Some(answer));
        if ready.is_none() {
            self.now.guarded.flush = Flush::Pending(self.now.p.tail);
            self.wake_unless(Mutant::FlushDoesNotWake);
        }
    }

    /// Leaves a handle and parks.
    fn park(&mut self, park: Park) {
        self.now.guarded.handle = Some(park);
        self.now.p.pc = PPc::Parked(park);
    }

    /// Has it come? If not, P parks again, and leaves its handle again.
    pub(super) fn see(&mut self, park: Park) {
        let handle = self.now.guarded.handle.take();
        if !self.has_come(park) {
            self.park(park);
            if handle.is_some() && self.is(Mutant::HandleNotPutBack) {
                self.now.guarded.handle = None;
            }
        }
    }

    /// A wait with a time limit is over: P looks a last time, and withdraws its request.
    pub(super) fn give_up(&mut self) {
        let PPc::Parked(park) = self.now.p.pc else { return };
        if self.now.d.unpark {
            self.met(Race::GivenUpBeforeUnpark);
        }
        self.locked(|turn| {
            turn.now.guarded.handle = None;
            if turn.has_come(park) {
                return;
            }
            match park {
                Park::Drain => {
                    turn.claim(contract::Call::Cancel(WAIT), Some(contract::Answer::Done));
                    turn.now.guarded.wait = Wait::None;
                }
                Park::Flush => {
                    turn.claim(contract::Call::Cancel(FLUSH), Some(contract::Answer::Done));
                    turn.now.guarded.flush = Flush::None;
                }
                Park::Close => {}
            }
        });
    }

    fn has_come(&mut self, park: Park) -> bool {
        match park {
            Park::Drain => {
                let Some(wake) = self.drained() else { return false };
                self.now.guarded.wait = Wait::None;
                self.now.p.paused = false;
                self.told = Some((WAIT, wake));
            }
            Park::Flush => {
                let Flush::Done(wake) = self.now.guarded.flush else { return false };
                self.now.guarded.flush = Flush::None;
                self.told = Some((FLUSH, wake));
            }
            Park::Close if self.now.guarded.closed => {
                self.hand_back();
                self.now.p.pc = PPc::Gone;
            }
            Park::Close => return false,
        }
        true
    }

    /// What was reached first counts: a drain is not undone by the end of phase open, nor *end* by a failure.
    fn drained(&mut self) -> Option<Wake> {
        let drained = (self.now.guarded.wait == Wait::Drained).then_some(Wake::Drained);
        let reason = self.now.guarded.left_open;
        if drained.is_none() && reason.is_none() {
            self.met(Race::UnparkedInVain);
        } else if drained.or(reason) != self.over() && self.over().is_some() {
            self.met(Race::ReasonKept);
        }
        if self.is(Mutant::WaitIsNoLoop) {
            drained.or(reason).or(Some(Wake::Drained))
        } else if self.is(Mutant::PhaseBeforeGeneration) {
            reason.or(drained)
        } else if self.is(Mutant::ReasonByPhase) {
            drained.or(self.over())
        } else {
            drained.or(reason)
        }
    }

    /// Why the phase is not open.
    pub(super) fn over(&self) -> Option<Wake> {
        match self.now.guarded.phase {
            Phase::Open => None,
            Phase::Ending | Phase::Finished => Some(Wake::AfterEnd),
            Phase::Failed(cause) => Some(Wake::Errored(cause)),
            Phase::Destroyed => Some(Wake::Destroyed),
        }
    }

    pub(super) fn cork(&mut self) {
        self.claim(contract::Call::Cork, Some(contract::Answer::Done));
        self.now.guarded.corked += u8::from(self.now.guarded.phase == Phase::Open);
    }

    pub(super) fn uncork(&mut self) {
        self.claim(contract::Call::Uncork, Some(contract::Answer::Done));
        self.now.guarded.corked = self.now.guarded.corked.saturating_sub(1);
        self.wake_unless(Mutant::UncorkDoesNotWake);
    }

    pub(super) fn finish_or_destroy(&mut self, call: Call) {
        let guarded = &mut self.now.guarded;
        let (contract_call, live) = match call {
            Call::Destroy => (contract::Call::Destroy, matches!(guarded.phase, Phase::Open | Phase::Ending)),
            _ => (contract::Call::End, guarded.phase == Phase::Open),
        };
        self.claim(contract_call, Some(contract::Answer::Done));
        if !live {
            return;
        }
        if call == Call::Destroy {
            if matches!(self.now.d.pc, DPc::Writing(_)) {
                self.met(Race::DestroyDuringSinkCall);
            }
            self.now.guarded.phase = Phase::Destroyed;
            self.give_up_flush(Wake::Destroyed);
            self.leave_open(Who::P);
            self.wake_unless(Mutant::DestroyDoesNotWake);
        } else {
            self.now.guarded.phase = Phase::Ending;
            self.leave_open(Who::P);
            self.wake_unless(Mutant::EndDoesNotWake);
        }
        if self.take_handle(&[Park::Drain, Park::Flush]) {
            self.now.p.token = true;
        }
    }

    fn hand_back(&mut self) {
        let mine = &self.now.p;
        let end = if self.is(Mutant::HandBackAtClose) {
            self.now.guarded.rest.unwrap_or(mine.tail)
        } else {
            mine.tail
        };
        let cells = self.model.config.marks().2;
        let mut rest = self.now.guarded.head..end;
        let whole = rest.all(|at| self.now.memory.load(Who::P, Place::Cell(at % cells)) == at);
        if end != mine.tail || !whole {
            self.now.broken = Some(Broken::HandedBack);
        }
    }
}
