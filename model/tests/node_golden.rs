//! Real runs of Node, recorded with the programs in `model/node`: the rules explain every line of them, and every wrong variant of the rules is rejected by
//! some line. `model/node/golden.sh` records them anew.

use flate2::read::GzDecoder;
use highwater_model::node::{Judge, Judged, Version, Wrong};
use highwater_model::trace::{Broken, Reader};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

fn golden() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node/golden");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("there are golden traces")
        .map(|entry| entry.expect("a folder that can be read").path())
        .collect();
    files.sort();
    files
}

/// Judges every trace in the file, by the rules as they are or with one of them wrong; `enough` says when to stop.
fn judge(file: &Path, wrong: Option<Wrong>, enough: impl Fn(&Judged) -> bool) -> Result<Vec<Judged>, Broken> {
    let mut reader = Reader::new(BufReader::new(GzDecoder::new(File::open(file).expect("a golden trace"))))?;
    let mut all = Vec::new();
    loop {
        let version = Version::of(&reader.header.source).expect("a Node from 18 on");
        let mut judge = Judge::new(version);
        if let Some(wrong) = wrong {
            judge = judge.with(wrong);
        }
        reader.each(|event| judge.event(&event))?;
        let judged = judge.verdict();
        let stop = enough(&judged);
        all.push(judged);
        if stop || !reader.another() {
            return Ok(all);
        }
    }
}

#[test]
fn every_line_of_every_version_is_explained() {
    let mut majors = BTreeSet::new();
    for file in golden() {
        let all = judge(&file, None, |_| false).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        for judged in &all {
            assert_eq!(judged.rejected, [], "{}", file.display());
            assert_eq!(judged.unknown, None, "{}", file.display());
        }
        let events: u64 = all.iter().map(|judged| judged.events).sum();
        let streams: u64 = all.iter().map(|judged| judged.streams).sum();
        let unjudged: u64 = all.iter().map(|judged| judged.unjudged).sum();
        let widest = all.iter().map(|judged| judged.widest).max().unwrap_or(0);
        println!(
            "{}: {} processes, {streams} streams ({unjudged} not judged), {events} events, up to {widest} machines",
            file.file_name().unwrap().to_string_lossy(),
            all.len(),
        );
        assert!(streams > 500 && events > 20_000, "{} is a corpus", file.display());
        assert_eq!(unjudged, 0, "{}: nothing is left out", file.display());
        majors.insert(file.file_name().unwrap().to_string_lossy().into_owned());
    }
    let expected = ["18", "20", "22", "24", "26"].map(|major| format!("node-{major}.jsonl.gz"));
    assert_eq!(majors, BTreeSet::from(expected));
}

/// A rule that differs between the two sets is wrong in each of them; the others need only be caught once.
#[test]
fn every_wrong_rule_is_rejected_by_a_recorded_run() {
    let files = golden();
    assert!(Wrong::ALL.len() >= 40);
    for wrong in Wrong::ALL {
        let caught = files.iter().find_map(|file| {
            let all = judge(file, Some(*wrong), |judged| !judged.rejected.is_empty()).unwrap();
            let rejected = all.last()?.rejected.first()?.clone();
            Some((file.file_name().unwrap().to_string_lossy().into_owned(), rejected))
        });
        let Some((file, rejected)) = caught else {
            panic!("no recorded run rejects {}", wrong.name());
        };
        println!("{}: rejected by {file}, line {}: {}", wrong.name(), rejected.line, rejected.event);
    }
}

/// The rules of the other version explain neither.
#[test]
fn the_rules_of_18_and_20_are_not_the_same() {
    for file in golden() {
        let mut reader = Reader::new(BufReader::new(GzDecoder::new(File::open(&file).unwrap()))).unwrap();
        let other = match Version::of(&reader.header.source).unwrap() {
            Version::V18 => Version::V20,
            Version::V20 => Version::V18,
        };
        let mut judge = Judge::new(other);
        reader.each(|event| judge.event(&event)).unwrap();
        assert!(!judge.verdict().rejected.is_empty(), "{}", file.display());
    }
}
