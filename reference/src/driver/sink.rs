//! The traits of asynchronous sinks, and what the driver makes of either.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What [`Builder::drive`](crate::Builder::drive) drives: every `tokio::io::AsyncWrite`, with the feature `tokio`, and every `futures_io::AsyncWrite`, with the feature
/// `futures-io`. `T` says which, `Tokio` or `FuturesIo`, and need be written only for a sink that is both.
///
/// It is implemented for all of them, and cannot be otherwise.
///
/// # Examples
/// A `Vec` is both, so here it has to be said.
#[cfg_attr(feature = "futures-io", doc = "```")]
#[cfg_attr(not(feature = "futures-io"), doc = "```ignore")]
/// use highwater::{FuturesIo, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (mut writer, driver) = Writer::builder().drive::<_, FuturesIo>(Vec::new())?;
/// let _ = writer.write("a line\n")?;
/// let finish = writer.finish();
/// futures_lite::future::block_on(driver)?;
/// assert_eq!(futures_lite::future::block_on(finish)?, b"a line\n");
/// # Ok(())
/// # }
/// ```
pub trait AsyncSink<T>: Polls<T> {}

impl<S: Polls<T>, T> AsyncSink<T> for S {}

/// The calls that the traits have in common.
#[allow(unreachable_pub)] // a bound of a public trait, so that nobody else can implement that
pub trait Polls<T> {
    #[doc(hidden)]
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;
    #[doc(hidden)]
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>>;
    #[doc(hidden)]
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>>;
}

macro_rules! polls {
    ($(#[$doc:meta])* $name:ident, $feature:literal, $($path:ident)::+, $shutdown:ident) => {
        $(#[$doc])*
        #[cfg(feature = $feature)]
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        #[cfg(feature = $feature)]
        impl<S: $($path)::+> Polls<$name> for S {
            fn poll_write(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                $($path)::+::poll_write(self, context, bytes)
            }

            fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                $($path)::+::poll_flush(self, context)
            }

            fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                $($path)::+::$shutdown(self, context)
            }
        }
    };
}

polls! {
    /// Says that a sink is driven as a `tokio::io::AsyncWrite`: see [`AsyncSink`].
    Tokio, "tokio", tokio::io::AsyncWrite, poll_shutdown
}

polls! {
    /// Says that a sink is driven as a `futures_io::AsyncWrite`: see [`AsyncSink`].
    FuturesIo, "futures-io", futures_io::AsyncWrite, poll_close
}

type PollWrite<S> = fn(Pin<&mut S>, &mut Context<'_>, &[u8]) -> Poll<io::Result<usize>>;
type PollEnd<S> = fn(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<()>>;

/// The calls of one type of sink, so that from here on nobody need know of which trait they are.
#[derive(Debug)]
pub(super) struct Calls<S> {
    pub(super) write: PollWrite<S>,
    pub(super) flush: PollEnd<S>,
    pub(super) shutdown: PollEnd<S>,
}

impl<S: io::Write + Unpin> Calls<S> {
    /// The calls of a sink that blocks; nothing shuts it down.
    pub(super) fn blocking() -> Self {
        Self {
            write: |mut sink, _, bytes| Poll::Ready(sink.write(bytes)),
            flush: |mut sink, _| Poll::Ready(sink.flush()),
            shutdown: |_, _| Poll::Ready(Ok(())),
        }
    }
}

impl<S> Calls<S> {
    pub(super) fn of<T>() -> Self
    where
        S: Polls<T>,
    {
        Self { write: S::poll_write, flush: S::poll_flush, shutdown: S::poll_shutdown }
    }
}
