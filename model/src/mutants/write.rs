//! W: writes and corks gone wrong.

use super::{Mutant, accept, edit, is_call, offered, pretend, pretend_system, written};
use crate::contract::{self, Action, Answer, Call, Cause, Phase, Run, System, Wake};
use crate::world::Rules;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::step(
        "takes-what-fits",
        "W-01",
        "one-all-l0",
        "a chunk that does not fit is refused, but the part that fits is taken in",
        |params, state, action| {
            edit(params, state, action, |out| {
                let room = params.capacity - state.buffered();
                if let (Action::Call(Call::Write { producer, seq, .. }), Some(Answer::Full)) =
                    (action, out.answer)
                    && room > 0
                {
                    out.state.queue.push(Run { producer, seq, from: 0, len: room });
                }
            })
        },
    ),
    Mutant::step(
        "drops-the-last-byte",
        "W-01",
        "one-all-l2",
        "of an accepted chunk of 2 bytes or more the last byte is left out",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let Some(run) = out.state.queue.last_mut()
                    && written(action).is_some_and(|len| len > 1)
                    && out.state.phase == Phase::Open
                {
                    run.len = run.len.saturating_sub(1).max(1);
                }
            })
        },
    ),
    Mutant::step(
        "refuses-at-capacity",
        "W-02",
        "one-all-l0",
        "a chunk that would fill the buffer to the last byte is refused",
        |params, state, action| {
            let exactly =
                written(action).is_some_and(|len| len > 0 && state.buffered() + len == params.capacity);
            let capacity = params.capacity - usize::from(exactly);
            contract::step(&contract::Params { capacity, ..*params }, state, action)
        },
    ),
    Mutant::step(
        "continues-at-the-mark",
        "W-03",
        "one-all-l2",
        "a write that fills the buffer exactly to the mark answers Continue",
        |params, state, action| {
            edit(params, state, action, |out| {
                let reached = out.state.buffered() == params.high_water_mark;
                if out.answer == Some(Answer::Pause) && !state.drain_owed && reached {
                    out.answer = Some(Answer::Continue);
                    out.state.drain_owed = false;
                }
            })
        },
    ),
    Mutant::step(
        "no-sticky-rule",
        "W-04",
        "pair-all-l0",
        "a write below the mark answers Continue though a drain is owed, as Node's does",
        without_sticky_rule,
    ),
    Mutant::step(
        "owes-a-drain-for-too-large",
        "W-05",
        "one-all-l2",
        "a chunk that can never fit makes a drain owed",
        |params, state, action| {
            edit(params, state, action, |out| out.state.drain_owed |= out.answer == Some(Answer::TooLarge))
        },
    ),
    Mutant::step(
        "too-large-for-now",
        "W-06",
        "one-all-l0",
        "a chunk that does not fit now is refused for good",
        |params, state, action| {
            edit(params, state, action, |out| {
                if out.answer == Some(Answer::Full) {
                    out.answer = Some(Answer::TooLarge);
                    out.state = state.clone();
                }
            })
        },
    ),
    Mutant::step(
        "empty-chunk-pauses",
        "W-07",
        "one-all-l2",
        "an empty chunk answers Pause, whatever is buffered",
        |params, state, action| {
            edit(params, state, action, |out| {
                if written(action) == Some(0) && state.phase == Phase::Open {
                    out.answer = Some(Answer::Pause);
                    out.state.drain_owed = true;
                }
            })
        },
    ),
    Mutant::step(
        "writes-after-end",
        "W-08",
        "one-all-l2",
        "a chunk written while the stream is ending is accepted",
        |params, state, action| {
            edit(params, state, action, |out| {
                if written(action).is_some_and(|len| len > 0) && state.phase == Phase::Ending {
                    accept(out, action, Answer::Continue);
                }
            })
        },
    ),
    Mutant::step(
        "destroyed-says-after-end",
        "W-09",
        "one-all-l2",
        "a write after destroy is refused as if the stream had been ended",
        |params, state, action| {
            edit(params, state, action, |out| {
                if out.answer == Some(Answer::Destroyed) {
                    out.answer = Some(Answer::AfterEnd);
                }
            })
        },
    ),
    Mutant::step(
        "forgets-the-cause",
        "W-10",
        "one-all-l2",
        "a write after an error is always told that the sink failed, whatever the cause was",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let Some(Answer::Errored(cause)) = &mut out.answer {
                    *cause = Cause::Failed;
                }
            })
        },
    ),
    Mutant::step(
        "accepts-one-byte-over",
        "W-11",
        "one-all-l0",
        "the capacity is overstepped by one byte",
        |params, state, action| {
            edit(params, state, action, |out| {
                let over = written(action).is_some_and(|len| state.buffered() + len == params.capacity + 1);
                if out.answer == Some(Answer::Full) && over {
                    accept(out, action, Answer::Pause);
                }
            })
        },
    ),
    Mutant::step(
        "offered-bytes-make-room",
        "W-11",
        "one-all-l0",
        "bytes that the sink was offered, and has not taken, count no longer against the capacity",
        |params, state, action| {
            edit(params, state, action, |out| {
                let counted = state.buffered() - offered(state);
                let fits = written(action).is_some_and(|len| counted + len <= params.capacity);
                if out.answer == Some(Answer::Full) && fits {
                    accept(out, action, Answer::Pause);
                }
            })
        },
    ),
    Mutant::step(
        "wait-never-waits",
        "W-12",
        "one-unbounded-l2",
        "a wait is answered at once as drained though the drain is still owed",
        |params, state, action| {
            if let (Action::Call(Call::Wait(_)), Phase::Open) = (action, state.phase) {
                let mut out = super::nothing(state);
                out.answer = Some(Answer::Ready(Wake::Drained));
                return Some(out);
            }
            contract::step(params, state, action)
        },
    ),
    Mutant::system(
        "cork-does-nothing",
        "W-13",
        "one-all-l2",
        "a corked stream offers its bytes as any other",
        Rules {
            step: |params, state, action| {
                if matches!(action, Action::System(System::Offer(_))) {
                    let mut out = pretend(params, state, action, |state| state.corked = 0)?;
                    out.state.corked = state.corked;
                    return Some(out);
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                pretend_system(params, state, whole, |state| state.corked = 0)
            },
        },
    ),
    Mutant::step(
        "uncork-undoes-all",
        "W-14",
        "one-all-l2",
        "one uncork undoes every cork",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::Uncork) {
                    out.state.corked = 0;
                }
            })
        },
    ),
    Mutant::step(
        "uncork-drains",
        "W-14",
        "one-all-l2",
        "an uncork without a cork makes a drain owed",
        |params, state, action| {
            edit(params, state, action, |out| {
                let idle = is_call(action, Call::Uncork) && state.corked == 0;
                out.state.drain_owed |= idle && state.phase == Phase::Open;
            })
        },
    ),
];

/// Node's answers: a write below the mark answers `Continue`, whatever is owed.
pub(super) fn without_sticky_rule(
    params: &contract::Params,
    state: &contract::State,
    action: Action,
) -> Option<contract::Outcome> {
    edit(params, state, action, |out| {
        if out.answer == Some(Answer::Pause) && out.state.buffered() < params.high_water_mark {
            out.answer = Some(Answer::Continue);
        }
    })
}
