//! How a stream is set up.

use crate::drain;
use crate::handle::Handle;
use crate::observe::{Observer, SharedObserver};
use crate::shell::Shell;
use crate::state::Params;
use crate::sync::{self, Arc};
use crate::writer::Writer;
use std::error::Error;
use std::io::Write;
use std::time::Duration;
use std::{fmt, io};

/// The high-water mark of a builder that was not told another, in bytes.
const HIGH_WATER_MARK: usize = 256 * 1024;

/// What becomes of the stream when its last owner is dropped without `finish` or `destroy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnDrop {
    /// End the stream and block until it is closed and its thread has ended: nothing is lost unless the sink fails. The default.
    /// On the drain thread itself, as `Detach`.
    #[default]
    Finish,
    /// End the stream and do not wait: the drain thread goes on by itself. What the sink has not taken when the process exits is lost.
    Detach,
    /// Destroy the stream and do not wait: what the sink has not taken is lost.
    Discard,
}

/// Sets up a stream. Every method has a default; [`spawn`](Self::spawn) starts it.
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
    high: Option<usize>,
    low: Option<usize>,
    capacity: Option<usize>,
    would_block_pause: Option<Duration>,
    on_drop: OnDrop,
    observer: Option<SharedObserver>,
    thread_name: Option<String>,
}

impl Builder {
    /// A write that leaves at least `bytes` buffered answers [`Flow::Pause`](crate::Flow::Pause). At least 1; 262,144 (256 KiB) by default.
    pub fn high_water_mark(mut self, bytes: usize) -> Self {
        self.high = Some(bytes);
        self
    }

    /// A drain comes when at most `bytes` are buffered. Below the high-water mark; by default 1 below it. 0 is Node's rule.
    pub fn low_water_mark(mut self, bytes: usize) -> Self {
        self.low = Some(bytes);
        self
    }

    /// A write that would leave more than `bytes` buffered is refused. At least the high-water mark; by default twice that.
    /// `usize::MAX` is no limit, Node's rule. At most about twice as many bytes of memory are allocated.
    pub fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = Some(bytes);
        self
    }

    /// A sink that answers `WouldBlock` is called again after `pause`, rather than failing the stream. A destroy cuts the pause short.
    pub fn retry_would_block(mut self, pause: Duration) -> Self {
        self.would_block_pause = Some(pause);
        self
    }

    /// What becomes of the stream when its last owner is dropped; [`OnDrop::Finish`] by default.
    pub fn on_drop(mut self, policy: OnDrop) -> Self {
        self.on_drop = policy;
        self
    }

    /// Who is told of events.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// The name of the drain thread; `highwater` by default. The system may show no more than its first 15 bytes.
    pub fn thread_name(mut self, name: impl Into<String>) -> Self {
        self.thread_name = Some(name.into());
        self
    }

    /// Starts the stream: a thread that hands what is written to `sink`.
    ///
    /// # Errors
    /// When the marks contradict each other, or no thread can be started. The sink is in the error.
    ///
    /// # Examples
    /// ```
    /// use highwater::{SpawnErrorReason, Writer};
    /// let error = Writer::builder().high_water_mark(0).spawn(b"kept".to_vec()).unwrap_err();
    /// let (reason, sink) = error.into_parts();
    /// assert!(matches!(reason, SpawnErrorReason::ZeroMark));
    /// assert_eq!(sink, b"kept");
    /// ```
    #[allow(clippy::missing_panics_doc)] // the one `expect` cannot fail
    pub fn spawn<W: Write + Send + 'static>(self, sink: W) -> Result<Writer<W>, SpawnError<W>> {
        let params = match self.params() {
            Ok(params) => params,
            Err(reason) => return Err(SpawnError { reason, sink }),
        };
        let name = self.thread_name.unwrap_or_else(|| "highwater".to_owned());
        if name.contains('\0') {
            return Err(SpawnError { reason: SpawnErrorReason::ThreadName, sink });
        }
        let shell = Arc::new(Shell::new(params, self.would_block_pause, self.observer, sink));
        let drained = Arc::clone(&shell);
        match sync::spawn(Some(name), move || drain::run(&drained)) {
            Ok(thread) => {
                shell.lock().thread = Some(thread);
                Ok(Writer { handle: Handle { shell, on_drop: self.on_drop } })
            }
            Err(error) => {
                let sink =
                    shell.lock().slot.take().expect("a thread that was not started has not touched the sink");
                Err(SpawnError { reason: SpawnErrorReason::Thread(error), sink: *sink })
            }
        }
    }

    fn params(&self) -> Result<Params, SpawnErrorReason> {
        let high = self.high.unwrap_or(HIGH_WATER_MARK);
        let Some(below_high) = high.checked_sub(1) else { return Err(SpawnErrorReason::ZeroMark) };
        let low = self.low.unwrap_or(below_high);
        let capacity = self.capacity.unwrap_or(high.saturating_mul(2));
        if low >= high {
            Err(SpawnErrorReason::LowNotBelowHigh { low, high })
        } else if capacity < high {
            Err(SpawnErrorReason::CapacityBelowMark { capacity, high })
        } else {
            Ok(Params { high, low, capacity, retry_would_block: self.would_block_pause.is_some() })
        }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("high_water_mark", &self.high)
            .field("low_water_mark", &self.low)
            .field("capacity", &self.capacity)
            .field("retry_would_block", &self.would_block_pause)
            .field("on_drop", &self.on_drop)
            .field("observer", &self.observer.is_some())
            .field("thread_name", &self.thread_name)
            .finish()
    }
}

