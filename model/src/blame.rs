//! Blame: which line of a Node program ignores backpressure, and what it cost.
//!
//! A call site is told to pause when its own `write` returns false. What it writes after that and before the stream's next `drain` is a breach.
//! Two producers that share a stream and each wait when told to are not blamed, however their writes fall; and code of Node's own that makes
//! several writes out of one of the user's (the framing of HTTP) may finish what it has begun.

mod report;
mod streams;

pub use report::{Fact, Report, Site};
pub use streams::Blame;
