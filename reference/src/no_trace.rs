//! What stands in for the recorder where the feature `trace` is not built: nothing happens.

#![allow(clippy::unused_self)] // the recorder's need it

use crate::error::{SinkError, WaitError, WriteError};
use crate::flow::Flow;
use crate::handback::Unwritten;
use crate::state::{Event, Params, SinkAnswer};

/// Whether a stream is to be recorded: no.
#[derive(Debug, Default)]
pub(crate) struct Wanted;

/// The recorder of one stream.
#[derive(Clone, Debug)]
pub(crate) struct Tracer;

/// A write that is recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing;

/// What is recorded of one wait.
#[derive(Debug)]
pub(crate) struct Watch;

impl Wanted {
    pub(crate) fn begin(self, _params: &Params) -> Tracer {
        Tracer
    }
}

impl Tracer {
    pub(crate) const fn is_on(&self) -> bool {
        false
    }

    pub(crate) fn around<R>(&self, _name: &'static str, act: impl FnOnce() -> R) -> R {
        act()
    }

    pub(crate) fn asked<R>(&self, _name: &'static str, ask: impl FnOnce() -> R) -> (R, Watch) {
        (ask(), Watch)
    }

    pub(crate) fn watch_close(&self) -> Watch {
        Watch
    }

    pub(crate) fn begin_write(&self, _chunk: &[u8]) -> Writing {
        Writing
    }

    pub(crate) fn place(&self, _writing: Writing) {}

    pub(crate) fn placed(&self, _writing: Writing, _result: &Result<Flow, WriteError>) {}

    pub(crate) fn end_write(&self, _writing: Writing, _result: &Result<Flow, WriteError>) {}

    pub(crate) fn settle(&self) {}

    pub(crate) fn sink(&self, _bytes: &[u8]) {}

    pub(crate) fn sink_flush(&self) {}

    pub(crate) fn sink_returned(&self, _answer: &SinkAnswer, _bytes: &[u8]) {}

    pub(crate) fn emit(&self, _event: &Event) {}

    pub(crate) fn recovered(&self, _unwritten: &Unwritten, _error: Option<&SinkError>) {}

    pub(crate) fn is_closed(&self) {}

    pub(crate) fn is_gone(&self) {}
}

impl Watch {
    pub(crate) fn begin(&mut self) {}

    pub(crate) fn end(&mut self, _outcome: &Result<(), WaitError>) {}

    pub(crate) fn give_up(&mut self, act: impl FnOnce()) {
        act();
    }
}
