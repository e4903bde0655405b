//! The configurations that are searched, by name.
//!
//! A name says who writes and what makes the world special; its end says the low-water mark, `l0` being Node's rule and `l` and the high-water mark less 1
//! the rule of the text. `all` is a world with everything: empty and oversized chunks, corks, flush requests, and waits given up.

mod custom;
mod special;

use crate::config::{Config, ConfigError, Fault, Manner, Owner, Supply};
use crate::contract::Params;

pub use custom::{Choice, custom};

use Manner::{Impolite, Polite};

/// Node's capacity: none.
const UNBOUNDED: usize = usize::MAX;

/// An owner that does everything, with so many corks and flush requests.
const fn busy(corks: usize, flushes: usize) -> Owner {
    Owner { ends: true, destroys: true, gives_up: true, corks, flushes }
}

/// Polite producers of chunks of 1 or 2 bytes, an owner that may end and destroy, and a sink that may do anything.
fn plain(name: &str, high: usize, low: usize, capacity: usize, producers: usize, chunks: usize) -> Config {
    Config {
        name: name.to_owned(),
        params: Params { high_water_mark: high, low_water_mark: low, capacity, retry_would_block: false },
        producers: vec![Polite; producers],
        sizes: vec![1, 2],
        supply: Supply::Chunks(chunks),
        owner: Owner::BRIEF,
        faults: Fault::ALL.to_vec(),
        whole_offers: false,
    }
}

/// The same, with chunks of other lengths, and an owner that does everything.
fn all(config: Config, sizes: &[usize], corks: usize, flushes: usize) -> Config {
    Config { sizes: sizes.to_vec(), owner: busy(corks, flushes), ..config }
}

/// A world whose producers never run out of chunks, and whose writer always offers all it has: offering less is what a short write does as well.
fn endless(config: Config) -> Config {
    let faults = vec![Fault::Short, Fault::Interrupted, Fault::Failed];
    Config { supply: Supply::Endless(1), faults, whole_offers: true, ..config }
}

fn one_producer() -> Vec<Config> {
    let mut retry = all(plain("one-retry-l1", 2, 1, 4, 1, 3), &[1, 2], 1, 1);
    retry.params.retry_would_block = true;
    vec![
        plain("one-l2", 3, 2, 4, 1, 6),
        plain("one-l0", 3, 0, 4, 1, 6),
        plain("one-unbounded-l2", 3, 2, UNBOUNDED, 1, 6),
        plain("one-unbounded-l0", 3, 0, UNBOUNDED, 1, 6),
        Config { sizes: vec![1, 2, 5], ..plain("one-tight-l3", 4, 3, 4, 1, 5) },
        Config { sizes: vec![1, 2, 5], ..plain("one-tight-l0", 4, 0, 4, 1, 5) },
        all(plain("one-all-l2", 3, 2, 6, 1, 3), &[0, 1, 2, 7], 2, 2),
        all(plain("one-all-l0", 3, 0, 3, 1, 3), &[0, 1, 2, 4], 2, 2),
        retry,
    ]
}

fn more_producers() -> Vec<Config> {
    let mixed = |config| Config { producers: vec![Polite, Impolite], whole_offers: true, ..config };
    let impolite = |config| Config { producers: vec![Impolite], ..config };
    let few_faults = |config| {
        let faults = vec![Fault::Short, Fault::Interrupted, Fault::Failed, Fault::Panicked];
        Config { faults, whole_offers: true, ..config }
    };
    vec![
        plain("pair-l2", 3, 2, 5, 2, 3),
        plain("pair-l0", 3, 0, 5, 2, 3),
        plain("pair-unbounded-l2", 3, 2, UNBOUNDED, 2, 3),
        plain("pair-tight-l2", 3, 2, 3, 2, 3),
        plain("pair-tight-l0", 3, 0, 3, 2, 3),
        all(plain("pair-all-l1", 2, 1, 4, 2, 2), &[0, 1, 2, 5], 1, 1),
        all(plain("pair-all-l0", 2, 0, 4, 2, 2), &[0, 1, 2, 5], 1, 1),
        impolite(all(plain("impolite-l1", 2, 1, 4, 1, 4), &[1, 4], 1, 1)),
        impolite(all(plain("impolite-l0", 2, 0, 4, 1, 4), &[1, 4], 1, 1)),
        mixed(all(plain("mixed-l1", 2, 1, 4, 2, 3), &[1, 3], 1, 1)),
        mixed(all(plain("mixed-l0", 2, 0, 4, 2, 3), &[1, 3], 1, 1)),
        few_faults(plain("three-l1", 2, 1, 4, 3, 2)),
        few_faults(plain("three-l0", 2, 0, 4, 3, 2)),
    ]
}

