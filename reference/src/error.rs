//! Why the sink failed, why a write was refused, why a wait ended.

use std::error::Error;
use std::sync::Arc;
use std::{fmt, io};

/// What kind of failure a [`SinkError`] is.
///
/// # Examples
/// ```
/// use highwater::{SinkErrorKind, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = Writer::builder().spawn(std::io::Cursor::new([0u8; 3]))?; // takes 3 bytes, then none
/// let _ = writer.write("12345")?;
/// let failed = writer.finish().wait().unwrap_err();
/// match failed.error().kind() {
///     SinkErrorKind::Panicked | SinkErrorKind::InvalidData => println!("some bytes have an unknown fate"),
///     kind => assert_eq!(kind, SinkErrorKind::WriteZero),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SinkErrorKind {
    /// The sink answered with an error of its own; none of that call's bytes were taken. [`io_error`](SinkError::io_error) is the cause. Mend it and start another stream over the sink
    /// that is handed back, or over another; its first chunk is what is [`Unwritten`](crate::Unwritten).
    Failed,
    /// The sink took nothing of a write that offered some bytes: it is full. Write what is unwritten elsewhere, or make room and start another stream over it.
    WriteZero,
    /// The sink would block, and [`Builder::retry_would_block`](crate::Builder::retry_would_block) was not asked for. Ask for it, or on
    /// Unix let `sinks::Ready` wait for the descriptor; no byte is lost, so what is unwritten is the first chunk of the next stream.
    WouldBlock,
    /// The sink panicked; whether it took that call's bytes is unknown. [`Unwritten::unknown`](crate::Unwritten::unknown) says how many those are: look at what it holds before they are written
    /// again. The sink may be broken; a bug is likely.
    Panicked,
    /// The sink claimed more bytes than it was offered, which is a bug of its `write`; whether it took that call's bytes is unknown. To be treated as after a panic.
    InvalidData,
    /// Not the sink's doing: [`Finish::wait`](crate::Finish::wait) was called on the drain thread, which would have waited
    /// for itself. The stream was destroyed instead, so that everything could be given back.
    /// Wait on another thread; what is unwritten is yours to write.
    WouldDeadlock,
    /// Not the sink's doing: the driver of a stream that a task drives (`Builder::drive`, with the feature `tokio` or `futures-io`) was dropped before the stream was over, by its task or with
    /// the runtime. None of what is handed back was taken. Keep the driver until [`finish`](crate::Writer::finish) is over; the sink that is handed back can be driven again, unless it belongs to a runtime that is gone.
    DriverDropped,
}

/// Which of the sink's calls failed.
///
/// # Examples
/// See [`SinkError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SinkCall {
    /// The sink's `write`. What it did not take is [`Unwritten`](crate::Unwritten).
    Write,
    /// The sink's `flush`. Bytes that it took, and that are not among the unwritten ones, may not have gone further than its own buffer: flush it again.
    Flush,
    /// The final step: that of [`Builder::spawn_with_final`](crate::Builder::spawn_with_final), or, of a sink that a task drives, its `poll_shutdown` or `poll_close`.
    /// Every byte was taken: look whether the sink is whole, and if it can be done again, do the step to the sink that is handed back.
    Final,
}

/// Why a stream failed. Cheap to clone; everyone who asks gets the same one.
///
/// Two of them are equal when they are the same failure of the same stream.
///
/// # Examples
/// ```
/// use highwater::{SinkCall, SinkErrorKind, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let small = std::io::Cursor::new([0u8; 3]); // takes no more than its length
/// let mut writer = Writer::builder().spawn(small)?;
/// let _ = writer.write("12345")?;
/// let (error, _small, unwritten) = writer.finish().wait().unwrap_err().into_parts();
/// assert_eq!((error.kind(), error.call()), (SinkErrorKind::WriteZero, SinkCall::Write));
/// assert_eq!(error.io_error().kind(), std::io::ErrorKind::WriteZero);
/// assert_eq!(unwritten.bytes(), b"45");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SinkError(Arc<Failure>);

struct Failure {
    kind: SinkErrorKind,
    call: SinkCall,
    error: io::Error,
}

impl SinkError {
    pub(crate) fn new(kind: SinkErrorKind, call: SinkCall, error: io::Error) -> Self {
        Self(Arc::new(Failure { kind, call, error }))
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> SinkErrorKind {
        self.0.kind
    }

    /// Which of the sink's calls failed.
    #[must_use]
    pub fn call(&self) -> SinkCall {
        self.0.call
    }

    /// The sink's own error; for a panic, an error whose text is the panic's message.
    #[must_use]
    pub fn io_error(&self) -> &io::Error {
        &self.0.error
    }
}

impl PartialEq for SinkError {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SinkError {}

impl fmt::Debug for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkError")
            .field("kind", &self.0.kind)
            .field("call", &self.0.call)
            .field("io_error", &self.0.error)
            .finish()
    }
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = match self.0.call {
            SinkCall::Write => "write",
            SinkCall::Flush => "flush",
            SinkCall::Final => "final step",
        };
        let error = &self.0.error;
        match self.0.kind {
            SinkErrorKind::Failed | SinkErrorKind::WriteZero | SinkErrorKind::InvalidData => {
                write!(f, "the sink's {call} failed: {error}")
            }
            SinkErrorKind::WouldBlock => {
                write!(f, "the sink's {call} would block: {error}; allow retries with `retry_would_block`")
            }
            SinkErrorKind::Panicked => write!(f, "the sink's {call} panicked: {error}"),
            SinkErrorKind::WouldDeadlock | SinkErrorKind::DriverDropped => write!(f, "{error}"),
        }
    }
}

