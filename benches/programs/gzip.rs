//! A sink that computes: gzip, behind a producer that has as much to do, and behind one that does nothing but write.

use std::fs::File;
use std::hint::black_box;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::child;
use super::rounds::{Lane, Sample, Track, in_turn};
use super::show::{self, Hoped, Target, cells};
use super::text::{self, Output};
use super::who::{Program, Who};
use super::{Experiment, Report, Stage, system};
use crate::ledger::Spread;
use crate::peers::Open;
use crate::sinks::{AnySink, Sink};
use crate::units::figure;

/// The experiment.
pub(crate) struct Gzip;

/// Bytes of a write of the producer that does nothing else.
const CHUNK: usize = 1024;

/// Bytes hashed for a line that is to cost little.
const LITTLE: usize = 64;

/// What is written.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Work {
    /// So many lines, formatted, with a digest of so many bytes, each written when it is made.
    Make { lines: u64, hashed: usize },
    /// So many such lines, made beforehand and hashed little, in chunks, and so many times over. gzip looks back 32 KiB, so it
    /// does not notice that a text longer than that repeats itself.
    Copy { lines: u64, chunk: usize, times: usize },
}

/// How it comes to the sink.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Way {
    Through(Who),
    /// Straight into the compressor.
    Straight,
    /// Nowhere: the producer alone.
    Nowhere,
}

#[derive(Serialize, Deserialize)]
struct Task {
    work: Work,
    way: Way,
    file: PathBuf,
}

/// What a child says. Its own clock runs from before the writer is made until it has finished: texts made beforehand are not timed.
#[derive(Serialize, Deserialize)]
struct Said {
    seconds: f64,
    peak_kib: Option<u64>,
}

struct Straight(AnySink);

impl Open for Straight {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.0.write_all(chunk)
    }

    fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

struct Nowhere;

impl Open for Nowhere {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        black_box(chunk);
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        Ok(())
    }
}

/// Does the work; `text` is what was made beforehand.
struct Producer<'a> {
    work: Work,
    text: &'a [u8],
}

impl Program for Producer<'_> {
    fn run(self, mut writer: impl Open) -> io::Result<()> {
        match self.work {
            Work::Make { lines, hashed } => {
                let mut line = Vec::new();
                for number in 0..lines {
                    text::logged(&mut line, number, hashed)?;
                    writer.write(&line)?;
                }
            }
            Work::Copy { chunk, times, .. } => {
                for _ in 0..times {
                    self.text.chunks(chunk).try_for_each(|chunk| writer.write(chunk))?;
                }
            }
        }
        writer.finish()
    }
}

impl Work {
    /// What has to be made beforehand.
    fn prepared(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Make { .. } => Ok(Vec::new()),
            Self::Copy { lines, .. } => text::whole(lines, |line, number| text::logged(line, number, LITTLE)),
        }
    }

    /// All that is written, to compare with.
    fn expected(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Make { lines, hashed } => {
                text::whole(lines, |line, number| text::logged(line, number, hashed))
            }
            Self::Copy { times, .. } => Ok(self.prepared()?.repeat(times)),
        }
    }

    const fn longest_write(self) -> usize {
        match self {
            Self::Make { .. } => 128,
            Self::Copy { chunk, .. } => chunk,
        }
    }
}

const BASELINE: Way = Way::Through(Who::Baseline);
const OURS: Way = Way::Through(Who::Highwater);

impl Way {
    fn name(self) -> String {
        match self {
            Self::Through(who) => who.name(),
            Self::Straight => "compression alone".into(),
            Self::Nowhere => "producer alone".into(),
        }
    }
}

impl Sink for GzEncoder<File> {}

/// The level is that of programs which compress as they go. Dropping it writes gzip's last bytes; should that fail, the file says so.
fn compressor(file: File) -> AnySink {
    Box::new(GzEncoder::new(file, Compression::fast()))
}

