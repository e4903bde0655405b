//! What the handles, the waits and the drain thread of one stream share: one lock, two condition variables.
//!
//! | condition variable | predicate it announces | who waits and re-checks it |
//! |---|---|---|
//! | `work` | [`Inner::has_work`], or the end of a pause | the drain thread |
//! | `news` | [`State::outcome`] of some wait; the close among them | blocking waits, `destroy`, a drop that waits |
//!
//! Foreign code (the sink, observers, wakers, readers, and the `Drop` of each) is never called under the lock.
//!
//! The sink is in `slot` whenever no call to it is in progress, until it is claimed by an owner or let go of by the drain thread.

use crate::error::{SinkError, WriteError};
use crate::flow::Flow;
use crate::handback::Unwritten;
use crate::observe::{Lost, SharedObserver, quietly};
use crate::ring::Ring;
use crate::state::{Params, Sink, State, Work};
use crate::sync::{Condvar, Guard, JoinHandle, Mutex, ThreadId, current_thread};
use std::task::Waker;
use std::time::Duration;

pub(crate) struct Shell<W> {
    pub(crate) params: Params,
    pub(crate) would_block_pause: Option<Duration>,
    inner: Mutex<Inner<W>>,
    work: Condvar,
    news: Condvar,
}

pub(crate) struct Inner<W> {
    pub(crate) state: State,
    pub(crate) ring: Ring,
    pub(crate) slot: Option<Box<W>>,
    /// Wakers of polled waits that are not over, by the id of their ticket.
    pub(crate) wakers: Vec<(crate::state::Ticket, Waker)>,
    pub(crate) observer: Option<SharedObserver>,
    pub(crate) thread: Option<JoinHandle>,
    pub(crate) drain_thread: Option<ThreadId>,
    pub(crate) activity: Activity,
    /// No handle is left: the drain thread lets go of the sink by itself.
    pub(crate) abandoned: bool,
    /// The sink and the untaken bytes were given to somebody.
    pub(crate) claimed: bool,
}

/// What the drain thread is doing when it does not hold the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Starting, calling the sink, telling an observer, or about to take the lock.
    Running,
    /// Waiting for work.
    Asleep,
    /// Waiting before it retries a sink that would block.
    Pausing,
    /// Notified, but not awake yet.
    Called,
    /// Done: it will not take the lock again.
    Gone,
}

/// The sink and what it did not take, on their way to whoever gets them.
pub(crate) struct HandBack<W> {
    pub(crate) sink: Box<W>,
    pub(crate) unwritten: Unwritten,
    pub(crate) error: Option<SinkError>,
    /// Whether the stream has finished: everything was taken and flushed.
    pub(crate) finished: bool,
    /// No longer needed by the stream; on its way to be dropped without the lock.
    pub(crate) observer: Option<SharedObserver>,
}

impl<W> HandBack<W> {
    /// Nobody is left to be given it: tells the observer what is lost and drops the sink.
    pub(crate) fn let_go(self, observer: Option<&SharedObserver>) {
        let Self { sink, unwritten, error, observer: last, .. } = self;
        if let Some(observer) = observer.or(last.as_ref())
            && (!unwritten.is_empty() || error.is_some())
        {
            quietly(|| observer.lost(&Lost { unwritten, error }));
        }
        quietly(move || drop(sink));
        quietly(move || drop(last));
    }
}

impl<W> Inner<W> {
    pub(crate) fn write(&mut self, chunk: &[u8]) -> Result<Flow, WriteError> {
        let flow = self.state.write(chunk.len())?;
        self.ring.push(chunk);
        Ok(flow)
    }

    /// Whether the drain thread has anything to do.
    pub(crate) fn has_work(&self) -> bool {
        self.state.has_events() || self.state.is_closed() || self.state.work() != Work::Nothing
    }

    pub(crate) fn on_drain_thread(&self) -> bool {
        self.drain_thread.is_some_and(|id| id == current_thread())
    }

    /// Takes the sink and the untaken bytes out, if the stream is over and no sink call is in progress.
    pub(crate) fn claim(&mut self) -> Option<HandBack<W>> {
        if self.state.is_live() {
            return None;
        }
        let sink = self.slot.take()?;
        self.claimed = true;
        let unwritten = Unwritten::new(self.ring.take_all(), self.state.unknown());
        let observer = if self.activity == Activity::Gone { self.observer.take() } else { None };
        Some(HandBack {
            sink,
            unwritten,
            error: self.state.failure(),
            finished: self.state.is_finished(),
            observer,
        })
    }

    /// Whether dropping everything now would lose something nobody was given.
    pub(crate) fn nothing_to_lose(&self) -> bool {
        self.claimed || (self.ring.is_empty() && self.state.failure().is_none())
    }

    /// Removes and returns the wakers of the waits that are over.
    pub(crate) fn ready_wakers(&mut self) -> Vec<Waker> {
        let state = &self.state;
        self.wakers
            .extract_if(.., |(ticket, _)| state.outcome(ticket).is_some())
            .map(|(_, waker)| waker)
            .collect()
    }
}

