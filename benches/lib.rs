//! The writer measured against `BufWriter` and what else a user would pick.
//!
//! A [contender](peers::Contender) writes a [stream](stream::Stream) into a [sink](sinks::Destination). Two things are measured:
//! how long it takes until the bytes have arrived, always [beside the baseline](measure::Pair), and how long a
//! [single `write` takes](measure::Measured::pace) while the sink now and then stalls. What did not arrive is not timed: each run ends
//! with a judgement of the bytes. `README.md` says how to read the tables and how to add a contender or a sink.

pub mod ledger;
pub mod measure;
pub mod peers;
pub mod plan;
pub mod programs;
pub mod sinks;
pub mod stream;
pub mod table;
pub mod units;

#[cfg(test)]
mod tests;
