//! What came of a trace, for people and as JSON.

use super::Outcome;
use crate::describe::counted;
use serde_json::{Value, json};
use std::fmt;

/// What came of a trace.
#[derive(Clone, Debug)]
pub struct Report {
    /// Who wrote the trace.
    pub source: String,
    /// How many events it has.
    pub events: u64,
    /// Whether it ends in the middle of a line.
    pub is_truncated: bool,
    /// What came of each stream, in order.
    pub findings: Vec<Finding>,
}

/// What came of one stream.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The stream.
    pub stream: u32,
    /// How many of its records were judged.
    pub records: u64,
    /// Whether they obey the contract.
    pub outcome: Outcome,
    /// What the judging ended at, before the trace did.
    pub stopped: Option<Stopped>,
}

/// An event that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Its number.
    pub n: u64,
    /// Its name.
    pub ev: String,
}

impl Report {
    /// Whether every stream obeys the contract, as far as it was judged.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.findings.iter().all(|finding| finding.outcome.is_ok())
    }

    /// The same as [`fmt::Display`] says, for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "source": self.source,
            "events": self.events,
            "truncated": self.is_truncated,
            "conforms": self.conforms(),
            "streams": self.findings.iter().map(Finding::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Finding {
    /// The line of the file that the event of this number is on: the first is the header.
    fn line(n: u64) -> u64 {
        n + 1
    }

    fn to_json(&self) -> Value {
        let mut value =
            json!({ "stream": self.stream, "records": self.records, "conforms": self.outcome.is_ok() });
        match &self.outcome {
            Ok(conforms) => value["complete"] = json!(conforms.complete),
            Err(violation) => {
                value["violation"] = json!({
                    "line": Self::line(violation.record.n),
                    "clause": violation.clause,
                    "event": violation.record.ev.to_string(),
                    "why": violation.why,
                    "possible": violation.possible,
                    "before": violation.before_in_words(),
                });
            }
        }
        if let Some(Stopped { n, ev }) = &self.stopped {
            value["stopped"] = json!({ "line": Self::line(*n), "event": ev });
        }
        value
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let streams = self.findings.len();
        writeln!(f, "{}; streams: {streams}, events: {}", self.source, self.events)?;
        if self.is_truncated {
            writeln!(f, "truncated: the last line has no end, and was not judged")?;
        }
        self.findings.iter().try_for_each(|finding| finding.fmt(f))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stream, records) = (self.stream, counted(self.records, "record", "records"));
        match &self.outcome {
            Ok(conforms) => writeln!(f, "stream {stream}: {records}, {conforms}")?,
            Err(violation) => {
                let line = Self::line(violation.record.n);
                write!(f, "stream {stream}: line {line} {violation}")?;
            }
        }
        match &self.stopped {
            Some(Stopped { n, ev }) => {
                writeln!(
                    f,
                    "stream {stream}: judged up to line {} only, whose event {ev:?} is not known",
                    Self::line(*n)
                )
            }
            None => Ok(()),
        }
    }
}
