//! The scenarios: what the threads of one execution do.

mod cork;
mod destroy;
mod direct;
mod drain;
mod driver;
mod drops;
mod end;
mod errors;
mod final_step;
mod flush;
mod giving_up;
mod pipe;
mod producers;
mod reentry;
mod ring;

use crate::search::Bound;
use crate::stage::Stage;
use std::sync::OnceLock;

/// One of them.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The high-water mark, the low-water mark and the capacity, in bytes.
    pub(crate) marks: [usize; 3],
    /// Whether `WouldBlock` is retried.
    pub(crate) retried: bool,
    /// Whether there is an observer.
    pub(crate) observed: bool,
    /// Who may drive its stream: a thread alone where it lingers, pauses, tries the sink, takes a final step, or is waited for in a drop.
    pub(crate) by: &'static [Driving],
    /// How deep it is searched by default.
    pub(crate) bound: Bound,
    /// What some log must show, or the scenario does not explore what it is named for. ` .. ` stands for anything.
    pub(crate) sees: &'static [&'static str],
    pub(crate) run: fn(&Stage),
}

impl Scenario {
    /// One byte fits below the high-water mark, a drain comes at one byte, and two chunks of two bytes fill it.
    const SMALL: Self = Self {
        name: "",
        marks: [2, 1, 4],
        retried: false,
        observed: true,
        by: &Driving::ALL,
        bound: Bound::Preemptions(3),
        sees: &[],
        run: |_| {},
    };
}

/// All of them, in the order of the table.
pub(crate) fn all() -> impl Iterator<Item = &'static Scenario> {
    [
        if cfg!(feature = "ring") { ring::ALL } else { &[] },
        if cfg!(feature = "ring") { direct::ALL } else { &[] },
        driver::ALL,
        drain::ALL,
        giving_up::ALL,
        producers::ALL,
        flush::ALL,
        cork::ALL,
        end::ALL,
        final_step::ALL,
        destroy::ALL,
        errors::ALL,
        reentry::ALL,
        drops::ALL,
        pipe::ALL,
    ]
    .into_iter()
    .flatten()
}

/// Who drives a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driving {
    Thread,
    /// A task, whose sink answers at once or blocks.
    Ready,
    /// A task, whose sink is pending once in each call.
    Pending,
}

static DRIVING: OnceLock<Driving> = OnceLock::new();

impl Driving {
    pub(crate) const ALL: [Self; 3] = [Self::Thread, Self::Ready, Self::Pending];

    pub(crate) fn is_of_this_process(self) {
        DRIVING.get_or_init(|| self);
    }

    pub(crate) fn of_this_process() -> Self {
        *DRIVING.get().expect("set before the search begins")
    }
}

/// A scenario, with a stream that is driven in some way.
#[derive(Clone, Copy)]
pub(crate) struct Play {
    pub(crate) scenario: &'static Scenario,
    pub(crate) driving: Driving,
}

impl Play {
    /// All of them, in the order of the table.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let by = |driving| {
            let scenarios = all().filter(move |scenario| scenario.by.contains(&driving));
            scenarios.map(move |scenario| Self { scenario, driving })
        };
        Driving::ALL.into_iter().flat_map(by)
    }

    pub(crate) fn name(self) -> String {
        match self.driving {
            Driving::Thread => self.scenario.name.to_owned(),
            Driving::Ready => format!("task/{}", self.scenario.name),
            Driving::Pending => format!("pending/{}", self.scenario.name),
        }
    }

    /// A task and its executor have more to do with each other than a thread with itself, and what they decide is the same: so not as deep.
    pub(crate) fn bound(self) -> Bound {
        let most = match self.driving {
            Driving::Thread => Bound::None,
            Driving::Ready => Bound::Preemptions(2),
            Driving::Pending => Bound::Preemptions(1),
        };
        self.scenario.bound.min(most)
    }
}
