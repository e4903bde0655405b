//! What is recorded of a wait: each time somebody waits, and that it is given up.

use super::tracer::{Stream, cause};
use crate::error::WaitError;
use std::sync::Arc;

/// What is recorded of one wait, until it is over.
#[derive(Debug)]
pub(crate) struct Watch(Option<Watched>);

#[derive(Debug)]
struct Watched {
    stream: Arc<Stream>,
    kind: Kind,
    /// The number of the call, while somebody waits.
    q: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Drain(u64),
    Flush(u64),
    Close,
}

impl Watch {
    pub(super) fn new(stream: &Arc<Stream>, kind: Kind) -> Self {
        Self(Some(Watched { stream: Arc::clone(stream), kind, q: None }))
    }

    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Somebody is about to wait, or to ask whether it is over.
    pub(crate) fn begin(&mut self) {
        let Some(Watched { stream, kind, q }) = &mut self.0 else { return };
        if q.is_none() {
            *q = Some(match kind {
                Kind::Drain(waiter) | Kind::Flush(waiter) => stream.begin("await", Some(*waiter)),
                Kind::Close => stream.begin("closed", None),
            });
        }
    }

    /// Nobody waits any more, because of this. Once it is over nothing more is recorded of it.
    pub(crate) fn end(&mut self, outcome: &Result<(), WaitError>) {
        let Some(Watched { stream, kind, q }) = &mut self.0 else { return };
        let Some(q) = q.take() else { return };
        let (ret, error) = match (outcome, *kind) {
            (Ok(()), Kind::Drain(_)) => ("drained", None),
            (Ok(()), Kind::Flush(_)) => ("flushed", None),
            (Ok(()), Kind::Close) => ("finished", None),
            (Err(WaitError::AfterEnd), _) => ("after_end", None),
            (Err(WaitError::Destroyed), _) => ("destroyed", None),
            (Err(WaitError::Errored(error)), _) => ("errored", Some(cause(error))),
            (Err(WaitError::TimedOut | WaitError::WouldDeadlock), _) => ("timed_out", None),
        };
        stream.end(if matches!(kind, Kind::Close) { "closed/r" } else { "await/r" }, q, |line| {
            line.word("ret", ret);
            line.word_if("cause", error);
        });
        stream.trace.log.write_if_enough();
        if ret != "timed_out" {
            self.0 = None;
        }
    }

    /// Around what is done when the wait is dropped: if it was not over, that gives it up.
    pub(crate) fn give_up(&mut self, act: impl FnOnce()) {
        match self.0.take() {
            Some(Watched { stream, kind: Kind::Drain(waiter) | Kind::Flush(waiter), .. }) => {
                let q = stream.begin("cancel", Some(waiter));
                act();
                stream.end("cancel/r", q, |_| {});
            }
            _ => act(),
        }
    }
}
