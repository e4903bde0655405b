//! L: what is owed, and so must not last.

use super::Obligation;
use crate::contract::{Event, Outcome, Phase};
use crate::monitor::Waiters;

/// Nothing less than the end of what is owed.
fn never(_: &Outcome) -> bool {
    false
}

/// A stream that takes byte after byte always has some untaken ones: the promise is that the *front* one is taken.
pub(super) const L_01: Obligation = Obligation {
    to: |state| {
        let promised = &state.monitor;
        Waiters::zero_if(promised.is_live() && promised.corked == 0 && !promised.pending.is_empty())
    },
    is_met_by: |outcome| !outcome.taken.is_empty(),
};

pub(super) const L_02: Obligation = Obligation {
    to: |state| Waiters::zero_if(state.monitor.phase == Phase::Open && state.monitor.owed),
    is_met_by: |outcome| outcome.events.contains(&Event::Drain),
};

pub(super) const L_03: Obligation =
    Obligation { to: |state| Waiters::zero_if(state.monitor.phase == Phase::Ending), is_met_by: never };

pub(super) const L_04: Obligation = Obligation {
    to: |state| Waiters::zero_if(!state.monitor.is_live() && !state.monitor.closed),
    is_met_by: never,
};

/// Each request for itself: that others are completed is no comfort.
pub(super) const L_05: Obligation = Obligation {
    to: |state| Waiters::of(state.monitor.flushes.iter().map(|(waiter, _)| *waiter)),
    is_met_by: never,
};

/// Each wait for itself.
pub(super) const L_06: Obligation = Obligation { to: |state| state.monitor.waits, is_met_by: never };
