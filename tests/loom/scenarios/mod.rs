//! The scenarios: what the threads of one execution do.

mod cork;
mod destroy;
mod direct;
mod drain;
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

/// One of them.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The high-water mark, the low-water mark and the capacity, in bytes.
    pub(crate) marks: [usize; 3],
    /// Whether `WouldBlock` is retried.
    pub(crate) retried: bool,
    /// Whether there is an observer.
    pub(crate) observed: bool,
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
