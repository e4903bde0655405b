//! The stream as what async code writes to: a `tokio` or `futures-io` `AsyncWrite`, and a `futures` `Sink`.
//!
//! The three traits ask for the same few polls, which are here; a file each says what the trait calls them.

#[cfg(feature = "futures-io")]
mod for_futures_io;
#[cfg(feature = "futures-sink")]
mod for_futures_sink;
#[cfg(feature = "tokio")]
mod for_tokio;

#[cfg(any(feature = "tokio", feature = "futures-io"))]
use crate::error::WriteError;
use crate::wait::{Closed, Drained, Flush};
use crate::writer::Writer;
#[cfg(feature = "futures-sink")]
pub use for_futures_sink::SendError;
use std::task::{Context, Poll, ready};
use std::{fmt, io};

/// A stream for async code: what [`into_async`](crate::Writer::into_async) returns. It needs no runtime: any executor will do, its bytes go out on the drain thread.
///
/// | feature | it is a |
/// |---|---|
/// | `tokio` | `tokio::io::AsyncWrite` |
/// | `futures-io` | `futures_io::AsyncWrite`, the one of `futures`, `async-std` and `smol` |
/// | `futures-sink` | `futures_sink::Sink<B>` of any `B: AsRef<[u8]>`, the one of `futures` |
///
/// - **A write** waits while a drain is owed, and so is polite. Then it takes the buffer whole if there is room for it, and otherwise waits for the room; of a buffer longer
///   than the [`capacity`](crate::Builder::capacity), in bytes, it takes what there is room for. An empty buffer is `Ok(0)` at once, unless the stream is over.
/// - **A flush** is over when all bytes accepted before it are taken by the sink, and the sink itself is flushed. One that is interrupted by a write begins anew.
/// - **A shutdown**, or close, ends the stream and waits until it has finished: all is taken and flushed. It can be made again, and then answers the same.
///
/// # Errors
/// They are [`io::Error`]s around a [`WriteError`](crate::WriteError) or a [`WaitError`](crate::WaitError). A sink that failed is told with the kind of its own error, each time. A write after the shutdown fails with
/// kind `BrokenPipe`; a flush after it is `Ok`.
///
/// # What a drop loses
/// Nothing. What a write has answered `Ok` for is accepted, and the drain thread writes it even where the future, the task or the whole runtime is dropped in the
/// middle; a pending write has accepted nothing. The waker of a future that was dropped stays in here until the wait is over, another poll replaces it or this is dropped:
/// the trait does not tell of such a drop. A waker that panics harms nobody; its task is not woken.
///
/// Dropping this is dropping the [`Writer`]: by default it **blocks the thread** until all is written, so `shutdown` first, or set [`OnDrop::Detach`](crate::OnDrop::Detach).
///
/// # Examples
/// The sink, and what it did not take, are got back through [`into_inner`](Self::into_inner). With the feature `tokio`:
#[cfg_attr(feature = "tokio", doc = "```")]
#[cfg_attr(not(feature = "tokio"), doc = "```ignore")]
/// use tokio::io::AsyncWriteExt;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut out = highwater::Writer::builder().high_water_mark(8).spawn(Vec::new())?.into_async();
/// tokio::io::copy(&mut &b"far more than the mark"[..], &mut out).await?;
/// out.write_all(b", and more").await?;
/// out.shutdown().await?;
/// assert_eq!(out.into_inner().finish().await?, b"far more than the mark, and more");
/// # Ok(())
/// # }
/// ```
///
/// With the feature `futures-io`:
#[cfg_attr(feature = "futures-io", doc = "```")]
#[cfg_attr(not(feature = "futures-io"), doc = "```ignore")]
/// use futures_lite::AsyncWriteExt;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # futures_lite::future::block_on(async {
/// let mut out = highwater::Writer::builder().spawn(Vec::new())?.into_async();
/// out.write_all(b"a line\n").await?;
/// out.close().await?;
/// assert_eq!(out.into_inner().finish().await?, b"a line\n");
/// # Ok(())
/// # })
/// # }
/// ```
///
/// With the feature `futures-sink`:
#[cfg_attr(feature = "futures-sink", doc = "```")]
#[cfg_attr(not(feature = "futures-sink"), doc = "```ignore")]
/// use futures_util::{StreamExt, stream};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # futures_lite::future::block_on(async {
/// let mut out = highwater::Writer::builder().spawn(Vec::new())?.into_async();
/// stream::iter(["some ", "lines"]).map(Ok).forward(&mut out).await?; // closes it, too
/// assert_eq!(out.into_inner().finish().await?, b"some lines");
/// # Ok(())
/// # })
/// # }
/// ```
pub struct Async<W> {
    // Before the writer, whose drop may block: by then they are given up.
    drained: Option<Drained>,
    flush: Option<Flush>,
    closed: Option<Closed>,
    /// Bytes were accepted after `flush` was asked for, so it does not answer for them.
    flush_is_stale: bool,
    /// `poll_ready` has answered, and no item was sent since.
    #[cfg(feature = "futures-sink")]
    is_ready: bool,
    writer: Writer<W>,
}

