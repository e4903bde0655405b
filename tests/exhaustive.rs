//! Every word of calls and sink answers up to a depth, on the real writer.
//!
//! An alphabet is a handful of steps about one theme. Every word over it is run to the end on a writer of its own, on real threads, in lockstep with
//! the contract; of the sink's answers those are letters that the contract allows where they stand. A word contains its prefixes, so only the longest are run.
//!
//! `HIGHWATER_DEPTH=8` sets the depth, 6 by default; a stream that is driven by a task is searched one step less deep. A failure is reported by the shortest word that shows it, with the command that runs that word alone:
//! `HIGHWATER_WORD=<alphabet>/<marks>/<letters> cargo test -p highwater-tests --test exhaustive`.

use highwater_model::contract::Params;
use highwater_tests::driving::Driving;
use highwater_tests::lockstep::{Coverage, Lockstep, Remains, Reply, Retry, Step, Way};
use highwater_tests::watchdog::HANG;
use std::collections::HashSet;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const DEPTH: usize = 6;
/// The kinds of step need words of this length to be all there.
const DEPTH_OF_ALL_KINDS: usize = 5;

/// High-water mark, low-water mark, capacity, and what `WouldBlock` leads to.
type Marks = (usize, usize, usize, Retry);

const MARKS: [Marks; 3] = [(3, 2, 4, Retry::TooLate), (3, 0, 5, Retry::AtOnce), (2, 1, 2, Retry::Never)];

/// Who drives the stream, and about what.
const DRIVINGS: [(Driving, &[&str]); 3] = [
    (Driving::Thread, &["flow", "cork", "flush", "faults", "end"]),
    (Driving::Pending, &["flow", "cork", "flush", "faults", "end", "dropped"]),
    (Driving::Blocking, &["faults", "end"]), // what a sink answers after the stream was destroyed
];

fn letters(theme: &str, params: &Params) -> Vec<Step> {
    let (high, capacity) = (params.high_water_mark, params.capacity);
    let (write, answer) = (Step::Write, Step::Sink);
    let wait = Step::Wait(Way::Poll); // The way changes from letter to letter, see `run`.
    let flush = Step::Flush(Way::Poll);
    let (take_one, take_all) = (answer(Reply::Take(1)), answer(Reply::TakeAll));
    match theme {
        "flow" => vec![write(1), write(high), wait, take_one, take_all],
        "cork" => vec![write(1), wait, flush, Step::Cork, Step::Uncork, take_all],
        "flush" => vec![write(2), flush, Step::Cancel(0), take_one, take_all, answer(Reply::Interrupted)],
        "faults" => {
            let replies = [Reply::Take(0), Reply::Claim, Reply::WouldBlock, Reply::Failed, Reply::Panicked];
            let mut letters = vec![write(high), wait, Step::Destroy, take_all];
            letters.extend(replies.map(answer));
            letters
        }
        "dropped" => vec![write(high), flush, Step::Cork, Step::Abandon, Step::Destroy, Step::End, take_one],
        _ => vec![write(capacity), write(capacity + 1), flush, Step::End, take_one, take_all],
    }
}

/// One alphabet with one set of marks.
#[derive(Clone)]
struct Search {
    name: String,
    params: Params,
    retry: Retry,
    driving: Driving,
    letters: Vec<Step>,
    progress: Arc<Progress>,
}

/// Where a search is, for whoever watches out for a hang.
#[derive(Default)]
struct Progress(Mutex<(u64, Vec<usize>)>);

