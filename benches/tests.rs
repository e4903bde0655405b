//! The measurements themselves are tried: wrong contenders must be caught, stalls must be seen.

use std::io::{self, BufWriter, Write};
use std::time::{Duration, Instant};

use crate::ledger::{Ledger, Ratio, Stall};
use crate::measure::{Measured, Paced, Pair, Round};
use crate::peers::{self, BASELINE, Contender, Open};
use crate::sinks::{self, AnySink, Checked, Destination, Stalling};
use crate::stream::{NotDelivered, Stream};
use crate::table;

/// Passes each chunk straight to the sink, but does something wrong to it.
#[derive(Clone, Copy)]
enum Wrong {
    /// Returns from `finish` with the last bytes still in its buffer.
    ForgetsToFlush,
    /// Exchanges each pair of chunks.
    Swaps,
    /// Writes the first chunk twice and never the second.
    Repeats,
}

struct OpenWrong {
    wrong: Wrong,
    sink: Option<BufWriter<AnySink>>,
    seen: Vec<Vec<u8>>,
}

impl Contender for Wrong {
    type Open = OpenWrong;

    fn name(&self) -> String {
        "wrong".into()
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<OpenWrong> {
        Ok(OpenWrong { wrong: *self, sink: Some(BufWriter::new(sink)), seen: Vec::new() })
    }
}

impl Open for OpenWrong {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        let sink = self.sink.as_mut().expect("in use");
        if matches!(self.wrong, Wrong::ForgetsToFlush) {
            return sink.write_all(chunk);
        }
        self.seen.push(chunk.to_vec());
        if let [first, second] = &self.seen[..] {
            let repeats = matches!(self.wrong, Wrong::Repeats);
            sink.write_all(if repeats { first } else { second })?;
            sink.write_all(first)?;
            self.seen.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        let sink = self.sink.take().expect("in use");
        if matches!(self.wrong, Wrong::ForgetsToFlush) {
            drop(sink.into_parts());
            return Ok(());
        }
        sink.into_inner()?.flush()
    }
}

/// Writes straight through: whatever the sink does, its caller feels.
struct Through;

impl Contender for Through {
    type Open = AnySink;

    fn name(&self) -> String {
        "through".into()
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<AnySink> {
        Ok(sink)
    }
}

impl Open for AnySink {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.write_all(chunk)
    }

