//! A long stream through one writer: does its memory stay where it is?

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rounds::{Lane, in_turn};
use super::show::{self, Hoped, Target, cells};
use super::system::{self, Memory};
use super::who::{Program, Who};
use super::{Experiment, Report, Stage, child};
use crate::ledger::Spread;
use crate::peers::{Highwater, Open};
use crate::sinks::Sink;
use crate::stream::NotDelivered;
use crate::units::figure;

/// The experiment.
pub(crate) struct TenGigabytes;

const CHUNK: usize = 4096;

/// Bytes that the sink takes in one call at most.
const SIP: usize = 64 * 1024;

/// Where the memory is looked at, in percent of the stream.
const MARKS: [u64; 5] = [10, 25, 50, 75, 100];

#[derive(Serialize, Deserialize)]
struct Task {
    who: Who,
    chunks: u64,
}

/// What the memory was after so many bytes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Mark {
    bytes: u64,
    memory: Option<Memory>,
}

/// After which chunk the memory is looked at; the first at the earliest.
fn mark(chunks: u64, percent: u64) -> u64 {
    (chunks * percent / 100).max(1)
}

/// Writes chunks that begin with their number, and looks at the memory at the marks.
struct Long<'a> {
    chunks: u64,
    marks: &'a mut Vec<Mark>,
}

impl Program for Long<'_> {
    fn run(self, mut writer: impl Open) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        let mut due = MARKS.iter().map(|percent| mark(self.chunks, *percent)).peekable();
        for number in 0..self.chunks {
            chunk[..8].copy_from_slice(&number.to_le_bytes());
            writer.write(&chunk)?;
            while due.next_if(|due| *due <= number + 1).is_some() {
                self.marks.push(Mark { bytes: (number + 1) * CHUNK as u64, memory: system::memory() });
            }
        }
        writer.finish()
    }
}

/// Takes little at a time, counts it, and compares the number of each chunk whose beginning it sees whole.
struct Sips {
    taken: Arc<AtomicU64>,
}

impl Write for Sips {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(SIP)];
        let before = self.taken.load(Ordering::Relaxed);
        let chunk = CHUNK as u64;
        let skipped = usize::try_from(before.next_multiple_of(chunk) - before).unwrap_or(usize::MAX);
        let first = before.div_ceil(chunk);
        for (number, start) in (first..).zip((skipped..bytes.len()).step_by(CHUNK)) {
            if bytes.get(start..start + 8).is_some_and(|told| told != number.to_le_bytes()) {
                return Err(NotDelivered::Wrong { at: number * chunk }.into());
            }
        }
        self.taken.store(before + bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Sips {}

impl Experiment for TenGigabytes {
    fn name(&self) -> &'static str {
        "10gb"
    }

    fn child(&self, task: &str) -> io::Result<Value> {
        let Task { who, chunks } = serde_json::from_str(task)?;
        let taken = Arc::new(AtomicU64::new(0));
        let mut marks = Vec::with_capacity(MARKS.len());
        let sink = Sips { taken: Arc::clone(&taken) };
        who.run(Box::new(sink), CHUNK, Long { chunks, marks: &mut marks })?;
        let (seen, expected) = (taken.load(Ordering::Relaxed), chunks * CHUNK as u64);
        if seen != expected {
            return Err(NotDelivered::Count { seen, expected }.into());
        }
        Ok(json!(marks))
    }

    fn run(&self, stage: &Stage) -> io::Result<Report> {
        let gigabytes = stage.gigabytes.unwrap_or(stage.scale.of(10.0, 1.0, 0.01));
        // A float becomes a count: it is positive and small enough.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let chunks = (gigabytes * 1e9 / CHUNK as f64).ceil() as u64;
        let lanes = [Who::Baseline, Who::Highwater].map(|who| {
            Lane::new(who.name(), move || {
                let ran =
                    child::run::<Vec<Mark>>(&mut child::again(TenGigabytes.name(), &Task { who, chunks })?)?;
                Ok((ran.wall.as_secs_f64(), ran.said))
            })
        });
        let mut report = Report::default();
        report.say(&format!(
            "10gb: {} GB in chunks of 4 KiB into a sink that takes 64 KiB at most in a call;\n\
             peak memory / memory, in MiB, after so many bytes",
            figure(gigabytes)
        ));
        let mut rows = Vec::new();
        for track in in_turn(lanes.into(), 1)? {
            let Some((seconds, marks)) = track.samples.into_iter().next() else { continue };
            if rows.is_empty() {
                rows.push(heading(&marks));
            }
            let mut row = vec![track.name.clone(), show::seconds(seconds)];
            row.extend(marks.iter().map(|mark| mark.memory.map_or_else(|| show::NOT_MEASURED.into(), said)));
            rows.push(row);
            if track.name == Who::Highwater.name() {
                judge(&mut report, &marks)?;
            }
            report.figure(json!({ "program": track.name, "seconds": seconds, "marks": marks }));
        }
        report.say(&format!("\n{}", show::table(&rows).trim_end()));
        Ok(report)
    }
}

