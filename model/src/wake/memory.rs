//! The memory that both threads see without a lock, and the store buffers between them and it.
//!
//! | field of [`Memory`] | changed by |
//! |---|---|
//! | `tail`, `head`, `wake_at`, `attention`, `cells` | a store that leaves a buffer |
//! | `buffers` | a store enters at the back; it leaves at any later moment, at the latest at a fence or unlock of its thread |

use super::config::Order;
use std::fmt;

/// A position in the stream: so many bytes since its start.
pub type Pos = u8;

/// What `wake_at` holds while D is awake, and what it is told when no byte could wake it: a position that is never reached.
pub const NEVER: Pos = Pos::MAX;

/// What a cell of the ring holds whose byte was taken.
pub const FREE: Pos = Pos::MAX;

/// The most cells a ring of this model has.
pub const CELLS_MAX: usize = 4;

/// A drain is owed.
pub const OWED: Pos = 1;
/// The phase is not open.
pub const NOT_OPEN: Pos = 2;

/// One of the two threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// The producer.
    P,
    /// The drain thread.
    D,
}

/// A location that is read or written without the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// P's position.
    Tail,
    /// D's position.
    Head,
    /// The tail position at which P must wake D.
    WakeAt,
    /// Whether P must take the slow path.
    Attention,
    /// The byte at this index of the ring. It holds its own position in the stream, so that loss, staleness and reordering show.
    Cell(u8),
}

/// A store on its way to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Store {
    /// Where.
    pub place: Place,
    /// What.
    pub value: Pos,
    /// Whether everything stored before it must be visible before it.
    pub release: bool,
}

/// Memory and store buffers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Bytes written into the ring.
    pub tail: Pos,
    /// Bytes taken out of it.
    pub head: Pos,
    /// See [`Place::WakeAt`].
    pub wake_at: Pos,
    /// [`OWED`] and [`NOT_OPEN`], or 0.
    pub attention: Pos,
    /// The ring.
    pub cells: [Pos; CELLS_MAX],
    /// What P and D have stored and the other cannot see yet, oldest first.
    pub buffers: [Vec<Store>; 2],
}

