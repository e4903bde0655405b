//! The words of a log: what real threads were seen to do, one [`Record`] after the other.
//!
//! A line `x` that is a call is closed by its return `x/r`, and calls of different threads overlap: what a call does, it does at some instant between
//! its two records. The names are those of the trace format; a call and its return carry the same number `q`.
//!
//! | name | [`Ev`] | logged |
//! |---|---|---|
//! | `new` | [`Ev::New`] | once, first |
//! | `write` `wait` `flush` `cancel` `cork` `uncork` `end` `destroy` | [`Ev::Call`] of [`Op::Call`] | just before the call |
//! | `await` | [`Ev::Call`] of [`Op::Await`] | just before a thread or task waits for what `wait` or `flush` registered |
//! | `closed` | [`Ev::Call`] of [`Op::Closed`] | just before a thread or task waits for `close` |
//! | each of these with `/r` | [`Ev::Return`] | just after the call |
//! | `sink` `sink/r` | [`Ev::Sink`], [`Ev::SinkReturn`] | by the sink, as its write begins and ends |
//! | `sinkflush` `sinkflush/r` | [`Ev::SinkFlush`], [`Ev::SinkReturn`] | by the sink, as its flush begins and ends |
//! | `emit` | [`Ev::Emit`] | by the observer, after the event happened |
//! | `recovered` | [`Ev::Recovered`] | after the owner got the sink and the bytes back |
//! | `quiesce` | [`Ev::Quiesce`] | when every thread waits or is gone |

use crate::vocabulary::{Answer, Call, Cause, Event, Params, Run, SinkAnswer, Waiter, Wake};
use std::fmt;

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number in the process.
    pub n: u64,
    /// When, in ns since the log was begun. For the reader alone: the order of the lines is what counts.
    pub t: u64,
    /// Which stream.
    pub s: u32,
    /// What happened.
    pub ev: Ev,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ev {
    /// A stream was made.
    New(Params),
    /// A call is about to be made.
    Call {
        /// The number of the call.
        q: u64,
        /// Which.
        op: Op,
    },
    /// A call has returned.
    Return {
        /// The number of the call.
        q: u64,
        /// What it returned.
        ret: Ret,
    },
    /// The sink's write was called with these bytes.
    Sink(Vec<Run>),
    /// The sink's flush was called.
    SinkFlush,
    /// The sink's call in progress is about to return this.
    SinkReturn(SinkAnswer),
    /// An observer was told of this.
    Emit(Event),
    /// The owner got the sink back.
    Recovered(HandedBack),
    /// Nobody is about to do anything: every thread waits or is gone.
    Quiesce,
}

/// What a thread may be in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A call that the contract knows.
    Call(Call),
    /// Waiting for this wait or flush request to be answered.
    Await(Waiter),
    /// Waiting for `close`.
    Closed,
}

/// What a call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ret {
    /// The answer to a write.
    Wrote(Answer),
    /// Nothing to see: any other call of [`Op::Call`].
    Done,
    /// What a wait or flush request was told.
    Woken(Wake),
    /// The time for waiting was up first.
    TimedOut,
    /// How the stream was over.
    Over(Over),
}

/// How a stream was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Everything was taken and flushed.
    Finished,
    /// The sink failed.
    Errored(Cause),
    /// It was given up.
    Destroyed,
}

/// What the owner got back beside the sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedBack {
    /// The bytes accepted and not taken, in order.
    pub bytes: Vec<Run>,
    /// How many of them, at the front, have an unknown fate.
    pub unknown: usize,
    /// What went wrong in the sink, if anything did.
    pub error: Option<Cause>,
}

impl Op {
    /// The name in the trace format.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Call(Call::Write { .. }) => "write",
            Self::Call(Call::Wait(_)) => "wait",
            Self::Call(Call::Flush(_)) => "flush",
            Self::Call(Call::Cancel(_)) => "cancel",
            Self::Call(Call::Cork) => "cork",
            Self::Call(Call::Uncork) => "uncork",
            Self::Call(Call::End) => "end",
            Self::Call(Call::Destroy) => "destroy",
            Self::Await(_) => "await",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Call(Call::Write { producer, seq, len }) => {
                write!(f, " {len} bytes (producer {producer}, chunk {seq})")
            }
            Self::Call(Call::Wait(waiter) | Call::Flush(waiter) | Call::Cancel(waiter))
            | Self::Await(waiter) => {
                write!(f, " {waiter}")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Ret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote(answer) => write!(f, "{answer:?}"),
            Self::Done => f.write_str("done"),
            Self::Woken(wake) => write!(f, "{wake:?}"),
            Self::TimedOut => f.write_str("TimedOut"),
            Self::Over(over) => write!(f, "{over:?}"),
        }
    }
}

/// Bytes as `producer.chunk[from..to]`, runs joined by spaces; those of the largest chunk there could be are nobody's.
pub(crate) fn show_runs(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "nothing".to_owned();
    }
    let shown: Vec<String> = runs
        .iter()
        .take(RUNS_SHOWN)
        .map(|run| {
            let (from, to) = (run.from, run.from.saturating_add(run.len));
            match run.seq {
                usize::MAX => format!("foreign[{from}..{to}]"),
                seq => format!("{}.{seq}[{from}..{to}]", run.producer),
            }
        })
        .collect();
    let more = runs.len().saturating_sub(RUNS_SHOWN);
    shown.join(" ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

/// More runs than this are only counted.
const RUNS_SHOWN: usize = 8;

impl fmt::Display for Ev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(params) => write!(
                f,
                "new (high-water mark {}, low-water mark {}, capacity {}, WouldBlock {})",
                params.high_water_mark,
                params.low_water_mark,
                params.capacity,
                if params.retry_would_block { "retried" } else { "fails" }
            ),
            Self::Call { q, op } => write!(f, "#{q} {op}"),
            Self::Return { q, ret } => write!(f, "#{q} /r {ret}"),
            Self::Sink(runs) => write!(f, "sink {}", show_runs(runs)),
            Self::SinkFlush => f.write_str("sinkflush"),
            Self::SinkReturn(answer) => write!(f, "sink/r {answer:?}"),
            Self::Emit(event) => write!(f, "emit {event:?}"),
            Self::Recovered(back) => {
                write!(
                    f,
                    "recovered {}, {} unknown, error {:?}",
                    show_runs(&back.bytes),
                    back.unknown,
                    back.error
                )
            }
            Self::Quiesce => f.write_str("quiesce"),
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.n, self.ev)
    }
}
