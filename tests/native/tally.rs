//! What came of a run: that no byte is missing, and that the counters say what the log says.

use highwater::Stats;
use highwater_model::contract::{Answer, Call, Cause, Event, Run, SinkAnswer};
use highwater_model::logs::{self, Finding, Report};
use highwater_model::record::{Ev, Op, Over, Record, Ret};
use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, Instant};

/// What must have happened in some run, or the runs prove less than they seem to.
const SEEN: [&str; 19] = [
    "a write was refused with Full",
    "a write was refused with TooLarge",
    "a write after end",
    "a write after destroy",
    "a write after an error",
    "a wait timed out",
    "a wait was given up",
    "a wait was told of the end",
    "a wait was told of the destroy",
    "a wait was told of an error",
    "a flush succeeded",
    "bytes were handed back",
    "unknown bytes were handed back",
    "a stream finished",
    "a stream was destroyed",
    "the sink failed with Failed",
    "the sink failed with WriteZero",
    "the sink failed with Panicked",
    "the sink failed with InvalidData",
];

/// Sums over runs.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    records: usize,
    bytes: u64,
    drains: u64,
    widest: usize,
    judging: Duration,
    longest_judging: Duration,
    seen: [u64; SEEN.len()],
}

fn bytes(runs: &[Run]) -> u64 {
    runs.iter().map(|run| run.len as u64).sum()
}

impl Tally {
    /// Reads and judges a trace as `highwater trace` does, and sums it up.
    ///
    /// # Errors
    /// It breaks the contract, or is no trace; a byte is missing, or a counter of the writer says other than the trace.
    pub(crate) fn of(trace: &[u8], stats: Option<Stats>) -> Result<Self, String> {
        let began = Instant::now();
        let mut log = Vec::new();
        let report = logs::judge_and(trace, |record| log.push(record.clone()));
        let widest = match report {
            Ok(Report { findings, .. })
                if matches!(findings[..], [Finding { outcome: Ok(_), stopped: None, .. }]) =>
            {
                findings[0].outcome.as_ref().map_or(0, |conforms| conforms.widest)
            }
            Ok(report) => return Err(format!("the trace:\n{}{report}", String::from_utf8_lossy(trace))),
            Err(bad) => return Err(format!("the trace:\n{}{bad}", String::from_utf8_lossy(trace))),
        };
        Self::count(&log, widest, began.elapsed(), stats)
    }

    fn count(log: &[Record], widest: usize, judging: Duration, stats: Option<Stats>) -> Result<Self, String> {
        let mut tally =
            Self { records: log.len(), widest, judging, longest_judging: judging, ..Self::default() };
        let mut counted = Stats::default();
        let mut lens = HashMap::new();
        let mut offered = 0;
        let mut handed_back = None;
        for record in log {
            match &record.ev {
                Ev::Call { q, op: Op::Call(Call::Write { len, .. }) } => {
                    lens.insert(*q, *len as u64);
                }
                Ev::Return { q, ret: Ret::Wrote(answer) } => {
                    let len = lens.get(q).copied().unwrap_or_default();
                    counted.accepted +=
                        if matches!(answer, Answer::Continue | Answer::Pause) { len } else { 0 };
                    counted.pauses += u64::from(*answer == Answer::Pause);
                    counted.refusals += u64::from(*answer == Answer::Full);
                }
                Ev::Sink(runs) => {
                    counted.sink_writes += 1;
                    offered = bytes(runs);
                }
                Ev::SinkFlush => counted.sink_flushes += 1,
                Ev::SinkReturn(SinkAnswer::Took(len)) => {
                    counted.taken += if *len as u64 <= offered { *len as u64 } else { 0 };
                }
                Ev::Emit(event) => counted.drains += u64::from(*event == Event::Drain),
                Ev::SinkReturn(SinkAnswer::Interrupted | SinkAnswer::WouldBlock) => counted.sink_retries += 1,
                Ev::Recovered(back) => {
                    handed_back = Some(bytes(&back.bytes));
                    counted.sink_retries -= u64::from(back.error == Some(Cause::WouldBlock)); // that one was the end
                }
                _ => {}
            }
            for name in names(&record.ev) {
                let place = SEEN.iter().position(|seen| *seen == name);
                tally.seen[place.expect("every name is in the list")] += 1;
            }
        }
        (tally.bytes, tally.drains) = (counted.accepted, counted.drains);
        let left = counted.accepted - counted.taken;
        if handed_back.unwrap_or_default() != left {
            return Err(format!(
                "{left} bytes were accepted and not taken, handed back were {handed_back:?}"
            ));
        }
        match stats {
            Some(stats) => agree(stats, counted, left).map(|()| tally),
            None => Ok(tally),
        }
    }

