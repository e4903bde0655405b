//! What programs that log already have: tracing-appender's non-blocking writer.

use std::io::{self, BufWriter, Write};

use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};

use super::{Contender, Finish, Open, Produce, Shareable, messages};
use crate::sinks::AnySink;

/// `NonBlocking` in front of a `BufWriter`, told to wait rather than drop lines when it is full. Its worker flushes whenever its
/// channel is empty and passes on each line in a call of its own, so that without the `BufWriter` each line would be a system call.
#[derive(Clone, Copy, Debug)]
pub struct TracingAppender {
    memory: usize,
}

impl TracingAppender {
    /// A channel that holds about `memory` bytes.
    #[must_use]
    pub const fn new(memory: usize) -> Self {
        Self { memory }
    }

    fn start(self, sink: AnySink, chunk: usize) -> (NonBlocking, WorkerGuard) {
        NonBlockingBuilder::default()
            .lossy(false)
            .buffered_lines_limit(messages(self.memory, chunk))
            .thread_name("bench-appender")
            .finish(BufWriter::new(sink))
    }
}

impl Finish for WorkerGuard {
    /// Dropping the guard is all a user can do. It waits for the worker, but 1.1 s at most and without a word if that was too
    /// short, and an error of the sink is never told: whether the bytes arrived is for the sink's judge to say, after each batch.
    fn finish(self) -> io::Result<()> {
        drop(self);
        Ok(())
    }
}

impl Produce for NonBlocking {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.write_all(chunk)
    }
}

/// The writer and what keeps its worker alive.
#[derive(Debug)]
pub struct Appending {
    writer: NonBlocking,
    guard: WorkerGuard,
}

impl Contender for TracingAppender {
    type Open = Appending;

    fn name(&self) -> String {
        "tracing-appender".into()
    }

    fn open(&self, sink: AnySink, chunk: usize) -> io::Result<Self::Open> {
        let (writer, guard) = self.start(sink, chunk);
        Ok(Appending { writer, guard })
    }
}

impl Open for Appending {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.writer.write_all(chunk)
    }

    fn finish(self) -> io::Result<()> {
        drop(self.writer);
        self.guard.finish()
    }
}

impl Shareable for TracingAppender {
    type Handle = NonBlocking;
    type Rest = WorkerGuard;

    fn open_shared(&self, sink: AnySink, chunk: usize) -> io::Result<(Self::Handle, Self::Rest)> {
        Ok(self.start(sink, chunk))
    }
}
