//! Which steps are possible in a state.

use super::config::{Freedom, Order};
use super::memory::{Pos, Who};
use super::model::{Action, Answer, Call, Rest, WakeModel};
use super::mutants::Mutant;
use super::state::{DPc, Flush, PPc, Pace, Park, WakeState};
use crate::contract::Phase;

impl WakeModel {
    /// Every step possible in this state, in a fixed order.
    #[must_use]
    pub fn steps(&self, state: &WakeState) -> Vec<Action> {
        let mut actions = Vec::new();
        if state.broken.is_none() {
            self.producer_steps(state, &mut actions);
            self.drainer_steps(state, &mut actions);
            for who in [Who::P, Who::D] {
                let stores = 0..state.memory.buffers[who as usize].len();
                let may_leave = |index: &usize| state.memory.may_leave(self.config.order, who, *index);
                actions.extend(stores.filter(may_leave).map(|index| Action::Leave(who, index)));
            }
        }
        actions
    }

    fn producer_steps(&self, state: &WakeState, actions: &mut Vec<Action>) {
        let may = |freedom| self.config.may(freedom);
        match state.p.pc {
            PPc::Idle if !state.locked => self.calls(state, actions),
            PPc::Idle | PPc::Gone => {}
            PPc::Wake if self.is(Mutant::NotifyWithoutLock) => actions.push(Action::Next(Who::P)),
            PPc::Wake | PPc::Slow(_) | PPc::Unparked(_) => {
                actions.extend((!state.locked).then_some(Action::Next(Who::P)));
                actions.extend(self.may_try(state).then_some(Action::Try));
            }
            PPc::Trying(_) if state.locked => {}
            PPc::Trying(offered) => {
                let shortest = if may(Freedom::Short) { 1 } else { offered };
                actions.extend((shortest..=offered).map(|took| Action::Tried(Answer::Took(took))));
                actions.push(Action::Tried(Answer::NotNow));
                actions.extend(may(Freedom::Fail).then_some(Action::Tried(Answer::Failed)));
            }
            PPc::Parked(_) => {
                actions.extend(state.p.token.then_some(Action::Next(Who::P)));
                actions.extend(may(Freedom::Spurious).then_some(Action::Spurious(Who::P)));
                actions.extend((may(Freedom::GiveUp) && !state.locked).then_some(Action::GiveUp));
            }
            _ => actions.push(Action::Next(Who::P)),
        }
        self.other_handle_steps(state, actions);
        let ahead = matches!(state.p.pc, PPc::Idle | PPc::Check(_) | PPc::Publish(..));
        if self.config.order == Order::Weak && ahead && state.p.early.is_none() {
            actions.push(Action::ReadAhead);
        }
    }

    /// Another handle may call while P waits or is between writes, and while P has the sink: P's write has taken effect then.
    fn other_handle_steps(&self, state: &WakeState, actions: &mut Vec<Action>) {
        let meanwhile = matches!(state.p.pc, PPc::Parked(Park::Drain | Park::Flush) | PPc::Trying(_));
        let open = !state.locked && state.guarded.phase == Phase::Open;
        if !self.config.may(Freedom::Shared) || !open || !(meanwhile || state.p.pc == PPc::Idle) {
            return;
        }
        actions.extend([Call::End, Call::Destroy].map(Action::Other));
        if self.config.may(Freedom::Flush) && meanwhile && state.guarded.flush == Flush::None {
            actions.push(Action::Other(Call::Flush));
        }
    }

    /// What P may call. It never calls in vain what it could call for ever, so that finite configurations are finite.
    fn calls(&self, state: &WakeState, actions: &mut Vec<Action>) {
        let may = |freedom| self.config.may(freedom);
        let mut call = |call| actions.push(Action::Call(call));
        let mine = &state.p;
        if state.guarded.flush != Flush::None {
            call(Call::Flushed);
        }
        if mine.over {
            call(Call::Closed);
            return;
        }
        let chunks_left = self.config.chunks.is_none() || mine.chunks > 0;
        if chunks_left && (!mine.paused || may(Freedom::Impolite)) {
            self.config.lengths.iter().for_each(|len| call(Call::Write(*len)));
        }
        if mine.paused {
            call(Call::Drained);
        }
        if may(Freedom::Flush) && state.guarded.flush == Flush::None && chunks_left {
            call(Call::Flush);
        }
        if may(Freedom::Cork) {
            call(if state.guarded.corked == 0 { Call::Cork } else { Call::Uncork });
        }
        if !chunks_left || may(Freedom::End) {
            call(Call::End);
        }
        if may(Freedom::Destroy) {
            call(Call::Destroy);
        }
    }

    fn drainer_steps(&self, state: &WakeState, actions: &mut Vec<Action>) {
        let may = |freedom| self.config.may(freedom);
        match state.d.pc {
            DPc::Gone => {}
            DPc::Look | DPc::Relock(_) | DPc::WaitLate(_) => {
                actions.extend((!state.locked).then_some(Action::Next(Who::D)));
            }
            DPc::Rest(tail) => actions.extend(self.rests(state, tail).into_iter().map(Action::Rest)),
            DPc::Writing(_) | DPc::Flushing if state.locked => {}
            DPc::Writing(offered) => {
                let shortest = if may(Freedom::Short) { 1 } else { offered };
                actions.extend((shortest..=offered).map(|took| Action::Sink(Answer::Took(took))));
                self.faults(actions);
            }
            DPc::Flushing => {
                actions.push(Action::Sink(Answer::Flushed));
                self.faults(actions);
            }
            DPc::Asleep { timed } => {
                actions.extend(timed.then_some(Action::TimeOut));
                actions.extend(may(Freedom::Spurious).then_some(Action::Spurious(Who::D)));
            }
            _ => actions.push(Action::Next(Who::D)),
        }
    }

    fn faults(&self, actions: &mut Vec<Action>) {
        for (freedom, answer) in [
            (Freedom::Interrupted, Answer::Interrupted),
            (Freedom::WouldBlock, Answer::WouldBlock),
            (Freedom::Fail, Answer::Failed),
        ] {
            actions.extend(self.config.may(freedom).then_some(Action::Sink(answer)));
        }
    }

    fn rests(&self, state: &WakeState, tail: Pos) -> Vec<Rest> {
        let (empty, pace) = (tail == state.guarded.head, state.guarded.pace);
        let held = !empty && state.guarded.held_by_cork();
        let unseen = self.is(Mutant::TimeOutDoesNotLook) && pace == Pace::Rested;
        let mut rests = Vec::new();
        rests.extend((held && !unseen).then_some(Rest::Held));
        rests.extend((!held && pace != Pace::Rested).then_some(Rest::Linger));
        rests.extend((empty || unseen || (!held && self.is(Mutant::DeepOverBytes))).then_some(Rest::Deep));
        rests.extend((pace == Pace::Fresh && self.config.may(Freedom::Spin)).then_some(Rest::Spin));
        rests
    }
}
