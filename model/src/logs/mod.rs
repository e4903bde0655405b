//! Traces of our own writer, from the lines of a file to a verdict on each stream.
//!
//! A file is read line by line. Each line becomes a [`Record`] of its stream's log, and each stream has a [`Judge`](crate::judge::Judge) of its own. What is remembered
//! is what is open or buffered, not the file. `docs/TRACE.md` says what the lines are.

mod bytes;
mod line;
mod report;
mod stream;
mod sum;
#[cfg(test)]
mod tests;

use crate::judge::{Conforms, Malformed, Verdict, Violation};
use crate::record::Record;
use line::Line;
pub use report::{Finding, Report};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use stream::Stream;

/// What a file is no trace of our writer for, or why it cannot be read.
#[derive(Debug)]
pub enum BadInput {
    /// It cannot be opened or read.
    Io(io::Error),
    /// A line is not what it must be. Its number, from 1, and what is wrong.
    Line {
        /// The number of the line, from 1.
        number: u64,
        /// What is wrong with it.
        why: String,
    },
}

impl BadInput {
    fn line(number: u64, why: impl Into<String>) -> Self {
        Self::Line { number, why: why.into() }
    }
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Line { number, why } => write!(f, "line {number}: {why}"),
        }
    }
}

impl std::error::Error for BadInput {}

impl From<io::Error> for BadInput {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Judges every stream of a trace.
///
/// # Errors
/// When the file cannot be read, or is not a trace of our writer.
pub fn judge_file(path: impl AsRef<Path>) -> Result<Report, BadInput> {
    judge(BufReader::with_capacity(1 << 16, File::open(path)?))
}

/// As [`judge_file`], from any reader.
///
/// # Errors
/// As of [`judge_file`].
pub fn judge(input: impl BufRead) -> Result<Report, BadInput> {
    judge_and(input, |_| {})
}

/// As [`judge`], and shows `each` every record on its way: `quiesce`, which is of no stream, with the number 0 for one.
///
/// # Errors
/// As of [`judge_file`].
pub fn judge_and(input: impl BufRead, each: impl FnMut(&Record)) -> Result<Report, BadInput> {
    match judge_so_far(input, each)? {
        (_, Some(bad)) => Err(bad),
        (report, None) => Ok(report),
    }
}

/// As [`judge_and`], but what comes before a line that is none is judged all the same: the report, and what is wrong with the line.
///
/// # Errors
/// When there is no header, or it is not that of a trace of our writer.
pub fn judge_so_far(
    mut input: impl BufRead,
    mut each: impl FnMut(&Record),
) -> Result<(Report, Option<BadInput>), BadInput> {
    let mut text = Vec::new();
    let mut reader = Reader::default();
    let mut is_truncated = false;
    let mut bad = None;
    while bad.is_none() {
        text.clear();
        match input.read_until(b'\n', &mut text) {
            Ok(0) => break,
            Ok(_) if text.last() != Some(&b'\n') => {
                is_truncated = true;
                break;
            }
            Ok(_) => bad = reader.take(&text, &mut each).err(),
            Err(error) => bad = Some(error.into()),
        }
    }
    if reader.number == 0 {
        return Err(bad.unwrap_or_else(|| BadInput::line(1, "there is no header")));
    }
    if reader.number == 1 && reader.source.is_empty() {
        return Err(bad.unwrap_or_else(|| BadInput::line(1, "there is no source")));
    }
    match reader.finish(is_truncated) {
        Ok(report) => Ok((report, bad)),
        Err(error) => Err(bad.unwrap_or(error)),
    }
}

#[derive(Default)]
struct Reader {
    /// The number of the line at hand, from 1.
    number: u64,
    n: u64,
    t: u64,
    source: String,
    streams: BTreeMap<u32, Stream>,
}

impl Reader {
    fn take(&mut self, text: &[u8], each: &mut impl FnMut(&Record)) -> Result<(), BadInput> {
        self.number += 1;
        let number = self.number;
        let wrong = |why: String| BadInput::Line { number, why };
        if number == 1 {
            self.source = line::source(text).map_err(wrong)?;
            return Ok(());
        }
        let line = Line::parse(text).map_err(wrong)?;
        if line.n != self.n + 1 {
            return Err(wrong(format!(
                "`n` is {}, but the event before was {}: a line is missing",
                line.n, self.n
            )));
        }
        if line.t < self.t {
            return Err(wrong(format!("`t` is {}, less than {} before", line.t, self.t)));
        }
        (self.n, self.t) = (line.n, line.t);
        if line.ev == "quiesce" {
            let (n, t) = (line.n, line.t);
            let ev = crate::record::Ev::Quiesce;
            each(&Record { n, t, s: 0, ev: ev.clone() });
            for (s, stream) in &mut self.streams {
                stream.see(Record { n, t, s: *s, ev: ev.clone() }, number)?;
            }
            return Ok(());
        }
        let Some(s) = line.s else { return Err(wrong(format!("`{}` needs an `s`", line.ev))) };
        let stream = self.streams.entry(s).or_default();
        if let Some(ev) = stream.translate(&line).map_err(wrong)? {
            let record = Record { n: line.n, t: line.t, s, ev };
            each(&record);
            stream.see(record, number)?;
        }
        Ok(())
    }

    fn finish(self, is_truncated: bool) -> Result<Report, BadInput> {
        let mut findings = Vec::new();
        for (s, stream) in self.streams {
            findings.push(stream.finish(s)?);
        }
        Ok(Report { source: self.source, events: self.n, is_truncated, findings })
    }
}

/// Where in a file a record was.
fn told(malformed: Malformed, number: u64) -> BadInput {
    BadInput::line(number, malformed.why)
}

/// What came of one stream.
type Outcome = Result<Conforms, Box<Violation>>;

fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Conforms(conforms) => Ok(conforms),
        Verdict::Breaks(violation) => Err(violation),
    }
}