impl Experiment for Gzip {
    fn name(&self) -> &'static str {
        "gzip"
    }

    fn child(&self, task: &str) -> io::Result<Value> {
        let Task { work, way, file } = serde_json::from_str(task)?;
        let open = || File::create_new(&file).map(compressor);
        let text = work.prepared()?;
        let producer = Producer { work, text: &text };
        let start = Instant::now();
        match way {
            Way::Through(who) => who.run(open()?, work.longest_write(), producer)?,
            Way::Straight => producer.run(Straight(open()?))?,
            Way::Nowhere => producer.run(Nowhere)?,
        }
        let seconds = start.elapsed().as_secs_f64();
        Ok(json!(Said { seconds, peak_kib: system::memory().map(|memory| memory.peak_kib) }))
    }

    fn run(&self, stage: &Stage) -> io::Result<Report> {
        let lines = stage.scale.of(250_000, 25_000, 300);
        let hashed = balance(stage, lines)?;
        let busy = Work::Make { lines, hashed };
        let compression = Work::Copy { lines, chunk: 8 * 1024, times: 1 };
        let copying = Work::Copy { lines: lines / 20, chunk: CHUNK, times: 20 };
        let plan = [
            (busy, Way::Nowhere),
            (compression, Way::Straight),
            (busy, BASELINE),
            (busy, BASELINE),
            (busy, OURS),
            (copying, Way::Straight),
            (copying, BASELINE),
            (copying, BASELINE),
            (copying, OURS),
        ];
        let mut programs = Vec::new();
        for (work, way) in plan {
            let expected = if matches!(way, Way::Nowhere) { None } else { Some(work.expected()?) };
            programs.push(Lane::new(way.name(), move || sample(stage, work, way, expected.as_deref())));
        }
        let rounds = stage.scale.rounds(15);
        let tracks = in_turn(programs, rounds)?;
        let mut report = Report::default();
        report.say("gzip: level 1 into a file; from the making of the writer until all is compressed");
        let (first, second) = tracks.split_at(5);
        let producer = format!("lines with a digest of {hashed} bytes, to cost what their compression costs");
        let ratio = tell(&mut report, first, &producer, rounds);
        report.say(&at_best(first));
        let what = "as busy a producer: highwater / bufwriter-8KiB";
        report.target(Target::new(what, Hoped::AtMost(0.65), ratio));
        let ratio = tell(&mut report, second, "chunks of 1 KiB made beforehand", rounds);
        let what = "an idle producer: highwater / bufwriter-8KiB";
        report.target(Target::new(what, Hoped::AtMost(1.1), ratio));
        Ok(report)
    }
}

/// How many bytes must be hashed so that making a line costs about what compressing it does. Found with the same programs that are
/// measured later.
fn balance(stage: &Stage, lines: u64) -> io::Result<usize> {
    const MANY: usize = 2048;
    let median = |work, way| -> io::Result<f64> {
        let runs = (0..stage.scale.of(7, 3, 1)).map(|_| Ok(sample(stage, work, way, None)?.seconds));
        let runs = runs.collect::<io::Result<Vec<_>>>()?;
        Spread::of(runs).map(|spread| spread.median).ok_or_else(|| io::Error::other("nothing was run"))
    };
    let little = median(Work::Make { lines, hashed: LITTLE }, Way::Nowhere)?;
    let much = median(Work::Make { lines, hashed: MANY }, Way::Nowhere)?;
    let compression = median(Work::Copy { lines, chunk: 8 * 1024, times: 1 }, Way::Straight)?;
    let a_byte = ((much - little) / (MANY - LITTLE) as f64).max(1e-12);
    // A float becomes a count: it is bounded, and the cast saturates.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok((LITTLE as f64 + (compression - little) / a_byte).clamp(0.0, 100_000.0) as usize)
}

/// What was compressed is decompressed and compared when the program is gone and the clock stands.
fn sample(stage: &Stage, work: Work, way: Way, expected: Option<&[u8]>) -> io::Result<Sample> {
    let output = Output::fresh(&stage.directory, "gzip")?;
    let task = Task { work, way, file: output.path().to_owned() };
    let said = child::run::<Said>(&mut child::again(Gzip.name(), &task)?)?.said;
    if let Some(expected) = expected {
        text::compare(&mut MultiGzDecoder::new(File::open(output.path())?), expected)?;
    }
    Ok(Sample { seconds: said.seconds, peak_kib: said.peak_kib })
}

/// One table. The last three programs are the yardstick, that again, and ours; the ratio of ours is returned.
fn tell(report: &mut Report, tracks: &[Track<Sample>], producer: &str, rounds: usize) -> Option<Spread> {
    let [.., baseline, _, ours] = tracks else { return None };
    let mut rows = vec![cells(["", "time", &format!("time / {}", baseline.name), "peak memory"])];
    for track in tracks {
        let ratio = track.slower_than(baseline);
        let time = show::median(track.seconds(), show::seconds);
        let peak = show::median(track.peak_kib(), show::mebibytes);
        rows.push(vec![track.name.clone(), time, show::ratio(ratio), peak]);
        report.figure(json!({
            "producer": producer, "program": track.name, "seconds": track.seconds(), "peak_kib": track.peak_kib(),
            "ratio": ratio, "rounds": rounds,
        }));
    }
    report.say(&format!("\n{producer}:\n{}", show::table(&rows).trim_end()));
    ours.slower_than(baseline)
}

/// Two threads cannot be faster than the one that has more to do.
fn at_best(tracks: &[Track<Sample>]) -> String {
    let [producer, compression, baseline, ..] = tracks else { return String::new() };
    let longer = producer.beside(compression, |one, other| Some(one.seconds.max(other.seconds)));
    match (longer, baseline.seconds()) {
        (Some(longer), Some(baseline)) => {
            format!("  at best: the longer of the two alone is {}", figure(longer.median / baseline.median))
        }
        _ => String::new(),
    }
}
