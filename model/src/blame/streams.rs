//! What each stream was told, and by whom it was written while it had asked for a pause.

use super::caller::Caller;
use super::facts::{Facts, Kind};
use super::names::{Name, Names};
use super::report::{Report, Site};
use super::stream::{Cause, Emit, Open, Stream};
use crate::trace::{Event, Line, NewLine};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How many producers at one line may wait at once. With one listener more Node warns of a leak.
const CROWD: u32 = 10;

/// The events of a trace, but for `new`. A return has `/r` behind it.
const KNOWN: [&str; 20] = [
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
    "tick",
    "quiesce",
];

/// Follows the events of one process.
#[derive(Debug, Default)]
pub struct Blame {
    pub(super) streams: HashMap<u32, Stream>,
    reports: Vec<Site>,
    by_site: HashMap<(Name, Name, Name), usize>,
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
                    self.comes_down(&mut stream);
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
        if line.ev == "quiesce" {
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
            ("end" | "destroy", Some(at)) => self.names.id(at),
            _ => 0,
        };
        let Entry::Occupied(mut entry) = self.streams.entry(line.s) else {
            return;
        };
        let stream = entry.get_mut();
        match &*line.ev {
            "write" => {
                if let Some(caller) = caller {
                    self.write(line, caller);
                }
                return;
            }
            "write/r" => self.wrote(line),
            // Arguments that make it throw change nothing.
            "end" if line.arg.is_none() => {
                stream.ended = true;
                stream.ends_by(Cause::End, at);
                return;
            }
            "end" => return,
            "destroy" => {
                stream.destroyed = true;
                stream.ends_by(Cause::Destroy, at);
            }
            "destroyfn" => stream.destroying = true,
            "destroycb" => stream.destroying = false,
            "undestroy" => stream.again(),
            "sinkcb" | "finalcb" | "constructcb" if line.err.is_some() => stream.fails(),
            "sink/r" | "final/r" | "construct/r" if line.threw.is_some() => stream.fails(),
            "emit" => self.emitted(line),
            "emit/r" => self.told_everybody(line),
            _ => {}
        }
        self.holds(line);
        self.forget(line);
    }

    fn write(&mut self, line: &Line<'_>, caller: Caller) {
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
        let mut open = Open { site: caller.site, blamed: None };
        if caller.inside == 0 {
            stream.writer = caller.site.or(stream.writer);
        }
        // A terminal or a file takes standard output at once; that a drain is owed for one more tick is a formality.
        let formal = stream.standard && stream.len == 0;
        if let Some(site) = caller.site
            && line.arg.is_none()
            && !formal
        {
            let slack = caller.framing + line.waits.unwrap_or(0).min(CROWD);
            let units = line.len.map_or(0, |len| u64::try_from(len).unwrap_or(0));
            if let Some((writes, units)) = stream.breach(site, slack, units) {
                let key = (site, caller.inside, stream.class);
                let (names, reports) = (&self.names, &mut self.reports);
                let index = *self.by_site.entry(key).or_insert_with(|| {
                    reports.push(Site::new(
                        names.text(site),
                        names.text(caller.inside),
                        names.text(stream.class),
                    ));
                    reports.len() - 1
                });
                let report = &mut self.reports[index];
                report.streams += u64::from(stream.counts_in(index));
                report.writes += writes;
                report.units += units;
                open.blamed = Some(index);
            }
        }
        stream.open.push(open);
    }

    fn wrote(&mut self, line: &Line<'_>) {
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
        let Some(open) = stream.open.pop() else {
            return;
        };
        if line.threw.is_some() {
            return;
        }
        if let (Some(index), Some(len)) = (open.blamed, line.len) {
            self.reports[index].reached(len, line.s, stream);
        }
        if let (Some(site), Some(false), true) = (open.site, line.ret, stream.lives()) {
            stream.tell(site);
        }
    }

    fn emitted(&mut self, line: &Line<'_>) {
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
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
            settle(&mut self.reports, stream);
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
            self.lost_wait(line.s, &stream);
            self.comes_down(&mut stream);
        }
    }

    /// Whether this stream is destroyed and will not emit `close`. A socket is told not to, and does so by itself.
    fn silent(&self, id: u32) -> bool {
        self.streams.get(&id).is_some_and(|stream| {
            stream.destroyed && !stream.destroying && !stream.emit_close && !stream.duplex
        })
    }

    pub(super) fn comes_down(&mut self, stream: &mut Stream) {
        if stream.comes_down(self.now) {
            settle(&mut self.reports, stream);
        }
    }

    /// The report, of what was seen so far.
    #[must_use]
    pub fn report(mut self) -> Report {
        for (_, mut stream) in std::mem::take(&mut self.streams) {
            self.comes_down(&mut stream);
        }
        Report::new(self.reports, self.facts.into_vec(), self.with_sites)
    }
}

/// Of several streams the one that was above the mark for longest is told.
fn settle(reports: &mut [Site], stream: &Stream) {
    for (index, above) in stream.above() {
        reports[index].above = reports[index].above.max(above);
    }
}
