//! What a fast write looks at instead of taking the lock, and what it costs to keep that true.
//!
//! | word | stored | loaded |
//! |---|---|---|
//! | `attention`: 0, or the reasons why every write must take the lock, or be recorded | under the lock, by whoever changes a reason, before unlocking | by the producer, first of all in a write |
//! | `wake_at`: the `tail` at which the producer must wake the drain thread, or [`NEVER`] | under the lock: by the drain thread when it announces its sleep or is awake, by whoever wakes it | by the producer, after its store of `tail` |
//!
//! Both are `Relaxed`. What a write does after it saw `attention` to be 0 is right even if that has just changed, because a write under way when a drain
//! becomes owed, or the stream fails, might as well have come before; and that no other write is under way when *this* producer changes it, or
//! another handle does, is seen to by the producers' lock. For `wake_at` there are the fences of [`Barrier`].
//!
//! The protocol, line by line, with every interleaving of it searched, is `model/src/wake.rs`.

use crate::sync::{AtomicU8, AtomicU64, Barrier, Ordering};

/// A drain is owed.
pub(crate) const OWED: u8 = 1;
/// The phase is not open.
pub(crate) const NOT_OPEN: u8 = 2;
/// Bytes that did not fit into the ring are still waiting behind it.
pub(crate) const SPILLED: u8 = 4;
/// The stream is recorded: a write takes the way past the recorder, which goes on as if this were not set.
pub(crate) const TRACED: u8 = 8;

/// No byte wakes the drain thread: it is awake, or sleeps for another reason.
pub(crate) const NEVER: u64 = u64::MAX;

/// On a cache line of its own: both words are looked at by every write and change seldom.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Signals {
    attention: AtomicU8,
    wake_at: AtomicU64,
    barrier: Barrier,
}

impl Signals {
    pub(crate) fn new(barrier: Barrier) -> Self {
        Self { attention: AtomicU8::new(0), wake_at: AtomicU64::new(NEVER), barrier }
    }

    /// Whether a write need not take the lock, and is not recorded either.
    #[inline]
    pub(crate) fn are_silent(&self) -> bool {
        self.attention.load(Ordering::Relaxed) == 0
    }

    /// Whether a write need not take the lock.
    pub(crate) fn all_clear(&self) -> bool {
        self.attention.load(Ordering::Relaxed) & !TRACED == 0
    }

    /// Whether a drain is owed and may still come: for who spins before it waits.
    pub(crate) fn owes_drain(&self) -> bool {
        self.attention.load(Ordering::Relaxed) & (OWED | NOT_OPEN) == OWED
    }

    /// The lock is held.
    pub(crate) fn set_attention(&self, reasons: u8) {
        // Only the holder of the lock stores it, so this is the last value. A store would take the line away from the producer.
        if self.attention.load(Ordering::Relaxed) != reasons {
            self.attention.store(reasons, Ordering::Relaxed);
        }
    }

    /// Whether the drain thread sleeps until `tail`, which was just stored, or less is reached. Between the two is the light fence, in `Producer::push`.
    #[inline]
    pub(crate) fn is_reached_by(&self, tail: u64) -> bool {
        tail >= self.wake_at.load(Ordering::Relaxed)
    }

    /// The drain thread announces that it sleeps until `target`; the lock is held, and it looks at `tail` once more afterwards.
    pub(crate) fn announce(&self, target: u64) {
        self.wake_at.store(target, Ordering::Relaxed);
    }

    /// Makes sure that the drain thread's look at `tail` and the producer's at `wake_at` do not miss each other; whether it is sure.
    #[must_use]
    pub(crate) fn heavy_fence(&self) -> bool {
        self.barrier.heavy()
    }

    /// The drain thread is awake, or about to be. The lock is held.
    pub(crate) fn forget(&self) {
        if self.wake_at.load(Ordering::Relaxed) != NEVER {
            self.wake_at.store(NEVER, Ordering::Relaxed);
        }
    }
}
