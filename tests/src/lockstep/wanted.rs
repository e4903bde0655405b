//! What must be seen of the writer, going by the contract.

use crate::chunks::bytes_of;
use crate::native;
use highwater::{SinkCall, SinkError, Stats};
use highwater_model::contract::{
    Action, Answer, Call, Cause, Event, Outcome, Phase, Sink, SinkAnswer, State, System,
};

/// What must have been seen by now.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) events: Vec<Event>,
    pub(super) taken: Vec<u8>,
    pub(super) stats: Stats,
    /// Whether a drain was ever owed.
    pub(super) has_paused: bool,
    /// Why, and in which of its calls, the sink failed.
    failure: Option<(Cause, SinkCall)>,
}

impl Wanted {
    /// Adds what must be seen of a step that was taken in the state `before`.
    pub(super) fn note(&mut self, before: &State, action: Action, out: &Outcome) {
        self.events.extend(&out.events);
        self.taken.extend(out.taken.iter().flat_map(|run| bytes_of(*run)));
        let call = if before.sink == Sink::Flushing { SinkCall::Flush } else { SinkCall::Write };
        if let (Phase::Failed(cause), _) | (_, Some(cause)) = (out.state.phase, out.state.held_back) {
            self.failure.get_or_insert((cause, call));
        }
        self.count(action, out);
    }

    fn count(&mut self, action: Action, out: &Outcome) {
        let stats = &mut self.stats;
        if let Action::Call(Call::Write { len, .. }) = action {
            let accepted = matches!(out.answer, Some(Answer::Continue | Answer::Pause));
            stats.accepted += if accepted { len as u64 } else { 0 };
            stats.pauses += u64::from(out.answer == Some(Answer::Pause));
            stats.refusals += u64::from(out.answer == Some(Answer::Full));
        }
        stats.sink_writes += u64::from(matches!(action, Action::System(System::Offer(_))));
        stats.sink_flushes += u64::from(action == Action::System(System::FlushSink));
        let would_block = action == Action::Sink(SinkAnswer::WouldBlock) && self.failure.is_none();
        stats.sink_retries += u64::from(would_block || action == Action::Sink(SinkAnswer::Interrupted));
        stats.drains += u64::from(out.events.contains(&Event::Drain));
        self.has_paused |= out.state.drain_owed;
        stats.taken = self.taken.len() as u64;
        stats.buffered = out.state.buffered();
        stats.buffered_max = stats.buffered_max.max(stats.buffered);
    }

    /// What must be handed back of a closed stream.
    pub(super) fn lost(&self, state: &State) -> Lost {
        Lost {
            bytes: state.queue.iter().flat_map(|run| bytes_of(*run)).collect(),
            unknown: state.unknown,
            error: self.failure,
        }
    }
}

/// What is handed back beside the sink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    bytes: Vec<u8>,
    unknown: usize,
    error: Option<(Cause, SinkCall)>,
}

impl Lost {
    pub(super) fn new(unwritten: &highwater::Unwritten, error: Option<&SinkError>) -> Self {
        Self {
            bytes: unwritten.bytes().to_vec(),
            unknown: unwritten.unknown(),
            error: error.map(|error| (native::cause(error), error.call())),
        }
    }
}

/// That what was seen is what was wanted.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, wanted: &T) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("{what}: got {got:?}, the contract says {wanted:?}")) }
}
