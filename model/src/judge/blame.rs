//! Why no guess explains a record, and which clause says so.
//!
//! Every guess has its own reason. The guess that came nearest to the record has the best one, so each reason carries a rank.

mod answers;
mod sink;

use super::Violation;
use super::guess::{Guess, Port};
use super::past::Past;
use crate::contract::{
    Call, Cause, Event, Params, Phase, Sink, SinkAnswer, State, System, Wake, system_actions,
};
use crate::describe::bytes;
use crate::record::{Ev, HandedBack, Op, Record, show_runs};
use std::collections::BTreeSet;

/// At most so many possibilities and states are shown.
const SHOWN_MAX: usize = 4;

/// Why one guess does not explain the record.
struct Reason {
    /// How near it came: 0 for not at all.
    rank: u8,
    clause: &'static str,
    why: String,
}

fn because(rank: u8, clause: &'static str, why: impl Into<String>) -> Reason {
    Reason { rank, clause, why: why.into() }
}

/// What the log says beside the record at hand.
struct Case<'a> {
    params: &'a Params,
    past: &'a Past,
}

/// Names the clause that `record` breaks, given every guess that reaches it.
pub(super) fn violation(
    params: &Params,
    past: &Past,
    at: usize,
    record: &Record,
    reached: &[Guess],
) -> Violation {
    let case = Case { params, past };
    let mut reasons: Vec<(Reason, &Guess)> =
        reached.iter().map(|guess| (case.reason(guess, &record.ev), guess)).collect();
    // A stable sort: among equals the guess that did least comes first.
    reasons.sort_by_key(|(reason, _)| std::cmp::Reverse(reason.rank));
    let mut before: Vec<State> = Vec::new();
    for (_, guess) in &reasons {
        if before.len() < SHOWN_MAX && !before.contains(&guess.state) {
            before.push(guess.state.clone());
        }
    }
    let (clause, why) =
        reasons.into_iter().next().map_or(("O-02", String::new()), |(r, _)| (r.clause, r.why));
    Violation { at, record: record.clone(), clause, why, possible: case.possible(reached), before }
}

