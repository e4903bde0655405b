//! The search of one mutant.

use super::report::{Fate, MutantReport, elapsed_ms};
use crate::config::Config;
use crate::liveness::{self, Fairness, Graph};
use crate::matrix;
use crate::mutants::Mutant;
use crate::properties::{Clause, ClauseSet};
use crate::search::{self, Counterexample, Ending, Found, Target};
use crate::world::World;
use std::time::Instant;

/// Mutants are searched in small configurations: one that is not caught within so many states counts as survived.
const STATES_MAX: usize = 3_000_000;

pub(super) fn search(mutant: &Mutant) -> MutantReport {
    let began = Instant::now();
    let mut report = MutantReport {
        name: mutant.name,
        about: mutant.about,
        clause: mutant.clause,
        config: mutant.config,
        fate: Fate::Survived,
        counterexample: None,
        broken: Vec::new(),
        states: 0,
        elapsed_ms: 0,
    };
    // The table's tests make sure that both exist.
    if let (Some(clause), Ok(config)) = (Clause::find(mutant.clause), matrix::find(mutant.config)) {
        try_to_break(mutant, clause, &config, &mut report);
    }
    report.elapsed_ms = elapsed_ms(began.elapsed());
    report
}

fn try_to_break(mutant: &Mutant, clause: &Clause, config: &Config, report: &mut MutantReport) {
    let index = clause.index();
    let world = World::with_rules(config.clone(), mutant.rules);
    let target = Target::Broken(ClauseSet::EMPTY.with(index));
    let Found { run, broken, states, .. } = search::breadth_first(&world, target, STATES_MAX);
    report.states = states;
    report.broken = broken.iter().map(|clause| clause.id).collect();
    let run = run.or_else(|| {
        let obligation = clause.obligation().filter(|_| config.is_cyclic())?;
        let graph = Graph::build(&world, &[obligation], STATES_MAX);
        report.states = report.states.max(graph.states() as u64);
        let starved = liveness::starved(&graph, 0, Fairness::CONTRACT)?;
        report.broken = vec![clause.id];
        Some((starved.path, Ending::Starved))
    });
    report.fate = match &run {
        Some(_) => Fate::Caught,
        None if report.broken.is_empty() => Fate::Survived,
        None => Fate::CaughtByAnother,
    };
    report.counterexample =
        run.map(|(path, ending)| Counterexample::new(config, Some(mutant.name), index, ending, &path));
}
