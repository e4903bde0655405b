//! The same by hand with crossbeam's channel, which many take for the faster one.

use std::io::{self, BufWriter, Write};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Contender, Finish, Open, Produce, Shareable, messages};
use crate::sinks::AnySink;

/// A bounded `crossbeam_channel` of owned chunks and a thread with a `BufWriter`.
#[derive(Clone, Copy, Debug)]
pub struct CrossbeamAndThread {
    memory: usize,
}

impl CrossbeamAndThread {
    /// A channel that holds about `memory` bytes.
    #[must_use]
    pub const fn new(memory: usize) -> Self {
        Self { memory }
    }

    fn start(self, sink: AnySink, chunk: usize) -> io::Result<(Sender<Vec<u8>>, Writing)> {
        let (chunks, received) = bounded(messages(self.memory, chunk));
        let thread =
            Builder::new().name("bench-crossbeam".into()).spawn(move || write_all(&received, sink))?;
        Ok((chunks, Writing(thread)))
    }
}

fn write_all(chunks: &Receiver<Vec<u8>>, sink: AnySink) -> io::Result<()> {
    let mut sink = BufWriter::new(sink);
    for chunk in chunks {
        sink.write_all(&chunk)?;
    }
    sink.flush()
}

/// The thread. It ends when all senders are gone.
#[derive(Debug)]
pub struct Writing(JoinHandle<io::Result<()>>);

impl Finish for Writing {
    fn finish(self) -> io::Result<()> {
        self.0.join().map_err(|_| io::Error::other("the channel's thread panicked"))?
    }
}

impl Produce for Sender<Vec<u8>> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.send(chunk.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// The sending half and the thread.
#[derive(Debug)]
pub struct Sending {
    chunks: Sender<Vec<u8>>,
    thread: Writing,
}

impl Contender for CrossbeamAndThread {
    type Open = Sending;

    fn name(&self) -> String {
        "crossbeam-thread".into()
    }

    fn open(&self, sink: AnySink, chunk: usize) -> io::Result<Self::Open> {
        let (chunks, thread) = self.start(sink, chunk)?;
        Ok(Sending { chunks, thread })
    }
}

impl Open for Sending {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        Produce::write(&mut self.chunks, chunk)
    }

    fn finish(self) -> io::Result<()> {
        drop(self.chunks);
        self.thread.finish()
    }
}

impl Shareable for CrossbeamAndThread {
    type Handle = Sender<Vec<u8>>;
    type Rest = Writing;

    fn open_shared(&self, sink: AnySink, chunk: usize) -> io::Result<(Self::Handle, Self::Rest)> {
        self.start(sink, chunk)
    }
}
