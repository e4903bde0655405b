//! A sink that compares every byte, for the rehearsal before the clock starts.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::{AnySink, Delivery, Destination, Sink};
use crate::stream::{Stream, Witness};

/// Compares every byte as it comes.
#[derive(Clone, Copy, Debug)]
pub struct Checked;

impl Destination for Checked {
    fn name(&self) -> &'static str {
        "checked"
    }

    fn batch_bytes_max(&self) -> u64 {
        64 << 20
    }

    fn open(&self, stream: &Stream) -> io::Result<(AnySink, Box<dyn Delivery>)> {
        let witness = Arc::new(Mutex::new(stream.witness()));
        Ok((Box::new(Reading(Arc::clone(&witness))), Box::new(Read(witness))))
    }
}

struct Reading(Arc<Mutex<Witness>>);

impl Sink for Reading {}

impl Write for Reading {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Also what the stalling sink reports to.
pub(super) struct Read(pub(super) Arc<Mutex<Witness>>);

impl Delivery for Read {
    fn arrive(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn verify(&mut self) -> io::Result<()> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).verdict()?)
    }
}
