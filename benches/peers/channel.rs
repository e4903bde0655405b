//! What people write by hand: a bounded channel of chunks, and a thread that writes them.

use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::{Contender, Open};
use crate::sinks::AnySink;

/// A `sync_channel` of owned chunks and a thread with a `BufWriter`. It is bounded in messages, as channels are, here
/// by at most 1,024 and by as many chunks as `memory` holds, but never fewer than 8.
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

impl Contender for ChannelAndThread {
    type Open = Sending;

    fn name(&self) -> String {
        "channel-thread".into()
    }

    fn open(&self, sink: AnySink, chunk: usize) -> io::Result<Self::Open> {
        let (chunks, received) = sync_channel((self.memory / chunk).clamp(8, 1024));
        let thread = Builder::new().name("bench-channel".into()).spawn(move || write_all(&received, sink))?;
        Ok(Sending { chunks, thread })
    }
}

fn write_all(chunks: &Receiver<Vec<u8>>, sink: AnySink) -> io::Result<()> {
    let mut sink = BufWriter::new(sink);
    for chunk in chunks {
        sink.write_all(&chunk)?;
    }
    sink.flush()
}

/// The sending half and the thread.
#[derive(Debug)]
pub struct Sending {
    chunks: SyncSender<Vec<u8>>,
    thread: JoinHandle<io::Result<()>>,
}

impl Open for Sending {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.chunks.send(chunk.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn finish(self) -> io::Result<()> {
        drop(self.chunks);
        self.thread.join().map_err(|_| io::Error::other("the channel's thread panicked"))?
    }
}
