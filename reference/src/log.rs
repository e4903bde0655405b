//! The stream as a log.

mod event;
mod guard;
mod intake;
#[cfg(feature = "tracing-subscriber")]
mod make_writer;

use crate::error::SinkError;
use crate::shared::SharedWriter;
use crate::sync::Arc;
pub use event::LogEvent;
pub use guard::{LogError, LogGuard};
use intake::Intake;
use std::{fmt, io};

/// What becomes of an event for which there is no room, because the sink is behind.
///
/// # Examples
/// See [`LogWriter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnFull {
    /// The thread that logs waits, from the high-water mark on, until the sink has taken enough. Nothing is dropped, and a sink that stalls stalls whoever logs.
    ///
    /// Only what is logged on the drain thread, by the sink itself or an observer, cannot wait: it is dropped where there is no room.
    Block,
    /// The event is dropped and counted, see [`LogWriter::dropped`]: whoever logs never waits for the sink.
    Drop,
    /// As [`Drop`](Self::Drop), and the log itself says so where the gap is, in a line such as
    /// `highwater: 12 events (1440 bytes) were dropped here, because the log was full`, or one of your own: [`LogGuard::report`].
    ///
    /// The line comes before the next event that is accepted, or at the end. Events go on being dropped until the drain, so that there is one line a gap. Where the
    /// capacity is less than that line there is none.
    DropAndReport,
}

/// A number of events and of their bytes.
///
/// # Examples
/// See [`LogWriter::dropped`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventTally {
    /// How many events.
    pub events: u64,
    /// How many bytes they had together, as they were formatted.
    pub bytes: u64,
}

impl EventTally {
    fn add(&mut self, event: &[u8]) {
        self.events += 1;
        self.bytes += event.len() as u64;
    }
}

impl fmt::Display for EventTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (events, bytes) = (self.events, self.bytes);
        write!(f, "{events} event{} ({bytes} byte{})", plural(events), plural(bytes))
    }
}

fn plural(number: u64) -> &'static str {
    if number == 1 { "" } else { "s" }
}

/// A stream as a log: what [`SharedWriter::into_log`] returns. Its clones write to the same stream.
///
/// - With the feature `tracing-subscriber` it is the `MakeWriter` of a `tracing_subscriber::fmt`.
/// - It is the [`std::io::Write`] that the back ends of the crate `log` ask for: `env_logger::Target::Pipe(Box::new(log))`, `fern::Output::from(Box::new(log) as _)`,
///   `simplelog::WriteLogger::new(level, config, log)`. An event ends with a `flush`, or with a write that ends in a newline. (So simplelog's message of several lines may be several
///   events; its own lock keeps them together.)
/// - For all else there is [`event`](Self::event).
///
/// **One event is one chunk**, whatever number of writes it was formatted with, so events of several threads do not mix, and an event is
/// in the log whole or not at all. One that is longer than the capacity never fits: under [`OnFull::Block`] it is handed over in parts, between which no other event of this
/// log comes (a [`SharedWriter`] of the same stream could write there), and otherwise it is dropped and counted. An event whose formatting panics half-way ends there.
///
/// **No event is lost uncounted.** Those for which there was no room are counted by [`dropped`](Self::dropped); those that came when the stream
/// was over, because the sink had failed or the log was finished, by [`lost`](Self::lost). [`error`](Self::error) is why. A sink that failed is not called again: what it had not
/// taken is given back by [`LogGuard::finish`]. To hear of it at once, give the stream an [`Observer`](crate::Observer).
///
/// **What the guard does not see is lost**: `std::process::exit`, `abort` and a signal end the process at once, with at most the capacity buffered. Flush before, see
/// [`stream`](Self::stream). Where `fork` is called without `exec`, the child has no drain thread: it must not use a log of its parent, and none of the parent's events are written twice.
///
/// # Examples
/// ```
/// use highwater::{OnFull, Writer};
/// use std::io::Write;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("highwater-log-{}", std::process::id()));
/// let stream = Writer::builder().capacity(1024 * 1024).spawn(std::fs::File::create(&path)?)?;
/// let (log, guard) = stream.into_shared().into_log(OnFull::DropAndReport);
/// let mut theirs = log.clone(); // any number of threads may log
///
/// writeln!(theirs, "listening on port {}", 8080)?;
///
/// let file = guard.finish()?; // or drop it at the end of `main`
/// file.sync_all()?;
/// assert_eq!((log.dropped().events, log.lost().events), (0, 0));
/// assert_eq!(std::fs::read_to_string(&path)?, "listening on port 8080\n");
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
pub struct LogWriter<W: Send + 'static> {
    intake: Arc<Intake<W>>,
    /// The event that is being written with [`io::Write`].
    unfinished: Vec<u8>,
}

