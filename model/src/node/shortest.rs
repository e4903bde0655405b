//! The whole of a setting's states, breadth first, and the shortest run to each broken promise.

use super::action::Action;
use super::promises::{Promise, Promises};
use super::world::{Search, World};
use stateright::Model;
use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::hash::{Hash, Hasher};

/// What a search found.
#[derive(Clone, Debug)]
pub struct Searched {
    /// How many states there are.
    pub states: usize,
    /// How many steps put each promise to the test, in the order of [`Promise::ALL`].
    pub tested: Vec<u64>,
    /// For each broken promise the shortest run that breaks it.
    pub broken: Vec<(Promise, Vec<Action>)>,
}

/// Searches all states of a setting. A run goes on after it has broken a promise, because it may go on to break others.
///
/// # Panics
/// If there are more states than a `u32` can count.
#[must_use]
pub fn search(setting: &Search) -> Searched {
    let mut numbers: HashMap<u128, u32> = HashMap::new();
    let mut came: Vec<Option<(u32, Action)>> = Vec::new();
    let mut tested = vec![0; Promise::ALL.len()];
    let mut broken: Vec<(Promise, Vec<Action>)> = Vec::new();
    let mut known = Promises::default();
    let mut level: Vec<(u32, World)> = Vec::new();
    for world in setting.init_states() {
        numbers.insert(fingerprint(&world), 0);
        came.push(None);
        level.push((0, world));
    }
    let mut actions = Vec::new();
    while !level.is_empty() {
        let mut next_level = Vec::new();
        for (from, world) in level {
            setting.actions(&world, &mut actions);
            for action in actions.drain(..) {
                let Some(next) = setting.next_state(&world, action) else {
                    continue;
                };
                for promise in next.tested().iter() {
                    tested[promise as usize] += 1;
                }
                if let Entry::Vacant(entry) = numbers.entry(fingerprint(&next)) {
                    let number = u32::try_from(came.len()).expect("a search that fits into memory");
                    entry.insert(number);
                    came.push(Some((from, action)));
                    for promise in next.broken().iter() {
                        if !known.has(promise) {
                            known.add(promise);
                            broken.push((promise, path(&came, number)));
                        }
                    }
                    next_level.push((number, next));
                }
            }
        }
        level = next_level;
    }
    broken.sort_by_key(|(promise, _)| *promise);
    Searched { states: came.len(), tested, broken }
}

/// Two states of one search with the same 128 bits are taken to be the same.
fn fingerprint(world: &World) -> u128 {
    let mut halves = [0, 1].map(|seed: u8| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        world.hash(&mut hasher);
        u128::from(hasher.finish())
    });
    halves[0] <<= 64;
    halves[0] | halves[1]
}

fn path(came: &[Option<(u32, Action)>], mut at: u32) -> Vec<Action> {
    let mut actions = Vec::new();
    while let Some((from, action)) = came[at as usize] {
        actions.push(action);
        at = from;
    }
    actions.reverse();
    actions
}
