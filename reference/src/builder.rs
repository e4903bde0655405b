//! How a stream is set up.

mod start;

use crate::observe::{Observer, SharedObserver};
use crate::on_drop::OnDrop;
use crate::spawn_error::SpawnError;
use crate::sync::Arc;
use crate::trace::Wanted;
use crate::writer::Writer;
use std::fmt;
use std::io::Write;
use std::time::Duration;

/// Sets up a stream. Every method has a default; [`spawn`](Self::spawn) starts it, and checks the marks.
///
/// A mark that is not set follows those that are, so each can be set alone.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let writer = highwater::Writer::builder()
///     .high_water_mark(64 * 1024)
///     .low_water_mark(16 * 1024)
///     .capacity(128 * 1024)
///     .thread_name("log")
///     .spawn(Vec::new())?;
/// assert_eq!(writer.capacity(), 131_072);
/// # writer.finish().wait()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `spawn`"]
#[derive(Default)]
pub struct Builder {
    pub(super) high: Option<usize>,
    pub(super) low: Option<usize>,
    pub(super) capacity: Option<usize>,
    pub(super) batch: Option<usize>,
    pub(super) linger: Option<Duration>,
    pub(super) plain_fences: bool,
    pub(super) would_block_pause: Option<Duration>,
    pub(super) on_drop: OnDrop,
    pub(super) observer: Option<SharedObserver>,
    pub(super) thread_name: Option<String>,
    pub(crate) trace: Wanted,
}

impl Builder {
    /// A write that leaves at least `bytes` buffered answers [`Flow::Pause`](crate::Flow::Pause). At least 1.
    ///
    /// By default 262,144 (256 KiB); but half the capacity if that is less, so that there is room above the mark, and at least 1 above a low-water mark that was set.
    ///
    /// # Examples
    /// ```
    /// use highwater::{Flow, Writer};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = Writer::builder().high_water_mark(4).spawn(Vec::new())?;
    /// assert_eq!(writer.write("1234")?, Flow::Pause);
    /// # Ok(())
    /// # }
    /// ```
    pub fn high_water_mark(mut self, bytes: usize) -> Self {
        self.high = Some(bytes);
        self
    }