impl Error for SinkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0.error)
    }
}

/// Keeps the kind of [`SinkError::io_error`]; the `SinkError` is inside.
impl From<SinkError> for io::Error {
    fn from(error: SinkError) -> Self {
        io::Error::new(error.0.error.kind(), error)
    }
}

/// Why a chunk was refused. None of its bytes were accepted; the caller still has them.
///
/// # Examples
/// ```
/// use highwater::{WriteError, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = Writer::builder().high_water_mark(4).capacity(8).spawn(Vec::new())?;
/// assert_eq!(writer.write("123456789"), Err(WriteError::TooLarge { len: 9, capacity: 8 }));
/// writer.end();
/// assert_eq!(writer.write("1"), Err(WriteError::AfterEnd));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// There is no room now. Wait for `drained()`, then write the same chunk again: it fits then, unless another producer was faster.
    Full {
        /// The chunk's length, in bytes.
        len: usize,
        /// How many bytes were buffered.
        buffered: usize,
        /// The capacity, in bytes.
        capacity: usize,
    },
    /// The chunk will never fit. Split it, use `blocking()`, which does, or build the writer with a larger capacity.
    TooLarge {
        /// The chunk's length, in bytes.
        len: usize,
        /// The capacity, in bytes.
        capacity: usize,
    },
    /// `end` was called before. The stream goes on to finish with what it has; start another one for this chunk.
    AfterEnd,
    /// `destroy` was called before. Start another stream for this chunk.
    Destroyed,
    /// The sink failed before. Get the sink and the untaken bytes back with `finish` or `recover`.
    Errored(SinkError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { len, buffered, capacity } => write!(
                f,
                "no room for a chunk of {len} bytes: {buffered} of {capacity} bytes are buffered; \
                 wait for `drained()` and write it again"
            ),
            Self::TooLarge { len, capacity } => write!(
                f,
                "a chunk of {len} bytes never fits a capacity of {capacity} bytes; \
                 split it, write it through `blocking()`, or raise the capacity"
            ),
            Self::AfterEnd => write!(f, "write after `end`; the chunk needs another stream"),
            Self::Destroyed => write!(f, "write after `destroy`; the chunk needs another stream"),
            Self::Errored(error) => {
                write!(f, "{error}; get the sink and the untaken bytes back with `finish` or `recover`")
            }
        }
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Errored(error) => Some(error),
            _ => None,
        }
    }
}

/// `Full` becomes `WouldBlock`, `TooLarge` `InvalidInput`, `AfterEnd` and `Destroyed` `BrokenPipe`, `Errored` the kind of the sink's error.
impl From<WriteError> for io::Error {
    fn from(error: WriteError) -> Self {
        let kind = match &error {
            WriteError::Full { .. } => io::ErrorKind::WouldBlock,
            WriteError::TooLarge { .. } => io::ErrorKind::InvalidInput,
            WriteError::AfterEnd | WriteError::Destroyed => io::ErrorKind::BrokenPipe,
            WriteError::Errored(sink) => sink.io_error().kind(),
        };
        io::Error::new(kind, error)
    }
}

/// Why a wait ended without what it waited for.
///
/// # Examples
/// ```
/// use highwater::{WaitError, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = Writer::builder().spawn(Vec::new())?;
/// writer.end();
/// assert_eq!(writer.drained().wait(), Err(WaitError::AfterEnd));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitError {
    /// `end` was called: no drain will come, and no write would be accepted. Wait for `closed()` or `finish()` instead.
    AfterEnd,
    /// `destroy` was called. Whoever did has what was not taken, in `Destroyed`; of a [`SharedWriter`](crate::SharedWriter), call `recover`. Start another stream to go on.
    Destroyed,
    /// The sink failed. Get the sink and the untaken bytes back with `finish` or `recover`.
    Errored(SinkError),
    /// The time is over. The wait is still registered: wait again, or drop it.
    TimedOut,
    /// This is the drain thread, for instance in an observer: it would wait for itself. Wait on another thread.
    WouldDeadlock,
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AfterEnd => {
                write!(f, "`end` was called, so no drain will come; wait for `closed()` instead")
            }
            Self::Destroyed => {
                write!(f, "the stream was destroyed; what was not taken is handed back to its owner")
            }
            Self::Errored(error) => {
                write!(f, "{error}; get the sink and the untaken bytes back with `finish` or `recover`")
            }
            Self::TimedOut => write!(f, "the time given to this wait is over; wait again or drop it"),
            Self::WouldDeadlock => {
                write!(f, "a blocking wait on the drain thread would wait for itself; wait on another thread")
            }
        }
    }
}

impl Error for WaitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Errored(error) => Some(error),
            _ => None,
        }
    }
}

/// `TimedOut` and `WouldDeadlock` keep their names (`Deadlock`), `AfterEnd` and `Destroyed` become `BrokenPipe`, `Errored` the kind of
/// the sink's error.
impl From<WaitError> for io::Error {
    fn from(error: WaitError) -> Self {
        let kind = match &error {
            WaitError::AfterEnd | WaitError::Destroyed => io::ErrorKind::BrokenPipe,
            WaitError::Errored(sink) => sink.io_error().kind(),
            WaitError::TimedOut => io::ErrorKind::TimedOut,
            WaitError::WouldDeadlock => io::ErrorKind::Deadlock,
        };
        io::Error::new(kind, error)
    }
}
