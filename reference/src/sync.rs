//! Locks, condition variables, threads and deadlines: std's, or loom's when this source is built as `highwater-loom`.
//!
//! This file and the two beside it are the only ones that know of loom. What they add there, because loom leaves it out:
//! - the first wait on every condition variable wakes up for no reason, so that an `if` where a `while` belongs is found;
//! - a wait with a deadline passes it as soon as the lock was let go of once, because loom has no clock; `Duration::MAX` never passes.
//!
//! `Arc` is std's in both builds: loom's cannot become an `Arc<dyn Trait>`, and counting references is not what is searched.

pub(crate) use std::sync::Arc;

#[cfg(not(highwater_loom))]
#[path = "sync/native.rs"]
mod platform;
#[cfg(highwater_loom)]
#[path = "sync/under_loom.rs"]
mod platform;

#[cfg(feature = "ring")]
pub(crate) use platform::Shadow;
#[cfg(highwater_loom)]
#[doc(hidden)]
pub use platform::take_away;
pub(crate) use platform::{AtomicU8, AtomicU64, Barrier, Deadline, LINGER_MAX, spin};
pub(crate) use std::sync::atomic::Ordering;
/// What keeps the threads' views of the ring in order. Under loom each can be taken away, to see that a search misses it.
#[cfg(any(feature = "ring", highwater_loom))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// `Release` of `tail`.
    #[cfg(feature = "ring")]
    PublishTail,
    /// `Acquire` of `tail`.
    #[cfg(feature = "ring")]
    ReadTail,
    /// `Release` of `head`.
    #[cfg(feature = "ring")]
    PublishHead,
    /// `Acquire` of `head`.
    #[cfg(feature = "ring")]
    ReadHead,
    /// The producer's fence.
    #[cfg(all(highwater_loom, feature = "ring"))]
    LightFence,
    /// The drain thread's fence.
    #[cfg(highwater_loom)]
    HeavyFence,
}

/// The ordering of the access that this keeper stands at.
#[cfg(feature = "ring")]
#[inline]
pub(crate) fn ordering(keeper: Keeper) -> Ordering {
    let ordering = match keeper {
        Keeper::PublishTail | Keeper::PublishHead => Ordering::Release,
        Keeper::ReadTail | Keeper::ReadHead => Ordering::Acquire,
        #[cfg(highwater_loom)]
        Keeper::LightFence | Keeper::HeavyFence => Ordering::SeqCst,
    };
    if platform::is_taken_away(keeper) { Ordering::Relaxed } else { ordering }
}

pub(crate) type Guard<'a, T> = platform::MutexGuard<'a, T>;
pub(crate) type JoinHandle = platform::JoinHandle<()>;
pub(crate) type ThreadId = platform::ThreadId;

/// A lock that is never poisoned for its users: what it guards is changed by code that does not panic half-way.
#[derive(Debug)]
pub(crate) struct Mutex<T>(platform::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(platform::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> Guard<'_, T> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A condition variable. Its waits may end for no reason: call them in a `while`.
#[derive(Debug)]
pub(crate) struct Condvar {
    platform: platform::Condvar,
    #[cfg(highwater_loom)]
    woke_for_no_reason: std::sync::atomic::AtomicBool,
}

impl Condvar {
    pub(crate) fn new() -> Self {
        Self {
            platform: platform::Condvar::new(),
            #[cfg(highwater_loom)]
            woke_for_no_reason: std::sync::atomic::AtomicBool::new(false),
        }
    }

    pub(crate) fn wait<'a, T>(&self, mutex: &'a Mutex<T>, guard: Guard<'a, T>) -> Guard<'a, T> {
        platform::wait(self, mutex, guard)
    }

    /// Also says whether the deadline has passed.
    pub(crate) fn wait_until<'a, T>(
        &self,
        mutex: &'a Mutex<T>,
        guard: Guard<'a, T>,
        deadline: Deadline,
    ) -> (Guard<'a, T>, bool) {
        platform::wait_until(self, mutex, guard, deadline)
    }

    pub(crate) fn notify_one(&self) {
        self.platform.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.platform.notify_all();
    }
}

/// Starts a thread; its name must hold no NUL.
pub(crate) fn spawn(
    name: Option<String>,
    body: impl FnOnce() + Send + 'static,
) -> std::io::Result<JoinHandle> {
    platform::spawn(name, body)
}

pub(crate) fn current_thread() -> ThreadId {
    platform::current().id()
}

/// How many waits of this process were ended for no reason by this file, so that the search under loom can see that they were: none on std.
#[doc(hidden)]
#[must_use]
pub fn spurious_wakeups() -> u64 {
    platform::spurious_wakeups()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poisoned_lock_is_no_panic_for_the_next_one() {
        let mutex = Arc::new(Mutex::new(1));
        let poisoning = Arc::clone(&mutex);
        let poisoner = std::thread::spawn(move || {
            let _guard = poisoning.lock();
            panic!("scripted panic under the lock");
        });
        assert!(poisoner.join().is_err());
        assert_eq!(*mutex.lock(), 1);
        let condvar = Condvar::new();
        let (guard, over) =
            condvar.wait_until(&mutex, mutex.lock(), Deadline::after(std::time::Duration::ZERO));
        assert_eq!((*guard, over), (1, true));
    }
}
