//! O: order and conservation.

use super::{Edge, Verdict};
use crate::contract::{Action, Event, Run, Sink, System};

/// The same bytes, one run each.
fn bytes(runs: &[Run]) -> impl Iterator<Item = (usize, usize, usize)> {
    runs.iter().flat_map(|run| (run.from..run.from + run.len).map(|at| (run.producer, run.seq, at)))
}

pub(super) fn o_01(edge: &Edge<'_>) -> Verdict {
    let noted = &edge.outcome.taken;
    let took = edge.answer().map_or(0, |(answer, _)| edge.was().taken_by(answer));
    Verdict::when(took > 0 || !noted.is_empty(), || bytes(noted).eq(bytes(&edge.was().pending).take(took)))
}

pub(super) fn o_02(edge: &Edge<'_>) -> Verdict {
    let (stream, pending) = (&edge.after.stream.queue, &edge.after.monitor.pending);
    let moved = edge.was().pending != *pending;
    Verdict::when(moved || stream != pending, || bytes(stream).eq(bytes(pending)))
}

pub(super) fn o_03(edge: &Edge<'_>) -> Verdict {
    Verdict::when(edge.emits(|event| event == Event::Close), || {
        bytes(&edge.after.stream.queue).eq(bytes(&edge.after.monitor.pending))
    })
}

pub(super) fn o_04(edge: &Edge<'_>) -> Verdict {
    let Action::System(System::Offer(len)) = edge.action else { return Verdict::Vacuous };
    let pending = &edge.was().pending;
    Verdict::demand(
        len > 0
            && edge.after.stream.sink == Sink::Writing(len)
            && len <= edge.was().buffered()
            && bytes(&edge.after.stream.queue).take(len).eq(bytes(pending).take(len)),
    )
}

pub(super) fn o_05(edge: &Edge<'_>) -> Verdict {
    Verdict::when(edge.begins_sink_call(), || edge.was().call == Sink::Idle)
}
