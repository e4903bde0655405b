//! What many producers share most often: a `BufWriter` behind a lock.

use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Finish, Produce, Shareable};
use crate::sinks::AnySink;

/// `Mutex<BufWriter>`, the yardstick of the table of many producers.
#[derive(Clone, Copy, Debug)]
pub struct Locked {
    buffer: usize,
}

impl Locked {
    /// A buffer of `buffer` bytes.
    #[must_use]
    pub const fn new(buffer: usize) -> Self {
        Self { buffer }
    }
}

impl Shareable for Locked {
    type Handle = Arc<Mutex<BufWriter<AnySink>>>;
    type Rest = Self::Handle;

    fn open_shared(&self, sink: AnySink, _chunk: usize) -> io::Result<(Self::Handle, Self::Rest)> {
        let writer = Arc::new(Mutex::new(BufWriter::with_capacity(self.buffer, sink)));
        Ok((Arc::clone(&writer), writer))
    }
}

impl Produce for Arc<Mutex<BufWriter<AnySink>>> {
    #[allow(clippy::inline_always)] // as for a single producer
    #[inline(always)]
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.lock().unwrap_or_else(PoisonError::into_inner).write_all(chunk)
    }
}

impl Finish for Arc<Mutex<BufWriter<AnySink>>> {
    fn finish(self) -> io::Result<()> {
        self.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}
