//! A task in place of the drain thread, as the others see it: what wakes it, and the call of its sink that it left pending.
//!
//! While a call is pending nobody is at it: the sink lies in `slot` and has the task woken when it can go on. So a call that is pending can be given up, by
//! whoever destroys the stream; it has taken nothing, and that is noted as an interruption.

use crate::inner::{Activity, Inner};
use crate::pace::Rest;
use crate::state::{Sink, SinkAnswer};
use crate::trace::Tracer;
use std::io::ErrorKind;
use std::task::Waker;

/// The waker of a task that sleeps.
#[derive(Debug)]
pub(crate) struct Task(Option<Waker>);

impl Task {
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// To be called once no lock is held.
    pub(crate) fn take(&mut self) -> Option<Waker> {
        self.0.take()
    }

    /// There must be none.
    pub(crate) fn put(&mut self, waker: Waker) {
        debug_assert!(self.0.is_none(), "a waker would be dropped, which is foreign code, under the lock");
        self.0 = Some(waker);
    }
}

impl<W> Inner<W> {
    /// Gives up the call of the sink that is pending, if the stream was destroyed: it need not be waited for.
    pub(crate) fn give_up_pending(&mut self, tracer: &Tracer) {
        if self.activity == Activity::Pending && !self.state.is_live() {
            self.note_given_up(tracer);
            self.activity = Activity::Asleep(Rest::Busy); // and there is a close to be done
        }
    }

    /// A call that took nothing and never will. The sink must be in its slot.
    pub(crate) fn note_given_up(&mut self, tracer: &Tracer) {
        let answer = SinkAnswer::Error(ErrorKind::Interrupted.into());
        match self.state.sink() {
            Sink::Writing(offered) => {
                let mut lent = self.buffer.lend(self.state.buffered());
                lent.shorten(offered);
                lent.read(|bytes| tracer.sink_returned(&answer, bytes));
                self.buffer.give_back(lent, 0);
            }
            _ => tracer.sink_returned(&answer, &[]),
        }
        self.in_sink.set(false);
        let _noted = self.state.note(answer); // an error of ours, not of a sink: it may be dropped here
    }
}
