//! `highwater trace`.

use clap::ValueEnum;
use highwater_model::blame::{Blame, Report};
use highwater_model::node::{Judge, Judged, Rejected, Version};
use highwater_model::trace::{Broken, Event, Header, Reader};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::output::{self, Trouble, Verdict};

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Traces, or directories of them; `-` for standard input. A name that ends in .gz is unpacked.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Whose rules: those of the source named in the trace, if not said.
    #[arg(long, value_enum, default_value_t = Profile::Auto)]
    profile: Profile,
    /// Say which lines of the program ignore backpressure, instead of judging the runtime.
    #[arg(long)]
    blame: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    Auto,
    Node,
    Node18,
}

/// What is said of one file.
struct Said {
    text: String,
    json: Value,
    verdict: Verdict,
    trouble: Option<Trouble>,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    let mut troubles = Vec::new();
    let mut all = Vec::new();
    for file in files(&options.files)? {
        match one(&file, options) {
            Ok(said) => all.extend(said),
            Err(trouble) => troubles.push(trouble),
        }
    }
    let mut verdict = Verdict::Conforms;
    for said in &mut all {
        if said.verdict == Verdict::Violation {
            verdict = Verdict::Violation;
        }
        if !as_json {
            output::print(&said.text)?;
        }
        troubles.extend(said.trouble.take());
    }
    if as_json {
        output::print_json(&Value::Array(all.into_iter().map(|said| said.json).collect()))?;
    }
    // What is wrong with one file does not keep the others from being judged.
    let last = troubles.pop();
    for trouble in troubles {
        output::warn(&trouble);
    }
    last.map_or(Ok(verdict), Err)
}

/// The files meant: a directory stands for the traces in it.
fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|error| Trouble::file("read", path, &error))?;
        let mut inside: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| {
                let name = path.to_string_lossy();
                name.ends_with(".jsonl") || name.ends_with(".jsonl.gz")
            })
            .collect();
        if inside.is_empty() {
            let why = "there is no .jsonl file in it; was the program run with HIGHWATER_TRACE set to it?";
            return Err(Trouble(format!("cannot judge '{}': {why}", path.display())));
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Trouble> {
    const BUFFER: usize = 1 << 18;
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, io::stdin())));
    }
    let file = File::open(path).map_err(|error| Trouble::file("read", path, &error))?;
    let input: Box<dyn Read> = if path.extension().is_some_and(|end| end == "gz") {
        Box::new(flate2::read::MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, input)))
}

/// The rules for a source.
fn version(header: &Header, profile: Profile, path: &Path) -> Result<Version, Trouble> {
    match profile {
        Profile::Node => Ok(Version::V20),
        Profile::Node18 => Ok(Version::V18),
        Profile::Auto => Version::of(&header.source).ok_or_else(|| {
            Trouble(format!(
                "{}:1: the rules of '{}' are not known, only those of Node from 18 on; say --profile node or node18",
                path.display(),
                header.source
            ))
        }),
    }
}

/// Everything in one file: the traces of one process, or of several one after the other.
fn one(path: &Path, options: &Options) -> Result<Vec<Said>, Trouble> {
    let broken = |why: &Broken| Trouble(format!("{}:{}: {}", path.display(), why.line, why.why));
    let mut reader = Reader::new(open(path)?).map_err(|why| broken(&why))?;
    let mut all = Vec::new();
    loop {
        let version = version(&reader.header, options.profile, path)?;
        let source = reader.header.source.clone();
        if options.blame {
            let mut blame = Blame::new();
            let ended = reader.each(|event| match event {
                Event::New(stream, new) => blame.made(stream, new),
                Event::Line(_, line, _) => blame.see(line),
            });
            all.push(blamed(path, &blame.report(), ended.err().map(|why| broken(&why))));
        } else {
            let mut judge = Judge::new(version);
            let ended = reader.each(|event| judge.event(&event));
            all.push(judged(path, &source, &judge.verdict(), ended.err().map(|why| broken(&why))));
        }
        if !reader.another() {
            return Ok(all);
        }
    }
}

fn judged(path: &Path, source: &str, judged: &Judged, trouble: Option<Trouble>) -> Said {
    let name = path.display();
    let mut text = format!("{name}: {source}, {} events of {} streams", judged.events, judged.streams);
    if judged.unjudged > 0 {
        text += &format!(", {} of them not judged", judged.unjudged);
    }
    text += &match judged.rejected.len() {
        0 if judged.natural => ": every line explained\n".to_owned(),
        0 => ": every line explained so far (the program was ended before it was done)\n".to_owned(),
        some => format!(": {some} streams do what the rules do not explain\n"),
    };
    for rejected in &judged.rejected {
        text += &show_rejected(path, rejected);
    }
    let unknown = judged.unknown.as_ref().map(|(line, event)| {
        Trouble(format!(
            "{name}:{line}: the event '{event}' is not known; is this `highwater` older than the recorder?"
        ))
    });
    let rejected: Vec<Value> = judged
        .rejected
        .iter()
        .map(|one| {
            json!({ "stream": one.stream, "class": one.class, "line": one.line, "event": one.event,
                    "possible": one.possible, "states": one.states })
        })
        .collect();
    let json = json!({ "file": name.to_string(), "source": source, "events": judged.events, "streams": judged.streams,
        "unjudged": judged.unjudged, "natural": judged.natural, "rejected": rejected });
    let verdict = if judged.rejected.is_empty() { Verdict::Conforms } else { Verdict::Violation };
    Said { text, json, verdict, trouble: trouble.or(unknown) }
}

fn show_rejected(path: &Path, rejected: &Rejected) -> String {
    let mut text = format!("{}:{}: {} #{}\n", path.display(), rejected.line, rejected.class, rejected.stream);
    text += &format!("  {}\n", rejected.event);
    for possible in &rejected.possible {
        text += &format!("  expected: {possible}\n");
    }
    for state in &rejected.states {
        text += &format!("  the stream: {state}\n");
    }
    text
}

fn blamed(path: &Path, report: &Report, trouble: Option<Trouble>) -> Said {
    let text = if report.is_empty() {
        format!("{}: nobody ignores backpressure\n", path.display())
    } else {
        report.to_string()
    };
    let sites: Vec<Value> = report
        .sites
        .iter()
        .map(|site| {
            json!({ "at": site.at, "in": site.inside, "stream": site.stream, "class": site.class, "writes": site.writes,
                    "units": site.units, "peak": site.peak, "mark": site.mark, "above_ns": site.above, "fix": site.fix() })
        })
        .collect();
    let facts: Vec<Value> = report
        .facts
        .iter()
        .map(|fact| json!({ "stream": fact.stream, "class": fact.class, "what": fact.what, "fix": fact.fix }))
        .collect();
    let json = json!({ "file": path.display().to_string(), "sites": sites, "facts": facts });
    let verdict = if report.is_empty() { Verdict::Conforms } else { Verdict::Violation };
    Said { text, json, verdict, trouble }
}
