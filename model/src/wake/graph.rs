//! Breadth-first search: the shortest run that breaks a rule, the races met, and the whole graph for `fair.rs`.

use super::describe;
use super::model::{Action, WakeModel};
use super::properties::{self, SAFETY};
use super::races::Race;
use super::state::WakeState;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

/// A step between two states, by their numbers.
#[derive(Clone, Copy, Debug)]
pub struct Arrow {
    /// The state after it.
    pub to: usize,
    /// The step.
    pub action: Action,
    /// Whether the sink took bytes in it.
    pub took: bool,
}

/// What a search found. States are numbered in the order in which they are reached first.
#[derive(Debug)]
pub struct Graph {
    /// Every state.
    pub states: Vec<WakeState>,
    /// The steps out of each state that was looked at.
    pub arrows: Vec<Vec<Arrow>>,
    /// How often each race was met, by its place in [`Race::ALL`]: once a step that meets it.
    pub races: Vec<u64>,
    /// The first state found that breaks a rule, and which: no shorter run does. The search has stopped there.
    pub broken: Option<(usize, &'static str)>,
    origins: Vec<Option<(usize, Action)>>,
}

/// A search that was given more states than it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyStates(pub usize);

impl fmt::Display for TooManyStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} states: the search is incomplete", self.0)
    }
}

impl std::error::Error for TooManyStates {}

impl Graph {
    /// Visits every state, or stops at the first that breaks the rule of this name; with no name, that breaks any.
    ///
    /// # Errors
    /// There are more than `states_max` states.
    pub fn search(model: &WakeModel, rule: Option<&str>, states_max: usize) -> Result<Self, TooManyStates> {
        let initial = model.initial();
        let mut numbers = HashMap::from([(initial.clone(), 0)]);
        let mut graph = Self {
            states: vec![initial],
            arrows: Vec::new(),
            races: vec![0; Race::ALL.len()],
            broken: None,
            origins: vec![None],
        };
        while let Some(before) = graph.states.get(graph.arrows.len()).cloned() {
            let from = graph.arrows.len();
            graph.broken = broken(model, &before, rule).map(|name| (from, name));
            if graph.broken.is_some() {
                break;
            }
            let mut arrows = Vec::new();
            for action in model.steps(&before) {
                let turn = model.turn(&before, action);
                for (count, race) in graph.races.iter_mut().zip(Race::ALL) {
                    *count += u64::from(turn.races.has(*race));
                }
                let took = turn.took();
                let to = match numbers.entry(model.after(turn)) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(new) => {
                        graph.states.push(new.key().clone());
                        graph.origins.push(Some((from, action)));
                        *new.insert(graph.origins.len() - 1)
                    }
                };
                arrows.push(Arrow { to, action, took });
            }
            graph.arrows.push(arrows);
            if graph.states.len() > states_max {
                return Err(TooManyStates(states_max));
            }
        }
        Ok(graph)
    }

    /// The steps of a shortest run to this state, each with the state before it.
    #[must_use]
    pub fn way_to(&self, mut at: usize) -> Vec<(usize, Action)> {
        let mut way = Vec::new();
        while let Some((from, action)) = self.origins.get(at).copied().flatten() {
            way.push((from, action));
            at = from;
        }
        way.reverse();
        way
    }

    /// How often a race was met.
    #[must_use]
    pub fn met(&self, race: Race) -> u64 {
        self.races[race as usize]
    }

    /// The shortest run to this state as numbered lines.
    #[must_use]
    pub fn tell(&self, at: usize) -> String {
        let mut lines = vec![format!("     {}", describe::line(&self.states[0]))];
        let way = self.way_to(at);
        let ends = way.iter().skip(1).map(|(from, _)| *from).chain([at]);
        for (number, ((from, action), to)) in way.iter().zip(ends).enumerate() {
            lines.push(format!("{:3}. {}", number + 1, describe::step(&self.states[*from], *action)));
            lines.push(format!("     {}", describe::line(&self.states[to])));
        }
        lines.join("\n")
    }
}

fn broken(model: &WakeModel, state: &WakeState, rule: Option<&str>) -> Option<&'static str> {
    match rule {
        None => properties::broken(model, state),
        Some(name) => {
            SAFETY.iter().find(|rule| rule.name == name && !(rule.holds)(model, state)).map(|rule| rule.name)
        }
    }
}
