//! Why the sink may not have been called so.

use super::{Case, Reason, because};
use crate::contract::{Phase, SinkAnswer};
use crate::describe::bytes;
use crate::judge::bytes::{len_of, starts_with};
use crate::judge::guess::{Guess, Port};
use crate::record::show_runs;
use crate::vocabulary::Run;

impl Case<'_> {
    pub(super) fn sink_write(&self, guess: &Guess, runs: &[Run]) -> Reason {
        if let Some(reason) = over_or_busy(guess) {
            return reason;
        }
        let state = &guess.state;
        let offered = len_of(runs);
        if offered == 0 {
            return because(4, "O-04", "a write of the sink must offer at least one byte");
        }
        if starts_with(&state.queue, runs) {
            return if state.flush_due() {
                because(6, "E-09", "a flush request is due")
            } else {
                because(
                    6,
                    "W-13",
                    "the stream is corked, and neither an owed drain nor a flush request needs bytes",
                )
            };
        }
        if self.repeats_a_short_write(runs) {
            return because(5, "O-04", "the write before took some of these bytes");
        }
        if starts_with(runs, &state.queue) && !state.queue.is_empty() {
            return because(4, "O-04", format!("only {} buffered", bytes(state.buffered())));
        }
        because(3, "O-01", format!("the next bytes are {}", show_runs(&state.queue)))
    }

    pub(super) fn sink_flush(guess: &Guess) -> Reason {
        if let Some(reason) = over_or_busy(guess) {
            return reason;
        }
        let b = guess.state.buffered();
        if !guess.state.flushes.is_empty() {
            return because(4, "E-07", "bytes accepted before the flush request are not taken yet");
        }
        match guess.state.phase {
            Phase::Ending => because(4, "E-04", format!("{b} bytes are not taken yet")),
            _ => because(3, "E-07", "no flush was asked for, and the stream is not ending"),
        }
    }

    /// Whether the offer begins where the one before began, although that took something.
    fn repeats_a_short_write(&self, runs: &[Run]) -> bool {
        let took = matches!(self.past.sink_answered, Some(SinkAnswer::Took(len)) if len > 0);
        let before = self.past.offered.as_ref();
        let start = |run: &Run| (run.producer, run.seq, run.from);
        took && before.is_some() && before.map(start) == runs.first().map(start)
    }
}

fn over_or_busy(guess: &Guess) -> Option<Reason> {
    let phase = guess.state.phase;
    match phase {
        _ if matches!(guess.port, Port::Answered(_)) => Some(because(0, "O-05", "the sink has answered")),
        _ if guess.state.closed => Some(because(1, "E-06", "the stream is closed")),
        Phase::Failed(_) | Phase::Destroyed => {
            Some(because(2, "X-03", format!("the stream is in phase {phase:?}")))
        }
        Phase::Finished => Some(because(1, "E-04", "the stream has finished")),
        Phase::Open | Phase::Ending if guess.port == Port::Called => {
            Some(because(7, "O-05", "a call of the sink is in progress"))
        }
        Phase::Open | Phase::Ending => None,
    }
}
