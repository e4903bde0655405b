//! The bytes on their way from one producer to the drain thread, without a lock. The one file with `unsafe`.
//!
//! Positions count bytes since the stream began. They are 64 bits wide, so that they never wrap; the byte at position `n` is in cell `n mod R`, and `R`,
//! the number of cells, is a power of two.
//!
//! | shared | stored by | loaded by |
//! |---|---|---|
//! | `tail`: bytes accepted | the [`Producer`] | the [`Consumer`], and who holds the lock of the stream |
//! | `head`: bytes taken | the [`Consumer`] | the [`Producer`], if the copy it keeps is not enough |
//! | `cells` | the [`Producer`] writes those of the positions `tail .. head + R` | the [`Consumer`] reads those of `head .. tail` |
//!
//! # Invariants, on which every `unsafe` here rests
//!
//! 1. There is one [`Producer`] and one [`Consumer`] of a ring, neither can be cloned, and what they change takes `&mut self`.
//! 2. `head <= tail`. Both only grow. Only the producer stores `tail`, only the consumer `head`.
//! 3. The producer writes a cell only for a position below `head + R` for some `head` it has loaded, and at or above its own `tail`; it stores a
//!    `tail` above that position only afterwards, with `Release`, or passes the position over without writing its cell.
//! 4. The consumer reads a cell only for a position at or above its own `head` and below a `tail` it has loaded with `Acquire`; it stores a `head` above
//!    that position only afterwards, with `Release`, and no slice it gave out is alive then: [`Consumer::advance`] takes `&mut self`.
//! 5. So of the two only one can touch a cell, and it sees what the other did to it: by 3 and 4 the positions they touch at one time lie less than `R` apart and
//!    on different sides of `tail`, and each hand-over goes through a `Release` store and an `Acquire` load of the same position.
//! 6. Every cell is initialised from the start, so that a position passed over with [`Producer::pass_over`] holds old bytes, but no undefined ones.
#![allow(unsafe_code)]

use crate::sync::{Arc, AtomicU64, Barrier, Keeper, Ordering, Shadow, ordering};
use std::cell::UnsafeCell;
use std::fmt;

/// Keeps its content on a cache line, or a pair of lines that the machine fetches together, of its own.
#[repr(align(128))]
struct Line<T>(T);

/// Cells that begin where a cache line does, so that a chunk of a line's length, or of many, touches no line in vain.
#[repr(C, align(128))]
struct Block([UnsafeCell<u8>; BLOCK]);

const BLOCK: usize = 128;

struct Shared {
    tail: Line<AtomicU64>,
    head: Line<AtomicU64>,
    /// As many blocks as hold the cells, and at least one.
    blocks: Box<[Block]>,
    shadow: Shadow,
}

impl Shared {
    /// Of all the cells: blocks are laid out without gaps, and each is as long as its cells.
    fn first_cell(&self) -> *const UnsafeCell<u8> {
        self.blocks.as_ptr().cast()
    }
}

// SAFETY: the cells are all that is not `Sync` by itself, and by invariant 5 no two threads touch one at a time.
unsafe impl Sync for Shared {}

/// The half that writes.
pub(crate) struct Producer {
    shared: Arc<Shared>,
    /// The first cell of `shared`, to save a look at where it is.
    first: *const UnsafeCell<u8>,
    barrier: Barrier,
    /// What it last stored in `shared.tail`.
    tail: u64,
    /// What it last loaded from `shared.head`.
    head: u64,
    /// How many bytes there may be in the ring after a [`Producer::push`].
    room: u64,
    /// A push that ends here or before it neither exceeds `room`, by `head`, nor goes round the end of the cells, nor needs a full fence.
    easy_end: u64,
    mask: u64,
}

// SAFETY: `first` points into `shared`, which is `Send` and lives as long; everything else is `Send` by itself.
unsafe impl Send for Producer {}
// SAFETY: a shared reference gives nothing but copies of `tail` and `head`, to be printed.
unsafe impl Sync for Producer {}

/// The half that reads.
pub(crate) struct Consumer {
    shared: Arc<Shared>,
    /// What it last stored in `shared.head`.
    head: u64,
    mask: u64,
}

/// Anybody's look at how many bytes were accepted.
#[derive(Clone)]
pub(crate) struct Tail(Arc<Shared>);

/// How many cells to have, so that `wanted` bytes fit.
pub(crate) fn cells_for(wanted: usize) -> usize {
    wanted.checked_next_power_of_two().unwrap_or(1 << (usize::BITS - 1))
}

/// A ring of `cells` cells, a power of two, whose fast pushes leave no more than `room` bytes in it.
pub(crate) fn ring(cells: usize, room: usize, barrier: Barrier) -> (Producer, Consumer, Tail) {
    debug_assert!(cells.is_power_of_two());
    let shared = Arc::new(Shared {
        tail: Line(AtomicU64::new(0)),
        head: Line(AtomicU64::new(0)),
        blocks: allocate(cells),
        shadow: Shadow::new(cells),
    });
    let (mask, room) = (cells as u64 - 1, room.min(cells) as u64);
    let (producer, consumer) = (Arc::clone(&shared), Arc::clone(&shared));
    let first = producer.first_cell();
    let mut producer =
        Producer { shared: producer, first, barrier, tail: 0, head: 0, room, easy_end: 0, mask };
    producer.renew_easy_end();
    (producer, Consumer { shared: consumer, head: 0, mask }, Tail(shared))
}

