//! The stream with one owner.

use crate::blocking::{Blocking, Writing};
use crate::buffer::Producer;
use crate::builder::Builder;
use crate::error::WriteError;
use crate::finish::Finish;
use crate::flow::Flow;
use crate::handback::Destroyed;
use crate::handle::Handle;
use crate::pipe::PipeError;
use crate::shared::SharedWriter;
use crate::stats::Stats;
use crate::wait::{Closed, Drained, Flush};
use std::fmt;
use std::io::Read;

/// A buffered writer with one owner, in front of a sink `W` that may block.
///
/// Dropping it applies the [`OnDrop`](crate::OnDrop) policy, which by default blocks until the stream has finished; use
/// [`finish`](Self::finish) to learn whether it did.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().high_water_mark(1024).spawn(Vec::new())?;
/// for i in 0..1000 {
///     if writer.write(format!("Line {i}\n"))?.is_pause() {
///         writer.drained().wait()?;
///     }
/// }
/// let sink = writer.finish().wait()?;
/// assert_eq!(sink.iter().filter(|byte| **byte == b'\n').count(), 1000);
/// # Ok(())
/// # }
/// ```
pub struct Writer<W> {
    pub(crate) handle: Handle<W>,
    pub(crate) producer: Producer,
}

/// Where a stream begins: see [`Builder`]. The `()` is never a sink; it lets `Writer::builder()` be written without naming one.
impl Writer<()> {
    /// A builder with the default marks.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let writer = highwater::Writer::builder().spawn(Vec::new())?;
    /// assert_eq!(writer.high_water_mark(), 262_144);
    /// assert_eq!(writer.low_water_mark(), 262_143);
    /// assert_eq!(writer.capacity(), 524_288);
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl<W: Send + 'static> Writer<W> {
    /// Hands a chunk over: whole or not at all, and without blocking on the sink. It returns before the sink has the bytes.
    ///
    /// # Errors
    /// When the chunk is refused; none of it was accepted then. [`WriteError`] says whether to wait, to split it or to give up; a sink that failed over earlier
    /// bytes is told here, as [`WriteError::Errored`].
    ///
    /// # Examples
    /// ```
    /// use highwater::{Flow, WriteError, Writer};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = Writer::builder().high_water_mark(4).capacity(8).spawn(Vec::new())?;
    /// writer.cork(); // hold everything back, so that what follows does not depend on the sink's speed
    /// assert_eq!(writer.write("123")?, Flow::Continue);
    /// writer.uncork();
    /// assert_eq!(writer.write("123456789"), Err(WriteError::TooLarge { len: 9, capacity: 8 }));
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn write(&mut self, chunk: impl AsRef<[u8]>) -> Result<Flow, WriteError> {
        let result = self.handle.shell.write(&mut self.producer, chunk.as_ref());
        if !matches!(result, Ok(Flow::Continue)) {
            self.handle.shell.tell_pause();
        }
        result
    }

