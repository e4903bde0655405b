//! Traces: JSON lines, as `docs/TRACE.md` says.
//!
//! `line` is one line; `reader` goes through a file, whatever its size, and says what is wrong with it and where.

mod line;
mod reader;

pub use line::{ErrorLine, Header, Line, NewLine, Sizes, Text};
pub use reader::{Broken, Event, Numbered, Reader};
