//! The search of one configuration: stateright visits every state, and what it finds broken is searched again for the shortest run.

use super::progress::Desk;
use super::report::{ConfigReport, elapsed_ms};
use crate::config::Config;
use crate::coverage;
use crate::liveness::{self, Fairness, Graph};
use crate::properties::{CLAUSES, Clause, ClauseSet};
use crate::search::{self, Counterexample, Ending, Target};
use crate::world::World;
use stateright::{Checker, Model};
use std::time::{Duration, Instant};

pub(super) fn search(config: &Config, threads: usize, states_max: usize, desk: &Desk) -> ConfigReport {
    let began = Instant::now();
    let world = World::new(config.clone());
    let checker = world.clone().checker().threads(threads).target_state_count(states_max).spawn_bfs();
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
    let mut broken: Vec<usize> =
        checker.discoveries().keys().filter_map(|id| Some(Clause::find(id)?.index())).collect();
    broken.sort_unstable();
    report.counterexamples =
        broken.into_iter().filter_map(|clause| shortest(config, clause, states_max)).collect();
    if config.is_cyclic() {
        never_met(config, states_max, &mut report);
    }
    report.elapsed_ms = elapsed_ms(began.elapsed());
    report
}

fn shortest(config: &Config, clause: usize, states_max: usize) -> Option<Counterexample> {
    let target = Target::Broken(ClauseSet::EMPTY.with(clause));
    let (path, ending) = search::breadth_first(&World::new(config.clone()), target, states_max).run?;
    Some(Counterexample::new(config, None, clause, ending, &path))
}

/// Looks for fair runs in which something stays owed for ever. What is owed to impolite producers may stay: L-02 and L-06 do not speak of them.
fn never_met(config: &Config, states_max: usize, report: &mut ConfigReport) {
    let world = World::new(config.clone());
    let obligations = liveness::obligations_in(config);
    let promised: Vec<_> = obligations.iter().map(|(_, obligation)| *obligation).collect();
    let graph = Graph::build(&world, &promised, states_max);
    report.liveness_states = graph.states() as u64;
    report.complete &= graph.is_complete() && report.liveness_states == report.states;
    for (which, (clause, _)) in obligations.into_iter().enumerate() {
        if let Some(starved) = liveness::starved(&graph, which, Fairness::CONTRACT) {
            let run = Counterexample::new(config, None, clause, Ending::Starved, &starved.path);
            report.counterexamples.push(run);
        }
    }
}
