//! Every seeded bug is caught by the clause it names, by the run that the search says, and by stateright too.

use highwater_model::check::{Fate, MutantReport, Plan, check};
use highwater_model::matrix;
use highwater_model::mutants::{MUTANTS, Mutant};
use highwater_model::path;
use highwater_model::properties::Clause;
use highwater_model::search::Ending;
use highwater_model::world::World;
use stateright::{Checker, HasDiscoveries, Model};
use std::sync::OnceLock;

fn reports() -> &'static [MutantReport] {
    static REPORTS: OnceLock<Vec<MutantReport>> = OnceLock::new();
    REPORTS.get_or_init(|| check(&Plan::mutants(MUTANTS.iter().collect(), 2), &|_| {}).mutants)
}

#[test]
fn every_mutant_is_caught_by_the_clause_it_names() {
    assert!(MUTANTS.len() >= 45);
    let missed: Vec<_> = reports().iter().filter(|report| report.fate != Fate::Caught).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn liveness_is_lost_by_silence_and_by_fair_cycles() {
    let endings: Vec<_> = (reports().iter())
        .filter(|report| report.clause.starts_with("L-"))
        .filter_map(|report| Some(report.counterexample.as_ref()?.ending))
        .collect();
    assert!(endings.contains(&Ending::Stuck) && endings.contains(&Ending::Starved) && endings.len() >= 12);
}

/// The path alone, given to `replay`, shows the clause broken again; the contract itself, led along it as far as it goes, breaks nothing.
#[test]
fn every_counterexample_can_be_walked_again() {
    for report in reports() {
        let run = report.counterexample.as_ref().unwrap();
        let mutant = Mutant::find(report.name).unwrap();
        let config = matrix::find(&run.config).unwrap();
        let walk = path::replay(&World::with_rules(config.clone(), mutant.rules), &run.path).unwrap();
        assert_eq!(walk.steps.len(), run.length, "{}", report.name);
        let clause = Clause::find(report.clause).unwrap().index();
        let shown = match run.ending {
            Ending::Step => walk.steps.last().is_some_and(|step| step.taken.broken.contains(clause)),
            Ending::Stuck => walk.stuck.contains(clause),
            Ending::Starved => walk.starved.contains(clause),
            Ending::Reached => false,
        };
        assert!(shown, "{}: {} does not show {}", report.name, run.path, report.clause);
        if let Ok(walk) = path::replay(&World::new(config), &run.path) {
            let broken = walk.broken.union(walk.stuck).union(walk.starved);
            assert!(broken.is_empty(), "{}: the contract breaks {broken:?}", report.name);
        }
    }
}

/// No step of a shortest run can be left out.
#[test]
fn the_clause_holds_until_the_last_step() {
    for report in reports() {
        let run = report.counterexample.as_ref().unwrap();
        let world =
            World::with_rules(matrix::find(&run.config).unwrap(), Mutant::find(report.name).unwrap().rules);
        let walk = path::replay(&world, &run.path).unwrap();
        let clause = Clause::find(report.clause).unwrap().index();
        if run.ending == Ending::Step {
            let (_, before) = walk.steps.split_last().unwrap();
            assert!(before.iter().all(|step| !step.taken.broken.contains(clause)), "{}", report.name);
        }
    }
}

/// The properties as stateright sees them find what our own search finds, and not before.
#[test]
fn stateright_finds_what_our_own_search_finds() {
    for report in reports() {
        let run = report.counterexample.as_ref().unwrap();
        if run.ending == Ending::Starved {
            continue; // Stateright has no fairness: see `liveness.rs`.
        }
        let world =
            World::with_rules(matrix::find(&run.config).unwrap(), Mutant::find(report.name).unwrap().rules);
        let clause = HasDiscoveries::AnyOf([report.clause].into_iter().collect());
        let checker = world.checker().finish_when(clause).spawn_bfs().join();
        let found =
            checker.discovery(report.clause).unwrap_or_else(|| panic!("{} is not found", report.name));
        assert!(found.into_actions().len() >= run.length, "{}: stateright's run is shorter", report.name);
    }
}
