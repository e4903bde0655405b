//! Machines as lines that a person reads.

use super::machine::{Machine, Place};
use super::ticks::Tick;
use super::vocabulary::{Fault, Hook, Name, Output, Returned, SelfCall};

/// What the stream does next.
pub(super) fn next(machine: &Machine) -> String {
    match machine.place() {
        Place::Idle => match machine.front() {
            None => "a call of the user or of the sink".to_owned(),
            Some(front) => format!("a call of the user or of the sink; next tick: {}", tick(&front.tick)),
        },
        Place::User(hook) => format!("the return of {}, or a call from inside it", show_hook(machine, hook)),
        Place::Hidden => "whatever the class's own destroy does".to_owned(),
        Place::Must(Output::Call(hook)) => show_hook(machine, hook),
        Place::Must(Output::SelfCall(SelfCall::Destroy(fault))) => {
            format!("destroy, called by the stream itself{}", of(fault))
        }
        Place::Must(Output::Return(name, returned)) => {
            let how = match returned {
                Returned::Plainly => String::new(),
                Returned::Answer(answer) => format!(" {answer}"),
                Returned::Threw(fault) => format!(" by an exception, {}", show_fault(fault)),
            };
            format!("{} returning{how}, with {} buffered", show_name(name), machine.length())
        }
    }
}

/// The state, in one line.
pub(super) fn state(machine: &Machine) -> String {
    let mut said = vec![format!("{} buffered, mark {}", machine.len, machine.options.high_water_mark)];
    let flags = [
        (machine.writing, "a write in progress"),
        (machine.corked > 0, "corked"),
        (!machine.constructed, "not constructed"),
        (machine.need_drain, "a drain owed"),
        (machine.ending, "ended"),
        (machine.final_called, "finishing"),
        (machine.finished, "finished"),
        (machine.errored.is_some(), "errored"),
        (machine.destroyed, "destroyed"),
        (machine.closed, "closed"),
        (machine.flushing && machine.stack.is_empty(), "stuck in a flush that an exception left"),
    ];
    said.extend(flags.iter().filter(|(on, _)| *on).map(|(_, name)| (*name).to_owned()));
    if machine.arrays.waiting() > 0 {
        said.push(format!("{} chunks queued", machine.arrays.waiting()));
    }
    if machine.pending != 0 {
        said.push(format!("{} callbacks to come", machine.pending));
    }
    let ticks: Vec<String> = machine.ticks.iter().take(4).map(|queued| tick(&queued.tick)).collect();
    if !ticks.is_empty() {
        let more = machine.ticks.len() - ticks.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        said.push(format!("ticks: {}{more}", ticks.join(", ")));
    }
    said.join(", ")
}

fn show_hook(machine: &Machine, hook: Hook) -> String {
    match hook {
        Hook::Write(len) => format!("sink, with a chunk of {len}"),
        Hook::Writev(array) => {
            let sizes: Vec<String> = machine.sizes(array).map(|size| size.to_string()).collect();
            format!("sink (writev), with chunks of {}", sizes.join(", "))
        }
        Hook::Construct => "construct".to_owned(),
        Hook::Final => "final".to_owned(),
        Hook::Destroy(fault) => format!("destroyfn{}", of(fault)),
        Hook::WriteCallback(id, fault, _) => format!("wcb of callback {id}{}", of(fault)),
        Hook::EndCallback(id, fault, _) => format!("ecb of callback {id}{}", of(fault)),
        Hook::Drain => "emit drain".to_owned(),
        Hook::Prefinish => "emit prefinish".to_owned(),
        Hook::Finish => "emit finish".to_owned(),
        Hook::Error(fault) => format!("emit error{}", of(Some(fault))),
        Hook::Close => "emit close".to_owned(),
    }
}

fn of(fault: Option<Fault>) -> String {
    fault.map_or_else(String::new, |fault| format!(" with {}", show_fault(fault)))
}

fn show_fault(fault: Fault) -> String {
    match fault {
        Fault::Seen(id) => format!("error {id}"),
        Fault::Fresh(code, _) => format!("a new {}", code.as_str()),
    }
}

fn show_name(name: Name) -> &'static str {
    match name {
        Name::Write => "write",
        Name::End => "end",
        Name::Cork => "cork",
        Name::Uncork => "uncork",
        Name::Destroy => "destroy",
        Name::Undestroy => "undestroy",
        Name::SinkDone => "sinkcb",
        Name::ConstructDone => "constructcb",
        Name::FinalDone => "finalcb",
        Name::DestroyDone => "destroycb",
    }
}

fn tick(tick: &Tick) -> String {
    match tick {
        Tick::Refused(_, fault) => format!("the callback of a refused write, {}", show_fault(*fault)),
        Tick::EndCallback(id, _) => format!("callback {id} of end"),
        Tick::AfterWrite { count, .. } => format!("after {count} writes"),
        Tick::SinkFailed(fault, _) => format!("after a failed write, {}", show_fault(*fault)),
        Tick::Discard => "failing what is queued".to_owned(),
        Tick::FinishCheck | Tick::Finish => "finish".to_owned(),
        Tick::ErrorClose(_) => "error, then close".to_owned(),
        Tick::Close => "close".to_owned(),
        Tick::Error(_) => "error".to_owned(),
        Tick::Construct => "construct".to_owned(),
        Tick::Constructed(_) => "construction takes effect".to_owned(),
    }
}
