//! The sizes and the pace of what is measured.

use std::time::Duration;

use crate::sinks::Stalling;

/// Bytes of a write in the ratio tables, one column each.
pub const CHUNKS: [usize; 4] = [16, 64, 1024, 64 * 1024];

/// Whether the [rivals](crate::peers::rivals) are measured here: they are slow enough for the time to matter, and what they cost a write
/// shows in the small ones.
#[must_use]
pub fn rivals_at(sink: &str, chunk: usize) -> bool {
    ["null", "file"].contains(&sink) && chunk <= 1024
}

/// For how long criterion measures one cell, but for those of [`RIVALS_TIME`].
pub const TIME: Duration = Duration::from_millis(2500);

/// For how long it measures a rival, or many producers: their ratios are far from 1, and need not be known as closely.
pub const RIVALS_TIME: Duration = Duration::from_millis(1500);

/// For how long it lets one contender write against stalls: long enough for some 200,000 calls, of which 20 are slower than p99.99.
pub const STALL_TIME: Duration = Duration::from_secs(5);

/// How many threads write in the table of many producers, one column each.
pub const PRODUCERS: [usize; 3] = [1, 2, 4];

/// Bytes of a write in the table of many producers.
pub const SHARED_CHUNK: usize = 16;

/// Bytes of a write in the stall table.
pub const STALL_CHUNK: usize = 1024;

/// The pace of the producer in the stall table: 1 KiB every 20.48 µs is 50 MB/s.
pub const STALL_INTERVAL: Duration = Duration::from_nanos(20_480);

/// The sink of the stall table.
pub const STALLING: Stalling = Stalling { every: 1 << 20, nap: Duration::from_millis(5) };

/// Laps of one run against stalls: 4¼ MiB, and not a whole number of MiB. A sink that stalls with the first call of each MiB is felt by
/// 5 of 4,352 writes, 0.115 %, of a writer that feels each stall once. At 4 MiB it would be 4 of 4,096, 0.098 %:
/// p99.9 would look just past them and show noise.
pub const STALL_LAPS: u64 = 17;

/// The stall table's conditions in words.
#[must_use]
pub fn stall_conditions() -> String {
    let mb_per_second = STALL_CHUNK as f64 / STALL_INTERVAL.as_secs_f64() / 1e6;
    format!(
        "a producer of {mb_per_second:.0} MB/s in writes of {STALL_CHUNK} B, a sink that sleeps {} ms every {} MiB",
        STALLING.nap.as_millis(),
        STALLING.every >> 20
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::LAP;

    #[test]
    fn more_than_a_thousandth_of_the_writes_can_feel_a_stall() {
        let bytes = STALL_LAPS * LAP as u64;
        let (stalls, writes) = (STALLING.stalls(bytes), bytes / STALL_CHUNK as u64);
        assert!(stalls * 1000 > writes, "{stalls} of {writes}: p99.9 would not see them");
    }

    #[test]
    fn the_conditions_are_said_as_they_are() {
        let said = "a producer of 50 MB/s in writes of 1024 B, a sink that sleeps 5 ms every 1 MiB";
        assert_eq!(stall_conditions(), said);
    }
}
