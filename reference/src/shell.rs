//! What the handles, the waits and the drain thread of one stream share: the ring and the words beside it, one lock, two condition variables.
//!
//! | condition variable | predicate it announces | who waits and re-checks it |
//! |---|---|---|
//! | `work` | [`Inner::due_work`], or the end of a pause | the drain thread; a task in its place is woken instead |
//! | `news` | `State::outcome` of some wait; the close among them | blocking waits, `destroy`, a drop that waits |
//!
//! A write that leaves less than the mark takes no lock: see [`Shell::write`]. Whatever else happens to a stream is one step under the lock, and
//! whoever takes that first brings the state up to date with the writes that did not ([`Shell::lock`]).
//!
//! Foreign code (the sink, observers, wakers, readers, and the `Drop` of each) is never called under the lock, nor under the producers' lock of a
//! shared writer: what is to be called comes out of here as [`Announced`].

use crate::buffer::{Buffer, Producer, Tail};
use crate::direct::TryWriteFn;
use crate::error::WriteError;
use crate::flow::Flow;
use crate::inner::{Activity, Inner};
use crate::observe::{SharedObserver, quietly};
use crate::pace::{Pace, Pacing};
use crate::signals::{Signals, TRACED};
use crate::span::Span;
use crate::state::{Params, Sink, State};
use crate::stopwatch::Stopwatch;
use crate::sync::{Barrier, Condvar, Deadline, Guard, Mutex, spin};
use crate::task::Task;
use crate::trace::{Tracer, Writing};
use std::task::Waker;
use std::time::Duration;

/// How long a thread that waits for a drain looks for it before it sleeps: about what being woken costs.
const SPIN_BEFORE_WAIT: Duration = Duration::from_micros(30);

pub(crate) struct Shell<W> {
    pub(crate) params: Params,
    pub(crate) would_block_pause: Option<Duration>,
    pub(crate) signals: Signals,
    pub(crate) tail: Tail,
    pub(crate) tracer: Tracer,
    pub(crate) span: Span,
    inner: Mutex<Inner<W>>,
    work: Condvar,
    news: Condvar,
}

/// How a stream is set up, beside its sink.
pub(crate) struct Setup {
    pub(crate) params: Params,
    pub(crate) pacing: Pacing,
    pub(crate) would_block_pause: Option<Duration>,
    pub(crate) observer: Option<SharedObserver>,
    pub(crate) barrier: Barrier,
    pub(crate) tracer: Tracer,
    pub(crate) span: Span,
}

/// What a step under the lock came to, and the wakers to call now that no lock is held.
#[must_use = "call `wake`, with no lock held"]
pub(crate) struct Announced<R> {
    result: R,
    wakers: Vec<Waker>,
}

impl<R> Announced<R> {
    /// The same with another result.
    pub(crate) fn map<S>(self, change: impl FnOnce(R) -> S) -> Announced<S> {
        Announced { result: change(self.result), wakers: self.wakers }
    }

    pub(crate) fn wake(self) -> R {
        wake_all(self.wakers);
        self.result
    }
}

/// Calls wakers, with no lock held.
pub(crate) fn wake_all(wakers: Vec<Waker>) {
    for waker in wakers {
        quietly(|| waker.wake());
    }
}

impl<W> Shell<W> {
    /// A stream, and the writing end of its ring.
    pub(crate) fn new(setup: Setup, try_write: Option<TryWriteFn<W>>, sink: W) -> (Self, Producer) {
        let Setup { params, pacing, would_block_pause, observer, barrier, tracer, span } = setup;
        let (buffer, producer, tail) = Buffer::new(&params, barrier);
        let inner = Inner {
            state: State::new(params),
            buffer,
            pace: Pace::new(pacing),
            slot: Some(Box::new(sink)),
            wakers: Vec::new(),
            waiting_threads: 0,
            observer,
            thread: None,
            drain_thread: None,
            task: Task::none(),
            activity: Activity::Running,
            is_nudged: false,
            try_write,
            paused: Stopwatch::default(),
            in_sink: Stopwatch::default(),
            abandoned: false,
            claimed: false,
        };
        let (signals, inner) = (Signals::new(barrier), Mutex::new(inner));
        signals.set_attention(if tracer.is_on() { TRACED } else { 0 });
        let (work, news) = (Condvar::new(), Condvar::new());
        (Self { params, would_block_pause, signals, tail, tracer, span, inner, work, news }, producer)
    }

