//! The shortest way to a violation: a breadth-first search of our own, because stateright's counterexamples are the shortest in no mode.

use crate::config::Config;
use crate::contract::Action;
use crate::path::ActionPath;
use crate::properties::{self, CLAUSES, ClauseSet};
use crate::world::{World, WorldState};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

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
    /// Nothing is broken: the last state is the one that was asked for, or what was asked for stays for ever in the repeated steps.
    Reached,
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

impl Counterexample {
    /// A run of a configuration that breaks the clause at this place of the table.
    #[must_use]
    pub fn new(
        config: &Config,
        mutant: Option<&str>,
        clause: usize,
        ending: Ending,
        path: &ActionPath,
    ) -> Self {
        let id = CLAUSES.get(clause).map_or("", |clause| clause.id);
        Self {
            clause: id.to_owned(),
            config: config.name.clone(),
            mutant: mutant.map(str::to_owned),
            ending,
            path: path.tokens(config),
            length: path.steps.len(),
        }
    }
}

/// What is looked for.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    /// A step or a stuck state that breaks any of these clauses.
    Broken(ClauseSet),
    /// A state.
    State(&'a dyn Fn(&WorldState) -> bool),
    /// Nothing: every state is looked at.
    Everything,
}

impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(clauses) => f.debug_tuple("Broken").field(clauses).finish(),
            Self::State(_) => f.write_str("State"),
            Self::Everything => f.write_str("Everything"),
        }
    }
}

/// What a breadth-first search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The shortest run to the target, and how it ends.
    pub run: Option<(ActionPath, Ending)>,
    /// The clauses broken by the last step or state of that run; if there is none, by any.
    pub broken: ClauseSet,
    /// Unique states found.
    pub states: u64,
    /// The greatest distance of a state looked at, in steps.
    pub depth: usize,
    /// Whether every reachable state was looked at. Only a search that found its target, or met its limit, leaves some out.
    pub complete: bool,
}

/// How a state was first reached. The initial state has no action.
#[derive(Clone, Copy, Debug)]
struct Origin {
    from: u32,
    action: Option<Action>,
}

/// The steps to a state, from how each was first reached.
fn path_to(origins: &[Origin], mut at: u32) -> Vec<Action> {
    let mut steps = Vec::new();
    while let Some(Origin { from, action: Some(action) }) = origins.get(at as usize).copied() {
        steps.push(action);
        at = from;
    }
    steps.reverse();
    steps
}

/// A fingerprint unlike stateright's, so that the two searches check each other's.
pub(crate) fn fingerprint(state: &WorldState) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

/// Looks at the states nearest to the initial one first, each level in the order in which it was found: the same run every time.
#[must_use]
pub fn breadth_first(world: &World, target: Target<'_>, states_max: usize) -> Found {
    let initial = world.initial();
    let mut seen = HashSet::from([fingerprint(&initial)]);
    let mut origins = vec![Origin { from: 0, action: None }];
    let mut found = Found { run: None, broken: ClauseSet::EMPTY, states: 1, depth: 0, complete: true };
    let mut level = vec![(0_u32, initial)];
    while !level.is_empty() {
        let mut next = Vec::new();
        for (at, state) in &level {
            let stuck = properties::stuck_clauses(world, state);
            if let Some(ending) = meets(target, state, stuck) {
                found.run = Some((ActionPath::once(path_to(&origins, *at)), ending));
                return Found { broken: stuck, complete: false, ..found };
            }
            found.broken = found.broken.union(stuck);
            for action in world.steps(state) {
                let Some(taken) = world.take(state, action) else { continue };
                if matches!(target, Target::Broken(wanted) if !wanted.shared(taken.broken).is_empty()) {
                    let mut steps = path_to(&origins, *at);
                    steps.push(action);
                    found.run = Some((ActionPath::once(steps), Ending::Step));
                    return Found { broken: taken.broken, complete: false, ..found };
                }
                found.broken = found.broken.union(taken.broken);
                if seen.insert(fingerprint(&taken.after)) {
                    found.states += 1;
                    next.push((u32::try_from(origins.len()).unwrap_or(u32::MAX), taken.after));
                    origins.push(Origin { from: *at, action: Some(action) });
                }
            }
            if origins.len() >= states_max {
                return Found { complete: false, ..found };
            }
        }
        found.depth += usize::from(!next.is_empty());
        level = next;
    }
    found
}

fn meets(target: Target<'_>, state: &WorldState, stuck: ClauseSet) -> Option<Ending> {
    match target {
        Target::Broken(wanted) => (!wanted.shared(stuck).is_empty()).then_some(Ending::Stuck),
        Target::State(wanted) => wanted(state).then_some(Ending::Reached),
        Target::Everything => None,
    }
}
