//! The stream as a log: the feature `tracing-subscriber`.

mod guard;
mod intake;

use crate::error::SinkError;
use crate::shared::SharedWriter;
use crate::sync::Arc;
pub use guard::{LogError, LogGuard};
use intake::Intake;
use std::{fmt, io};
use tracing_subscriber::fmt::MakeWriter;

/// What becomes of an event for which there is no room, because the sink is behind.
///
/// # Examples
/// See [`Log`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnFull {
    /// The thread that logs waits, from the high-water mark on, until the sink has taken enough. Nothing is dropped, and a sink that stalls stalls whoever logs.
    ///
    /// Only what is logged on the drain thread, by the sink itself or an observer, cannot wait: it is dropped where there is no room.
    Block,
    /// The event is dropped and counted, see [`Log::dropped`]: whoever logs never waits for the sink.
    Drop,
    /// As [`Drop`](Self::Drop), and the log itself says so where the gap is, in a line such as
    /// `highwater: 12 events (1440 bytes) were dropped here, because the log was full`.
    ///
    /// The line comes before the next event that is accepted, or at the end. Events go on being dropped until the drain, so that there is one line a gap. Where the
    /// capacity is less than that line there is none.
    DropAndReport,
}

/// A number of events and of their bytes.
///
/// # Examples
/// See [`Log::dropped`].
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

/// A stream as the [`MakeWriter`] of `tracing_subscriber::fmt`: what [`SharedWriter::into_log`] returns. Its clones write to the same stream.
///
/// **One event is one chunk**, whatever number of writes it was formatted with, so events of several threads do not mix, and an event is
/// in the log whole or not at all. One that is longer than the capacity never fits: under [`OnFull::Block`] it is handed over in parts, between which no other event of this
/// log comes (a [`SharedWriter`] of the same stream could write there), and otherwise it is dropped and counted.
///
/// **No event is lost uncounted.** Those for which there was no room are counted by [`dropped`](Self::dropped); those that came when the stream
/// was over, because the sink had failed or the log was finished, by [`lost`](Self::lost). [`error`](Self::error) is why. What was accepted before the sink failed is given back by [`LogGuard::finish`].
///
/// # Examples
/// ```
/// use highwater::{OnFull, Writer};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("highwater-log-{}", std::process::id()));
/// let stream = Writer::builder().capacity(1024 * 1024).spawn(std::fs::File::create(&path)?)?;
/// let (log, guard) = stream.into_shared().into_log(OnFull::DropAndReport);
/// let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
/// tracing::subscriber::set_global_default(subscriber)?;
///
/// tracing::info!(port = 8080, "listening");
///
/// let file = guard.finish()?; // or drop it at the end of `main`
/// file.sync_all()?;
/// assert_eq!((log.dropped().events, log.lost().events), (0, 0));
/// assert!(std::fs::read_to_string(&path)?.ends_with("listening port=8080\n"));
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
pub struct Log<W: Send + 'static> {
    intake: Arc<Intake<W>>,
}

impl<W: Send + 'static> SharedWriter<W> {
    /// The stream as a log for `tracing_subscriber::fmt`, and the guard that finishes it: keep that until the end of `main`.
    ///
    /// Other clones of this handle go on working, and are owners of the stream as before.
    ///
    /// # Examples
    /// See [`Log`].
    #[must_use = "dropping the guard finishes the log"]
    pub fn into_log(self, on_full: OnFull) -> (Log<W>, LogGuard<W>) {
        let intake = Arc::new(Intake::new(self, on_full));
        (Log { intake: Arc::clone(&intake) }, LogGuard::new(intake))
    }
}

impl<W: Send + 'static> Log<W> {
    /// The events dropped so far because there was no room.
    ///
    /// # Examples
    /// ```
    /// use highwater::{EventTally, OnFull, Writer};
    /// use std::io::Write;
    /// use tracing_subscriber::fmt::MakeWriter;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = Writer::builder().capacity(8).spawn(Vec::new())?.into_shared();
    /// let (log, guard) = shared.into_log(OnFull::Drop);
    /// log.make_writer().write_all(b"a long event\n")?; // 13 bytes: more than the capacity
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
    /// use highwater::{LogError, OnFull, Writer};
    /// use std::io::{Cursor, ErrorKind, Write};
    /// use tracing_subscriber::fmt::MakeWriter;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let disk = Cursor::new([0u8; 3]); // takes 3 bytes, then none
    /// let shared = Writer::builder().spawn(disk)?.into_shared();
    /// let (log, guard) = shared.clone().into_log(OnFull::Block);
    /// log.make_writer().write_all(b"one\ntwo\n")?;
    /// let _ = shared.closed().wait();
    /// log.make_writer().write_all(b"three\n")?;
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

impl<W: Send + 'static> Clone for Log<W> {
    fn clone(&self) -> Self {
        Self { intake: Arc::clone(&self.intake) }
    }
}

impl<W: Send + 'static> fmt::Debug for Log<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = *self.intake.counts.lock();
        f.debug_struct("Log")
            .field("on_full", &self.intake.on_full)
            .field("dropped", &counts.dropped)
            .field("lost", &counts.lost)
            .finish_non_exhaustive()
    }
}

impl<'a, W: Send + 'static> MakeWriter<'a> for Log<W> {
    type Writer = LogEvent<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        LogEvent { intake: &self.intake, bytes: Vec::new() }
    }
}

/// One event on its way into a [`Log`]: what its `make_writer` returns. Collects what is written, and hands it over in one piece when it is dropped or flushed.
///
/// A write never fails and never waits. `flush` does not wait for the sink; it fails where the event was lost because the stream is over, and not where it
/// was dropped for want of room. A drop tells nobody: [`Log::dropped`] and [`Log::lost`] count for both.
///
/// # Examples
/// ```
/// use highwater::{OnFull, Writer};
/// use std::io::Write;
/// use tracing_subscriber::fmt::MakeWriter;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (log, guard) = Writer::builder().spawn(Vec::new())?.into_shared().into_log(OnFull::Block);
/// let mut first = log.make_writer();
/// first.write_all(b"one ")?;
/// writeln!(log.make_writer(), "another")?;
/// first.write_all(b"event\n")?;
/// drop(first);
/// assert_eq!(guard.finish()?, b"another\none event\n");
/// # Ok(())
/// # }
/// ```
pub struct LogEvent<'a, W: Send + 'static> {
    intake: &'a Intake<W>,
    bytes: Vec<u8>,
}

impl<W: Send + 'static> io::Write for LogEvent<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(self.intake.take(&std::mem::take(&mut self.bytes))?)
    }
}

impl<W: Send + 'static> Drop for LogEvent<'_, W> {
    fn drop(&mut self) {
        let _ = self.intake.take(&self.bytes); // it is counted
    }
}

impl<W: Send + 'static> fmt::Debug for LogEvent<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogEvent").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}
