//! The feature `tracing`: a span a stream, and an event where something happens to it, never under a lock.
//!
//! A pause is told by the producer that was told to pause, because the drain thread may be stuck in the sink just then; all else by the drain thread.

use crate::inner::HandBack;
use crate::observe::quietly;
use crate::state::{Event, Params};
use crate::stats::Stats;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What all events and the span have for a target, whatever the module is called.
const TARGET: &str = "highwater";

pub(crate) struct Span {
    inner: tracing::Span,
    /// The stream is a log: what it tells would be written into itself.
    is_silent: AtomicBool,
    /// A pause has begun, and nobody has told yet. Set under the lock.
    is_pause_untold: AtomicBool,
}

impl Span {
    pub(crate) fn begin(params: &Params, name: &str) -> Self {
        let Params { high: high_water_mark, low: low_water_mark, capacity, .. } = *params;
        let span = quietly(
            || tracing::info_span!(target: TARGET, "stream", name, high_water_mark, low_water_mark, capacity),
        );
        Self {
            inner: span.unwrap_or_else(tracing::Span::none),
            is_silent: AtomicBool::new(false),
            is_pause_untold: AtomicBool::new(false),
        }
    }

    pub(crate) fn silence(&self) {
        self.is_silent.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_on(&self) -> bool {
        !self.is_silent.load(Ordering::Relaxed)
    }

    /// The lock is held, so this is told later.
    pub(crate) fn pause_begins(&self) {
        self.is_pause_untold.store(self.is_on(), Ordering::Relaxed);
    }

    /// Whether it is for the caller to tell of a pause.
    #[inline]
    pub(crate) fn take_pause(&self) -> bool {
        self.is_pause_untold.load(Ordering::Relaxed) && self.is_pause_untold.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn pause(&self, stats: &Stats) {
        let Stats { buffered, accepted, taken, .. } = *stats;
        quietly(|| tracing::debug!(target: TARGET, parent: &self.inner, buffered, accepted, taken, "pause"));
    }

    pub(crate) fn emit(&self, event: &Event, stats: &Stats, last_pause: Duration) {
        let (span, stats) = (&self.inner, *stats);
        let Stats { buffered, buffered_max, accepted, taken, pauses, refusals, .. } = stats;
        let Stats { drains, sink_writes, sink_flushes, sink_retries, .. } = stats;
        let (paused_us, sink_time_us) = (micros(stats.paused), micros(stats.sink_time));
        quietly(|| match event {
            Event::Drain => {
                tracing::debug!(target: TARGET, parent: span, buffered, paused_us = micros(last_pause), "drain");
            }
            Event::Error(error) => {
                tracing::error!(target: TARGET, parent: span, %error, buffered, accepted, taken, "error");
            }
            Event::Finish => {}
            Event::Close => tracing::debug!(
                target: TARGET, parent: span, buffered, buffered_max, accepted, taken, pauses, refusals, drains, paused_us,
                sink_writes, sink_flushes, sink_retries, sink_time_us, "close"
            ),
        });
    }

    /// Nobody is left who could be given this.
    pub(crate) fn lost<W>(&self, remains: &HandBack<W>) {
        let bytes = remains.unwritten.bytes().len();
        let error = remains.error.as_ref().map(tracing::field::display);
        if self.is_on() && (bytes > 0 || error.is_some()) {
            quietly(|| tracing::warn!(target: TARGET, parent: &self.inner, bytes, error, "lost"));
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
