//! The judge: did a recorded run obey the contract?
//!
//! Threads overlap, so a log does not say in which order calls took effect. The judge keeps the set of `Guess`es: every way, up to what nobody
//! can see, in which the contract may have got to this line. A call takes effect at some instant between its two records, the writer notes a
//! sink's answer at some instant after `sink/r`, a drain or close happens at any instant at which it may, and events are told in order but late.
//! The log conforms as long as the set is not empty; the record that empties it is the first that no run can explain.
//!
//! Nothing is done before it must be: a guess moves on only until it explains the record at hand, because whatever it leaves undone it can still
//! do for the next one; and a guess that another can still come to is left out. Of writes that overlap, the bytes that the sink is shown later say
//! which came first, so the judge looks some way ahead. All that keeps the set to a handful, and what it takes in time and memory to what is
//! open and buffered, however long the log is.

mod blame;
mod bytes;
mod guess;
mod names;
mod past;
mod search;
mod shape;
#[cfg(test)]
mod tests;
mod window;

use crate::contract::{Event, Params, State};
use crate::describe::counted;
use crate::record::{Ev, Record};
use bytes::len_of;
use guess::Verb;
use past::Past;
use search::{Search, Sight, TooWide};
use shape::Shape;
use std::fmt;
use window::{NextVerb, Window};

/// More guesses than this for one record and the judge gives up. Logs of real runs need some hundreds.
const GUESSES_MAX: usize = 1_000_000;
/// If no guess explains one of so many first records, and the stream is not closed, they are looked at again with more guesses.
const EXACT_RECORDS: usize = 10_000;
/// But no more than this.
const EXACT_GUESSES_MAX: usize = 100_000;

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

impl Violation {
    /// The states before the record, each on a line.
    #[must_use]
    pub fn before_in_words(&self) -> Vec<String> {
        self.before.iter().map(blame::show_state).collect()
    }
}

impl fmt::Display for Conforms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let so_far = if self.complete { "" } else { " so far: the log does not end in quiesce" };
        write!(f, "conforms{so_far} (at most {} at once)", counted(self.widest as u64, "guess", "guesses"))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "breaks {} at record {}: {}", self.clause, self.at, self.record)?;
        writeln!(f, "  {}", self.why)?;
        let possible = if self.possible.is_empty() { "nothing".to_owned() } else { self.possible.join(", ") };
        writeln!(f, "  possible instead: {possible}")?;
        for state in self.before_in_words() {
            writeln!(f, "  before: {state}")?;
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
    let mut judge = Judge::new();
    for record in log {
        judge.see(record.clone())?;
    }
    judge.finish()
}

/// Judges the log of one stream, a record at a time.
///
/// It remembers what is open, buffered or not yet decided, not the log: see `judge/window.rs`.
pub struct Judge {
    shape: Shape,
    window: Window,
    past: Past,
    search: Option<Search>,
    /// The first records, for when no guess explains one of them.
    beginning: Vec<Record>,
    keeps_beginning: bool,
    seen: usize,
    judged: usize,
    found: Option<Box<Violation>>,
    ends_in_quiesce: bool,
}

