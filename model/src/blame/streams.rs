//! What each stream was told, and by whom it was written while it had asked for a pause.

use super::caller::Caller;
use super::facts::{Facts, Kind};
use super::names::Names;
use super::report::Report;
use super::stream::{Cause, Emit, Stream, settles};
use super::writes::Sites;
use crate::trace::{Event, Line, NewLine};
use std::collections::HashMap;

/// The events of a trace, but for `new`. A return has `/r` behind it.
const KNOWN: [&str; 23] = [
    "write",
    "end",
    "emit",
    "sink",
    "sinkcb",
    "wcb",
    "ecb",
    "cork",
    "uncork",
    "destroy",
    "undestroy",
    "construct",
    "final",
    "destroyfn",
    "constructcb",
    "finalcb",
    "destroycb",
    "errored",
    "exit",
    "tick",
    "wait",
    "waiting",
    "quiesce",
];

/// Follows the events of one process.
#[derive(Debug, Default)]
pub struct Blame {
    pub(super) streams: HashMap<u32, Stream>,
    sites: Sites,
    pub(super) facts: Facts,
    pub(super) names: Names,
    unknown: Option<(u64, String)>,
    with_sites: bool,
    now: u64,
}

impl Blame {
    /// Nobody is to blame yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Something happens.
    pub fn event(&mut self, event: &Event<'_, '_>) {
        match event {
            Event::New(stream, new) => self.made(*stream, new),
            Event::Line(number, line, _) if !KNOWN.contains(&line.ev.trim_end_matches("/r")) => {
                self.unknown.get_or_insert_with(|| (*number, line.ev.to_string()));
                if let Some(mut stream) = self.streams.remove(&line.s) {
                    self.leave(line.s, &mut stream);
                }
            }
            Event::Line(_, line, _) => self.see(line),
        }
    }

    /// The first event that is not known, and the number of its line. What its stream did from there on is not looked at.
    #[must_use]
    pub fn unknown(&self) -> Option<&(u64, String)> {
        self.unknown.as_ref()
    }

    fn made(&mut self, stream: u32, new: &NewLine<'_>) {
        let class = self.names.id(&new.class);
        self.streams.insert(stream, Stream::new(new, class));
    }

    fn see(&mut self, line: &Line<'_>) {
        self.now = line.t;
        if matches!(&*line.ev, "exit" | "quiesce") {
            return self.quiesce(line.natural);
        }
        let caller = match &*line.ev {
            "write" => {
                self.with_sites |= line.at.is_some() || line.inside.is_some();
                Some(Caller::of(line, &mut self.names))
            }
            _ => None,
        };
        let at = match (&*line.ev, &line.at) {
            ("end" | "destroy" | "cork" | "wait", Some(at)) => self.names.id(at),
            _ => 0,
        };
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
        match &*line.ev {
            "write" => {
                if let Some(caller) = caller {
                    stream.writes(line, caller, &mut self.sites, &self.names);
                }
                return;
            }
            "write/r" => stream.wrote(line.s, line, &mut self.sites),
            // Arguments that make it throw change nothing.
            "end" if line.arg.is_some() => return,
            "emit" => self.emitted(line),
            "emit/r" => self.told_everybody(line),
            _ => {
                if settles(line) {
                    stream.collect(line.s, &mut self.sites, &self.names);
                }
                stream.does(line, at);
            }
        }
        self.holds(line);
        self.forget(line);
    }

    fn emitted(&mut self, line: &Line<'_>) {
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
        if settles(line) {
            stream.collect(line.s, &mut self.sites, &self.names);
        }
        let emit = match line.name.as_deref() {
            Some("drain") => {
                stream.drained();
                Emit::Other
            }
            Some("finish") => {
                stream.finished = true;
                Emit::Finish
            }
            Some("close") => {
                stream.closed = true;
                stream.ends_by(Cause::Close, 0);
                Emit::Close
            }
            Some("error") => {
                stream.fails();
                let (kind, message) = line.err.as_ref().map_or_else(Default::default, |err| {
                    let code = err.code.as_ref().map_or_else(String::new, |code| format!(" {}", &**code));
                    (format!("{}{code}", err.name), err.message.to_string())
                });
                Emit::Error(kind, message)
            }
            _ => Emit::Other,
        };
        stream.emits.push(emit);
    }

    fn told_everybody(&mut self, line: &Line<'_>) {
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
        match stream.emits.pop() {
            Some(Emit::Error(kind, message)) => {
                if line.heard == Some(false) {
                    let at = stream.cause.map_or(0, |(_, at)| at);
                    let kind = self.names.id(&kind);
                    let key = (Kind::Unheard, stream.class, at, kind);
                    self.facts.add(key, line.s, 0, stream.object_mode, || message, &self.names);
                }
                stream.waits = line.waits.unwrap_or(0);
            }
            Some(Emit::Finish | Emit::Close) => stream.waits = line.waits.unwrap_or(0),
            Some(Emit::Other) | None => {}
        }
    }

    /// A return says how much is buffered, and who waits.
    fn holds(&mut self, line: &Line<'_>) {
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
        if matches!(&*line.ev, "end/r" | "destroy/r") {
            stream.waits = line.waits.unwrap_or(0);
        }
        let Some(len) = line.len else {
            return;
        };
        if stream.holds(len, line.t) {
            self.sites.settle(stream);
        }
    }

    /// Of a stream that is closed there is nothing more to learn. One that does not say so is done when it is destroyed and its error is told.
    fn forget(&mut self, line: &Line<'_>) {
        let Some(stream) = self.streams.get(&line.s) else {
            return;
        };
        let done = match &*line.ev {
            "emit/r" => stream.emits.is_empty() && (stream.closed || (stream.failed && self.silent(line.s))),
            "destroycb/r" => !stream.failed && self.silent(line.s) && stream.waits == 0,
            _ => false,
        };
        if done && let Some(mut stream) = self.streams.remove(&line.s) {
            self.lost_wait(line.s, &stream, false);
            self.leave(line.s, &mut stream);
        }
    }

    /// Whether this stream is destroyed and will not emit `close`. A socket is told not to, and does so by itself.
    fn silent(&self, id: u32) -> bool {
        self.streams.get(&id).is_some_and(|stream| {
            stream.destroyed && !stream.destroying && !stream.emit_close && !stream.duplex
        })
    }

    /// Nothing more is seen of this stream.
    pub(super) fn leave(&mut self, id: u32, stream: &mut Stream) {
        stream.collect(id, &mut self.sites, &self.names);
        if stream.comes_down(self.now) {
            self.sites.settle(stream);
        }
    }

    /// The report, of what was seen so far.
    #[must_use]
    pub fn report(mut self) -> Report {
        for (id, mut stream) in std::mem::take(&mut self.streams) {
            self.leave(id, &mut stream);
        }
        Report::new(self.sites.into_vec(&self.names), self.facts.into_vec(), self.with_sites)
    }
}
