//! X: errors, destroy and the sink's answers gone wrong.

use super::{Mutant, begins, edit, is_call, is_sink, is_system, nothing, offered, with, without};
use crate::contract::{
    self, Action, Call, Cause, Event, Outcome, Phase, Sink, SinkAnswer, State, System, Wake,
};
use crate::world::Rules;

/// The call is over, and nothing came of it.
fn shrugs(state: &State) -> Outcome {
    begins(state, Sink::Idle)
}

/// The stream fails as it does for an error of the sink.
fn fails(params: &contract::Params, state: &State, cause: Cause) -> Option<Outcome> {
    edit(params, state, Action::Sink(SinkAnswer::Failed), |out| {
        if state.is_live() {
            out.state.phase = Phase::Failed(cause);
            out.events = vec![Event::Error(cause)];
            out.wakes.iter_mut().for_each(|(_, wake)| *wake = Wake::Errored(cause));
        }
    })
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::step(
        "errors-again-at-close",
        "X-01",
        "one-all-l2",
        "the error is emitted once more just before close",
        |params, state, action| {
            edit(params, state, action, |out| {
                if let (Phase::Failed(cause), true) = (state.phase, is_system(action, System::Close)) {
                    out.events.insert(0, Event::Error(cause));
                }
            })
        },
    ),
    Mutant::step(
        "error-after-finish",
        "X-02",
        "one-all-l2",
        "letting go of the sink after finish emits an error",
        |params, state, action| {
            edit(params, state, action, |out| {
                if state.phase == Phase::Finished && is_system(action, System::Close) {
                    out.events.insert(0, Event::Error(Cause::Failed));
                }
            })
        },
    ),
    Mutant::step(
        "finishes-though-the-flush-failed",
        "X-02",
        "one-all-l2",
        "when the last flush fails both finish and error are emitted",
        |params, state, action| {
            edit(params, state, action, |out| {
                let last = state.phase == Phase::Ending && state.sink == Sink::Flushing;
                if last && matches!(out.state.phase, Phase::Failed(_)) {
                    out.events.insert(0, Event::Finish);
                }
            })
        },
    ),
    Mutant::system(
        "writes-on-after-an-error",
        "X-03",
        "one-all-l2",
        "after an error the sink is offered the bytes that are left",
        Rules {
            step: |params, state, action| match (state.phase, action) {
                (Phase::Failed(_), Action::System(System::Offer(len))) => {
                    Some(begins(state, Sink::Writing(len)))
                }
                (Phase::Failed(_), Action::Sink(_)) => Some(shrugs(state)),
                _ => contract::step(params, state, action),
            },
            system_actions: |params, state, whole| {
                let goes_on =
                    matches!(state.phase, Phase::Failed(_)) && state.sink == Sink::Idle && !state.closed;
                let all = Some(state.buffered()).filter(|b| goes_on && *b > 0);
                with(params, state, whole, all.map(System::Offer))
            },
        },
    ),
    Mutant::system(
        "flushes-after-destroy",
        "X-03",
        "one-all-l2",
        "a destroyed stream flushes the sink before it closes",
        Rules {
            step: |params, state, action| {
                if is_system(action, System::FlushSink) && state.phase == Phase::Destroyed {
                    return Some(begins(state, Sink::Flushing));
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                let idle = state.phase == Phase::Destroyed && state.sink == Sink::Idle && !state.closed;
                with(params, state, whole, idle.then_some(System::FlushSink))
            },
        },
    ),
    Mutant::step(
        "destroy-is-only-an-end",
        "X-04",
        "one-all-l2",
        "destroy lets the buffered bytes be written first, as end does",
        |params, state, action| {
            let late = is_call(action, Call::Destroy) && !state.queue.is_empty();
            contract::step(params, state, if late { Action::Call(Call::End) } else { action })
        },
    ),
    Mutant::system(
        "destroy-keeps-the-sink",
        "X-04",
        "one-all-l2",
        "a destroyed stream with bytes left does not close",
        Rules {
            step: contract::step,
            system_actions: |params, state, whole| {
                let kept = state.phase == Phase::Destroyed && !state.queue.is_empty();
                without(params, state, whole, |system| kept && *system == System::Close)
            },
        },
    ),
    Mutant::step(
        "interrupted-is-an-error",
        "X-05",
        "one-all-l2",
        "a call that was interrupted fails the stream",
        |params, state, action| {
            let interrupted = is_sink(action, SinkAnswer::Interrupted);
            contract::step(params, state, if interrupted { Action::Sink(SinkAnswer::Failed) } else { action })
        },
    ),
    Mutant::step(
        "interrupted-took-all",
        "X-05",
        "one-all-l2",
        "a write that was interrupted counts as if it had taken all it was offered",
        |params, state, action| {
            let took = is_sink(action, SinkAnswer::Interrupted) && offered(state) > 0;
            contract::step(
                params,
                state,
                if took { Action::Sink(SinkAnswer::Took(offered(state))) } else { action },
            )
        },
    ),
    Mutant::step(
        "zero-is-retried",
        "X-06",
        "one-all-l2",
        "a write that took nothing is made again, for ever",
        |params, state, action| {
            let zero = is_sink(action, SinkAnswer::Took(0)) && state.is_live();
            if zero { Some(shrugs(state)) } else { contract::step(params, state, action) }
        },
    ),
    Mutant::step(
        "would-block-is-retried",
        "X-07",
        "one-all-l2",
        "WouldBlock is retried though that is not allowed",
        |params, state, action| {
            let lenient = contract::Params { retry_would_block: true, ..*params };
            contract::step(&lenient, state, action)
        },
    ),
    Mutant::step(
        "would-block-is-never-retried",
        "X-07",
        "one-retry-l1",
        "WouldBlock fails the stream though retries are allowed",
        |params, state, action| {
            let strict = contract::Params { retry_would_block: false, ..*params };
            contract::step(&strict, state, action)
        },
    ),
    Mutant::step(
        "a-failed-write-took-all",
        "X-08",
        "one-all-l2",
        "the bytes of a write that failed count as taken",
        |params, state, action| {
            if is_sink(action, SinkAnswer::Failed) && offered(state) > 0 {
                let took = contract::step(params, state, Action::Sink(SinkAnswer::Took(offered(state))))?;
                let between = State { sink: state.sink, ..took.state };
                return edit(params, &between, action, |out| out.taken = took.taken);
            }
            contract::step(params, state, action)
        },
    ),
    Mutant::step(
        "a-panic-is-an-error-like-any",
        "X-09",
        "one-all-l2",
        "the bytes of a call that panicked are handed back as if it were known that they were not written",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_sink(action, SinkAnswer::Panicked) {
                    out.state.unknown = 0;
                }
            })
        },
    ),
    Mutant::step(
        "a-panic-is-retried",
        "X-09",
        "one-all-l2",
        "a call that panicked is made again, so that its bytes may be written twice",
        |params, state, action| {
            let panicked = is_sink(action, SinkAnswer::Panicked) && state.is_live();
            if panicked { Some(shrugs(state)) } else { contract::step(params, state, action) }
        },
    ),
    Mutant::step(
        "close-forgets-the-unknown-bytes",
        "X-09",
        "one-all-l2",
        "at close it is forgotten which bytes have an unknown fate",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_system(action, System::Close) {
                    out.state.unknown = 0;
                }
            })
        },
    ),
    Mutant::step(
        "trusts-the-sink",
        "X-10",
        "one-all-l2",
        "a sink that claims more than it was offered is believed to have taken all of it",
        |params, state, action| {
            let claim = is_sink(action, SinkAnswer::Took(offered(state) + 1)) && offered(state) > 0;
            contract::step(
                params,
                state,
                if claim { Action::Sink(SinkAnswer::Took(offered(state))) } else { action },
            )
        },
    ),
    Mutant::step(
        "error-after-destroy",
        "X-11",
        "one-all-l2",
        "what the sink answers after destroy is emitted as an error",
        |params, state, action| {
            edit(params, state, action, |out| out.events.extend(out.state.held_back.map(Event::Error)))
        },
    ),
    Mutant::step(
        "destroy-forgets-the-answer",
        "X-11",
        "one-all-l2",
        "what the sink answers after destroy is told to nobody",
        |params, state, action| edit(params, state, action, |out| out.state.held_back = None),
    ),
    Mutant::step(
        "zero-is-some-error",
        "X-06",
        "one-all-l2",
        "a write that took nothing fails the stream as any error does, without saying WriteZero",
        |params, state, action| {
            let zero = is_sink(action, SinkAnswer::Took(0)) && state.is_live();
            if zero { fails(params, state, Cause::Failed) } else { contract::step(params, state, action) }
        },
    ),
    Mutant::step(
        "destroy-answers-late",
        "X-04",
        "one-all-l2",
        "destroy has no effect while the sink's call is in progress",
        |params, state, action| {
            if is_call(action, Call::Destroy) && state.sink != Sink::Idle && state.is_live() {
                let mut out = nothing(state);
                out.answer = Some(contract::Answer::Done);
                return Some(out);
            }
            contract::step(params, state, action)
        },
    ),
];
