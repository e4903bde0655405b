//! Loom's primitives, and what loom leaves out.

use super::Keeper;
pub(crate) use loom::sync::atomic::{AtomicU8, AtomicU64};
pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
pub(super) use loom::thread::{JoinHandle, ThreadId, current};
use std::sync::atomic::Ordering;
use std::time::Duration;

static SPURIOUS_WAKEUPS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

pub(super) fn spurious_wakeups() -> u64 {
    SPURIOUS_WAKEUPS.load(Ordering::Relaxed)
}

/// A moment that has come by the time anybody looks, or never, as std's, if it is too far away to be told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    never: bool,
}

impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        Self { never: time == Duration::MAX }
    }
}

/// The first wait ends for no reason. A std atomic is enough: it is read and written under the lock, and loom need not switch there.
pub(super) fn wait<'a, T>(
    condvar: &super::Condvar,
    mutex: &'a super::Mutex<T>,
    guard: MutexGuard<'a, T>,
) -> MutexGuard<'a, T> {
    if condvar.woke_for_no_reason.swap(true, Ordering::Relaxed) {
        condvar.platform.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner)
    } else {
        SPURIOUS_WAKEUPS.fetch_add(1, Ordering::Relaxed);
        drop(guard);
        mutex.lock()
    }
}

pub(super) fn wait_until<'a, T>(
    condvar: &super::Condvar,
    mutex: &'a super::Mutex<T>,
    guard: MutexGuard<'a, T>,
    deadline: Deadline,
) -> (MutexGuard<'a, T>, bool) {
    if deadline.never {
        return (wait(condvar, mutex, guard), false);
    }
    drop(guard);
    (mutex.lock(), true)
}

#[allow(clippy::unnecessary_wraps)] // std's can fail
pub(super) fn spawn(
    _name: Option<String>,
    body: impl FnOnce() + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    Ok(loom::thread::spawn(body))
}

/// What is taken away, by its place in [`Keeper`].
static TAKEN_AWAY: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Takes away what keeps the threads in order at one place of this process, so that a test can see it missed: a `Keeper` by name.
#[doc(hidden)]
pub fn take_away(keeper: &str) {
    let _ = TAKEN_AWAY.set(keeper.to_owned());
}

pub(super) fn is_taken_away(keeper: Keeper) -> bool {
    TAKEN_AWAY.get().is_some_and(|name| *name == format!("{keeper:?}"))
}

/// A full fence on each side: loom has no process-wide barrier. That the asymmetric pair is enough is what the wake model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Barrier {
    Plain,
}

impl Barrier {
    pub(crate) fn choose() -> Self {
        Self::Plain
    }

    #[cfg(feature = "ring")]
    #[allow(clippy::unused_self)] // std's has two kinds
    pub(crate) fn light(self) {
        if !is_taken_away(Keeper::LightFence) {
            loom::sync::atomic::fence(Ordering::SeqCst);
        }
    }

    /// Never: see above.
    #[cfg(feature = "ring")]
    #[allow(clippy::unused_self)] // std's has two kinds
    pub(crate) fn is_lightest(self) -> bool {
        false
    }

    /// Never called.
    #[cfg(feature = "ring")]
    pub(crate) fn lightest() {}

    #[allow(clippy::unused_self)] // std's has two kinds
    pub(crate) fn heavy(self) -> bool {
        if !is_taken_away(Keeper::HeavyFence) {
            loom::sync::atomic::fence(Ordering::SeqCst);
        }
        true
    }
}

/// A cell of loom's for each cell of the ring: loom panics where one is read and written without an order between the two.
#[derive(Debug)]
#[cfg(feature = "ring")]
pub(crate) struct Shadow(Box<[loom::cell::UnsafeCell<()>]>);

#[cfg(feature = "ring")]
impl Shadow {
    pub(crate) fn new(cells: usize) -> Self {
        Self((0..cells).map(|_| loom::cell::UnsafeCell::new(())).collect())
    }

    pub(crate) fn write(&self, cells: std::ops::Range<usize>) {
        for cell in self.0.get(cells).into_iter().flatten() {
            cell.with_mut(|_| ());
        }
    }

    /// They count as being read for as long as `during` runs.
    pub(crate) fn read<R>(&self, cells: std::ops::Range<usize>, during: impl FnOnce() -> R) -> R {
        let _reading: Vec<_> =
            self.0.get(cells).into_iter().flatten().map(loom::cell::UnsafeCell::get).collect();
        during()
    }
}

/// None: a time that passes would hide a wake-up that is missed.
pub(crate) const LINGER_MAX: Duration = Duration::MAX;

/// Loom would search the moments between two looks for ever, so nobody spins.
pub(crate) fn spin(_limit: Duration, _is_over: impl FnMut() -> bool) {}
