//! A sink that is fast, but now and then sleeps.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::checked::Read;
use super::{AnySink, Delivery, Destination, Sink};
use crate::stream::{Stream, Witness};

/// Sleeps for `nap` with the first call of every `every` bytes, as a disk does that flushes or a peer that collects garbage.
#[derive(Clone, Copy, Debug)]
pub struct Stalling {
    /// Bytes from one stall to the next.
    pub every: u64,
    /// How long a stall lasts.
    pub nap: Duration,
}

impl Stalling {
    /// How often a stream stalls.
    #[must_use]
    pub const fn stalls(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.every)
    }
}

impl Destination for Stalling {
    fn name(&self) -> &'static str {
        "stall"
    }

    fn batch_bytes_max(&self) -> u64 {
        64 << 20
    }

    fn open(&self, stream: &Stream) -> io::Result<(AnySink, Box<dyn Delivery>)> {
        let witness = Arc::new(Mutex::new(stream.witness()));
        let sink = Napping { stalling: *self, taken: 0, witness: Arc::clone(&witness) };
        Ok((Box::new(sink), Box::new(Read(witness))))
    }
}

struct Napping {
    stalling: Stalling,
    taken: u64,
    witness: Arc<Mutex<Witness>>,
}

impl Sink for Napping {}

impl Write for Napping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let before = self.stalling.stalls(self.taken);
        self.taken += bytes.len() as u64;
        for _ in before..self.stalling.stalls(self.taken) {
            thread::sleep(self.stalling.nap);
        }
        self.witness.lock().unwrap_or_else(PoisonError::into_inner).glance(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
