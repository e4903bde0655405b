//! The primitives of std, and the process-wide barrier of Linux.

use std::sync::atomic::Ordering;
pub(crate) use std::sync::atomic::{AtomicU8, AtomicU64};
pub(super) use std::sync::{Condvar, Mutex, MutexGuard};
pub(super) use std::thread::{JoinHandle, ThreadId, current};
use std::time::{Duration, Instant};

/// A moment, or never if it is too far away to be told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }
}

pub(super) fn spurious_wakeups() -> u64 {
    0
}

/// One wait, which may end for no reason at any time, like every wait of std.
pub(super) fn wait<'a, T>(
    condvar: &super::Condvar,
    _mutex: &'a super::Mutex<T>,
    guard: MutexGuard<'a, T>,
) -> MutexGuard<'a, T> {
    condvar.platform.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One wait, and whether the deadline has passed.
pub(super) fn wait_until<'a, T>(
    condvar: &super::Condvar,
    mutex: &'a super::Mutex<T>,
    guard: MutexGuard<'a, T>,
    deadline: Deadline,
) -> (MutexGuard<'a, T>, bool) {
    let Some(end) = deadline.0 else { return (wait(condvar, mutex, guard), false) };
    let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
        return (guard, true);
    };
    let (guard, _) =
        condvar.platform.wait_timeout(guard, left).unwrap_or_else(std::sync::PoisonError::into_inner);
    (guard, Instant::now() >= end)
}

pub(super) fn spawn(
    name: Option<String>,
    body: impl FnOnce() + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    let builder = std::thread::Builder::new();
    match name {
        Some(name) => builder.name(name),
        None => builder,
    }
    .spawn(body)
}

#[cfg(feature = "ring")]
#[inline]
pub(super) fn is_taken_away(_keeper: super::Keeper) -> bool {
    false
}

/// Which fences stand between a producer's store of `tail` and its load of `wake_at`, and between the drain thread's store of `wake_at` and its
/// load of `tail`: one of the two must see the other's store, and a machine promises that only if a full fence stands on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Barrier {
    /// A compiler fence on the producer's side, and on the drain thread's a barrier on every running thread of the process.
    #[cfg(all(target_os = "linux", feature = "ring"))]
    Asymmetric,
    /// A full fence on each side.
    Plain,
}

impl Barrier {
    /// The cheapest for producers that this system has. To be chosen before any of the threads concerned runs.
    #[cfg(all(target_os = "linux", feature = "ring"))]
    pub(crate) fn choose() -> Self {
        use rustix::thread::{MembarrierCommand, membarrier};
        // A process registers once, and the kernel may refuse: an old one, or a sandbox.
        static REGISTERED: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
        let registered =
            REGISTERED.get_or_init(|| membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok());
        if *registered { Self::Asymmetric } else { Self::Plain }
    }

    #[cfg(not(all(target_os = "linux", feature = "ring")))]
    pub(crate) fn choose() -> Self {
        Self::Plain
    }

    /// The producer's half.
    #[cfg(feature = "ring")]
    pub(crate) fn light(self) {
        match self {
            #[cfg(all(target_os = "linux", feature = "ring"))]
            Self::Asymmetric => std::sync::atomic::compiler_fence(Ordering::SeqCst),
            Self::Plain => std::sync::atomic::fence(Ordering::SeqCst),
        }
    }

    /// Whether the producer's half is a compiler fence alone, [`Barrier::lightest`].
    #[cfg(feature = "ring")]
    pub(crate) fn is_lightest(self) -> bool {
        self != Self::Plain
    }

    /// The producer's half where that is a compiler fence.
    #[cfg(feature = "ring")]
    #[inline]
    pub(crate) fn lightest() {
        std::sync::atomic::compiler_fence(Ordering::SeqCst);
    }

    /// The drain thread's half; whether it took place. If it did not, who relies on it must not sleep without a time limit.
    #[must_use]
    pub(crate) fn heavy(self) -> bool {
        match self {
            #[cfg(all(target_os = "linux", feature = "ring"))]
            Self::Asymmetric => {
                use rustix::thread::{MembarrierCommand, membarrier};
                membarrier(MembarrierCommand::PrivateExpedited).is_ok()
            }
            Self::Plain => {
                std::sync::atomic::fence(Ordering::SeqCst);
                true
            }
        }
    }
}

/// Where loom checks that nobody reads a cell of the ring that somebody writes; nothing here.
#[derive(Debug)]
#[cfg(feature = "ring")]
pub(crate) struct Shadow;

#[cfg(feature = "ring")]
#[allow(clippy::unused_self)] // loom's needs it
impl Shadow {
    pub(crate) fn new(_cells: usize) -> Self {
        Self
    }

    #[inline]
    pub(crate) fn write(&self, _cells: std::ops::Range<usize>) {}

    #[inline]
    pub(crate) fn read<R>(&self, _cells: std::ops::Range<usize>, during: impl FnOnce() -> R) -> R {
        during()
    }
}

/// No byte waits longer for others, whatever was asked for: every accepted byte is taken in the end (L-01).
pub(crate) const LINGER_MAX: Duration = Duration::from_secs(1);

/// Asks again and again whether something is over, for about `limit` at most, and lets other threads run in between.
/// Each look may take a cache line from the core that is writing it, so it looks less and less often: soon enough for what is over soon, and seldom
/// enough, against what it has waited already, for what is not.
pub(crate) fn spin(limit: Duration, mut is_over: impl FnMut() -> bool) {
    const PAUSES_MIN: u32 = 16;
    const PAUSES_MAX: u32 = 512;
    let began = Instant::now();
    let mut pauses = PAUSES_MIN;
    while !is_over() && began.elapsed() < limit {
        for _ in 0..pauses {
            std::hint::spin_loop();
        }
        std::thread::yield_now();
        pauses = (pauses * 2).min(PAUSES_MAX);
    }
}
