//! `highwater trace`.

use clap::ValueEnum;
use highwater_model::blame::Blame;
use highwater_model::describe::counted;
use highwater_model::node::{Judge, Judged, Rejected, Version};
use highwater_model::original::Originals;
use highwater_model::series::{Drawn, Series};
use highwater_model::trace::{Broken, Event, Header, Reader};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::output::{self, Trouble, Verdict};
use super::{blamed, own, traces};

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Traces, or directories of them, with those below; `-` for standard input. A name that ends in .gz is unpacked.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Whose rules: those of the source named in the trace, if not said.
    #[arg(long, value_enum, default_value_t = Profile::Auto)]
    profile: Profile,
    /// Say which lines of the program ignore backpressure, instead of judging the runtime.
    #[arg(long)]
    blame: bool,
    /// Of call sites say only those that made a stream hold more than so many times its mark.
    #[arg(long, value_name = "TIMES", requires = "blame", value_parser = times)]
    above: Option<f64>,
    /// Draw what was buffered over time, with the mark, the pauses and the drains, of the ten streams that went farthest above their marks; those that never came to half of it are left out.
    #[arg(long, value_name = "OUT.SVG")]
    plot: Option<PathBuf>,
    /// Draw this stream instead.
    #[arg(long, value_name = "N", requires = "plot")]
    stream: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    Auto,
    /// The contract, for traces of our own writer.
    Highwater,
    Node,
    Node18,
}

fn times(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(times) if times >= 0.0 => Ok(times),
        _ => Err("it is a number of times the mark, such as 2 or 1.5".to_owned()),
    }
}

/// How many streams there were of each class.
type Classes = BTreeMap<String, u64>;

/// What is said of one file.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) json: Value,
    pub(super) verdict: Verdict,
    pub(super) trouble: Option<Trouble>,
    pub(super) drawn: Drawn,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    let mut troubles = Vec::new();
    let mut all = Vec::new();
    let mut drawn = Drawn::default();
    let mut originals = Originals::default();
    for file in traces::files(&options.files)? {
        match one(&file, options, &mut originals) {
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
        drawn.panels.append(&mut said.drawn.panels);
        drawn.written += said.drawn.written;
        drawn.near += said.drawn.near;
    }
    if as_json {
        output::print_json(&Value::Array(all.into_iter().map(|said| said.json).collect()))?;
    }
    if let Some(path) = &options.plot
        && let Err(trouble) = blamed::draw(path, drawn, options.stream)
    {
        troubles.push(trouble);
    }
    // Without its source map a trace is judged as well as it can be.
    for warning in originals.warnings() {
        output::warn(&Trouble(warning));
    }
    // What is wrong with one file does not keep the others from being judged.
    let last = troubles.pop();
    for trouble in troubles {
        output::warn(&trouble);
    }
    last.map_or(Ok(verdict), Err)
}

/// The rules for a source.
fn version(header: &Header, profile: Profile, path: &Path) -> Result<Version, Trouble> {
    match profile {
        Profile::Node => Ok(Version::V20),
        Profile::Node18 => Ok(Version::V18),
        Profile::Auto | Profile::Highwater => Version::of(&header.source).ok_or_else(|| {
            Trouble(format!(
                "{}:1: the rules of '{}' are not known, only those of Node from 18 on; say --profile node or node18",
                path.display(),
                header.source
            ))
        }),
    }
}

/// Whether it is a trace of our own writer, to be judged by the contract.
fn is_own(input: &mut dyn BufRead, profile: Profile, path: &Path) -> Result<bool, Trouble> {
    if profile != Profile::Auto {
        return Ok(profile == Profile::Highwater);
    }
    let start = input
        .fill_buf()
        .map_err(|error| Trouble(format!("{}:1: cannot be read: {error}", path.display())))?;
    let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(serde_json::from_slice::<Header>(first).is_ok_and(|header| header.source.starts_with("highwater ")))
}

/// Everything in one file: the traces of one process, or of several one after the other.
fn one(path: &Path, options: &Options, originals: &mut Originals) -> Result<Vec<Said>, Trouble> {
    let mut input = traces::open(path)?;
    if is_own(&mut input, options.profile, path)? {
        return own::judged(path, input, options.blame || options.plot.is_some()).map(|said| vec![said]);
    }
    let mut reader =
        Reader::new(input).map_err(|why| Trouble(format!("{}:{}: {}", path.display(), why.line, why.why)))?;
    let mut all = Vec::new();
    loop {
        match version(&reader.header, options.profile, path) {
            Ok(version) => all.push(process(&mut reader, path, options, version, originals)),
            Err(trouble) if all.is_empty() => return Err(trouble),
            Err(trouble) => {
                all.last_mut().map(|said: &mut Said| said.trouble.get_or_insert(trouble));
                return Ok(all);
            }
        }
        if !reader.another() {
            return Ok(all);
        }
    }
}

