//! Fair runs in which something stays owed for ever, in worlds whose producers never run out of chunks.
//!
//! Such a run is a path and then a cycle. It is fair if each step of the writer that stays possible along the cycle is taken (weak fairness), and if
//! the sink, which is called along it, makes progress at some time (strong fairness). *End*, *destroy*, failures and the producers' own calls may
//! happen and need not: a world in which the owner may destroy at any moment would otherwise hide a drain that never comes.

mod fairness;
mod graph;
mod lasso;

pub use fairness::{Classes, Fairness};
pub use graph::Graph;

use crate::config::Config;
use crate::contract::Waiter;
use crate::monitor::Waiters;
use crate::path::{ActionPath, Step};
use crate::properties::{CLAUSES, ClauseSet, Obligation};
use crate::world::World;

/// A run in which something stays owed for ever.
#[derive(Clone, Debug)]
pub struct Starved {
    /// To whom.
    pub waiter: Waiter,
    /// The run.
    pub path: ActionPath,
}

/// The shortest fair run that breaks this obligation in this graph; `which` is its place among those the graph was built for.
#[must_use]
pub fn starved(graph: &Graph, which: usize, fairness: Fairness) -> Option<Starved> {
    let waiters = graph.waiters(which);
    let runs = waiters.filter_map(|waiter| {
        Some(Starved { waiter, path: lasso::shortest(graph, which, waiter, fairness)? })
    });
    runs.min_by_key(|run| run.path.steps.len())
}

/// The liveness clauses of the table, each with its place there.
#[must_use]
pub fn obligations() -> Vec<(usize, Obligation)> {
    CLAUSES.iter().enumerate().filter_map(|(index, clause)| Some((index, clause.obligation()?))).collect()
}

/// Those that promise something in this configuration: L-02 and L-06 speak of polite producers only.
#[must_use]
pub fn obligations_in(config: &Config) -> Vec<(usize, Obligation)> {
    let speaks = |(index, _): &(usize, Obligation)| {
        let id = CLAUSES.get(*index).map_or("", |clause| clause.id);
        config.all_polite() || !["L-02", "L-06"].contains(&id)
    };
    obligations().into_iter().filter(speaks).collect()
}

/// The liveness clauses broken by repeating these steps for ever: their obligation stays all the time, and the run is fair.
#[must_use]
pub fn starved_by_repeating(world: &World, cycle: &[Step]) -> ClauseSet {
    let fair = fairness::is_fair(
        Fairness::CONTRACT,
        cycle.iter().map(|step| {
            (fairness::enabled(world, &step.before), fairness::class(step.action, step.before.monitor.call))
        }),
    );
    let mut broken = ClauseSet::EMPTY;
    for (index, obligation) in obligations() {
        let stays = cycle.iter().map(|step| (obligation.to)(&step.before)).reduce(Waiters::shared);
        let met = cycle.iter().any(|step| (obligation.is_met_by)(&step.taken.outcome));
        if fair && !met && stays.is_some_and(|waiters| !waiters.is_empty()) {
            broken = broken.with(index);
        }
    }
    broken
}
