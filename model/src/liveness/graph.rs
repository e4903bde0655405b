//! All states and steps of a world as a graph, with what is owed in each state.

use super::fairness::{self, Classes};
use crate::contract::{Action, Waiter};
use crate::monitor::Waiters;
use crate::properties::{ClauseSet, Obligation};
use crate::search::fingerprint;
use crate::world::{World, WorldState};
use std::collections::HashMap;
use std::collections::VecDeque;

/// A step between two states, by their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrow {
    pub(super) to: u32,
    pub(super) action: Action,
    pub(super) class: Classes,
    /// Bit `k`: the step gives some of what obligation `k` owes.
    met: u32,
}

/// One state: how it was first reached, and what matters of it.
#[derive(Clone, Copy, Debug)]
struct Node {
    from: u32,
    action: Option<Action>,
    depth: u32,
    enabled: Classes,
    /// Where its arrows begin.
    arrows: usize,
}

/// The whole graph. States are numbered in the order in which a breadth-first search finds them.
#[derive(Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    arrows: Vec<Arrow>,
    /// To whom each obligation is owed: one row of `obligations` a state.
    owed: Vec<Waiters>,
    obligations: usize,
    complete: bool,
}

impl Graph {
    /// Visits every state, but no more than `states_max`.
    #[must_use]
    pub fn build(world: &World, obligations: &[Obligation], states_max: usize) -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            arrows: Vec::new(),
            owed: Vec::new(),
            obligations: obligations.len(),
            complete: true,
        };
        let mut numbers = HashMap::new();
        let mut queue = VecDeque::from([world.initial()]);
        numbers.insert(fingerprint(&world.initial()), 0_u32);
        graph.nodes.push(Node { from: 0, action: None, depth: 0, enabled: Classes::NONE, arrows: 0 });
        let mut at = 0_u32;
        while let Some(state) = queue.pop_front() {
            if graph.nodes.len() > states_max {
                graph.complete = false;
                break;
            }
            graph.expand(world, obligations, at, &state, |graph, next, action| {
                let count = u32::try_from(graph.nodes.len()).unwrap_or(u32::MAX);
                *numbers.entry(fingerprint(&next)).or_insert_with(|| {
                    let depth = graph.depth(at) + 1;
                    graph.nodes.push(Node {
                        from: at,
                        action: Some(action),
                        depth,
                        enabled: Classes::NONE,
                        arrows: 0,
                    });
                    queue.push_back(next);
                    count
                })
            });
            at += 1;
        }
        graph
    }

    fn expand(
        &mut self,
        world: &World,
        obligations: &[Obligation],
        at: u32,
        state: &WorldState,
        mut number: impl FnMut(&mut Self, WorldState, Action) -> u32,
    ) {
        let first = self.arrows.len();
        let mut enabled = Classes::NONE;
        self.owed.extend(obligations.iter().map(|obligation| (obligation.to)(state)));
        for action in world.steps(state) {
            let Some(mut taken) = world.take(state, action) else { continue };
            // What was broken on the way makes no difference to what is owed.
            taken.after.violated = ClauseSet::EMPTY;
            let is_met = |(k, obligation): (usize, &Obligation)| {
                u32::from((obligation.is_met_by)(&taken.outcome)) << k
            };
            let met = obligations.iter().enumerate().map(is_met).sum();
            let class = fairness::class(action, state.monitor.call);
            enabled = enabled.union(class);
            let to = number(self, taken.after, action);
            self.arrows.push(Arrow { to, action, class, met });
        }
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.arrows = first;
            node.enabled = enabled;
        }
    }

    /// How many states it holds.
    #[must_use]
    pub fn states(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it holds every state of the world.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Everybody to whom the obligation is owed in some state.
    pub(super) fn waiters(&self, which: usize) -> impl Iterator<Item = Waiter> + use<> {
        let row = self.owed.iter().skip(which).step_by(self.obligations.max(1));
        let all = row.fold(Waiters::default(), |all, these| all.union(*these));
        (0..Waiters::MAX).filter(move |waiter| all.contains(*waiter))
    }

    /// The states in which the obligation is owed to this one.
    pub(super) fn owing(&self, which: usize, waiter: Waiter) -> Vec<u32> {
        let owes = |at: &u32| {
            let row = self.owed.get(*at as usize * self.obligations + which);
            row.is_some_and(|waiters| waiters.contains(waiter))
        };
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).filter(owes).collect()
    }

    /// The steps from a state that leave the obligation as it is.
    pub(super) fn arrows(&self, at: u32, which: usize) -> impl Iterator<Item = &Arrow> {
        let first = self.nodes.get(at as usize).map_or(0, |node| node.arrows);
        let end = self.nodes.get(at as usize + 1).map_or(self.arrows.len(), |node| node.arrows);
        self.arrows.get(first..end).unwrap_or(&[]).iter().filter(move |arrow| arrow.met & (1 << which) == 0)
    }

    /// What is possible in a state.
    pub(super) fn enabled(&self, at: u32) -> Classes {
        self.nodes.get(at as usize).map_or(Classes::NONE, |node| node.enabled)
    }

    /// The distance of a state from the initial one, in steps.
    pub(super) fn depth(&self, at: u32) -> u32 {
        self.nodes.get(at as usize).map_or(0, |node| node.depth)
    }

    /// The steps to a state.
    pub(super) fn path_to(&self, mut at: u32) -> Vec<Action> {
        let mut steps = Vec::new();
        while let Some(Node { from, action: Some(action), .. }) = self.nodes.get(at as usize).copied() {
            steps.push(action);
            at = from;
        }
        steps.reverse();
        steps
    }
}
