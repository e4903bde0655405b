//! Blame: which line of a Node program ignores backpressure, and what it cost.
//!
//! - **Told.** A call site is told to pause when its own `write` returns false, on a stream that may still drain. What it writes to that stream
//!   after that and before the stream's next `drain` is a breach. So producers that share a stream and each wait when told to are not blamed,
//!   however their writes fall, as long as each has a line of its own.
//! - **Waiting.** Several producers may run the same line. As long as somebody waits for the drain (`waits`) ten writes more are excused: so many
//!   producers may have stopped, each by itself or all by one promise. Beyond that it is no excuse, because a loop that forgets to `await` adds a
//!   listener at each turn and Node itself warns of that many; a write with a callback is excused while no more than ten are outstanding, because its producer may wait for that; where the program lets a stream have more listeners, so many are excused,
//!   up to a hundred.
//! - **Bounded.** None of these excuses more than the mark for each write it excuses.
//! - **The end.** Three writes more are excused if the stream is then ended: a header, a body and a footer need no pause. They are a breach if a
//!   drain comes first.
//! - **Batches.** What is written while the stream is corked is one write, as long as it is no more than the mark after the answer false.
//! - **By way of Node.** Node makes several writes out of one of the user's, so a line that writes by way of Node's own code
//!   has four writes more before it is blamed, and is blamed for all of them then. What Node writes with no line of the program
//!   below it is Node's own affair. Timers and events are no such way: they only call what they were given. What a request or response of `http`
//!   holds is blamed as its own, and its socket's writes on nobody.
//! - **No lines.** In a trace without call sites all that writes to a stream counts as one site, with the same excuses.
//! - **No drain, no debt.** After `end`, `destroy` or an error no drain will come, and writing on is another mistake than this one.
//! - **One report a line.** A site is reported once for each class of stream and way, however many streams it wrote to.
//!
//! What else is told: a drain that is still waited for when none can come; at exit, a stream that did not come to its end; an error nobody heard.
//! Memory is bounded by the streams that are open and the lines that write.

mod caller;
mod debt;
mod exit;
mod facts;
mod names;
mod report;
mod stream;
mod streams;
#[cfg(test)]
mod tests;
mod writes;

pub use facts::{Fact, Kind};
pub use report::{Report, Site, grouped, times_the_mark};
pub use streams::Blame;