impl Progress {
    fn is_at(&self, word: &[usize]) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = (now.0 + 1, word.to_vec());
    }

    /// How many steps were begun, and the word at hand.
    fn now(&self) -> (u64, Vec<usize>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
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
        let one = |driving: Driving, theme: &str, (high, low, capacity, retry): Marks| {
            let params = Params::new(high, low, capacity).expect("the marks are valid");
            // A task keeps no pause.
            let is_kept = driving == Driving::Thread || retry != Retry::TooLate;
            let retry = if is_kept { retry } else { Retry::AtOnce };
            let by = match driving {
                Driving::Thread => "",
                Driving::Blocking => "blocking/",
                Driving::Pending => "pending/",
            };
            let name = format!("{by}{theme}/{high}-{low}-{capacity}");
            let progress = Arc::default();
            Self { name, params, retry, driving, letters: letters(theme, &params), progress }
        };
        let alphabets =
            DRIVINGS.iter().flat_map(|(driving, themes)| themes.iter().map(|theme| (*driving, *theme)));
        alphabets
            .flat_map(|(driving, theme)| MARKS.iter().map(move |marks| one(driving, theme, *marks)))
            .collect()
    }

    /// A task is searched one step less deep: it takes the same decisions as the thread, and twice as long to run.
    fn depth(&self, depth: usize) -> usize {
        if self.driving == Driving::Thread { depth } else { depth.saturating_sub(1).max(1) }
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
        self.progress.is_at(&[]);
        let mut lockstep = Lockstep::new(self.params, self.retry, self.driving);
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
            self.progress.is_at(&done);
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
            "{}\n  after {steps:?}\n  with {:?}, {:?}, {:?}\n  replay: HIGHWATER_WORD={}/{} cargo test -p highwater-tests --test exhaustive",
            failure.why,
            self.params,
            self.driving,
            self.retry,
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

type Finished = (String, Duration, Result<Tally, String>);

/// What one of the threads is searching, and how far it was when it was last looked at.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Option<(Search, u64, u64)>>>);

impl Desk {
    fn take(&self, search: &Search) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((search.clone(), 0, 0));
    }

    /// The search is over: whoever has no other does not hang.
    fn leave(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Looked at once a second: the failure, if nothing has gone on for longer than anything correct takes.
    fn look(&self) -> Option<String> {
        let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (search, seen, looks) = desk.as_mut()?;
        let (steps, word) = search.progress.now();
        *looks = if steps == *seen { *looks + 1 } else { 0 };
        *seen = steps;
        let why = "hung, here or taking it apart".to_owned();
        (*looks >= HANG.as_secs()).then(|| search.report(&Failure { word, why }))
    }
}

/// Takes searches from the queue and sends what came of each; a failure is the last.
fn work(queue: &Mutex<Vec<Search>>, desk: &Desk, depth: usize, results: &Sender<Finished>) {
    loop {
        let Some(search) = queue.lock().unwrap_or_else(PoisonError::into_inner).pop() else { return };
        desk.take(&search);
        let began = Instant::now();
        let result = search
            .every_word(search.depth(depth))
            .map_err(|failure| search.report(&search.shortest(failure)));
        desk.leave();
        let failed = result.is_err();
        let _ = results.send((search.name, began.elapsed(), result));
        if failed {
            return;
        }
    }
}

/// Runs every search on two threads.
fn run_all(depth: usize) -> Result<Tally, String> {
    let searches = Search::all();
    let mut left = searches.len();
    let queue = Arc::new(Mutex::new(searches));
    let (sender, results) = channel();
    let desks = [Desk::default(), Desk::default()];
    for desk in desks.clone() {
        let (queue, sender) = (Arc::clone(&queue), sender.clone());
        thread::spawn(move || work(&queue, &desk, depth, &sender));
    }
    drop(sender);
    let mut total = Tally::default();
    loop {
        match results.recv_timeout(Duration::from_secs(1)) {
            Ok((name, time, result)) => {
                let tally = result?;
                left -= 1;
                println!("{name:<22} {:>8} words  {:>6.2} s", tally.words, time.as_secs_f64());
                total.words += tally.words;
                total.coverage.add(&tally.coverage);
            }
            Err(RecvTimeoutError::Disconnected) if left == 0 => return Ok(total),
            Err(RecvTimeoutError::Disconnected) => return Err("a search panicked; see above".to_owned()),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(hung) = desks.iter().find_map(Desk::look) {
                    return Err(hung);
                }
            }
        }
    }
}

#[test]
fn every_word_does_what_the_contract_says() {
    if run_one() {
        return;
    }
    let (depth, began) = (depth(), Instant::now());
    let total = run_all(depth).unwrap_or_else(|why| panic!("{why}"));
    let coverage = &total.coverage;
    println!(
        "depth {depth}: {} words, {} steps of the contract, {:.1} s",
        total.words,
        coverage.steps(),
        began.elapsed().as_secs_f64()
    );
    println!("steps not taken in some phase: {:?}", coverage.missing());
    if depth >= DEPTH_OF_ALL_KINDS {
        assert!(
            coverage.kinds_missing().is_empty(),
            "no word had these steps: {:?}",
            coverage.kinds_missing()
        );
    }
}
