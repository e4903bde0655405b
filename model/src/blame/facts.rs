//! What else is wrong, one line for each place.

use super::names::{Name, Names};
use super::report::{grouped, streams_named};

use std::collections::HashMap;
use std::fmt;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A drain is waited for when none can come.
    LostWait,
    /// The same, of a stream that is corked.
    CorkedWait,
    /// The same, when none is owed: the last `write` had returned true.
    NotOwed,
    /// A `_write` or `_writev` that has not called back when nothing is left to do.
    SinkSilent,
    /// An error nobody listened to.
    Unheard,
    /// Ended, and at exit not finished.
    Unfinished,
    /// At exit neither ended nor destroyed.
    Unended,
    /// Destroyed, and at exit not closed.
    Unclosed,
}

/// Something wrong that is not a matter of writing too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub kind: Kind,
    /// File, line and column of the call it is about; empty if that is not known.
    pub at: String,
    /// The class of the streams.
    pub class: String,
    /// The first stream.
    pub stream: u32,
    /// How many streams.
    pub streams: u64,
    /// What was not written, bytes or objects; for waits, how many.
    pub units: u64,
    /// Whether objects are counted.
    pub object_mode: bool,
    /// After what, when, or the kind of error.
    pub detail: String,
    /// What the first error says.
    pub message: String,
}

impl Kind {
    /// As one word, for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LostWait => "lost-wait",
            Self::CorkedWait => "corked-wait",
            Self::NotOwed => "wait-not-owed",
            Self::SinkSilent => "sink-silent",
            Self::Unheard => "unheard-error",
            Self::Unfinished => "unfinished",
            Self::Unended => "unended",
            Self::Unclosed => "unclosed",
        }
    }

    /// What to do, in one line.
    #[must_use]
    pub fn fix(self) -> &'static str {
        match self {
            Self::LostWait => {
                "wait for 'drain' before end(), and let 'close' end the wait: `once(stream, 'drain', { signal })`, or stream.pipeline(source, stream)"
            }
            Self::CorkedWait => {
                "call uncork() as often as cork(), before waiting: a corked stream cannot drain"
            }
            Self::NotOwed => "wait for 'drain' only when write() returned false: after true none comes",
            Self::SinkSilent => {
                "see that _write (and _writev, _transform) calls its callback once, also when it fails; the readable side of a Transform must be read"
            }
            Self::Unheard => "add `stream.on('error', …)`, or use stream.pipeline, which reports it",
            Self::Unfinished => {
                "see that _write and _final call back, and wait for the end before exiting: `await finished(stream)`"
            }
            Self::Unended => {
                "call `stream.end()` when all is written, and wait for it before exiting: `await finished(stream)`"
            }
            Self::Unclosed => "see that _destroy calls back",
        }
    }
}

impl Fact {
    /// What is wrong, in one line.
    #[must_use]
    pub fn what(&self) -> String {
        let unit = match (self.object_mode, self.units) {
            (true, 1) => "object",
            (true, _) => "objects",
            (false, 1) => "byte",
            (false, _) => "bytes",
        };
        let units = grouped(self.units);
        match self.kind {
            Kind::LostWait if self.units == 1 => {
                format!("a drain is waited for that can never come after {}", self.detail)
            }
            Kind::LostWait => format!("{units} wait for a drain that can never come after {}", self.detail),
            Kind::CorkedWait if self.units == 1 => {
                format!("a drain is waited for that cannot come while the stream is {}", self.detail)
            }
            Kind::CorkedWait => {
                format!("{units} wait for a drain that cannot come while the stream is {}", self.detail)
            }
            Kind::NotOwed if self.units == 1 => {
                "a drain is waited for that nobody owes: write() had returned true".to_owned()
            }
            Kind::NotOwed => format!("{units} wait for a drain that nobody owes: write() had returned true"),
            Kind::SinkSilent => {
                format!(
                    "a call of its _write has not called back {}, {units} {unit} not written",
                    self.detail
                )
            }
            Kind::Unheard if self.message.is_empty() => {
                format!("an error nobody listened to: {}", self.detail)
            }
            Kind::Unheard => format!("an error nobody listened to: {}: {}", self.detail, self.message),
            Kind::Unfinished => format!("ended but not finished {}, {units} {unit} not written", self.detail),
            Kind::Unended => {
                format!("neither ended nor destroyed {}, {units} {unit} not written", self.detail)
            }
            Kind::Unclosed => format!("destroyed but not closed {}", self.detail),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        writeln!(f, "{}: {}", streams_named(&self.class, self.streams, self.stream), self.what())?;
        writeln!(f, "  fix: {}", self.kind.fix())
    }
}

/// What kind, of which class, where, and the detail.
pub(super) type Key = (Kind, Name, Name, Name);

/// All facts, each with its number of streams.
#[derive(Debug, Default)]
pub(super) struct Facts {
    list: Vec<Fact>,
    by_key: HashMap<Key, usize>,
}

impl Facts {
    pub(super) fn add(
        &mut self,
        key: Key,
        stream: u32,
        units: u64,
        object_mode: bool,
        message: impl FnOnce() -> String,
        names: &Names,
    ) {
        let index = *self.by_key.entry(key).or_insert_with(|| {
            let (kind, class, at, detail) = key;
            self.list.push(Fact {
                kind,
                at: names.text(at).to_owned(),
                class: names.text(class).to_owned(),
                stream,
                streams: 0,
                units: 0,
                object_mode,
                detail: names.text(detail).to_owned(),
                message: message(),
            });
            self.list.len() - 1
        });
        let fact = &mut self.list[index];
        fact.streams += 1;
        fact.units += units;
    }

    pub(super) fn into_vec(self) -> Vec<Fact> {
        self.list
    }
}
