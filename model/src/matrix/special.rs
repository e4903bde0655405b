//! Small worlds made for one question each: see [`crate::experiments`].

use super::{UNBOUNDED, endless, plain};
use crate::config::{Config, Owner};

/// Producers of these chunks, one each, and nothing that would only lengthen a run.
fn bound(name: &str, producers: usize) -> Config {
    let owner = Owner { ends: false, destroys: false, ..Owner::BRIEF };
    Config { owner, faults: Vec::new(), whole_offers: true, ..plain(name, 3, 2, UNBOUNDED, producers, 2) }
}

pub(super) fn configs() -> Vec<Config> {
    let refused = |config| Config { sizes: vec![1, 3], ..endless(config) };
    vec![
        endless(plain("alone-l0", 3, 0, UNBOUNDED, 1, 0)),
        endless(plain("between-the-marks", 4, 1, UNBOUNDED, 2, 0)),
        refused(plain("refused-l2", 3, 2, 3, 2, 0)),
        refused(plain("refused-alone-l2", 3, 2, 3, 1, 0)),
        bound("bound-1", 1),
        bound("bound-2", 2),
        bound("bound-3", 3),
    ]
}
