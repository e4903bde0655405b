//! Exact counts of what a search went through, cheap enough to keep for every step.
//!
//! Each thread counts in a shard of its own with plain loads and stores. A search takes each edge and looks at each state exactly once,
//! so that the sums do not depend on how many threads there are.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::coverage;
use crate::properties::CLAUSES_MAX;

const PREMISES: usize = 0;
const KINDS: usize = CLAUSES_MAX;
const EXPANDED: usize = KINDS + coverage::CELLS;
const COUNTERS: usize = EXPANDED + 1;

type Shard = [AtomicU64; COUNTERS];

/// The counters of one search.
#[derive(Debug)]
pub struct Tally {
    id: usize,
    shards: Mutex<Vec<Arc<Shard>>>,
}

thread_local! {
    /// The shard this thread counted in last, and of which tally.
    static CURRENT: RefCell<Option<(usize, Arc<Shard>)>> = const { RefCell::new(None) };
}

impl Tally {
    /// All zero.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), shards: Mutex::default() }
    }

    /// The premise of this clause was true on one more edge or state.
    pub(crate) fn premise(&self, clause: usize) {
        self.add(PREMISES + clause);
    }

    /// One more step of this kind was taken.
    pub(crate) fn step(&self, cell: usize) {
        self.add(KINDS + cell);
    }

    /// One more state had its steps listed.
    pub(crate) fn expanded(&self) {
        self.add(EXPANDED);
    }

    /// How often the premise of this clause was true.
    #[must_use]
    pub fn premises(&self, clause: usize) -> u64 {
        self.sum(PREMISES + clause)
    }

    /// How often a step of this kind was taken.
    #[must_use]
    pub fn steps(&self, cell: usize) -> u64 {
        self.sum(KINDS + cell)
    }

    /// How many states had their steps listed.
    #[must_use]
    pub fn states_expanded(&self) -> u64 {
        self.sum(EXPANDED)
    }

    fn add(&self, counter: usize) {
        CURRENT.with_borrow_mut(|current| {
            if !matches!(current, Some((id, _)) if *id == self.id) {
                *current = Some((self.id, self.register()));
            }
            if let Some(cell) = current.as_ref().and_then(|(_, shard)| shard.get(counter)) {
                // Only this thread writes this shard; others read it when the search is over, or to show progress.
                cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            }
        });
    }

    fn register(&self) -> Arc<Shard> {
        let shard: Arc<Shard> = Arc::new([const { AtomicU64::new(0) }; COUNTERS]);
        self.shards.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&shard));
        shard
    }

    fn sum(&self, counter: usize) -> u64 {
        let shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        shards.iter().filter_map(|shard| shard.get(counter)).map(|cell| cell.load(Ordering::Relaxed)).sum()
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}
