//! P in D's place: the sink call that P makes while D lingers, so that the bytes need not cross to D's core. *P: trying* in the head
//! comment of `wake`.

use super::config::Freedom;
use super::memory::{NEVER, Place, Who};
use super::model::{Answer, Turn, WakeModel};
use super::mutants::Mutant;
use super::races::Race;
use super::state::{DPc, Doze, PPc, Pace, WakeState};
use crate::contract;

impl WakeModel {
    /// Whether P, on its way to wake D, may take the sink instead.
    pub(super) fn may_try(&self, state: &WakeState) -> bool {
        let guarded = &state.guarded;
        let lingering =
            guarded.doze == Doze::Lingering || (guarded.asleep() && self.is(Mutant::TriesWhileDeep));
        let held = guarded.held_by_cork() && !self.is(Mutant::TriesThroughCork);
        let bytes = state.p.tail > guarded.head || self.is(Mutant::TriesNothing);
        self.config.may(Freedom::Try)
            && state.p.pc == PPc::Wake
            && !state.locked
            && lingering
            && !held
            && bytes
    }
}

impl Turn<'_> {
    /// P takes the sink, under the lock, and calls it without.
    pub(super) fn attempt(&mut self) {
        if self.now.d.pc == DPc::Look {
            self.met(Race::TimeOutBeforeTry);
        }
        self.locked(|turn| {
            let offered = turn.in_one_piece(turn.now.p.tail);
            if turn.now.guarded.head + offered < turn.now.p.tail {
                turn.met(Race::TryEndsAtWrap);
            }
            turn.claim_step(contract::Action::System(contract::System::Offer(usize::from(offered))));
            turn.now.guarded.trying = true;
            turn.store(Who::P, Place::WakeAt, NEVER);
            turn.now.p.pc = PPc::Trying(offered);
        });
    }

    /// The sink answers P, which locks and notes the answer. No drain can be owed, so none is due: P's write was a fast one, and nobody else writes.
    pub(super) fn attempted(&mut self, answer: Answer) {
        let PPc::Trying(offered) = self.now.p.pc else { return };
        self.locked(|turn| {
            turn.now.guarded.trying = turn.is(Mutant::SinkNotGivenBack);
            turn.claim_answer(answer);
            match answer {
                Answer::Took(len) => {
                    if len < offered {
                        turn.met(Race::TryTakesPart);
                    }
                    turn.take(Who::P, len);
                }
                Answer::Failed => {
                    turn.met(Race::TryFails);
                    turn.now.p.token |= turn.failed(Who::P);
                }
                _ if turn.is(Mutant::NotNowIsTaken) => turn.take(Who::P, offered),
                _ => turn.met(Race::TriedNotNow),
            }
            turn.now.p.cached = turn.now.guarded.head;
            turn.leave_to_drainer(answer);
        });
    }

    /// D lingers on if P has left nothing; else D is woken.
    fn leave_to_drainer(&mut self, answer: Answer) {
        let guarded = &self.now.guarded;
        let lingers =
            guarded.doze == Doze::Lingering || (guarded.asleep() && self.is(Mutant::TriesWhileDeep));
        if lingers && guarded.head == self.now.p.tail {
            self.met(Race::LingersOn);
            self.now.guarded.pace = Pace::Fresh;
            let target = self.now.guarded.head + self.model.config.batch;
            self.store(Who::P, Place::WakeAt, target);
            return;
        }
        let forgotten = (self.is(Mutant::BusyNotWoken) && !lingers)
            || (self.is(Mutant::TryFailureWakesNobody) && answer == Answer::Failed);
        if !forgotten {
            self.wake_drainer(Who::P);
        }
    }
}
