//! Every word of calls and sink answers up to a depth, on the real writer.
//!
//! An alphabet is a handful of steps about one theme. Every word over it is run to the end on a writer of its own, on real threads, in lockstep with
//! the contract; of the sink's answers those are letters that the contract allows where they stand. A word contains its prefixes, so only the longest are run.
//!
//! `HIGHWATER_DEPTH=8` sets the depth, 6 by default. A failure is reported by the shortest word that shows it, with the command that runs that word alone:
//! `HIGHWATER_WORD=<alphabet>/<marks>/<letters> cargo test -p highwater-tests --test exhaustive`.

use highwater_model::contract::Params;
use highwater_tests::lockstep::{Coverage, Lockstep, Remains, Reply, Step, Way};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

const DEPTH: usize = 6;
/// The kinds of step need words of this length to be all there.
const DEPTH_OF_ALL_KINDS: usize = 5;

/// High-water mark, low-water mark, capacity, and whether `WouldBlock` is retried.
const MARKS: [(usize, usize, usize, bool); 3] = [(3, 2, 4, false), (3, 0, 5, true), (2, 1, 2, false)];

const THEMES: [&str; 5] = ["flow", "cork", "flush", "faults", "end"];

fn letters(theme: &str, params: &Params) -> Vec<Step> {
    let (high, capacity) = (params.high_water_mark, params.capacity);
    let (write, answer) = (Step::Write, Step::Sink);
    let wait = Step::Wait(Way::Poll); // The way changes from letter to letter, see `run`.
    let flush = Step::Flush(Way::Poll);
    let (take_one, take_all) = (answer(Reply::Take(1)), answer(Reply::TakeAll));
    match theme {
        "flow" => vec![write(1), write(high), wait, take_one, take_all],
        "cork" => vec![write(high), flush, Step::Cork, Step::Uncork, take_all],
        "flush" => vec![write(2), flush, Step::Cancel(0), take_one, take_all, answer(Reply::Interrupted)],
        "faults" => {
            let replies = [Reply::Take(0), Reply::Claim, Reply::WouldBlock, Reply::Failed, Reply::Panicked];
            let mut letters = vec![write(high), wait, Step::Destroy, take_all];
            letters.extend(replies.map(answer));
            letters
        }
        _ => vec![write(capacity), write(capacity + 1), flush, Step::End, take_one, take_all],
    }
}

/// One alphabet with one set of marks.
#[derive(Clone)]
struct Search {
    name: String,
    params: Params,
    letters: Vec<Step>,
}

#[derive(Default)]
struct Tally {
    words: u64,
    coverage: Coverage,
}

/// A word, by its letters' places in the alphabet, and what differed at its end.
struct Failure {
    word: Vec<usize>,
    why: String,
}

impl Search {
    fn all() -> Vec<Self> {
        let one = |theme: &str, (high, low, capacity, retry): (usize, usize, usize, bool)| {
            let marks = Params::new(high, low, capacity).expect("the marks are valid");
            let params = Params { retry_would_block: retry, ..marks };
            Self {
                name: format!("{theme}/{high}-{low}-{capacity}"),
                params,
                letters: letters(theme, &params),
            }
        };
        THEMES.iter().flat_map(|theme| MARKS.iter().map(move |marks| one(theme, *marks))).collect()
    }

    /// The letters that can stand here and mean something that no letter before them means.
    fn enabled(&self, lockstep: &Lockstep) -> Vec<usize> {
        let mut answers = HashSet::new();
        let mut enabled: Vec<usize> = (0..self.letters.len()).collect();
        enabled.retain(|letter| match self.letters[*letter] {
            Step::Sink(reply) => reply.of(lockstep.state().sink).is_some_and(|answer| answers.insert(answer)),
            step => lockstep.is_possible(step),
        });
        enabled
    }

