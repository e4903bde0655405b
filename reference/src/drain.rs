//! The drain thread: it calls the sink, but for what `direct.rs` does in its place, and tells the observer.
//!
//! It goes round in a loop: under the lock, note how the last sink call ended and decide what to do next; without the lock, do it. A task in place of the
//! thread (`driver.rs`) decides in the same way.

use crate::buffer::Lent;
use crate::final_step::FinalStep;
use crate::inner::{Activity, HandBack, Inner};
use crate::observe::{self, SharedObserver, panic_message, quietly};
use crate::shell::{Shell, wake_all};
use crate::state::{Event, SinkAnswer, Work};
use crate::sync::{Deadline, Guard, current_thread};
use std::collections::VecDeque;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// What to do next, without the lock.
pub(crate) enum Job<W> {
    Tell { wakers: Vec<Waker>, events: VecDeque<Event>, observer: Option<SharedObserver> },
    Write { sink: Box<W>, lent: Lent },
    Flush { sink: Box<W> },
    Final { sink: Box<W> },
    LetGo { remains: HandBack<W>, observer: Option<SharedObserver> },
    Exit { observer: Option<SharedObserver> },
}

/// What comes back from a sink call.
pub(crate) struct Answered<W> {
    pub(crate) sink: Box<W>,
    pub(crate) lent: Option<Lent>,
    pub(crate) answer: SinkAnswer,
}

pub(crate) fn run<W: Write>(shell: &Shell<W>, mut final_step: Option<FinalStep<W>>) {
    shell.lock().drain_thread = Some(current_thread());
    let mut answered = None;
    loop {
        match next_job(shell, final_step.as_ref(), answered.take()) {
            Job::Write { mut sink, lent } => {
                lent.read(|bytes| shell.tracer.sink(bytes));
                let answer = call(|| lent.read(|bytes| sink.write(bytes)).map(SinkAnswer::Took));
                lent.read(|bytes| shell.tracer.sink_returned(&answer, bytes));
                answered = Some(Answered { sink, lent: Some(lent), answer });
            }
            Job::Flush { mut sink } => {
                shell.tracer.sink_flush();
                let is_flushed = final_step.as_ref().is_some_and(|step| step.has_begun);
                let mut flush = || if is_flushed { Ok(()) } else { sink.flush() };
                let answer = call(|| flush().map(|()| SinkAnswer::Flushed));
                answered = Some(Answered { sink, lent: None, answer });
            }
            Job::Final { mut sink } => {
                let mut step = || final_step.as_mut().map_or(Ok(()), |step| step.call(&mut sink));
                let answer = call(|| step().map(|()| SinkAnswer::Flushed));
                answered = Some(Answered { sink, lent: None, answer });
            }
            job => {
                if matches!(job, Job::Exit { .. }) {
                    let step = final_step.take();
                    quietly(move || drop(step));
                }
                if job.perform(shell) {
                    return;
                }
            }
        }
    }
}

impl<W> Job<W> {
    /// Does what is no call of the sink; whether it was the last thing to do.
    pub(crate) fn perform(self, shell: &Shell<W>) -> bool {
        match self {
            Self::Tell { wakers, events, observer } => {
                wake_all(wakers);
                for event in events {
                    shell.tracer.emit(&event);
                    if shell.span.is_on() {
                        shell.tell_pause(); // a drain comes after it, also where its producer has not got there yet
                        let (stats, last_pause) = shell.snapshot();
                        shell.span.emit(&event, &stats, last_pause);
                    }
                    if let Some(observer) = &observer {
                        observe::tell(&**observer, &event);
                    }
                }
                quietly(move || drop(observer));
            }
            Self::LetGo { remains, observer } => {
                shell.tracer.recovered(&remains.unwritten, remains.error.as_ref());
                shell.span.lost(&remains);
                remains.let_go(observer.as_ref());
                quietly(move || drop(observer));
            }
            Self::Exit { observer } => {
                quietly(move || drop(observer));
                shell.tracer.is_gone();
                return true;
            }
            Self::Write { .. } | Self::Flush { .. } | Self::Final { .. } => {
                unreachable!("a call of the sink is for its caller to make")
            }
        }
        false
    }
}

