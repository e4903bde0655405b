//! The whole of a setting's states, breadth first, and the shortest run to each broken promise.

use super::promises::Promise;
use super::world::{Action, Search, World};
use stateright::Model;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What a search found.
#[derive(Clone, Debug)]
pub struct Searched {
    /// How many states there are.
    pub states: usize,
    /// For each broken promise the shortest run that breaks it.
    pub broken: Vec<(Promise, Vec<Action>)>,
}

/// Searches all states of a setting. A run is not followed further once it has broken a promise.
#[must_use]
pub fn search(setting: &Search) -> Searched {
    let mut numbers: HashMap<World, usize> = HashMap::new();
    let mut came: Vec<Option<(usize, Action)>> = Vec::new();
    let mut broken: Vec<(Promise, Vec<Action>)> = Vec::new();
    let mut level = setting.init_states();
    for world in &level {
        numbers.insert(world.clone(), came.len());
        came.push(None);
    }
    while !level.is_empty() {
        let mut next_level = Vec::new();
        for world in level {
            let from = numbers[&world];
            let mut actions = Vec::new();
            setting.actions(&world, &mut actions);
            for action in actions {
                let Some(next) = setting.next_state(&world, action) else {
                    continue;
                };
                if let Entry::Vacant(entry) = numbers.entry(next) {
                    let next = entry.key().clone();
                    entry.insert(came.len());
                    came.push(Some((from, action)));
                    let new = Promise::ALL.into_iter().filter(|promise| next.has_broken(*promise));
                    let mut good = true;
                    for promise in new {
                        good = false;
                        if broken.iter().all(|(known, _)| *known != promise) {
                            broken.push((promise, path(&came, came.len() - 1)));
                        }
                    }
                    if good {
                        next_level.push(next);
                    }
                }
            }
        }
        level = next_level;
    }
    broken.sort_by_key(|(promise, _)| *promise);
    Searched { states: came.len(), broken }
}

fn path(came: &[Option<(usize, Action)>], mut at: usize) -> Vec<Action> {
    let mut actions = Vec::new();
    while let Some((from, action)) = came[at] {
        actions.push(action);
        at = from;
    }
    actions.reverse();
    actions
}