fn endless_producers() -> Vec<Config> {
    vec![
        endless(all(plain("endless-one-l2", 3, 2, 6, 1, 0), &[1, 2], 2, 2)),
        endless(all(plain("endless-one-l0", 3, 0, 6, 1, 0), &[1, 2], 2, 2)),
        endless(plain("endless-pair-l2", 3, 2, UNBOUNDED, 2, 0)),
        endless(plain("endless-pair-l0", 3, 0, UNBOUNDED, 2, 0)),
        endless(all(plain("endless-pair-all-l1", 2, 1, 3, 2, 0), &[0, 1, 3], 1, 1)),
        endless(all(plain("endless-pair-all-l0", 2, 0, 3, 2, 0), &[0, 1, 3], 1, 1)),
        endless(plain("endless-three-l1", 2, 1, 4, 3, 0)),
        endless(plain("endless-three-l0", 2, 0, 4, 3, 0)),
        Config {
            producers: vec![Polite, Impolite],
            ..endless(all(plain("endless-mixed-l0", 2, 0, 4, 2, 0), &[1, 3], 1, 1))
        },
    ]
}

/// What `highwater check` searches by default.
#[must_use]
pub fn default_matrix() -> Vec<Config> {
    [one_producer(), more_producers(), endless_producers()].concat()
}

/// Longer runs, more lengths, more producers: 46.7 million states in all. The largest takes 1.7 GiB while it is searched.
fn deeper() -> Vec<Config> {
    let wide = |config| Config { sizes: vec![1, 2, 3], ..config };
    let whole = |config| Config { whole_offers: true, ..config };
    let mixed = |config| Config { producers: vec![Polite, Impolite], ..config };
    vec![
        plain("pair-long-l2", 3, 2, 5, 2, 6),
        plain("pair-long-l0", 3, 0, 5, 2, 6),
        wide(plain("pair-wide-l3", 4, 3, 6, 2, 4)),
        wide(plain("pair-wide-l0", 4, 0, 6, 2, 4)),
        wide(plain("pair-wide-tight-l3", 4, 3, 4, 2, 4)),
        all(plain("pair-all-long-l1", 2, 1, 4, 2, 3), &[0, 1, 2, 5], 2, 2),
        all(plain("pair-all-long-l0", 2, 0, 4, 2, 3), &[0, 1, 2, 5], 2, 2),
        whole(mixed(all(plain("mixed-long-l1", 2, 1, 4, 2, 4), &[1, 3], 1, 1))),
        whole(mixed(all(plain("mixed-long-l0", 2, 0, 4, 2, 4), &[1, 3], 1, 1))),
        plain("three-part-l1", 2, 1, 4, 3, 2),
        plain("three-part-l0", 2, 0, 4, 3, 2),
        whole(plain("three-long-l1", 2, 1, 4, 3, 3)),
        whole(plain("three-long-l0", 2, 0, 4, 3, 3)),
        whole(all(plain("three-all-l1", 2, 1, 4, 3, 2), &[1, 2], 1, 1)),
        whole(all(plain("three-all-l0", 2, 0, 4, 3, 2), &[1, 2], 1, 1)),
        whole(all(plain("three-all-tight-l0", 2, 0, 2, 3, 2), &[1, 2], 1, 1)),
        whole(plain("four-l1", 2, 1, 4, 4, 1)),
        whole(plain("four-l0", 2, 0, 4, 4, 1)),
        whole(wide(plain("four-wide-l2", 3, 2, 6, 4, 1))),
        endless(all(plain("endless-three-all-l0", 2, 0, 4, 3, 0), &[1, 2], 1, 1)),
    ]
}

/// What `highwater check --deep` searches: the default matrix, and thirteen times its states besides. It takes 450 s of one core's time.
#[must_use]
pub fn deep_matrix() -> Vec<Config> {
    [default_matrix(), deeper()].concat()
}

/// The configuration with this name, of any matrix or a custom one.
///
/// # Errors
/// There is none.
pub fn find(name: &str) -> Result<Config, ConfigError> {
    let known = deep_matrix().into_iter().chain(special::configs());
    match known.into_iter().find(|config| config.name == name) {
        Some(config) => Ok(config),
        None => custom::parse(name).ok_or_else(|| ConfigError::Unknown(name.to_owned()))?,
    }
}
