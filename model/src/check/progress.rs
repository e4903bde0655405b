//! How far a check has come: each searching thread has a desk, on which it leaves its figures for whoever looks.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far a check has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What is being searched, by name: configurations, mutants, experiments.
    pub names: Vec<String>,
    /// How many searches are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// Unique states found so far, in all searches.
    pub states: u64,
    /// States found a second, since the last report.
    pub rate: f64,
    /// The greatest depth reached in the searches going on, in steps.
    pub depth: usize,
    /// States of the searches going on that were found and not yet looked at.
    pub frontier: u64,
}

/// Who is told of progress, some ten times a second.
pub type Watch<'a> = &'a (dyn Fn(&Progress) + Sync);

const REPORT_INTERVAL: Duration = Duration::from_millis(80);
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// What one thread is doing.
#[derive(Debug, Default)]
pub(super) struct Desk {
    name: Mutex<String>,
    states: AtomicU64,
    depth: AtomicUsize,
    frontier: AtomicU64,
    states_before: AtomicU64,
    done: AtomicUsize,
    left: AtomicBool,
}

impl Desk {
    pub(super) fn begin(&self, name: &str) {
        name.clone_into(&mut self.name.lock().unwrap_or_else(PoisonError::into_inner));
        self.note(0, 0, 0);
    }

    pub(super) fn note(&self, states: u64, depth: usize, frontier: u64) {
        self.states.store(states, Ordering::Relaxed);
        self.depth.store(depth, Ordering::Relaxed);
        self.frontier.store(frontier, Ordering::Relaxed);
    }

    pub(super) fn end(&self, states: u64) {
        self.note(0, 0, 0);
        self.states_before.fetch_add(states, Ordering::Relaxed);
        self.done.fetch_add(1, Ordering::Relaxed);
        self.name.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The desk is left when the seat is dropped: also by a thread that panics, so that nobody waits for it for ever.
    pub(super) fn sit_down(&self) -> Seat<'_> {
        Seat(self)
    }
}

#[derive(Debug)]
pub(super) struct Seat<'a>(&'a Desk);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.left.store(true, Ordering::Release);
    }
}

/// All desks.
#[derive(Debug)]
pub(super) struct Board {
    desks: Vec<Desk>,
    total: usize,
}

impl Board {
    pub(super) fn new(desks: usize, total: usize) -> Self {
        Self { desks: (0..desks).map(|_| Desk::default()).collect(), total }
    }

    pub(super) fn desks(&self) -> impl Iterator<Item = &Desk> {
        self.desks.iter()
    }

    pub(super) fn report_until_all_have_left(&self, watch: Watch<'_>) {
        let (mut last, mut last_states) = (Instant::now(), 0);
        while !self.desks.iter().all(|desk| desk.left.load(Ordering::Acquire)) {
            std::thread::sleep(POLL_INTERVAL);
            let since = last.elapsed();
            if since >= REPORT_INTERVAL {
                let mut progress = self.progress();
                progress.rate = progress.states.saturating_sub(last_states) as f64 / since.as_secs_f64();
                (last, last_states) = (Instant::now(), progress.states);
                watch(&progress);
            }
        }
    }

    fn progress(&self) -> Progress {
        let sum = |cell: fn(&Desk) -> &AtomicU64| {
            self.desks.iter().map(|desk| cell(desk).load(Ordering::Relaxed)).sum()
        };
        let states: u64 = sum(|desk| &desk.states);
        let before: u64 = sum(|desk| &desk.states_before);
        let names =
            self.desks.iter().map(|desk| desk.name.lock().unwrap_or_else(PoisonError::into_inner).clone());
        Progress {
            names: names.filter(|name| !name.is_empty()).collect(),
            done: self.desks.iter().map(|desk| desk.done.load(Ordering::Relaxed)).sum(),
            total: self.total,
            states: before + states,
            rate: 0.0,
            depth: self.desks.iter().map(|desk| desk.depth.load(Ordering::Relaxed)).max().unwrap_or(0),
            frontier: sum(|desk| &desk.frontier),
        }
    }
}