/// One call to the sink. A panic leaves the sink in a state of its own making; it is called no more, only handed back.
pub(crate) fn call(sink: impl FnOnce() -> std::io::Result<SinkAnswer>) -> SinkAnswer {
    match catch_unwind(AssertUnwindSafe(sink)) {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => SinkAnswer::Error(error),
        Err(payload) => SinkAnswer::Panicked(panic_message(payload)),
    }
}

fn next_job<W>(shell: &Shell<W>, final_step: Option<&FinalStep<W>>, answered: Option<Answered<W>>) -> Job<W> {
    let mut inner = shell.lock();
    if let Some(answered) = answered {
        let is_flushed = matches!(answered.answer, SinkAnswer::Flushed);
        // Under the one lock with the note: an end between the two would finish the stream without its final step.
        if final_step.is_some() && is_flushed && inner.state.begin_final() {
            return Job::Final { sink: answered.sink };
        }
        inner = take_answer(shell, inner, answered);
    }
    loop {
        match decide(shell, &mut inner) {
            Some(job) => return job,
            None => inner = shell.rest(inner),
        }
    }
}

/// What there is to do, begun; `None` if nothing.
pub(crate) fn decide<W>(shell: &Shell<W>, inner: &mut Inner<W>) -> Option<Job<W>> {
    loop {
        let wakers = shell.announce(inner);
        let events = inner.state.take_events();
        let is_told = inner.observer.is_some() || shell.tracer.is_on() || shell.span.is_on();
        if !wakers.is_empty() || (is_told && !events.is_empty()) {
            return Some(Job::Tell { wakers, events, observer: inner.observer.clone() });
        }
        match inner.due_work() {
            Work::Write => {
                let Some(sink) = inner.slot.take() else { return Some(exit(inner)) };
                let (accepted, buffered) = (inner.state.accepted(), inner.state.buffered());
                let lent = inner.buffer.lend(buffered);
                inner.pace.offers(accepted, buffered);
                inner.in_sink.set(true);
                inner.state.begin_write(lent.len());
                return Some(Job::Write { sink, lent });
            }
            Work::Flush => {
                let Some(sink) = inner.slot.take() else { return Some(exit(inner)) };
                inner.in_sink.set(true);
                inner.state.begin_flush();
                return Some(Job::Flush { sink });
            }
            Work::Close => {
                if inner.abandoned
                    && let Some(remains) = inner.claim()
                {
                    return Some(Job::LetGo { remains, observer: inner.observer.clone() });
                }
                inner.state.close();
            }
            Work::Nothing if inner.state.is_closed() => return Some(exit(inner)),
            Work::Nothing => return None,
        }
    }
}

/// The thread, or the task, ends. The observer goes with it unless there is still something it may have to be told as lost.
fn exit<W>(inner: &mut Inner<W>) -> Job<W> {
    inner.activity = Activity::Gone;
    let observer = if inner.nothing_to_lose() { inner.observer.take() } else { None };
    Job::Exit { observer }
}

fn take_answer<'a, W>(
    shell: &'a Shell<W>,
    mut inner: Guard<'a, Inner<W>>,
    answered: Answered<W>,
) -> Guard<'a, Inner<W>> {
    let Answered { sink, lent, answer } = answered;
    inner.in_sink.set(false);
    if lent.is_none() {
        shell.tracer.sink_returned(&answer, &[]); // of a flush only now, because a final step belongs to it
    }
    let noted = inner.state.note(answer);
    if let Some(lent) = lent {
        inner.buffer.give_back(lent, noted.taken);
    }
    inner.pace.sink_was_called();
    inner.slot = Some(sink);
    if let Some(ignored) = noted.ignored {
        drop(inner);
        quietly(move || drop(ignored));
        inner = shell.lock();
    }
    if !noted.pause {
        inner.pace.was_answered();
        return inner;
    }
    let pause = inner.pace.would_block(shell.would_block_pause.unwrap_or_default());
    let deadline = Deadline::after(pause);
    let mut over = false;
    inner.pace.has_slept();
    while !over && inner.state.is_live() {
        inner.activity = Activity::Pausing;
        (inner, over) = shell.wait_for_work_until(inner, deadline);
    }
    inner.activity = Activity::Running;
    inner
}
