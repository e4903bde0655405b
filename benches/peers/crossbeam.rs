//! The same by hand with crossbeam's channel, which many take for the faster one.

use std::io;

use crossbeam_channel::{Sender, bounded};

use super::thread::{Sending, Writing};
use super::{Contender, Produce, Shareable, messages};
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
}

impl Shareable for CrossbeamAndThread {
    type Handle = Sender<Vec<u8>>;
    type Rest = Writing;

    fn open_shared(&self, sink: AnySink, chunk: usize) -> io::Result<(Self::Handle, Self::Rest)> {
        let (chunks, received) = bounded(messages(self.memory, chunk));
        Ok((chunks, Writing::start("bench-crossbeam", received, sink)?))
    }
}

impl Produce for Sender<Vec<u8>> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.send(chunk.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Contender for CrossbeamAndThread {
    type Open = Sending<Sender<Vec<u8>>>;

    fn name(&self) -> String {
        "crossbeam-thread".into()
    }

    fn open(&self, sink: AnySink, chunk: usize) -> io::Result<Self::Open> {
        let (chunks, thread) = self.open_shared(sink, chunk)?;
        Ok(Sending { chunks, thread })
    }
}