impl<W: Send + 'static> Writer<W> {
    /// The stream for async code: an `AsyncWrite` of `tokio` or `futures-io`, or a `Sink` of `futures`, as features say. It is owned, so that a task can have
    /// it; `&mut` of it is one too. Needs one of the features `tokio`, `futures-io` and `futures-sink`.
    ///
    /// # Examples
    /// See [`Async`].
    #[must_use = "dropping it drops the writer"]
    pub fn into_async(self) -> Async<W> {
        Async {
            drained: None,
            flush: None,
            closed: None,
            flush_is_stale: false,
            #[cfg(feature = "futures-sink")]
            is_ready: false,
            writer: self,
        }
    }
}

impl<W: Send + 'static> Async<W> {
    /// The stream, for its [`stats`](Writer::stats) and its waits.
    #[must_use]
    pub fn get_ref(&self) -> &Writer<W> {
        &self.writer
    }

    /// The writer, in the state in which the stream is: [`finish`](Writer::finish) gives the sink back, also after a shutdown and after a failure. A flush that is
    /// pending is withdrawn.
    #[must_use = "dropping it drops the writer"]
    pub fn into_inner(self) -> Writer<W> {
        self.writer
    }

    /// Waits while a drain is owed. Also on a stream that is over, which it says.
    fn poll_drained(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.drained.is_none() {
            if self.writer.handle.shell.signals.all_clear() {
                return Poll::Ready(Ok(()));
            }
            self.drained = Some(self.writer.drained());
        }
        let outcome = match &mut self.drained {
            Some(drained) => ready!(drained.0.poll(context.waker())),
            None => Ok(()),
        };
        self.drained = None;
        Poll::Ready(outcome.map_err(Into::into))
    }

    #[cfg(any(feature = "tokio", feature = "futures-io"))]
    fn poll_write_some(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            // W-07: an empty chunk has nothing to wait for, and is refused once the stream is over.
            if !bytes.is_empty() {
                ready!(self.poll_drained(context))?;
            }
            let Writer { handle, producer } = &mut self.writer;
            let written = handle.shell.write_some(producer, bytes);
            handle.shell.tell_pause();
            match written {
                Ok(len) => {
                    self.flush_is_stale |= len > 0;
                    return Poll::Ready(Ok(len));
                }
                // A drain is owed now, with room for it all (D-04). No part is `TooLarge`.
                Err(WriteError::Full { .. } | WriteError::TooLarge { .. }) => {}
                Err(over) => return Poll::Ready(Err(over.into())),
            }
        }
    }

    fn poll_flushed(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Before the first is withdrawn the second is made, so that the sink is not kept from going on with it.
        if self.flush_is_stale || self.flush.is_none() {
            self.flush = Some(self.writer.flush());
            self.flush_is_stale = false;
        }
        let outcome = match &mut self.flush {
            Some(flush) => ready!(flush.0.poll(context.waker())),
            None => Ok(()),
        };
        self.flush = None;
        Poll::Ready(outcome.map_err(Into::into))
    }

    fn poll_finished(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let writer = &mut self.writer;
        let closed = self.closed.get_or_insert_with(|| {
            writer.end();
            writer.closed()
        });
        closed.0.poll(context.waker()).map_err(Into::into) // it stays over once it is: kept for the next time
    }
}

impl<W> fmt::Debug for Async<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Async").field("writer", &self.writer).finish_non_exhaustive()
    }
}
