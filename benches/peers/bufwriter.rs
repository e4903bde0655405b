//! std's `BufWriter`: what most programs use, and the yardstick.

use std::io::{self, BufWriter, Write};

use super::{Contender, Open};
use crate::sinks::AnySink;
use crate::units::bytes;

/// `BufWriter` with a buffer of a given size.
#[derive(Clone, Copy, Debug)]
pub struct Buffered {
    buffer: usize,
}

impl Buffered {
    /// A buffer of `buffer` bytes.
    #[must_use]
    pub const fn new(buffer: usize) -> Self {
        Self { buffer }
    }
}

impl Contender for Buffered {
    type Open = BufWriter<AnySink>;

    fn name(&self) -> String {
        format!("bufwriter-{}", bytes(self.buffer as u64))
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<Self::Open> {
        Ok(BufWriter::with_capacity(self.buffer, sink))
    }
}

impl Open for BufWriter<AnySink> {
    #[allow(clippy::inline_always)] // one call fewer or more is half of what is measured; in a program's own loop there is none
    #[inline(always)]
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.write_all(chunk)
    }

    fn finish(mut self) -> io::Result<()> {
        self.flush()
    }
}
