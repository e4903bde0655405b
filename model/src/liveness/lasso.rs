//! The shortest fair cycle, and the way to it.

use super::fairness::{Fairness, Record};
use super::graph::Graph;
use crate::contract::{Action, Waiter};
use crate::path::ActionPath;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use std::collections::{HashMap, HashSet, VecDeque};

/// The shortest run after which this obligation is owed to this one for ever, fairly.
pub(super) fn shortest(
    graph: &Graph,
    which: usize,
    waiter: Waiter,
    fairness: Fairness,
) -> Option<ActionPath> {
    let mut best: Option<ActionPath> = None;
    for component in fair_components(graph, which, graph.owing(which, waiter), fairness) {
        let members: HashSet<u32> = component.iter().copied().collect();
        let mut starts = component;
        starts.sort_unstable();
        for start in starts {
            // States come nearest first, so that no later one can do better than its way there.
            let room = best.as_ref().map_or(usize::MAX, |path| path.steps.len());
            let stem_len = graph.depth(start) as usize;
            if stem_len + 1 >= room {
                break;
            }
            if let Some(cycle) = cycle(graph, which, &members, start, fairness, room - stem_len) {
                let repeated = cycle.len();
                let mut steps = graph.path_to(start);
                steps.extend(cycle);
                best = Some(ActionPath { steps, repeated });
            }
        }
    }
    best
}

/// The sets of states among these in which a fair run can stay for ever, each strongly connected.
///
/// A class that is possible throughout a component and never taken in it cannot be helped: no part of it is fair. A strongly fair class that is
/// possible in some of its states and never taken in it can: the run may stay among the others.
fn fair_components(graph: &Graph, which: usize, states: Vec<u32>, fairness: Fairness) -> Vec<Vec<u32>> {
    let mut fair = Vec::new();
    let mut rest = vec![states];
    while let Some(states) = rest.pop() {
        for component in components(graph, which, &states) {
            let members: HashSet<u32> = component.iter().copied().collect();
            let mut record = Record::default();
            let mut inside = 0_usize;
            for at in &component {
                record = record.visit(fairness, graph.enabled(*at));
                for arrow in graph.arrows(*at, which).filter(|arrow| members.contains(&arrow.to)) {
                    record = record.take(fairness, arrow.class);
                    inside += 1;
                }
            }
            if inside == 0 || !record.neglected(fairness).is_empty() {
                continue;
            }
            let missed = record.missed(fairness);
            if missed.is_empty() {
                fair.push(component);
            } else {
                let spared = |at: &u32| graph.enabled(*at).shared(missed).is_empty();
                rest.push(component.into_iter().filter(spared).collect());
            }
        }
    }
    fair
}

/// The strongly connected components of the graph among these states.
/// Kosaraju's algorithm, because petgraph's Tarjan is recursive and these graphs are deep.
fn components(graph: &Graph, which: usize, states: &[u32]) -> Vec<Vec<u32>> {
    let mut among = DiGraph::<u32, (), u32>::with_capacity(states.len(), states.len() * 4);
    let places: HashMap<u32, _> = states.iter().map(|at| (*at, among.add_node(*at))).collect();
    for at in states {
        for arrow in graph.arrows(*at, which) {
            if let (Some(from), Some(to)) = (places.get(at), places.get(&arrow.to)) {
                among.add_edge(*from, *to, ());
            }
        }
    }
    let numbers = |component: Vec<_>| {
        component.into_iter().filter_map(|place| among.node_weight(place).copied()).collect()
    };
    kosaraju_scc(&among).into_iter().map(numbers).collect()
}

/// The shortest fair cycle from a state back to it, if it is shorter than `room`: a breadth-first search over states and how fair the way there was.
fn cycle(
    graph: &Graph,
    which: usize,
    members: &HashSet<u32>,
    start: u32,
    fairness: Fairness,
    room: usize,
) -> Option<Vec<Action>> {
    let first = (start, Record::default().visit(fairness, graph.enabled(start)));
    let mut ways = vec![(0_usize, None, first)];
    let mut seen = HashSet::from([first]);
    let mut queue = VecDeque::from([(0_usize, 0_usize)]);
    while let Some((way, depth)) = queue.pop_front() {
        if depth + 1 >= room {
            return None;
        }
        let Some((_, _, (at, record))) = ways.get(way).copied() else { continue };
        for arrow in graph.arrows(at, which).filter(|arrow| members.contains(&arrow.to)) {
            let next =
                (arrow.to, record.take(fairness, arrow.class).visit(fairness, graph.enabled(arrow.to)));
            if arrow.to == start && next.1.is_fair(fairness) {
                let mut steps = vec![arrow.action];
                let mut back = way;
                while let Some((before, Some(action), _)) = ways.get(back).copied() {
                    steps.push(action);
                    back = before;
                }
                steps.reverse();
                return Some(steps);
            }
            if seen.insert(next) {
                queue.push_back((ways.len(), depth + 1));
                ways.push((way, Some(arrow.action), next));
            }
        }
    }
    None
}
