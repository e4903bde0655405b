//! The stream with many owners.

mod as_log;
mod weak;

use crate::blocking::{Blocking, Writing};
use crate::buffer::Producer;
use crate::error::WriteError;
use crate::flow::Flow;
use crate::handback::Recovered;
use crate::handle::Handle;
use crate::pipe::PipeError;
use crate::shell::Announced;
use crate::stats::Stats;
use crate::sync::{Arc, Mutex};
use crate::wait::{Closed, Drained, Flush};
use crate::writer::Writer;
use std::fmt;
use std::io::Read;
pub use weak::WeakSharedWriter;

/// A buffered writer for any number of producers: a [`Writer`](crate::Writer) whose clones all write to the same stream.
///
/// Each chunk goes out in one piece; chunks of different producers go out in the order in which they were accepted. When the last clone is
/// dropped the [`OnDrop`](crate::OnDrop) policy applies. The sink is got back with [`recover`](Self::recover).
///
/// **A clone inside the stream's own observer or sink is an owner too**, and is dropped only with the stream, which waits for it: dropping all others ends
/// nothing then, no policy applies, and the drain thread stays. Give those a [`WeakSharedWriter`], from [`downgrade`](Self::downgrade), or call
/// [`finish`](Self::finish) or [`destroy`](Self::destroy).
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shared = highwater::Writer::builder().high_water_mark(64).spawn(Vec::new())?.into_shared();
/// std::thread::scope(|scope| {
///     for producer in 0..2 {
///         let shared = shared.clone();
///         scope.spawn(move || {
///             for i in 0..100 {
///                 if shared.write(format!("{producer} {i}\n")).expect("nobody ends it yet").is_pause() {
///                     shared.drained().wait().expect("nobody ends it yet");
///                 }
///             }
///         });
///     }
/// });
/// shared.finish().wait()?;
/// let recovered = shared.recover().expect("closed, and the first to ask");
/// assert_eq!(recovered.sink.iter().filter(|byte| **byte == b'\n').count(), 200);
/// # Ok(())
/// # }
/// ```
pub struct SharedWriter<W> {
    stream: Arc<Stream<W>>,
}

/// What the clones share.
struct Stream<W> {
    handle: Handle<W>,
    /// The producers' lock: who holds it is the producer. It is taken before the lock of the stream, and no foreign code is called under it.
    producer: Mutex<Producer>,
}

impl<W: Send + 'static> Stream<W> {
    /// Makes a call that must not come while a write is under way, and then wakes whom it concerns.
    fn between_writes<R>(&self, call: impl FnOnce(&Handle<W>) -> Announced<R>) -> R {
        let producer = self.producer.lock();
        let announced = call(&self.handle);
        drop(producer);
        announced.wake()
    }
}

impl<W> Clone for SharedWriter<W> {
    fn clone(&self) -> Self {
        Self { stream: Arc::clone(&self.stream) }
    }
}

