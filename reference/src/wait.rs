//! The waits: one request, to be awaited, waited for, or waited for with a time limit.

use crate::error::WaitError;
use crate::shell::Shell;
use crate::state::{Asked, Awaited, Ticket};
use crate::sync::{Arc, Deadline};
use crate::trace::Watch;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

type Outcome = Result<(), WaitError>;

/// A stream as a wait sees it: without the type of its sink.
pub(crate) trait Waitable: Send + Sync {
    /// The outcome, or the waker is registered in place of the one before.
    fn poll(&self, ticket: &Ticket, waker: &Waker) -> Option<Outcome>;
    /// Blocks until the outcome or the deadline.
    fn block(&self, ticket: &Ticket, deadline: Option<Deadline>) -> Outcome;
    /// Gives the wait up.
    fn give_up(&self, ticket: &Ticket);
}

impl<W: Send + 'static> Waitable for Shell<W> {
    fn poll(&self, ticket: &Ticket, waker: &Waker) -> Option<Outcome> {
        let waker = waker.clone(); // foreign code, so not under the lock; and so is the drop of the one it replaces
        let mut inner = self.lock();
        let outcome = inner.state.outcome(ticket);
        let unused = if outcome.is_some() {
            Some(waker)
        } else if let Some((_, registered)) = inner.wakers.iter_mut().find(|(other, _)| other.id == ticket.id)
        {
            Some(std::mem::replace(registered, waker))
        } else {
            inner.wakers.push((*ticket, waker));
            None
        };
        drop(inner);
        drop(unused);
        outcome
    }

    fn block(&self, ticket: &Ticket, deadline: Option<Deadline>) -> Outcome {
        if matches!(ticket.awaited, Awaited::Drain { .. }) {
            self.spin_until_drained();
        }
        let mut inner = self.lock();
        let mut over = false;
        loop {
            if let Some(outcome) = inner.state.outcome(ticket) {
                return outcome;
            }
            if over {
                return Err(WaitError::TimedOut);
            }
            if inner.on_drain_thread() {
                return Err(WaitError::WouldDeadlock);
            }
            (inner, over) = self.wait_for_news(inner, deadline);
        }
    }

    fn give_up(&self, ticket: &Ticket) {
        let waker = self.update(|inner| {
            inner.state.give_up(ticket);
            let at = inner.wakers.iter().position(|(other, _)| other.id == ticket.id)?;
            Some(inner.wakers.swap_remove(at).1)
        });
        drop(waker.wake());
    }
}

/// What the three public waits have in common.
pub(crate) struct Wait {
    asked: Asked,
    shell: Arc<dyn Waitable>,
    /// Whether giving the wait up changes anything: a waker or a flush request is registered.
    registered: bool,
    watch: Watch,
}

impl Wait {
    fn new<W: Send + 'static>(shell: &Arc<Shell<W>>, asked: Asked, watch: Watch) -> Self {
        let registered = matches!(&asked, Asked::Registered(Ticket { awaited: Awaited::Flush { .. }, .. }));
        Self { asked, shell: Arc::clone(shell) as Arc<dyn Waitable>, registered, watch }
    }

    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<Outcome> {
        self.watch.begin();
        let outcome = self.poll_unseen(waker);
        if let Poll::Ready(outcome) = &outcome {
            self.watch.end(outcome);
        }
        outcome
    }

    fn poll_unseen(&mut self, waker: &Waker) -> Poll<Outcome> {
        match &self.asked {
            Asked::Ready(outcome) => Poll::Ready(outcome.clone()),
            Asked::Registered(ticket) => {
                self.registered = true;
                match self.shell.poll(ticket, waker) {
                    Some(outcome) => Poll::Ready(self.settle(outcome)),
                    None => Poll::Pending,
                }
            }
        }
    }

    pub(crate) fn block(&mut self, deadline: Option<Deadline>) -> Outcome {
        self.watch.begin();
        let outcome = self.block_unseen(deadline);
        self.watch.end(&outcome);
        outcome
    }

    fn block_unseen(&mut self, deadline: Option<Deadline>) -> Outcome {
        match &self.asked {
            Asked::Ready(outcome) => outcome.clone(),
            Asked::Registered(ticket) => match self.shell.block(ticket, deadline) {
                Err(error @ (WaitError::TimedOut | WaitError::WouldDeadlock)) => Err(error),
                outcome => self.settle(outcome),
            },
        }
    }

    /// A wait that is over stays over.
    fn settle(&mut self, outcome: Outcome) -> Outcome {
        self.asked = Asked::Ready(outcome.clone());
        outcome
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let Self { asked, shell, registered, watch } = self;
        watch.give_up(|| {
            // A waker may have been left behind by a poll before the outcome came by another way.
            if let (true, Asked::Registered(ticket)) = (*registered, &*asked) {
                shell.give_up(ticket);
            }
        });
    }
}

