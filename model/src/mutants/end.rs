//! E: end, finish, close and flush requests gone wrong.

use super::{Mutant, edit, is_call, is_sink, is_system, pretend, with, without};
use crate::contract::{self, Action, Call, Event, Phase, Sink, SinkAnswer, State, System, Wake};
use crate::world::Rules;

fn ends_again(state: &State, action: Action) -> bool {
    is_call(action, Call::End) && state.phase != Phase::Open
}

/// Whether the stream is ending and all its bytes are taken.
fn is_over(state: &State) -> bool {
    state.phase == Phase::Ending && state.queue.is_empty()
}

fn finish(out: &mut contract::Outcome) {
    out.state.phase = Phase::Finished;
    out.events.push(Event::Finish);
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::step(
        "second-end-destroys",
        "E-01",
        "one-all-l2",
        "a second end destroys the stream",
        |params, state, action| {
            let again = ends_again(state, action) && state.is_live();
            contract::step(params, state, if again { Action::Call(Call::Destroy) } else { action })
        },
    ),
    Mutant::step(
        "end-revives-a-failed-stream",
        "E-01",
        "one-all-l2",
        "an end after an error goes on as if there had been none",
        |params, state, action| {
            edit(params, state, action, |out| {
                if ends_again(state, action) && matches!(state.phase, Phase::Failed(_)) && !state.closed {
                    out.state.phase = Phase::Ending;
                }
            })
        },
    ),
    Mutant::step(
        "finishes-without-end",
        "E-02",
        "one-all-l2",
        "a flush that leaves nothing buffered finishes the stream though nobody ended it",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_sink(action, SinkAnswer::Flushed)
                    && state.phase == Phase::Open
                    && state.queue.is_empty()
                {
                    finish(out);
                }
            })
        },
    ),
    Mutant::step(
        "finishes-with-bytes-left",
        "E-03",
        "one-all-l2",
        "any flush of an ending stream finishes it, bytes or not",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_sink(action, SinkAnswer::Flushed) && out.state.phase == Phase::Ending {
                    finish(out);
                }
            })
        },
    ),
    Mutant::step(
        "finishes-without-flush",
        "E-04",
        "one-all-l2",
        "an ending stream finishes when the last byte is taken, before the sink was flushed",
        |params, state, action| {
            edit(params, state, action, |out| {
                if matches!(action, Action::Sink(SinkAnswer::Took(_))) && is_over(&out.state) {
                    finish(out);
                }
            })
        },
    ),
    Mutant::step(
        "an-interrupted-flush-will-do",
        "E-04",
        "one-all-l2",
        "a flush that was interrupted counts as one that succeeded",
        |params, state, action| {
            let flush = state.sink == Sink::Flushing && is_sink(action, SinkAnswer::Interrupted);
            contract::step(params, state, if flush { Action::Sink(SinkAnswer::Flushed) } else { action })
        },
    ),
    Mutant::system(
        "closes-while-ending",
        "E-05",
        "one-all-l2",
        "an ending stream whose bytes are all taken closes without finish",
        Rules {
            step: |params, state, action| {
                if is_system(action, System::Close) && is_over(state) && state.sink == Sink::Idle {
                    return pretend(params, state, action, |state| state.phase = Phase::Finished);
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                let early = is_over(state) && state.sink == Sink::Idle;
                with(params, state, whole, early.then_some(System::Close))
            },
        },
    ),
    Mutant::system(
        "closes-twice",
        "E-05",
        "one-all-l2",
        "a closed stream closes again",
        Rules {
            step: |params, state, action| {
                let close = is_system(action, System::Close);
                pretend(params, state, action, |state| state.closed &= !close)
            },
            system_actions: |params, state, whole| {
                with(params, state, whole, state.closed.then_some(System::Close))
            },
        },
    ),
    Mutant::system(
        "closes-during-the-sink-call",
        "E-06",
        "one-all-l2",
        "destroy closes while the sink's call is still in progress",
        Rules {
            step: |params, state, action| {
                if is_system(action, System::Close) && state.phase == Phase::Destroyed {
                    let mut out = pretend(params, state, action, |state| state.sink = Sink::Idle)?;
                    out.state.sink = state.sink;
                    return Some(out);
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                let early = state.phase == Phase::Destroyed && !state.closed;
                with(params, state, whole, early.then_some(System::Close))
            },
        },
    ),
    Mutant::step(
        "flush-completes-when-taken",
        "E-07",
        "one-all-l2",
        "a flush request is completed when its bytes are taken, before the sink was flushed",
        |params, state, action| {
            edit(params, state, action, |out| {
                if matches!(action, Action::Sink(SinkAnswer::Took(_))) && out.state.is_live() {
                    let done = out.state.flushes.iter().filter(|flush| flush.left == 0);
                    out.wakes.extend(done.map(|flush| (flush.waiter, Wake::Flushed)));
                    out.state.flushes.retain(|flush| flush.left > 0);
                }
            })
        },
    ),
    Mutant::step(
        "any-flush-completes-all",
        "E-07",
        "one-all-l2",
        "a flush of the sink completes every request, those with bytes not yet taken too",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_sink(action, SinkAnswer::Flushed) && state.is_live() {
                    out.wakes.extend(out.state.flushes.drain(..).map(|flush| (flush.waiter, Wake::Flushed)));
                }
            })
        },
    ),
    Mutant::step(
        "destroy-forgets-flush-requests",
        "E-08",
        "one-all-l2",
        "destroy drops the pending flush requests without telling them",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::Destroy) {
                    out.wakes.retain(|(waiter, _)| state.waits.contains(waiter));
                }
            })
        },
    ),
    Mutant::step(
        "error-leaves-flush-requests",
        "E-08",
        "one-all-l2",
        "an error leaves the pending flush requests pending",
        |params, state, action| {
            edit(params, state, action, |out| {
                if state.is_live() && matches!(out.state.phase, Phase::Failed(_)) {
                    out.wakes.retain(|(waiter, _)| state.waits.contains(waiter));
                    out.state.flushes.clone_from(&state.flushes);
                }
            })
        },
    ),
    Mutant::step(
        "end-gives-up-flush-requests",
        "E-08",
        "one-all-l2",
        "end tells the pending flush requests that the stream was ended, though they could be completed",
        |params, state, action| {
            edit(params, state, action, |out| {
                if is_call(action, Call::End) {
                    out.wakes.extend(out.state.flushes.drain(..).map(|flush| (flush.waiter, Wake::AfterEnd)));
                }
            })
        },
    ),
    Mutant::system(
        "offers-before-a-due-flush",
        "E-09",
        "one-all-l2",
        "further bytes are offered though a flush is due",
        Rules {
            step: |params, state, action| {
                if matches!(action, Action::System(System::Offer(_))) && state.flush_due() {
                    let mut out = pretend(params, state, action, |state| state.flushes.clear())?;
                    out.state.flushes.clone_from(&state.flushes);
                    return Some(out);
                }
                contract::step(params, state, action)
            },
            system_actions: |params, state, whole| {
                let offers =
                    state.flush_due() && state.is_live() && state.sink == Sink::Idle && state.corked == 0;
                let all = Some(state.buffered()).filter(|b| offers && *b > 0);
                with(params, state, whole, all.map(System::Offer))
            },
        },
    ),
    Mutant::system(
        "cork-holds-back-a-flush",
        "E-10",
        "one-all-l2",
        "a corked stream holds its bytes back though a flush was asked for",
        Rules {
            step: contract::step,
            system_actions: |params, state, whole| {
                without(params, state, whole, |system| state.corked > 0 && matches!(system, System::Offer(_)))
            },
        },
    ),
    Mutant::system(
        "flush-needs-an-uncork",
        "E-10",
        "one-all-l2",
        "a corked stream does not flush the sink",
        Rules {
            step: contract::step,
            system_actions: |params, state, whole| {
                without(params, state, whole, |system| state.corked > 0 && *system == System::FlushSink)
            },
        },
    ),
];
