//! What a check found.

use super::{Found, Plan};
use crate::coverage;
use crate::experiments::ExperimentReport;
use crate::properties::CLAUSES;
use crate::search::Counterexample;
use serde::Serialize;
use std::time::Duration;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// Everything was searched, and everything held.
    Holds,
    /// Something was found to be wrong: a clause broken, a mutant not caught by the clause it names, an experiment with another answer.
    Violated,
    /// Nothing was found to be wrong, but not everything was searched, or a premise was never true.
    Incomplete,
}

/// What one configuration's search found.
#[derive(Clone, Debug, Serialize)]
pub struct ConfigReport {
    /// The configuration's name.
    pub name: String,
    /// Unique states.
    pub states: u64,
    /// Steps taken, those to states seen before included.
    pub steps: u64,
    /// The greatest distance of a state from the initial one, in steps; at most a few more where several threads searched together.
    pub depth: usize,
    /// How long it took, in ms.
    pub elapsed_ms: u64,
    /// Whether every reachable state was looked at.
    pub complete: bool,
    /// How often each clause's premise was true, in the order of [`CLAUSES`].
    pub premises: Vec<u64>,
    /// How often each kind of step was taken in each phase, in the order of [`coverage::cells`].
    pub coverage: Vec<u64>,
    /// How many of the states were searched for fair runs in which something stays owed for ever; 0 where producers run out of chunks.
    pub liveness_states: u64,
    /// The clauses broken, each with its shortest run.
    pub counterexamples: Vec<Counterexample>,
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The clause it names was broken.
    Caught,
    /// Another clause was broken, but not the one it names.
    CaughtByAnother,
    /// No clause was broken.
    Survived,
}

/// What one mutant's search found.
#[derive(Clone, Debug, Serialize)]
pub struct MutantReport {
    /// The mutant's name.
    pub name: &'static str,
    /// What is wrong with it.
    pub about: &'static str,
    /// The clause that must catch it.
    pub clause: &'static str,
    /// The configuration it was searched in.
    pub config: &'static str,
    /// What became of it.
    pub fate: Fate,
    /// The shortest run that breaks the clause.
    pub counterexample: Option<Counterexample>,
    /// The clauses broken by the end of that run; for a mutant not caught, by any run.
    pub broken: Vec<&'static str>,
    /// Unique states found.
    pub states: u64,
    /// How long it took, in ms.
    pub elapsed_ms: u64,
}

/// What a check found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// By configuration, in the order of the plan.
    pub configs: Vec<ConfigReport>,
    /// By mutant, in the order of the plan.
    pub mutants: Vec<MutantReport>,
    /// By experiment, in the order of the plan.
    pub experiments: Vec<ExperimentReport>,
    /// Clauses whose premise was never true in any configuration; empty if the plan does not ask.
    pub vacuous: Vec<&'static str>,
    /// Kinds of step never taken in a phase in which they are possible; empty if the plan does not ask.
    pub untaken: Vec<String>,
    /// The whole time, in ms.
    pub elapsed_ms: u64,
    /// The result.
    pub judgement: Judgement,
}

impl Report {
    /// Unique states of all configurations.
    #[must_use]
    pub fn states(&self) -> u64 {
        self.configs.iter().map(|config| config.states).sum()
    }

    /// How often the premise of the clause at this place of the table was true, in all configurations.
    #[must_use]
    pub fn premises(&self, clause: usize) -> u64 {
        self.configs.iter().filter_map(|config| config.premises.get(clause)).sum()
    }

    /// How often the kind of step at this place was taken, in all configurations.
    #[must_use]
    pub fn coverage(&self, cell: usize) -> u64 {
        self.configs.iter().filter_map(|config| config.coverage.get(cell)).sum()
    }

    fn judge(&self) -> Judgement {
        let broken = self.configs.iter().any(|config| !config.counterexamples.is_empty());
        let missed = self.mutants.iter().any(|mutant| mutant.fate != Fate::Caught);
        let surprising = self.experiments.iter().any(|experiment| !experiment.as_expected);
        let truncated = self.configs.iter().any(|config| !config.complete);
        if broken || missed || surprising {
            Judgement::Violated
        } else if truncated || !self.vacuous.is_empty() || !self.untaken.is_empty() {
            Judgement::Incomplete
        } else {
            Judgement::Holds
        }
    }
}

pub(super) fn gather(plan: &Plan, found: impl Iterator<Item = Found>, elapsed: Duration) -> Report {
    let mut report = Report {
        configs: Vec::new(),
        mutants: Vec::new(),
        experiments: Vec::new(),
        vacuous: Vec::new(),
        untaken: Vec::new(),
        elapsed_ms: elapsed_ms(elapsed),
        judgement: Judgement::Incomplete,
    };
    for result in found {
        match result {
            Found::Config(config) => report.configs.push(config),
            Found::Mutant(mutant) => report.mutants.push(mutant),
            Found::Experiment(experiment) => report.experiments.push(experiment),
        }
    }
    if plan.wants_all_premises {
        let never = |(index, _): &(usize, _)| report.premises(*index) == 0;
        report.vacuous = CLAUSES.iter().enumerate().filter(never).map(|(_, clause)| clause.id).collect();
        let untaken = coverage::cells().filter(|(kind, phase)| {
            kind.is_possible_in(*phase) && report.coverage(coverage::cell(*kind, *phase)) == 0
        });
        report.untaken = untaken.map(|(kind, phase)| format!("{kind} in phase {phase}")).collect();
    }
    report.judgement = report.judge();
    report
}

/// In ms, as far as they fit.
pub(super) fn elapsed_ms(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
