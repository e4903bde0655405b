//! P without the lock: the fast path, steps 1 to 5 of the head comment of `wake`.

use super::config::Variant;
use super::memory::{NEVER, Place, Pos, Who};
use super::model::{Call, Turn};
use super::mutants::Mutant;
use super::races::Race;
use super::refine::Claim;
use super::state::{DPc, Doze, PPc, Park};
use crate::contract::{self, Phase};

impl Turn<'_> {
    pub(super) fn begin(&mut self, call: Call) {
        match call {
            Call::Write(len) => {
                self.now.p.chunks = self.now.p.chunks.saturating_sub(1);
                self.now.p.pc = PPc::Check(len);
            }
            Call::Drained => self.locked(Self::ask_drained),
            Call::Flush => self.locked(Self::ask_flushed),
            Call::Flushed => self.locked(|turn| turn.see(Park::Flush)),
            Call::Closed => self.locked(|turn| turn.see(Park::Close)),
            Call::Cork => self.locked(Self::cork),
            Call::Uncork => self.locked(Self::uncork),
            Call::End | Call::Destroy => {
                self.locked(|turn| turn.finish_or_destroy(call));
                self.now.p.over = true;
            }
        }
    }

    /// Another handle, which holds the producers' lock: P's last write is visible to it.
    pub(super) fn other_handle(&mut self, call: Call) {
        let pc = self.now.p.pc;
        match (pc, call) {
            (PPc::Parked(_), _) => self.met(Race::OtherHandleWhileParked),
            (PPc::Trying(_), Call::Destroy) => self.met(Race::DestroyDuringTry),
            (PPc::Trying(_), Call::End) => self.met(Race::EndDuringTry),
            (PPc::Trying(_), _) => self.met(Race::FlushDuringTry),
            _ => {}
        }
        self.locked(|turn| match call {
            Call::Flush => turn.ask_flushed(),
            call => turn.finish_or_destroy(call),
        });
        self.now.p.pc = pc;
    }

    pub(super) fn producer(&mut self) {
        match self.now.p.pc {
            PPc::Check(len) => self.check(len),
            PPc::Reload(len) => {
                let head = self.now.memory.load(Who::P, Place::Head);
                if head > self.now.p.cached {
                    self.met(Race::HeadMovedSinceCached);
                }
                self.now.p.cached = head;
                self.now.p.early = None; // an acquire load: nothing after it is read before it
                self.now.p.pc = if self.has_room(len) { self.copied(len) } else { PPc::Slow(len) };
            }
            PPc::LookFirst(len) => {
                let reached = self.reached(self.now.p.tail + len);
                self.now.p.pc = PPc::Publish(len, Some(reached));
            }
            PPc::Publish(len, known) => self.publish(len, known),
            PPc::Fence => {
                self.now.memory.flush(Who::P);
                self.now.p.early = None;
                self.now.p.pc = PPc::Look;
            }
            PPc::Look => self.now.p.pc = if self.reached(self.now.p.tail) { PPc::Wake } else { PPc::Idle },
            PPc::Wake => self.wake(),
            PPc::Notify => {
                self.notify_work();
                self.now.p.pc = PPc::Idle;
            }
            PPc::ResetLate => {
                self.store(Who::P, Place::WakeAt, NEVER);
                self.now.p.pc = PPc::Idle;
            }
            PPc::Slow(len) => self.locked(|turn| turn.slow(len)),
            PPc::Parked(_) => self.unparked(),
            PPc::Unparked(park) => self.locked(|turn| turn.see(park)),
            PPc::Idle | PPc::Trying(_) | PPc::Gone => {}
        }
    }

    /// A critical section of P, as one step: nobody looks at what it changes without the lock but P itself.
    pub(super) fn locked(&mut self, body: impl FnOnce(&mut Self)) {
        self.now.memory.flush(Who::P);
        self.now.p.early = None;
        self.now.p.pc = PPc::Idle;
        body(self);
        self.now.memory.flush(Who::P);
    }

    pub(super) fn claim(&mut self, call: contract::Call, answer: Option<contract::Answer>) {
        self.claims.push(Claim { action: contract::Action::Call(call), answer });
    }

    pub(super) fn claim_write(&mut self, len: Pos, answer: contract::Answer) {
        self.claim(contract::Call::Write { producer: 0, seq: 0, len: usize::from(len) }, Some(answer));
    }

    pub(super) fn wake_unless(&mut self, mutant: Mutant) {
        if !self.is(mutant) {
            self.wake_drainer(Who::P);
        }
    }

    fn check(&mut self, len: Pos) {
        let attention = self.now.memory.load(Who::P, Place::Attention);
        self.now.p.pc = if attention != 0 {
            PPc::Slow(len)
        } else if len == 0 {
            self.claim_write(0, contract::Answer::Continue);
            PPc::Idle
        } else if self.has_room(len) {
            self.copied(len)
        } else {
            PPc::Reload(len)
        };
    }

    /// By the cached head, which is never ahead of the real one: the chunk leaves less than the mark, and so it fits.
    fn has_room(&self, len: Pos) -> bool {
        let (high, _, capacity) = self.model.config.marks();
        let buffered = self.now.p.tail + len - self.now.p.cached;
        if self.is(Mutant::MarkNotChecked) { buffered <= capacity } else { buffered < high }
    }

    /// Copies the chunk into free cells. On a machine of total order no store after it is seen before it, so it need not be delayed.
    pub(super) fn copied(&mut self, len: Pos) -> PPc {
        let cells = self.model.config.marks().2;
        for at in self.now.p.tail..self.now.p.tail + len {
            self.store(Who::P, Place::Cell(at % cells), at);
        }
        if self.model.config.order == super::config::Order::Total {
            let stored = self.now.memory.buffers[0].len();
            for index in (stored - usize::from(len)..stored).rev() {
                self.now.memory.leave(Who::P, index);
            }
        }
        if self.is(Mutant::NoLightFence) { PPc::LookFirst(len) } else { PPc::Publish(len, None) }
    }

    /// Where a fast write takes effect, unless the stream has failed since it looked at `attention`: then it took effect before that.
    fn publish(&mut self, len: Pos, known: Option<bool>) {
        if self.now.guarded.phase == Phase::Open {
            self.claim_write(len, contract::Answer::Continue);
        } else {
            self.met(if self.now.guarded.closed { Race::WriteAfterClose } else { Race::WriteAfterFailure });
        }
        self.now.p.tail += len;
        self.store(Who::P, Place::Tail, self.now.p.tail);
        self.now.p.pc = match known {
            Some(true) => PPc::Wake,
            Some(false) => PPc::Idle,
            None if self.plain() && !self.is(Mutant::NoPlainFenceInWrite) => PPc::Fence,
            None => PPc::Look,
        };
    }

    /// Whether D wants to be woken by this tail.
    pub(super) fn reached(&mut self, tail: Pos) -> bool {
        let early = self.now.p.early.take();
        let wake_at = early.unwrap_or_else(|| self.now.memory.load(Who::P, Place::WakeAt));
        if wake_at == NEVER && self.now.d_falls_asleep() {
            self.met(Race::TargetNotSeen);
        }
        if self.is(Mutant::WakeAtNotChecked) {
            return false;
        }
        if self.is(Mutant::WakeAtAfter) { tail > wake_at } else { tail >= wake_at }
    }

    fn wake(&mut self) {
        if self.is(Mutant::NotifyWithoutLock) {
            self.store(Who::P, Place::WakeAt, NEVER);
            self.notify_work();
            self.now.p.pc = PPc::Idle;
            return;
        }
        self.locked(|turn| {
            if !turn.now.guarded.asleep() {
                turn.met(Race::WokenAlready);
            } else if turn.now.d.pc == DPc::Look {
                turn.met(Race::WokeByItself);
            }
            if turn.model.config.variant == Variant::NotifyAfterUnlock && turn.now.guarded.asleep() {
                turn.now.guarded.doze = Doze::Awake;
                turn.store(Who::P, Place::WakeAt, NEVER);
                turn.now.p.pc = PPc::Notify;
            } else if turn.is(Mutant::ResetAfterUnlock) {
                turn.now.guarded.doze = Doze::Awake;
                turn.notify_work();
                turn.now.p.pc = PPc::ResetLate;
            } else if turn.is(Mutant::ResetWithoutNotify) {
                turn.now.guarded.doze = Doze::Awake;
                turn.store(Who::P, Place::WakeAt, NEVER);
            } else {
                turn.wake_drainer(Who::P);
            }
        });
    }
}
