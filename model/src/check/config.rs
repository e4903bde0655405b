//! The search of one configuration: stateright visits every state, and what it finds broken is searched again for the shortest run.

use super::progress::Desk;
use super::report::{ConfigReport, elapsed_ms};
use crate::coverage;
use crate::liveness::{self, Fairness, Graph};
use crate::path::ActionPath;
use crate::properties::{CLAUSES, Clause, ClauseSet};
use crate::search::{self, Counterexample, Ending, Target};
use crate::world::World;
use stateright::{Checker, Model};
use std::time::{Duration, Instant};

/// Searches this world; its tally must be new.
pub(super) fn search(world: &World, threads: usize, steps_max: usize, desk: &Desk) -> ConfigReport {
    let began = Instant::now();
    let config = &world.config;
    let checker = world.clone().checker().threads(threads).target_state_count(steps_max).spawn_bfs();
    let mut pause = Duration::from_micros(100);
    while !checker.is_done() {
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
        let states = checker.unique_state_count() as u64;
        let frontier = states.saturating_sub(world.tally.states_expanded());
        desk.note(states, checker.max_depth().saturating_sub(1), frontier);
    }
    let checker = checker.join();
    let states = checker.unique_state_count() as u64;
    let mut report = ConfigReport {
        name: config.name.clone(),
        states,
        steps: checker.state_count() as u64,
        // Stateright counts the states on the way, not the steps.
        depth: checker.max_depth().saturating_sub(1),
        elapsed_ms: 0,
        complete: world.tally.states_expanded() == states,
        premises: (0..CLAUSES.len()).map(|clause| world.tally.premises(clause)).collect(),
        coverage: (0..coverage::CELLS).map(|cell| world.tally.steps(cell)).collect(),
        liveness_states: 0,
        counterexamples: Vec::new(),
    };
    for (id, path) in checker.discoveries() {
        let Some(clause) = Clause::find(id) else { continue };
        let found = ActionPath::once(path.into_actions());
        report.counterexamples.push(shortest(world, clause, &found, steps_max));
    }
    report.counterexamples.sort_by_key(|found| Clause::find(&found.clause).map(Clause::index));
    if config.is_cyclic() {
        never_met(world, steps_max, &mut report);
    }
    report.elapsed_ms = elapsed_ms(began.elapsed());
    report
}

/// The shortest run that breaks this clause; stateright's own if the search for it is cut short.
fn shortest(world: &World, clause: &Clause, found: &ActionPath, steps_max: usize) -> Counterexample {
    let again = World::with_rules(world.config.clone(), world.rules);
    let target = Target::Broken(ClauseSet::EMPTY.with(clause.index()));
    let ending = if clause.is_liveness() { Ending::Stuck } else { Ending::Step };
    let run = search::breadth_first(&again, target, steps_max).run;
    let (path, ending) = run.as_ref().map_or((found, ending), |(path, ending)| (path, *ending));
    Counterexample::new(&world.config, None, clause.index(), ending, path)
}

/// Looks for fair runs in which something stays owed for ever. What is owed to impolite producers may stay: L-02 and L-06 do not speak of them.
fn never_met(world: &World, steps_max: usize, report: &mut ConfigReport) {
    let world = World::with_rules(world.config.clone(), world.rules);
    let config = &world.config;
    let obligations = liveness::obligations_in(config);
    let promised: Vec<_> = obligations.iter().map(|(_, obligation)| *obligation).collect();
    let graph = Graph::build(&world, &promised, steps_max);
    report.liveness_states = graph.states() as u64;
    report.complete &= graph.is_complete() && report.liveness_states == report.states;
    for (which, (clause, _)) in obligations.into_iter().enumerate() {
        if let Some(starved) = liveness::starved(&graph, which, Fairness::CONTRACT) {
            let run = Counterexample::new(config, None, clause, Ending::Starved, &starved.path);
            report.counterexamples.push(run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix;
    use crate::mutants::Mutant;

    /// What the search of a wrong contract finds broken, as it would say of the contract itself.
    fn found(config: &str, mutant: &str) -> Vec<Counterexample> {
        let rules = Mutant::find(mutant).unwrap().rules;
        let world = World::with_rules(matrix::find(config).unwrap(), rules);
        search(&world, 1, usize::MAX, &Desk::default()).counterexamples
    }

    #[test]
    fn a_broken_step_is_reported_with_its_shortest_run() {
        let found = found("one-retry-l1", "drains-at-the-mark");
        let run = found.iter().find(|run| run.clause == "D-03").unwrap();
        assert_eq!((run.path.as_str(), run.ending), ("w0:2.drain", Ending::Step));
    }

    #[test]
    fn a_stuck_state_is_reported_with_its_shortest_run() {
        let found = found("one-retry-l1", "never-drains");
        let run = found.iter().find(|run| run.clause == "L-02").unwrap();
        assert_eq!((run.length, run.ending), (3, Ending::Stuck));
    }

    #[test]
    fn a_fair_cycle_is_reported() {
        let found = found("endless-pair-l0", "node-rule");
        let starved: Vec<_> = found.iter().filter(|run| run.ending == Ending::Starved).collect();
        assert_eq!(starved.iter().map(|run| run.clause.as_str()).collect::<Vec<_>>(), ["L-02", "L-06"]);
    }
}
