//! What stands in for the span where the feature `tracing` is not built: nothing is told.

#![allow(clippy::unused_self)] // the span's need it

use crate::inner::HandBack;
use crate::state::{Event, Params};
use crate::stats::Stats;
use std::time::Duration;

pub(crate) struct Span;

impl Span {
    pub(crate) fn begin(_params: &Params, _name: &str) -> Self {
        Self
    }

    pub(crate) fn silence(&self) {}

    pub(crate) const fn is_on(&self) -> bool {
        false
    }

    pub(crate) fn pause_begins(&self) {}

    #[inline]
    pub(crate) const fn take_pause(&self) -> bool {
        false
    }

    pub(crate) fn pause(&self, _stats: &Stats) {}

    pub(crate) fn emit(&self, _event: &Event, _stats: &Stats, _last_pause: Duration) {}

    pub(crate) fn lost<W>(&self, _remains: &HandBack<W>) {}
}
