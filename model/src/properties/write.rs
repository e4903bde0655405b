//! W: write, cork.

use super::{Edge, Verdict, accepted};
use crate::contract::{Action, Answer, Call, Phase, System};

pub(super) fn w_01(edge: &Edge<'_>) -> Verdict {
    let Some((len, answer)) = edge.write() else { return Verdict::Vacuous };
    let taken_in = if accepted(answer) { len } else { 0 };
    Verdict::demand(edge.after.stream.buffered() == edge.before.stream.buffered() + taken_in)
}

pub(super) fn w_02(edge: &Edge<'_>) -> Verdict {
    let Some((len, answer)) = edge.open_write() else { return Verdict::Vacuous };
    Verdict::demand(accepted(answer) == (edge.was().buffered() + len <= edge.params().capacity))
}

pub(super) fn w_03(edge: &Edge<'_>) -> Verdict {
    let Some((len, answer)) = edge.write().filter(|(_, answer)| accepted(*answer)) else {
        return Verdict::Vacuous;
    };
    let may_go_on = !edge.was().owed && edge.was().buffered() + len < edge.params().high_water_mark;
    Verdict::demand((answer == Answer::Continue) == may_go_on)
}

pub(super) fn w_04(edge: &Edge<'_>) -> Verdict {
    let Some((_, answer)) = edge.write() else { return Verdict::Vacuous };
    Verdict::when(edge.was().owed, || answer != Answer::Continue)
}

pub(super) fn w_05(edge: &Edge<'_>) -> Verdict {
    let Some((len, answer)) = edge.open_write() else { return Verdict::Vacuous };
    Verdict::when(len > edge.params().capacity, || {
        answer == Answer::TooLarge && edge.after.stream.drain_owed == edge.before.stream.drain_owed
    })
}

pub(super) fn w_06(edge: &Edge<'_>) -> Verdict {
    let Some((len, answer)) = edge.open_write() else { return Verdict::Vacuous };
    let capacity = edge.params().capacity;
    Verdict::when(len <= capacity && edge.was().buffered() + len > capacity, || answer == Answer::Full)
}

pub(super) fn w_07(edge: &Edge<'_>) -> Verdict {
    let Some((len, answer)) = edge.open_write() else { return Verdict::Vacuous };
    Verdict::when(len == 0, || accepted(answer) && edge.changes_nothing())
}

pub(super) fn w_08(edge: &Edge<'_>) -> Verdict {
    refused(edge, matches!(edge.was().phase, Phase::Ending | Phase::Finished), Answer::AfterEnd)
}

pub(super) fn w_09(edge: &Edge<'_>) -> Verdict {
    refused(edge, edge.was().phase == Phase::Destroyed, Answer::Destroyed)
}

pub(super) fn w_10(edge: &Edge<'_>) -> Verdict {
    match edge.was().cause() {
        Some(cause) => refused(edge, true, Answer::Errored(cause)),
        None => Verdict::Vacuous,
    }
}

fn refused(edge: &Edge<'_>, premise: bool, wanted: Answer) -> Verdict {
    let Some((_, answer)) = edge.write() else { return Verdict::Vacuous };
    Verdict::when(premise, || answer == wanted && edge.changes_nothing())
}

pub(super) fn w_11(edge: &Edge<'_>) -> Verdict {
    Verdict::when(grows(edge), || edge.after.monitor.buffered() <= edge.params().capacity)
}

pub(super) fn w_12(edge: &Edge<'_>) -> Verdict {
    let config = &edge.world.config;
    Verdict::when(grows(edge) && config.all_polite(), || {
        let slack = config.producers.len() * config.longest_chunk();
        edge.after.monitor.buffered() <= edge.params().high_water_mark - 1 + slack
    })
}

fn grows(edge: &Edge<'_>) -> bool {
    edge.after.monitor.buffered() > edge.was().buffered()
}

pub(super) fn w_13(edge: &Edge<'_>) -> Verdict {
    let was = edge.was();
    let offers = matches!(edge.action, Action::System(System::Offer(_)));
    Verdict::when(offers && was.corked > 0 && was.phase == Phase::Open, || {
        (was.owed && !was.drain_due(edge.params())) || !was.flushes.is_empty()
    })
}

pub(super) fn w_14(edge: &Edge<'_>) -> Verdict {
    let touches = edge.is_call(Call::Cork) || edge.is_call(Call::Uncork) || edge.is_call(Call::End);
    Verdict::when(touches, || {
        let idle_uncork = edge.is_call(Call::Uncork) && edge.was().corked == 0;
        edge.after.stream.corked == edge.after.monitor.corked && (!idle_uncork || edge.changes_nothing())
    })
}
