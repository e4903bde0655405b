//! How the drain thread rests when there is nothing to do: steps c to e of the protocol in `model/src/wake.rs`.

use crate::inner::{Activity, Inner};
use crate::pace::Rest;
use crate::shell::Shell;
use crate::signals::NEVER;
use crate::state::Sink;
use crate::sync::{Deadline, Guard, spin};
use std::time::Duration;

/// How long it looks for another batch before it sleeps: about what being woken costs.
const SPIN: Duration = Duration::from_micros(50);
/// How long it sleeps at most without the fence that makes sure of being woken.
const LIMIT_IF_UNSURE: Duration = Duration::from_millis(1);

/// What came of announcing a sleep.
#[must_use]
pub(crate) enum Sleep {
    /// There is something to do already.
    InVain,
    /// Whatever there will be to do ends it.
    Endless,
    /// The same, but it must not last longer: a byte may be missed, or has waited long enough.
    AtMost(Duration),
}

impl<W> Shell<W> {
    /// Rests in some way, for lack of work; whatever ends that, the caller looks again.
    pub(crate) fn rest<'a>(&'a self, mut inner: Guard<'a, Inner<W>>) -> Guard<'a, Inner<W>> {
        let buffered = inner.state.buffered();
        if inner.state.sink() != Sink::Idle {
            return self.sleep(inner, Rest::Busy);
        }
        match inner.pace.rest(buffered, buffered > 0 && inner.state.is_held_by_cork()) {
            Rest::Spin => {
                inner.pace.has_spun();
                let enough = inner.pace.batch_from(inner.state.taken());
                drop(inner);
                spin(SPIN, || self.tail.load() >= enough || !self.signals.all_clear());
                self.lock()
            }
            rest => self.sleep(inner, rest),
        }
    }

    /// Announces the sleep, looks at `tail` once more, and waits on `work`, which unlocks.
    fn sleep<'a>(&'a self, mut inner: Guard<'a, Inner<W>>, rest: Rest) -> Guard<'a, Inner<W>> {
        let limit = match self.announce_sleep(&mut inner, rest) {
            Sleep::InVain => return inner,
            Sleep::Endless => None,
            Sleep::AtMost(limit) => Some(limit),
        };
        let mut inner = match limit {
            None => self.wait_for_work(inner),
            Some(limit) => self.wait_for_work_until(inner, Deadline::after(limit)).0,
        };
        inner.activity = Activity::Running;
        self.signals.forget();
        inner
    }

    /// All of a sleep but the waiting, which must follow before the lock is given up.
    pub(crate) fn announce_sleep(&self, inner: &mut Inner<W>, rest: Rest) -> Sleep {
        let target = match rest {
            Rest::Deep => inner.state.accepted() + 1,
            // Not a batch from what was taken: with nearly one there, the producer would pay for a wake-up a few writes later.
            Rest::Linger | Rest::Spin => inner.pace.batch_from(inner.state.accepted()),
            Rest::Held | Rest::Busy => NEVER,
        };
        self.signals.announce(target);
        // Without a fence the target may be missed. While it lingers shortly that costs no more than the limit, and the fence would interrupt the producer
        // in the middle of its writes; but nobody must wait long, or for ever, for what was missed.
        let linger = inner.pace.linger();
        let limit = match rest {
            Rest::Spin | Rest::Linger if linger <= LIMIT_IF_UNSURE || self.signals.heavy_fence() => {
                Some(linger)
            }
            Rest::Spin | Rest::Linger => Some(LIMIT_IF_UNSURE),
            Rest::Deep if !self.signals.heavy_fence() => Some(LIMIT_IF_UNSURE),
            Rest::Deep | Rest::Held | Rest::Busy => None,
        };
        if self.tail.load() >= target {
            self.signals.forget();
            self.see_writes(inner);
            return Sleep::InVain;
        }
        inner.pace.has_slept(); // before it sleeps: a producer that writes the sink meanwhile makes it fresh again
        inner.activity = Activity::Asleep(rest);
        limit.map_or(Sleep::Endless, Sleep::AtMost)
    }
}
