//! What people write by hand: a bounded channel of chunks, and a thread that writes them.

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::thread::{Sending, Writing};
use super::{Contender, Produce, Shareable, messages};
use crate::sinks::AnySink;

/// A `sync_channel` of owned chunks and a thread with a `BufWriter`.
#[derive(Clone, Copy, Debug)]
pub struct ChannelAndThread {
    memory: usize,
}

impl ChannelAndThread {
    /// A channel that holds about `memory` bytes.
    #[must_use]
    pub const fn new(memory: usize) -> Self {
        Self { memory }
    }
}

impl Shareable for ChannelAndThread {
    type Handle = SyncSender<Vec<u8>>;
    type Rest = Writing;

    fn open_shared(&self, sink: AnySink, chunk: usize) -> io::Result<(Self::Handle, Self::Rest)> {
        let (chunks, received) = sync_channel(messages(self.memory, chunk));
        Ok((chunks, Writing::start("bench-channel", received, sink)?))
    }
}

impl Produce for SyncSender<Vec<u8>> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.send(chunk.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Contender for ChannelAndThread {
    type Open = Sending<SyncSender<Vec<u8>>>;

    fn name(&self) -> String {
        "channel-thread".into()
    }

    fn open(&self, sink: AnySink, chunk: usize) -> io::Result<Self::Open> {
        let (chunks, thread) = self.open_shared(sink, chunk)?;
        Ok(Sending { chunks, thread })
    }
}
