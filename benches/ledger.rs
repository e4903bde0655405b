//! What was measured, for the tables and for `highwater-bench.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::measure::Round;
use crate::units;

/// Everything one run measured.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Times relative to the baseline.
    pub ratios: Vec<Ratio>,
    /// The same for many producers, relative to theirs.
    pub many: Vec<Ratio>,
    /// Durations of single writes while the sink stalls.
    pub stalls: Vec<Stall>,
}

/// One cell of a ratio table.
#[derive(Clone, Debug, Serialize)]
pub struct Ratio {
    /// The sink.
    pub sink: String,
    /// Bytes of a write.
    pub chunk: usize,
    /// Threads that write.
    pub producers: usize,
    /// The contender.
    pub contender: String,
    /// Time per write of the contender, in nanoseconds.
    pub contender_ns: Spread,
    /// Time per write of the baseline in the same rounds, in nanoseconds.
    pub baseline_ns: Spread,
    /// The contender's time divided by the baseline's, round by round.
    pub ratio: Spread,
    /// Rounds measured.
    pub rounds: usize,
    /// Writes on each side, in all rounds.
    pub writes: u64,
}

/// The middle and the ends of some figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of these figures; `None` when there are none.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Self { median: f64::midpoint(low, high), min, max })
    }
}

impl Ratio {
    /// Of these rounds of one producer. The first is a warm-up and not counted where there are more; `None` without any.
    #[must_use]
    pub fn of(sink: &str, chunk: usize, contender: String, rounds: &[Round]) -> Option<Self> {
        let rounds = if rounds.len() > 1 { &rounds[1..] } else { rounds };
        let per_write = |time: fn(&Round) -> std::time::Duration| {
            Spread::of(rounds.iter().map(|round| time(round).as_secs_f64() * 1e9 / round.writes as f64))
        };
        Some(Self {
            sink: sink.into(),
            chunk,
            producers: 1,
            contender,
            contender_ns: per_write(|round| round.contender)?,
            baseline_ns: per_write(|round| round.baseline)?,
            ratio: Spread::of(rounds.iter().map(Round::ratio))?,
            rounds: rounds.len(),
            writes: rounds.iter().map(|round| round.writes).sum(),
        })
    }

    /// The column it belongs to in a table of chunk sizes.
    #[must_use]
    pub fn column(&self) -> String {
        units::bytes(self.chunk as u64)
    }

    /// The column it belongs to in a table of many producers.
    #[must_use]
    pub fn column_of_many(&self) -> String {
        units::threads(self.producers)
    }
}

/// One row of the stall table: how long single writes took, in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Stall {
    /// The contender.
    pub contender: String,
    /// Writes timed.
    pub writes: usize,
    /// By name: `p50`, `p99`, `p99.9`, `p99.99`, `max`.
    pub ns: BTreeMap<&'static str, u64>,
    /// Writes that took a millisecond or more, in a million.
    pub stalled_ppm: f64,
}

impl Ledger {
    /// Whether nothing was measured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ratios.is_empty() && self.many.is_empty() && self.stalls.is_empty()
    }

    /// The stall of this contender.
    #[must_use]
    pub fn stall(&self, contender: &str) -> Option<&Stall> {
        self.stalls.iter().find(|stall| stall.contender == contender)
    }
}

impl Stall {
    /// The columns of the table and what each of them is a percentile of.
    pub const COLUMNS: [(&'static str, f64); 5] =
        [("p50", 50.0), ("p99", 99.0), ("p99.9", 99.9), ("p99.99", 99.99), ("max", 100.0)];

    /// Of these durations in nanoseconds; `None` without any.
    #[must_use]
    pub fn of(contender: String, mut took: Vec<u64>) -> Option<Self> {
        took.sort_unstable();
        let ns = Self::COLUMNS.map(|(name, percent)| Some((name, percentile(&took, percent)?)));
        let stalled = took.len() - took.partition_point(|&ns| ns < 1_000_000);
        Some(Self {
            contender,
            writes: took.len(),
            ns: ns.into_iter().collect::<Option<_>>()?,
            stalled_ppm: stalled as f64 * 1e6 / took.len() as f64,
        })
    }

    /// How many times this contender's figure in that column lies below the other's; `None` without such a column.
    #[must_use]
    pub fn times_below(&self, other: &Self, column: &str) -> Option<f64> {
        let (ours, theirs) = (self.ns.get(column)?, other.ns.get(column)?);
        Some(*theirs as f64 / (*ours).max(1) as f64)
    }
}

/// The smallest of `sorted` that at least `percent` of them do not exceed.
#[must_use]
pub fn percentile(sorted: &[u64], percent: f64) -> Option<u64> {
    // Rounded to a millionth first: 99.9 % of 1,000 is 999.0000000000001 in floating point, whose ceiling would be the maximum.
    let rank = ((percent * sorted.len() as f64 * 1e4).round() / 1e6).ceil();
    // Between 0 and the length, so the cast is exact.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rank = rank as usize;
    sorted.get(rank.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let thousand: Vec<u64> = (1..=1000).collect();
        let of = |percent| percentile(&thousand, percent);
        assert_eq!([50.0, 99.0, 99.9, 100.0].map(of), [Some(500), Some(990), Some(999), Some(1000)]);
        assert_eq!(of(99.99), Some(1000));
        assert_eq!((percentile(&[7], 50.0), percentile(&[], 50.0)), (Some(7), None));
    }

    #[test]
    fn one_slow_write_in_a_thousand_and_one_decides_the_maximum_only() {
        let mut took = vec![20; 1000];
        took.push(5_000_000);
        let stall = Stall::of("one".into(), took).unwrap();
        assert_eq!((stall.ns["p99.9"], stall.ns["max"]), (20, 5_000_000));
        assert!((stall.stalled_ppm - 999.0).abs() < 0.01);
    }

    #[test]
    fn the_first_round_is_a_warm_up_and_the_ratio_is_taken_round_by_round() {
        let round = |contender, baseline| Round {
            contender: Duration::from_nanos(contender),
            baseline: Duration::from_nanos(baseline),
            writes: 10,
        };
        let rounds = [round(9000, 10), round(200, 100), round(300, 100), round(8000, 2000)];
        let ratio = Ratio::of("null", 16, "x".into(), &rounds).unwrap();
        assert_eq!(ratio.ratio, Spread { median: 3.0, min: 2.0, max: 4.0 });
        assert_eq!((ratio.rounds, ratio.writes), (3, 30));
        assert!((ratio.contender_ns.median - 30.0).abs() < 1e-9);
    }
}