    fn finish(self) -> io::Result<()> {
        Ok(())
    }
}

fn every_sink() -> Vec<Box<dyn Destination>> {
    let mut all = sinks::all(&std::env::temp_dir());
    all.push(Box::new(Checked));
    all.push(Box::new(Stalling { every: 1 << 20, nap: Duration::from_micros(1) }));
    all
}

fn complaint(outcome: io::Result<Duration>) -> Option<NotDelivered> {
    outcome.err()?.get_ref()?.downcast_ref().copied()
}

#[test]
fn a_contender_that_drops_its_last_bytes_is_caught_in_every_sink() {
    // A chunk that does not divide the 8 KiB buffer would do too; one lap of 64 KiB chunks would pass straight through.
    let stream = Stream::new(1024, 1);
    for sink in every_sink() {
        let caught = complaint(Wrong::ForgetsToFlush.deliver(sink.as_ref(), &stream));
        assert!(
            matches!(caught, Some(NotDelivered::Count { seen, expected }) if seen < expected),
            "{}: {caught:?}",
            sink.name()
        );
    }
}

#[test]
fn a_contender_that_mixes_up_its_bytes_is_caught_before_it_is_timed() {
    for (wrong, at) in [(Wrong::Swaps, 0), (Wrong::Repeats, 64)] {
        let pair = Pair::new(&wrong, &BASELINE, &sinks::Null, 64);
        assert_eq!(complaint(pair.rehearse().map(|()| Duration::ZERO)), Some(NotDelivered::Wrong { at }));
    }
}

#[test]
fn every_contender_delivers_every_byte_into_every_sink() {
    let stalling = peers::against_stalls().unwrap().into_iter().map(|peer| -> Box<dyn Measured> { peer });
    let contenders = peers::all().unwrap().into_iter().chain(peers::rivals().unwrap()).chain(stalling);
    let many = [1, 2, 3].into_iter().flat_map(|producers| peers::sharing(producers).unwrap());
    for contender in contenders.chain(many) {
        for chunk in [16, 1024, 64 * 1024] {
            contender.rehearse(&Stream::new(chunk, 5)).unwrap();
            for sink in every_sink().iter().filter(|sink| contender.takes(sink.as_ref())) {
                let outcome = contender.deliver(sink.as_ref(), &Stream::new(chunk, 1));
                outcome.unwrap_or_else(|error| panic!("{} {}: {error}", contender.name(), sink.name()));
            }
        }
    }
}

#[test]
fn a_stall_is_seen_in_a_writer_that_blocks() {
    let stalling = Stalling { every: 128 * 1024, nap: Duration::from_millis(5) };
    let stream = Stream::new(1024, 2);
    let took = Through.pace(&stalling, &stream, Duration::from_micros(1)).unwrap();
    assert_eq!(took.len() as u64, stream.writes());
    let stalled: Vec<usize> = (0..took.len()).filter(|&write| took[write] >= 5_000_000).collect();
    for expected in [0, 128, 256, 384] {
        assert!(stalled.contains(&expected), "write {expected} hit a stall and took {} ns", took[expected]);
    }
    let row = Stall::of("through".into(), took).unwrap();
    assert!(row.ns["max"] >= 5_000_000 && row.ns["p99.9"] >= 5_000_000, "{row:?}");
}

#[test]
fn the_pace_is_kept_between_the_writes_and_not_inside_them() {
    let interval = Duration::from_millis(2);
    let stream = Stream::new(16 * 1024, 2);
    let start = Instant::now();
    let took = Through.pace(&sinks::Null, &stream, interval).unwrap();
    let last_due = interval * 31;
    assert!(start.elapsed() >= last_due, "the last write fell due after {last_due:?}");
    let inside: u64 = took.iter().sum();
    assert!(
        Duration::from_nanos(inside) < last_due / 2,
        "{inside} ns inside {} writes that do nothing",
        took.len()
    );
}

#[test]
fn a_batch_is_bounded_by_its_destination() {
    let mut pair = Pair::new(&BASELINE, &BASELINE, &Checked, 64 * 1024);
    pair.calibrate().unwrap();
    assert!(pair.stream().bytes() <= Checked.batch_bytes_max() && pair.stream().laps() >= 1);
    let round = pair.round(2).unwrap();
    assert_eq!(round.writes, 2 * pair.stream().writes());
    assert!(round.contender > Duration::ZERO && round.baseline > Duration::ZERO);
}

#[test]
fn the_tables_fit_their_width_and_name_what_is_lost() {
    let round = |contender, baseline| Round {
        contender: Duration::from_nanos(contender),
        baseline: Duration::from_nanos(baseline),
        writes: 10,
    };
    let mut ledger = Ledger::default();
    for (name, time) in [("bufwriter-8KiB", 100), ("highwater-blocking", 1_234_567), ("highwater", 50)] {
        for chunk in [16, 64, 1024, 65_536] {
            let rounds = [round(1, 1), round(time, 100), round(time * 2, 100), round(time * 3, 100)];
            ledger.ratios.extend(Ratio::of("null", chunk, name.into(), &rounds));
        }
    }
    ledger.ratios.retain(|cell| (cell.contender.as_str(), cell.chunk) != ("highwater", 64));
    ledger.stalls.extend(Stall::of("bufwriter-8KiB".into(), vec![13, 5_000_000_000]));
    ledger.stalls.extend(Stall::of("highwater-1MiB".into(), vec![13, 500]));
    for producers in [1, 2, 4] {
        let cell = Ratio::of("null", 16, "highwater-shared".into(), &[round(1_234_567, 100)]).unwrap();
        ledger.many.push(Ratio { producers, ..cell });
    }
    let text = table::render(&ledger, "bufwriter-8KiB", "highwater", 38);
    for line in text.lines() {
        assert!(line.chars().count() <= table::WIDTH, "{} columns: {line}", line.chars().count());
    }
    assert!(text.contains("highwater is slower than bufwriter-8KiB in 4 of 7 cells:"), "{text}");
    assert!(text.contains("null/16B/highwater-blocking 25k"), "{text}");
    let row = |start: &str| {
        let row =
            text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start}: {text}"));
        row.split_whitespace().collect::<Vec<_>>()
    };
    assert_eq!(
        row("highwater "),
        ["highwater", "1.00", "(0.50..1.50)", "-", "1.00", "(0.50..1.50)", "1.00", "(0.50..1.50)"]
    );
    assert_eq!(row("highwater-1MiB").last(), Some(&"10,000,000"), "times below the p99.9 of the baseline");
    assert_eq!(row("highwater-shared")[1..3], ["12k", "(12k..12k)"]);
    assert_eq!(row("1. null, 16B")[4..], ["to", "bufwriter-8KiB", "<=", "1.15", "1.00", "met"]);
    assert_eq!(row("6. 2 threads: ratio")[6..], ["<=", "1.30", "12,346", "missed"]);
    assert!(!text.contains("1. null, 64B"), "what was not measured has no row: {text}");
    assert!(text.contains("5 targets met, 3 missed, 30 not measured in this run"), "{text}");
}
