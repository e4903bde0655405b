//! Wrong contracts: each is the contract with one thing changed, and names the clause that must catch it.

use crate::world::Rules;

/// One seeded bug.
#[derive(Clone, Copy, Debug)]
pub struct Mutant {
    /// Short, in kebab case.
    pub name: &'static str,
    /// What is wrong, in one line.
    pub about: &'static str,
    /// The clause that must catch it.
    pub clause: &'static str,
    /// The configuration in which it is searched.
    pub config: &'static str,
    /// The wrong rules.
    pub rules: Rules,
}

impl Mutant {
    /// The mutant with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        MUTANTS.iter().find(|mutant| mutant.name == name)
    }
}

/// Every one of them.
pub static MUTANTS: &[Mutant] = &[];
