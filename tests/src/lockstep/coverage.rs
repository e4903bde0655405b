//! Which kinds of step were taken, in which phase.

use highwater_model::contract::{Action, Outcome, State};
use highwater_model::coverage::{CELLS, Kind, PhaseName, cell, cells};

/// How often each kind of step was taken in each phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage([u64; CELLS]);

impl Default for Coverage {
    fn default() -> Self {
        Self([0; CELLS])
    }
}

impl Coverage {
    pub(super) fn count(&mut self, state: &State, action: Action, out: &Outcome) {
        self.0[cell(Kind::of(action, state.sink, out), PhaseName::of(state.phase))] += 1;
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    /// How many steps there were.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The kinds of step that were taken in no phase.
    #[must_use]
    pub fn kinds_missing(&self) -> Vec<Kind> {
        let taken = |kind: &Kind| PhaseName::ALL.into_iter().any(|phase| self.0[cell(*kind, phase)] > 0);
        Kind::ALL.into_iter().filter(|kind| !taken(kind)).collect()
    }

    /// The steps that the contract allows and that were not taken.
    #[must_use]
    pub fn missing(&self) -> Vec<(Kind, PhaseName)> {
        cells()
            .filter(|(kind, phase)| kind.is_possible_in(*phase) && self.0[cell(*kind, *phase)] == 0)
            .collect()
    }
}