impl Case<'_> {
    fn reason(&self, guess: &Guess, ev: &Ev) -> Reason {
        match ev {
            Ev::Emit(Event::Drain) => self.drain(guess),
            Ev::Emit(Event::Finish) => Self::finish(guess),
            Ev::Emit(Event::Error(cause)) => self.error(guess, *cause),
            Ev::Emit(Event::Close) => Self::close(guess),
            Ev::Sink(runs) => self.sink_write(guess, runs),
            Ev::SinkFlush => Self::sink_flush(guess),
            Ev::Return { q, ret } => self.returned(guess, *q, *ret),
            Ev::Recovered(back) => Self::recovered(guess, back),
            Ev::Quiesce => self.quiesce(guess),
            // The judge explains these always.
            Ev::New(_) | Ev::Call { .. } | Ev::SinkReturn(_) => because(0, "O-05", "the sink was not called"),
        }
    }

    fn drain(&self, guess: &Guess) -> Reason {
        let (state, params) = (&guess.state, self.params);
        let (b, low) = (state.buffered(), params.low_water_mark);
        if let Some(first) = guess.untold.first() {
            return skipped(*first, Event::Drain);
        }
        if state.phase != Phase::Open {
            return because(2, "D-06", format!("no drain may come in phase {:?}", state.phase));
        }
        if !state.drain_owed {
            return match self.past.settled {
                Some(true) => because(3, "D-05", "the drain before settled what was owed"),
                _ => because(3, "D-02", "no drain is owed"),
            };
        }
        if b > low {
            return because(4, "D-03", format!("{} buffered, the low-water mark is {low}", bytes(b)));
        }
        let (r, capacity) = (state.refused, params.capacity);
        because(
            5,
            "D-04",
            format!("{} buffered, and the {r} refused do not fit the capacity of {capacity}", bytes(b)),
        )
    }

    fn finish(guess: &Guess) -> Reason {
        let b = guess.state.buffered();
        match guess.state.phase {
            Phase::Open => because(3, "E-02", "the stream was not ended"),
            Phase::Ending if b > 0 => because(4, "E-03", format!("{} not taken yet", bytes(b))),
            Phase::Ending => because(
                5,
                "E-04",
                "no flush of the sink, called after the last byte was taken, has succeeded",
            ),
            Phase::Finished => because(2, "E-02", "finish was emitted before"),
            Phase::Failed(cause) => because(2, "X-02", format!("the stream failed ({cause:?})")),
            Phase::Destroyed => because(2, "X-04", "the stream was destroyed"),
        }
    }

    fn error(&self, guess: &Guess, cause: Cause) -> Reason {
        match guess.state.phase {
            Phase::Failed(other) if guess.untold.contains(&Event::Error(other)) => {
                because(5, clause_of(other), format!("the stream failed with {other:?}, not with {cause:?}"))
            }
            Phase::Failed(_) => because(3, "X-01", "error was emitted before"),
            Phase::Finished => because(3, "X-02", "the stream has finished"),
            Phase::Destroyed => because(3, "X-11", "the stream was destroyed"),
            Phase::Open | Phase::Ending => match self.past.sink_answered {
                Some(SinkAnswer::Interrupted) => because(4, "X-05", "Interrupted fails nothing"),
                Some(SinkAnswer::WouldBlock) => because(4, "X-07", "WouldBlock is retried here"),
                _ => because(4, "X-01", "the sink has not failed"),
            },
        }
    }

    fn close(guess: &Guess) -> Reason {
        if let Some(first) = guess.untold.first() {
            return skipped(*first, Event::Close);
        }
        match guess.state.phase {
            Phase::Open | Phase::Ending => {
                because(3, "E-05", format!("the stream is in phase {:?}", guess.state.phase))
            }
            _ if guess.state.closed => because(2, "E-05", "close was emitted before"),
            _ => because(4, "X-04", "a call of the sink is in progress"),
        }
    }

    fn recovered(guess: &Guess, back: &HandedBack) -> Reason {
        let state = &guess.state;
        if !state.closed {
            return because(1, "E-05", "the stream is not closed");
        }
        let same = guess.hands_back(&HandedBack {
            unknown: state.unknown,
            error: back_error(state),
            ..back.clone()
        });
        if !same {
            return because(2, "O-03", format!("the bytes not taken are {}", show_runs(&state.queue)));
        }
        if state.unknown != back.unknown {
            let clause = if back_error(state) == Some(Cause::InvalidData) { "X-10" } else { "X-09" };
            return because(4, clause, format!("the fate of {} is unknown", bytes(state.unknown)));
        }
        let clause = if state.phase == Phase::Destroyed { "X-11" } else { "W-10" };
        because(3, clause, format!("what went wrong in the sink is {:?}", back_error(state)))
    }

    /// L: what is owed and does not come.
    fn quiesce(&self, guess: &Guess) -> Reason {
        if matches!(guess.port, Port::Begun | Port::Answered(_)) {
            return because(0, "L-01", "the sink has answered");
        }
        if let Some(first) = guess.untold.first() {
            return because(2, told_by(*first), format!("{first:?} happened and nobody was told"));
        }
        if let Some(open) = guess.open.iter().find(|open| matches!(open.op, Op::Call(_))) {
            return because(6, never_returned(&open.op, None), format!("{} never returned", open.op));
        }
        match system_actions(self.params, &guess.state, true).first() {
            Some(System::Drain) => return because(5, "L-02", "a drain is due and was not emitted"),
            Some(System::Offer(len)) => return because(5, "L-01", format!("{} never offered", bytes(*len))),
            Some(System::FlushSink) if guess.state.flush_due() => {
                return because(5, "L-05", "a flush request is due and the sink was not flushed");
            }
            Some(System::FlushSink) => return because(5, "L-03", "the last flush of the sink never came"),
            Some(System::Close) => return because(5, "L-04", "the stream is over and was not closed"),
            None => {}
        }
        let stuck = guess.open.iter().find(|open| match open.op {
            Op::Call(_) => false,
            Op::Await(waiter) => guess.wake_of(waiter).is_some(),
            Op::Closed => guess.state.closed,
        });
        let Some(open) = stuck else { return because(1, "L-01", "nothing is owed") };
        let told = if let Op::Await(waiter) = open.op { guess.wake_of(waiter) } else { None };
        because(6, never_returned(&open.op, told), format!("{} never returned", open.op))
    }

    /// What the guesses would have explained instead.
    fn possible(&self, reached: &[Guess]) -> Vec<String> {
        let mut words = BTreeSet::new();
        for guess in reached {
            words.extend(guess.untold.first().map(|event| format!("emit {event:?}")));
            for open in &guess.open {
                words
                    .extend(open.answer.map(|answer| format!("#{} {}/r {answer:?}", open.q, open.op.name())));
            }
            if guess.port == Port::Begun && guess.state.sink == Sink::Flushing {
                words.insert("sinkflush".to_owned());
            }
            words.extend(system_actions(self.params, &guess.state, true).iter().filter_map(|system| {
                match system {
                    System::Offer(_) => Some(format!("sink {} or less", show_runs(&guess.state.queue))),
                    System::FlushSink => Some("sinkflush".to_owned()),
                    System::Drain | System::Close => None, // Untold in the guess that took the step.
                }
            }));
        }
        words.into_iter().take(2 * SHOWN_MAX).collect()
    }
}

