//! The search for guesses that explain one record after the other.

use super::guess::{Ahead, Fit, Guess, Verb};
use super::names::Names;
use super::window::{NextVerb, Order};
use crate::contract::Params;
use crate::record::{Ev, HandedBack};
use crate::vocabulary::Run;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// From so many guesses on they are looked up by their hash.
const FEW: usize = 16;

/// Every way in which the contract may have got to a line of the log.
pub(super) struct Search {
    pub(super) params: Params,
    guesses: Vec<Guess>,
    names: Names,
    /// The next write of the sink under the names that guesses use, by its index in the log.
    translated: Option<(usize, Vec<Run>)>,
    /// More guesses than this for one record and the search gives up.
    limit: usize,
    pub(super) widest: usize,
}

/// What the search knows of the log behind a record.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    /// The next call of the sink, the record itself included.
    pub(super) verb: Option<NextVerb<'a>>,
    /// The same without the record.
    pub(super) verb_after: Option<NextVerb<'a>>,
    pub(super) order: Option<&'a Order>,
}

/// There are more guesses than can be looked through.
#[derive(Debug)]
pub(super) struct TooWide;

impl Search {
    pub(super) fn new(params: Params, limit: usize) -> Self {
        Self {
            params,
            guesses: vec![Guess::new()],
            names: Names::default(),
            translated: None,
            limit,
            widest: 1,
        }
    }

    /// Goes on to the guesses that explain the record. If there are none it answers those that got to it, under the names of the log.
    pub(super) fn explain(&mut self, record: &Ev, sight: Sight<'_>) -> Result<Option<Vec<Guess>>, TooWide> {
        if self.guesses.iter_mut().all(|guess| guess.note(record)) {
            return Ok(None);
        }
        let renamed;
        let record = match record {
            Ev::Recovered(back) => {
                let bytes = self.names.translate(&back.bytes).0;
                renamed = Ev::Recovered(HandedBack { bytes, ..back.clone() });
                &renamed
            }
            record => record,
        };
        let mut kept = Vec::new();
        let runs = self.translate(sight.verb);
        let ahead = Ahead { verb: verb(sight.verb, runs.as_deref()), order: sight.order };
        let seen = self.walk(ahead, |guess, params| match guess.explain(params, record) {
            Fit::Explained(next) => {
                kept.push(*next);
                false
            }
            Fit::NotYet => true,
            Fit::Never => false,
        })?;
        self.widest = self.widest.max(seen);
        if kept.is_empty() {
            let mut reached = Vec::new();
            self.walk(ahead, |guess, _| {
                reached.push(self.names.restore(guess));
                true
            })?;
            return Ok(Some(reached));
        }
        self.guesses = kept;
        self.thin_out(sight);
        self.names.agree(&mut self.guesses);
        Ok(None)
    }

    /// Visits what can be reached by steps that leave no record, as long as `go_on` says so; answers how many guesses that were.
    fn walk(
        &self,
        ahead: Ahead<'_>,
        mut go_on: impl FnMut(&Guess, &Params) -> bool,
    ) -> Result<usize, TooWide> {
        let mut seen = Set::default();
        for guess in &self.guesses {
            seen.insert(guess.clone());
        }
        let mut at = 0;
        while let Some(guess) = seen.all.get(at) {
            at += 1;
            if !go_on(guess, &self.params) {
                continue;
            }
            for next in guess.successors(&self.params, ahead) {
                seen.insert(next);
            }
            if seen.all.len() > self.limit {
                return Err(TooWide);
            }
        }
        Ok(seen.all.len())
    }

    /// Leaves out what another guess can still come to: whatever it explains, that one explains by way of it.
    fn thin_out(&mut self, sight: Sight<'_>) {
        if self.guesses.len() < 2 {
            return;
        }
        self.guesses = Set::of(std::mem::take(&mut self.guesses)).all;
        let runs = self.translate(sight.verb_after);
        let ahead = Ahead { verb: verb(sight.verb_after, runs.as_deref()), order: sight.order };
        let mut needed = vec![true; self.guesses.len()];
        let index = Set::of(std::mem::take(&mut self.guesses));
        for guess in &index.all {
            for next in guess.successors(&self.params, ahead) {
                if let Some(at) = index.find(&next) {
                    needed[at] = false;
                }
            }
        }
        let kept = index.all.into_iter().zip(needed).filter(|(_, needed)| *needed);
        self.guesses = kept.map(|(guess, _)| guess).collect();
    }

    /// The bytes that the sink is offered next, if some guess may begin that call now.
    fn translate(&mut self, next: Option<NextVerb<'_>>) -> Option<Vec<Run>> {
        let NextVerb { at, len, verb: Verb::Write(runs) } = next? else { return None };
        let can_end = |run: &Run| self.names.know(run) || self.guesses.iter().any(|guess| guess.knows(run));
        if !self.guesses.iter().any(|guess| guess.may_come_to_offer(len)) || !runs.last().is_none_or(can_end)
        {
            return None;
        }
        if let Some((_, translated)) = self.translated.as_ref().filter(|(other, _)| *other == at) {
            return Some(translated.clone());
        }
        let (translated, is_final) = self.names.translate(runs);
        if is_final {
            self.translated = Some((at, translated.clone()));
        }
        Some(translated)
    }
}

fn verb<'a>(next: Option<NextVerb<'a>>, runs: Option<&'a [Run]>) -> Option<Verb<'a>> {
    match next?.verb {
        Verb::Write(_) => runs.map(Verb::Write),
        Verb::Flush => Some(Verb::Flush),
    }
}

/// Distinct guesses, in the order in which they came.
#[derive(Default)]
struct Set {
    all: Vec<Guess>,
    by_hash: HashMap<u64, Vec<usize>>,
}

impl Set {
    fn of(all: Vec<Guess>) -> Self {
        let mut set = Self::default();
        for guess in all {
            set.insert(guess);
        }
        set
    }

    fn insert(&mut self, guess: Guess) {
        if self.find(&guess).is_some() {
            return;
        }
        self.all.push(guess);
        if self.all.len() <= FEW {
            return;
        }
        let known = if self.by_hash.is_empty() { 0 } else { self.all.len() - 1 };
        for (at, guess) in self.all.iter().enumerate().skip(known) {
            self.by_hash.entry(hash(guess)).or_default().push(at);
        }
    }

    fn find(&self, guess: &Guess) -> Option<usize> {
        if self.by_hash.is_empty() {
            return self.all.iter().position(|other| other == guess);
        }
        let same_hash = self.by_hash.get(&hash(guess))?;
        same_hash.iter().copied().find(|at| self.all[*at] == *guess)
    }
}

fn hash(guess: &Guess) -> u64 {
    let mut hasher = Quick(0);
    guess.hash(&mut hasher);
    hasher.finish()
}

/// A hasher for what nobody chooses with bad intent, and that is computed for each guess of each record.
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word.cast_unsigned() as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
