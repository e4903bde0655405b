//! Steps and states as lines that a person can read.

use crate::config::Config;
use crate::contract::{Action, Answer, Call, Cause, Event, Phase, Sink, SinkAnswer, System, Waiter, Wake};
use crate::world::{Standing, Taken, World, WorldState};

/// What is done, before anything comes of it.
#[must_use]
pub fn action(config: &Config, action: Action) -> String {
    match action {
        Action::Call(call) => call_line(config, call),
        Action::System(system) => match system {
            System::Offer(len) => format!("the writer offers the sink {}", bytes(len)),
            System::FlushSink => "the writer flushes the sink".to_owned(),
            System::Drain => "the writer emits the owed drain".to_owned(),
            System::Close => "the writer lets go of the sink".to_owned(),
        },
        Action::Sink(answer) => match answer {
            SinkAnswer::Took(len) => format!("the sink takes {}", bytes(len)),
            SinkAnswer::Flushed => "the sink's flush succeeds".to_owned(),
            SinkAnswer::Interrupted => "the sink is interrupted".to_owned(),
            SinkAnswer::WouldBlock => "the sink would block".to_owned(),
            SinkAnswer::Failed => "the sink fails".to_owned(),
            SinkAnswer::Panicked => "the sink panics".to_owned(),
        },
    }
}

fn call_line(config: &Config, call: Call) -> String {
    match call {
        Call::Write { producer, seq, len } => {
            format!("producer {producer} writes chunk {seq} ({})", bytes(len))
        }
        Call::Wait(waiter) => format!("{} asks to be woken by the next drain", who(config, waiter)),
        Call::Flush(waiter) => format!("the owner makes {}", who(config, waiter)),
        Call::Cancel(waiter) if waiter < config.producers.len() => {
            format!("{} gives up its wait", who(config, waiter))
        }
        Call::Cancel(waiter) => format!("the owner gives up {}", who(config, waiter)),
        Call::Cork => "the owner corks".to_owned(),
        Call::Uncork => "the owner uncorks".to_owned(),
        Call::End => "the owner ends the stream".to_owned(),
        Call::Destroy => "the owner destroys the stream".to_owned(),
    }
}

/// Who waits: a producer, or a flush request of the owner.
#[must_use]
pub fn who(config: &Config, waiter: Waiter) -> String {
    match waiter.checked_sub(config.producers.len()) {
        None => format!("producer {waiter}"),
        Some(request) => format!("flush request {request}"),
    }
}

/// What is done and all that comes of it, in one line.
#[must_use]
pub fn step(world: &World, before: &WorldState, done: Action, taken: &Taken) -> String {
    let config = &world.config;
    let mut line = action(config, done);
    if let Some(told) = taken.outcome.answer.filter(|told| *told != Answer::Done) {
        line = line + " -> " + &answer(told);
    }
    let events = taken.outcome.events.iter().map(|event| self::event(*event));
    let wakes = taken
        .outcome
        .wakes
        .iter()
        .map(|(waiter, wake)| format!("{} is told {}", who(config, *waiter), self::wake(*wake)));
    std::iter::once(line)
        .chain(events)
        .chain(wakes)
        .chain(changes(before, &taken.after))
        .collect::<Vec<_>>()
        .join("; ")
}

/// The figures of the promises that this step changed.
fn changes(before: &WorldState, after: &WorldState) -> Option<String> {
    let (was, is) = (&before.monitor, &after.monitor);
    let mut notes = Vec::new();
    if was.buffered() != is.buffered() {
        notes.push(format!("b = {}", is.buffered()));
    }
    if was.owed != is.owed {
        notes.push(if is.owed { "a drain is owed" } else { "no drain is owed" }.to_owned());
    }
    if was.refused != is.refused && is.refused > 0 {
        notes.push(format!("r = {}", is.refused));
    }
    if was.corked != is.corked {
        notes.push(format!("{} corks", is.corked));
    }
    (!notes.is_empty()).then(|| notes.join(", "))
}

/// Where the world stands, in one line.
#[must_use]
pub fn state(config: &Config, state: &WorldState) -> String {
    let is = &state.monitor;
    let mut parts = vec![phase(is.phase, is.closed), format!("b = {}", is.buffered())];
    if is.owed {
        parts.push("drain owed".to_owned());
    }
    if is.refused > 0 {
        parts.push(format!("r = {}", is.refused));
    }
    if is.corked > 0 {
        parts.push(format!("corked {} deep", is.corked));
    }
    match is.call {
        Sink::Idle => {}
        Sink::Writing(len) => parts.push(format!("sink writing {}", bytes(len))),
        Sink::Flushing => parts.push("sink flushing".to_owned()),
    }
    for (waiter, left) in &is.flushes {
        parts.push(format!("{} waits for {}", who(config, *waiter), bytes(*left)));
    }
    for (index, producer) in state.producers.iter().enumerate() {
        match producer.standing {
            Standing::Free => {}
            Standing::Told => parts.push(format!("producer {index} was told to wait")),
            Standing::Waiting => parts.push(format!("producer {index} waits")),
        }
    }
    parts.join(", ")
}

/// The phase, and whether the stream is closed.
#[must_use]
pub fn phase(phase: Phase, closed: bool) -> String {
    let name = match phase {
        Phase::Open => "open".to_owned(),
        Phase::Ending => "ending".to_owned(),
        Phase::Finished => "finished".to_owned(),
        Phase::Failed(cause) => format!("failed ({})", self::cause(cause)),
        Phase::Destroyed => "destroyed".to_owned(),
    };
    if closed { format!("{name}, closed") } else { name }
}

/// What a caller is answered.
#[must_use]
pub fn answer(answer: Answer) -> String {
    match answer {
        Answer::Errored(cause) => format!("Errored ({})", self::cause(cause)),
        Answer::Ready(wake) => format!("at once {}", self::wake(wake)),
        Answer::Registered => "registered".to_owned(),
        Answer::Done => "done".to_owned(),
        Answer::Continue
        | Answer::Pause
        | Answer::Full
        | Answer::TooLarge
        | Answer::AfterEnd
        | Answer::Destroyed => {
            format!("{answer:?}")
        }
    }
}

/// What an observer is told.
#[must_use]
pub fn event(event: Event) -> String {
    match event {
        Event::Drain => "drain".to_owned(),
        Event::Finish => "finish".to_owned(),
        Event::Error(cause) => format!("error ({})", self::cause(cause)),
        Event::Close => "close".to_owned(),
    }
}

/// What a waiter is told.
#[must_use]
pub fn wake(wake: Wake) -> String {
    match wake {
        Wake::Drained => "drained".to_owned(),
        Wake::Flushed => "flushed".to_owned(),
        Wake::AfterEnd => "that the stream was ended".to_owned(),
        Wake::Destroyed => "that the stream was destroyed".to_owned(),
        Wake::Errored(cause) => format!("that the stream failed ({})", self::cause(cause)),
    }
}

fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Failed => "sink error",
        Cause::WriteZero => "WriteZero",
        Cause::WouldBlock => "WouldBlock",
        Cause::Panicked => "panic",
        Cause::InvalidData => "InvalidData",
    }
}

pub(crate) fn bytes(len: usize) -> String {
    if len == 1 { "1 byte".to_owned() } else { format!("{len} bytes") }
}

/// So many of these: `1 stream`, `2 streams`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
