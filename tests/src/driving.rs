//! How a stream is driven: by a thread, or by a task, on an executor that is as unkind as an executor may be.

use highwater::{AsyncSink, Builder, Driver, FuturesIo, SharedWriter};
use std::fmt;
use std::io::Write;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle};

/// Who hands the bytes of a stream to its sink, and how the sink is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driving {
    /// A thread of the writer's own.
    Thread,
    /// A task, whose sink blocks inside of the poll, as none should.
    Blocking,
    /// A task, whose sink is pending until it can answer.
    Pending,
}

impl Driving {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Thread, Self::Blocking, Self::Pending];

    /// Starts a stream, and a thread that polls its driver if it has one. The sink must know by itself which of its calls may be pending.
    ///
    /// # Panics
    /// If the marks are not valid or no thread can be started.
    pub fn start<S>(self, builder: Builder, sink: S) -> (SharedWriter<S>, Option<Executor>)
    where
        S: Write + AsyncSink<FuturesIo> + Unpin + Send + 'static,
    {
        if self == Self::Thread {
            let writer = builder.spawn(sink).expect("the marks are valid and a thread can be had");
            return (writer.into_shared(), None);
        }
        let (writer, driver) = builder.drive(sink).expect("the marks are valid");
        (writer.into_shared(), Some(Executor::run(driver)))
    }
}

/// A thread that polls one driver, each time with another waker. To wake by any but the last does nothing.
pub struct Executor {
    bell: Arc<Bell>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Bell {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    polls: u64,
    rung: bool,
    dropping: bool,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The waker of one poll.
struct Rope {
    bell: Arc<Bell>,
    poll: u64,
}

impl Wake for Rope {
    fn wake(self: Arc<Self>) {
        let mut state = self.bell.lock();
        if state.polls == self.poll {
            state.rung = true;
            self.bell.changed.notify_all();
        }
    }
}

impl Executor {
    fn run<S: Unpin + Send + 'static>(driver: Driver<S>) -> Self {
        let bell = Arc::new(Bell::default());
        let ringing = Arc::clone(&bell);
        Self { bell, thread: thread::spawn(move || ringing.run(driver)) }
    }

    /// Drops the driver, wherever it is between two polls, and waits until that is done.
    ///
    /// # Panics
    /// If the driver does.
    pub fn drop_driver(self) {
        self.bell.lock().dropping = true;
        self.bell.changed.notify_all();
        self.thread.join().expect("the driver panicked");
    }

    /// Waits until the driver is ready, and dropped.
    ///
    /// # Panics
    /// If the driver does.
    pub fn join(self) {
        self.thread.join().expect("the driver panicked");
    }
}

impl Bell {
    fn run<S: Unpin>(self: &Arc<Self>, driver: Driver<S>) {
        let mut driver = pin!(driver);
        loop {
            let poll = {
                let mut state = self.lock();
                state.polls += 1;
                state.rung = false;
                state.polls
            };
            let waker = Waker::from(Arc::new(Rope { bell: Arc::clone(self), poll }));
            if let Poll::Ready(over) = driver.as_mut().poll(&mut Context::from_waker(&waker)) {
                let again = driver.as_mut().poll(&mut Context::from_waker(&waker));
                assert_eq!(again, Poll::Ready(over), "asked again it answers the same");
                return;
            }
            drop(waker);
            let mut state = self.lock();
            while !state.rung && !state.dropping {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.dropping {
                return;
            }
        }
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").finish_non_exhaustive()
    }
}
