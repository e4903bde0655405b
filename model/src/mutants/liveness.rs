//! L: what is owed and never comes.

use super::{Mutant, edit, is_call, is_sink, is_system, without, written};
use crate::contract::{self, Action, Answer, Call, Params, Phase, SinkAnswer, State, System};
use crate::world::Rules;

/// Only the writer's own steps differ.
const fn rules(system_actions: fn(&Params, &State, bool) -> Vec<System>) -> Rules {
    Rules { step: contract::step, system_actions }
}

/// A writer that sleeps does nothing until a write wakes it. An open stream has no unknown bytes, so that their number can hold the note.
fn asleep(params: &Params, state: &State, whole: bool) -> Vec<System> {
    let is_asleep = state.phase == Phase::Open && state.unknown > 0;
    without(params, state, whole, |_| is_asleep)
}

/// Puts the writer to sleep where told, and wakes it at the next write or at the end of phase open.
fn sleeps(
    params: &Params,
    state: &State,
    action: Action,
    falls_asleep: impl Fn(&State) -> bool,
) -> Option<contract::Outcome> {
    edit(params, state, action, |out| {
        if out.state.phase == Phase::Open {
            out.state.unknown = usize::from(falls_asleep(&out.state));
        } else if state.phase == Phase::Open {
            // What the contract noted stands, if it noted anything.
            out.state.unknown -= out.state.unknown.min(state.unknown);
        }
    })
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::system(
        "waits-for-the-mark",
        "L-01",
        "one-all-l2",
        "bytes are offered only once as many as the mark are buffered, as a plain buffered writer does",
        rules(|params, state, whole| {
            let few = state.buffered() < params.high_water_mark && state.phase == Phase::Open;
            without(params, state, whole, |system| {
                few && state.flushes.is_empty() && matches!(system, System::Offer(_))
            })
        }),
    ),
    Mutant::system(
        "sleeps-after-a-flush",
        "L-01",
        "one-all-l2",
        "when the sink's flush returns the writer goes to sleep without looking for bytes written meanwhile: a lost wake-up",
        Rules {
            step: |params, state, action| {
                sleeps(params, state, action, |after| {
                    let stays = state.unknown > 0 && written(action).is_none();
                    stays || (is_sink(action, SinkAnswer::Flushed) && !after.queue.is_empty())
                })
            },
            system_actions: asleep,
        },
    ),
    Mutant::system(
        "uncork-wakes-nobody",
        "L-01",
        "one-all-l2",
        "after an uncork the bytes held back stay until the next write",
        Rules {
            step: |params, state, action| {
                sleeps(params, state, action, |after| {
                    let stays = state.unknown > 0 && written(action).is_none();
                    stays || (is_call(action, Call::Uncork) && state.corked == 1 && !after.queue.is_empty())
                })
            },
            system_actions: asleep,
        },
    ),
    Mutant::system(
        "never-drains",
        "L-02",
        "one-all-l2",
        "no drain is ever emitted",
        rules(|params, state, whole| without(params, state, whole, |system| *system == System::Drain)),
    ),
    Mutant::system(
        "cork-holds-back-a-drain",
        "L-02",
        "one-all-l2",
        "a corked stream holds its bytes back though a drain is owed, as Node does",
        rules(|params, state, whole| {
            without(params, state, whole, |system| {
                let held = state.corked > 0 && state.flushes.is_empty();
                held && matches!(system, System::Offer(_))
            })
        }),
    ),
    Mutant::step(
        "refusal-asks-for-too-much",
        "L-02",
        "endless-mixed-l0",
        "the drain after a refusal waits for more room than there can be",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let (Some(len), Some(Answer::Full)) = (written(action), out.answer) {
                    out.state.refused = len + params.capacity;
                }
            })
        },
    ),
    Mutant::step(
        "end-leaves-the-cork",
        "L-03",
        "one-all-l2",
        "a stream that was corked at end stays corked, and never finishes",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::End) && state.phase == Phase::Open {
                    out.state.corked = state.corked;
                }
            })
        },
    ),
    Mutant::system(
        "never-flushes-at-the-end",
        "L-03",
        "one-all-l2",
        "an ended stream whose bytes are all taken waits for a flush that nobody asks for",
        rules(|params, state, whole| {
            without(params, state, whole, |system| {
                *system == System::FlushSink && state.phase == Phase::Ending && !state.flush_due()
            })
        }),
    ),
    Mutant::system(
        "closes-only-after-finish",
        "L-04",
        "one-all-l2",
        "after an error the sink is never let go of",
        rules(|params, state, whole| {
            without(params, state, whole, |system| {
                *system == System::Close && matches!(state.phase, Phase::Failed(_))
            })
        }),
    ),
    Mutant::system(
        "never-flushes-on-request",
        "L-05",
        "one-all-l2",
        "the sink is flushed at the end only, whoever asks before",
        rules(|params, state, whole| {
            without(params, state, whole, |system| *system == System::FlushSink && state.phase == Phase::Open)
        }),
    ),
    Mutant::step(
        "flush-waits-for-later-bytes",
        "L-05",
        "endless-one-l2",
        "a flush request waits for the bytes written after it as well, so that a busy producer starves it",
        |params, state, action| {
            edit(params, state, action, |out| {
                if matches!(out.answer, Some(Answer::Continue | Answer::Pause)) {
                    let len = written(action).unwrap_or(0);
                    out.state.flushes.iter_mut().for_each(|flush| flush.left += len);
                }
            })
        },
    ),
    Mutant::step(
        "node-rule",
        "L-06",
        "endless-pair-l0",
        "Node's rule: a drain at an empty buffer only, and a write below the mark answers Continue though a drain is owed",
        super::write::without_sticky_rule,
    ),
    Mutant::step(
        "drain-forgets-the-waits",
        "L-06",
        "one-all-l2",
        "a drain clears the registered waits without waking them",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_system(action, System::Drain) {
                    out.wakes.clear();
                }
            })
        },
    ),
    Mutant::step(
        "drain-wakes-one-and-forgets-the-rest",
        "L-06",
        "pair-all-l1",
        "a drain wakes the wait registered first and clears the others",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_system(action, System::Drain) {
                    out.wakes.truncate(1);
                }
            })
        },
    ),
    Mutant::step(
        "destroy-wakes-nobody",
        "L-06",
        "one-all-l2",
        "destroy tells nobody who waits for a drain",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::Destroy) {
                    out.wakes.retain(|(waiter, _)| !state.waits.contains(waiter));
                }
            })
        },
    ),
    Mutant::step(
        "waits-after-end",
        "L-06",
        "one-all-l2",
        "a wait made after end is registered, and nothing is left to wake it",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let (Action::Call(Call::Wait(waiter)), Phase::Ending | Phase::Finished) =
                    (action, state.phase)
                {
                    out.answer = Some(Answer::Registered);
                    out.state.waits.push(waiter);
                }
            })
        },
    ),
    Mutant::step(
        "too-large-is-only-full",
        "L-06",
        "one-all-l2",
        "a chunk that can never fit is refused for now, and its producer waits for room that never comes",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let (Some(len), Some(Answer::TooLarge)) = (written(action), out.answer) {
                    out.answer = Some(Answer::Full);
                    out.state.drain_owed = true;
                    out.state.refused = state.refused.max(len);
                }
            })
        },
    ),
];
