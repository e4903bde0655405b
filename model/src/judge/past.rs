//! What the judge remembers of the records behind it, to say what is wrong with the one at hand.

use crate::contract::{Answer, Call, Event, SinkAnswer, Waiter};
use crate::record::{Ev, Op, Ret};
use crate::vocabulary::Run;
use std::collections::HashSet;

/// See the top of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// Whether the last drain came after the last answer that made one owed; none if there was neither.
    pub(super) settled: Option<bool>,
    /// The last answer of the sink.
    pub(super) sink_answered: Option<SinkAnswer>,
    /// The first bytes of the last write of the sink.
    pub(super) offered: Option<Run>,
    /// The flush requests still held, among what can be waited for.
    pub(super) flushes: HashSet<Waiter>,
    /// The calls of [`Op::Await`] that have not returned.
    awaits: Vec<(u64, Waiter)>,
}

impl Past {
    pub(super) fn note(&mut self, ev: &Ev) {
        match ev {
            Ev::Emit(Event::Drain) => self.settled = Some(true),
            Ev::Return { ret: Ret::Wrote(Answer::Pause | Answer::Full), .. } => self.settled = Some(false),
            Ev::SinkReturn(answer) => self.sink_answered = Some(*answer),
            Ev::Sink(runs) => self.offered = runs.first().copied(),
            Ev::Call { op: Op::Call(Call::Flush(waiter)), .. } => {
                self.flushes.insert(*waiter);
            }
            Ev::Call { op: Op::Call(Call::Cancel(waiter)), .. } => {
                self.flushes.remove(waiter);
            }
            Ev::Call { q, op: Op::Await(waiter) } => self.awaits.push((*q, *waiter)),
            Ev::Return { q, ret } => self.returned(*q, *ret),
            _ => {}
        }
    }

    fn returned(&mut self, q: u64, ret: Ret) {
        let Some(index) = self.awaits.iter().position(|(other, _)| *other == q) else { return };
        let (_, waiter) = self.awaits.swap_remove(index);
        if matches!(ret, Ret::Woken(_)) {
            self.flushes.remove(&waiter);
        }
    }
}