/// Calls wakers, with no lock held.
pub(crate) fn wake_all(wakers: Vec<Waker>) {
    for waker in wakers {
        quietly(|| waker.wake());
    }
}

impl<W> Shell<W> {
    pub(crate) fn new(
        params: Params,
        would_block_pause: Option<Duration>,
        observer: Option<SharedObserver>,
        sink: W,
    ) -> Self {
        Self {
            params,
            would_block_pause,
            inner: Mutex::new(Inner {
                state: State::new(params),
                ring: Ring::new(params.capacity, params.high),
                slot: Some(Box::new(sink)),
                wakers: Vec::new(),
                observer,
                thread: None,
                drain_thread: None,
                activity: Activity::Running,
                abandoned: false,
                claimed: false,
            }),
            work: Condvar::new(),
            news: Condvar::new(),
        }
    }

    pub(crate) fn lock(&self) -> Guard<'_, Inner<W>> {
        self.inner.lock()
    }

    /// For the drain thread, in a loop around [`Inner::has_work`].
    pub(crate) fn wait_for_work<'a>(&'a self, inner: Guard<'a, Inner<W>>) -> Guard<'a, Inner<W>> {
        self.work.wait(&self.inner, inner)
    }

    /// For the drain thread, in a loop around its deadline.
    pub(crate) fn pause_until<'a>(
        &'a self,
        inner: Guard<'a, Inner<W>>,
        deadline: crate::sync::Deadline,
    ) -> (Guard<'a, Inner<W>>, bool) {
        self.work.wait_until(&self.inner, inner, deadline)
    }

    /// For a blocking wait, in a loop around what it waits for.
    pub(crate) fn wait_for_news<'a>(&'a self, inner: Guard<'a, Inner<W>>) -> Guard<'a, Inner<W>> {
        self.news.wait(&self.inner, inner)
    }

    /// For a blocking wait with a deadline, in a loop around what it waits for.
    pub(crate) fn wait_for_news_until<'a>(
        &'a self,
        inner: Guard<'a, Inner<W>>,
        deadline: crate::sync::Deadline,
    ) -> (Guard<'a, Inner<W>>, bool) {
        self.news.wait_until(&self.inner, inner, deadline)
    }

    /// Changes the state as one step, then wakes whom it concerns.
    pub(crate) fn update<R>(&self, change: impl FnOnce(&mut Inner<W>) -> R) -> R {
        let mut inner = self.lock();
        let result = change(&mut inner);
        let wakers = self.announce(&mut inner);
        drop(inner);
        wake_all(wakers);
        result
    }

    /// Notifies the threads whose predicates became true, and returns the wakers to call once the lock is let go of.
    #[must_use = "call the wakers after unlocking"]
    pub(crate) fn announce(&self, inner: &mut Inner<W>) -> Vec<Waker> {
        let wanted = match inner.activity {
            Activity::Asleep => inner.has_work(),
            Activity::Pausing => !inner.state.is_live(), // only *destroy* cuts a pause short
            Activity::Running | Activity::Called | Activity::Gone => false,
        };
        if wanted {
            inner.activity = Activity::Called;
            self.work.notify_one(); // `has_work`; the drain thread is the only one to wait for it
        }
        if inner.state.take_stirred() {
            self.news.notify_all(); // an `outcome`; of any number of waits, so all of them look
            return inner.ready_wakers();
        }
        Vec::new()
    }

    pub(crate) fn write(&self, chunk: &[u8]) -> Result<Flow, WriteError> {
        self.update(|inner| inner.write(chunk))
    }

    /// See `Writer::settled`.
    pub(crate) fn settled(&self) -> bool {
        let inner = self.lock();
        match inner.activity {
            // Whoever makes work for a sleeping thread, or destroys the stream of a pausing one, calls it in the same step.
            Activity::Asleep | Activity::Pausing | Activity::Gone => true,
            Activity::Called => false,
            Activity::Running => inner.state.sink() != Sink::Idle,
        }
    }

    /// See `SharedWriter::sink_calls_noted`.
    pub(crate) fn sink_calls_noted(&self) -> u64 {
        let inner = self.lock();
        let stats = inner.state.stats();
        stats.sink_writes + stats.sink_flushes - u64::from(inner.state.sink() != Sink::Idle)
    }

    pub(crate) fn observer(&self) -> Option<SharedObserver> {
        self.lock().observer.clone()
    }

    /// Waits until the drain thread has ended; not on the drain thread itself.
    pub(crate) fn join(&self) {
        let mut inner = self.lock();
        let thread = if inner.on_drain_thread() { None } else { inner.thread.take() };
        drop(inner);
        if let Some(thread) = thread {
            // The thread catches every panic of foreign code; were it to panic by itself, there is nothing to add for this caller.
            let _ = thread.join();
        }
    }
}
