//! X: error, destroy and the sink's answers.

use super::{Edge, Verdict};
use crate::contract::{Action, Call, Cause, Event, Phase, Sink, SinkAnswer, System};

fn errs(edge: &Edge<'_>) -> bool {
    edge.emits(|event| matches!(event, Event::Error(_)))
}

pub(super) fn x_01(edge: &Edge<'_>) -> Verdict {
    Verdict::when(errs(edge), || {
        let errors = edge.outcome.events.iter().filter(|event| matches!(event, Event::Error(_))).count();
        errors == 1 && edge.was().cause().is_none() && !edge.was().closed
    })
}

pub(super) fn x_02(edge: &Edge<'_>) -> Verdict {
    let finishes = edge.emits(|event| event == Event::Finish);
    Verdict::when(errs(edge) || finishes, || {
        let before = edge.was();
        !(errs(edge) && (finishes || before.phase == Phase::Finished))
            && !(finishes && before.cause().is_some())
    })
}

pub(super) fn x_03(edge: &Edge<'_>) -> Verdict {
    let over = matches!(edge.was().phase, Phase::Failed(_) | Phase::Destroyed);
    Verdict::when(over, || !edge.begins_sink_call())
}

pub(super) fn x_04(edge: &Edge<'_>) -> Verdict {
    let (was, is) = (edge.was(), &edge.after.monitor);
    let destroys = edge.is_call(Call::Destroy) && was.is_live();
    let could_close = is.phase == Phase::Destroyed && is.call == Sink::Idle && !is.closed;
    Verdict::when(destroys || could_close, || {
        edge.after.stream.phase == Phase::Destroyed
            && (!could_close || edge.world.system_actions(&edge.after.stream).contains(&System::Close))
    })
}

pub(super) fn x_05(edge: &Edge<'_>) -> Verdict {
    Verdict::when(edge.action == Action::Sink(SinkAnswer::Interrupted), || made_again(edge))
}

/// The answer changed nothing but that the sink is idle, and the call is possible again as far as anything still asks for it.
fn made_again(edge: &Edge<'_>) -> bool {
    let mut wanted = edge.before.stream.clone();
    wanted.sink = Sink::Idle;
    let was = edge.was();
    let still_wanted = match was.call {
        Sink::Writing(_) => was.is_live() && was.corked == 0,
        Sink::Flushing => was.is_live() && was.flush_due(),
        Sink::Idle => false,
    };
    edge.is_silent()
        && edge.after.stream == wanted
        && (!still_wanted
            || edge
                .world
                .system_actions(&edge.after.stream)
                .iter()
                .any(|action| matches!(action, System::Offer(_) | System::FlushSink)))
}

pub(super) fn x_06(edge: &Edge<'_>) -> Verdict {
    let zero = matches!(edge.answer(), Some((SinkAnswer::Took(0), _)));
    Verdict::when(zero && edge.was().is_live(), || fails_with(edge, Cause::WriteZero, 0))
}

pub(super) fn x_07(edge: &Edge<'_>) -> Verdict {
    let blocks = edge.action == Action::Sink(SinkAnswer::WouldBlock);
    Verdict::when(blocks && edge.was().is_live(), || {
        if edge.params().retry_would_block {
            made_again(edge)
        } else {
            fails_with(edge, Cause::WouldBlock, 0)
        }
    })
}

pub(super) fn x_08(edge: &Edge<'_>) -> Verdict {
    let failed = edge.action == Action::Sink(SinkAnswer::Failed);
    Verdict::when(failed && edge.was().is_live(), || fails_with(edge, Cause::Failed, 0))
}

pub(super) fn x_09(edge: &Edge<'_>) -> Verdict {
    let Some((SinkAnswer::Panicked, offered)) = edge.answer() else { return Verdict::Vacuous };
    Verdict::demand(if edge.was().is_live() {
        fails_with(edge, Cause::Panicked, offered)
    } else {
        edge.after.stream.unknown == offered && edge.outcome.taken.is_empty()
    })
}

pub(super) fn x_10(edge: &Edge<'_>) -> Verdict {
    let Some((SinkAnswer::Took(len), offered)) = edge.answer() else { return Verdict::Vacuous };
    Verdict::when(len > offered, || {
        if edge.was().is_live() {
            fails_with(edge, Cause::InvalidData, offered)
        } else {
            edge.after.stream.unknown == offered && edge.outcome.taken.is_empty()
        }
    })
}

/// The stream fails with this cause, no byte of the call counts as taken, and so many have an unknown fate.
fn fails_with(edge: &Edge<'_>, cause: Cause, unknown: usize) -> bool {
    let stream = &edge.after.stream;
    edge.outcome.events == [Event::Error(cause)]
        && stream.phase == Phase::Failed(cause)
        && stream.unknown == unknown
        && edge.outcome.taken.is_empty()
        && stream.queue == edge.before.stream.queue
}

pub(super) fn x_11(edge: &Edge<'_>) -> Verdict {
    let was = edge.was();
    let failure = edge.answer().and_then(|(answer, _)| was.failure(edge.params(), answer));
    Verdict::when(was.phase == Phase::Destroyed && edge.answer().is_some(), || {
        !errs(edge) && edge.after.stream.held_back == failure
    })
}