    /// A drain comes when at most `bytes` are buffered. Below the high-water mark; by default 1 below it. 0 is Node's rule.
    ///
    /// # Examples
    /// ```
    /// use highwater::Writer;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = Writer::builder().high_water_mark(4).low_water_mark(0).spawn(Vec::new())?;
    /// assert!(writer.write("12345")?.is_pause());
    /// writer.drained().wait()?;
    /// assert_eq!(writer.stats().buffered, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn low_water_mark(mut self, bytes: usize) -> Self {
        self.low = Some(bytes);
        self
    }

    /// A write that would leave more than `bytes` buffered is refused. At least the high-water mark and at least 1; by default twice
    /// the high-water mark. A chunk longer than the room between the two may be refused even from who heeds every `Pause`.
    ///
    /// `usize::MAX` is no limit, Node's rule. At most about three times as many bytes of memory are allocated, the ring included.
    ///
    /// # Examples
    /// ```
    /// use highwater::{WriteError, Writer};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = Writer::builder().high_water_mark(4).capacity(6).spawn(Vec::new())?;
    /// assert_eq!(writer.write("1234567"), Err(WriteError::TooLarge { len: 7, capacity: 6 }));
    /// let alone = Writer::builder().capacity(64 * 1024).spawn(Vec::new())?;
    /// assert_eq!(alone.high_water_mark(), 32 * 1024);
    /// # Ok(())
    /// # }
    /// ```
    pub fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = Some(bytes);
        self
    }

    /// A sink that answers `WouldBlock` is called again after `pause`, for as long as it takes, rather than failing the stream. A destroy cuts the pause short.
    ///
    /// `Duration::ZERO` is no pause: right for a sink that has waited before it answers, such as a socket with a write timeout. After 32 such answers in a row
    /// it is 1 ms, as is any shorter one, so that no core is kept busy asking. For a descriptor, [`sinks`](crate::sinks) has what waits until it can be written.
    ///
    /// # Examples
    /// ```
    /// use std::io::{self, Write};
    /// use std::time::Duration;
    ///
    /// /// Would block every other time.
    /// struct Reluctant(Vec<u8>, bool);
    ///
    /// impl Write for Reluctant {
    ///     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
    ///         self.1 = !self.1;
    ///         if self.1 { Err(io::ErrorKind::WouldBlock.into()) } else { self.0.write(bytes) }
    ///     }
    ///     fn flush(&mut self) -> io::Result<()> {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder()
    ///     .retry_would_block(Duration::from_millis(1))
    ///     .spawn(Reluctant(Vec::new(), false))?;
    /// let _ = writer.write("in the end")?;
    /// assert_eq!(writer.finish().wait()?.0, b"in the end");
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry_would_block(mut self, pause: Duration) -> Self {
        self.would_block_pause = Some(pause);
        self
    }

    /// How many bytes are worth a call of the sink: fewer may wait, until so many more have come, but no longer than [`linger`](Self::linger). A quarter of the high-water mark by default; taken as at least 1 and at most the high-water mark.
    ///
    /// Bytes for which somebody waits (a drain, a flush, the end) wait for nothing, nor do the first after a linger time without any.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().batch(16 * 1024).spawn(Vec::new())?;
    /// let _ = writer.write("fewer than that")?;
    /// writer.flush().wait()?; // waits for no more
    /// assert_eq!(writer.stats().taken, 15);
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch(mut self, bytes: usize) -> Self {
        self.batch = Some(bytes);
        self
    }

    /// How long fewer bytes than a [`batch`](Self::batch) may wait for more before the sink is called; 1 ms by default, taken as at most 1 s.
    /// So may the first bytes of a new writer, but not later ones that come after as long a silence. With zero none waits: the sink is called as often as it can be, and the drain thread is woken for single writes, each of which costs the producer a system call.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().linger(Duration::from_millis(20)).spawn(Vec::new())?;
    /// let _ = writer.write("in the sink within 20 ms and a wake-up")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn linger(mut self, time: Duration) -> Self {
        self.linger = Some(time);
        self
    }

    #[doc(hidden)] // full fences in every write, as on systems without a process-wide barrier: for tests of what those do
    pub fn plain_fences(mut self) -> Self {
        self.plain_fences = true;
        self
    }

    /// What becomes of the stream when its last owner is dropped; [`OnDrop::Finish`] by default.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder()
    ///     .on_drop(highwater::OnDrop::Detach)
    ///     .spawn(std::io::sink())?;
    /// let _ = writer.write("written by and by")?;
    /// drop(writer); // returns at once
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_drop(mut self, policy: OnDrop) -> Self {
        self.on_drop = policy;
        self
    }

    /// Who is told of events.
    ///
    /// # Examples
    /// See [`Observer`].
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// The name of the drain thread; `highwater` by default. The system may show no more than its first 15 bytes.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let builder = highwater::Writer::builder().thread_name("audit log");
    /// builder.spawn(Vec::new())?.finish().wait()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn thread_name(mut self, name: impl Into<String>) -> Self {
        self.thread_name = Some(name.into());
        self
    }

    /// Starts the stream: a thread that hands what is written to `sink`.
    ///
    /// # Errors
    /// When the marks contradict each other, the thread's name holds a NUL, or no thread can be started: a [`SpawnErrorReason`](crate::SpawnErrorReason). The sink is in the error.
    ///
    /// # Examples
    /// ```
    /// use highwater::{SpawnErrorReason, Writer};
    /// let error = Writer::builder().high_water_mark(0).spawn(b"kept".to_vec()).unwrap_err();
    /// let (reason, sink) = error.into_parts();
    /// assert!(matches!(reason, SpawnErrorReason::ZeroMark));
    /// assert_eq!(sink, b"kept");
    /// ```
    pub fn spawn<W: Write + Send + 'static>(self, sink: W) -> Result<Writer<W>, SpawnError<W>> {
        self.start(None, None, sink)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("high_water_mark", &self.high)
            .field("low_water_mark", &self.low)
            .field("capacity", &self.capacity)
            .field("batch", &self.batch)
            .field("linger", &self.linger)
            .field("retry_would_block", &self.would_block_pause)
            .field("on_drop", &self.on_drop)
            .field("observer", &self.observer.is_some())
            .field("thread_name", &self.thread_name)
            .finish_non_exhaustive()
    }
}
