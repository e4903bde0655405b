//! The kinds of step, and in which phases each is possible: a search that never took a possible one proved less than it seems.

use crate::contract::{Action, Answer, Call, Outcome, Phase, Sink, SinkAnswer, System};

/// Names of the phases, in order.
pub const PHASES: [&str; 5] = ["open", "ending", "finished", "failed", "destroyed"];

/// Names of the kinds of step, in order.
pub const KINDS: [&str; 27] = [
    "write Continue",
    "write Pause",
    "write Full",
    "write TooLarge",
    "write AfterEnd",
    "write Destroyed",
    "write Errored",
    "wait registered",
    "wait answered",
    "flush registered",
    "flush answered",
    "cancel",
    "cork",
    "uncork",
    "end",
    "destroy",
    "offer",
    "flush the sink",
    "drain",
    "close",
    "took all",
    "took part",
    "took 0",
    "took too much",
    "flushed",
    "interrupted or would block",
    "failed or panicked",
];

/// How many (kind, phase) pairs there are.
pub const CELLS: usize = KINDS.len() * PHASES.len();

/// The number of a phase in [`PHASES`].
#[must_use]
pub fn phase_index(phase: Phase) -> usize {
    match phase {
        Phase::Open => 0,
        Phase::Ending => 1,
        Phase::Finished => 2,
        Phase::Failed(_) => 3,
        Phase::Destroyed => 4,
    }
}

/// The number of a step's kind in [`KINDS`].
#[must_use]
pub fn kind_index(sink: Sink, action: Action, outcome: &Outcome) -> usize {
    match action {
        Action::Call(call) => call_index(call, outcome.answer),
        Action::System(System::Offer(_)) => 16,
        Action::System(System::FlushSink) => 17,
        Action::System(System::Drain) => 18,
        Action::System(System::Close) => 19,
        Action::Sink(answer) => match (answer, sink) {
            (SinkAnswer::Took(0), _) => 22,
            (SinkAnswer::Took(len), Sink::Writing(offered)) if len > offered => 23,
            (SinkAnswer::Took(len), Sink::Writing(offered)) if len < offered => 21,
            (SinkAnswer::Took(_), _) => 20,
            (SinkAnswer::Flushed, _) => 24,
            (SinkAnswer::Interrupted | SinkAnswer::WouldBlock, _) => 25,
            (SinkAnswer::Failed | SinkAnswer::Panicked, _) => 26,
        },
    }
}

fn call_index(call: Call, answer: Option<Answer>) -> usize {
    let registered = answer == Some(Answer::Registered);
    match call {
        Call::Write { .. } => match answer {
            Some(Answer::Pause) => 1,
            Some(Answer::Full) => 2,
            Some(Answer::TooLarge) => 3,
            Some(Answer::AfterEnd) => 4,
            Some(Answer::Destroyed) => 5,
            Some(Answer::Errored(_)) => 6,
            _ => 0,
        },
        Call::Wait(_) => 7 + usize::from(!registered),
        Call::Flush(_) => 9 + usize::from(!registered),
        Call::Cancel(_) => 11,
        Call::Cork => 12,
        Call::Uncork => 13,
        Call::End => 14,
        Call::Destroy => 15,
    }
}

/// The counter of a (kind, phase) pair.
#[must_use]
pub fn cell(kind: usize, phase: usize) -> usize {
    kind * PHASES.len() + phase
}

/// Whether the contract allows a step of this kind in this phase, by their names' numbers.
#[must_use]
pub fn is_possible(kind: usize, phase: usize) -> bool {
    const OPEN: usize = 0;
    const ENDING: usize = 1;
    const FINISHED: usize = 2;
    const FAILED: usize = 3;
    const DESTROYED: usize = 4;
    match kind {
        0..=3 | 7 | 18 => phase == OPEN,
        4 => phase == ENDING || phase == FINISHED,
        5 => phase == DESTROYED,
        6 => phase == FAILED,
        9 | 16 | 17 => phase == OPEN || phase == ENDING,
        10 | 19 => phase == FINISHED || phase == FAILED || phase == DESTROYED,
        11 => phase == OPEN || phase == ENDING,
        20..=26 => phase == OPEN || phase == ENDING || phase == DESTROYED,
        _ => true,
    }
}
