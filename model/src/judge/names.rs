//! Short names for bytes on whose place every guess agrees.
//!
//! A stream may buffer a hundred thousand chunks, and a guess must not hold a list of them. So the chunks that all guesses have accepted in the same
//! order are given one name together, [`AGREED`], and are told apart by how far into the stream they begin: consecutive chunks make one run.
//! Every run in a record is translated before it is compared. It is a change of names alone: no two bytes get the same one.

use super::bytes::append;
use super::guess::Guess;
use crate::vocabulary::Run;
use std::collections::{HashMap, VecDeque};

/// Stands in place of the producer of bytes whose order is agreed on; `from` is how far into the stream they are.
pub(super) const AGREED: usize = usize::MAX;
/// Stands in place of the producer of bytes that the rest of the log never shows: their order makes no difference.
pub(super) const UNSEEN: usize = usize::MAX - 1;

type Chunk = (usize, usize);

/// The chunks that have a new name and are not taken in every guess.
#[derive(Default)]
pub(super) struct Names {
    /// Where a chunk begins, and how many bytes it has.
    places: HashMap<Chunk, (usize, usize)>,
    /// Whole chunks, in order, and where each begins.
    order: VecDeque<(Run, usize)>,
    end: usize,
}

impl Names {
    /// Gives names to the chunks that all guesses agree on now.
    pub(super) fn agree(&mut self, guesses: &mut [Guess]) {
        while let Some(chunk) = self.next_chunk(guesses) {
            let place = self.end;
            for guess in &mut *guesses {
                let queue = &mut guess.state.queue;
                let index = unnamed(queue);
                let run = queue.remove(index);
                let named = Run { producer: AGREED, seq: 0, from: place + run.from, len: run.len };
                match queue.first_mut() {
                    Some(first) if index == 1 => first.len += named.len,
                    _ => queue.insert(0, named),
                }
            }
            self.places.insert((chunk.producer, chunk.seq), (place, chunk.len));
            self.order.push_back((chunk, place));
            self.end += chunk.len;
        }
        self.forget(guesses);
    }

    /// The first chunk without a new name, if it is the same in all guesses.
    fn next_chunk(&self, guesses: &[Guess]) -> Option<Run> {
        let whole = |guess: &Guess| {
            let run = guess.state.queue.get(unnamed(&guess.state.queue))?;
            Some(Run { from: 0, len: run.from + run.len, ..*run })
        };
        let chunk = whole(guesses.first()?)?;
        let is_new = chunk.producer != UNSEEN && !self.places.contains_key(&(chunk.producer, chunk.seq));
        (is_new && guesses.iter().all(|guess| whole(guess) == Some(chunk))).then_some(chunk)
    }

    /// Forgets the chunks that every guess has seen taken.
    fn forget(&mut self, guesses: &[Guess]) {
        let front = |guess: &Guess| match guess.state.queue.first() {
            Some(run) if run.producer == AGREED => run.from,
            _ => self.end,
        };
        let Some(needed) = guesses.iter().map(front).min() else { return };
        while let Some((chunk, place)) = self.order.front().copied() {
            if place + chunk.len > needed {
                return;
            }
            self.order.pop_front();
            self.places.remove(&(chunk.producer, chunk.seq));
        }
    }

    /// The bytes of a record under their new names, and whether all of them have one.
    pub(super) fn translate(&self, runs: &[Run]) -> (Vec<Run>, bool) {
        let mut translated = Vec::new();
        let mut all = true;
        for run in runs {
            let named = self.name(run);
            all &= named.is_some();
            append(&mut translated, named.unwrap_or(*run));
        }
        (translated, all)
    }

    /// Whether the run's chunk has a new name.
    pub(super) fn know(&self, run: &Run) -> bool {
        self.places.contains_key(&(run.producer, run.seq))
    }

    fn name(&self, run: &Run) -> Option<Run> {
        let (place, len) = *self.places.get(&(run.producer, run.seq))?;
        let fits = run.from.checked_add(run.len).is_some_and(|end| end <= len);
        fits.then_some(Run { producer: AGREED, seq: 0, from: place + run.from, len: run.len })
    }

    /// The guess under the names of the log.
    pub(super) fn restore(&self, guess: &Guess) -> Guess {
        let mut restored = guess.clone();
        restored.state.queue = guess.state.queue.iter().flat_map(|run| self.original(*run)).collect();
        restored
    }

    fn original(&self, run: Run) -> Vec<Run> {
        if run.producer != AGREED {
            return vec![run];
        }
        let (from, to) = (run.from, run.from + run.len);
        let first = self.order.partition_point(|(chunk, place)| place + chunk.len <= from);
        let overlapping = self.order.iter().skip(first).take_while(|(_, place)| *place < to);
        overlapping
            .map(|(chunk, place)| {
                let begin = from.max(*place);
                let end = to.min(place + chunk.len);
                Run { from: begin - place, len: end - begin, ..*chunk }
            })
            .collect()
    }
}

/// The index of the first run without a new name.
fn unnamed(queue: &[Run]) -> usize {
    usize::from(queue.first().is_some_and(|run| run.producer == AGREED))
}
