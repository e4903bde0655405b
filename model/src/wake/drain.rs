//! D between sink calls: steps a to e of the head comment of `wake`.

use super::config::Variant;
use super::memory::{NEVER, Place, Pos, Who};
use super::model::{Rest, Turn};
use super::mutants::Mutant;
use super::races::Race;
use super::refine::Claim;
use super::state::{DPc, Doze, Flush, PPc, Pace, Park, Sleep};
use crate::contract::{self, Phase};

/// What D finds to do.
enum Work {
    Close,
    Flush,
    Offer(Pos),
    Nothing,
}

impl Turn<'_> {
    pub(super) fn drainer(&mut self) {
        match self.now.d.pc {
            DPc::Look => self.look(),
            DPc::Fence(sleep) => self.fence(sleep),
            DPc::Recheck(sleep) => self.recheck(sleep),
            DPc::Relock(sleep) => {
                self.now.locked = true;
                if self.now.guarded.asleep() || self.is(Mutant::RelockTrusts) {
                    self.recheck(sleep);
                } else {
                    self.met(Race::WokenBeforeAsleep);
                    self.unlock();
                    self.now.d.pc = DPc::Look;
                }
            }
            DPc::Wait(sleep) => {
                if self.now.p.pc == PPc::Wake {
                    self.met(Race::WakerWaitsForLock);
                }
                if !self.is(Mutant::SleepWithLock) {
                    self.unlock();
                }
                if !self.is(Mutant::LingersForEver) {
                    self.now.guarded.pace = Pace::Rested;
                }
                let late = self.is(Mutant::UnlockBeforeWait);
                self.now.d.pc = if late { DPc::WaitLate(sleep) } else { DPc::Asleep { timed: sleep.timed } };
            }
            DPc::WaitLate(sleep) => self.now.d.pc = DPc::Asleep { timed: sleep.timed },
            DPc::Settle(taken) => self.settle(taken),
            DPc::Unlock => {
                let late = self.now.memory.load(Who::D, Place::Attention) != self.attention();
                self.unlock();
                self.now.d.pc = if late && self.is(Mutant::AttentionAfterUnlock) {
                    DPc::AttentionLate
                } else {
                    self.after_unlock()
                };
            }
            DPc::AttentionLate => {
                self.store(Who::D, Place::Attention, 0);
                self.now.memory.flush(Who::D);
                self.now.d.pc = self.after_unlock();
            }
            DPc::Unpark => {
                self.now.d.unpark = false;
                self.now.p.token = true;
                self.now.d.pc = if self.now.guarded.closed { DPc::Gone } else { DPc::Look };
            }
            DPc::Rest(_) | DPc::Asleep { .. } | DPc::Writing(_) | DPc::Flushing | DPc::Gone => {}
        }
    }

    pub(super) fn claim_step(&mut self, action: contract::Action) {
        self.claims.push(Claim { action, answer: None });
    }

    pub(super) fn unlock(&mut self) {
        self.now.memory.flush(Who::D);
        self.now.locked = false;
    }

    pub(super) fn after_unlock(&self) -> DPc {
        match (self.now.d.unpark, self.now.guarded.closed) {
            (true, _) => DPc::Unpark,
            (false, true) => DPc::Gone,
            (false, false) => DPc::Look,
        }
    }

    /// Takes P's handle if it was left for one of these.
    pub(super) fn take_handle(&mut self, parks: &[Park]) -> bool {
        let taken = self.now.guarded.handle.is_some_and(|park| parks.contains(&park));
        if taken {
            self.now.guarded.handle = None;
        }
        taken
    }

    pub(super) fn time_out(&mut self) {
        let tail = self.now.memory.load(Who::D, Place::Tail);
        if self.now.guarded.trying {
            self.met(Race::TimeOutDuringTry);
        } else if tail >= self.now.memory.load(Who::D, Place::WakeAt) && !self.now.p_may_wake() {
            self.met(Race::TargetMissed);
        } else if tail > self.now.guarded.head {
            self.met(Race::TimeOutWithBytes);
        }
        self.awake();
        if self.is(Mutant::TimeOutDoesNotLook) {
            self.now.locked = true;
            self.now.guarded.doze = Doze::Awake;
            self.store(Who::D, Place::WakeAt, NEVER);
            self.now.d.pc = DPc::Rest(self.now.memory.load(Who::D, Place::Tail));
        }
    }

    /// Steps a to c. The lock is kept exactly if there is nothing to do.
    fn look(&mut self) {
        self.now.locked = true;
        if self.now.guarded.asleep() {
            self.now.guarded.doze = Doze::Awake;
            self.store(Who::D, Place::WakeAt, NEVER);
        }
        if self.now.guarded.trying && !self.is(Mutant::BusyNotChecked) {
            self.met(Race::SinkBusy);
            let wrong = self.is(Mutant::BusyLooksLingering);
            self.now.guarded.doze = if wrong { Doze::Lingering } else { Doze::Asleep };
            self.now.d.pc = DPc::Wait(Sleep { target: NEVER, timed: false });
            return;
        }
        let tail = self.now.memory.load(Who::D, Place::Tail);
        match self.work(tail) {
            Work::Nothing => {
                self.met_nothing();
                self.now.d.pc = DPc::Rest(tail);
                return;
            }
            Work::Close => {
                self.claim_step(contract::Action::System(contract::System::Close));
                self.now.guarded.closed = true;
                if self.is(Mutant::HandBackAtClose) {
                    self.now.guarded.rest = Some(tail);
                }
                self.now.d.unpark = self.take_handle(&[Park::Close]);
                self.now.d.pc = self.after_unlock();
            }
            Work::Flush => {
                self.claim_step(contract::Action::System(contract::System::FlushSink));
                if tail > self.now.guarded.head {
                    self.met(Race::FlushBeforeLaterBytes);
                }
                self.now.d.pc = DPc::Flushing;
            }
            Work::Offer(len) => {
                self.claim_step(contract::Action::System(contract::System::Offer(usize::from(len))));
                self.met_offering(tail, len);
                self.now.d.seen = tail;
                if self.is(Mutant::HeadBeforeSinkCall) {
                    self.store(Who::D, Place::Head, self.now.guarded.head + len);
                }
                self.now.d.pc = DPc::Writing(len);
            }
        }
        self.unlock();
    }

    fn work(&self, tail: Pos) -> Work {
        let (guarded, head) = (&self.now.guarded, self.now.guarded.head);
        let waiting = tail - head;
        let rested = self.now.guarded.pace == Pace::Rested;
        if self.is(Mutant::WakeIsTrusted) && rested {
            return Work::Offer(waiting);
        }
        if !matches!(guarded.phase, Phase::Open | Phase::Ending) {
            return Work::Close;
        }
        let last = guarded.phase == Phase::Ending && waiting == 0;
        let overlooked = self.is(Mutant::FlushOnlyAfterBytes) && rested;
        if last || (!overlooked && matches!(guarded.flush, Flush::Pending(end) if end <= head)) {
            return Work::Flush;
        }
        let urgent = guarded.owed
            || guarded.flush_pending()
            || guarded.phase == Phase::Ending
            || waiting >= self.model.config.batch
            || head < self.now.d.seen
            || rested;
        if waiting == 0 || guarded.held_by_cork() || !urgent {
            return Work::Nothing;
        }
        Work::Offer(self.in_one_piece(tail))
    }

    /// How many bytes can be offered: up to this tail, or the end of the ring.
    pub(super) fn in_one_piece(&self, tail: Pos) -> Pos {
        let (head, cells) = (self.now.guarded.head, self.model.config.marks().2);
        (tail - head).min(cells - head % cells)
    }

    fn met_nothing(&mut self) {
        if self.now.guarded.pace == Pace::Rested {
            self.met(Race::WokenForNothing);
        }
    }

    fn met_offering(&mut self, tail: Pos, len: Pos) {
        let (d, guarded) = (&self.now.d, &self.now.guarded);
        let (wraps, spun) = (guarded.head + len < tail, guarded.pace == Pace::Spun);
        let batch = tail - guarded.head >= self.model.config.batch;
        let rest = guarded.head < d.seen && guarded.pace == Pace::Fresh && !batch;
        for (is, race) in
            [(wraps, Race::OfferEndsAtWrap), (spun && batch, Race::SpinSeesBatch), (rest, Race::RestAtOnce)]
        {
            if is {
                self.met(race);
            }
        }
    }

    /// Step d, first part: the lock is held since D looked.
    pub(super) fn rest(&mut self, rest: Rest) {
        let DPc::Rest(tail) = self.now.d.pc else { return };
        let sleep = match rest {
            Rest::Spin if self.is(Mutant::SpinWithLock) => return,
            Rest::Spin => {
                self.unlock();
                if !self.is(Mutant::SpinsForEver) {
                    self.now.guarded.pace = Pace::Spun;
                }
                self.now.d.pc = DPc::Look;
                return;
            }
            Rest::Linger => Sleep { target: tail + self.model.config.batch, timed: true },
            Rest::Deep => Sleep { target: tail + 1, timed: false },
            Rest::Held => Sleep { target: NEVER, timed: false },
        };
        self.now.guarded.doze = if rest == Rest::Linger { Doze::Lingering } else { Doze::Asleep };
        self.store(Who::D, Place::WakeAt, sleep.target);
        if !self.now.memory.buffers[Who::P as usize].is_empty() {
            self.met(Race::StoreBufferedAtAnnounce);
        }
        if sleep.is_deep() && self.model.config.variant == Variant::FenceUnlocked {
            self.unlock();
        }
        self.now.d.pc = if rest == Rest::Held {
            DPc::Wait(sleep)
        } else if rest == Rest::Linger
            || self.is(Mutant::RecheckBeforeFence)
            || self.is(Mutant::HeavyIsLight)
            || self.is(Mutant::NoPlainFenceInSleep)
        {
            DPc::Recheck(sleep)
        } else {
            DPc::Fence(sleep)
        };
    }

    fn fence(&mut self, sleep: Sleep) {
        self.now.memory.flush(Who::D);
        if !self.plain() && !self.is(Mutant::HeavyIsOwn) {
            if self.now.memory.buffers[Who::P as usize].iter().any(|store| store.place == Place::Tail) {
                self.met(Race::HeavyFencePublishes);
            }
            if self.now.p.early.is_some_and(|early| early != sleep.target) {
                self.met(Race::HeavyFenceForgets);
            }
            self.now.memory.flush(Who::P);
            self.now.p.early = None;
        }
        self.now.d.pc = if self.is(Mutant::RecheckBeforeFence) || self.is(Mutant::NoRecheck) {
            DPc::Wait(sleep)
        } else if self.model.config.variant == Variant::FenceUnlocked {
            DPc::Relock(sleep)
        } else {
            DPc::Recheck(sleep)
        };
    }

    fn recheck(&mut self, sleep: Sleep) {
        let tail = self.now.memory.load(Who::D, Place::Tail);
        let reached = if self.is(Mutant::RecheckAfter) { tail > sleep.target } else { tail >= sleep.target };
        self.now.d.pc = if reached {
            self.met(Race::RecheckSeesTail);
            self.now.guarded.doze = Doze::Awake;
            self.store(Who::D, Place::WakeAt, NEVER);
            self.unlock();
            DPc::Look
        } else if sleep.is_deep() && self.is(Mutant::RecheckBeforeFence) {
            DPc::Fence(sleep)
        } else {
            DPc::Wait(sleep)
        };
    }
}
