//! One poll of the driver, and its last turn if it is dropped before the stream is over.

use super::Driver;
use crate::buffer::Lent;
use crate::drain::{Job, call, decide};
use crate::error::SinkError;
use crate::inner::{Activity, Inner};
use crate::observe::quietly;
use crate::pace::Rest;
use crate::sleep::Sleep;
use crate::state::{Noted, Sink, SinkAnswer, Work};
use crate::sync::{Guard, current_thread};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// After so many calls of a sink that is always ready other tasks have their turn.
const CALLS_A_TURN: usize = 64;

/// How a turn was left.
pub(super) enum Left {
    /// Something will wake the task.
    Waiting,
    /// There is more to do, after others had their turn.
    Ready,
    Over(Result<(), SinkError>),
}

/// A call of the sink that was begun.
struct Call<S> {
    sink: Box<S>,
    kind: Kind,
}

enum Kind {
    Write(Lent),
    Flush,
    Shutdown,
}

/// What to do after a call has ended.
enum Then<S> {
    GoOn,
    /// The flush in progress goes on with this one.
    Call(Call<S>),
    /// The sink would block, and is to be called again, but not at once.
    Yield,
}

/// What there is to do.
enum Next<S> {
    Call(Call<S>),
    Told,
    Over(Result<(), SinkError>),
    /// Nothing, which was announced.
    Asleep,
    /// Nothing, but the fence that makes sure of being woken was refused.
    Unsure,
}

impl<S: Unpin> Driver<S> {
    pub(super) fn turn(&self, context: &mut Context<'_>) -> Left {
        let mut waker = Some(context.waker().clone()); // foreign code, so before the lock
        let mut call = self.begin_turn();
        let mut calls = 0;
        loop {
            if let Some(mut begun) = call.take() {
                calls += 1;
                match self.poll_sink(&mut begun, context) {
                    Poll::Ready(answer) => match self.note(begun, answer) {
                        Then::GoOn => {}
                        Then::Call(next) => call = Some(next),
                        Then::Yield => return self.yield_now(),
                    },
                    Poll::Pending => {
                        if self.leave_pending(begun, &mut waker) {
                            return Left::Waiting;
                        }
                    }
                }
            } else if calls >= CALLS_A_TURN {
                return self.yield_now();
            } else {
                match self.next(Some(&mut waker)) {
                    Next::Call(next) => call = Some(next),
                    Next::Told => {}
                    Next::Over(over) => return Left::Over(over),
                    Next::Asleep => return Left::Waiting,
                    Next::Unsure => return Left::Ready,
                }
            }
        }
    }

    fn poll_sink(&self, begun: &mut Call<S>, context: &mut Context<'_>) -> Poll<SinkAnswer> {
        let sink = Pin::new(&mut *begun.sink);
        let mut is_pending = false;
        let answer = call(|| {
            let polled = match &begun.kind {
                Kind::Write(lent) => {
                    lent.read(|bytes| (self.calls.write)(sink, context, bytes)).map_ok(SinkAnswer::Took)
                }
                Kind::Flush => (self.calls.flush)(sink, context).map_ok(|()| SinkAnswer::Flushed),
                Kind::Shutdown => (self.calls.shutdown)(sink, context).map_ok(|()| SinkAnswer::Flushed),
            };
            match polled {
                Poll::Ready(answer) => answer,
                Poll::Pending => {
                    is_pending = true;
                    Ok(SinkAnswer::Took(0))
                }
            }
        });
        if is_pending { Poll::Pending } else { Poll::Ready(answer) }
    }
}

impl<S> Driver<S> {
    /// The call that the turn before left pending, if it was not given up since.
    fn begin_turn(&self) -> Option<Call<S>> {
        let shell = &*self.shell;
        let mut inner = shell.lock();
        inner.activity = Activity::Running;
        inner.drain_thread = Some(current_thread());
        shell.signals.forget();
        let waker = inner.task.take();
        let kind = match inner.state.sink() {
            Sink::Idle => None,
            Sink::Flushing => Some(Kind::Flush),
            Sink::Finalizing => Some(Kind::Shutdown),
            Sink::Writing(offered) => {
                let buffered = inner.state.buffered();
                let mut lent = inner.buffer.lend(buffered);
                lent.shorten(offered); // more may have come, but this is still the same call
                Some(Kind::Write(lent))
            }
        };
        let call = kind.map(|kind| Call {
            sink: inner.slot.take().expect("who takes the sink out has the call given up first"),
            kind,
        });
        drop(inner);
        quietly(move || drop(waker));
        call
    }

