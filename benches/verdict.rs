//! Whether a run of `cargo bench` shows what the targets ask for.

use std::fmt;

use serde::Serialize;

use crate::ledger::{Ledger, Ratio};
use crate::targets::{self, OURS, OURS_SHARED, OURS_STALLING, YARDSTICK};
use crate::units::{bytes, figure, micros, threads};

/// A figure of the ledger that is asked to be somewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Figure {
    /// Our ratio to the baseline.
    Write { sink: &'static str, chunk: usize },
    /// A rival's time per write into `null`, divided by ours.
    Rival { name: &'static str, chunk: usize },
    /// Nanoseconds of our writes while the sink stalls.
    Stall { column: &'static str },
    /// How many times our p99.9 lies below this contender's.
    StallBelow { name: &'static str },
    /// Our ratio to the lock.
    Shared { producers: usize },
    /// A channel's time per write of many producers, divided by ours.
    Channel { name: &'static str, producers: usize },
}

/// Where a figure is asked to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    AtMost(f64),
    Below(f64),
    AtLeast(f64),
    Above(f64),
}

impl Bound {
    fn holds(self, measured: f64) -> bool {
        match self {
            Self::AtMost(limit) => measured <= limit,
            Self::Below(limit) => measured < limit,
            Self::AtLeast(limit) => measured >= limit,
            Self::Above(limit) => measured > limit,
        }
    }

    const fn parts(self) -> (&'static str, f64) {
        match self {
            Self::AtMost(limit) => ("<=", limit),
            Self::Below(limit) => ("<", limit),
            Self::AtLeast(limit) => (">=", limit),
            Self::Above(limit) => (">", limit),
        }
    }
}

impl Figure {
    /// What this run measured, if it did.
    fn measured(self, ledger: &Ledger) -> Option<f64> {
        let single = |name: &str, sink: &str, chunk: usize| {
            let here = |cell: &&Ratio| (&*cell.sink, cell.chunk, &*cell.contender) == (sink, chunk, name);
            ledger.ratios.iter().find(here).map(|cell| cell.ratio.median)
        };
        let many = |name: &str, producers: usize| {
            let here = |cell: &&Ratio| (&*cell.contender, cell.producers) == (name, producers);
            ledger.many.iter().find(here).map(|cell| cell.ratio.median)
        };
        match self {
            Self::Write { sink, chunk } => single(OURS, sink, chunk),
            // Both are ratios to a baseline that ran beside each: what the machine did in between falls out.
            Self::Rival { name, chunk } => Some(single(name, "null", chunk)? / single(OURS, "null", chunk)?),
            Self::Stall { column } => Some(*ledger.stall(OURS_STALLING)?.ns.get(column)? as f64),
            Self::StallBelow { name } => {
                ledger.stall(OURS_STALLING)?.times_below(ledger.stall(name)?, "p99.9")
            }
            Self::Shared { producers } => many(OURS_SHARED, producers),
            Self::Channel { name, producers } => Some(many(name, producers)? / many(OURS_SHARED, producers)?),
        }
    }

    fn said(self, value: f64) -> String {
        match self {
            Self::Stall { .. } => format!("{} us", micros_of(value)),
            _ => figure(value),
        }
    }
}

/// A float of nanoseconds came from a count of them, or is one of the limits above.
fn micros_of(ns: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    micros(ns as u64)
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write { sink, chunk } => {
                write!(f, "{sink}, {}: ratio to {YARDSTICK}", bytes(*chunk as u64))
            }
            Self::Rival { name, chunk } => {
                write!(f, "null, {}: {name}'s time / ours", bytes(*chunk as u64))
            }
            Self::Stall { column } => write!(f, "stall: {column} of a write"),
            Self::StallBelow { name } => write!(f, "stall: {name}'s p99.9 / ours"),
            Self::Shared { producers } => write!(f, "{}: ratio to mutex-bufwriter", threads(*producers)),
            Self::Channel { name, producers } => {
                write!(f, "{}: {name}'s time / ours", threads(*producers))
            }
        }
    }
}

/// What became of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The figure is where it should be.
    Met,
    /// It is not.
    Missed,
    /// A filter left it, or what it is compared with, out.
    NotMeasured,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::NotMeasured => "not measured",
        })
    }
}

/// One target beside the figure that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// Which of the six promises it is part of.
    pub group: u8,
    /// What is measured.
    pub what: String,
    /// Where it should be.
    pub asked: String,
    /// Where it is.
    pub measured: String,
    /// The same as a number.
    pub value: Option<f64>,
    /// The one held beside the other.
    pub verdict: Verdict,
}

