//! D when a sink call has returned: step f of the head comment of `wake`.

use super::memory::{FREE, NEVER, Place, Pos, Who};
use super::model::{Answer, Turn};
use super::mutants::Mutant;
use super::races::Race;
use super::state::{Broken, DPc, Flush, Pace, Park, Sleep, Wait};
use crate::contract::{self, Cause, Phase, Wake};

impl Turn<'_> {
    /// Step f, up to the drain: the sink answers, and D takes the lock and notes the answer.
    pub(super) fn note(&mut self, answer: Answer) {
        self.now.d.pace = Pace::Fresh;
        let noted = match answer {
            Answer::Took(len) => contract::SinkAnswer::Took(usize::from(len)),
            Answer::Flushed => contract::SinkAnswer::Flushed,
            Answer::Interrupted => contract::SinkAnswer::Interrupted,
            Answer::WouldBlock => contract::SinkAnswer::WouldBlock,
            Answer::Failed => contract::SinkAnswer::Failed,
        };
        if answer == Answer::Failed && self.now.guarded.phase != Phase::Destroyed {
            self.claim_write_in_flight();
        }
        self.claim_step(contract::Action::Sink(noted));
        match answer {
            Answer::Took(len) => {
                self.take(len);
                self.now.locked = true;
                self.now.d.pc = DPc::Settle(len);
                return;
            }
            Answer::Flushed => self.flushed(),
            Answer::Interrupted => {}
            Answer::WouldBlock => {
                // A pause is a sleep with a time limit that no byte ends; who has the lock may end it.
                self.now.locked = true;
                self.now.guarded.asleep = true;
                self.now.d.pc = DPc::Wait(Sleep { target: NEVER, timed: true });
                return;
            }
            Answer::Failed if self.now.guarded.phase == Phase::Destroyed => {
                self.met(Race::FailureAfterDestroy);
                self.now.guarded.held_back = Some(Cause::Failed);
            }
            Answer::Failed => {
                self.now.guarded.phase = Phase::Failed(Cause::Failed);
                self.give_up_flush(Wake::Errored(Cause::Failed));
                self.leave_open(Who::D);
                if !self.is(Mutant::FailureWakesNobody) {
                    self.now.d.unpark = self.take_handle(&[Park::Drain, Park::Flush]);
                }
            }
        }
        self.unlock();
        self.now.d.pc = self.after_unlock();
    }

    /// A fast write that found `attention` clear and will be accepted took effect before this failure, because nobody can tell otherwise.
    fn claim_write_in_flight(&mut self) {
        if let Some(len) = self.now.write_in_flight(&self.model.config) {
            self.met(Race::FailureDuringWrite);
            self.claim_write(len, contract::Answer::Continue);
        }
    }

    fn take(&mut self, len: Pos) {
        let cells = self.model.config.marks().2;
        for at in self.now.d.head..self.now.d.head + len {
            let byte = self.now.memory.load(Who::D, Place::Cell(at % cells));
            self.read.push(byte);
            if byte != at {
                self.now.broken = Some(Broken::Bytes);
            }
            self.now.memory.cells[usize::from(at % cells)] = FREE;
        }
        self.now.d.head += len;
        self.store(Who::D, Place::Head, self.now.d.head);
    }

    fn flushed(&mut self) {
        let head = self.now.d.head;
        if !matches!(self.now.guarded.phase, Phase::Open | Phase::Ending) {
            return;
        }
        let silent = self.now.memory.load(Who::D, Place::Tail) == head;
        let done = silent || !self.is(Mutant::FlushWaitsForSilence);
        let guarded = &mut self.now.guarded;
        if done && matches!(guarded.flush, Flush::Pending(end) if end <= head) {
            guarded.flush = Flush::Done(Wake::Flushed);
            self.now.d.unpark = self.take_handle(&[Park::Flush]);
        }
        if self.now.guarded.phase == Phase::Ending && silent {
            self.now.guarded.phase = Phase::Finished;
        }
    }

    /// Step f, the drain: in the same critical section as the bytes whose taking makes it due.
    pub(super) fn settle(&mut self, taken: Pos) {
        self.now.d.pc = DPc::Unlock;
        let (_, low, capacity) = self.model.config.marks();
        let before_head = if self.is(Mutant::DueBeforeHead) { taken } else { 0 };
        let buffered = self.now.memory.load(Who::D, Place::Tail) - self.now.d.head + before_head;
        let guarded = &self.now.guarded;
        if !guarded.owed || buffered > low || buffered + guarded.refused > capacity {
            return;
        }
        self.claim_step(contract::Action::System(contract::System::Drain));
        let guarded = &mut self.now.guarded;
        guarded.owed = false;
        guarded.refused = 0;
        if guarded.wait == Wait::Registered {
            guarded.wait = Wait::Drained;
        } else {
            self.met(Race::DrainBeforeWait);
        }
        if !self.is(Mutant::DrainKeepsAttention) && !self.is(Mutant::AttentionAfterUnlock) {
            self.store(Who::D, Place::Attention, self.attention());
        }
        if !self.is(Mutant::DrainWakesNobody) {
            self.now.d.unpark = self.take_handle(&[Park::Drain]);
        }
    }

    /// What only an open stream has ends with phase open; P's writes take the slow path from now on.
    pub(super) fn leave_open(&mut self, who: Who) {
        let reason = self.over();
        let guarded = &mut self.now.guarded;
        guarded.left_open = guarded.left_open.or(reason);
        guarded.owed = false;
        guarded.refused = 0;
        guarded.corked = 0;
        let stores = match who {
            Who::P => !self.is(Mutant::EndKeepsAttention),
            Who::D => !self.is(Mutant::FailureKeepsAttention),
        };
        if stores {
            self.store(who, Place::Attention, self.attention());
        }
    }

    pub(super) fn give_up_flush(&mut self, reason: Wake) {
        if self.now.guarded.flush_pending() {
            self.now.guarded.flush = Flush::Done(reason);
        }
    }
}
