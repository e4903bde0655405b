//! How long something has been so, in all.

use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stopwatch {
    total: Duration,
    last: Duration,
    since: Option<Instant>,
}

impl Stopwatch {
    /// It is so from now on, or no longer. Asks for the time only if that is new; whether it is.
    pub(crate) fn set(&mut self, is_so: bool) -> bool {
        if is_so == self.since.is_some() {
            return false;
        }
        if let Some(since) = self.since {
            self.last = since.elapsed();
            self.total += self.last;
        }
        self.since = is_so.then(Instant::now);
        true
    }

    /// How long it was so the last time that it was and no longer is.
    pub(crate) fn last(&self) -> Duration {
        self.last
    }

    /// Up to now.
    pub(crate) fn total(&self) -> Duration {
        self.total + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}
