//! A stream driven by a task in place of a thread, in front of a sink that is asynchronous.
//!
//! One poll goes round in the loop of the drain thread, `decide` of `drain.rs`, for as long as there is something to do. Where the thread would wait it returns `Pending`:
//!
//! | the thread waits | the task is woken | what is left behind, under one lock with the decision to leave |
//! |---|---|---|
//! | for a call of the sink | by the sink, or by a destroy | `Activity::Pending`: the sink in its slot, the bytes in the buffer, the call noted as begun |
//! | for work | by whoever makes work | `Activity::Asleep`: the sleep announced as by the thread, steps c to e of `model/src/wake.rs` |
//! | out a pause, or is scheduled away | by itself, at once | `Activity::Called` |

mod sink;
mod turn;

use crate::builder::Builder;
use crate::error::SinkError;
use crate::handle::Handle;
use crate::observe::quietly;
use crate::on_drop::OnDrop;
use crate::pace::Pacing;
use crate::shell::Shell;
use crate::spawn_error::SpawnError;
use crate::sync::Arc;
use crate::writer::Writer;
pub use sink::AsyncSink;
use sink::Calls;
#[cfg(feature = "futures-io")]
pub use sink::FuturesIo;
#[cfg(feature = "tokio")]
pub use sink::Tokio;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use turn::Left;

/// The task that hands the bytes of a stream to its asynchronous sink: what [`Builder::drive`] returns beside the [`Writer`]. Spawn it on the runtime of the sink, or await it beside the
/// code that writes.
///
/// It is ready when the stream is over: `Ok(())` when it has finished or was destroyed, and otherwise with the failure that the writer's owner is told as well, so a spawned driver's
/// result may be thrown away. Polled again it answers the same. It ends by itself once every handle is dropped.
///
/// - **It owes nobody a turn.** It is woken only when there is something to do, and after 64 calls of a sink that is always ready it lets other tasks run.
/// - **No bytes wait for more.** There is no timer, so it does not linger: the first byte that comes to an idle driver wakes its task, and what comes until that runs goes out in one call.
///   [`batch`](Builder::batch), [`linger`](Builder::linger) and [`thread_name`](Builder::thread_name) mean nothing here. A sink that fails with `WouldBlock` in place of
///   being pending is called again in the task's next turn, if [`retry_would_block`](Builder::retry_would_block) was asked for, without its pause.
/// - **The end is a shutdown.** After the last byte the sink is flushed and then shut down, or closed, and only when both have succeeded has the stream finished. For a sink that is to be
///   used further, `flush().await` and then [`destroy`](Writer::destroy): that hands it back open.
///
/// # Without a turn nothing moves
/// The driver must be polled, as by a task that is spawned. While it is not, bytes are accepted up to the capacity and none goes out; every wait stays pending, and one with a time limit says so when
/// that is over ([`WaitError::TimedOut`](crate::WaitError::TimedOut), `None` from [`Finish::wait_timeout`](crate::Finish::wait_timeout)). [`Writer::destroy`] needs no turn.
/// A **blocking wait on the thread that should poll it waits for ever**: in async code use `.await`.
///
/// # What a drop loses
/// A driver that is dropped before the stream is over, with its task or with the whole runtime, fails the stream with [`SinkErrorKind::DriverDropped`](crate::SinkErrorKind::DriverDropped): every wait is told at
/// once, writes are refused, and the owner gets the sink and every byte that it did not take back, or the observer's [`lost`](crate::Observer::lost) does if there is no owner left.
///
/// Dropping the *writer* never blocks: [`OnDrop::Finish`] is [`OnDrop::Detach`] here, and the driver goes on to finish.
///
/// # Examples
/// See [`Builder::drive`].
#[must_use = "nothing is written unless the driver is polled: spawn it, or await it beside the code that writes"]
pub struct Driver<S> {
    shell: Arc<Shell<S>>,
    calls: Calls<S>,
    over: Option<Result<(), SinkError>>,
}

