//! The writer of this project for many producers.

use std::io;

use highwater::{SharedWriter, WriteError, Writer};

use super::{Finish, Produce, Shareable};
use crate::sinks::AnySink;

/// `SharedWriter` with the default marks.
#[derive(Clone, Copy, Debug)]
pub struct Shared;

impl Shareable for Shared {
    type Handle = SharedWriter<AnySink>;
    type Rest = SharedWriter<AnySink>;

    fn open_shared(&self, sink: AnySink, _chunk: usize) -> io::Result<(Self::Handle, Self::Rest)> {
        let shared = Writer::builder().spawn(sink)?.into_shared();
        Ok((shared.clone(), shared))
    }
}

impl Produce for SharedWriter<AnySink> {
    /// Waits for the drain after `Pause`; where the others were faster and no room is left, waits for it and tries again.
    #[allow(clippy::inline_always)] // as for a single producer
    #[inline(always)]
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        loop {
            match SharedWriter::write(self, chunk) {
                Ok(flow) if flow.is_continue() => return Ok(()),
                Ok(_) => return Ok(self.drained().wait()?),
                Err(WriteError::Full { .. }) => self.drained().wait()?,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Finish for SharedWriter<AnySink> {
    fn finish(self) -> io::Result<()> {
        SharedWriter::finish(&self).wait()?;
        // Drops the sink, for which a pipe's reader waits.
        drop(self.recover());
        Ok(())
    }
}
