//! The feature `futures-sink`.

use super::Async;
use futures_sink::Sink;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{fmt, io, mem};

/// Each item is a chunk: it goes out whole or is refused, and then is in the [`SendError`].
///
/// - `poll_ready` waits while a drain is owed. An item of up to [`capacity`](crate::Builder::capacity) − [`high_water_mark`](crate::Builder::high_water_mark) + 1 bytes, 256 KiB by default,
///   is accepted after it in any case, a longer one if there is room.
/// - `start_send` without a `poll_ready` that answered `Ok` since the last is an error of kind `WouldBlock`, and so is one without room: after another `poll_ready` there
///   is room for that item. One longer than the capacity is an error of kind `InvalidInput`. In all three cases the stream goes on.
/// - `poll_flush` and `poll_close` are as the flush and the shutdown of [`Async`].
impl<W: Send + 'static, B: AsRef<[u8]>> Sink<B> for Async<W> {
    type Error = SendError<B>;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<B>>> {
        let drained = self.poll_drained(context);
        self.is_ready = matches!(drained, Poll::Ready(Ok(())));
        drained.map_err(Into::into)
    }

    fn start_send(mut self: Pin<&mut Self>, item: B) -> Result<(), SendError<B>> {
        // An `AsyncWrite` in between may have made a drain owed again.
        if !mem::take(&mut self.is_ready) || self.writer.handle.shell.signals.owes_drain() {
            let text =
                "`start_send` without `poll_ready`; the item is in the error: poll, then send it again";
            return Err(SendError {
                error: io::Error::new(io::ErrorKind::WouldBlock, text),
                item: Some(item),
            });
        }
        match self.writer.write(&item) {
            Ok(_flow) => self.flush_is_stale = true, // and the next `poll_ready` waits, whatever the answer
            Err(refused) => return Err(SendError { error: refused.into(), item: Some(item) }),
        }
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<B>>> {
        self.poll_flushed(context).map_err(Into::into)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError<B>>> {
        self.poll_finished(context).map_err(Into::into)
    }
}

/// What went wrong with an [`Async`] used as a `Sink`, and the item if it was refused. It becomes an [`io::Error`] with `?`.
///
/// # Examples
/// ```
/// use futures_util::SinkExt;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # futures_lite::future::block_on(async {
/// let mut out = highwater::Writer::builder().high_water_mark(2).capacity(4).spawn(Vec::new())?.into_async();
/// let (error, item) = out.send("12345").await.unwrap_err().into_parts();
/// assert_eq!((error.kind(), item), (std::io::ErrorKind::InvalidInput, Some("12345")));
/// out.send("1234").await?;
/// assert_eq!(out.into_inner().finish().await?, b"1234");
/// # Ok(())
/// # })
/// # }
/// ```
pub struct SendError<B> {
    error: io::Error,
    item: Option<B>,
}

impl<B> SendError<B> {
    /// Why.
    #[must_use]
    pub fn error(&self) -> &io::Error {
        &self.error
    }

    /// Why, and the item that was refused; `None` where there was none, as in a flush.
    #[must_use]
    pub fn into_parts(self) -> (io::Error, Option<B>) {
        (self.error, self.item)
    }
}

impl<B> From<io::Error> for SendError<B> {
    fn from(error: io::Error) -> Self {
        Self { error, item: None }
    }
}

/// Drops the item: take it out first with [`SendError::into_parts`].
impl<B> From<SendError<B>> for io::Error {
    fn from(error: SendError<B>) -> Self {
        error.error
    }
}

impl<B> fmt::Debug for SendError<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<B> fmt::Display for SendError<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<B> Error for SendError<B> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