fn skipped(happened: Event, told: Event) -> Reason {
    let clause = match (happened, told) {
        (Event::Close, _) => "E-06",
        (_, Event::Close) => "E-05",
        (_, Event::Drain) => "D-06",
        _ => told_by(happened),
    };
    because(1, clause, format!("{happened:?} happened before {told:?} could, and was not told yet"))
}

/// The clause that is broken when an event happened and is never told.
fn told_by(event: Event) -> &'static str {
    match event {
        Event::Drain => "L-02",
        Event::Finish | Event::Error(_) => "L-03",
        Event::Close => "L-04",
    }
}

fn never_returned(op: &Op, told: Option<Wake>) -> &'static str {
    match op {
        Op::Call(Call::Write { .. }) => "W-01",
        Op::Call(Call::Flush(_)) => "L-05",
        Op::Call(Call::Cancel(_)) => "D-10",
        Op::Call(Call::Cork | Call::Uncork) => "W-14",
        Op::Call(Call::End) => "L-03",
        Op::Call(Call::Destroy) => "X-04",
        Op::Await(_) if told == Some(Wake::Flushed) => "L-05",
        Op::Call(Call::Wait(_)) | Op::Await(_) => "L-06",
        Op::Closed => "L-04",
    }
}

/// The clause that says how a cause comes about.
fn clause_of(cause: Cause) -> &'static str {
    match cause {
        Cause::Failed => "X-08",
        Cause::WriteZero => "X-06",
        Cause::WouldBlock => "X-07",
        Cause::Panicked => "X-09",
        Cause::InvalidData => "X-10",
    }
}

fn back_error(state: &State) -> Option<Cause> {
    match state.phase {
        Phase::Failed(cause) => Some(cause),
        _ => state.held_back,
    }
}

/// A state on one line.
pub(super) fn show_state(state: &State) -> String {
    let mut words = vec![format!("{:?}{}", state.phase, if state.closed { " closed" } else { "" })];
    words.push(format!("b = {} ({})", state.buffered(), show_runs(&state.queue)));
    words.push(format!("sink {:?}", state.sink));
    if state.drain_owed {
        words.push(format!("drain owed, r = {}", state.refused));
    }
    if state.corked > 0 {
        words.push(format!("corked {}", state.corked));
    }
    if !state.flushes.is_empty() || !state.waits.is_empty() {
        words.push(format!("{} flush requests, {} waits", state.flushes.len(), state.waits.len()));
    }
    words.join(", ")
}
