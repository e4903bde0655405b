//! Moving a reader through a stream.

use crate::blocking::Writing;
use crate::error::WaitError;
use crate::handle::Handle;
use crate::observe::{Observer, SharedObserver, quietly};
use std::error::Error;
use std::io::{ErrorKind, Read};
use std::{fmt, io};

/// The most bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Why a [`pipe_from`](crate::Writer::pipe_from) stopped before the reader's end.
///
/// # Examples
/// ```
/// use highwater::{PipeErrorCause, WaitError, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = Writer::builder().spawn(Vec::new())?;
/// writer.end();
/// let (cause, bytes) = writer.pipe_from(&mut &b"too late"[..]).unwrap_err().into_parts();
/// assert!(matches!(cause, PipeErrorCause::Stream(WaitError::AfterEnd)));
/// assert_eq!(bytes, b"too late");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum PipeErrorCause {
    /// The reader failed. Everything it gave before was accepted; the stream is as good as before: call it again
    /// with a reader that goes on from there, or end the stream.
    Read(io::Error),
    /// The stream accepts no more: it was ended or destroyed, or its sink failed. The [`WaitError`] says which and what to do; the bytes that were read since are in the [`PipeError`], for
    /// another stream.
    Stream(WaitError),
}

/// A [`pipe_from`](crate::Writer::pipe_from) that stopped before the reader's end. Holds what was read and not accepted.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
/// writer.end();
/// let error = writer.pipe_from(&mut &b"too late"[..]).unwrap_err();
/// assert_eq!((error.accepted(), error.unaccepted()), (0, &b"too late"[..]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PipeError {
    cause: PipeErrorCause,
    accepted: u64,
    unaccepted: Vec<u8>,
}

impl PipeError {
    /// Why it stopped.
    #[must_use]
    pub fn cause(&self) -> &PipeErrorCause {
        &self.cause
    }

    /// How many bytes were read and accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// The bytes that were read and not accepted.
    #[must_use]
    pub fn unaccepted(&self) -> &[u8] {
        &self.unaccepted
    }

    /// Why it stopped, and the bytes that were read and not accepted.
    #[must_use]
    pub fn into_parts(self) -> (PipeErrorCause, Vec<u8>) {
        (self.cause, self.unaccepted)
    }
}

impl fmt::Display for PipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accepted = self.accepted;
        match &self.cause {
            PipeErrorCause::Read(error) => write!(f, "the reader failed after {accepted} bytes: {error}"),
            PipeErrorCause::Stream(error) => write!(
                f,
                "the stream stopped after {accepted} bytes: {error}; \
                 `into_parts` gives back the {} bytes read since",
                self.unaccepted.len()
            ),
        }
    }
}

impl Error for PipeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            PipeErrorCause::Read(error) => Some(error),
            PipeErrorCause::Stream(error) => Some(error),
        }
    }
}

/// Drops the bytes that were read and not accepted: take them out first with [`PipeError::into_parts`].
impl From<PipeError> for io::Error {
    fn from(error: PipeError) -> Self {
        match error.cause {
            PipeErrorCause::Read(error) => error,
            PipeErrorCause::Stream(error) => error.into(),
        }
    }
}

/// Tells the observer that a pipe begins, and when it is over, even if the reader panics.
struct Told(Option<SharedObserver>);

impl Told {
    fn new(observer: Option<SharedObserver>) -> Self {
        if let Some(observer) = &observer {
            quietly(|| observer.pipe());
        }
        Self(observer)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if let Some(observer) = self.0.take() {
            quietly(move || observer.unpipe());
        }
    }
}

impl<W: Send + 'static> Handle<W> {
    pub(crate) fn pipe_from(
        &self,
        writing: &mut Writing<'_>,
        reader: &mut impl Read,
    ) -> Result<u64, PipeError> {
        let _told = Told::new(self.shell.observer());
        let mut buffer = vec![0; CHUNK.min(self.shell.params.capacity)];
        let mut accepted = 0;
        loop {
            let stopped = |cause, unaccepted: &[u8]| {
                Err(PipeError { cause, accepted, unaccepted: unaccepted.to_vec() })
            };
            let len = match reader.read(&mut buffer) {
                Ok(0) => return Ok(accepted),
                Ok(len) => len,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return stopped(PipeErrorCause::Read(error), &[]),
            };
            let Some(chunk) = buffer.get(..len) else {
                let text = format!("it claims to have read {len} bytes into a buffer of {}", buffer.len());
                return stopped(PipeErrorCause::Read(io::Error::new(ErrorKind::InvalidData, text)), &[]);
            };
            match self.write_waiting(writing, chunk) {
                Ok(len) => accepted += len as u64, // the whole chunk: it is no longer than the capacity
                Err(error) => return stopped(PipeErrorCause::Stream(error), chunk),
            }
        }
    }
}
