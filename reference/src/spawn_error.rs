//! Why a stream could not be started.

use std::error::Error;
use std::{fmt, io};

/// Why a stream could not be started.
///
/// # Examples
/// ```
/// let error = highwater::Writer::builder().high_water_mark(8).capacity(4).spawn(Vec::new()).unwrap_err();
/// assert_eq!(error.reason().to_string(), "the capacity (4) must be at least the high-water mark (8)");
/// ```
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
    /// The capacity is 0, and no high-water mark was set. Set at least 1.
    ZeroCapacity,
    /// The low-water mark is not below the capacity, so that no high-water mark fits between them. Lower the one or raise the other.
    LowNotBelowCapacity {
        /// The low-water mark asked for, in bytes.
        low: usize,
        /// The capacity, in bytes.
        capacity: usize,
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
            Self::ZeroCapacity => write!(f, "the capacity is 0; it must be at least 1 byte"),
            Self::LowNotBelowCapacity { low, capacity } => {
                write!(f, "the low-water mark ({low}) must be below the capacity ({capacity})")
            }
            Self::ThreadName => write!(f, "the thread name contains a NUL byte; choose another"),
            Self::Thread(error) => write!(f, "the drain thread could not be started: {error}"),
        }
    }
}

/// A stream could not be started. Holds the sink.
///
/// # Examples
/// See [`Builder::spawn`](crate::Builder::spawn).
pub struct SpawnError<W> {
    pub(crate) reason: SpawnErrorReason,
    pub(crate) sink: W,
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
