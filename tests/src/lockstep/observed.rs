//! What the writer tells its observer.

use super::Lost;
use crate::native::cause;
use highwater::{Observer, SinkError};
use highwater_model::contract::Event;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An observer that keeps what it is told. Its clones share that.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    events: Vec<Event>,
    lost: Option<Lost>,
}

impl Observed {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.told().events.clone()
    }

    pub(super) fn lost(&self) -> Option<Lost> {
        self.told().lost.clone()
    }

    /// Whether nobody else holds the observer any more: not the writer, and so not its drain thread.
    pub(super) fn is_alone(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

impl Observer for Observed {
    fn drain(&self) {
        self.told().events.push(Event::Drain);
    }

    fn finish(&self) {
        self.told().events.push(Event::Finish);
    }

    fn error(&self, error: &SinkError) {
        self.told().events.push(Event::Error(cause(error)));
    }

    fn close(&self) {
        self.told().events.push(Event::Close);
    }

    fn lost(&self, lost: &highwater::Lost) {
        self.told().lost = Some(Lost::new(lost.unwritten(), lost.error()));
    }
}
