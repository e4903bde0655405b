//! What one search assumes about everything around the contract: the marks, the producers, the owner and the sink.

use crate::contract::{Params, ParamsError};
use std::fmt;

/// How a producer behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manner {
    /// After `Pause` or `Full` it waits until it is woken before it writes again; a refused chunk it then writes again.
    Polite,
    /// It writes, and waits, whenever it likes.
    Impolite,
}

/// How many chunks a producer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Supply {
    /// So many, numbered from 0.
    Chunks(usize),
    /// Endlessly many, numbered modulo this, so that the world is finite and has cycles: the only one that shows starvation.
    Endless(usize),
}

/// What the owner may do at any moment, besides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// Whether it may *end*, again and again.
    pub ends: bool,
    /// Whether it may *destroy*, again and again.
    pub destroys: bool,
    /// Whether waits and flush requests may be given up.
    pub gives_up: bool,
    /// How many corks may be open at once; an *uncork* is possible at any time if this is not 0.
    pub corks: usize,
    /// How many flush requests may be pending at once.
    pub flushes: usize,
}

impl Owner {
    /// It may *end* and *destroy*.
    pub const BRIEF: Self = Self { ends: true, destroys: true, gives_up: false, corks: 0, flushes: 0 };
}

/// What the sink may answer besides taking all that it was offered, and flushing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Takes any part of it.
    Short,
    /// `Interrupted`.
    Interrupted,
    /// `WouldBlock`.
    WouldBlock,
    /// Takes nothing, without an error.
    Zero,
    /// Claims one byte more than it was offered.
    TooMuch,
    /// An error of its own.
    Failed,
    /// Panics.
    Panicked,
}

impl Fault {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::Short,
        Self::Interrupted,
        Self::WouldBlock,
        Self::Zero,
        Self::TooMuch,
        Self::Failed,
        Self::Panicked,
    ];
}

/// One searched configuration. Its name finds it again: see [`crate::matrix::find`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Short, in kebab case.
    pub name: String,
    /// The marks.
    pub params: Params,
    /// The producers, by number. At most [`Config::PRODUCERS_MAX`].
    pub producers: Vec<Manner>,
    /// The chunk lengths each write chooses from, in bytes.
    pub sizes: Vec<usize>,
    /// How many chunks each producer has.
    pub supply: Supply,
    /// What the owner may do.
    pub owner: Owner,
    /// What the sink may do.
    pub faults: Vec<Fault>,
    /// Whether the writer offers all it has each time, rather than any prefix of it.
    pub whole_offers: bool,
}

/// Why there is no such configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The marks are out of range.
    Params(ParamsError),
    /// Not between 1 and [`Config::PRODUCERS_MAX`] producers.
    Producers(usize),
    /// No chunks at all.
    NoChunks,
    /// No configuration has this name.
    Unknown(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Params(error) => error.fmt(f),
            Self::Producers(n) => {
                write!(
                    f,
                    "{n} producers asked for; the model is searched with 1 to {}",
                    Config::PRODUCERS_MAX
                )
            }
            Self::NoChunks => write!(f, "0 chunks asked for; each producer needs at least 1"),
            Self::Unknown(name) => write!(f, "there is no configuration named \"{name}\""),
        }
    }
}

impl std::error::Error for ConfigError {}

impl From<ParamsError> for ConfigError {
    fn from(error: ParamsError) -> Self {
        Self::Params(error)
    }
}

impl Config {
    /// Waits are named by their producer, and flush requests by the numbers from here on.
    pub const PRODUCERS_MAX: usize = 4;

    /// `m`: the longest chunk that any producer can get accepted, in bytes. Those beyond the capacity never enter the buffer.
    #[must_use]
    pub fn longest_chunk(&self) -> usize {
        self.sizes.iter().copied().filter(|len| *len <= self.params.capacity).max().unwrap_or(0)
    }

    /// Whether every producer is polite, as W-12, L-02 and L-06 assume.
    #[must_use]
    pub fn all_polite(&self) -> bool {
        self.producers.iter().all(|manner| *manner == Manner::Polite)
    }

    /// Whether this world has endless producers.
    #[must_use]
    pub fn is_cyclic(&self) -> bool {
        matches!(self.supply, Supply::Endless(_))
    }

    /// Whether the sink may do that.
    #[must_use]
    pub fn allows(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}
