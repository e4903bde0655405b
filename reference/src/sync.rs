//! Locks, condition variables, threads and deadlines: std's, or loom's when this source is built as `highwater-loom`.
//!
//! This is the only file that knows of loom. What it adds there, because loom leaves it out:
//! - the first wait on every condition variable wakes up for no reason, so that an `if` where a `while` belongs is found;
//! - a wait with a deadline passes it as soon as the lock was let go of once, because loom has no clock; `Duration::MAX` never passes.
//!
//! `Arc` is std's in both builds: loom's cannot become an `Arc<dyn Trait>`, and counting references is not what is searched.

pub(crate) use std::sync::Arc;

#[cfg(not(highwater_loom))]
mod platform {
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
}

#[cfg(highwater_loom)]
mod platform {
    pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
    pub(super) use loom::thread::{JoinHandle, ThreadId, current};
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    static SPURIOUS_WAKEUPS: AtomicU64 = AtomicU64::new(0);

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
}

pub(crate) use platform::Deadline;
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
