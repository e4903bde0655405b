//! The judge: did a recorded run obey the contract?
//!
//! Threads overlap, so a log does not say in which order calls took effect. The judge keeps the set of `Guess`es: every way, up to what nobody
//! can see, in which the contract may have got to this line. A call takes effect at some instant between its two records, the writer notes a
//! sink's answer at some instant after `sink/r`, a drain or close happens at any instant at which it may, and events are told in order but late.
//! The log conforms as long as the set is not empty; the record that empties it is the first that no run can explain.
//!
//! Nothing is done before it must be: a guess moves on only until it explains the record at hand, because whatever it leaves undone it can still
//! do for the next one. That keeps the set to a handful.

mod blame;
mod guess;
mod shape;
#[cfg(test)]
mod tests;

use crate::contract::State;
use crate::record::{Ev, Record};
use guess::{Guess, Verb};
use std::collections::HashSet;
use std::fmt;

/// More guesses than this for one record and the judge gives up. Logs of real runs need some hundreds.
const GUESSES_MAX: usize = 1_000_000;

/// What the judge says of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every record can be explained.
    Conforms(Conforms),
    /// Some record cannot.
    Breaks(Box<Violation>),
}

/// A log that obeys the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conforms {
    /// How many ways of explaining the log there were at once, at most.
    pub widest: usize,
    /// Whether the log ends in `quiesce`, so that liveness was judged too. Otherwise it conforms *so far*.
    pub complete: bool,
}

/// The first record that no run of the contract explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its index in the log, from 0.
    pub at: usize,
    /// The record.
    pub record: Record,
    /// The clause most likely broken.
    pub clause: &'static str,
    /// What is wrong, in one line.
    pub why: String,
    /// What could have come instead.
    pub possible: Vec<String>,
    /// The states in which the stream may have been before the record, likeliest first; at most four.
    pub before: Vec<State>,
}

/// Why a log cannot be judged: it is not the log of a stream, whatever the stream did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The index of the record, from 0.
    pub at: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Verdict {
    /// The violation, if there is one.
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Conforms(_) => None,
            Self::Breaks(violation) => Some(violation),
        }
    }
}

impl fmt::Display for Conforms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let so_far = if self.complete { "" } else { " so far: the log does not end in quiesce" };
        write!(f, "conforms{so_far} (at most {} guesses at once)", self.widest)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "breaks {} at record {}: {}", self.clause, self.at, self.record)?;
        writeln!(f, "  {}", self.why)?;
        let possible = if self.possible.is_empty() { "nothing".to_owned() } else { self.possible.join(", ") };
        writeln!(f, "  possible instead: {possible}")?;
        for state in &self.before {
            writeln!(f, "  before: {}", blame::show_state(state))?;
        }
        Ok(())
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} does not belong into a log: {}", self.at, self.why)
    }
}

impl std::error::Error for Violation {}
impl std::error::Error for Malformed {}

/// Judges the log of one stream, from its `new` on.
///
/// # Errors
/// The log is malformed: a return without a call, a sink's return without a sink's call, no `new`. Or it would need more than a million guesses.
pub fn judge(log: &[Record]) -> Result<Verdict, Malformed> {
    let params = shape::check(log)?;
    let verbs = verbs_ahead(log);
    let mut guesses = vec![Guess::new()];
    let mut widest = 1;
    for (at, record) in log.iter().enumerate().skip(1) {
        let search = Search { params: &params, ahead: verbs[at], record: &record.ev };
        let explained = search.explain(&guesses).ok_or_else(|| too_wide(at))?;
        widest = widest.max(explained.seen);
        if explained.kept.is_empty() {
            let reached = search.everything(&guesses).ok_or_else(|| too_wide(at))?;
            return Ok(Verdict::Breaks(Box::new(blame::violation(&params, log, at, &reached))));
        }
        guesses = explained.kept;
    }
    let complete = log.last().is_some_and(|record| record.ev == Ev::Quiesce);
    Ok(Verdict::Conforms(Conforms { widest, complete }))
}

fn too_wide(at: usize) -> Malformed {
    Malformed {
        at,
        why: format!("there are more than {GUESSES_MAX} ways to get here; record fewer calls at once"),
    }
}

/// For each record, the next call of the sink from there on. A guess begins no other: one that is not in the log explains nothing in it.
fn verbs_ahead(log: &[Record]) -> Vec<Option<Verb<'_>>> {
    let mut next = None;
    let mut ahead: Vec<Option<Verb<'_>>> = log
        .iter()
        .rev()
        .map(|record| {
            match &record.ev {
                Ev::Sink(runs) => next = Some(Verb::Write(runs)),
                Ev::SinkFlush => next = Some(Verb::Flush),
                _ => {}
            }
            next
        })
        .collect();
    ahead.reverse();
    ahead
}

/// The search for guesses that explain one record.
struct Search<'a> {
    params: &'a crate::contract::Params,
    ahead: Option<Verb<'a>>,
    record: &'a Ev,
}

struct Explained {
    kept: Vec<Guess>,
    seen: usize,
}

impl Search<'_> {
    /// The guesses that have just explained the record; `None` if there are too many to look through.
    fn explain(&self, guesses: &[Guess]) -> Option<Explained> {
        let mut kept = Vec::new();
        let mut kept_already = HashSet::new();
        let seen = self.walk(guesses, |guess| match guess.explain(self.params, self.record) {
            guess::Fit::Explained(next) => {
                if kept_already.insert((*next).clone()) {
                    kept.push(*next);
                }
                false
            }
            guess::Fit::NotYet => true,
            guess::Fit::Never => false,
        })?;
        Some(Explained { kept, seen })
    }

    /// Every guess that can be reached without the record.
    fn everything(&self, guesses: &[Guess]) -> Option<Vec<Guess>> {
        let mut reached = Vec::new();
        self.walk(guesses, |guess| {
            reached.push(guess.clone());
            true
        })?;
        Some(reached)
    }

    /// Visits what can be reached by steps that leave no record, as long as `go_on` says so.
    fn walk(&self, guesses: &[Guess], mut go_on: impl FnMut(&Guess) -> bool) -> Option<usize> {
        let mut todo: Vec<Guess> = guesses.to_vec();
        let mut seen: HashSet<Guess> = todo.iter().cloned().collect();
        while let Some(guess) = todo.pop() {
            if !go_on(&guess) {
                continue;
            }
            for next in guess.successors(self.params, self.ahead) {
                if seen.insert(next.clone()) {
                    todo.push(next);
                }
            }
            if seen.len() > GUESSES_MAX {
                return None;
            }
        }
        Some(seen.len())
    }
}