/// Why a stream could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum SpawnErrorReason {
    /// The high-water mark is 0, so that no write could ever answer `Continue`. Set at least 1.
    ZeroMark,
    /// The low-water mark is not below the high-water mark. Lower the one or raise the other.
    LowNotBelowHigh {
        /// The low-water mark asked for, in bytes.
        low: usize,
        /// The high-water mark, in bytes.
        high: usize,
    },
    /// The capacity is below the high-water mark. Raise the one or lower the other.
    CapacityBelowMark {
        /// The capacity asked for, in bytes.
        capacity: usize,
        /// The high-water mark, in bytes.
        high: usize,
    },
    /// The thread's name contains a NUL byte. Choose another.
    ThreadName,
    /// The system started no thread. Try again later, or with fewer threads.
    Thread(io::Error),
}

impl fmt::Display for SpawnErrorReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroMark => write!(f, "the high-water mark is 0; it must be at least 1 byte"),
            Self::LowNotBelowHigh { low, high } => {
                write!(f, "the low-water mark ({low}) must be below the high-water mark ({high})")
            }
            Self::CapacityBelowMark { capacity, high } => {
                write!(f, "the capacity ({capacity}) must be at least the high-water mark ({high})")
            }
            Self::ThreadName => write!(f, "the thread name contains a NUL byte; choose another"),
            Self::Thread(error) => write!(f, "the drain thread could not be started: {error}"),
        }
    }
}

/// A stream could not be started. Holds the sink.
///
/// # Examples
/// See [`Builder::spawn`].
pub struct SpawnError<W> {
    reason: SpawnErrorReason,
    sink: W,
}

impl<W> SpawnError<W> {
    /// Why, and the sink.
    #[must_use]
    pub fn into_parts(self) -> (SpawnErrorReason, W) {
        (self.reason, self.sink)
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &SpawnErrorReason {
        &self.reason
    }
}

impl<W> fmt::Debug for SpawnError<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnError").field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl<W> fmt::Display for SpawnError<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<W> Error for SpawnError<W> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.reason {
            SpawnErrorReason::Thread(error) => Some(error),
            _ => None,
        }
    }
}

/// Drops the sink: take it out first with [`SpawnError::into_parts`] if it is needed.
impl<W> From<SpawnError<W>> for io::Error {
    fn from(error: SpawnError<W>) -> Self {
        match error.reason {
            SpawnErrorReason::Thread(error) => error,
            reason => io::Error::new(io::ErrorKind::InvalidInput, reason.to_string()),
        }
    }
}
