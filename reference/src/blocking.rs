//! The stream as a `std::io::Write` that blocks.

use crate::buffer::Producer;
use crate::error::{WaitError, WriteError};
use crate::handle::Handle;
use crate::sync::Mutex;
use std::{fmt, io};

/// A stream as a [`std::io::Write`]: what [`blocking`](crate::Writer::blocking) returns. A drop-in for `BufWriter`.
///
/// - A `write` while a drain is owed first waits for it: so it blocks when the sink is behind, and never answers `WouldBlock`.
/// - A buffer no longer than the capacity is accepted whole, so lines of several producers do not mix. A longer one is split.
/// - `flush` returns when all bytes accepted before it are taken and the sink itself is flushed.
///
/// Dropping it does nothing: the stream goes on, and is not flushed.
///
/// Its errors are [`WriteError`] and [`WaitError`] inside an [`io::Error`]; on the drain thread `write` and `flush` fail with kind `Deadlock`
/// when they would have to wait.
///
/// # Examples
/// ```
/// use std::io::Write;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().high_water_mark(8).spawn(Vec::new())?;
/// let mut out = writer.blocking();
/// for i in 0..100 {
///     writeln!(out, "Line {i}")?;
/// }
/// out.flush()?;
/// assert_eq!(writer.finish().wait()?.len(), 790);
/// # Ok(())
/// # }
/// ```
pub struct Blocking<'a, W> {
    pub(crate) handle: &'a Handle<W>,
    pub(crate) writing: Writing<'a>,
}

impl<W: Send + 'static> io::Write for Blocking<'_, W> {
    #[inline]
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.write_at_once(buffer) {
            return Ok(buffer.len());
        }
        Ok(self.handle.write_waiting(&mut self.writing, buffer)?)
    }

    #[inline]
    fn write_all(&mut self, buffer: &[u8]) -> io::Result<()> {
        if self.write_at_once(buffer) {
            return Ok(());
        }
        self.handle.write_all_waiting(&mut self.writing, buffer)?;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let asked = self.writing.with(|_producer| self.handle.ask_flushed()); // it holds the producers' lock meanwhile
        Ok(self.handle.flush(asked.wake()).wait()?)
    }
}

impl<W: Send + 'static> Blocking<'_, W> {
    /// The way of nearly all writes of a stream with one owner.
    #[inline]
    fn write_at_once(&mut self, buffer: &[u8]) -> bool {
        match &mut self.writing {
            Writing::Alone(producer) => self.handle.shell.write_without_lock(producer, buffer),
            Writing::Shared(_) => false,
        }
    }
}

impl<W> fmt::Debug for Blocking<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}

/// A producer, alone or one of many.
#[derive(Debug)]
pub(crate) enum Writing<'a> {
    Alone(&'a mut Producer),
    Shared(&'a Mutex<Producer>),
}

impl Writing<'_> {
    fn with<R>(&mut self, act: impl FnOnce(&mut Producer) -> R) -> R {
        match self {
            Self::Alone(producer) => act(producer),
            Self::Shared(producer) => act(&mut producer.lock()),
        }
    }
}

impl<W: Send + 'static> Handle<W> {
    #[cold]
    pub(crate) fn write_all_waiting(
        &self,
        writing: &mut Writing<'_>,
        mut bytes: &[u8],
    ) -> Result<(), WaitError> {
        while !bytes.is_empty() {
            let len = self.write_waiting(writing, bytes)?;
            bytes = bytes.get(len..).unwrap_or_default();
        }
        Ok(())
    }

    /// Waits while a drain is owed, then writes all of `bytes` or, if they are longer than the capacity, what there is room for.
    /// Returns how many bytes were accepted.
    pub(crate) fn write_waiting(&self, writing: &mut Writing<'_>, bytes: &[u8]) -> Result<usize, WaitError> {
        loop {
            // W-07: an empty chunk has nothing to wait for.
            if !bytes.is_empty() && !self.shell.signals.all_clear() {
                self.drained().wait()?;
            }
            let written = writing.with(|producer| self.shell.write_some(producer, bytes));
            self.shell.tell_pause();
            match written {
                Ok(len) => return Ok(len),
                // Another producer was faster, and a drain is owed for it. No part is `TooLarge`.
                Err(WriteError::Full { .. } | WriteError::TooLarge { .. }) => {}
                Err(WriteError::AfterEnd) => return Err(WaitError::AfterEnd),
                Err(WriteError::Destroyed) => return Err(WaitError::Destroyed),
                Err(WriteError::Errored(error)) => return Err(WaitError::Errored(error)),
            }
        }
    }
}
