//! A run as a mermaid sequence diagram: producers, owner, writer, drain thread, sink.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::contract::{Action, Answer, Call, Outcome, Sink, SinkAnswer, State, System, Waiter};
use crate::describe;

/// One step of the run to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Charted<'a> {
    /// The state before the step.
    pub before: &'a State,
    /// The step.
    pub action: Action,
    /// What came of it.
    pub outcome: &'a Outcome,
}

/// Draws a run, whose last `repeated` steps go on for ever. `producer_of` says who made a wait or flush request; `None` is the owner.
#[must_use]
pub fn sequence(
    steps: &[Charted<'_>],
    repeated: usize,
    producer_of: impl Fn(Waiter) -> Option<usize>,
    verdict: Option<&str>,
) -> String {
    let lanes: BTreeSet<Lane> = steps.iter().filter_map(|step| caller(step.action, &producer_of)).collect();
    let mut out = String::from("sequenceDiagram\n");
    for lane in &lanes {
        let _ = writeln!(out, "    participant {} as {}", lane.id(), lane.name());
    }
    out.push_str(
        "    participant W as writer\n    participant D as drain thread\n    participant S as sink\n",
    );
    for (index, step) in steps.iter().enumerate() {
        if repeated > 0 && index + repeated == steps.len() {
            out.push_str("    loop for ever\n");
        }
        if let Some(lane) = caller(step.action, &producer_of) {
            call(&mut out, lane, step);
        } else {
            unasked(&mut out, step);
        }
        told(&mut out, step.outcome, &producer_of);
        if step.outcome.state.buffered() != step.before.buffered()
            || step.outcome.state.drain_owed != step.before.drain_owed
        {
            let owed = if step.outcome.state.drain_owed { ", drain owed" } else { "" };
            let _ = writeln!(out, "    Note right of W: b = {}{owed}", step.outcome.state.buffered());
        }
    }
    if repeated > 0 {
        out.push_str("    end\n");
    }
    if let Some(verdict) = verdict {
        let _ = writeln!(out, "    Note over W,S: {}", safe(verdict));
    }
    out
}

/// Who makes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Producer(usize),
    Owner,
}

impl Lane {
    fn id(self) -> String {
        match self {
            Self::Producer(number) => format!("P{number}"),
            Self::Owner => "O".to_owned(),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Producer(number) => format!("producer {number}"),
            Self::Owner => "owner".to_owned(),
        }
    }
}

fn caller(action: Action, producer_of: &impl Fn(Waiter) -> Option<usize>) -> Option<Lane> {
    let Action::Call(call) = action else { return None };
    Some(match call {
        Call::Write { producer, .. } => Lane::Producer(producer),
        Call::Wait(waiter) | Call::Flush(waiter) | Call::Cancel(waiter) => lane_of(waiter, producer_of),
        Call::Cork | Call::Uncork | Call::End | Call::Destroy => Lane::Owner,
    })
}

fn lane_of(waiter: Waiter, producer_of: &impl Fn(Waiter) -> Option<usize>) -> Lane {
    producer_of(waiter).map_or(Lane::Owner, Lane::Producer)
}

fn call(out: &mut String, lane: Lane, step: &Charted<'_>) {
    let Action::Call(call) = step.action else { return };
    let says = match call {
        Call::Write { seq, len, .. } => format!("write chunk {seq}, {len} {}", bytes(len)),
        Call::Wait(_) => "wait for the drain".to_owned(),
        Call::Flush(_) => "flush".to_owned(),
        Call::Cancel(_) => "give up waiting".to_owned(),
        Call::Cork => "cork".to_owned(),
        Call::Uncork => "uncork".to_owned(),
        Call::End => "end".to_owned(),
        Call::Destroy => "destroy".to_owned(),
    };
    let id = lane.id();
    let _ = writeln!(out, "    {id}->>W: {says}");
    if let Some(answer) = step.outcome.answer.filter(|is| !matches!(is, Answer::Done | Answer::Registered)) {
        let _ = writeln!(out, "    W-->>{id}: {}", describe::answer(answer));
    }
}

/// What the drain thread and the sink do without being called.
fn unasked(out: &mut String, step: &Charted<'_>) {
    let line = match step.action {
        Action::Call(_) | Action::System(System::Drain) => return,
        Action::System(System::Offer(len)) => format!("D->>S: write {len} {}", bytes(len)),
        Action::System(System::FlushSink) => "D->>S: flush".to_owned(),
        Action::System(System::Close) => "D->>S: let go".to_owned(),
        Action::Sink(answer) => format!("S-->>D: {}", answer_words(answer, step.before.sink)),
    };
    let _ = writeln!(out, "    {line}");
}

fn told(out: &mut String, outcome: &Outcome, producer_of: &impl Fn(Waiter) -> Option<usize>) {
    for event in &outcome.events {
        let _ = writeln!(out, "    Note over W,D: event {}", describe::event(*event));
    }
    for (waiter, wake) in &outcome.wakes {
        let lane = lane_of(*waiter, producer_of);
        let _ = writeln!(out, "    D-){}: wakes, told {}", lane.id(), describe::wake(*wake));
    }
}

fn answer_words(answer: SinkAnswer, sink: Sink) -> String {
    match (answer, sink) {
        (SinkAnswer::Took(len), Sink::Writing(offered)) => format!("took {len} of {offered}"),
        (SinkAnswer::Took(len), _) => format!("took {len}"),
        (SinkAnswer::Flushed, _) => "flushed".to_owned(),
        (SinkAnswer::Interrupted, _) => "Interrupted".to_owned(),
        (SinkAnswer::WouldBlock, _) => "WouldBlock".to_owned(),
        (SinkAnswer::Failed, _) => "an error".to_owned(),
        (SinkAnswer::Panicked, _) => "a panic".to_owned(),
    }
}

fn bytes(len: usize) -> &'static str {
    if len == 1 { "byte" } else { "bytes" }
}

/// Mermaid ends a statement at `;` and reads `#` as the start of a character's name.
fn safe(text: &str) -> String {
    text.replace(';', ",").replace('#', "no. ").replace('\n', " ")
}
