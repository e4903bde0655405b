//! L: what is owed, and so must not last.

use crate::contract::Phase;
use crate::world::WorldState;

pub(super) fn l_01(state: &WorldState) -> bool {
    let promised = &state.monitor;
    promised.is_live() && promised.corked == 0 && !promised.pending.is_empty()
}

pub(super) fn l_02(state: &WorldState) -> bool {
    state.monitor.phase == Phase::Open && state.monitor.owed
}

pub(super) fn l_03(state: &WorldState) -> bool {
    state.monitor.phase == Phase::Ending
}

pub(super) fn l_04(state: &WorldState) -> bool {
    !state.monitor.is_live() && !state.monitor.closed
}

pub(super) fn l_05(state: &WorldState) -> bool {
    !state.monitor.flushes.is_empty()
}

pub(super) fn l_06(state: &WorldState) -> bool {
    !state.monitor.waits.is_empty()
}