/// Every target beside what this run measured, in the order of their groups.
#[must_use]
pub fn judge(ledger: &Ledger) -> Vec<Judged> {
    targets::all()
        .into_iter()
        .map(|(group, figure, bound)| {
            let value = figure.measured(ledger);
            let (sign, limit) = bound.parts();
            Judged {
                group,
                what: figure.to_string(),
                asked: format!("{sign} {}", figure.said(limit)),
                measured: value.map_or_else(|| "-".into(), |value| figure.said(value)),
                value,
                verdict: match value {
                    None => Verdict::NotMeasured,
                    Some(value) if bound.holds(value) => Verdict::Met,
                    Some(_) => Verdict::Missed,
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Spread, Stall};
    use crate::measure::Round;
    use std::time::Duration;

    /// With this ratio to the last bit, which two durations would not give.
    fn cell(sink: &str, chunk: usize, contender: &str, ratio: f64) -> Ratio {
        let round = Round { contender: Duration::from_secs(1), baseline: Duration::from_secs(1), writes: 1 };
        let cell = Ratio::of(sink, chunk, contender.into(), &[round]).unwrap();
        Ratio { ratio: Spread { median: ratio, min: ratio, max: ratio }, ..cell }
    }

    fn row<'a>(judged: &'a [Judged], what: &str) -> (&'a str, &'a str, Verdict) {
        let row = judged.iter().find(|row| row.what == what).unwrap_or_else(|| panic!("no {what}"));
        (&row.asked, &row.measured, row.verdict)
    }

    #[test]
    fn nothing_measured_is_neither_met_nor_missed() {
        let judged = judge(&Ledger::default());
        assert_eq!(judged.len(), 8 + 3 + 6 * 3 + 3 * 3);
        assert!(judged.iter().all(|row| row.verdict == Verdict::NotMeasured && row.value.is_none()));
        assert!(judged.is_sorted_by_key(|row| row.group));
    }

    #[test]
    fn a_limit_itself_is_met_and_a_hair_beyond_is_not() {
        let ratios =
            vec![cell("null", 16, OURS, 1.15), cell("file", 64, OURS, 0.66), cell("pipe", 64, "x", 0.1)];
        let judged = judge(&Ledger { ratios, ..Ledger::default() });
        assert_eq!(row(&judged, "null, 16B: ratio to bufwriter-8KiB"), ("<= 1.15", "1.15", Verdict::Met));
        assert_eq!(row(&judged, "file, 64B: ratio to bufwriter-8KiB"), ("<= 0.65", "0.66", Verdict::Missed));
        assert_eq!(
            row(&judged, "pipe, 64B: ratio to bufwriter-8KiB"),
            ("<= 1.15", "-", Verdict::NotMeasured)
        );
    }

    #[test]
    fn a_rival_is_compared_by_what_both_are_to_the_baseline() {
        let rival = |chunk| cell("null", chunk, "tokio-mpsc", 22.0);
        let ratios = vec![cell("null", 16, OURS, 1.1), rival(16), rival(64)];
        let mut ledger = Ledger { ratios, ..Ledger::default() };
        let judged = judge(&ledger);
        assert_eq!(row(&judged, "null, 16B: tokio-mpsc's time / ours"), (">= 20.0", "20.0", Verdict::Met));
        assert_eq!(row(&judged, "null, 64B: tokio-mpsc's time / ours").2, Verdict::NotMeasured);
        let shared = |name: &str, ratio| Ratio { producers: 4, ..cell("null", 16, name, ratio) };
        ledger.many = vec![shared(OURS_SHARED, 1.31), shared("channel-thread", 13.0)];
        let judged = judge(&ledger);
        assert_eq!(row(&judged, "4 threads: ratio to mutex-bufwriter").2, Verdict::Missed);
        assert_eq!(row(&judged, "4 threads: channel-thread's time / ours").1, "9.92");
        assert_eq!(row(&judged, "2 threads: channel-thread's time / ours").2, Verdict::NotMeasured);
    }

    #[test]
    fn stalls_are_judged_in_time_and_in_times() {
        let stall = |name: &str, ns| Stall::of(name.into(), vec![ns; 10]).unwrap();
        let stalls = vec![stall(OURS_STALLING, 500), stall(YARDSTICK, 5_000_000), stall("unblock", 500)];
        let judged = judge(&Ledger { stalls, ..Ledger::default() });
        assert_eq!(row(&judged, "stall: p99.9 of a write"), ("<= 1.000 us", "0.500 us", Verdict::Met));
        assert_eq!(row(&judged, "stall: max of a write"), ("< 500 us", "0.500 us", Verdict::Met));
        assert_eq!(row(&judged, "stall: bufwriter-8KiB's p99.9 / ours").1, "10,000");
        // As good is not better.
        assert_eq!(row(&judged, "stall: unblock's p99.9 / ours"), ("> 1.00", "1.00", Verdict::Missed));
    }
}