    /// Holds the bytes back from the sink until [`uncork`](Self::uncork), to let many small chunks go out as one. Corks are counted.
    ///
    /// An owed drain and a pending flush let bytes pass all the same: a cork makes no wait hang.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
    /// writer.cork();
    /// let _ = writer.write("head ")?;
    /// let _ = writer.write("body")?;
    /// assert_eq!(writer.stats().sink_writes, 0);
    /// writer.uncork();
    /// writer.flush().wait()?;
    /// assert_eq!(writer.stats().sink_writes, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cork(&mut self) {
        self.handle.cork().wake();
    }

    /// Undoes one [`cork`](Self::cork); does nothing without one.
    ///
    /// # Examples
    /// See [`cork`](Self::cork).
    pub fn uncork(&mut self) {
        self.handle.uncork().wake();
    }

    /// Says that no more chunks come. The stream goes on to finish by itself. A second call does nothing.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
    /// let _ = writer.write("all there is")?;
    /// writer.end();
    /// writer.closed().wait()?;
    /// assert_eq!(writer.finish().wait()?, b"all there is");
    /// # Ok(())
    /// # }
    /// ```
    pub fn end(&mut self) {
        self.handle.end().wake();
    }

    /// A wait for the next drain; over at once when none is owed. It is registered now, not when it is first polled, and borrows nothing.
    ///
    /// # Examples
    /// See [`Drained`].
    pub fn drained(&self) -> Drained {
        self.handle.drained()
    }

    /// Asks that all bytes accepted so far be taken and the sink be flushed, and waits for it. The request is made now, not when it is
    /// first polled; dropping it withdraws it.
    ///
    /// # Examples
    /// See [`Flush`].
    pub fn flush(&mut self) -> Flush {
        self.handle.flush(self.handle.ask_flushed().wake())
    }

    /// A wait for the end of the stream: `Ok` when it has finished, otherwise why it is over.
    ///
    /// # Examples
    /// See [`Closed`].
    pub fn closed(&self) -> Closed {
        self.handle.closed()
    }

    /// Ends the stream; the returned wait gives the sink back, or the error with the sink and the untaken bytes.
    ///
    /// # Examples
    /// See [`Finish`].
    pub fn finish(self) -> Finish<W> {
        Finish::new(self.handle)
    }

    /// Gives the stream up at once and hands the sink and the untaken bytes back. Blocks for nothing but the sink call in progress, and for
    /// the drain thread to end unless an observer is set, whose last calls may come after this has returned.
    ///
    /// # Panics
    /// On the drain thread inside the sink's own call, which would have to end first.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
    /// let _ = writer.write("written or not")?;
    /// let destroyed = writer.destroy();
    /// let mut all = destroyed.sink;
    /// all.extend(destroyed.unwritten.bytes());
    /// assert_eq!(all, b"written or not");
    /// # Ok(())
    /// # }
    /// ```
    pub fn destroy(mut self) -> Destroyed<W> {
        self.handle.take_apart().into_destroyed()
    }

    /// The stream as a [`std::io::Write`] that waits where `write` would answer `Pause` or refuse.
    ///
    /// # Examples
    /// See [`Blocking`].
    #[must_use]
    pub fn blocking(&mut self) -> Blocking<'_, W> {
        Blocking { handle: &self.handle, writing: Writing::Alone(&mut self.producer) }
    }

    /// Reads to the reader's end and writes all of it, waiting whenever a drain is owed. Returns how many bytes that were.
    /// It does not end the stream, and returns before the last bytes have reached the sink. A drain may be owed then: wait for it before the next write. Not for the drain thread.
    ///
    /// # Errors
    /// When the reader fails or the stream accepts no more; what was read and not accepted is in the error.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().high_water_mark(4).spawn(Vec::new())?;
    /// assert_eq!(writer.pipe_from(&mut &b"from any reader"[..])?, 15);
    /// assert_eq!(writer.finish().wait()?, b"from any reader");
    /// # Ok(())
    /// # }
    /// ```
    pub fn pipe_from(&mut self, reader: &mut impl Read) -> Result<u64, PipeError> {
        self.handle.pipe_from(&mut Writing::Alone(&mut self.producer), reader)
    }

    /// Lets any number of producers write: the result is `Clone`, `Send` and `Sync`.
    ///
    /// # Examples
    /// See [`SharedWriter`].
    #[must_use]
    pub fn into_shared(self) -> SharedWriter<W> {
        SharedWriter::new(self)
    }

    /// What the stream has done so far. Takes the stream's lock: for a log line now and then, not for every write.
    ///
    /// # Examples
    /// See [`Stats`].
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.handle.shell.lock().stats()
    }

    /// The high-water mark, in bytes.
    #[must_use]
    pub fn high_water_mark(&self) -> usize {
        self.handle.shell.params.high
    }

    /// The low-water mark, in bytes.
    #[must_use]
    pub fn low_water_mark(&self) -> usize {
        self.handle.shell.params.low
    }

    /// The capacity, in bytes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.handle.shell.params.capacity
    }

    /// Whether the drain thread has nothing to do right now: it sleeps with no work and no wake-up pending, is inside a sink call or a pause
    /// before a retry, or is gone. For tests that want to look at a moment when nothing moves.
    #[doc(hidden)]
    #[must_use]
    pub fn settled(&self) -> bool {
        self.handle.shell.settled()
    }
}

impl<W> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("stats", &self.handle.shell.lock().stats()).finish_non_exhaustive()
    }
}