impl<W: Send + 'static> SharedWriter<W> {
    /// The stream as a log, and the guard that finishes it: keep that until the end of `main`.
    ///
    /// Other clones of this handle go on working, and are owners of the stream as before.
    ///
    /// # Examples
    /// See [`LogWriter`].
    #[must_use = "dropping the guard finishes the log"]
    pub fn into_log(self, on_full: OnFull) -> (LogWriter<W>, LogGuard<W>) {
        let intake = Arc::new(Intake::new(self, on_full));
        (LogWriter { intake: Arc::clone(&intake), unfinished: Vec::new() }, LogGuard::new(intake))
    }
}

impl<W: Send + 'static> LogWriter<W> {
    /// An event to be written in any number of pieces. It ends when it is dropped or flushed.
    ///
    /// # Examples
    /// See [`LogEvent`].
    #[must_use]
    pub fn event(&self) -> LogEvent<'_, W> {
        LogEvent::new(&self.intake)
    }

    /// The stream that the events enter: to flush it, to ask what it has done, to wait for its end.
    ///
    /// # Examples
    /// ```
    /// use highwater::{OnFull, Writer};
    /// use std::io::Write;
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (log, _guard) = Writer::builder().spawn(Vec::new())?.into_shared().into_log(OnFull::Drop);
    /// log.event().write_all(b"the last words\n")?;
    /// // Before a `process::exit`, in a panic hook, or before a machine sleeps; or `.await` it.
    /// log.stream().flush().wait_timeout(Duration::from_secs(1))?;
    /// assert_eq!(log.stream().stats().taken, 15);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn stream(&self) -> &SharedWriter<W> {
        self.intake.shared()
    }

    /// The events dropped so far because there was no room.
    ///
    /// # Examples
    /// ```
    /// use highwater::{EventTally, OnFull, Writer};
    /// use std::io::Write;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = Writer::builder().capacity(8).spawn(Vec::new())?.into_shared();
    /// let (log, guard) = shared.into_log(OnFull::Drop);
    /// log.event().write_all(b"a long event\n")?; // 13 bytes: more than the capacity
    /// assert_eq!(log.dropped(), EventTally { events: 1, bytes: 13 });
    /// assert_eq!(guard.finish()?, b"");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn dropped(&self) -> EventTally {
        self.intake.counts.lock().dropped
    }

    /// The events lost so far because the stream was over: its sink had failed, or it was finished or destroyed. An event of which the sink may have a part
    /// counts whole. Bytes accepted before are not among them: [`LogGuard::finish`] gives those back.
    ///
    /// # Examples
    /// See [`error`](Self::error).
    #[must_use]
    pub fn lost(&self) -> EventTally {
        self.intake.counts.lock().lost
    }

    /// Why the sink failed, if it did: there as soon as an event is lost for it, and otherwise once the stream is closed.
    ///
    /// # Examples
    /// ```
    /// use highwater::{LogError, Observer, OnFull, SinkError, Writer};
    /// use std::io::{Cursor, ErrorKind, Write};
    ///
    /// /// Hears of a failure when it happens.
    /// struct Alarm;
    ///
    /// impl Observer for Alarm {
    ///     fn error(&self, error: &SinkError) {
    ///         eprintln!("the log has ended: {error}");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let disk = Cursor::new([0u8; 3]); // takes 3 bytes, then none
    /// let shared = Writer::builder().observer(Alarm).spawn(disk)?.into_shared();
    /// let (log, guard) = shared.into_log(OnFull::Block);
    /// log.event().write_all(b"one\ntwo\n")?;
    /// let _ = log.stream().closed().wait();
    /// log.event().write_all(b"three\n")?;
    /// assert_eq!(log.lost().events, 1);
    /// assert_eq!(log.error().expect("it has failed").io_error().kind(), ErrorKind::WriteZero);
    /// let Err(LogError::Sink(failed)) = guard.finish() else { panic!("it has failed") };
    /// assert_eq!(failed.unwritten().bytes(), b"\ntwo\n");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn error(&self) -> Option<SinkError> {
        self.intake.error()
    }
}

/// Collects a clone's writes until an event ends: with a `flush`, with a write that ends in a newline, or with its drop. Neither waits for the sink, unless [`OnFull::Block`] does.
///
/// Fails where the event was lost because the stream is over, and not where it was dropped for want of room.
impl<W: Send + 'static> io::Write for LogWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unfinished.extend_from_slice(bytes);
        if bytes.ends_with(b"\n") {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let taken = self.intake.take(&self.unfinished);
        event::empty(&mut self.unfinished);
        Ok(taken?)
    }
}

impl<W: Send + 'static> Drop for LogWriter<W> {
    fn drop(&mut self) {
        let _ = self.intake.take(&self.unfinished); // it is counted
    }
}

/// The clone does not have the event that this one has begun.
impl<W: Send + 'static> Clone for LogWriter<W> {
    fn clone(&self) -> Self {
        Self { intake: Arc::clone(&self.intake), unfinished: Vec::new() }
    }
}

impl<W: Send + 'static> fmt::Debug for LogWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogWriter")
            .field("on_full", &self.intake.on_full)
            .field("dropped", &self.dropped())
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}
