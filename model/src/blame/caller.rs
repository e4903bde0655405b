//! Who makes a write, as far as a trace tells.

use super::names::{Name, Names};
use crate::trace::Line;

/// How many writes Node's own code may make out of one `write` of the user: the length of a chunk, a line end, the chunk, a line end.
const FRAMING: u32 = 4;

/// Modules of Node's that call what they were given and write nothing of their own.
const MESSENGERS: [&str; 10] = [
    "node:events",
    "node:timers",
    "node:internal/timers",
    "node:internal/event",
    "node:internal/process/",
    "node:internal/util",
    "node:internal/async",
    "node:async_hooks",
    "node:diagnostics_channel",
    "node:domain",
];

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    /// `None` if it is Node alone.
    pub(super) site: Option<Name>,
    /// Node's own function in between.
    pub(super) inside: Name,
    /// The line that called the site.
    pub(super) from: Name,
    /// How many writes it may make out of one.
    pub(super) framing: u32,
}

impl Caller {
    /// Who makes this `write`.
    pub(super) fn of(line: &Line<'_>, names: &mut Names) -> Self {
        let inside = line.inside.as_deref().unwrap_or("");
        let messenger = MESSENGERS.iter().any(|module| inside.starts_with(module));
        let site = match &line.at {
            Some(at) => Some(names.id(at)),
            // The stream's `write` itself was given to a timer or an emitter: that is all there is to name.
            None if messenger || inside.is_empty() => Some(names.id(inside)),
            None => None,
        };
        let own = !inside.is_empty() && !messenger;
        let framing = if own || (line.at.is_none() && inside.is_empty()) { FRAMING } else { 0 };
        let inside = if own { names.id(inside) } else { 0 };
        let from = line.from.as_ref().map_or(0, |from| names.id(from));
        Self { site, inside, from, framing }
    }
}
