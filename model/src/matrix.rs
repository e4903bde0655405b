//! The configurations that are searched, by name.

use crate::config::{Config, ConfigError};

/// What `highwater check` searches by default.
#[must_use]
pub fn default_matrix() -> Vec<Config> {
    Vec::new()
}

/// What `highwater check --deep` searches: at least ten times more states.
#[must_use]
pub fn deep_matrix() -> Vec<Config> {
    Vec::new()
}

/// What a user may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Choice {
    /// `H`, in bytes.
    pub high_water_mark: Option<usize>,
    /// `L`, in bytes.
    pub low_water_mark: Option<usize>,
    /// `C`, in bytes.
    pub capacity: Option<usize>,
    /// How many polite producers.
    pub producers: Option<usize>,
    /// How many chunks each of them has.
    pub chunks: Option<usize>,
}

/// A configuration of a user's choice. Its name tells all of it, so that [`find`] finds it again.
///
/// # Errors
/// Says which choice is out of range.
pub fn custom(choice: Choice) -> Result<Config, ConfigError> {
    let _ = choice;
    Err(ConfigError::NoChunks)
}

/// The configuration with this name, of any matrix, of the mutants' own, or a custom one.
///
/// # Errors
/// There is none.
pub fn find(name: &str) -> Result<Config, ConfigError> {
    Err(ConfigError::Unknown(name.to_owned()))
}
