//! O: bytes lost, doubled and out of order.

use super::{Mutant, begins, edit, is_short, is_system, offered, with};
use crate::contract::{self, Action, Phase, Run, Sink, SinkAnswer, State, System};
use crate::world::Rules;

/// Leaves the first bytes of the queue out.
fn drop_front(queue: &mut Vec<Run>, len: usize) {
    let mut left = len;
    queue.retain_mut(|run| {
        let part = left.min(run.len);
        (left, run.from, run.len) = (left - part, run.from + part, run.len - part);
        run.len > 0
    });
}

/// Whether the writer could offer something, were there something.
fn could_offer(state: &State) -> bool {
    state.is_live() && state.sink == Sink::Idle && !state.flush_due() && state.corked == 0
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::step(
        "takes-the-newest-first",
        "O-01",
        "one-all-l2",
        "with two chunks buffered the newer one goes to the sink before the older",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let ([older, newer], true) = (state.queue.as_slice(), is_short(state, action)) {
                    let len = newer.len.min(out.taken.iter().map(|run| run.len).sum());
                    out.taken = vec![Run { len, ..*newer }];
                    let rest = Run { from: newer.from + len, len: newer.len - len, ..*newer };
                    out.state.queue = [*older, rest].into_iter().filter(|run| run.len > 0).collect();
                }
            })
        },
    ),
    Mutant::step(
        "begins-a-short-write-again",
        "O-01",
        "one-all-l2",
        "after a short write the bytes that were taken are offered once more",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_short(state, action) {
                    out.state.queue.clone_from(&state.queue);
                }
            })
        },
    ),
    Mutant::step(
        "forgets-what-was-taken",
        "O-01",
        "one-all-l2",
        "what the sink took while the stream was ending is not noted, so that it is written twice",
        |params, state, action| {
            let lost = matches!(action, Action::Sink(SinkAnswer::Took(_))) && state.phase == Phase::Ending;
            contract::step(params, state, if lost { Action::Sink(SinkAnswer::Interrupted) } else { action })
        },
    ),
    Mutant::step(
        "loses-the-rest-of-a-short-write",
        "O-02",
        "one-all-l2",
        "a short write counts as if all that was offered had been taken",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let Action::Sink(SinkAnswer::Took(len)) = action
                    && is_short(state, action)
                {
                    drop_front(&mut out.state.queue, offered(state) - len);
                }
            })
        },
    ),
    Mutant::step(
        "destroy-drops-the-bytes",
        "O-03",
        "one-all-l2",
        "the bytes left at destroy are not handed back",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_system(action, System::Close) && state.phase == Phase::Destroyed {
                    out.state.queue.clear();
                }
            })
        },
    ),
    Mutant::step(
        "hands-back-what-was-taken",
        "O-03",
        "one-all-l2",
        "what the sink took after destroy is handed back as if it had not",
        |params, state, action| {
            let late = matches!(action, Action::Sink(SinkAnswer::Took(_))) && state.phase == Phase::Destroyed;
            contract::step(params, state, if late { Action::Sink(SinkAnswer::Interrupted) } else { action })
        },
    ),
    Mutant::step(
        "unknown-bytes-are-not-handed-back",
        "O-03",
        "one-all-l2",
        "the bytes of a call that panicked are left out of what is handed back",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_system(action, System::Close) {
                    drop_front(&mut out.state.queue, state.unknown);
                }
            })
        },
    ),
    Mutant::system(
        "offers-nothing",
        "O-04",
        "one-all-l2",
        "the sink is offered an empty write when nothing is buffered",
        Rules {
            step: |params, state, action| {
                if is_system(action, System::Offer(0)) {
                    return Some(begins(state, Sink::Writing(0)));
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                let idle = state.queue.is_empty() && state.phase == Phase::Open && could_offer(state);
                with(params, state, whole, idle.then_some(System::Offer(0)))
            },
        },
    ),
    Mutant::system(
        "offers-past-the-end",
        "O-04",
        "one-all-l2",
        "the sink is offered one byte more than is buffered",
        Rules {
            step: |params, state, action| {
                let more = state.buffered() + 1;
                if is_system(action, System::Offer(more)) {
                    return Some(begins(state, Sink::Writing(more)));
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                let more = (could_offer(state) && !state.queue.is_empty())
                    .then(|| System::Offer(state.buffered() + 1));
                with(params, state, whole, more)
            },
        },
    ),
    Mutant::system(
        "two-calls-at-once",
        "O-05",
        "one-all-l2",
        "the sink is offered bytes while it is still busy with a write",
        Rules {
            step: |params, state, action| match (state.sink, action) {
                (Sink::Writing(_), Action::System(System::Offer(len))) => {
                    Some(begins(state, Sink::Writing(len)))
                }
                _ => contract::step(params, state, action),
            },
            system_actions: |params, state, whole| {
                let busy = matches!(state.sink, Sink::Writing(_)) && state.is_live();
                with(params, state, whole, busy.then(|| System::Offer(state.buffered())))
            },
        },
    ),
];
