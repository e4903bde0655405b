//! D when a sink call has returned: step f of the head comment of `wake`.

use super::memory::{FREE, NEVER, Place, Pos, Who};
use super::model::{Answer, Turn};
use super::mutants::Mutant;
use super::races::Race;
use super::state::{Broken, DPc, Doze, Flush, Pace, Park, Sleep, Wait};
use crate::contract::{self, Cause, Phase, Wake};

impl Turn<'_> {
    /// Step f, up to the drain: the sink answers, and D takes the lock and notes the answer.
    pub(super) fn note(&mut self, answer: Answer) {
        self.now.guarded.pace = Pace::Fresh;
        self.claim_answer(answer);
        match answer {
            Answer::Took(len) => {
                self.take(Who::D, len);
                self.now.locked = true;
                self.now.d.pc = DPc::Settle(len);
                return;
            }
            Answer::Flushed => self.flushed(),
            Answer::Interrupted | Answer::NotNow => {}
            Answer::WouldBlock => {
                // A pause is a sleep with a time limit that no byte ends; who has the lock may end it.
                self.now.locked = true;
                self.now.guarded.doze = Doze::Asleep;
                self.now.d.pc = DPc::Wait(Sleep { target: NEVER, timed: true });
                return;
            }
            Answer::Failed => self.now.d.unpark = self.failed(Who::D),
        }
        self.unlock();
        self.now.d.pc = self.after_unlock();
    }

    /// The contract's word for what the sink answered.
    pub(super) fn claim_answer(&mut self, answer: Answer) {
        let noted = match answer {
            Answer::Took(len) => contract::SinkAnswer::Took(usize::from(len)),
            Answer::Flushed => contract::SinkAnswer::Flushed,
            Answer::Interrupted | Answer::NotNow => contract::SinkAnswer::Interrupted,
            Answer::WouldBlock => contract::SinkAnswer::WouldBlock,
            Answer::Failed => contract::SinkAnswer::Failed,
        };
        if answer == Answer::Failed && self.now.guarded.phase != Phase::Destroyed {
            self.claim_write_in_flight();
        }
        self.claim_step(contract::Action::Sink(noted));
    }

    /// Notes that the sink has failed. Whether P's handle was taken.
    pub(super) fn failed(&mut self, who: Who) -> bool {
        if self.now.guarded.phase == Phase::Destroyed {
            self.met(Race::FailureAfterDestroy);
            self.now.guarded.held_back = Some(Cause::Failed);
            return false;
        }
        self.now.guarded.phase = Phase::Failed(Cause::Failed);
        self.give_up_flush(Wake::Errored(Cause::Failed));
        self.leave_open(who);
        !self.is(Mutant::FailureWakesNobody) && self.take_handle(&[Park::Drain, Park::Flush])
    }

    /// A fast write that found `attention` clear and will be accepted took effect before this failure, because nobody can tell otherwise.
    fn claim_write_in_flight(&mut self) {
        if let Some(len) = self.now.write_in_flight(&self.model.config) {
            self.met(Race::FailureDuringWrite);
            self.claim_write(len, contract::Answer::Continue);
        }
    }

    pub(super) fn take(&mut self, who: Who, len: Pos) {
        let cells = self.model.config.marks().2;
        for at in self.now.guarded.head..self.now.guarded.head + len {
            let byte = self.now.memory.load(who, Place::Cell(at % cells));
            self.read.push(byte);
            if byte != at {
                self.now.broken = Some(Broken::Bytes);
            }
            self.now.memory.cells[usize::from(at % cells)] = FREE;
        }
        self.now.guarded.head += len;
        // The same to D, which asks only whether `head < seen`.
        self.now.d.seen = self.now.d.seen.max(self.now.guarded.head);
        self.store(who, Place::Head, self.now.guarded.head);
    }

    fn flushed(&mut self) {
        let head = self.now.guarded.head;
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
        let buffered = self.now.memory.load(Who::D, Place::Tail) - self.now.guarded.head + before_head;
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
        let mutant = match who {
            Who::D => Mutant::FailureKeepsAttention,
            Who::P if matches!(guarded.phase, Phase::Failed(_)) => Mutant::TryFailureKeepsAttention,
            Who::P => Mutant::EndKeepsAttention,
        };
        if !self.is(mutant) {
            self.store(who, Place::Attention, self.attention());
        }
    }

    pub(super) fn give_up_flush(&mut self, reason: Wake) {
        if self.now.guarded.flush_pending() {
            self.now.guarded.flush = Flush::Done(reason);
        }
    }
}