    /// Runs the word that begins with `word` and goes on with the first letter there is, noting the words not taken in `todo`.
    fn run(&self, word: &[usize], depth: usize, todo: &mut Vec<Vec<usize>>) -> Result<Coverage, Failure> {
        let mut lockstep = Lockstep::new(self.params);
        let mut done: Vec<usize> = Vec::new();
        while done.len() < depth {
            let letter = if let Some(letter) = word.get(done.len()) {
                *letter
            } else {
                let enabled = self.enabled(&lockstep);
                let Some((first, others)) = enabled.split_first() else { break };
                todo.extend(others.iter().map(|other| [done.as_slice(), &[*other]].concat()));
                *first
            };
            done.push(letter);
            let way = [Way::Poll, Way::Block, Way::Glance][done.len() % 3];
            let step = match self.letters[letter] {
                Step::Wait(_) => Step::Wait(way),
                Step::Flush(_) => Step::Flush(way),
                step => step,
            };
            lockstep.apply(step).map_err(|why| Failure { word: done.clone(), why })?;
        }
        let remains = if done.iter().sum::<usize>() % 2 == 0 { Remains::Recovered } else { Remains::Dropped };
        lockstep.finish(remains).map_err(|why| Failure { word: done, why: format!("taking it apart: {why}") })
    }

    fn every_word(&self, depth: usize) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        let mut todo = vec![Vec::new()];
        while let Some(word) = todo.pop() {
            tally.coverage.add(&self.run(&word, depth, &mut todo)?);
            tally.words += 1;
        }
        Ok(tally)
    }

    /// The shortest word that fails, given that one fails.
    fn shortest(&self, found: Failure) -> Failure {
        (1..found.word.len()).find_map(|depth| self.every_word(depth).err()).unwrap_or(found)
    }

    fn report(&self, failure: &Failure) -> String {
        let steps: Vec<Step> = failure.word.iter().map(|letter| self.letters[*letter]).collect();
        let word: Vec<String> = failure.word.iter().map(usize::to_string).collect();
        format!(
            "{}\n  after {steps:?}\n  with {:?}\n  replay: HIGHWATER_WORD={}/{} cargo test -p highwater-tests --test exhaustive",
            failure.why,
            self.params,
            self.name,
            word.join(".")
        )
    }
}

fn depth() -> usize {
    match std::env::var("HIGHWATER_DEPTH") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("HIGHWATER_DEPTH must be a number, not {text:?}")),
        Err(_) => DEPTH,
    }
}

/// Runs only the word that `HIGHWATER_WORD` names, if it names one.
fn run_one() -> bool {
    let Ok(text) = std::env::var("HIGHWATER_WORD") else { return false };
    let search = Search::all().into_iter().find(|search| text.starts_with(&format!("{}/", search.name)));
    let search =
        search.unwrap_or_else(|| panic!("HIGHWATER_WORD={text} names no alphabet and marks of this test"));
    let letters = text[search.name.len() + 1..].split('.').map(|letter| {
        let place = letter.parse().ok().filter(|place: &usize| *place < search.letters.len());
        place.unwrap_or_else(|| panic!("HIGHWATER_WORD={text}: {letter:?} is no letter of {}", search.name))
    });
    let word: Vec<usize> = letters.collect();
    if let Err(failure) = search.run(&word, word.len(), &mut Vec::new()) {
        panic!("{}", search.report(&failure));
    }
    true
}

#[test]
fn every_word_does_what_the_contract_says() {
    if run_one() {
        return;
    }
    let (depth, began) = (depth(), Instant::now());
    let searches = Mutex::new(Search::all());
    let total = Mutex::new(Tally::default());
    let work = || {
        loop {
            let next = searches.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(search) = next else { return };
            let began = Instant::now();
            let tally = match search.every_word(depth) {
                Ok(tally) => tally,
                Err(failure) => panic!("{}", search.report(&search.shortest(failure))),
            };
            println!(
                "{:<14} {:>8} words  {:>6.2} s",
                search.name,
                tally.words,
                began.elapsed().as_secs_f64()
            );
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            total.words += tally.words;
            total.coverage.add(&tally.coverage);
        }
    };
    let failed = thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().find_map(|thread| thread.join().err())
    });
    if let Some(payload) = failed {
        std::panic::resume_unwind(payload);
    }
    let total = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    let coverage = &total.coverage;
    println!(
        "depth {depth}: {} words, {} steps of the contract, {:.1} s",
        total.words,
        coverage.steps(),
        began.elapsed().as_secs_f64()
    );
    println!("steps not taken in some phase: {:?}", coverage.missing());
    assert!(total.words > 0);
    if depth >= DEPTH_OF_ALL_KINDS {
        assert!(
            coverage.kinds_missing().is_empty(),
            "no word had these steps: {:?}",
            coverage.kinds_missing()
        );
    }
}
