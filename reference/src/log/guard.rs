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
const LIMIT: Duration = Duration::from_secs(5);

/// Finishes a [`Log`](crate::Log): what [`SharedWriter::into_log`](crate::SharedWriter::into_log) returns beside it. Keep it until the end of `main`, and give it a name: `_guard`, not `_`.
///
/// Its drop writes the report that is due, ends the stream, and waits until the sink has taken and flushed all that was accepted, but **no longer than the [limit](Self::limit)**: by default
/// 5 seconds. Then the stream goes on to finish by itself while the process lives, and what it has not written when that exits is gone. Events that come later are counted
/// by [`Log::lost`](crate::Log::lost), those of threads that were waiting for room among them. A drop tells no errors: use [`finish`](Self::finish).
///
/// On the stream's own drain thread it does not wait.
///
/// # Examples
/// ```
/// use highwater::{LogError, OnFull, Writer};
/// use std::io::Write;
/// use std::time::Duration;
/// use tracing_subscriber::fmt::MakeWriter;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (_reader, pipe) = std::io::pipe()?; // nobody reads
/// let (log, guard) = Writer::builder().spawn(pipe)?.into_shared().into_log(OnFull::Drop);
/// let guard = guard.limit(Duration::from_millis(10));
/// log.make_writer().write_all(&[b'.'; 200_000])?; // more than a pipe holds
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
    limit: Duration,
    is_over: bool,
}

impl<W: Send + 'static> LogGuard<W> {
    pub(super) fn new(intake: Arc<Intake<W>>) -> Self {
        Self { intake, limit: LIMIT, is_over: false }
    }

    /// How long [`finish`](Self::finish) and a drop wait for the sink: 5 seconds by default. `Duration::MAX` is no limit; after `Duration::ZERO` the log
    /// is ended and not waited for.
    ///
    /// # Examples
    /// See [`LogGuard`].
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Ends the log, waits until all that was accepted is taken and flushed, but no longer than the [limit](Self::limit), and gives the sink back.
    ///
    /// `Ok` says nothing about events that were not accepted: [`Log::dropped`](crate::Log::dropped) and [`Log::lost`](crate::Log::lost) count those.
    ///
    /// # Errors
    /// When the sink failed, which gives it back with the bytes it did not take; when the time was over; when another owner of the stream has destroyed it
    /// or recovered its sink; and on the drain thread.
    ///
    /// # Examples
    /// See [`Log`](crate::Log) and [`Log::error`](crate::Log::error).
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
        let rest = || self.limit.saturating_sub(start.elapsed());
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
        f.debug_struct("LogGuard").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// Why [`LogGuard::finish`] could not give back the sink of a log that is complete.
///
/// # Examples
/// See [`LogGuard`] and [`Log::error`](crate::Log::error).
#[non_exhaustive]
pub enum LogError<W> {
    /// The sink failed. Holds it, and the bytes it did not take.
    Sink(FinishError<W>),
    /// The time was over. The stream goes on to finish by itself while the process lives.
    TimedOut {
        /// How many bytes the sink had not taken.
        buffered: usize,
    },
    /// Another owner of the stream has destroyed it, or this is its drain thread.
    Wait(WaitError),
    /// The stream is over, and another owner has recovered the sink, with the error if there was one.
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
                    "the log was not written in time: {buffered} bytes are left; give the guard a longer `limit`"
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
