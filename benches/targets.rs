//! What is asked of the writer. `verdict.rs` holds it beside what a run of `cargo bench` measured; nothing fails: speeds are not tests.

use crate::plan;
use crate::verdict::{Bound, Figure};

/// Ratios to `bufwriter-8KiB` of one [`Writer::write`](highwater::Writer::write) at most: sink, bytes of a write, ratio.
const WRITES: [(u8, &str, usize, f64); 8] = [
    (1, "null", 16, 1.15),
    (1, "null", 64, 1.6),
    (1, "null", 1024, 3.0),
    (4, "file", 16, 0.65),
    (4, "file", 64, 0.65),
    (4, "file", 1024, 0.65),
    (5, "pipe", 64, 1.15),
    (5, "pipe", 1024, 1.15),
];

/// While the sink stalls, a write's p99.9 in nanoseconds at most.
const STALL_NS_AT_MOST: f64 = 1000.0;

/// How many times that lies below the p99.9 of `bufwriter-8KiB` at least.
const STALL_TIMES_AT_LEAST: f64 = 1000.0;

/// While the sink stalls, every write takes less than this.
const STALL_MAX_NS_BELOW: f64 = 500_000.0;

/// Who else writes through a thread.
const RIVALS: [&str; 6] =
    ["channel-thread", "crossbeam-thread", "tracing-appender", "unblock", "piper-thread", "tokio-mpsc"];

/// Bytes of a write into `null` at which a rival needs [`RIVAL_TIMES_AT_LEAST`] our time.
const RIVAL_CHUNKS: [usize; 2] = [16, 64];

/// See [`RIVAL_CHUNKS`].
const RIVAL_TIMES_AT_LEAST: f64 = 20.0;

/// Ratio to `mutex-bufwriter` at most, whatever the number of producers.
const SHARED_AT_MOST: f64 = 1.3;

/// The channels that many producers might use, and how many times our time they need at least.
const CHANNELS: [&str; 2] = ["channel-thread", "crossbeam-thread"];

/// See [`CHANNELS`].
const CHANNEL_TIMES_AT_LEAST: f64 = 10.0;

/// The contenders that targets are about, and the one most are relative to.
pub(crate) const OURS: &str = "highwater";
pub(crate) const OURS_STALLING: &str = "highwater-1MiB";
pub(crate) const OURS_SHARED: &str = "highwater-shared";
pub(crate) const YARDSTICK: &str = "bufwriter-8KiB";

/// Every target: the promise it is part of, what is measured, and where that should be.
pub(crate) fn all() -> Vec<(u8, Figure, Bound)> {
    let mut all: Vec<(u8, Figure, Bound)> = WRITES
        .into_iter()
        .map(|(group, sink, chunk, ratio)| (group, Figure::Write { sink, chunk }, Bound::AtMost(ratio)))
        .collect();
    all.extend([
        (2, Figure::Stall { column: "p99.9" }, Bound::AtMost(STALL_NS_AT_MOST)),
        (2, Figure::StallBelow { name: YARDSTICK }, Bound::AtLeast(STALL_TIMES_AT_LEAST)),
        (2, Figure::Stall { column: "max" }, Bound::Below(STALL_MAX_NS_BELOW)),
    ]);
    for name in RIVALS {
        for chunk in RIVAL_CHUNKS {
            all.push((3, Figure::Rival { name, chunk }, Bound::AtLeast(RIVAL_TIMES_AT_LEAST)));
        }
        all.push((3, Figure::StallBelow { name }, Bound::Above(1.0)));
    }
    for producers in plan::PRODUCERS {
        all.push((6, Figure::Shared { producers }, Bound::AtMost(SHARED_AT_MOST)));
        for name in CHANNELS {
            all.push((6, Figure::Channel { name, producers }, Bound::AtLeast(CHANNEL_TIMES_AT_LEAST)));
        }
    }
    // A stable sort: within a group the order is that of this file.
    all.sort_by_key(|(group, ..)| *group);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Stall;
    use crate::peers;

    #[test]
    fn everybody_and_every_place_a_target_names_is_measured() {
        let names = |list: Vec<String>| move |name: &str| list.iter().any(|other| other == name);
        let rivals = peers::rivals().unwrap();
        let single = peers::all().unwrap().into_iter().chain(rivals).map(|peer| peer.name()).collect();
        let single = names(single);
        let stalling = names(peers::against_stalls().unwrap().iter().map(|peer| peer.name()).collect());
        let many = names(peers::sharing(1).unwrap().iter().map(|peer| peer.name()).collect());
        for (_, figure, _) in all() {
            let known = match figure {
                Figure::Write { chunk, .. } => single(OURS) && plan::CHUNKS.contains(&chunk),
                Figure::Rival { name, chunk } => single(name) && plan::rivals_at("null", chunk),
                Figure::Stall { column } => {
                    stalling(OURS_STALLING) && Stall::COLUMNS.iter().any(|(name, _)| *name == column)
                }
                Figure::StallBelow { name } => stalling(name),
                Figure::Shared { .. } => many(OURS_SHARED),
                Figure::Channel { name, .. } => many(name),
            };
            assert!(known, "{figure}");
        }
    }
}