impl Memory {
    /// An empty ring and an open stream; D is awake.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tail: 0,
            head: 0,
            wake_at: NEVER,
            attention: 0,
            cells: [FREE; CELLS_MAX],
            buffers: [Vec::new(), Vec::new()],
        }
    }

    /// What this thread reads: its own latest store, else memory.
    #[must_use]
    pub fn load(&self, who: Who, place: Place) -> Pos {
        let own = self.buffers[who as usize].iter().rev().find(|store| store.place == place);
        own.map_or_else(|| self.visible(place), |store| store.value)
    }

    /// What is in memory, visible to all.
    #[must_use]
    pub fn visible(&self, place: Place) -> Pos {
        match place {
            Place::Tail => self.tail,
            Place::Head => self.head,
            Place::WakeAt => self.wake_at,
            Place::Attention => self.attention,
            Place::Cell(index) => self.cells[usize::from(index)],
        }
    }

    /// Stores into the buffer of this thread.
    pub fn store(&mut self, who: Who, store: Store) {
        self.buffers[who as usize].push(store);
    }

    /// Whether this store may be the next to become visible. Total store order keeps a buffer first in, first out. The weak order
    /// keeps only the order of stores to one place, and that of a release store after everything before it.
    #[must_use]
    pub fn may_leave(&self, order: Order, who: Who, index: usize) -> bool {
        let (before, rest) = self.buffers[who as usize].split_at(index);
        let Some(store) = rest.first() else { return false };
        match order {
            _ if before.is_empty() => true,
            Order::Total => false,
            Order::Weak => !store.release && before.iter().all(|earlier| earlier.place != store.place),
        }
    }

    /// One store becomes visible.
    pub fn leave(&mut self, who: Who, index: usize) -> Store {
        let store = self.buffers[who as usize].remove(index);
        self.make_visible(store);
        store
    }

    /// All stores of this thread become visible: a full fence, or an unlock.
    pub fn flush(&mut self, who: Who) {
        for store in std::mem::take(&mut self.buffers[who as usize]) {
            self.make_visible(store);
        }
    }

    fn make_visible(&mut self, store: Store) {
        match store.place {
            Place::Tail => self.tail = store.value,
            Place::Head => self.head = store.value,
            Place::WakeAt => self.wake_at = store.value,
            Place::Attention => self.attention = store.value,
            Place::Cell(index) => self.cells[usize::from(index)] = store.value,
        }
    }

    /// The same memory with every position `by` lower. Values below are stale and stay at the bottom.
    pub(super) fn shift(&mut self, by: Pos) {
        let cells = self.cells.iter_mut();
        let stored = self.buffers.iter_mut().flatten().filter(|store| store.place != Place::Attention);
        let all = [&mut self.tail, &mut self.head, &mut self.wake_at];
        for position in all.into_iter().chain(cells).chain(stored.map(|store| &mut store.value)) {
            lower(position, by);
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// Lowers a position; [`NEVER`] and [`FREE`] are none.
pub(super) fn lower(position: &mut Pos, by: Pos) {
    if *position != NEVER {
        *position = position.saturating_sub(by);
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Tail => write!(f, "tail={}", self.value),
            Place::Head => write!(f, "head={}", self.value),
            Place::WakeAt if self.value == NEVER => write!(f, "wake_at=never"),
            Place::WakeAt => write!(f, "wake_at={}", self.value),
            Place::Attention => write!(f, "attention={}", attention(self.value)),
            Place::Cell(index) => write!(f, "cell{index}=byte {}", self.value),
        }
    }
}

/// The bits of `attention` in words.
#[must_use]
pub(super) fn attention(bits: Pos) -> &'static str {
    match (bits & OWED != 0, bits & NOT_OPEN != 0) {
        (false, false) => "0",
        (true, false) => "OWED",
        (false, true) => "NOT_OPEN",
        (true, true) => "OWED|NOT_OPEN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(place: Place, value: Pos, release: bool) -> Store {
        Store { place, value, release }
    }

    #[test]
    fn a_thread_sees_its_own_stores_before_the_other_does() {
        let mut memory = Memory::new();
        memory.store(Who::P, store(Place::Tail, 1, true));
        memory.store(Who::P, store(Place::Tail, 2, true));
        assert_eq!((memory.load(Who::P, Place::Tail), memory.load(Who::D, Place::Tail)), (2, 0));
        memory.leave(Who::P, 0);
        assert_eq!(memory.load(Who::D, Place::Tail), 1);
        memory.flush(Who::P);
        assert_eq!(memory.load(Who::D, Place::Tail), 2);
    }

    #[test]
    fn total_order_is_first_in_first_out() {
        let mut memory = Memory::new();
        memory.store(Who::D, store(Place::Head, 1, true));
        memory.store(Who::D, store(Place::Attention, 0, false));
        assert!(memory.may_leave(Order::Total, Who::D, 0));
        assert!(!memory.may_leave(Order::Total, Who::D, 1));
        assert!(!memory.may_leave(Order::Total, Who::D, 2));
    }

    #[test]
    fn weak_order_keeps_release_stores_and_stores_to_one_place() {
        let mut memory = Memory::new();
        memory.store(Who::P, store(Place::Cell(0), 4, false));
        memory.store(Who::P, store(Place::Tail, 5, true));
        memory.store(Who::P, store(Place::Cell(1), 5, false));
        memory.store(Who::P, store(Place::Cell(0), 8, false));
        let may: Vec<bool> = (0..4).map(|index| memory.may_leave(Order::Weak, Who::P, index)).collect();
        assert_eq!(
            may,
            [true, false, true, false],
            "the tail waits for the bytes, a later byte need not wait for the tail"
        );
    }
}
