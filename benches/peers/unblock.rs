//! What smol's users take: `blocking::Unblock`, a byte pipe and a task on a pool of threads.

use std::io;

use blocking::Unblock;
use futures_lite::AsyncWriteExt;
use futures_lite::future::block_on;

use super::{Contender, Open};
use crate::sinks::AnySink;

/// `Unblock` over the sink, each write driven to its end. The pool's task writes long stretches of the pipe to the sink at once, so a `BufWriter`
/// in between would only copy them once more.
#[derive(Clone, Copy, Debug)]
pub struct Unblocked {
    memory: usize,
}

impl Unblocked {
    /// A pipe that holds `memory` bytes.
    #[must_use]
    pub const fn new(memory: usize) -> Self {
        Self { memory }
    }
}

impl Contender for Unblocked {
    type Open = Unblock<AnySink>;

    fn name(&self) -> String {
        "unblock".into()
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<Self::Open> {
        Ok(Unblock::with_capacity(self.memory, sink))
    }
}

impl Open for Unblock<AnySink> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        block_on(self.write_all(chunk))
    }

    fn finish(mut self) -> io::Result<()> {
        // Closing waits for the task, tells the sink's error, and drops the sink.
        block_on(self.close())
    }
}
