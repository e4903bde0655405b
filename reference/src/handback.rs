//! What is handed back when a stream is over: the sink, and every byte it did not take.

use crate::error::SinkError;
use crate::inner::HandBack;
use crate::observe::quietly;
use std::error::Error;
use std::{fmt, io};

/// The bytes that were accepted and not taken, in order.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
/// writer.cork();
/// let _ = writer.write("held back")?;
/// let destroyed = writer.destroy();
/// assert_eq!(destroyed.unwritten.bytes(), b"held back");
/// assert_eq!(destroyed.unwritten.unknown(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unwritten {
    bytes: Vec<u8>,
    unknown: usize,
}

impl Unwritten {
    pub(crate) fn new(bytes: Vec<u8>, unknown: usize) -> Self {
        let unknown = unknown.min(bytes.len());
        Self { bytes, unknown }
    }

    /// The bytes, oldest first; the first [`unknown`](Self::unknown) of them may or may not have reached the sink.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes at the front have an unknown fate, because the sink panicked or claimed more than it was offered; 0 otherwise.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.unknown
    }

    /// The bytes, oldest first, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Whether the sink took everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many bytes there are, those of unknown fate included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.bytes.len(), self.unknown) {
            (0, _) => write!(f, "no byte was left unwritten"),
            (len, 0) => write!(f, "{len} bytes were not written"),
            (len, unknown) => {
                write!(f, "{len} bytes were not written, of which the first {unknown} may have been")
            }
        }
    }
}

macro_rules! debug_without_the_sink {
    ($name:ident) => {
        impl<W> fmt::Debug for $name<W> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("unwritten", &self.unwritten)
                    .field("error", &self.error)
                    .finish_non_exhaustive()
            }
        }
    };
}

/// What [`Writer::destroy`](crate::Writer::destroy) hands back.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
/// let _ = writer.write("some or all of this")?;
/// let highwater::Destroyed { sink, unwritten, error } = writer.destroy();
/// assert_eq!([&sink[..], unwritten.bytes()].concat(), b"some or all of this");
/// assert!(error.is_none());
/// # Ok(())
/// # }
/// ```
#[must_use = "this holds the sink and the bytes it did not take"]
pub struct Destroyed<W> {
    /// The sink, with no call in progress.
    pub sink: W,
    /// The bytes accepted and not taken.
    pub unwritten: Unwritten,
    /// Why the stream had failed before, or what went wrong in the sink call that was in progress.
    pub error: Option<SinkError>,
}

debug_without_the_sink!(Destroyed);

impl<W> HandBack<W> {
    pub(crate) fn into_destroyed(self) -> Destroyed<W> {
        let Self { sink, unwritten, error, observer, .. } = self;
        quietly(move || drop(observer));
        Destroyed { sink: *sink, unwritten, error }
    }

    /// What a stream comes to that was to finish; `otherwise` is the error if nothing but a destroy kept it from that.
    pub(crate) fn into_finished(self, otherwise: impl FnOnce() -> SinkError) -> Result<W, FinishError<W>> {
        let Self { sink, unwritten, error, finished, observer } = self;
        quietly(move || drop(observer));
        match error {
            None if finished => Ok(*sink),
            error => Err(FinishError { error: error.unwrap_or_else(otherwise), sink: *sink, unwritten }),
        }
    }

    pub(crate) fn into_recovered(self) -> Recovered<W> {
        let Self { sink, unwritten, error, observer, .. } = self;
        quietly(move || drop(observer));
        Recovered { sink: *sink, unwritten, error }
    }
}

/// What [`SharedWriter::recover`](crate::SharedWriter::recover) hands back.
///
/// # Examples
/// See [`SharedWriter`](crate::SharedWriter) and [`SharedWriter::destroy`](crate::SharedWriter::destroy).
#[must_use = "this holds the sink and the bytes it did not take"]
pub struct Recovered<W> {
    /// The sink, with no call in progress.
    pub sink: W,
    /// The bytes accepted and not taken; none after a finish.
    pub unwritten: Unwritten,
    /// Why the stream failed, or what went wrong in the sink call that was in progress at `destroy`; none after a finish.
    pub error: Option<SinkError>,
}

debug_without_the_sink!(Recovered);

/// The stream failed before it could finish. Holds the sink and the bytes it did not take.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(std::io::Cursor::new([0u8; 3]))?;
/// let _ = writer.write("12345")?;
/// let error = writer.finish().wait().unwrap_err();
/// assert_eq!(error.unwritten().bytes(), b"45");
/// let (error, sink, unwritten) = error.into_parts();
/// assert_eq!(error.kind(), highwater::SinkErrorKind::WriteZero);
/// assert_eq!((sink.into_inner(), unwritten.into_bytes()), (*b"123", b"45".to_vec()));
/// # Ok(())
/// # }
/// ```
pub struct FinishError<W> {
    pub(crate) error: SinkError,
    pub(crate) sink: W,
    pub(crate) unwritten: Unwritten,
}

impl<W> FinishError<W> {
    /// Why it failed, the sink, and the bytes the sink did not take: write those elsewhere.
    #[must_use]
    pub fn into_parts(self) -> (SinkError, W, Unwritten) {
        (self.error, self.sink, self.unwritten)
    }

    /// Why it failed.
    #[must_use]
    pub fn error(&self) -> &SinkError {
        &self.error
    }

    /// The bytes the sink did not take.
    #[must_use]
    pub fn unwritten(&self) -> &Unwritten {
        &self.unwritten
    }
}

debug_without_the_sink!(FinishError);

impl<W> fmt::Display for FinishError<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}; `into_parts` gives the sink and the bytes back", self.error, self.unwritten)
    }
}

impl<W> Error for FinishError<W> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

/// Keeps the [`SinkError`] and drops the sink and the unwritten bytes: take those out first with [`FinishError::into_parts`].
impl<W> From<FinishError<W>> for io::Error {
    fn from(error: FinishError<W>) -> Self {
        error.error.into()
    }
}
