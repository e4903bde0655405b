//! Where each of the two threads is, and what it alone knows.

use super::memory::{NEVER, Pos};
use super::state::Park;

/// P's next instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PPc {
    /// Between calls.
    Idle,
    /// Write: load `attention`, then see by the cached head whether there is room.
    Check(Pos),
    /// Write: load `head` and see again.
    Reload(Pos),
    /// Mutant: load `wake_at` before the store of `tail`.
    LookFirst(Pos),
    /// Write: store `tail`. A mutant already knows whether to wake.
    Publish(Pos, Option<bool>),
    /// Write: `fence(SeqCst)`, if the fences are plain.
    Fence,
    /// Write: load `wake_at` and compare.
    Look,
    /// Write: lock, wake D, unlock.
    Wake,
    /// Write, a variant: notify after the unlock.
    Notify,
    /// Mutant: store `wake_at` after the unlock.
    ResetLate,
    /// Inside the sink's write of so many bytes, in D's place.
    Trying(Pos),
    /// Write: the slow path, under the lock.
    Slow(Pos),
    /// Park until unparked.
    Parked(Park),
    /// Unparked: lock, see whether it has come.
    Unparked(Park),
    /// The stream is closed and P has what is handed back.
    Gone,
}

/// The producer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Producer {
    /// Its next instruction.
    pub pc: PPc,
    /// How many bytes it has written: what it last stored in `tail`.
    pub tail: Pos,
    /// What it last read from `head`.
    pub cached: Pos,
    /// A value of `wake_at` that the machine has read ahead of the program.
    pub early: Option<Pos>,
    /// Whether the next park returns at once.
    pub token: bool,
    /// Whether it was told to wait.
    pub paused: bool,
    /// Whether it has ended or destroyed the stream.
    pub over: bool,
    /// Chunks left.
    pub chunks: u8,
}

/// How D passes the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sleep {
    /// The tail position that wakes it.
    pub target: Pos,
    /// Whether it has a time limit.
    pub timed: bool,
}

impl Sleep {
    /// Whether only a byte that P writes ends it: then P and D must not miss one another.
    #[must_use]
    pub fn is_deep(self) -> bool {
        !self.timed && self.target != NEVER
    }
}

/// D's next instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DPc {
    /// Lock, load `tail`, decide.
    Look,
    /// Nothing to do, with this tail; the lock is held. Decide how to pass the time, and announce it.
    Rest(Pos),
    /// The heavy fence.
    Fence(Sleep),
    /// Load `tail` again.
    Recheck(Sleep),
    /// Wait on `work`, which unlocks.
    Wait(Sleep),
    /// Mutant: unlocked already, and not yet waiting.
    WaitLate(Sleep),
    /// A variant: lock again after the fence.
    Relock(Sleep),
    /// Waiting on `work`, with a time limit or without.
    Asleep {
        /// With a time limit.
        timed: bool,
    },
    /// Inside the sink's write of so many bytes.
    Writing(Pos),
    /// Inside the sink's flush.
    Flushing,
    /// So many bytes were noted as taken; emit the drain if it is due. The lock is held.
    Settle(Pos),
    /// Unlock.
    Unlock,
    /// Mutant: store `attention` after the unlock.
    AttentionLate,
    /// Unpark P.
    Unpark,
    /// The thread has ended.
    Gone,
}

/// The drain thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Drainer {
    /// Its next instruction.
    pub pc: DPc,
    /// The tail that it saw when it last decided to offer bytes: those below are not lingered over.
    pub seen: Pos,
    /// Whether it has taken P's handle and must unpark it.
    pub unpark: bool,
}
