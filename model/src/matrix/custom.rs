//! Configurations of a user's choice.

use super::{all, plain};
use crate::config::{Config, ConfigError};
use crate::contract::Params;

/// What a user may choose; the rest is as told at each field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Choice {
    /// `H`, in bytes; 3.
    pub high_water_mark: Option<usize>,
    /// `L`, in bytes; `H - 1`.
    pub low_water_mark: Option<usize>,
    /// `C`, in bytes; `2 H`.
    pub capacity: Option<usize>,
    /// How many polite producers; 1.
    pub producers: Option<usize>,
    /// How many chunks each of them has; 3.
    pub chunks: Option<usize>,
}

/// A configuration of a user's choice, with everything else that `all` worlds have.
/// Its name tells all of it, so that [`super::find`] finds it again.
///
/// # Errors
/// Says which choice is out of range.
pub fn custom(choice: Choice) -> Result<Config, ConfigError> {
    let high = choice.high_water_mark.unwrap_or(3);
    let low = choice.low_water_mark.unwrap_or(high.saturating_sub(1));
    let capacity = choice.capacity.unwrap_or(high.saturating_mul(2));
    let producers = choice.producers.unwrap_or(1);
    let chunks = choice.chunks.unwrap_or(3);
    Params::new(high, low, capacity)?;
    if !(1..=Config::PRODUCERS_MAX).contains(&producers) {
        return Err(ConfigError::Producers(producers));
    }
    if chunks == 0 {
        return Err(ConfigError::NoChunks);
    }
    let name = format!("custom-h{high}-l{low}-c{capacity}-p{producers}-n{chunks}");
    Ok(all(plain(&name, high, low, capacity, producers, chunks), &[1, 2], 1, 1))
}

/// The custom configuration with this name, or `None` if it is no such name.
pub(super) fn parse(name: &str) -> Option<Result<Config, ConfigError>> {
    let mut parts = name.strip_prefix("custom-")?.split('-');
    let mut number = |letter: char| parts.next()?.strip_prefix(letter)?.parse().ok();
    let choice = Choice {
        high_water_mark: Some(number('h')?),
        low_water_mark: Some(number('l')?),
        capacity: Some(number('c')?),
        producers: Some(number('p')?),
        chunks: Some(number('n')?),
    };
    // "n3-and-more" is another name.
    Some(custom(choice)).filter(|custom| custom.as_ref().map_or(true, |config| config.name == name))
}
