//! D: drain and waits.

use super::{Edge, Verdict};
use crate::contract::{Action, Answer, Call, Event, Phase, Wake};

fn drains(edge: &Edge<'_>) -> bool {
    edge.emits(|event| event == Event::Drain)
}

pub(super) fn d_01(edge: &Edge<'_>) -> Verdict {
    let (before, after) = (edge.before.stream.drain_owed, edge.after.stream.drain_owed);
    let promised = matches!(edge.write(), Some((_, Answer::Pause | Answer::Full)));
    Verdict::when(promised || (after && !before), || promised && after)
}

pub(super) fn d_02(edge: &Edge<'_>) -> Verdict {
    Verdict::when(drains(edge), || edge.was().owed)
}

pub(super) fn d_03(edge: &Edge<'_>) -> Verdict {
    Verdict::when(drains(edge), || edge.was().buffered() <= edge.params().low_water_mark)
}

pub(super) fn d_04(edge: &Edge<'_>) -> Verdict {
    let was = edge.was();
    Verdict::when(drains(edge) && was.refused > 0, || was.buffered() + was.refused <= edge.params().capacity)
}

pub(super) fn d_05(edge: &Edge<'_>) -> Verdict {
    Verdict::when(drains(edge), || {
        let drains = edge.outcome.events.iter().filter(|event| **event == Event::Drain).count();
        let stream = &edge.after.stream;
        drains == 1 && !stream.drain_owed && stream.refused == 0
    })
}

pub(super) fn d_06(edge: &Edge<'_>) -> Verdict {
    Verdict::when(edge.was().phase != Phase::Open, || !drains(edge))
}

pub(super) fn d_07(edge: &Edge<'_>) -> Verdict {
    Verdict::when(drains(edge) && !edge.was().waits.is_empty(), || woken_alike(edge, Wake::Drained))
}

pub(super) fn d_08(edge: &Edge<'_>) -> Verdict {
    let Action::Call(Call::Wait(waiter)) = edge.action else { return Verdict::Vacuous };
    let was = edge.was();
    Verdict::when(!was.owed || was.phase != Phase::Open, || {
        edge.outcome.answer == Some(Answer::Ready(was.wait_answer()))
            && !edge.after.stream.waits.contains(&waiter)
    })
}

pub(super) fn d_09(edge: &Edge<'_>) -> Verdict {
    let was = edge.was();
    let leaves_open = was.phase == Phase::Open && edge.after.monitor.phase != Phase::Open;
    let woken = edge.outcome.wakes.iter().any(|(waiter, _)| was.waits.contains(*waiter));
    let due = leaves_open && !was.waits.is_empty();
    Verdict::when(due || (woken && !drains(edge)), || {
        due && woken_alike(edge, edge.after.monitor.wait_answer())
    })
}

/// Whether every registered wait is woken once, with this.
fn woken_alike(edge: &Edge<'_>, wanted: Wake) -> bool {
    let waits = edge.was().waits;
    let woken: Vec<_> = edge.outcome.wakes.iter().filter(|(waiter, _)| waits.contains(*waiter)).collect();
    woken.len() == waits.len()
        && woken.iter().all(|(_, wake)| *wake == wanted)
        && edge.after.stream.waits.is_empty()
}

pub(super) fn d_10(edge: &Edge<'_>) -> Verdict {
    if let Action::Call(Call::Cancel(waiter)) = edge.action {
        let mut wanted = edge.before.stream.clone();
        wanted.waits.retain(|w| *w != waiter);
        wanted.flushes.retain(|flush| flush.waiter != waiter);
        return Verdict::demand(edge.is_silent() && edge.after.stream == wanted);
    }
    let was = edge.was();
    let registered = |waiter| was.waits.contains(waiter) || was.flushes.iter().any(|(w, _)| *w == waiter);
    Verdict::when(!edge.outcome.wakes.is_empty(), || {
        edge.outcome.wakes.iter().all(|(waiter, _)| registered(*waiter))
    })
}
