//! The real Node, now: programs are recorded with `model/node/record.cjs` and judged, and what they do is compared with the golden traces. Without a
//! `node` in the path this says so and judges nothing; `HIGHWATER_NODES=/path/to/node:…` names more. `HIGHWATER_SEED` is the first random program,
//! `HIGHWATER_PROGRAMS` how many.

use flate2::read::GzDecoder;
use highwater_model::node::{Judge, Version};
use highwater_model::trace::Reader;
use std::collections::HashSet;
use std::env;
use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("node")
}

/// The Nodes there are, each with its version.
fn nodes() -> Vec<(PathBuf, String)> {
    let named = env::var("HIGHWATER_NODES").unwrap_or_default();
    let named = named.split(':').filter(|path| !path.is_empty());
    std::iter::once("node")
        .chain(named)
        .filter_map(|node| {
            let said = Command::new(node).args(["-p", "process.versions.node"]).output().ok()?;
            let version = String::from_utf8(said.stdout).ok()?.trim().to_owned();
            said.status.success().then(|| (PathBuf::from(node), version))
        })
        .collect()
}

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// A folder for the traces of one program, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        // Two tests record the same programs at once.
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("highwater-live-{}-{number}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Self(folder)
    }

    fn traces(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.0)
            .expect("a trace was written")
            .map(|entry| entry.expect("what was just made can be read").path())
            .collect();
        files.sort();
        files.iter().map(|file| fs::read_to_string(file).expect("what was just made can be read")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a program with the recorder: its traces, one a process and thread.
fn record(node: &Path, program: &Path, arguments: &[&str]) -> Vec<String> {
    let name = program.file_stem().expect("what was just made can be read").to_string_lossy().into_owned();
    let folder = Folder::new(&name);
    let status = Command::new(node)
        .arg("--require")
        .arg(home().join("record.cjs"))
        .arg(program)
        .args(arguments)
        .env("HIGHWATER_TRACE", &folder.0)
        .env_remove("HIGHWATER_SITES")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("what was just made can be read");
    assert!(status.success(), "{} {} ended with {status}", node.display(), program.display());
    folder.traces()
}

/// Judges a trace: how many events and streams.
fn judge(trace: &str, what: &str) -> (u64, u64) {
    let mut reader = Reader::new(trace.as_bytes()).unwrap_or_else(|why| panic!("{what}: {why}"));
    let mut judge = Judge::new(Version::of(&reader.header.source).expect("a Node from 18 on"));
    reader.each(|event| judge.event(&event)).unwrap_or_else(|why| panic!("{what}: {why}"));
    let judged = judge.verdict();
    assert_eq!(judged.rejected, [], "{what}");
    assert_eq!(judged.unknown, None, "{what}");
    (judged.events, judged.streams)
}

fn programs(folder: &str) -> Vec<PathBuf> {
    let mut programs: Vec<PathBuf> = fs::read_dir(home().join(folder))
        .expect("what was just made can be read")
        .map(|entry| entry.expect("what was just made can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "cjs"))
        .collect();
    programs.sort();
    programs
}

fn experiments() -> Vec<PathBuf> {
    let mut experiments = programs("experiments");
    experiments.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('n')));
    experiments
}

#[test]
fn what_node_does_now_is_explained() {
    let nodes = nodes();
    if nodes.is_empty() {
        println!(
            "skipped: there is no node in the path; only the golden traces are judged, by the test beside this"
        );
        return;
    }
    let first = number("HIGHWATER_SEED", 1_000_000);
    let count = number("HIGHWATER_PROGRAMS", 500);
    for (node, version) in nodes {
        let (mut events, mut streams) = (0, 0);
        let mut add = |trace: &str, what: &str| {
            let (more, made) = judge(trace, what);
            events += more;
            streams += made;
        };
        let random = record(&node, &home().join("random.cjs"), &[&first.to_string(), &count.to_string()]);
        for trace in random {
            add(&trace, &format!("node {version}, random.cjs {first} {count}"));
        }
        let mut processes = 0;
        for program in experiments().into_iter().chain(programs("programs")) {
            let is_long = program.ends_with("lines.cjs");
            let arguments: &[&str] = if is_long { &["--lines", "2000"] } else { &[] };
            for trace in record(&node, &program, arguments) {
                add(&trace, &format!("node {version}, {}", program.display()));
                processes += 1;
            }
        }
        println!(
            "node {version}, recorded live: random programs {first} to {}, {processes} other processes, {streams} streams, {events} events, all explained",
            first + count - 1
        );
    }
}

/// `golden.sh` leaves out what is longer.
const LEFT_OUT: usize = 400 << 10;

/// A trace without what is never the same twice.
fn lasting(trace: &str) -> Vec<String> {
    trace
        .lines()
        .skip(1)
        .map(|line| match line.split_once("\"t\":") {
            Some((before, after)) => {
                format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()).trim_end())
            }
            None => line.trim_end().to_owned(),
        })
        .collect()
}

/// The golden traces of this very version, one a process.
fn golden(version: &str) -> Option<Vec<String>> {
    let major = version.split('.').next()?;
    let file = File::open(home().join(format!("golden/node-{major}.jsonl.gz"))).ok()?;
    let mut text = String::new();
    BufReader::new(GzDecoder::new(file)).read_to_string(&mut text).expect("what was just made can be read");
    let mut traces: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("{\"highwater\"") {
            traces.push(String::new());
        }
        let trace = traces.last_mut()?;
        trace.push_str(line);
        trace.push('\n');
    }
    traces[0].contains(&format!("\"node {version}\"")).then_some(traces)
}

/// The experiments do the same each time, event by event.
#[test]
fn what_node_does_now_is_what_was_recorded() {
    for (node, version) in nodes() {
        let Some(golden) = golden(&version) else {
            println!("node {version}: not compared, the golden traces are of another version");
            continue;
        };
        let golden: HashSet<Vec<String>> = golden.iter().map(|trace| lasting(trace)).collect();
        let mut compared = 0;
        for program in experiments() {
            // A busy machine may let a timer and a callback of the system change places once.
            let same = (0..4).any(|_| {
                let live = record(&node, &program, &[]);
                live.iter().all(|trace| trace.len() > LEFT_OUT || golden.contains(&lasting(trace)))
            });
            assert!(same, "node {version} does something else in {} than was recorded", program.display());
            compared += 1;
        }
        println!("node {version}: {compared} experiments recorded live, the same as the golden traces");
    }
    if nodes().is_empty() {
        println!("skipped: there is no node in the path, so nothing was recorded live");
    }
}
