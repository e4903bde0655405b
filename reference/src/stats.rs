//! Counters of one stream.

use crate::shell::Shell;
use std::time::Duration;

/// What one stream has done so far. A snapshot: the drain thread goes on while you look at it.
///
/// To see who is slow: `sink_time` near the time that has passed means that the sink is, and `paused` that the producers wait for it.
/// Both run on while nothing else changes: [`without_times`](Self::without_times) is what to compare.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(std::io::sink())?;
/// let _ = writer.write("12345")?;
/// writer.flush().wait()?;
/// let stats = writer.stats();
/// assert_eq!((stats.accepted, stats.taken, stats.buffered), (5, 5, 0));
/// assert_eq!((stats.buffered_max, stats.sink_flushes), (5, 1));
/// assert!(stats.paused.is_zero() && !stats.sink_time.is_zero());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Bytes accepted and not taken by the sink. After an error or a destroy this stays at the number of bytes handed back.
    pub buffered: usize,
    /// The largest `buffered` there ever was, in bytes.
    pub buffered_max: usize,
    /// Bytes accepted.
    pub accepted: u64,
    /// Bytes the sink has taken.
    pub taken: u64,
    /// Writes answered [`Flow::Pause`](crate::Flow::Pause).
    pub pauses: u64,
    /// Writes refused with [`WriteError::Full`](crate::WriteError::Full).
    pub refusals: u64,
    /// Drains emitted.
    pub drains: u64,
    /// How long producers had to wait, in all: the time while a drain was owed, up to now if one is.
    pub paused: Duration,
    /// Calls begun of the sink's `write`, the interrupted ones included.
    pub sink_writes: u64,
    /// Calls begun of the sink's `flush`, the interrupted ones included.
    pub sink_flushes: u64,
    /// Calls of the sink that failed and are made again: interrupted, or not possible just now and [retried](crate::Builder::retry_would_block). The error that ends a stream is not among
    /// them: see [`Writer::closed`](crate::Writer::closed) and [`Observer::error`](crate::Observer::error).
    pub sink_retries: u64,
    /// How long calls of the sink took, in all, the one in progress up to now.
    pub sink_time: Duration,
}

impl Stats {
    /// The counters alone, with no time in `paused` and `sink_time`: two of these are equal if nothing has moved between them.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().spawn(std::io::sink())?;
    /// let before = writer.stats();
    /// let _ = writer.write("12345")?;
    /// assert_ne!(writer.stats().without_times(), before.without_times());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn without_times(self) -> Self {
        Self { paused: Duration::ZERO, sink_time: Duration::ZERO, ..self }
    }
}

impl<W> Shell<W> {
    /// Tells `tracing` of a pause that has begun, if that is still to be told. No lock is held.
    #[inline]
    pub(crate) fn tell_pause(&self) {
        if self.span.take_pause() {
            self.span.pause(&self.snapshot().0);
        }
    }

    /// What it has done, and how long the last pause was.
    #[cold]
    pub(crate) fn snapshot(&self) -> (Stats, Duration) {
        let inner = self.lock();
        (inner.stats(), inner.paused.last())
    }
}
