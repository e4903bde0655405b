//! The shortest way to a violation: a breadth-first search of our own, because stateright's counterexamples are the shortest in no mode.

use serde::{Deserialize, Serialize};

/// How a clause was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The last step breaks it.
    Step,
    /// After the last step nothing can happen any more, and something is still owed.
    Stuck,
    /// The steps in parentheses can be repeated for ever, fairly, and something stays owed.
    Starved,
}

/// A run that breaks a clause. It holds all that is needed to walk it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterexample {
    /// The clause it breaks.
    pub clause: String,
    /// The name of the configuration.
    pub config: String,
    /// The name of the mutant, or `None` for the contract itself.
    pub mutant: Option<String>,
    /// How the clause is broken.
    pub ending: Ending,
    /// The steps, as [`crate::path`] writes them.
    pub path: String,
    /// How many steps, the repeated ones counted once.
    pub length: usize,
}
