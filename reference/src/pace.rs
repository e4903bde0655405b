//! When the drain thread offers bytes, and how it passes the time when it does not. Pure.
//!
//! Few calls of the sink with many bytes each are cheap, so bytes may wait for more, but not long: at most once between two sink calls, and no longer
//! than the linger time. Bytes that somebody waits for do not wait at all.
//!
//! | field of [`Pace`] | changed by | means |
//! |---|---|---|
//! | `stage` | a sink call makes it fresh, a spin spun, a sleep rested | how much time was passed since the last sink call |
//! | `seen` | each offer | bytes below it were meant to be offered already and never wait again |
//! | `is_fed` | each offer | the offer was of a batch at least, so that it is worth a spin to see whether another comes |
//! | `fruitless` | each answer of the sink | how many were `WouldBlock` since the last other one |

use std::time::Duration;

/// So many times in a row a sink that would block may be asked again sooner than after [`PAUSE_MIN`].
const ASKED_AT_ONCE: u32 = 32;
/// Often enough to be asked, and no work for a core.
const PAUSE_MIN: Duration = Duration::from_millis(1);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Pacing {
    /// How many bytes are worth a sink call.
    pub(crate) batch: usize,
    /// How long fewer bytes may wait for more; if zero, the thread neither lingers nor spins.
    pub(crate) linger: Duration,
    /// Whether it may spin. Not where the producer writes the sink itself: its own tries see sooner what there is.
    pub(crate) spins: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Fresh,
    Spun,
    Rested,
}

#[derive(Debug)]
pub(crate) struct Pace {
    pacing: Pacing,
    stage: Stage,
    seen: u64,
    is_fed: bool,
    fruitless: u32,
}

/// How to pass the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Look at `tail` for some µs.
    Spin,
    /// Sleep with a time limit, woken early by another batch of bytes.
    Linger,
    /// Sleep until a byte comes.
    Deep,
    /// Sleep over bytes that a cork holds, until something other than a byte comes.
    Held,
    /// Sleep until the producer, which calls the sink in this thread's place, is back.
    Busy,
}

impl Rest {
    /// Whether it ends though nothing happens.
    pub(crate) fn ends_by_itself(self) -> bool {
        matches!(self, Self::Spin | Self::Linger)
    }
}

impl Pace {
    pub(crate) fn new(pacing: Pacing) -> Self {
        Self { pacing, stage: Stage::Fresh, seen: 0, is_fed: false, fruitless: 0 }
    }

    /// The `tail` at which there is a batch more than at this one.
    pub(crate) fn batch_from(&self, tail: u64) -> u64 {
        tail.saturating_add(self.pacing.batch as u64)
    }

    pub(crate) fn linger(&self) -> Duration {
        self.pacing.linger
    }

    /// Whether so many bytes are enough for a sink call.
    pub(crate) fn is_batch(&self, buffered: usize) -> bool {
        buffered >= self.pacing.batch
    }

    /// Whether `buffered` bytes behind `taken`, for which nobody waits, are to be offered now.
    pub(crate) fn may_offer(&self, taken: u64, buffered: usize) -> bool {
        self.is_batch(buffered)
            || taken < self.seen
            || self.stage == Stage::Rested
            || self.pacing.linger.is_zero()
    }

    /// Bytes are offered, and those that do not fit into this call will be next.
    pub(crate) fn offers(&mut self, accepted: u64, buffered: usize) {
        self.seen = accepted;
        self.is_fed = self.is_batch(buffered);
    }

    pub(crate) fn sink_was_called(&mut self) {
        self.stage = Stage::Fresh;
    }

    /// The sink answered something else than `WouldBlock`.
    pub(crate) fn was_answered(&mut self) {
        self.fruitless = 0;
    }

    /// The sink would block once more: how long to pause, where `wanted` was asked for. A sink that answers at once, however often, is not asked in a tight loop.
    pub(crate) fn would_block(&mut self, wanted: Duration) -> Duration {
        self.fruitless = self.fruitless.saturating_add(1);
        if self.fruitless > ASKED_AT_ONCE { wanted.max(PAUSE_MIN) } else { wanted }
    }

    pub(crate) fn has_spun(&mut self) {
        self.stage = Stage::Spun;
    }

    pub(crate) fn has_slept(&mut self) {
        self.stage = Stage::Rested;
    }

    /// What to do, given that there is nothing to do. If bytes are buffered they are not to be offered now, or a cork holds them.
    pub(crate) fn rest(&self, buffered: usize, is_held: bool) -> Rest {
        let lingers = !self.pacing.linger.is_zero() && self.stage != Stage::Rested;
        if is_held {
            Rest::Held
        } else if lingers && self.pacing.spins && self.is_fed && self.stage == Stage::Fresh {
            Rest::Spin
        } else if lingers || buffered > 0 {
            Rest::Linger
        } else {
            Rest::Deep
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(linger: u64) -> Pace {
        Pace::new(Pacing { batch: 10, linger: Duration::from_micros(linger), spins: true })
    }

    #[test]
    fn few_bytes_wait_once_and_a_batch_does_not() {
        let mut pace = pace(1);
        assert!(!pace.may_offer(0, 9));
        assert!(pace.may_offer(0, 10));
        assert_eq!(pace.rest(9, false), Rest::Linger, "a first write is nothing to spin for");
        pace.has_slept();
        assert!(pace.may_offer(0, 1));
        pace.offers(9, 9);
        pace.sink_was_called();
        assert!(pace.may_offer(4, 8), "of these five were seen, and wait no more");
        assert!(!pace.may_offer(9, 3));
    }

    #[test]
    fn it_spins_once_if_it_was_fed_then_lingers_then_sleeps() {
        let mut pace = pace(1);
        pace.offers(10, 10);
        pace.sink_was_called();
        assert_eq!(pace.rest(0, false), Rest::Spin);
        pace.has_spun();
        assert_eq!(pace.rest(0, false), Rest::Linger);
        pace.has_slept();
        assert_eq!(pace.rest(0, false), Rest::Deep);
        assert_eq!(pace.rest(5, true), Rest::Held);
    }

    #[test]
    fn without_a_linger_time_nothing_waits() {
        let mut pace = pace(0);
        assert!(pace.may_offer(0, 1));
        pace.offers(10, 10);
        pace.sink_was_called();
        assert_eq!(pace.rest(0, false), Rest::Deep);
    }

    /// Catches a thread that asks a sink without a pause for ever.
    #[test]
    fn x_07_a_sink_that_would_block_at_once_however_often_is_paused_for() {
        let (mut pace, hour) = (pace(1), Duration::from_secs(3600));
        for _ in 0..2 {
            let pauses: Vec<_> = (0..40).map(|_| pace.would_block(Duration::ZERO)).collect();
            assert!(pauses[..32].iter().all(Duration::is_zero));
            assert!(pauses[32..].iter().all(|pause| *pause == Duration::from_millis(1)));
            assert_eq!(pace.would_block(hour), hour);
            pace.was_answered();
        }
    }
}
