//! What must hold in every state. That something owed comes at last, on runs that never stop, is in `fair.rs`.

use super::memory::{NEVER, NOT_OPEN, OWED, Who};
use super::model::{Action, WakeModel};
use super::refine::abstraction;
use super::state::{DPc, Doze, PPc, WakeState};
use crate::contract::{self, Phase, Sink, State};

/// A rule that every state obeys.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Whether the state obeys it.
    pub holds: fn(&WakeModel, &WakeState) -> bool,
}

/// Every step is a step of the contract, or two, or none; every byte taken is the byte accepted.
pub const REFINES: &str = "refines the contract";
/// See [`SAFETY`].
pub const NO_LOST_WAKE: &str = "no lost wake-up";
/// See [`SAFETY`].
pub const QUIET: &str = "quiet means done";
/// See [`SAFETY`].
pub const FLAGS: &str = "flags tell the truth";

/// Every rule about single states.
pub const SAFETY: &[Rule] = &[
    Rule {
        name: REFINES,
        says: "every step is a step of the contract, or two, or none, with the same answers; every byte taken is the byte accepted",
        holds: |_, state| state.broken.is_none(),
    },
    Rule {
        name: NO_LOST_WAKE,
        says: "D does not sleep without a time limit over something the contract lets it do, unless P is on its way to wake it",
        holds: no_lost_wake,
    },
    Rule {
        name: QUIET,
        says: "when nothing goes on by itself any more, nothing is owed to anybody",
        holds: quiet_means_done,
    },
    Rule {
        name: FLAGS,
        says: "while the lock is free, `attention` says what the state says, `wake_at` is set only while D sleeps, D lingers only in an open stream with nothing asked for, and no drain is owed while P has the sink",
        holds: flags_tell_the_truth,
    },
];

/// The first rule that this state breaks.
#[must_use]
pub fn broken(model: &WakeModel, state: &WakeState) -> Option<&'static str> {
    SAFETY.iter().find(|rule| !(rule.holds)(model, state)).map(|rule| rule.name)
}

fn nothing_to_do(model: &WakeModel, stream: &State) -> bool {
    contract::system_actions(&model.config.params, stream, true).is_empty()
}

fn no_lost_wake(model: &WakeModel, state: &WakeState) -> bool {
    !state.d_sleeps_deep()
        || !state.p_is_at_rest()
        || nothing_to_do(model, &abstraction(&model.config, state))
}

/// Whether this step happens by itself, sooner or later: no call, no chance, no favour of the machine.
#[must_use]
pub fn happens_by_itself(action: Action) -> bool {
    match action {
        Action::Next(_)
        | Action::Rest(_)
        | Action::Sink(_)
        | Action::Try
        | Action::Tried(_)
        | Action::TimeOut
        | Action::Leave(..) => true,
        Action::Call(_) | Action::GiveUp | Action::Other(_) | Action::Spurious(_) | Action::ReadAhead => {
            false
        }
    }
}

fn quiet_means_done(model: &WakeModel, state: &WakeState) -> bool {
    // Cheap tests first: this looks at every state.
    let awake = !matches!(state.d.pc, DPc::Asleep { timed: false } | DPc::Gone) && !state.locked;
    if awake || state.broken.is_some() || model.steps(state).into_iter().any(happens_by_itself) {
        return true;
    }
    let stream = abstraction(&model.config, state);
    let over = !matches!(stream.phase, Phase::Open);
    nothing_to_do(model, &stream)
        && stream.sink == Sink::Idle
        && stream.waits.is_empty()
        && stream.flushes.is_empty()
        && !stream.drain_owed
        && matches!(state.p.pc, PPc::Idle | PPc::Gone)
        && stream.closed == over
}

fn flags_tell_the_truth(_: &WakeModel, state: &WakeState) -> bool {
    if state.locked || state.broken.is_some() {
        return true;
    }
    let owed = if state.guarded.owed { OWED } else { 0 };
    let over = if state.guarded.phase == Phase::Open { 0 } else { NOT_OPEN };
    let attention = state.memory.attention == owed | over;
    let wake_at = state.guarded.asleep() || state.memory.wake_at == NEVER;
    let guarded = &state.guarded;
    let untouched = guarded.phase == Phase::Open && !guarded.owed && !guarded.flush_pending();
    let lingering = guarded.doze != Doze::Lingering || untouched;
    let trying = !(guarded.trying && guarded.owed);
    attention && wake_at && lingering && trying && state.memory.buffers[Who::D as usize].is_empty()
}
