//! The writer measured against `BufWriter` and what else a user would pick.
//!
//! A [contender](peers::Contender) writes a [stream](stream::Stream) into a [sink](sinks::Destination). Two things are measured:
//! how long it takes until the bytes have arrived, always [beside the baseline](measure::Pair), from one thread or
//! [from several](crowd::Crowd), and how long a [single `write` takes](measure::Paced::pace) while the sink now and then stalls. What did
//! not arrive is not timed: each run ends with a judgement of the bytes. [What is asked of the writer](targets) is held beside
//! [what was measured](verdict). `README.md` says how to read the tables and how to add a contender or a sink.

pub mod crowd;
pub mod ledger;
pub mod measure;
pub mod peers;
pub mod plan;
pub mod programs;
pub mod sinks;
pub mod stream;
pub mod table;
pub mod targets;
pub mod units;
pub mod verdict;

#[cfg(test)]
mod tests;
