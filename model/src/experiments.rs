//! Questions about the contract that are not clauses: what each rule is needed for, and whether a bound is the best there is.
//!
//! Each has the answer that it must give, so that a change of the contract that changes an answer is seen.

use crate::config::Config;
use crate::contract::Phase;
use crate::liveness::{self, Fairness, Graph};
use crate::matrix;
use crate::monitor::Waiters;
use crate::mutants::Mutant;
use crate::path::ActionPath;
use crate::properties::{Clause, Obligation};
use crate::search::{self, Counterexample, Ending, Target};
use crate::world::{Rules, World, WorldState};
use serde::Serialize;

/// No world here comes near it: one that does answers its question with "not as expected".
const STATES_MAX: usize = 5_000_000;

/// One answered question.
#[derive(Clone, Debug, Serialize)]
pub struct ExperimentReport {
    /// Short, in kebab case.
    pub name: &'static str,
    /// The question, in one line.
    pub question: &'static str,
    /// The answer that the search must give, in one line.
    pub answer: &'static str,
    /// Whether it gave that answer.
    pub as_expected: bool,
    /// The runs that show it.
    pub examples: Vec<Counterexample>,
    /// How many states were searched.
    pub states: u64,
}

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// Short, in kebab case.
    pub name: &'static str,
    /// The question, in one line.
    pub question: &'static str,
    /// The answer that the search must give, in one line.
    pub answer: &'static str,
    probe: Probe,
}

/// How a question is put to the search.
#[derive(Clone, Copy, Debug)]
enum Probe {
    /// Is there a fair run in which this liveness clause's promise is never kept?
    Broken { config: &'static str, rules: &'static str, clause: &'static str, expected: bool },
    /// Is there a fair run of the contract in which this, that no clause speaks of, lasts for ever?
    Lasting { config: &'static str, what: Obligation, fairness: Fairness, expected: bool },
    /// Are there so many bytes buffered in some state, for each configuration?
    Buffered(&'static [(&'static str, usize, bool)]),
}

const CONTRACT: &str = "";
const NO_STICKY_RULE: &str = "no-sticky-rule";

/// Every one of them.
pub static EXPERIMENTS: &[Experiment] = &[
    Experiment {
        name: "node-rule-starves",
        question: "Two polite producers under Node's rule (L = 0, and Continue below the mark though a drain is owed): can one of them wait for ever?",
        answer: "yes: the other is told Continue again and again, and the buffer never becomes empty, however promptly a due drain is emitted",
        probe: Probe::Broken {
            config: "endless-pair-l0",
            rules: NO_STICKY_RULE,
            clause: "L-06",
            expected: true,
        },
    },
    Experiment {
        name: "sticky-rule-repairs",
        question: "The same with the sticky rule (W-04)?",
        answer: "no: the other producer is told to wait as well, and the buffer drains",
        probe: Probe::Broken { config: "endless-pair-l0", rules: CONTRACT, clause: "L-06", expected: false },
    },
    Experiment {
        name: "one-producer-is-safe",
        question: "One polite producer under Node's rule?",
        answer: "no: while it waits nobody else fills the buffer",
        probe: Probe::Broken { config: "alone-l0", rules: NO_STICKY_RULE, clause: "L-06", expected: false },
    },
    Experiment {
        name: "low-water-mark-repairs",
        question: "Two polite producers without the sticky rule, but with L = H - 1 and no capacity?",
        answer: "no: whoever is told Continue leaves the buffer low enough for the drain",
        probe: Probe::Broken {
            config: "endless-pair-l2",
            rules: NO_STICKY_RULE,
            clause: "L-06",
            expected: false,
        },
    },
    Experiment {
        name: "a-lower-mark-does-not",
        question: "The same with H = 4 and L = 1?",
        answer: "yes: the buffer can stay between L and H for ever",
        probe: Probe::Broken {
            config: "between-the-marks",
            rules: NO_STICKY_RULE,
            clause: "L-06",
            expected: true,
        },
    },
    Experiment {
        name: "nor-does-it-with-a-capacity",
        question: "L = H - 1 without the sticky rule, but with a capacity, so that chunks are refused?",
        answer: "yes: the other's small chunks can keep for ever the room that the refused one needs; only the sticky rule repairs this",
        probe: Probe::Broken { config: "refused-l2", rules: NO_STICKY_RULE, clause: "L-06", expected: true },
    },
    Experiment {
        name: "an-impolite-producer-starves",
        question: "The contract as it is, with a second producer that ignores Pause: can a polite one wait for ever?",
        answer: "yes, which is why L-02 and L-06 speak of polite producers only",
        probe: Probe::Lasting {
            config: "endless-mixed-l0",
            what: WAITING,
            fairness: Fairness::PROMPT_DRAIN,
            expected: true,
        },
    },
    Experiment {
        name: "a-refusal-may-repeat",
        question: "Can a polite producer, woken each time and quick to write again, be refused with Full for ever?",
        answer: "yes, with two producers: the contract promises it the drain, not the room; the other may take it first each time",
        probe: Probe::Lasting {
            config: "refused-l2",
            what: REFUSED,
            fairness: Fairness::EAGER_PRODUCER_0,
            expected: true,
        },
    },
    Experiment {
        name: "alone-a-refusal-ends",
        question: "The same for one producer alone?",
        answer: "no: after the drain its chunk fits, and nobody takes the room",
        probe: Probe::Lasting {
            config: "refused-alone-l2",
            what: REFUSED,
            fairness: Fairness::EAGER_PRODUCER_0,
            expected: false,
        },
    },
    Experiment {
        name: "the-bound-is-reached",
        question: "Is W-12's bound H - 1 + P m reached, for 1, 2 and 3 polite producers? And is H - 1 + m, the bound for one, a bound for more?",
        answer: "yes, and no: each producer may add one chunk after the buffer was last below the mark",
        probe: Probe::Buffered(&[
            ("bound-1", 4, true),
            ("bound-1", 5, false),
            ("bound-2", 5, true),
            ("bound-2", 6, true),
            ("bound-2", 7, false),
            ("bound-3", 8, true),
            ("bound-3", 9, false),
        ]),
    },
];

