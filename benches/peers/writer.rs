//! The writer of this project, by its own `write` and through its blocking adaptor.

use std::io::{self, Write};
use std::time::Duration;

use highwater::Writer;

use super::{Contender, Open};
use crate::sinks::AnySink;
use crate::units::bytes;

/// `Writer::write`, waiting for the drain after `Pause`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Highwater {
    mark: Option<usize>,
}

impl Highwater {
    /// With a high-water mark of `mark` bytes instead of the default.
    #[must_use]
    pub const fn with_mark(mark: usize) -> Self {
        Self { mark: Some(mark) }
    }

    /// The capacity of a writer whose builder was given nothing.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn default_capacity() -> io::Result<usize> {
        Ok(Writer::builder().spawn(io::sink())?.capacity())
    }
}

impl Contender for Highwater {
    type Open = Writer<AnySink>;

    fn name(&self) -> String {
        match self.mark {
            None => "highwater".into(),
            Some(mark) => format!("highwater-{}", bytes(mark as u64)),
        }
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<Self::Open> {
        let builder = match self.mark {
            None => Writer::builder(),
            Some(mark) => Writer::builder().high_water_mark(mark),
        };
        Ok(builder.spawn(sink)?)
    }
}

impl Open for Writer<AnySink> {
    #[allow(clippy::inline_always)] // one call fewer or more is half of what is measured; in a program's own loop there is none
    #[inline(always)]
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        if Writer::write(self, chunk)?.is_pause() {
            self.drained().wait()?;
        }
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        Writer::finish(self).wait()?;
        Ok(())
    }
}

/// `Writer::write` with settings of one's own.
#[derive(Clone, Copy, Debug)]
pub struct Tuned {
    /// The high-water mark, in bytes.
    pub mark: usize,
    /// The low-water mark, if not the default.
    pub low: Option<usize>,
    /// The batch, if not the default.
    pub batch: Option<usize>,
    /// The linger time, if not the default.
    pub linger: Option<Duration>,
}

impl Default for Tuned {
    fn default() -> Self {
        Self { mark: 256 * 1024, low: None, batch: None, linger: None }
    }
}

impl Contender for Tuned {
    type Open = Writer<AnySink>;

    fn name(&self) -> String {
        format!("highwater-tuned-{}", bytes(self.mark as u64))
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<Self::Open> {
        let mut builder = Writer::builder().high_water_mark(self.mark);
        if let Some(low) = self.low {
            builder = builder.low_water_mark(low);
        }
        if let Some(batch) = self.batch {
            builder = builder.batch(batch);
        }
        if let Some(linger) = self.linger {
            builder = builder.linger(linger);
        }
        Ok(builder.spawn(sink)?)
    }
}

/// A writer whose `write` may write the sink itself, `Builder::spawn_direct`, with the default marks.
#[derive(Clone, Copy, Debug)]
pub struct Direct;

impl Contender for Direct {
    type Open = Writer<AnySink>;

    fn name(&self) -> String {
        "highwater-direct".into()
    }

    fn tries(&self) -> bool {
        true
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<Self::Open> {
        Ok(Writer::builder().spawn_direct(sink)?)
    }
}

/// `Writer::blocking()`, the drop-in for `BufWriter`, with the default marks.
#[derive(Clone, Copy, Debug)]
pub struct Blocking;

impl Contender for Blocking {
    type Open = ThroughBlocking;

    fn name(&self) -> String {
        "highwater-blocking".into()
    }

    fn open(&self, sink: AnySink, _chunk: usize) -> io::Result<Self::Open> {
        Ok(ThroughBlocking(Writer::builder().spawn(sink)?))
    }
}

/// A writer that is only written through its adaptor.
#[derive(Debug)]
pub struct ThroughBlocking(Writer<AnySink>);

impl Open for ThroughBlocking {
    #[allow(clippy::inline_always)] // one call fewer or more is half of what is measured; in a program's own loop there is none
    #[inline(always)]
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.0.blocking().write_all(chunk)
    }

    fn finish(mut self) -> io::Result<()> {
        self.0.blocking().flush()?;
        Open::finish(self.0)
    }
}
