//! A million lines: the program the contract was read from, through several writers and in Node, to a file and through a pipe.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::child::{self, Ran};
use super::rounds::{Lane, Sample, Track, in_turn};
use super::show::{self, Hoped, Target, cells};
use super::text::{self, Output};
use super::who::{Program, Who};
use super::{Experiment, Report, Stage, system};
use crate::peers::{Highwater, Open};
use crate::sinks::AnySink;
use crate::units::figure;

/// The experiment.
pub(crate) struct Lines;

/// What a child is told.
#[derive(Serialize, Deserialize)]
struct Task {
    who: Who,
    lines: u64,
    /// Where to; none is the standard output.
    file: Option<PathBuf>,
}

/// What a child says, the one in Node as well.
#[derive(Serialize, Deserialize)]
struct Peak {
    peak_kib: Option<u64>,
}

/// Formats each line into the same piece of memory and writes it.
struct Million {
    lines: u64,
}

impl Program for Million {
    fn run(self, mut writer: impl Open) -> io::Result<()> {
        let mut line = Vec::new();
        for number in 0..self.lines {
            text::plain(&mut line, number)?;
            writer.write(&line)?;
        }
        writer.finish()
    }
}

/// The programs that take turns. Their order is that of the rows.
#[derive(Clone, Copy)]
enum Kind {
    Ours(Who),
    Node,
}

impl Kind {
    fn name(self) -> String {
        match self {
            Self::Ours(who) => who.name(),
            Self::Node => "node".into(),
        }
    }

    fn command(self, lines: u64, file: Option<&Path>) -> io::Result<Command> {
        match self {
            Self::Ours(who) => {
                child::again(Lines.name(), &Task { who, lines, file: file.map(Path::to_owned) })
            }
            Self::Node => {
                let mut command = Command::new("node");
                command
                    .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/programs/polite.js"))
                    .arg(lines.to_string());
                command.args(file);
                Ok(command)
            }
        }
    }
}

impl Experiment for Lines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn child(&self, task: &str) -> io::Result<Value> {
        let Task { who, lines, file } = serde_json::from_str(task)?;
        let sink: AnySink = match file {
            Some(path) => Box::new(File::create_new(path)?),
            None => Box::new(standard_output()?),
        };
        who.run(sink, "Line 1000000\n".len(), Million { lines })?;
        Ok(json!(Peak { peak_kib: system::memory().map(|memory| memory.peak_kib) }))
    }

    fn run(&self, stage: &Stage) -> io::Result<Report> {
        let lines = stage.scale.of(1_000_000, 100_000, 1_000);
        let expected = text::whole(lines, text::plain)?;
        let same_memory = Who::BufWriter(Highwater::default_capacity()?);
        let mut kinds =
            [Who::Baseline, Who::Baseline, same_memory, Who::Highwater, Who::Direct].map(Kind::Ours).to_vec();
        let node = node_is_there();
        kinds.extend(node.then_some(Kind::Node));
        let mut report = Report::default();
        report.say(&format!(
            "lines: {} lines, {} bytes, each formatted and then written; time of the whole program",
            figure(lines as f64),
            figure(expected.len() as f64)
        ));
        for to_file in [true, false] {
            let rounds = stage.scale.rounds(20);
            let programs = kinds.iter().map(|kind| {
                Lane::new(kind.name(), || {
                    if to_file {
                        into_file(*kind, lines, &expected, &stage.directory)
                    } else {
                        into_pipe(*kind, lines, &expected)
                    }
                })
            });
            let tracks = in_turn(programs.collect(), rounds)?;
            tell(&mut report, if to_file { "file" } else { "pipe" }, rounds, &tracks, node);
        }
        Ok(report)
    }
}

/// Not `io::stdout()` itself, which would buffer lines of its own.
#[cfg(unix)]
fn standard_output() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn standard_output() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}

fn node_is_there() -> bool {
    let mut version = Command::new("node");
    version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

fn sample(ran: &Ran<Peak>) -> Sample {
    Sample { seconds: ran.wall.as_secs_f64(), peak_kib: ran.said.peak_kib }
}

/// The file grows from nothing and is compared when the program is gone and the clock stands.
fn into_file(kind: Kind, lines: u64, expected: &[u8], directory: &Path) -> io::Result<Sample> {
    let output = Output::fresh(directory, "lines")?;
    let ran = child::run(&mut kind.command(lines, Some(output.path()))?)?;
    text::compare(&mut File::open(output.path())?, expected)?;
    Ok(sample(&ran))
}

/// The pipe is compared as it is read, while the clock runs, as any reader would do something with the bytes.
fn into_pipe(kind: Kind, lines: u64, expected: &[u8]) -> io::Result<Sample> {
    let mut command = kind.command(lines, None)?;
    Ok(sample(&child::run_into(&mut command, |pipe| text::compare(pipe, expected))?))
}

fn tell(report: &mut Report, sink: &str, rounds: usize, tracks: &[Track<Sample>], node: bool) {
    let [baseline, _, _, ours, direct, rest @ ..] = tracks else { return };
    let to_baseline = format!("time / {}", baseline.name);
    let mut rows = vec![cells([sink, "time", &to_baseline, "peak memory"])];
    for track in tracks {
        let ratio = show::ratio(track.slower_than(baseline));
        let time = show::median(track.seconds(), show::seconds);
        let peak = show::median(track.peak_kib(), show::mebibytes);
        rows.push(vec![track.name.clone(), time, ratio, peak]);
        report.figure(json!({
            "sink": sink, "program": track.name, "seconds": track.seconds(), "peak_kib": track.peak_kib(),
            "ratio": track.slower_than(baseline), "rounds": rounds,
        }));
    }
    report.say(&format!("\n{}", show::table(&rows).trim_end()));
    if !node {
        report.say("  node: skipped, no `node` is in the path");
    }
    let what = format!("{sink}: {} / {}", ours.name, baseline.name);
    let limit = if sink == "file" { 0.95 } else { 0.75 };
    report.target(Target::new(what, Hoped::AtMost(limit), ours.slower_than(baseline)));
    if sink == "pipe" {
        let what = format!("{sink}: {} / {}", direct.name, baseline.name);
        report.target(Target::new(what, Hoped::AtMost(limit), direct.slower_than(baseline)));
    }
    if let Some(node) = rest.first() {
        let what = format!("{sink}: node / {}", ours.name);
        report.target(Target::new(format!("{what}, time"), Hoped::AtLeast(10.0), node.slower_than(ours)));
        report.target(Target::new(
            format!("{what}, peak memory"),
            Hoped::AtLeast(12.0),
            node.larger_than(ours),
        ));
    }
}
