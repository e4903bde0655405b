//! Each test runs twice: on a drain thread, and on a task in its place, whose executor is a thread that does nothing else. The sinks are the same ones, so the task blocks in them.

use highwater::{Builder, SpawnError, Writer};
use std::env;
use std::io::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake};
use std::thread::{self, Thread};

/// Set to `task` for a process whose streams are driven by tasks.
pub(crate) const DRIVING: &str = "HIGHWATER_FAULTS_DRIVING";

pub(crate) trait Start {
    /// Starts a stream, by `spawn` or by `drive`.
    fn start<S: Write + Unpin + Send + 'static>(self, sink: S) -> Result<Writer<S>, SpawnError<S>>;
}

impl Start for Builder {
    fn start<S: Write + Unpin + Send + 'static>(self, sink: S) -> Result<Writer<S>, SpawnError<S>> {
        if !env::var(DRIVING).is_ok_and(|by| by == "task") {
            return self.spawn(sink);
        }
        let (writer, driver) = self.drive_blocking(sink)?;
        thread::spawn(move || block_on(driver));
        Ok(writer)
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future + Unpin>(mut future: F) {
    let waker = Arc::new(Unpark(thread::current())).into();
    while Pin::new(&mut future).poll(&mut Context::from_waker(&waker)).is_pending() {
        thread::park();
    }
}