fn heading(marks: &[Mark]) -> Vec<String> {
    let mut row = cells(["", "time"]);
    row.extend(marks.iter().map(|mark| format!("{} GB", figure(mark.bytes as f64 / 1e9))));
    row
}

fn said(memory: Memory) -> String {
    format!("{} / {}", figure(memory.peak_kib as f64 / 1024.0), figure(memory.now_kib as f64 / 1024.0))
}

/// 8 MiB beside the capacity are for the program itself, and for the second of the writer's buffers.
fn judge(report: &mut Report, marks: &[Mark]) -> io::Result<()> {
    let all: Option<Vec<Memory>> = marks.iter().map(|mark| mark.memory).collect();
    let mebibytes = |kib: u64| kib as f64 / 1024.0;
    let peak = all.as_ref().and_then(|all| Spread::of(all.iter().map(|memory| mebibytes(memory.peak_kib))));
    let highest = peak.and_then(|peak| Spread::of([peak.max]));
    let limit = Highwater::default_capacity()? as f64 / f64::from(1 << 20) + 8.0;
    let grown = all.as_ref().and_then(|all| {
        let (first, last) = (all.first()?, all.last()?);
        Spread::of([mebibytes(last.now_kib.saturating_sub(first.now_kib))])
    });
    report.target(Target::new("peak memory", Hoped::AtMost(limit), highest).in_unit(" MiB"));
    let what = "growth of the memory from the first mark to the last";
    report.target(Target::new(what, Hoped::AtMost(0.25), grown).in_unit(" MiB"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sips() -> Sips {
        Sips { taken: Arc::new(AtomicU64::new(0)) }
    }

    #[test]
    fn the_sink_takes_little_and_knows_each_chunk_by_its_number() {
        let mut chunks = vec![0; 20 * CHUNK];
        for number in 0..20_usize {
            chunks[number * CHUNK..][..8].copy_from_slice(&number.to_le_bytes());
        }
        let mut sink = sips();
        assert_eq!(sink.write(&chunks).unwrap(), SIP);
        assert_eq!(sink.write(&chunks[SIP..SIP + 100]).unwrap(), 100);
        assert_eq!(sink.write(&chunks[SIP + 100..]).unwrap(), 4 * CHUNK - 100);
        let mut sink = sips();
        chunks.copy_within(3 * CHUNK..5 * CHUNK, 2 * CHUNK); // the third chunk is missing
        let error = sink.write(&chunks).unwrap_err();
        assert_eq!(
            error.get_ref().unwrap().downcast_ref(),
            Some(&NotDelivered::Wrong { at: 2 * CHUNK as u64 })
        );
    }

    #[test]
    fn the_memory_is_looked_at_once_for_each_mark_however_short_the_stream() {
        for chunks in [1000, 7, 1] {
            let mut marks = Vec::new();
            let long = Long { chunks, marks: &mut marks };
            Who::BufWriter(8192).run(Box::new(sips()), CHUNK, long).unwrap();
            let bytes: Vec<u64> = marks.iter().map(|mark| mark.bytes).collect();
            assert_eq!(bytes, MARKS.map(|percent| mark(chunks, percent) * CHUNK as u64));
        }
    }
}