impl<W: Send + 'static> SharedWriter<W> {
    pub(crate) fn new(writer: Writer<W>) -> Self {
        let Writer { handle, producer } = writer;
        handle.shell.lock().try_write = None; // foreign code is not called under the producers' lock
        Self { stream: Arc::new(Stream { handle, producer: Mutex::new(producer) }) }
    }

    /// As [`Writer::write`](crate::Writer::write). While a drain is owed to any producer, every one is told to pause.
    ///
    /// # Errors
    /// When the chunk is refused; none of it was accepted then. [`WriteError::Full`] can meet a producer that heeds every `Pause`, where others took the room: wait for
    /// [`drained`](Self::drained) and write it again, or write through [`blocking`](Self::blocking), which does that.
    ///
    /// # Examples
    /// ```
    /// use highwater::{Flow, Writer};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = Writer::builder().high_water_mark(4).low_water_mark(0).spawn(std::io::sink())?.into_shared();
    /// let other = shared.clone();
    /// assert_eq!(shared.write("1234")?, Flow::Pause);
    /// other.drained().wait()?;
    /// assert_eq!(other.write("5")?, Flow::Continue);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn write(&self, chunk: impl AsRef<[u8]>) -> Result<Flow, WriteError> {
        let chunk = chunk.as_ref(); // foreign code: not under the lock
        let Stream { handle: Handle { shell, .. }, producer } = &*self.stream;
        if !shell.tracer.is_on() {
            let result = shell.write(&mut producer.lock(), chunk);
            if !matches!(result, Ok(Flow::Continue)) {
                shell.tell_pause();
            }
            return result;
        }
        let writing = shell.tracer.begin_write(chunk);
        let result = shell.write_recorded(writing, &mut producer.lock(), chunk);
        shell.tracer.end_write(writing, &result);
        shell.tracer.settle();
        shell.tell_pause();
        result
    }

    /// As [`Writer::cork`](crate::Writer::cork), for all producers.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = highwater::Writer::builder().spawn(Vec::new())?.into_shared();
    /// shared.cork();
    /// let _ = shared.write("head ")?;
    /// let _ = shared.clone().write("body")?;
    /// shared.uncork();
    /// shared.flush().wait()?;
    /// assert_eq!(shared.stats().sink_writes, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cork(&self) {
        self.stream.between_writes(Handle::cork);
    }

    /// As [`Writer::uncork`](crate::Writer::uncork): undoes one cork, whoever made it.
    ///
    /// # Examples
    /// See [`cork`](Self::cork).
    pub fn uncork(&self) {
        self.stream.between_writes(Handle::uncork);
    }

    /// As [`Writer::end`](crate::Writer::end), for all producers.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = highwater::Writer::builder().spawn(Vec::new())?.into_shared();
    /// shared.end();
    /// assert_eq!(shared.clone().write("too late"), Err(highwater::WriteError::AfterEnd));
    /// # Ok(())
    /// # }
    /// ```
    pub fn end(&self) {
        self.stream.between_writes(Handle::end);
    }

    /// Gives the stream up at once and returns. Wait for [`closed`](Self::closed), then [`recover`](Self::recover) the rest.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = highwater::Writer::builder().spawn(Vec::new())?.into_shared();
    /// shared.cork();
    /// let _ = shared.write("never written")?;
    /// shared.destroy();
    /// assert_eq!(shared.closed().wait(), Err(highwater::WaitError::Destroyed));
    /// let recovered = shared.recover().expect("closed, and the first to ask");
    /// assert_eq!(recovered.unwritten.bytes(), b"never written");
    /// # Ok(())
    /// # }
    /// ```
    pub fn destroy(&self) {
        self.stream.between_writes(Handle::destroy);
    }

    /// As [`Writer::drained`](crate::Writer::drained). One drain wakes the waits of all producers.
    ///
    /// # Examples
    /// See [`SharedWriter`].
    pub fn drained(&self) -> Drained {
        self.stream.handle.drained()
    }

    /// As [`Writer::flush`](crate::Writer::flush): for the bytes accepted from all producers so far.
    ///
    /// # Examples
    /// See [`cork`](Self::cork).
    pub fn flush(&self) -> Flush {
        self.stream.handle.flush(self.stream.between_writes(Handle::ask_flushed))
    }

    /// As [`Writer::closed`](crate::Writer::closed).
    ///
    /// # Examples
    /// See [`Closed`].
    pub fn closed(&self) -> Closed {
        self.stream.handle.closed()
    }

    /// Ends the stream; the returned wait is over when it is closed. [`recover`](Self::recover) gives the sink back then.
    ///
    /// # Examples
    /// See [`SharedWriter`].
    pub fn finish(&self) -> Closed {
        self.end();
        self.closed()
    }

    /// As [`Writer::blocking`](crate::Writer::blocking). A buffer no longer than the capacity goes out in one piece.
    ///
    /// # Examples
    /// ```
    /// use std::io::Write;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = highwater::Writer::builder().spawn(Vec::new())?.into_shared();
    /// writeln!(shared.blocking(), "one whole line")?;
    /// shared.blocking().flush()?;
    /// assert_eq!(shared.stats().taken, 15);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn blocking(&self) -> Blocking<'_, W> {
        Blocking { handle: &self.stream.handle, writing: Writing::Shared(&self.stream.producer) }
    }

    /// As [`Writer::pipe_from`](crate::Writer::pipe_from). Chunks of other producers may come between what is read.
    ///
    /// # Errors
    /// When the reader fails or the stream accepts no more; what was read and not accepted is in the error.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = highwater::Writer::builder().spawn(Vec::new())?.into_shared();
    /// assert_eq!(shared.pipe_from(&mut &b"from any reader"[..])?, 15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pipe_from(&self, reader: &mut impl Read) -> Result<u64, PipeError> {
        self.stream.handle.pipe_from(&mut Writing::Shared(&self.stream.producer), reader)
    }

    /// A handle that is no owner: it keeps the stream from nothing, and may be held by the stream's own observer or sink.
    ///
    /// # Examples
    /// See [`WeakSharedWriter`].
    #[must_use]
    pub fn downgrade(&self) -> WeakSharedWriter<W> {
        WeakSharedWriter::new(&self.stream)
    }

    /// Once the stream is closed: the sink, the untaken bytes and the error, for the first who asks. `None` before that and ever after.
    ///
    /// # Examples
    /// See [`SharedWriter`] and [`destroy`](Self::destroy).
    #[must_use = "this holds the sink and the bytes it did not take"]
    pub fn recover(&self) -> Option<Recovered<W>> {
        let producer = self.stream.producer.lock(); // a write that was under way when the sink failed is over: its bytes are among those untaken
        let hand_back = self.stream.handle.claim_closed();
        drop(producer);
        hand_back.map(crate::inner::HandBack::into_recovered)
    }

    /// What the stream has done so far. As [`Writer::stats`](crate::Writer::stats).
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.stream.handle.shell.lock().stats()
    }

    /// The high-water mark, in bytes.
    #[must_use]
    pub fn high_water_mark(&self) -> usize {
        self.stream.handle.shell.params.high
    }

    /// The low-water mark, in bytes.
    #[must_use]
    pub fn low_water_mark(&self) -> usize {
        self.stream.handle.shell.params.low
    }

    /// The capacity, in bytes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.stream.handle.shell.params.capacity
    }

    /// As of [`Writer`](crate::Writer): whether the drain thread has nothing to do right now.
    #[doc(hidden)]
    #[must_use]
    pub fn settled(&self) -> bool {
        self.stream.handle.shell.settled()
    }

    /// How many of the sink's answers the drain thread has noted: a sink that has just answered is still being called as far as
    /// [`settled`](Self::settled) can know. For tests that must know when a stream has come to rest.
    #[doc(hidden)]
    #[must_use]
    pub fn sink_calls_noted(&self) -> u64 {
        self.stream.handle.shell.sink_calls_noted()
    }
}

impl<W> fmt::Debug for SharedWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = self.stream.handle.shell.lock().stats();
        f.debug_struct("SharedWriter").field("stats", &stats).finish_non_exhaustive()
    }
}
