//! A check says "holds" only where everything was looked at.

use highwater_model::check::{Fate, Judgement, Plan, Report, check};
use highwater_model::matrix;
use highwater_model::mutants::Mutant;
use highwater_model::world::Rules;
use std::sync::Mutex;

fn quiet(plan: &Plan) -> Report {
    check(plan, &|_| {})
}

#[test]
fn a_search_cut_short_is_incomplete() {
    let mut plan = Plan::single(matrix::find("pair-all-l0").unwrap(), 1);
    assert_eq!(quiet(&plan).judgement, Judgement::Holds);
    plan.steps_max = 10_000;
    let report = quiet(&plan);
    assert_eq!(report.judgement, Judgement::Incomplete);
    assert!(!report.configs[0].complete);
}

#[test]
fn a_liveness_search_cut_short_is_incomplete() {
    let mut plan = Plan::single(matrix::find("endless-one-l0").unwrap(), 1);
    assert_eq!(quiet(&plan).judgement, Judgement::Holds);
    plan.steps_max = 2_000;
    assert_eq!(quiet(&plan).judgement, Judgement::Incomplete);
}

#[test]
fn a_matrix_without_some_premise_is_incomplete_and_says_which() {
    let report = quiet(&Plan::contract(vec![matrix::find("one-l2").unwrap()], 1));
    assert_eq!(report.judgement, Judgement::Incomplete);
    assert!(report.vacuous.contains(&"W-13") && report.vacuous.contains(&"E-09"), "{:?}", report.vacuous);
    assert!(report.untaken.contains(&"cork in phase open".to_owned()), "{:?}", report.untaken);
}

/// A mutant that is the contract itself, or another one than it says.
fn mislabelled(clause: &'static str, rules: Rules) -> Fate {
    let mutant = Mutant { name: "mislabelled", about: "", clause, config: "one-retry-l1", rules };
    let report = quiet(&Plan::mutants(vec![Box::leak(Box::new(mutant))], 1));
    assert_eq!(report.judgement, Judgement::Violated);
    report.mutants[0].fate
}

#[test]
fn a_mutant_that_survives_is_a_failure() {
    assert_eq!(mislabelled("D-03", Rules::CONTRACT), Fate::Survived);
    assert_eq!(mislabelled("L-01", Rules::CONTRACT), Fate::Survived);
}

#[test]
fn a_mutant_caught_by_another_clause_than_its_own_is_a_failure() {
    let rules = Mutant::find("drains-at-the-mark").unwrap().rules;
    assert_eq!(mislabelled("X-01", rules), Fate::CaughtByAnother);
}

#[test]
fn progress_is_told_while_searching() {
    let seen = Mutex::new(Vec::new());
    let plan = Plan::single(matrix::find("endless-three-l0").unwrap(), 1);
    let report = check(&plan, &|progress| seen.lock().unwrap().push(progress.clone()));
    let seen = seen.into_inner().unwrap();
    let busy = seen.iter().find(|progress| progress.states > 0).expect("some report names states");
    assert_eq!(busy.names, ["endless-three-l0"]);
    assert!(busy.states <= report.states() && busy.total == 1 && busy.done == 0);
    assert!(busy.frontier <= busy.states);
}

/// A search that panics ends the check with a panic, and does not leave it waiting.
#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_search_that_panics_is_not_waited_for() {
    mislabelled("D-03", Rules { step: |_, _, _| panic!("the step function is broken"), ..Rules::CONTRACT });
}