    /// Takes the lock, and brings the state up to date with the writes that did not take it.
    pub(crate) fn lock(&self) -> Guard<'_, Inner<W>> {
        let mut inner = self.inner.lock();
        self.see_writes(&mut inner);
        inner
    }

    pub(crate) fn see_writes(&self, inner: &mut Inner<W>) {
        inner.state.see(self.tail.load());
    }

    /// A write, with no lock held but the producers'. While every reason for more is absent it copies the chunk, makes it visible, and wakes the drain thread if that sleeps until just
    /// so many bytes are there; it takes no lock, and where the system has the barrier for it no fence.
    #[inline]
    pub(crate) fn write(&self, producer: &mut Producer, chunk: &[u8]) -> Result<Flow, WriteError> {
        if self.write_without_lock(producer, chunk) {
            return Ok(Flow::Continue); // W-02, W-03: less than the mark is buffered, and no drain was owed
        }
        self.write_otherwise_and_settle(producer, chunk)
    }

    /// Whether the chunk could be accepted in this way.
    #[inline]
    pub(crate) fn write_without_lock(&self, producer: &mut Producer, chunk: &[u8]) -> bool {
        self.signals.are_silent() && self.push_without_lock(producer, chunk)
    }

    #[inline]
    fn push_without_lock(&self, producer: &mut Producer, chunk: &[u8]) -> bool {
        let Some(tail) = producer.push(chunk) else { return false };
        if self.signals.is_reached_by(tail) {
            self.reach_wake_at();
        }
        true
    }

    /// The rest of a write whose beginning is recorded: on the way that it takes when it is not.
    pub(crate) fn write_recorded(
        &self,
        writing: Writing,
        producer: &mut Producer,
        chunk: &[u8],
    ) -> Result<Flow, WriteError> {
        self.tracer.place(writing);
        let result = if self.signals.all_clear() && self.push_without_lock(producer, chunk) {
            Ok(Flow::Continue)
        } else {
            self.write_under_lock(producer, chunk)
        };
        self.tracer.placed(writing, &result);
        result
    }

    /// As `write`, and of a chunk longer than the capacity what there is room for, but at least a byte; how many bytes were accepted.
    pub(crate) fn write_some(&self, producer: &mut Producer, bytes: &[u8]) -> Result<usize, WriteError> {
        let capacity = self.params.capacity;
        if bytes.len() <= capacity {
            if self.write_without_lock(producer, bytes) {
                return Ok(bytes.len());
            }
            return self.write_otherwise(producer, bytes).map(|_flow| bytes.len()); // the next call waits, whatever the answer
        }
        let written = self.update(|inner| {
            let room = capacity - inner.state.buffered();
            let part = bytes.get(..room.max(1)).unwrap_or(bytes);
            let writing = self.tracer.begin_write(part);
            self.tracer.place(writing);
            let result = inner.write(producer, part);
            self.tracer.placed(writing, &result);
            (writing, result, part.len())
        });
        let (writing, result, len) = written.wake();
        self.tracer.end_write(writing, &result);
        result.map(|_flow| len)
    }

    #[cold]
    fn write_otherwise_and_settle(&self, producer: &mut Producer, chunk: &[u8]) -> Result<Flow, WriteError> {
        let result = self.write_otherwise(producer, chunk);
        self.tracer.settle();
        result
    }

    fn write_otherwise(&self, producer: &mut Producer, chunk: &[u8]) -> Result<Flow, WriteError> {
        if !self.tracer.is_on() {
            return self.write_under_lock(producer, chunk);
        }
        let writing = self.tracer.begin_write(chunk);
        let result = self.write_recorded(writing, producer, chunk);
        self.tracer.end_write(writing, &result);
        result
    }

    #[cold]
    fn write_under_lock(&self, producer: &mut Producer, chunk: &[u8]) -> Result<Flow, WriteError> {
        self.update(|inner| inner.write(producer, chunk)).wake() // a write ends no wait: there is nobody to wake
    }

    /// For a write that reached `wake_at`. Whether that still holds is not asked again: if the thread has been awake since, waking it once more is harmless.
    #[cold]
    fn reach_wake_at(&self) {
        let Some(mut inner) = self.write_directly(self.lock()) else { return };
        inner.is_nudged = true;
        let called = inner.call_for_work(&self.signals);
        let task = if called { inner.task.take() } else { None };
        drop(inner);
        match task {
            Some(task) => wake_all(vec![task]),
            None if called => self.work.notify_one(), // `due_work`; after the unlock, so that it does not wake up into a lock that is held
            None => {}
        }
    }

    /// Changes the state as one step; the result is to be taken out with [`Announced::wake`] once no lock is held.
    pub(crate) fn update<R>(&self, change: impl FnOnce(&mut Inner<W>) -> R) -> Announced<R> {
        let mut inner = self.lock();
        let result = change(&mut inner);
        let wakers = self.announce(&mut inner);
        drop(inner);
        Announced { result, wakers }
    }

    /// Before every unlock that may follow a change: tells the producer and the threads whose predicates became true, and returns the wakers to call
    /// once no lock is held.
    #[must_use = "call the wakers after unlocking"]
    pub(crate) fn announce(&self, inner: &mut Inner<W>) -> Vec<Waker> {
        inner.give_up_pending(&self.tracer);
        self.signals.set_attention(inner.attention() | if self.tracer.is_on() { TRACED } else { 0 });
        let is_paused = inner.state.owes_drain();
        if inner.paused.set(is_paused) && is_paused {
            self.span.pause_begins();
        }
        if inner.state.is_closed() {
            self.tracer.is_closed();
        }
        let mut wakers = Vec::new();
        if inner.call_for_work(&self.signals) {
            match inner.task.take() {
                Some(task) => wakers.push(task), // `due_work`; it is polled, and looks
                None => self.work.notify_one(), // `due_work`; the drain thread is the only one to wait for it
            }
        }
        if !inner.state.take_stirred() {
            return wakers;
        }
        if inner.waiting_threads > 0 {
            self.news.notify_all(); // an `outcome`; of any number of waits, so all of them look
        }
        wakers.append(&mut inner.ready_wakers());
        wakers
    }

    /// For the drain thread, in a loop around what it waits for.
    pub(crate) fn wait_for_work<'a>(&'a self, inner: Guard<'a, Inner<W>>) -> Guard<'a, Inner<W>> {
        let mut inner = self.work.wait(&self.inner, inner);
        self.see_writes(&mut inner);
        inner
    }

    /// For the drain thread, in a loop around what it waits for; whether the deadline has passed.
    pub(crate) fn wait_for_work_until<'a>(
        &'a self,
        inner: Guard<'a, Inner<W>>,
        deadline: Deadline,
    ) -> (Guard<'a, Inner<W>>, bool) {
        let (mut inner, over) = self.work.wait_until(&self.inner, inner, deadline);
        self.see_writes(&mut inner);
        (inner, over)
    }

    /// For a blocking wait, in a loop around what it waits for; whether the deadline, if there is one, has passed.
    pub(crate) fn wait_for_news<'a>(
        &'a self,
        mut inner: Guard<'a, Inner<W>>,
        deadline: Option<Deadline>,
    ) -> (Guard<'a, Inner<W>>, bool) {
        inner.waiting_threads += 1;
        let (mut inner, over) = match deadline {
            None => (self.news.wait(&self.inner, inner), false),
            Some(deadline) => self.news.wait_until(&self.inner, inner, deadline),
        };
        inner.waiting_threads -= 1;
        self.see_writes(&mut inner);
        (inner, over)
    }

    /// Looks for the drain a while, for who is about to wait for it. With a fast sink it comes sooner than a thread falls asleep and is woken.
    pub(crate) fn spin_until_drained(&self) {
        spin(SPIN_BEFORE_WAIT, || !self.signals.owes_drain());
    }

    /// See `Writer::settled`.
    pub(crate) fn settled(&self) -> bool {
        let inner = self.lock();
        match inner.activity {
            // Whoever makes work for a sleeping thread, or destroys the stream of a pausing one, calls it in the same step.
            Activity::Asleep(rest) => !rest.ends_by_itself(),
            #[cfg(any(feature = "tokio", feature = "futures-io"))]
            Activity::Pending => true,
            Activity::Pausing | Activity::Gone => true,
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