macro_rules! wait {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Dropping it gives the wait up. Once it is over it stays over: whatever happens to the stream afterwards, it
        /// answers the same each time it is asked.
        #[must_use = "a wait does nothing unless it is awaited or `wait` is called"]
        pub struct $name(pub(crate) Wait);

        impl $name {
            pub(crate) fn new<W: Send + 'static>(shell: &Arc<Shell<W>>, asked: Asked, watch: Watch) -> Self {
                Self(Wait::new(shell, asked, watch))
            }

            /// Blocks this thread until the wait is over.
            ///
            /// # Errors
            /// Why what was waited for will not come; [`WaitError::WouldDeadlock`] at once on the drain thread, where waiting
            /// would keep it from coming.
            pub fn wait(mut self) -> Result<(), WaitError> {
                self.0.block(None)
            }

            /// Blocks this thread until the wait is over, but no longer than `limit`. It stays registered after
            /// [`WaitError::TimedOut`] and can be waited for again.
            ///
            /// # Errors
            /// As of [`wait`](Self::wait), and [`WaitError::TimedOut`].
            pub fn wait_timeout(&mut self, limit: Duration) -> Result<(), WaitError> {
                self.0.block(Some(Deadline::after(limit)))
            }
        }

        impl Future for $name {
            type Output = Result<(), WaitError>;

            fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
                self.0.poll(context.waker())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0.asked).finish()
            }
        }
    };
}

wait! {
    /// The next drain: what [`drained`](crate::Writer::drained) returns. A `Future`, and a blocking wait.
    ///
    /// It is registered when it is made, so a drain between making and waiting counts. It is over at once when no drain was owed.
    /// A drain ends all of them.
    ///
    /// # Examples
    /// ```
    /// use highwater::{WaitError, Writer};
    /// use std::time::Duration;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (mut reader, pipe) = std::io::pipe()?;
    /// let mut writer = Writer::builder().high_water_mark(100_000).low_water_mark(0).spawn(pipe)?;
    /// assert!(writer.write(vec![b'.'; 150_000])?.is_pause()); // more than a pipe holds
    /// let mut drained = writer.drained();
    /// assert_eq!(drained.wait_timeout(Duration::from_millis(1)), Err(WaitError::TimedOut));
    /// let reading = std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    /// drained.wait()?;
    /// drop(writer.finish().wait()?); // closes the pipe
    /// assert_eq!(reading.join().unwrap()?, 150_000);
    /// # Ok(())
    /// # }
    /// ```
    Drained
}

wait! {
    /// A flush request: what [`flush`](crate::Writer::flush) returns. A `Future`, and a blocking wait.
    ///
    /// It is over when all bytes accepted before it was made were taken by the sink and the sink's own `flush` has succeeded after that.
    /// Dropping it earlier withdraws the request; the sink may be flushed nevertheless.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
    /// let _ = writer.write("a line\n")?;
    /// writer.flush().wait()?;
    /// assert_eq!(writer.stats().taken, 7);
    /// # Ok(())
    /// # }
    /// ```
    Flush
}

wait! {
    /// The end of the stream: what [`closed`](crate::Writer::closed) returns. A `Future`, and a blocking wait.
    ///
    /// It is `Ok(())` when the stream has finished, and otherwise says why it is over: it failed or was destroyed.
    ///
    /// # Examples
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let writer = highwater::Writer::builder().spawn(Vec::new())?.into_shared();
    /// writer.end();
    /// writer.closed().wait()?;
    /// assert!(writer.recover().is_some());
    /// # Ok(())
    /// # }
    /// ```
    Closed
}