    /// Adds another one.
    pub(crate) fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.bytes += other.bytes;
        self.drains += other.drains;
        self.widest = self.widest.max(other.widest);
        self.judging += other.judging;
        self.longest_judging = self.longest_judging.max(other.longest_judging);
        for (mine, theirs) in self.seen.iter_mut().zip(other.seen) {
            *mine += theirs;
        }
    }

    /// What never happened.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        SEEN.into_iter().zip(self.seen).filter(|(_, times)| *times == 0).map(|(name, _)| name).collect()
    }
}

/// The counters of the writer against those of the log. The largest number of bytes buffered is not in the log.
fn agree(stats: Stats, counted: Stats, left: u64) -> Result<(), String> {
    let buffered = usize::try_from(left).unwrap_or(usize::MAX);
    let wanted = Stats { buffered, buffered_max: stats.buffered_max, ..counted };
    let stats = stats.without_times();
    if stats == wanted { Ok(()) } else { Err(format!("the counters are {stats:?}, the log says {wanted:?}")) }
}

/// What of [`SEEN`] a record shows.
fn names(ev: &Ev) -> Vec<&'static str> {
    use highwater_model::contract::Wake;
    let name = match ev {
        Ev::Return { ret: Ret::Wrote(answer), .. } => match answer {
            Answer::Full => SEEN[0],
            Answer::TooLarge => SEEN[1],
            Answer::AfterEnd => SEEN[2],
            Answer::Destroyed => SEEN[3],
            Answer::Errored(_) => SEEN[4],
            _ => return Vec::new(),
        },
        Ev::Return { ret: Ret::TimedOut, .. } => SEEN[5],
        Ev::Call { op: Op::Call(Call::Cancel(_)), .. } => SEEN[6],
        Ev::Return { ret: Ret::Woken(wake), .. } => match wake {
            Wake::AfterEnd => SEEN[7],
            Wake::Destroyed => SEEN[8],
            Wake::Errored(_) => SEEN[9],
            Wake::Flushed => SEEN[10],
            Wake::Drained => return Vec::new(),
        },
        Ev::Recovered(back) => {
            let some = if back.bytes.is_empty() { Vec::new() } else { vec![SEEN[11]] };
            let unknown = if back.unknown == 0 { Vec::new() } else { vec![SEEN[12]] };
            return [some, unknown].concat();
        }
        Ev::Return { ret: Ret::Over(over), .. } => match over {
            Over::Finished => SEEN[13],
            Over::Destroyed => SEEN[14],
            Over::Errored(Cause::Failed) => SEEN[15],
            Over::Errored(Cause::WriteZero) => SEEN[16],
            Over::Errored(Cause::Panicked) => SEEN[17],
            Over::Errored(Cause::InvalidData) => SEEN[18],
            Over::Errored(Cause::WouldBlock) => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    vec![name]
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} records, {} bytes, {} drains; judged in {:.2} s, the slowest log in {:.1} ms, at most {} guesses at once",
            self.records,
            self.bytes,
            self.drains,
            self.judging.as_secs_f64(),
            self.longest_judging.as_secs_f64() * 1e3,
            self.widest
        )
    }
}
