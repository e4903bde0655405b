//! What the questions put to the search must answer, and what counts as fair.

use highwater_model::config::Config;
use highwater_model::experiments::{EXPERIMENTS, Experiment, ExperimentReport};
use highwater_model::liveness::{self, Fairness, Graph};
use highwater_model::matrix;
use highwater_model::mutants::Mutant;
use highwater_model::path;
use highwater_model::properties::Clause;
use highwater_model::search::Ending;
use highwater_model::world::{Rules, World};

fn ask(name: &str) -> ExperimentReport {
    let experiment: &Experiment =
        EXPERIMENTS.iter().find(|experiment| experiment.name == name).expect("such a question");
    let report = experiment.run();
    assert!(report.as_expected, "{}: {:#?}", experiment.question, report.examples);
    report
}

#[test]
fn every_question_is_answered_as_told() {
    for experiment in EXPERIMENTS {
        ask(experiment.name);
    }
}

/// The run that the README tells: producer 0 waits, producer 1 is told `Continue` each time, and the buffer is never empty.
#[test]
fn under_node_s_rule_one_producer_starves_while_the_other_is_told_to_go_on() {
    let report = ask("node-rule-starves");
    let run = &report.examples[0];
    assert_eq!((run.clause.as_str(), run.ending), ("L-06", Ending::Starved));
    let rules = Mutant::find(run.mutant.as_deref().unwrap()).unwrap().rules;
    let walk =
        path::replay(&World::with_rules(matrix::find(&run.config).unwrap(), rules), &run.path).unwrap();
    let cycle = &walk.steps[walk.steps.len() - walk.repeated..];
    assert!(
        cycle.iter().any(|step| step.line.contains("producer 1 writes") && step.line.contains("-> Continue"))
    );
    assert!(cycle.iter().all(|step| step.taken.after.monitor.buffered() > 0), "the drain is never due");
    assert!(walk.starved.contains(Clause::find("L-06").unwrap().index()));
}

#[test]
fn the_bound_for_two_producers_is_not_the_bound_for_one() {
    let report = ask("the-bound-is-reached");
    let runs: Vec<_> = report.examples.iter().map(|run| (run.config.as_str(), run.path.as_str())).collect();
    // H - 1 + m = 4 is overstepped by two producers; H - 1 + 2 m = 6 is reached, and so on.
    assert_eq!(
        runs,
        [
            ("bound-1", "w0:2.w0:2"),
            ("bound-2", "w0:1.w0:2.w1:2"),
            ("bound-2", "w0:2.w0:2.w1:2"),
            ("bound-3", "w0:2.w0:2.w1:2.w2:2"),
        ]
    );
}

fn starves(config: Config, rules: Rules, clause: &str, fairness: Fairness) -> Option<String> {
    let obligation = Clause::find(clause).and_then(Clause::obligation).expect("a liveness clause");
    let world = World::with_rules(config, rules);
    let graph = Graph::build(&world, &[obligation], 1_000_000);
    assert!(graph.is_complete());
    Some(liveness::starved(&graph, 0, fairness)?.path.tokens(&world.config))
}

/// Without the assumption that the sink makes progress everything can be owed for ever: the assumption is not idle.
#[test]
fn a_sink_that_is_always_interrupted_starves_everybody() {
    let config = matrix::find("endless-one-l2").unwrap();
    let lax = Fairness { strong: liveness::Classes::NONE, ..Fairness::CONTRACT };
    for clause in ["L-01", "L-02", "L-03", "L-05", "L-06"] {
        let run = starves(config.clone(), Rules::CONTRACT, clause, lax).expect(clause);
        assert!(run.contains("intr") || run.ends_with("(uncork)"), "{clause}: {run}");
        assert_eq!(starves(config.clone(), Rules::CONTRACT, clause, Fairness::CONTRACT), None, "{clause}");
    }
}

/// Nor is the assumption that the writer does in the end what it can do all the time.
#[test]
fn a_writer_that_may_dawdle_for_ever_owes_for_ever() {
    let config = matrix::find("endless-one-l2").unwrap();
    let lax = Fairness { weak: liveness::Classes::NONE, ..Fairness::CONTRACT };
    for clause in ["L-01", "L-02", "L-03", "L-04", "L-05", "L-06"] {
        assert!(starves(config.clone(), Rules::CONTRACT, clause, lax).is_some(), "{clause}");
    }
}

/// Where a due drain must be emitted promptly, no fair run stays among all the states in which the wait is registered, because in some of them the drain
/// is due. One that avoids those is fair, and only looking among the others finds it.
#[test]
fn a_fair_part_of_an_unfair_component_is_found() {
    let rules = Mutant::find("no-sticky-rule").unwrap().rules;
    let config = matrix::find("endless-pair-l0").unwrap();
    let any = starves(config.clone(), rules, "L-06", Fairness::CONTRACT).unwrap();
    assert_eq!(
        any, "w0:1.w0:2.offer3.took3.wait0.(w1:1.offer1.took1)",
        "the drain is due each time, and late"
    );
    let never_due = starves(config, rules, "L-06", Fairness::PROMPT_DRAIN).unwrap();
    assert_eq!(never_due, "w0:1.w0:2.offer3.took3.wait0.w1:1.(offer1.w1:1.took1)");
}

#[test]
fn replay_tells_a_fair_cycle_from_an_unfair_one() {
    let world = World::new(matrix::find("endless-one-l2").unwrap());
    let offered = "w0:1.(offer1.intr)";
    assert!(path::replay(&world, offered).unwrap().starved.is_empty(), "the sink never makes progress");
    let idle = "w0:1.(uncork)";
    assert!(path::replay(&world, idle).unwrap().starved.is_empty(), "the writer never offers");
}