impl Experiment {
    /// Puts the question.
    #[must_use]
    pub fn run(&self) -> ExperimentReport {
        let mut report = ExperimentReport {
            name: self.name,
            question: self.question,
            answer: self.answer,
            as_expected: true,
            examples: Vec::new(),
            states: 0,
        };
        match self.probe {
            Probe::Broken { config, rules, clause, expected } => {
                let owed = Clause::find(clause).and_then(Clause::obligation);
                let run =
                    owed.and_then(|owed| for_ever(config, rules, owed, Fairness::PROMPT_DRAIN, &mut report));
                report.as_expected &= owed.is_some() && run.is_some() == expected;
                report.examples.extend(run.map(|run| Counterexample {
                    clause: clause.to_owned(),
                    ending: Ending::Starved,
                    ..run
                }));
            }
            Probe::Lasting { config, what, fairness, expected } => {
                let run = for_ever(config, CONTRACT, what, fairness, &mut report);
                report.as_expected &= run.is_some() == expected;
                report.examples.extend(run);
            }
            Probe::Buffered(cases) => {
                for (config, bytes, expected) in cases {
                    let run = buffered(config, *bytes, &mut report);
                    report.as_expected &= run.is_some() == *expected;
                    report.examples.extend(run);
                }
            }
        }
        report
    }
}

/// Producer 0 holds a refused chunk.
const REFUSED: Obligation = Obligation {
    to: |state| {
        let refused = state.producers.first().is_some_and(|producer| producer.retry.is_some());
        Waiters::zero_if(refused && state.monitor.phase == Phase::Open)
    },
    is_met_by: |_| false,
};

/// Producer 0 waits.
const WAITING: Obligation =
    Obligation { to: |state| Waiters::zero_if(state.monitor.waits.contains(0)), is_met_by: |_| false };

/// A fair run in which this stays owed, and no clause: the caller knows whether it breaks one.
fn for_ever(
    config: &str,
    rules: &str,
    owed: Obligation,
    fairness: Fairness,
    report: &mut ExperimentReport,
) -> Option<Counterexample> {
    let mutant = Mutant::find(rules);
    let world =
        World::with_rules(matrix::find(config).ok()?, mutant.map_or(Rules::CONTRACT, |mutant| mutant.rules));
    let graph = Graph::build(&world, &[owed], STATES_MAX);
    report.states += graph.states() as u64;
    report.as_expected &= graph.is_complete();
    let starved = liveness::starved(&graph, 0, fairness)?;
    Some(example(&world.config, mutant, &starved.path))
}

/// The shortest run to so many buffered bytes.
fn buffered(config: &str, bytes: usize, report: &mut ExperimentReport) -> Option<Counterexample> {
    let world = World::new(matrix::find(config).ok()?);
    let wanted = |state: &WorldState| state.monitor.buffered() >= bytes;
    let found = search::breadth_first(&world, Target::State(&wanted), STATES_MAX);
    report.states += found.states;
    report.as_expected &= found.complete || found.run.is_some();
    found.run.map(|(path, _)| example(&world.config, None, &path))
}

fn example(config: &Config, mutant: Option<&Mutant>, path: &ActionPath) -> Counterexample {
    Counterexample {
        clause: String::new(),
        config: config.name.clone(),
        mutant: mutant.map(|mutant| mutant.name.to_owned()),
        ending: Ending::Reached,
        path: path.tokens(config),
        length: path.steps.len(),
    }
}