/// With the feature `tokio` or `futures-io`.
impl Builder {
    /// Starts the stream in front of an asynchronous sink: a socket, a TLS stream, the input of a child process. Returns the writer, and the [`Driver`] to be spawned on whatever runtime the
    /// sink belongs to: it takes the place of the drain thread, and the stream keeps the same contract.
    ///
    /// A sink that is not `Unpin` is driven as `Box::pin(sink)`.
    ///
    /// # Errors
    /// When the marks contradict each other: a [`SpawnErrorReason`](crate::SpawnErrorReason). The sink is in the error.
    ///
    /// # Examples
    /// With the feature `tokio`:
    #[cfg_attr(feature = "tokio", doc = "```")]
    #[cfg_attr(not(feature = "tokio"), doc = "```ignore")]
    /// use highwater::Writer;
    /// use tokio::io::AsyncReadExt;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (socket, mut peer) = tokio::io::duplex(64); // or a `TcpStream`, a `ChildStdin`, a `TlsStream`
    /// let (mut writer, driver) = Writer::builder().high_water_mark(100).drive(socket)?;
    /// tokio::spawn(driver);
    /// let reader = tokio::spawn(async move {
    ///     let mut text = String::new();
    ///     peer.read_to_string(&mut text).await.map(|_| text)
    /// });
    /// for i in 0..1000 {
    ///     if writer.write(format!("Line {i}\n"))?.is_pause() {
    ///         writer.drained().await?;
    ///     }
    /// }
    /// writer.finish().await?; // all is taken, flushed, and the socket is shut down
    /// assert_eq!(reader.await??.lines().count(), 1000);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// With the feature `futures-io`, on no runtime at all, and the sink is handed back before it is shut down:
    #[cfg_attr(feature = "futures-io", doc = "```")]
    #[cfg_attr(not(feature = "futures-io"), doc = "```ignore")]
    /// use futures_lite::{FutureExt, future};
    /// use highwater::{FuturesIo, Writer};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (mut writer, driver) = Writer::builder().drive::<_, FuturesIo>(Vec::new())?; // a `Vec` is tokio's, too
    /// let write = async {
    ///     let _ = writer.write("a greeting")?;
    ///     writer.flush().await?;
    ///     Ok(writer.destroy().sink)
    /// };
    /// let sink = future::block_on(write.or(async { panic!("{:?}", driver.await) }));
    /// assert_eq!(sink.map_err(|error: Box<dyn std::error::Error>| error.to_string())?, b"a greeting");
    /// # Ok(())
    /// # }
    /// ```
    pub fn drive<S, T>(self, sink: S) -> Result<(Writer<S>, Driver<S>), SpawnError<S>>
    where
        S: AsyncSink<T> + Unpin + Send + 'static,
    {
        self.begin(Calls::of(), sink)
    }

    #[doc(hidden)] // a sink that blocks, and with it the executor: for tests, whose files and pipes are not asynchronous
    pub fn drive_blocking<S>(self, sink: S) -> Result<(Writer<S>, Driver<S>), SpawnError<S>>
    where
        S: std::io::Write + Unpin + Send + 'static,
    {
        self.begin(Calls::blocking(), sink)
    }

    fn begin<S>(self, calls: Calls<S>, sink: S) -> Result<(Writer<S>, Driver<S>), SpawnError<S>> {
        let params = match self.params() {
            Ok(params) => params,
            Err(reason) => return Err(SpawnError { reason, sink }),
        };
        // A drop that waited would keep the only thread of some runtime from polling what it waits for.
        let on_drop = if self.on_drop == OnDrop::Finish { OnDrop::Detach } else { self.on_drop };
        let pacing = Pacing { batch: 1, linger: Duration::ZERO, spins: false };
        let setup = self.set_up(params, pacing);
        setup.tracer.is_gone(); // nobody must wait for this task
        let (shell, producer) = Shell::new(setup, None, sink);
        let shell = Arc::new(shell);
        let driver = Driver { shell: Arc::clone(&shell), calls, over: None };
        Ok((Writer { handle: Handle { shell, on_drop }, producer }, driver))
    }
}

impl<S: Unpin> Future for Driver<S> {
    type Output = Result<(), SinkError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(over) = &self.over {
            return Poll::Ready(over.clone());
        }
        match self.turn(context) {
            Left::Over(over) => Poll::Ready(self.over.insert(over).clone()),
            Left::Waiting => Poll::Pending,
            Left::Ready => {
                quietly(|| context.waker().wake_by_ref());
                Poll::Pending
            }
        }
    }
}

impl<S> Drop for Driver<S> {
    fn drop(&mut self) {
        if self.over.is_none() {
            self.abandon();
        }
    }
}

impl<S> fmt::Debug for Driver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("over", &self.over).finish_non_exhaustive()
    }
}
