//! An observer that writes down what it is told.

use crate::case::eventually;
use highwater::{Lost, Observer, SinkError, Unwritten};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an observer was told, in order. An error is told with its text.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    events: Vec<String>,
    lost: Option<Unwritten>,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, event: impl Into<String>) {
        self.lock().events.push(event.into());
    }

    /// Everything told so far but drains, which depend on the sink's speed.
    pub(crate) fn events(&self) -> Vec<String> {
        self.lock().events.iter().filter(|event| *event != "drain").cloned().collect()
    }

    /// Waits for `close`, then fails unless this was all.
    pub(crate) fn were(&self, events: &[&str]) {
        eventually("the observer is told of close", || self.events().iter().any(|event| event == "close"));
        assert_eq!(self.events(), events);
    }

    /// The bytes told as lost.
    pub(crate) fn lost(&self) -> Unwritten {
        self.lock().lost.clone().unwrap_or_default()
    }
}

impl Observer for Seen {
    fn drain(&self) {
        self.add("drain");
    }

    fn finish(&self) {
        self.add("finish");
    }

    fn error(&self, error: &SinkError) {
        self.add(format!("error: {error}"));
    }

    fn close(&self) {
        self.add("close");
    }

    fn lost(&self, lost: &Lost) {
        let error = lost.error().map(|error| format!(", {error}")).unwrap_or_default();
        self.add(format!("lost: {} bytes{error}", lost.unwritten().len()));
        self.lock().lost = Some(lost.unwritten().clone());
    }
}