/// The trace of one process.
fn process(
    reader: &mut Reader<Box<dyn BufRead>>,
    path: &Path,
    options: &Options,
    version: Version,
    originals: &mut Originals,
) -> Said {
    let broken = |why: Broken| Trouble(format!("{}:{}: {}", path.display(), why.line, why.why));
    let header = reader.header.clone();
    let mut classes = Classes::new();
    let mut series = options.plot.is_some().then(|| Series::new(options.stream));
    let mut also = |event: &Event<'_, '_>| {
        if let Event::New(_, new) = event {
            // Each class once: there may be millions of streams.
            match classes.get_mut(&*new.class) {
                Some(count) => *count += 1,
                None => drop(classes.insert(new.class.to_string(), 1)),
            }
        }
        if let Some(series) = &mut series {
            series.event(event);
        }
    };
    let mut said = if options.blame {
        let mut blame = Blame::new();
        let ended = reader.each(|event| {
            blame.event(&event);
            also(&event);
        });
        let unknown = blame.unknown().map(|(line, event)| unknown(path, *line, event));
        let report = blame.report().above(options.above.unwrap_or(0.0));
        let verdict = if report.is_empty() { Verdict::Conforms } else { Verdict::Violation };
        let trouble = ended.err().map(broken).or(unknown);
        let text = blamed::text(path, &header, &report, originals);
        let json = blamed::value(path, &header, &report, originals);
        Said { text, json, verdict, trouble, drawn: Drawn::default() }
    } else {
        let mut judge = Judge::new(version);
        let ended = reader.each(|event| {
            judge.event(&event);
            also(&event);
        });
        judged(path, &header.source, &judge.verdict(), &classes, ended.err().map(broken))
    };
    said.json["classes"] = json!(classes);
    said.drawn = series.map_or_else(Drawn::default, Series::drawn);
    for panel in &mut said.drawn.panels {
        blamed::name(panel, path, &header, originals);
    }
    said
}

/// A trace may be newer than this program.
fn unknown(path: &Path, line: u64, event: &str) -> Trouble {
    let name = path.display();
    Trouble(format!(
        "{name}:{line}: the event '{event}' is not known; is this `highwater` older than the recorder?"
    ))
}

/// How many streams of which classes there were: the most first.
fn named(classes: &Classes) -> String {
    let mut all: Vec<_> = classes.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let named: Vec<String> = all
        .iter()
        .map(|(class, count)| format!("{count} {}", if class.is_empty() { "without a name" } else { class }))
        .collect();
    if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) }
}

fn judged(path: &Path, source: &str, judged: &Judged, classes: &Classes, trouble: Option<Trouble>) -> Said {
    let name = path.display();
    let mut text = format!(
        "{name}: {source}, {} of {}{}",
        counted(judged.events, "event", "events"),
        counted(judged.streams, "stream", "streams"),
        named(classes)
    );
    if judged.unjudged > 0 {
        let _ = write!(text, ", {} of them not judged", judged.unjudged);
    }
    let found = match judged.rejected.len() {
        0 if judged.natural => ": every line explained\n".to_owned(),
        0 => ": every line explained so far (the program was ended before it was done)\n".to_owned(),
        1 => ": 1 stream does what the rules do not explain\n".to_owned(),
        some => format!(": {some} streams do what the rules do not explain\n"),
    };
    text += &found;
    for rejected in &judged.rejected {
        text += &show_rejected(path, rejected);
    }
    let unknown = judged.unknown.as_ref().map(|(line, event)| unknown(path, *line, event));
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
    Said { text, json, verdict, trouble: trouble.or(unknown), drawn: Drawn::default() }
}

fn show_rejected(path: &Path, rejected: &Rejected) -> String {
    let mut text = format!("{}:{}: {} #{}\n", path.display(), rejected.line, rejected.class, rejected.stream);
    let _ = writeln!(text, "  {}", rejected.event);
    for possible in &rejected.possible {
        let _ = writeln!(text, "  expected: {possible}");
    }
    for state in &rejected.states {
        let _ = writeln!(text, "  the stream: {state}");
    }
    text
}
