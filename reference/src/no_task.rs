//! What stands in for a task in place of the drain thread where no feature asks for one: there is none.

use crate::inner::Inner;
use crate::trace::Tracer;
use std::task::Waker;

/// None.
#[derive(Debug)]
pub(crate) struct Task;

#[allow(clippy::unused_self)] // the task's needs it
impl Task {
    pub(crate) const fn none() -> Self {
        Self
    }

    pub(crate) const fn take(&mut self) -> Option<Waker> {
        None
    }
}

impl<W> Inner<W> {
    #[allow(clippy::unused_self)] // the task's needs it
    pub(crate) const fn give_up_pending(&mut self, _tracer: &Tracer) {}
}
