//! What is owed comes at last: no fair run of an endless configuration stays for ever among states that owe the same thing.
//!
//! A run is fair if each of these happens some time, should it stay possible: D goes on, the sink's call returns, a time limit ends, a store of
//! P or of D becomes visible (weak fairness). P goes on, and its call of the sink returns, some time if it can again and again (strong fairness): only the lock keeps it, and a lock that
//! never serves one of two waiters is taken to be none. Calls, wake-ups without a reason and what the machine reads ahead may happen and need not.

use super::config::Freedom;
use super::graph::Graph;
use super::memory::Who;
use super::model::{Action, WakeModel};
use super::refine::abstraction;
use super::state::{PPc, Park, WakeState};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use std::collections::{HashMap, HashSet};

/// Something that must not stay owed for ever.
#[derive(Clone, Copy, Debug)]
pub struct Duty {
    /// Its name.
    pub name: &'static str,
    /// Whether it is owed.
    pub owed: fn(&WakeModel, &WakeState) -> bool,
    /// Whether the sink's taking bytes settles it.
    pub settled_by_taking: bool,
}

/// See [`DUTIES`].
pub const BYTES_TAKEN: &str = "every byte is taken";
/// See [`DUTIES`].
pub const DRAINS_EMITTED: &str = "every owed drain is emitted";
/// See [`DUTIES`].
pub const WAITS_RETURN: &str = "every wait returns";
/// See [`DUTIES`].
pub const FLUSHES_ANSWERED: &str = "every flush request is answered";
/// See [`DUTIES`].
pub const WRITES_RETURN: &str = "every write returns";

/// Every duty. Drains are owed to polite producers only: one that goes on writing may keep the bytes above the low-water mark for ever.
pub const DUTIES: &[Duty] = &[
    Duty { name: BYTES_TAKEN, owed: bytes_wait, settled_by_taking: true },
    Duty { name: DRAINS_EMITTED, owed: drain_owed, settled_by_taking: false },
    Duty {
        name: WAITS_RETURN,
        owed: |_, state| matches!(state.p.pc, PPc::Parked(Park::Drain) | PPc::Unparked(Park::Drain)),
        settled_by_taking: false,
    },
    Duty { name: FLUSHES_ANSWERED, owed: |_, state| state.guarded.flush_pending(), settled_by_taking: false },
    Duty {
        name: WRITES_RETURN,
        owed: |_, state| !matches!(state.p.pc, PPc::Idle | PPc::Parked(_) | PPc::Unparked(_) | PPc::Gone),
        settled_by_taking: false,
    },
];

fn bytes_wait(model: &WakeModel, state: &WakeState) -> bool {
    let stream = abstraction(&model.config, state);
    stream.is_live() && !stream.queue.is_empty() && !stream.held_by_cork(&model.config.params)
}

fn drain_owed(model: &WakeModel, state: &WakeState) -> bool {
    state.guarded.owed && !model.config.may(Freedom::Impolite)
}

/// Who must get on, some time, if it can again and again.
const CLASSES: usize = 6;
/// P's class, the only strongly fair one.
const PRODUCER: usize = 0;

fn class(action: Action) -> Option<usize> {
    match action {
        Action::Next(Who::P) | Action::Try | Action::Tried(_) => Some(PRODUCER),
        Action::Next(Who::D) | Action::Rest(_) => Some(1),
        Action::Sink(_) => Some(2),
        Action::TimeOut => Some(3),
        Action::Leave(Who::P, _) => Some(4),
        Action::Leave(Who::D, _) => Some(5),
        Action::Call(_) | Action::GiveUp | Action::Other(_) | Action::Spurious(_) | Action::ReadAhead => None,
    }
}

/// The state nearest to the initial one from which a fair run can go on for ever and leave this duty owed, if there is one.
#[must_use]
pub fn neglected(model: &WakeModel, graph: &Graph, duty: &Duty) -> Option<usize> {
    let owing = graph.states.iter().enumerate().filter(|(_, state)| (duty.owed)(model, state));
    let mut rest = vec![owing.map(|(at, _)| at).collect::<Vec<_>>()];
    let mut nearest: Option<usize> = None;
    while let Some(states) = rest.pop() {
        for component in components(graph, duty, &states) {
            let Some(taken) = taken_inside(graph, duty, &component) else { continue };
            let possible = |at: &usize, wanted: usize| {
                graph.arrows[*at].iter().any(|arrow| class(arrow.action) == Some(wanted))
            };
            let always = |wanted: usize| component.iter().all(|at| possible(at, wanted));
            if (0..CLASSES).any(|class| !taken[class] && always(class)) {
                continue;
            }
            let misses = |at: &usize| !taken[PRODUCER] && possible(at, PRODUCER);
            if component.iter().any(misses) {
                // A fair run that stays here for ever keeps to the states in which the lock is not free.
                rest.push(component.into_iter().filter(|at| !misses(at)).collect());
            } else {
                nearest = nearest.into_iter().chain(component).min();
            }
        }
    }
    nearest
}

/// Which classes are taken without leaving these states; `None` if no step stays among them.
fn taken_inside(graph: &Graph, duty: &Duty, component: &[usize]) -> Option<[bool; CLASSES]> {
    let members: HashSet<usize> = component.iter().copied().collect();
    let (mut taken, mut stays) = ([false; CLASSES], false);
    for arrow in component.iter().flat_map(|at| &graph.arrows[*at]) {
        if members.contains(&arrow.to) && !(arrow.took && duty.settled_by_taking) {
            stays = true;
            if let Some(class) = class(arrow.action) {
                taken[class] = true;
            }
        }
    }
    stays.then_some(taken)
}

/// Strongly connected components among these states. Kosaraju's algorithm: petgraph's Tarjan is recursive, and these graphs are deep.
fn components(graph: &Graph, duty: &Duty, states: &[usize]) -> Vec<Vec<usize>> {
    let mut among = DiGraph::<usize, (), u32>::with_capacity(states.len(), states.len() * 4);
    let places: HashMap<usize, _> = states.iter().map(|at| (*at, among.add_node(*at))).collect();
    for at in states {
        for arrow in &graph.arrows[*at] {
            if let Some(to) = places.get(&arrow.to)
                && !(arrow.took && duty.settled_by_taking)
            {
                among.add_edge(places[at], *to, ());
            }
        }
    }
    let components = kosaraju_scc(&among).into_iter();
    components.map(|nodes| nodes.into_iter().map(|node| among[node]).collect()).collect()
}
