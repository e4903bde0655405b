//! The end of a stream with one owner, and getting its sink back.

use crate::error::{SinkCall, SinkError, SinkErrorKind, WaitError};
use crate::handback::{Destroyed, FinishError};
use crate::handle::Handle;
use crate::on_drop::OnDrop;
use crate::sync::Deadline;
use crate::wait::Closed;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A stream that was ended: what [`Writer::finish`](crate::Writer::finish) returns. A `Future`, and a blocking wait.
///
/// It gives the sink back once every byte was taken and flushed, or says why that failed and gives the untaken bytes back with the sink.
/// **Dropping it detaches**, whatever [`OnDrop`](crate::OnDrop) says: the drop returns at once, the drain thread goes on to finish by itself, and a failure is told to
/// the observer, whose [`lost`](crate::Observer::lost) is given the bytes, or without one to nobody. Where a future is dropped when its time is over, as by `select!` or a timeout, give it
/// `&mut finish` and keep the `Finish`.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
/// let _ = writer.write("a line\n")?;
/// match writer.finish().wait() {
///     Ok(sink) => assert_eq!(sink, b"a line\n"),
///     Err(failed) => {
///         let (error, _sink, unwritten) = failed.into_parts();
///         eprintln!("{error}; {unwritten}");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "the stream may still fail: await it or call `wait` to learn whether it did"]
pub struct Finish<W> {
    handle: Handle<W>,
    closed: Closed,
}

impl<W: Send + 'static> Finish<W> {
    pub(crate) fn new(mut handle: Handle<W>) -> Self {
        handle.end().wake();
        handle.on_drop = OnDrop::Detach;
        let closed = handle.closed();
        Self { handle, closed }
    }

    /// Blocks this thread until the stream is closed and the drain thread has ended.
    ///
    /// # Errors
    /// When the stream failed. On the drain thread, where it would wait for itself, the stream is destroyed instead and the error
    /// is [`SinkErrorKind::WouldDeadlock`].
    ///
    /// # Panics
    /// When it has given its result before, as a future or by [`wait_timeout`](Self::wait_timeout): it has handed out the sink already.
    /// On the drain thread inside the sink's own call, while the stream is not closed.
    ///
    /// # Examples
    /// See [`Finish`].
    pub fn wait(mut self) -> Result<W, FinishError<W>> {
        match self.block(None) {
            Some(result) => result,
            None => unreachable!("a wait without a deadline ends with an outcome"),
        }
    }

    /// Blocks this thread until the stream is closed and the drain thread has ended, but not much longer than `limit` (an observer's
    /// last call is waited for). `None` when the time is over: wait again, drop this to detach, or [`destroy`](Self::destroy) the stream.
    ///
    /// # Panics
    /// As [`wait`](Self::wait): once it gave `Some` there is nothing more to ask for.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (_reader, pipe) = std::io::pipe()?;
    /// let mut writer = highwater::Writer::builder().spawn(pipe)?;
    /// let _ = writer.write(vec![b'.'; 200_000])?; // more than a pipe holds, and nobody reads
    /// let mut finish = writer.finish();
    /// assert!(finish.wait_timeout(Duration::from_millis(1)).is_none());
    /// # drop(_reader); // lets the call in progress fail
    /// # drop(finish.destroy());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Result<W, FinishError<W>>> {
        self.block(Some(Deadline::after(limit)))
    }

    /// Gives up on finishing, as [`Writer::destroy`](crate::Writer::destroy).
    ///
    /// # Panics
    /// When it has given its result before, as a future or by a [`wait_timeout`](Self::wait_timeout) that answered `Some`: it has handed out the sink already.
    /// On the drain thread inside the sink's own call.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
    /// let _ = writer.write("in time or not")?;
    /// let mut finish = writer.finish();
    /// match finish.wait_timeout(Duration::from_secs(5)) {
    ///     Some(result) => assert_eq!(result?, b"in time or not"),
    ///     None => println!("too late: {}", finish.destroy().unwritten),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn destroy(mut self) -> Destroyed<W> {
        self.handle.take_apart().into_destroyed()
    }

    fn block(&mut self, deadline: Option<Deadline>) -> Option<Result<W, FinishError<W>>> {
        match self.closed.0.block(deadline) {
            Err(WaitError::TimedOut) => return None,
            Err(WaitError::WouldDeadlock) => {
                return Some(self.handle.take_apart().into_finished(would_deadlock));
            }
            Ok(()) | Err(_) => self.handle.shell.join(),
        }
        Some(self.collect())
    }

    /// What a closed stream comes to.
    fn collect(&self) -> Result<W, FinishError<W>> {
        match self.handle.claim_closed() {
            Some(hand_back) => hand_back.into_finished(would_deadlock),
            None => panic!("`Finish` was asked again after it had handed out the sink"),
        }
    }
}

/// The error of a stream that neither failed nor finished: it was destroyed because waiting for it would never have ended.
fn would_deadlock() -> SinkError {
    let text = "`finish` cannot be waited for on the drain thread, so the stream was destroyed; wait for it on another thread";
    let error = io::Error::new(io::ErrorKind::Deadlock, text);
    SinkError::new(SinkErrorKind::WouldDeadlock, SinkCall::Flush, error)
}

/// # Panics
/// When it is polled again after completion.
impl<W: Send + 'static> Future for Finish<W> {
    type Output = Result<W, FinishError<W>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.closed.0.poll(context.waker()) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(_) => Poll::Ready(self.collect()),
        }
    }
}

impl<W> fmt::Debug for Finish<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").field("closed", &self.closed).finish_non_exhaustive()
    }
}
