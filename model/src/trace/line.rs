//! One line of a trace, borrowed from the text.

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The first line of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub highwater: u32,
    /// What made it: `node 20.20.2`.
    pub source: String,
    /// When it began, in RFC 3339.
    #[serde(default)]
    pub started: String,
    /// The process.
    #[serde(default)]
    pub pid: u64,
    /// The thread of it.
    #[serde(default)]
    pub thread: u64,
}

/// An event. Which fields there are depends on `ev`; the others are absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Line<'a> {
    /// Its number.
    pub n: u64,
    /// When, in ns since the start.
    pub t: u64,
    /// Which stream; 0 for none.
    pub s: u32,
    /// What happened.
    #[serde(borrow)]
    pub ev: Cow<'a, str>,
    /// A size: of the chunk, or of what is buffered after a call.
    pub len: Option<i64>,
    /// The number of a callback.
    pub cb: Option<u32>,
    /// What is buffered after it (`plain`).
    pub after: Option<i64>,
    /// How often the stream is corked (`uncork`, before it; `waiting`).
    pub corked: Option<u32>,
    /// What is wrong with the arguments.
    #[serde(borrow)]
    pub arg: Option<Text<'a>>,
    /// What `write` returned.
    pub ret: Option<bool>,
    /// Whether it is `_writev`.
    pub v: bool,
    /// The sizes of the chunks.
    pub lens: Sizes,
    /// The name of the event emitted.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// How many arguments a callback got.
    pub argc: Option<u8>,
    /// How many listen for `drain`: on `write`, all; on returns after which none may come, those that wait for one.
    pub waits: Option<u32>,
    /// Whether somebody else than Node's streams emits.
    pub foreign: bool,
    /// Whether anybody listened.
    pub heard: Option<bool>,
    /// Whether the readable side lets the stream be destroyed.
    pub readable_done: Option<bool>,
    /// The error.
    #[serde(borrow)]
    pub err: Option<Box<ErrorLine<'a>>>,
    /// The error that left a call.
    #[serde(borrow, rename = "throw")]
    pub threw: Option<Box<ErrorLine<'a>>>,
    /// Whether a drain is owed (`waiting`).
    pub owed: Option<bool>,
    /// The caller's file, line and column.
    #[serde(borrow)]
    pub at: Option<Text<'a>>,
    /// What called that, if it is another line.
    #[serde(borrow)]
    pub from: Option<Text<'a>>,
    /// Node's own function that called.
    #[serde(borrow, rename = "in")]
    pub inside: Option<Text<'a>>,
    /// The exit code (`quiesce`).
    pub code: Option<i64>,
    /// Whether nothing was left to do (`quiesce`).
    pub natural: bool,
}

impl Line<'_> {
    /// The six events that a `plain` stands for: a write without a callback, of a chunk that the sink takes and calls back for within the call.
    #[must_use]
    pub fn parts_of_plain(&self) -> [Self; 6] {
        let part = |ev: &'static str| Self {
            n: self.n,
            t: self.t,
            s: self.s,
            ev: Cow::Borrowed(ev),
            ..Self::default()
        };
        let size = self.len.and_then(|len| u64::try_from(len).ok()).unwrap_or(0);
        [
            Self { len: self.len, cb: Some(0), ..part("write") },
            Self { lens: Sizes::One(size), ..part("sink") },
            part("sinkcb"),
            Self { len: self.after, ..part("sinkcb/r") },
            part("sink/r"),
            Self { len: self.after, ret: self.ret, ..part("write/r") },
        ]
    }
}

/// What `new` says beyond a [`Line`].
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct NewLine<'a> {
    /// The constructor's name.
    #[serde(borrow)]
    pub class: Cow<'a, str>,
    /// Whether it is a request or response of Node's `http`, which is no stream but is written like one.
    pub message: bool,
    /// Whether it has a readable side.
    pub duplex: bool,
    /// Its mark.
    pub high_water_mark: u64,
    /// Chunks count 1.
    pub object_mode: bool,
    /// Whether `close` is emitted.
    pub emit_close: bool,
    /// Whether it destroys itself.
    pub auto_destroy: bool,
    /// Whether it has `_writev`.
    pub has_writev: bool,
    /// Whether it has `_final`.
    pub has_final: bool,
    /// Whether it has still to be constructed.
    pub has_construct: bool,
    /// False if it was seen before its constructor has asked for `_construct`: a signal that was aborted already destroys it there.
    pub registered: bool,
    /// Whether its class has its own `destroy`.
    pub own_destroy: bool,
    /// False if the writable side is switched off.
    pub writable: bool,
    /// The file descriptor, if it is standard output or error.
    pub fd: Option<u32>,
    /// Whether it is older than the recorder.
    pub late: bool,
    /// Late: `writableLength`.
    pub len: i64,
    /// Late: how often it was corked.
    pub corked: u32,
    /// Late: whether a drain is owed.
    pub need_drain: bool,
    /// Late: whether it was ended.
    pub ending: bool,
    /// Late: whether it has finished.
    pub finished: bool,
    /// Late: whether it is destroyed.
    pub destroyed: bool,
    /// Late: whether it is closed.
    pub closed: bool,
}

impl Default for NewLine<'_> {
    fn default() -> Self {
        Self {
            class: Cow::Borrowed(""),
            message: false,
            duplex: false,
            high_water_mark: 0,
            object_mode: false,
            emit_close: true,
            auto_destroy: true,
            has_writev: false,
            has_final: false,
            has_construct: false,
            registered: true,
            own_destroy: false,
            writable: true,
            fd: None,
            late: false,
            len: 0,
            corked: 0,
            need_drain: false,
            ending: false,
            finished: false,
            destroyed: false,
            closed: false,
        }
    }
}

/// A string, borrowed where it can be. (Within an `Option` a plain `Cow` would always be copied.)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// An error as a trace shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ErrorLine<'a> {
    /// The same for the same error.
    pub id: u32,
    /// Its name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// Its code.
    #[serde(borrow)]
    pub code: Option<Text<'a>>,
    /// What it says.
    #[serde(borrow)]
    pub message: Cow<'a, str>,
}

/// Sizes of chunks. Most often there is one, which needs no memory of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sizes {
    /// None.
    #[default]
    None,
    /// One.
    One(u64),
    /// Several.
    Many(Vec<u64>),
}

impl Sizes {
    /// As a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[u64] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<'de> Deserialize<'de> for Sizes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Sizes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of sizes")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Sizes, A::Error> {
                let Some(first) = seq.next_element()? else {
                    return Ok(Sizes::None);
                };
                let Some(second) = seq.next_element()? else {
                    return Ok(Sizes::One(first));
                };
                let mut many = vec![first, second];
                while let Some(next) = seq.next_element()? {
                    many.push(next);
                }
                Ok(Sizes::Many(many))
            }
        }
        deserializer.deserialize_seq(Each)
    }
}
