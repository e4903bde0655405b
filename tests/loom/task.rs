//! A future's executor, as small as can be, for loom.

use loom::sync::{Condvar, Mutex};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// A bell that one thread can wait for: the waker of a task, or what a sink rings.
pub(crate) struct Alarm {
    rung: Mutex<bool>,
    bell: Condvar,
}

impl Alarm {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { rung: Mutex::new(false), bell: Condvar::new() })
    }

    pub(crate) fn ring(&self) {
        *self.rung.lock().expect("nobody panics under this lock") = true;
        self.bell.notify_one(); // `rung`; there is one thread that waits for it
    }

    pub(crate) fn wait(&self) {
        let mut rung = self.rung.lock().expect("nobody panics under this lock");
        while !*rung {
            rung = self.bell.wait(rung).expect("nobody panics under this lock");
        }
        *rung = false;
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.ring();
    }
}

/// Polls once.
pub(crate) fn poll<F: Future + Unpin>(future: &mut F, alarm: &Arc<Alarm>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(alarm));
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

/// Polls whenever the alarm rang, until the future is ready.
pub(crate) fn block_on<F: Future + Unpin>(mut future: F) -> F::Output {
    let alarm = Alarm::new();
    loop {
        if let Poll::Ready(output) = poll(&mut future, &alarm) {
            return output;
        }
        alarm.wait();
    }
}
