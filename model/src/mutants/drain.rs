//! D: drains and waits gone wrong.

use super::{Mutant, edit, is_call, is_system, offered, pretend, with};
use crate::contract::{self, Action, Answer, Call, Params, Phase, SinkAnswer, System, Wake};
use crate::world::Rules;

/// Marks under which a drain comes while so many more bytes are buffered.
fn laxer(params: &Params, more: usize) -> Params {
    Params { low_water_mark: params.low_water_mark + more, ..*params }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::step(
        "full-owes-nothing",
        "D-01",
        "one-all-l0",
        "a refused chunk makes no drain owed",
        |params, state, action| {
            edit(params, state, action, |out| {
                if out.answer == Some(Answer::Full) {
                    out.state = state.clone();
                }
            })
        },
    ),
    Mutant::system(
        "drains-unasked",
        "D-02",
        "one-all-l2",
        "a drain is emitted whenever the buffer is low, owed or not",
        Rules {
            step: |params, state, action| {
                if is_system(action, System::Drain) && state.phase == Phase::Open {
                    return pretend(params, state, action, |state| state.drain_owed = true);
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                let low = state.phase == Phase::Open && state.buffered() <= params.low_water_mark;
                with(params, state, whole, low.then_some(System::Drain))
            },
        },
    ),
    Mutant::system(
        "drains-at-the-mark",
        "D-03",
        "one-all-l2",
        "a drain is emitted while one byte more than the low-water mark is buffered",
        Rules {
            step: |params, state, action| contract::step(&laxer(params, 1), state, action),
            system_actions: |params, state, whole| contract::system_actions(&laxer(params, 1), state, whole),
        },
    ),
    Mutant::system(
        "offered-bytes-are-gone",
        "D-03",
        "one-all-l2",
        "bytes that the sink was offered, and has not taken, count no longer against the low-water mark",
        Rules {
            step: |params, state, action| contract::step(&laxer(params, offered(state)), state, action),
            system_actions: |params, state, whole| {
                contract::system_actions(&laxer(params, offered(state)), state, whole)
            },
        },
    ),
    Mutant::step(
        "forgets-what-was-refused",
        "D-04",
        "one-tight-l3",
        "a drain is emitted though the refused chunk still does not fit",
        |params, state, action| edit(params, state, action, |out| out.state.refused = 0),
    ),
    Mutant::step(
        "remembers-the-last-refusal",
        "D-04",
        "impolite-l1",
        "a drain is emitted when the chunk refused last fits, though a longer one was refused before",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let (Action::Call(Call::Write { len, .. }), Some(Answer::Full)) = (action, out.answer) {
                    out.state.refused = len;
                }
            })
        },
    ),
    Mutant::step(
        "drain-stays-owed",
        "D-05",
        "one-all-l2",
        "an emitted drain is still owed afterwards",
        |params, state, action| {
            edit(params, state, action, |out| out.state.drain_owed |= is_system(action, System::Drain))
        },
    ),
    Mutant::step(
        "drains-while-ending",
        "D-06",
        "one-all-l2",
        "a drain that was owed at end is emitted afterwards",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::End) && state.phase == Phase::Open {
                    out.state.drain_owed = state.drain_owed;
                }
            })
        },
    ),
    Mutant::step(
        "wakes-one-waiter",
        "D-07",
        "pair-all-l1",
        "a drain wakes the wait registered first, and leaves the others registered",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_system(action, System::Drain) && out.wakes.len() > 1 {
                    out.state.waits = out.wakes.drain(1..).map(|(waiter, _)| waiter).collect();
                }
            })
        },
    ),
    Mutant::step(
        "waits-for-nothing",
        "D-08",
        "impolite-l1",
        "a wait made while no drain is owed is registered",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let (Action::Call(Call::Wait(waiter)), Some(Answer::Ready(Wake::Drained))) =
                    (action, out.answer)
                {
                    out.answer = Some(Answer::Registered);
                    out.state.waits.push(waiter);
                }
            })
        },
    ),
    Mutant::step(
        "end-says-drained",
        "D-09",
        "one-all-l2",
        "end wakes whoever waits as if the stream had drained",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::End) {
                    out.wakes.iter_mut().for_each(|(_, wake)| *wake = Wake::Drained);
                }
            })
        },
    ),
    Mutant::step(
        "error-leaves-the-waits",
        "D-09",
        "one-all-l2",
        "an error does not wake whoever waits for a drain",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_sink(action) {
                    out.wakes.retain(|(waiter, _)| !state.waits.contains(waiter));
                }
            })
        },
    ),
    Mutant::step(
        "uncork-wakes-everybody",
        "D-09",
        "one-all-l2",
        "an uncork wakes whoever waits, drained or not, as a condition variable without a predicate does",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::Uncork) {
                    out.wakes = out.state.waits.drain(..).map(|waiter| (waiter, Wake::Drained)).collect();
                }
            })
        },
    ),
    Mutant::step(
        "keeps-a-wait-given-up",
        "D-10",
        "one-all-l2",
        "a wait that was given up stays registered",
        |params, state, action| {
            edit(params, state, action, |out| {
                if matches!(action, Action::Call(Call::Cancel(_))) {
                    out.state.waits.clone_from(&state.waits);
                }
            })
        },
    ),
    Mutant::step(
        "gives-up-for-all",
        "D-10",
        "pair-all-l1",
        "giving up one wait gives up every other",
        |params, state, action| {
            edit(params, state, action, |out| {
                if matches!(action, Action::Call(Call::Cancel(_))) {
                    out.state.waits.clear();
                }
            })
        },
    ),
];

fn is_sink(action: Action) -> bool {
    matches!(action, Action::Sink(answer) if answer != SinkAnswer::Flushed)
}
