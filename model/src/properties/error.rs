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
    let panicked = edge.action == Action::Sink(SinkAnswer::Panicked);
    Verdict::when(panicked || hands_back_unknown(edge, Cause::Panicked), || {
        leaves_unknown(edge, Cause::Panicked)
    })
}

pub(super) fn x_10(edge: &Edge<'_>) -> Verdict {
    let claims = matches!(edge.answer(), Some((SinkAnswer::Took(len), offered)) if len > offered);
    Verdict::when(claims || hands_back_unknown(edge, Cause::InvalidData), || {
        leaves_unknown(edge, Cause::InvalidData)
    })
}

/// Whether the stream closes that failed, or was destroyed, with such a call.
fn hands_back_unknown(edge: &Edge<'_>, cause: Cause) -> bool {
    let was = edge.was();
    edge.emits(|event| event == Event::Close) && (was.cause() == Some(cause) || was.held_back == Some(cause))
}

/// The bytes of the call, and only they, have an unknown fate; an open or ending stream fails with the cause.
fn leaves_unknown(edge: &Edge<'_>, cause: Cause) -> bool {
    let unknown = edge.after.monitor.unknown;
    if edge.was().is_live() {
        fails_with(edge, cause, unknown)
    } else {
        edge.after.stream.unknown == unknown && edge.outcome.taken.is_empty()
    }
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
    let hands_back = edge.answer().is_some() || edge.emits(|event| event == Event::Close);
    Verdict::when(edge.was().phase == Phase::Destroyed && hands_back, || {
        !errs(edge) && edge.after.stream.held_back == edge.after.monitor.held_back
    })
}