/// Cells that hold 0, in memory that the system has really given, so that no write pays for the first touch of a page: every cell is written here.
fn allocate(cells: usize) -> Box<[Block]> {
    let zeros = || Block([const { UnsafeCell::new(0) }; BLOCK]);
    std::iter::repeat_with(zeros).take(cells.div_ceil(BLOCK)).collect()
}

impl Producer {
    /// Appends a chunk if that leaves no more than `room` bytes, and answers where it ends. A light fence follows, so that what the caller looks at
    /// next is looked at after the chunk can be seen.
    #[inline]
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Option<u64> {
        let end = self.tail + chunk.len() as u64;
        if end > self.easy_end {
            let fits = self.push_round(chunk, self.room);
            self.barrier.light();
            return fits.then_some(end);
        }
        self.fill(self.tail, chunk);
        self.publish(end);
        Barrier::lightest();
        Some(end)
    }

    /// Appends a chunk if the cells have room for it; whether they had.
    pub(crate) fn push_beyond(&mut self, chunk: &[u8]) -> bool {
        self.push_round(chunk, self.mask + 1)
    }

    /// As [`Producer::push`] without a fence, for a chunk that goes round the end of the cells, or if there is more room than there was.
    #[cold]
    fn push_round(&mut self, chunk: &[u8], room: u64) -> bool {
        let end = self.tail + chunk.len() as u64;
        if end - self.head > room {
            // Acquire: the consumer, and the sink, are done with the cells below it (pairs with `advance`).
            self.head = self.shared.head.0.load(ordering(Keeper::ReadHead));
        }
        let fits = end - self.head <= room;
        if fits {
            let left = self.mask + 1 - (self.tail & self.mask);
            let (before, after) =
                chunk.split_at(chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
            self.fill(self.tail, before);
            self.fill(self.tail + before.len() as u64, after);
            self.publish(end);
        }
        self.renew_easy_end();
        fits
    }

    fn renew_easy_end(&mut self) {
        let end_of_cells = (self.tail & !self.mask) + self.mask + 1;
        self.easy_end = if self.barrier.is_lightest() { end_of_cells.min(self.head + self.room) } else { 0 };
    }

    /// Writes bytes into the cells of the positions from `from` on.
    #[inline]
    fn fill(&mut self, from: u64, bytes: &[u8]) {
        // It fits a `usize`: it is below the number of cells.
        #[allow(clippy::cast_possible_truncation)]
        let first = (from & self.mask) as usize;
        debug_assert!(first as u64 + bytes.len() as u64 <= self.mask + 1);
        self.shared.shadow.write(first..first + bytes.len());
        // SAFETY: both callers have seen that the positions lie between `tail` and `head + R` (invariant 3), so nobody else touches their cells
        // (invariant 5), and that they do not go round the end of the cells. Should `bytes` be lent from the ring itself, to a sink that writes what it was
        // offered, they are cells of positions below `tail`, and so not these.
        unsafe {
            let cells = UnsafeCell::raw_get(self.first.add(first));
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), cells, bytes.len());
        }
    }

    #[inline]
    fn publish(&mut self, tail: u64) {
        self.tail = tail;
        // Release: who sees it sees the bytes below it (pairs with `Consumer::read`).
        self.shared.tail.0.store(tail, ordering(Keeper::PublishTail));
    }

    /// Counts bytes that were put elsewhere, and leaves their cells as they are.
    pub(crate) fn pass_over(&mut self, len: usize) {
        self.publish(self.tail + len as u64);
        self.renew_easy_end();
    }
}

impl Consumer {
    /// How many of `waiting` bytes lie in one piece at the front.
    pub(crate) fn piece_of(&self, waiting: usize) -> usize {
        let left = self.mask + 1 - (self.head & self.mask);
        waiting.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Calls `with` with the first `len` bytes, which must lie in one piece.
    pub(crate) fn read<R>(&self, len: usize, with: impl FnOnce(&[u8]) -> R) -> R {
        // Acquire: the bytes below it can be seen (pairs with `publish`).
        let there = self.shared.tail.0.load(ordering(Keeper::ReadTail)).saturating_sub(self.head);
        let len = self.piece_of(len.min(usize::try_from(there).unwrap_or(usize::MAX)));
        let first = usize::try_from(self.head & self.mask).unwrap_or(0);
        self.shared.shadow.read(first..first + len, || {
            // SAFETY: the positions lie between `head` and a `tail` just loaded, in one piece (invariant 4), so nobody writes their cells
            // (invariant 5) for as long as `&self` keeps `advance` away, and they are initialised (invariant 6).
            let bytes = unsafe {
                let cells = UnsafeCell::raw_get(self.shared.first_cell().add(first));
                std::slice::from_raw_parts(cells, len)
            };
            with(bytes)
        })
    }

    /// Counts `len` bytes as taken, read or passed over.
    pub(crate) fn advance(&mut self, len: usize) {
        // Relaxed: no byte is touched here.
        let tail = self.shared.tail.0.load(Ordering::Relaxed);
        self.head = self.head.saturating_add(len as u64).min(tail);
        // Release: who sees it may write the cells below it (pairs with `push_round`).
        self.shared.head.0.store(self.head, ordering(Keeper::PublishHead));
    }
}

impl Tail {
    #[inline]
    pub(crate) fn load(&self) -> u64 {
        // Relaxed: who goes on to the bytes looks again, in `Consumer::read`.
        self.0.tail.0.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer").field("tail", &self.tail).field("head", &self.head).finish_non_exhaustive()
    }
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer").field("head", &self.head).finish_non_exhaustive()
    }
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tail").field(&self.load()).finish()
    }
}
