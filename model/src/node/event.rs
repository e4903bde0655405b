//! A line of a trace in the words of the machine.

use super::vocabulary::{Argument, Callback, Fault, Hook, Input, Late, Made, Name, Options, Version};
use crate::trace::{ErrorLine, Line, NewLine};

/// What a line says.
#[derive(Debug)]
pub(super) enum What<'a> {
    /// User code, or the stream itself, makes a call.
    Enter(Input),
    /// A call returns.
    Return { name: Name, ret: Option<bool>, threw: Option<&'a ErrorLine<'a>>, len: Option<i64> },
    /// The stream calls user code.
    Called(Seen<'a>),
    /// Somebody else than Node's streams emits one of the stream's events.
    Foreign(Hook),
    /// User code that the stream called is over.
    Left { kind: Kind, threw: Option<&'a ErrorLine<'a>>, readable_done: Option<bool> },
    /// The readable side has found the stream to have failed.
    Errored(Fault),
    /// Nothing to the machine.
    Nothing,
}

/// Which user code is called, as seen from outside.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen<'a> {
    Sink { v: bool, lens: &'a [u64] },
    Construct,
    Final,
    Destroy(Option<&'a ErrorLine<'a>>),
    WriteCallback { cb: u32, err: Option<&'a ErrorLine<'a>>, argc: Option<u8> },
    EndCallback { cb: u32, err: Option<&'a ErrorLine<'a>>, argc: Option<u8> },
    Drain,
    Prefinish,
    Finish,
    Error(Option<&'a ErrorLine<'a>>),
    Close,
}

/// Which kind of user code is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sink,
    Construct,
    Final,
    Destroy,
    WriteCallback,
    EndCallback,
    Emit,
}

/// What the line says; `None` if the name is not known.
pub(super) fn what<'a>(line: &'a Line<'a>) -> Option<What<'a>> {
    let err = line.err.as_deref();
    let enter = |input| Some(What::Enter(input));
    if let Some(name) = line.ev.strip_suffix("/r") {
        return what_is_over(name, line);
    }
    match &*line.ev {
        "write" => enter(Input::Write(chunk(line).unwrap_or(Ok(0)), callback(line))),
        "end" => enter(Input::End(chunk(line), line.cb.filter(|cb| *cb > 0))),
        "cork" => enter(Input::Cork),
        "uncork" => enter(Input::Uncork(line.corked)),
        "destroy" => enter(Input::Destroy(seen(err))),
        "undestroy" => enter(Input::Undestroy),
        "sinkcb" => enter(Input::SinkDone(seen(err))),
        "constructcb" => enter(Input::ConstructDone(seen(err))),
        "finalcb" => enter(Input::FinalDone(seen(err))),
        "destroycb" => enter(Input::DestroyDone(seen(err))),
        "sink" => Some(What::Called(Seen::Sink { v: line.v, lens: line.lens.as_slice() })),
        "construct" => Some(What::Called(Seen::Construct)),
        "final" => Some(What::Called(Seen::Final)),
        "destroyfn" => Some(What::Called(Seen::Destroy(err))),
        "wcb" => Some(What::Called(Seen::WriteCallback { cb: line.cb?, err, argc: line.argc })),
        "ecb" => Some(What::Called(Seen::EndCallback { cb: line.cb?, err, argc: line.argc })),
        "emit" => emitted(line),
        "errored" => Some(What::Errored(seen(err)?)),
        "wait" | "waiting" => Some(What::Nothing),
        _ => None,
    }
}

fn emitted<'a>(line: &'a Line<'a>) -> Option<What<'a>> {
    if line.foreign {
        return Some(match line.name.as_deref()? {
            "drain" => What::Foreign(Hook::Drain),
            "prefinish" => What::Foreign(Hook::Prefinish),
            "finish" => What::Foreign(Hook::Finish),
            "error" => What::Foreign(Hook::Error(seen(line.err.as_deref()).unwrap_or(Fault::Seen(0)))),
            "close" => What::Foreign(Hook::Close),
            "pipe" | "unpipe" => What::Nothing,
            _ => return None,
        });
    }
    Some(match line.name.as_deref()? {
        "drain" => What::Called(Seen::Drain),
        "prefinish" => What::Called(Seen::Prefinish),
        "finish" => What::Called(Seen::Finish),
        "error" => What::Called(Seen::Error(line.err.as_deref())),
        "close" => What::Called(Seen::Close),
        "pipe" | "unpipe" => What::Nothing,
        _ => return None,
    })
}

fn what_is_over<'a>(name: &str, line: &'a Line<'a>) -> Option<What<'a>> {
    let threw = line.threw.as_deref();
    let back = |name| Some(What::Return { name, ret: line.ret, threw, len: line.len });
    let left = |kind| Some(What::Left { kind, threw, readable_done: line.readable_done });
    match name {
        "write" => back(Name::Write),
        "end" => back(Name::End),
        "cork" => back(Name::Cork),
        "uncork" => back(Name::Uncork),
        "destroy" => back(Name::Destroy),
        "undestroy" => back(Name::Undestroy),
        "sinkcb" => back(Name::SinkDone),
        "constructcb" => back(Name::ConstructDone),
        "finalcb" => back(Name::FinalDone),
        "destroycb" => back(Name::DestroyDone),
        "sink" => left(Kind::Sink),
        "construct" => left(Kind::Construct),
        "final" => left(Kind::Final),
        "destroyfn" => left(Kind::Destroy),
        "wcb" => left(Kind::WriteCallback),
        "ecb" => left(Kind::EndCallback),
        "emit" if matches!(line.name.as_deref(), Some("pipe" | "unpipe")) => Some(What::Nothing),
        "emit" => left(Kind::Emit),
        _ => None,
    }
}

fn chunk(line: &Line<'_>) -> Option<Result<u64, Argument>> {
    match line.arg.as_deref() {
        Some("null") => Some(Err(Argument::Null)),
        Some("encoding") => Some(Err(Argument::Encoding)),
        Some(_) => Some(Err(Argument::Type)),
        None => line.len.map(|len| Ok(u64::try_from(len).unwrap_or(0))),
    }
}

fn callback(line: &Line<'_>) -> Callback {
    match line.cb {
        None | Some(0) => Callback::Nop,
        Some(cb) => Callback::User(cb),
    }
}

pub(super) fn seen(err: Option<&ErrorLine<'_>>) -> Option<Fault> {
    err.map(|err| Fault::Seen(err.id))
}

/// What the stream was made with.
pub(super) fn made(new: &NewLine<'_>, version: Version) -> Made {
    let options = Options {
        version,
        high_water_mark: new.high_water_mark,
        object_mode: new.object_mode,
        emit_close: new.emit_close,
        auto_destroy: new.auto_destroy,
        has_writev: new.has_writev,
        has_final: new.has_final,
        has_construct: new.has_construct,
        duplex: new.duplex,
        switched_off: !new.writable,
        own_destroy: new.own_destroy,
    };
    let late = new.late.then_some(Late {
        len: new.len,
        corked: new.corked,
        need_drain: new.need_drain,
        ending: new.ending,
        finished: new.finished,
        destroyed: new.destroyed,
        closed: new.closed,
    });
    Made { options, unregistered: !new.registered, late }
}