    /// Without a waker the task cannot sleep, and never will again.
    fn next(&self, mut waker: Option<&mut Option<Waker>>) -> Next<S> {
        let shell = &*self.shell;
        let mut inner = shell.lock();
        let job = loop {
            if waker.is_none() {
                self.ask_for_a_call(&mut inner);
            }
            if let Some(job) = decide(shell, &mut inner) {
                break job;
            }
            let held = inner.state.buffered() > 0; // by a cork, or they were offered
            match shell.announce_sleep(&mut inner, if held { Rest::Held } else { Rest::Deep }) {
                Sleep::InVain => {}
                Sleep::Endless => {
                    leave(inner, waker.as_mut().and_then(|waker| waker.take()));
                    return Next::Asleep;
                }
                Sleep::AtMost(_) => {
                    inner.activity = Activity::Called;
                    leave(inner, None);
                    return Next::Unsure;
                }
            }
        };
        let over = inner.state.failure().map_or(Ok(()), Err);
        match job {
            Job::Write { sink, lent } => {
                drop(inner);
                lent.read(|bytes| shell.tracer.sink(bytes));
                Next::Call(Call { sink, kind: Kind::Write(lent) })
            }
            Job::Flush { sink } => {
                drop(inner);
                shell.tracer.sink_flush();
                Next::Call(Call { sink, kind: Kind::Flush })
            }
            Job::Exit { .. } => {
                leave(inner, None);
                job.perform(shell);
                Next::Over(over)
            }
            Job::Final { .. } => unreachable!("`decide` begins none: that is for who notes a flush"),
            Job::Tell { .. } | Job::LetGo { .. } => {
                drop(inner);
                job.perform(shell);
                Next::Told
            }
        }
    }

    /// Notes how a call ended, unless that was the last flush: then the shutdown is still to come.
    fn note(&self, call: Call<S>, answer: SinkAnswer) -> Then<S> {
        let Call { sink, kind } = call;
        let shell = &*self.shell;
        let mut inner = shell.lock();
        let has_flushed = matches!((&kind, &answer), (Kind::Flush, SinkAnswer::Flushed));
        if has_flushed && inner.state.begin_final() {
            return Then::Call(Call { sink, kind: Kind::Shutdown });
        }
        match kind {
            Kind::Write(lent) => {
                lent.read(|bytes| shell.tracer.sink_returned(&answer, bytes));
                inner.in_sink.set(false);
                let noted = inner.state.note(answer);
                inner.buffer.give_back(lent, noted.taken);
                self.noted(inner, sink, noted)
            }
            Kind::Flush | Kind::Shutdown => {
                shell.tracer.sink_returned(&answer, &[]);
                inner.in_sink.set(false);
                let noted = inner.state.note(answer);
                self.noted(inner, sink, noted)
            }
        }
    }

    #[allow(clippy::unused_self)] // it is the driver that notes
    fn noted(&self, mut inner: Guard<'_, Inner<S>>, sink: Box<S>, noted: Noted) -> Then<S> {
        inner.pace.sink_was_called();
        inner.slot = Some(sink);
        drop(inner);
        let Noted { pause, ignored, .. } = noted;
        quietly(move || drop(ignored));
        if pause { Then::Yield } else { Then::GoOn }
    }

    /// Leaves the call to the sink, which has this turn's waker; unless the stream was destroyed meanwhile: then the call is given up, and answers whether it was not.
    fn leave_pending(&self, call: Call<S>, waker: &mut Option<Waker>) -> bool {
        let shell = &*self.shell;
        let mut inner = shell.lock();
        inner.slot = Some(call.sink);
        if let Kind::Write(lent) = call.kind {
            inner.buffer.give_back(lent, 0);
        }
        if !inner.state.is_live() {
            inner.note_given_up(&shell.tracer);
            return false;
        }
        inner.activity = Activity::Pending;
        leave(inner, waker.take());
        true
    }

    fn yield_now(&self) -> Left {
        let mut inner = self.shell.lock();
        inner.activity = Activity::Called;
        leave(inner, None);
        Left::Ready
    }

    /// The last turn of a driver that is dropped: the sink's next call fails.
    pub(super) fn abandon(&self) {
        let mut call = self.begin_turn();
        loop {
            if let Some(undriven) = call.take() {
                self.note(undriven, SinkAnswer::Undriven);
                continue;
            }
            match self.next(None) {
                Next::Call(next) => call = Some(next),
                Next::Told => {}
                Next::Over(_) => return,
                Next::Asleep | Next::Unsure => unreachable!("a call was asked for if none was due"),
            }
        }
    }

    /// Sees to it that a call of the sink is due, if the stream lives: whoever waits for its end, or would write to it, is told of the failure of that. It is a flush, which no cork holds back.
    fn ask_for_a_call(&self, inner: &mut Inner<S>) {
        if inner.state.is_live() && inner.state.work() == Work::Nothing {
            let _asked = self.shell.tracer.asked("flush", || {
                self.shell.see_writes(inner); // those that returned before this request was recorded belong to it
                inner.state.ask_flushed()
            });
        }
    }
}

/// The turn is over.
fn leave<S>(mut inner: Guard<'_, Inner<S>>, waker: Option<Waker>) {
    inner.drain_thread = None;
    if let Some(waker) = waker {
        inner.task.put(waker);
    }
}
