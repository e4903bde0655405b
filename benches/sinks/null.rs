//! A sink that only counts: what is left is the writer's own cost.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{AnySink, Delivery, Destination, Sink};
use crate::stream::{Stream, Witness};

/// Counts the bytes and does not look at them: looking would move them to the drain thread's core, which is
/// the [`Pipe`](super::Pipe)'s and [`Checked`](super::Checked)'s business. The bytes themselves are compared before the clock starts.
#[derive(Clone, Copy, Debug)]
pub struct Null;

impl Destination for Null {
    fn name(&self) -> &'static str {
        "null"
    }

    fn batch_bytes_max(&self) -> u64 {
        8 << 30
    }

    fn takes_any_order(&self) -> bool {
        true
    }

    fn open(&self, stream: &Stream) -> io::Result<(AnySink, Box<dyn Delivery>)> {
        let taken = Arc::new(AtomicU64::new(0));
        let counted = Counted { taken: Arc::clone(&taken), witness: stream.witness() };
        Ok((Box::new(Counting { taken }), Box::new(counted)))
    }
}

struct Counting {
    taken: Arc<AtomicU64>,
}

impl Sink for Counting {}

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // One writer, so no read-modify-write is needed; that would cost more than the rest of this sink.
        // Ordering: relaxed, because it is read only after the sink was given up, which synchronises.
        self.taken.store(self.taken.load(Ordering::Relaxed) + bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Counted {
    taken: Arc<AtomicU64>,
    witness: Witness,
}

impl Delivery for Counted {
    fn arrive(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn verify(&mut self) -> io::Result<()> {
        self.witness.count(self.taken.load(Ordering::Relaxed));
        Ok(self.witness.verdict()?)
    }
}
