//! What every channel of owned chunks needs at its other end: a thread that writes them through a `BufWriter`.

use std::io::{self, BufWriter, Write};
use std::thread::{Builder, JoinHandle};

use super::{Finish, Open, Produce};
use crate::sinks::AnySink;

/// The thread. It ends when there are no more chunks: when all senders are gone.
#[derive(Debug)]
pub struct Writing(JoinHandle<io::Result<()>>);

impl Writing {
    /// A thread that writes all `chunks`.
    pub(super) fn start<C>(name: &str, chunks: C, sink: AnySink) -> io::Result<Self>
    where
        C: IntoIterator<Item = Vec<u8>> + Send + 'static,
    {
        let write_all = move || {
            let mut sink = BufWriter::new(sink);
            for chunk in chunks {
                sink.write_all(&chunk)?;
            }
            sink.flush()
        };
        Ok(Self(Builder::new().name(name.into()).spawn(write_all)?))
    }
}

impl Finish for Writing {
    fn finish(self) -> io::Result<()> {
        self.0.join().map_err(|_| io::Error::other("the channel's thread panicked"))?
    }
}

/// The only sender of a channel, and the thread.
#[derive(Debug)]
pub struct Sending<S> {
    pub(super) chunks: S,
    pub(super) thread: Writing,
}

impl<S: Produce> Open for Sending<S> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.chunks.write(chunk)
    }

    fn finish(self) -> io::Result<()> {
        drop(self.chunks);
        self.thread.finish()
    }
}
