//! The end of a log.

use super::intake::Intake;
use crate::error::{WaitError, WriteError};
use crate::handback::{FinishError, Recovered};
use crate::sync::Arc;
use std::error::Error;
use std::fmt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long a guard that was not told otherwise waits.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Finishes a [`LogWriter`](crate::LogWriter): what [`SharedWriter::into_log`](crate::SharedWriter::into_log) returns beside it. Keep it until the end of `main`, and give it a name: `_guard`, not `_`.
///
/// Its drop writes the report that is due, ends the stream, and waits until the sink has taken and flushed all that was accepted, but **no longer than the [timeout](Self::timeout)**: by default
/// 5 seconds. Then the stream goes on to finish by itself while the process lives, and what it has not written when that exits is gone. Events that come later are counted
/// by [`LogWriter::lost`](crate::LogWriter::lost), those of threads that were waiting for room among them. A drop tells no errors: use [`finish`](Self::finish).
///
/// On the stream's own drain thread it does not wait.
///
/// # Examples
/// ```
/// use highwater::{LogError, OnFull, Writer};
/// use std::io::Write;
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (_reader, pipe) = std::io::pipe()?; // nobody reads
/// let (log, guard) = Writer::builder().spawn(pipe)?.into_shared().into_log(OnFull::Drop);
/// let guard = guard.timeout(Duration::from_millis(10));
/// log.event().write_all(&[b'.'; 200_000])?; // more than a pipe holds
/// match guard.finish() {
///     Err(LogError::TimedOut { buffered }) => assert!(buffered > 0),
///     other => panic!("nobody has read: {other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping the guard finishes the log"]
pub struct LogGuard<W: Send + 'static> {
    intake: Arc<Intake<W>>,
    timeout: Duration,
    is_over: bool,
}

impl<W: Send + 'static> LogGuard<W> {
    pub(super) fn new(intake: Arc<Intake<W>>) -> Self {
        Self { intake, timeout: TIMEOUT, is_over: false }
    }

    /// How long [`finish`](Self::finish) and a drop wait for the sink: 5 seconds by default. `Duration::MAX` waits for ever; after `Duration::ZERO` the log
    /// is ended and not waited for.
    ///
    /// # Examples
    /// See [`LogGuard`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The line with which [`OnFull::DropAndReport`](crate::OnFull::DropAndReport) says what was dropped, for a log that is not of plain text. In it `{events}` stands for how many events
    /// there were and `{bytes}` for how many bytes they had together; a newline is added.
    ///
    /// # Examples
    /// ```
    /// use highwater::{OnFull, Writer};
    /// use std::io::Write;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shared = Writer::builder().capacity(64).spawn(Vec::new())?.into_shared();
    /// let (log, guard) = shared.into_log(OnFull::DropAndReport);
    /// let guard = guard.report(r#"{"level":"WARN","dropped":{events}}"#);
    /// log.event().write_all(&[b'.'; 65])?; // more than the capacity
    /// assert_eq!(guard.finish()?, b"{\"level\":\"WARN\",\"dropped\":1}\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn report(self, line: impl Into<String>) -> Self {
        self.intake.counts.lock().report = Some(line.into());
        self
    }

    /// Ends the log, waits until all that was accepted is taken and flushed, but no longer than the [timeout](Self::timeout), and gives the sink back.
    ///
    /// `Ok` says nothing about events that were not accepted: [`LogWriter::dropped`](crate::LogWriter::dropped) and [`LogWriter::lost`](crate::LogWriter::lost) count those.
    ///
    /// # Errors
    /// When the sink failed, which gives it back with the bytes it did not take; when the time was over; when another owner of the stream has destroyed it
    /// or recovered its sink; and on the drain thread.
    ///
    /// # Examples
    /// See [`LogWriter`](crate::LogWriter) and [`LogWriter::error`](crate::LogWriter::error).
    pub fn finish(mut self) -> Result<W, LogError<W>> {
        let ended = self.end();
        let shared = self.intake.shared();
        match ended {
            Err(WaitError::TimedOut) => Err(LogError::TimedOut { buffered: shared.stats().buffered }),
            Err(error @ (WaitError::Destroyed | WaitError::WouldDeadlock)) => Err(LogError::Wait(error)),
            Ok(()) | Err(_) => match shared.recover() {
                None => Err(LogError::Recovered),
                Some(Recovered { sink, error: None, .. }) => Ok(sink),
                Some(Recovered { sink, unwritten, error: Some(error) }) => {
                    Err(LogError::Sink(FinishError { error, sink, unwritten }))
                }
            },
        }
    }

    fn end(&mut self) -> Result<(), WaitError> {
        self.is_over = true;
        let start = Instant::now();
        let rest = || self.timeout.saturating_sub(start.elapsed());
        let shared = self.intake.shared();
        // No room for the report yet: it is worth the time that is left, as the bytes before it are.
        while let Err(WriteError::Full { .. }) = self.intake.report() {
            if shared.drained().wait_timeout(rest()).is_err() {
                break;
            }
        }
        let ended = shared.finish().wait_timeout(rest());
        if let Err(WaitError::TimedOut | WaitError::WouldDeadlock) = ended {
            self.intake.gave_up.store(true, Ordering::Release);
        }
        ended
    }
}

impl<W: Send + 'static> Drop for LogGuard<W> {
    fn drop(&mut self) {
        if !self.is_over {
            let _ = self.end(); // the error can be asked for: `Log::error`
        }
    }
}

impl<W: Send + 'static> fmt::Debug for LogGuard<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogGuard").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// Why [`LogGuard::finish`] could not give back the sink of a log that is complete.
///
/// # Examples
/// See [`LogGuard`] and [`LogWriter::error`](crate::LogWriter::error).
#[non_exhaustive]
pub enum LogError<W> {
    /// The sink failed. Holds it, and the bytes it did not take: write those elsewhere, as to the standard error output.
    Sink(FinishError<W>),
    /// The time was over. The stream goes on to finish by itself while the process lives: wait for it with [`closed`](crate::SharedWriter::closed) of
    /// [`LogWriter::stream`](crate::LogWriter::stream), give the guard a longer [`timeout`](LogGuard::timeout), or accept the loss.
    TimedOut {
        /// How many bytes the sink had not taken.
        buffered: usize,
    },
    /// Another owner of the stream has destroyed it, and can [`recover`](crate::SharedWriter::recover) the sink; or this is its drain thread: finish on another.
    Wait(WaitError),
    /// The stream is over, and another owner has recovered the sink, with the error if there was one: that owner has the bytes, too.
    Recovered,
}

impl<W> fmt::Debug for LogError<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sink(failed) => f.debug_tuple("Sink").field(failed).finish(),
            Self::TimedOut { buffered } => f.debug_struct("TimedOut").field("buffered", buffered).finish(),
            Self::Wait(error) => f.debug_tuple("Wait").field(error).finish(),
            Self::Recovered => f.write_str("Recovered"),
        }
    }
}

impl<W> fmt::Display for LogError<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sink(failed) => write!(f, "{failed}"),
            Self::TimedOut { buffered } => {
                write!(
                    f,
                    "the log was not written in time: {buffered} bytes are left; give the guard a longer `timeout`"
                )
            }
            Self::Wait(error) => write!(f, "{error}"),
            Self::Recovered => write!(f, "another owner of the log's stream has recovered the sink"),
        }
    }
}

impl<W> Error for LogError<W> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Sink(failed) => Some(failed.error()),
            Self::Wait(error) => Some(error),
            Self::TimedOut { .. } | Self::Recovered => None,
        }
    }
}
