//! `cargo bench --bench sweep`: what the marks, the batch and the linger time cost, for the tables of `docs/TUNING.md`.
//!
//! Each setting is varied with the others at their defaults. Prints the tables as they stand in that file; takes about three minutes. Nothing is asserted.

use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use highwater::Writer;
use highwater_benches::ledger::{Spread, percentile};
use highwater_benches::measure::{Paced, Pair};
use highwater_benches::peers::{BASELINE, Tuned};
use highwater_benches::sinks::{self, Destination};
use highwater_benches::stream::Stream;
use highwater_benches::{plan, units};

/// Bytes of a write, one column each for every sink.
const CHUNKS: [usize; 2] = [64, 1024];
/// Of each setting and column, beside as many of the baseline.
const ROUNDS: usize = 7;
const BATCHES: u64 = 2;
const KIB: usize = 1024;
/// The default mark: the low marks and the batches are shares of it.
const MARK: usize = 256 * KIB;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let asks = |word: &str| arguments.iter().any(|argument| argument == word);
    if !asks("--bench") || asks("--list") || asks("--test") {
        return ExitCode::SUCCESS; // of tests it has none; `cargo test` only sees that it compiles
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> io::Result<()> {
    let temporary = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let sinks = sinks::all(temporary);
    let marks = [16, 64, 128, 256, 512, 1024, 4096].map(|kib| Tuned { mark: kib * KIB, ..Tuned::default() });
    let mut defaults = Vec::new();
    defaults.extend(ratios("high-water mark", &marks, &sinks, |tuned| units::bytes(tuned.mark as u64))?);
    let lows = [0, MARK / 4, MARK / 2, MARK / 4 * 3, MARK - 1];
    let lows = lows.map(|low| Tuned { low: Some(low), ..Tuned::default() });
    defaults.extend(ratios("low-water mark", &lows, &sinks, |tuned| match tuned.low {
        Some(low) if low == MARK - 1 => "mark - 1".into(),
        low => units::bytes(low.unwrap_or(0) as u64),
    })?);
    let batches = [1, 4 * KIB, 16 * KIB, MARK / 4, MARK / 2, MARK];
    let batches = batches.map(|batch| Tuned { batch: Some(batch), ..Tuned::default() });
    defaults.extend(ratios(
        "batch",
        &batches,
        &sinks,
        |tuned| units::bytes(tuned.batch.unwrap_or(0) as u64),
    )?);
    noise(&defaults, &sinks);
    lingers()
}

/// Whether this row is one of the defaults, however it is written.
fn is_default(tuned: &Tuned) -> bool {
    tuned.mark == MARK
        && tuned.low.unwrap_or(MARK - 1) == MARK - 1
        && tuned.batch.unwrap_or(MARK / 4) == MARK / 4
}

/// How far the medians of one and the same setting lie apart: the defaults, which every table has as a row.
fn noise(defaults: &[Vec<f64>], sinks: &[Box<dyn Destination>]) {
    let spreads =
        (0..columns(sinks).len()).filter_map(|column| Spread::of(defaults.iter().map(|row| row[column])));
    let (ranges, factors): (Vec<String>, Vec<String>) = spreads
        .map(|Spread { min, max, .. }| (format!("{min:.2}..{max:.2}"), format!("{:.1}", max / min)))
        .unzip();
    head("", sinks);
    println!("| the defaults, {} times | {} |", defaults.len(), ranges.join(" | "));
    println!("| largest by smallest | {} |\n", factors.join(" | "));
}

/// Each sink with each chunk.
fn columns(sinks: &[Box<dyn Destination>]) -> Vec<(&dyn Destination, usize)> {
    sinks.iter().flat_map(|sink| CHUNKS.map(|chunk| (sink.as_ref(), chunk))).collect()
}

fn head(what: &str, sinks: &[Box<dyn Destination>]) {
    let names: Vec<String> = columns(sinks)
        .iter()
        .map(|(sink, chunk)| format!("{} {}", sink.name(), units::bytes(*chunk as u64)))
        .collect();
    println!("| {what} | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len()));
}

/// A table of ratios to the baseline: a row a setting, a column a sink and chunk. Returns the medians of each row that is the defaults.
fn ratios(
    what: &str,
    settings: &[Tuned],
    sinks: &[Box<dyn Destination>],
    name: impl Fn(&Tuned) -> String,
) -> io::Result<Vec<Vec<f64>>> {
    let mut defaults = Vec::new();
    head(what, sinks);
    for tuned in settings {
        let row: io::Result<Vec<Spread>> =
            columns(sinks).iter().map(|(sink, chunk)| ratio(tuned, *sink, *chunk)).collect();
        let row = row?;
        let cells: Vec<String> = row
            .iter()
            .map(|Spread { median, min, max }| format!("{median:.2} ({min:.2}..{max:.2})"))
            .collect();
        println!("| {} | {} |", name(tuned), cells.join(" | "));
        if is_default(tuned) {
            defaults.push(row.iter().map(|spread| spread.median).collect());
        }
    }
    println!();
    Ok(defaults)
}

fn ratio(tuned: &Tuned, sink: &dyn Destination, chunk: usize) -> io::Result<Spread> {
    let mut pair = Pair::new(tuned, &BASELINE, sink, chunk);
    pair.rehearse()?;
    pair.calibrate()?;
    let rounds: io::Result<Vec<f64>> = (0..ROUNDS).map(|_| Ok(pair.round(BATCHES)?.ratio())).collect();
    Spread::of(rounds?).ok_or_else(|| io::Error::other("a cell without a round"))
}

/// What lingering is for: few calls of the sink and few wake-ups, against how long a byte may wait.
fn lingers() -> io::Result<()> {
    println!(
        "| linger | trickle: sink calls a second | trickle: % of a core | paced: p99.9 µs | paced: max µs |"
    );
    println!("|---|---|---|---|---|");
    let floor = copies();
    println!(
        "| a copy alone | - | - | {:.2} | {:.0} |",
        percentile(&floor, 99.9).unwrap_or(0) as f64 / 1e3,
        floor.last().copied().unwrap_or(0) as f64 / 1e3
    );
    for linger_us in [0, 100, 500, 1000, 5000] {
        let linger = Some(Duration::from_micros(linger_us));
        let (calls, share) = trickle(linger)?;
        let tuned = Tuned { mark: KIB * KIB, linger, ..Tuned::default() };
        let stream = Stream::new(plan::STALL_CHUNK, plan::STALL_LAPS);
        let mut took = Vec::new();
        for _ in 0..20 {
            took.extend(tuned.pace(&plan::STALLING, &stream, plan::STALL_INTERVAL)?);
        }
        took.sort_unstable();
        let us = |nanoseconds: u64| nanoseconds as f64 / 1e3;
        println!(
            "| {linger_us} µs | {calls:.0} | {share} | {:.2} | {:.0} |",
            us(percentile(&took, 99.9).unwrap_or(0)),
            us(took.last().copied().unwrap_or(0))
        );
    }
    Ok(())
}

/// What the machine itself does to the tail: chunks copied at the same pace into memory as large as the ring, which nobody else touches. In ns, sorted.
fn copies() -> Vec<u64> {
    const WRITES: u32 = 80_000;
    let (chunk, mut memory) = (vec![7_u8; plan::STALL_CHUNK], vec![1_u8; 2 * KIB * KIB]);
    let (start, mut took) = (Instant::now(), Vec::new());
    let mut places = (0..memory.len()).step_by(plan::STALL_CHUNK).cycle();
    for n in 0..WRITES {
        while start.elapsed() < plan::STALL_INTERVAL * n {
            thread::yield_now();
        }
        let at = places.next().unwrap_or(0);
        let before = Instant::now();
        std::hint::black_box(&mut memory)[at..at + plan::STALL_CHUNK].copy_from_slice(&chunk);
        took.push(u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    took.sort_unstable();
    took
}

/// One write of 64 bytes a millisecond, less what the same loop costs without a writer.
fn trickle(linger: Option<Duration>) -> io::Result<(f64, String)> {
    const WRITES: u32 = 1000;
    let run = |writer: &mut Option<Writer<io::Sink>>| -> io::Result<(Duration, Duration)> {
        let (before, start) = (processor_time(), Instant::now());
        for n in 1..=WRITES {
            if let Some(writer) = writer {
                let _ = writer.write([b'.'; 64])?;
            }
            thread::sleep((Duration::from_millis(1) * n).saturating_sub(start.elapsed()));
        }
        Ok((processor_time().saturating_sub(before), start.elapsed()))
    };
    let builder = Writer::builder();
    let builder = if let Some(linger) = linger { builder.linger(linger) } else { builder };
    let mut writer = Some(builder.spawn(io::sink())?);
    let (alone, _) = run(&mut None)?;
    let (both, clock) = run(&mut writer)?;
    let calls = writer.map_or(0, |writer| writer.stats().sink_writes);
    let share = 100.0 * both.saturating_sub(alone).as_secs_f64() / clock.as_secs_f64();
    let share = if both.is_zero() { "-".into() } else { format!("{share:.1}") };
    Ok((calls as f64 / clock.as_secs_f64(), share))
}

/// Of all threads of this process; nothing where the system does not say.
fn processor_time() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
        Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanoseconds)
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}
