//! The program the contract was read from, in Rust: write a million lines, stop when told to, go on when drained, end.
//! Then read the output back and check every line of it.
//!
//! ```sh
//! cargo run --release -p highwater --example pump
//! cargo run --release -p highwater --example pump -- --sink slow:20 --samples sawtooth.csv
//! cargo run --release -p highwater --features trace --example pump -- --record run.jsonl
//! ```
//!
//! Exit code 0: everything arrived. 1: something is wrong with the output, or more was buffered than the contract allows.
//! 2: bad arguments, or the sink failed.

mod progress;
mod recording;
mod samples;
mod sinks;
mod verify;

use clap::Parser;
use highwater::{Stats, Writer};
use progress::Progress;
use samples::Samples;
use sinks::{AnySink, SinkChoice};
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Writes "Line i" a million times through a highwater writer, obeying backpressure, and verifies what arrived.
#[derive(Parser)]
#[command(name = "pump")]
struct Args {
    /// How many lines
    #[arg(long, default_value_t = 1_000_000)]
    lines: u64,
    /// Where to: `file:PATH`, `pipe`, `null`, or `slow:MS`, which sleeps so many milliseconds a MiB [default: a temporary file]
    #[arg(long)]
    sink: Option<SinkChoice>,
    /// The high-water mark, in bytes
    #[arg(long, default_value_t = 262_144)]
    high_water_mark: usize,
    /// The low-water mark, in bytes [default: the high-water mark - 1]
    #[arg(long)]
    low_water_mark: Option<usize>,
    /// Record `t_ns,buffered_bytes,event` in this file
    #[arg(long)]
    samples: Option<PathBuf>,
    /// Record the run in this file, for `highwater trace` to judge; needs the feature `trace`
    #[arg(long)]
    record: Option<PathBuf>,
}

/// A failure and the exit code it comes to.
struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    fn usage(error: impl Into<Box<dyn Error>>) -> Self {
        Self { text: error.into().to_string(), code: 2 }
    }

    fn violation(error: impl Into<Box<dyn Error>>) -> Self {
        Self { text: error.into().to_string(), code: 1 }
    }
}

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if !error.use_stderr() => error.exit(), // --help
        Err(error) => {
            let text = error.to_string();
            eprintln!(
                "pump: {}; see --help",
                text.lines().next().unwrap_or_default().trim_start_matches("error: ")
            );
            return ExitCode::from(2);
        }
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("pump: {}", failure.text);
            ExitCode::from(failure.code)
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let sink = args.sink.clone().unwrap_or_else(SinkChoice::temporary_file);
    let (opened, verification) = sink.open(args.lines).map_err(Failure::usage)?;
    // Even a mark of 1 byte leaves room for a line: its answer is `Pause` then, and never `TooLarge`.
    let capacity = args.high_water_mark.saturating_mul(2).max(args.high_water_mark.saturating_add(64));
    let mut builder = Writer::builder().high_water_mark(args.high_water_mark).capacity(capacity);
    if let Some(bytes) = args.low_water_mark {
        builder = builder.low_water_mark(bytes);
    }
    let (builder, recording) = recording::begin(args.record.as_deref(), builder).map_err(Failure::usage)?;
    let writer = builder.spawn(opened).map_err(Failure::usage)?;
    let mut samples = Samples::open(args.samples.as_deref()).map_err(Failure::usage)?;

    let start = Instant::now();
    let (mut writer, produced) = produce(writer, args.lines, &mut samples).map_err(Failure::usage)?;
    writer.end();
    let closed = writer.closed().wait();
    let (seconds, stats) = (start.elapsed().as_secs_f64(), writer.stats());
    closed.map_err(Failure::usage)?;
    drop(writer); // and with it the sink, so that the far end of a pipe sees its end
    recording.end().map_err(Failure::usage)?;
    samples.close().map_err(Failure::usage)?;

    report(args, &sink, &stats, &produced, seconds);
    let verified = verification().map_err(Failure::violation)?;
    println!("verified   {verified}");
    check(args, &stats, &produced).map_err(Failure::violation)
}

/// What the writer's own counters must say.
fn check(args: &Args, stats: &Stats, produced: &Produced) -> Result<(), String> {
    let bound = (args.high_water_mark - 1).saturating_add(produced.longest);
    if stats.taken != produced.bytes {
        Err(format!("{} bytes were written and {} taken by the sink", produced.bytes, stats.taken))
    } else if produced.longest > 0 && stats.buffered_max > bound {
        let most = stats.buffered_max;
        Err(format!("{most} bytes were buffered, more than the mark and the longest line allow ({bound})"))
    } else {
        Ok(())
    }
}

/// How many bytes were written, and how many of them the longest line has.
#[derive(Default)]
struct Produced {
    bytes: u64,
    longest: usize,
}

/// The whole point: write, and stop while told to. Returns the writer, and what was written.
fn produce(
    mut writer: Writer<AnySink>,
    lines: u64,
    samples: &mut Samples,
) -> Result<(Writer<AnySink>, Produced), Box<dyn Error>> {
    let mut progress = Progress::new(lines);
    let mut line = String::new();
    let mut produced = Produced::default();
    for i in 0..lines {
        line.clear();
        writeln!(line, "Line {i}")?;
        produced.bytes += line.len() as u64;
        produced.longest = produced.longest.max(line.len());
        if writer.write(&line)?.is_pause() {
            samples.record(&writer, "pause")?;
            wait_for_drain(&writer, samples)?;
            samples.record(&writer, "drain")?;
        } else if i.is_multiple_of(512) {
            samples.record(&writer, "write")?;
        }
        progress.at(i + 1);
    }
    progress.finish();
    Ok((writer, produced))
}

fn wait_for_drain(writer: &Writer<AnySink>, samples: &mut Samples) -> Result<(), Box<dyn Error>> {
    let mut drained = writer.drained();
    if !samples.wanted() {
        return Ok(drained.wait()?);
    }
    loop {
        match drained.wait_timeout(Duration::from_millis(1)) {
            Err(highwater::WaitError::TimedOut) => samples.record(writer, "wait")?,
            other => return Ok(other?),
        }
    }
}

fn report(args: &Args, sink: &SinkChoice, stats: &Stats, produced: &Produced, seconds: f64) {
    println!("sink       {sink}");
    println!("lines      {}", args.lines);
    println!("bytes      {}", stats.taken);
    println!("pauses     {}", stats.pauses);
    println!("drains     {}", stats.drains);
    println!(
        "buffered   {} bytes at most; mark {}, longest line {}",
        stats.buffered_max, args.high_water_mark, produced.longest
    );
    println!("sink calls {} writes, {} flushes", stats.sink_writes, stats.sink_flushes);
    println!("time       {seconds:.3} s, {:.0} MB/s", stats.taken as f64 / 1e6 / seconds.max(1e-9));
}
