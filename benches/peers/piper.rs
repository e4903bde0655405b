//! The byte pipe inside `blocking::Unblock`, with a thread instead of the pool.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, BufWriter, Write};
use std::thread::{Builder, JoinHandle};

use futures_lite::AsyncWriteExt;
use futures_lite::future::block_on;
use piper::{Reader, Writer, pipe};

use super::{Contender, Open};
use crate::sinks::AnySink;

/// A `piper::pipe` and a thread that empties it into a `BufWriter`, each side blocking where a task would wait.
#[derive(Clone, Copy, Debug)]
pub struct PiperAndThread {
    memory: usize,
}

impl PiperAndThread {
    /// A pipe that holds `memory` bytes.
    #[must_use]
    pub const fn new(memory: usize) -> Self {
        Self { memory }
    }
}

impl Contender for PiperAndThread {
    type Open = Piping;

    fn name(&self) -> String {
        "piper-thread".into()
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<Self::Open> {
        let (reader, writer) = pipe(self.memory);
        let thread = Builder::new().name("bench-piper".into()).spawn(move || write_all(reader, sink))?;
        Ok(Piping { writer, thread })
    }
}

fn write_all(mut reader: Reader, sink: AnySink) -> io::Result<()> {
    let mut sink = BufWriter::new(sink);
    // Drained nothing: the other end is dropped and the pipe is empty.
    while block_on(poll_fn(|context| reader.poll_drain(context, &mut sink)))? > 0 {}
    sink.flush()
}

/// The writing half and the thread.
pub struct Piping {
    writer: Writer,
    thread: JoinHandle<io::Result<()>>,
}

impl fmt::Debug for Piping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piping").finish_non_exhaustive()
    }
}

impl Open for Piping {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        block_on(self.writer.write_all(chunk))
    }

    fn finish(self) -> io::Result<()> {
        drop(self.writer);
        self.thread.join().map_err(|_| io::Error::other("the pipe's thread panicked"))?
    }
}