impl Judge {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shape: Shape::default(),
            window: Window::default(),
            past: Past::default(),
            search: None,
            beginning: Vec::new(),
            keeps_beginning: true,
            seen: 0,
            judged: 0,
            found: None,
            ends_in_quiesce: false,
        }
    }

    /// Takes the next record. Answers the violation once one is found, which may be some records behind; the records after it are only
    /// looked at for being a log at all.
    ///
    /// # Errors
    /// As of [`judge`].
    pub fn see(&mut self, record: Record) -> Result<Option<&Violation>, Malformed> {
        let at = self.seen;
        self.seen += 1;
        self.ends_in_quiesce = record.ev == Ev::Quiesce;
        if at == 0 {
            self.search = Some(Search::new(shape::begin(&record)?, GUESSES_MAX));
        } else {
            self.shape.take(&record.ev).map_err(|why| Malformed { at, why })?;
        }
        if self.found.is_none() {
            self.window.push(record);
            self.go_on()?;
        }
        Ok(self.found.as_deref())
    }

    /// No record comes any more.
    ///
    /// # Errors
    /// As of [`judge`].
    pub fn finish(mut self) -> Result<Verdict, Malformed> {
        self.window.finish();
        if self.found.is_none() {
            self.go_on()?;
        }
        match (self.found, self.search) {
            (Some(violation), _) => Ok(Verdict::Breaks(violation)),
            (None, None) => Err(Malformed { at: 0, why: shape::NOT_NEW.to_owned() }),
            (None, Some(search)) => {
                Ok(Verdict::Conforms(Conforms { widest: search.widest, complete: self.ends_in_quiesce }))
            }
        }
    }

    fn go_on(&mut self) -> Result<(), Malformed> {
        while self.found.is_none() && self.window.is_ready() {
            self.judge_next()?;
            if let Some(record) = self.window.pop() {
                self.past.note(&record.ev);
                self.judged += 1;
                self.keeps_beginning &= self.judged <= EXACT_RECORDS && record.ev != Ev::Emit(Event::Close);
                if self.keeps_beginning {
                    self.beginning.push(record);
                } else {
                    self.beginning = Vec::new();
                }
            }
        }
        Ok(())
    }

    fn judge_next(&mut self) -> Result<(), Malformed> {
        let (Some(search), Some(record)) = (&mut self.search, self.window.first()) else { return Ok(()) };
        let at = self.judged;
        if at == 0 {
            return Ok(()); // `new`
        }
        let sight = Sight {
            verb: self.window.verb(0),
            verb_after: self.window.verb(1),
            order: Some(self.window.order()),
        };
        let Some(reached) = search.explain(&record.ev, sight).map_err(|TooWide| too_wide(at))? else {
            return Ok(());
        };
        let params = search.params;
        let violation = blame::violation(&params, &self.past, at, record, &reached);
        let earlier = if self.keeps_beginning { self.without_foresight(params) } else { None };
        self.found = Some(Box::new(earlier.unwrap_or(violation)));
        Ok(())
    }

    /// Finds the violation again with no guess left out because of what the sink is shown later: those are wrong too, but maybe not as early.
    /// None if there are too many.
    fn without_foresight(&self, params: Params) -> Option<Violation> {
        let log: Vec<&Record> = self.beginning.iter().chain(self.window.records()).collect();
        let verbs = verbs_ahead(&log);
        let mut search = Search::new(params, EXACT_GUESSES_MAX);
        let mut past = Past::default();
        for (at, record) in log.iter().enumerate().skip(1) {
            let verb_after = verbs.get(at + 1).copied().flatten();
            let sight = Sight { verb: verbs[at], verb_after, order: None };
            if let Some(reached) = search.explain(&record.ev, sight).ok()? {
                return Some(blame::violation(&params, &past, at, record, &reached));
            }
            past.note(&record.ev);
        }
        None
    }
}

impl Default for Judge {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").field("seen", &self.seen).field("found", &self.found).finish_non_exhaustive()
    }
}

fn too_wide(at: usize) -> Malformed {
    Malformed {
        at,
        why: format!("there are more than {GUESSES_MAX} ways to get here; record fewer calls at once"),
    }
}

/// For each record, the next call of the sink from there on.
fn verbs_ahead<'a>(log: &[&'a Record]) -> Vec<Option<NextVerb<'a>>> {
    let mut next = None;
    let mut ahead: Vec<Option<NextVerb<'a>>> = log
        .iter()
        .enumerate()
        .rev()
        .map(|(at, record)| {
            match &record.ev {
                Ev::Sink(runs) => next = Some(NextVerb { at, len: len_of(runs), verb: Verb::Write(runs) }),
                Ev::SinkFlush => next = Some(NextVerb { at, len: 0, verb: Verb::Flush }),
                _ => {}
            }
            next
        })
        .collect();
    ahead.reverse();
    ahead
}
