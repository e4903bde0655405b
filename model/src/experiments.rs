//! Questions about the contract that are not clauses, and what the search answers.

use crate::search::Counterexample;
use serde::Serialize;

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
    /// Answers it.
    pub run: fn() -> ExperimentReport,
}

/// Every one of them.
pub static EXPERIMENTS: &[Experiment] = &[];

/// The configurations that only experiments use.
#[must_use]
pub fn configs() -> Vec<crate::config::Config> {
    Vec::new()
}
