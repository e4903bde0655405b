//! E: end, finish, close, flush.

use super::{Edge, Verdict};
use crate::contract::{Action, Answer, Call, Event, Phase, Sink, SinkAnswer, System, Wake};

fn finishes(edge: &Edge<'_>) -> bool {
    edge.emits(|event| event == Event::Finish)
}

fn closes(edge: &Edge<'_>) -> bool {
    edge.emits(|event| event == Event::Close)
}

/// Whether the sink's flush has just succeeded.
fn flush_succeeds(edge: &Edge<'_>) -> bool {
    edge.action == Action::Sink(SinkAnswer::Flushed) && edge.was().call == Sink::Flushing
}

pub(super) fn e_01(edge: &Edge<'_>) -> Verdict {
    Verdict::when(edge.is_call(Call::End) && edge.was().phase != Phase::Open, || edge.changes_nothing())
}

pub(super) fn e_02(edge: &Edge<'_>) -> Verdict {
    Verdict::when(finishes(edge), || {
        let finishes = edge.outcome.events.iter().filter(|event| **event == Event::Finish).count();
        finishes == 1 && edge.was().phase == Phase::Ending
    })
}

pub(super) fn e_03(edge: &Edge<'_>) -> Verdict {
    Verdict::when(finishes(edge), || edge.after.monitor.pending.is_empty())
}

/// Nothing is taken while the sink flushes (O-05), so that the bytes taken before the flush was called are those taken before it succeeds.
pub(super) fn e_04(edge: &Edge<'_>) -> Verdict {
    Verdict::when(finishes(edge), || flush_succeeds(edge) && edge.outcome.taken.is_empty())
}

pub(super) fn e_05(edge: &Edge<'_>) -> Verdict {
    Verdict::when(closes(edge), || {
        let closes = edge.outcome.events.iter().filter(|event| **event == Event::Close).count();
        closes == 1 && !edge.was().closed && !edge.after.monitor.is_live()
    })
}

pub(super) fn e_06(edge: &Edge<'_>) -> Verdict {
    Verdict::when(edge.was().closed || closes(edge), || {
        let last = edge.outcome.events.last().is_none_or(|event| *event == Event::Close);
        let quiet = !edge.was().closed || edge.outcome.events.is_empty();
        last && quiet && !edge.begins_sink_call() && edge.after.monitor.call == Sink::Idle
    })
}

pub(super) fn e_07(edge: &Edge<'_>) -> Verdict {
    if edge.outcome.answer == Some(Answer::Ready(Wake::Flushed)) {
        return Verdict::demand(edge.was().phase == Phase::Finished);
    }
    let mut told = edge.outcome.wakes.iter().filter(|(_, wake)| *wake == Wake::Flushed).peekable();
    Verdict::when(told.peek().is_some(), || {
        flush_succeeds(edge) && told.all(|(waiter, _)| edge.was().flushes.contains(&(*waiter, 0)))
    })
}

pub(super) fn e_08(edge: &Edge<'_>) -> Verdict {
    let (was, is) = (edge.was(), &edge.after.monitor);
    let reason = match is.phase {
        Phase::Failed(cause) => Some(Wake::Errored(cause)),
        Phase::Destroyed => Some(Wake::Destroyed),
        _ => None,
    };
    if let (Action::Call(Call::Flush(_)), Some(Answer::Ready(told))) = (edge.action, edge.outcome.answer) {
        return Verdict::when(told != Wake::Flushed, || reason == Some(told));
    }
    let pending = |waiter| was.flushes.iter().any(|(w, _)| *w == waiter);
    let told: Vec<_> =
        edge.outcome.wakes.iter().filter(|(w, wake)| pending(*w) && *wake != Wake::Flushed).collect();
    let must_tell = was.is_live() && reason.is_some() && !was.flushes.is_empty();
    Verdict::when(must_tell || !told.is_empty(), || {
        must_tell
            && told.len() == was.flushes.len()
            && told.iter().all(|(_, wake)| Some(*wake) == reason)
            && edge.after.stream.flushes.is_empty()
    })
}

pub(super) fn e_09(edge: &Edge<'_>) -> Verdict {
    Verdict::when(edge.was().flush_due() && edge.begins_sink_call(), || {
        edge.action == Action::System(System::FlushSink)
    })
}

pub(super) fn e_10(edge: &Edge<'_>) -> Verdict {
    let is = &edge.after.monitor;
    let waits_for_the_writer = is.phase == Phase::Open && is.call == Sink::Idle && !is.flushes.is_empty();
    Verdict::when(waits_for_the_writer && is.corked > 0, || {
        let actions = edge.world.system_actions(&edge.after.stream);
        actions.iter().any(|action| matches!(action, System::Offer(_) | System::FlushSink))
    })
}
