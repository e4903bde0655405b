//! What tokio's users write by hand: a bounded channel of chunks and a task that writes them.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

use super::{Contender, Open, messages};
use crate::sinks::AnySink;

/// A bounded `tokio::sync::mpsc` and a task with std's `BufWriter`. The producer is a thread outside the runtime, as
/// everywhere in this suite; the task may block a worker, the other one has nothing to do.
#[derive(Clone, Debug)]
pub struct TokioChannel {
    memory: usize,
    runtime: Arc<Runtime>,
}

impl TokioChannel {
    /// A channel that holds about `memory` bytes, and a task on this runtime.
    #[must_use]
    pub const fn new(memory: usize, runtime: Arc<Runtime>) -> Self {
        Self { memory, runtime }
    }
}

impl Contender for TokioChannel {
    type Open = Sending;

    fn name(&self) -> String {
        "tokio-mpsc".into()
    }

    fn open(&self, sink: AnySink, chunk: usize) -> io::Result<Self::Open> {
        let (chunks, received) = channel(messages(self.memory, chunk));
        let task = self.runtime.spawn(write_all(received, sink));
        Ok(Sending { chunks, task, runtime: Arc::clone(&self.runtime) })
    }
}

async fn write_all(mut chunks: Receiver<Vec<u8>>, sink: AnySink) -> io::Result<()> {
    let mut sink = BufWriter::new(sink);
    while let Some(chunk) = chunks.recv().await {
        sink.write_all(&chunk)?;
    }
    sink.flush()
}

/// The sending half and the task.
pub struct Sending {
    chunks: Sender<Vec<u8>>,
    task: JoinHandle<io::Result<()>>,
    runtime: Arc<Runtime>,
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

impl Open for Sending {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.chunks.blocking_send(chunk.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn finish(self) -> io::Result<()> {
        drop(self.chunks);
        self.runtime.block_on(self.task)?
    }
}
