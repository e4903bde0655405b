//! What the lock of a stream guards.
//!
//! The sink is in `slot` whenever it is not being called, or polled, until it is claimed by an owner or let go of by the drain thread.

use crate::buffer::{Buffer, Producer};
use crate::direct::TryWriteFn;
use crate::error::{SinkError, WriteError};
use crate::flow::Flow;
use crate::handback::Unwritten;
use crate::observe::{Lost, SharedObserver, quietly};
use crate::pace::{Pace, Rest};
use crate::signals::{NOT_OPEN, OWED, SPILLED, Signals};
use crate::state::{State, Ticket, Work};
use crate::stats::Stats;
use crate::stopwatch::Stopwatch;
use crate::sync::{JoinHandle, ThreadId, current_thread};
use crate::task::Task;
use std::task::Waker;

pub(crate) struct Inner<W> {
    pub(crate) state: State,
    pub(crate) buffer: Buffer,
    pub(crate) pace: Pace,
    pub(crate) slot: Option<Box<W>>,
    /// Wakers of polled waits that are not over, by the id of their ticket.
    pub(crate) wakers: Vec<(Ticket, Waker)>,
    /// How many threads wait for news: notifying none of them would cost a system call.
    pub(crate) waiting_threads: usize,
    pub(crate) observer: Option<SharedObserver>,
    pub(crate) thread: Option<JoinHandle>,
    /// Where foreign code is called: the drain thread, or the thread that polls the task in its place, while it does.
    pub(crate) drain_thread: Option<ThreadId>,
    /// How to wake the task in the drain thread's place, while it sleeps.
    pub(crate) task: Task,
    pub(crate) activity: Activity,
    /// Wake the drain thread if it sleeps, even if nothing else says so.
    pub(crate) is_nudged: bool,
    /// How the producer may write the sink itself; none if that is left to the drain thread.
    pub(crate) try_write: Option<TryWriteFn<W>>,
    /// How long a drain has been owed, and a call of the sink in progress: brought up to date by whoever changes either, before unlocking.
    pub(crate) paused: Stopwatch,
    pub(crate) in_sink: Stopwatch,
    /// No handle is left: the drain thread lets go of the sink by itself.
    pub(crate) abandoned: bool,
    /// The sink and the untaken bytes were given to somebody.
    pub(crate) claimed: bool,
}

/// What the drain thread, or the task in its place, is doing when it does not hold the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Starting, spinning, calling the sink, telling an observer, or about to take the lock.
    Running,
    /// Waiting for work, in this way.
    Asleep(Rest),
    /// Waiting before it retries a sink that would block.
    Pausing,
    /// A task whose sink will wake it: nothing but *destroy* concerns it before. The sink is in `slot`, though it is being called.
    #[cfg(any(feature = "tokio", feature = "futures-io"))]
    Pending,
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
    pub(crate) fn write(&mut self, producer: &mut Producer, chunk: &[u8]) -> Result<Flow, WriteError> {
        let flow = self.state.write(chunk.len())?;
        self.buffer.push(producer, chunk);
        Ok(flow)
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats { paused: self.paused.total(), sink_time: self.in_sink.total(), ..self.state.stats() }
    }

    /// The reasons why every write must take the lock.
    pub(crate) fn attention(&self) -> u8 {
        let owed = if self.state.owes_drain() { OWED } else { 0 };
        let over = if self.state.is_open() { 0 } else { NOT_OPEN };
        let spilled = if self.buffer.is_spilled() { SPILLED } else { 0 };
        owed | over | spilled
    }

    /// What the drain thread is to do now. Bytes for which nobody waits may have to wait for more.
    pub(crate) fn due_work(&self) -> Work {
        let (taken, buffered) = (self.state.taken(), self.state.buffered());
        match self.state.work() {
            Work::Write if !self.state.is_urgent() && !self.pace.may_offer(taken, buffered) => Work::Nothing,
            work => work,
        }
    }

    /// Whether the drain thread, asleep in this way, has something to do. While it lingers bytes wake it only at its target, or if somebody waits for them.
    fn is_wanted(&self, rest: Rest, signals: &Signals) -> bool {
        let work = match self.state.work() {
            Work::Nothing => false,
            Work::Write => {
                rest != Rest::Linger || self.state.is_urgent() || signals.is_reached_by(self.state.accepted())
            }
            Work::Flush | Work::Close => true,
        };
        work || self.state.has_events() || self.state.is_closed()
    }

    /// Whether the drain thread must be woken for what was done under the lock, and marks it as called if so.
    pub(crate) fn call_for_work(&mut self, signals: &Signals) -> bool {
        let nudged = std::mem::take(&mut self.is_nudged);
        let wanted = match self.activity {
            Activity::Asleep(rest) => nudged || self.is_wanted(rest, signals),
            Activity::Pausing => !self.state.is_live(), // only *destroy* cuts a pause short
            #[cfg(any(feature = "tokio", feature = "futures-io"))]
            Activity::Pending => false, // a destroy gives the call up first, and whatever else there is to do comes after it
            Activity::Running | Activity::Called | Activity::Gone => false,
        };
        if wanted {
            self.activity = Activity::Called;
            signals.forget();
        }
        wanted
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
        let unwritten = Unwritten::new(self.buffer.take_all(self.state.buffered()), self.state.unknown());
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
        self.claimed || (self.state.buffered() == 0 && self.state.failure().is_none())
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
