//! Which configuration and which mutant the arguments choose.

use highwater_model::config::{Config, ConfigError};
use highwater_model::matrix::{self, Choice};
use highwater_model::mutants::{MUTANTS, Mutant};
use highwater_model::properties::{CLAUSES, Clause};
use highwater_model::world::{Rules, World};

use super::output::Trouble;

/// The arguments that choose a configuration.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// A configuration by its name, as `highwater check` prints it.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["high_water_mark", "low_water_mark", "capacity", "producers", "chunks"])]
    pub(super) config: Option<String>,
    /// A write that leaves at least so many bytes buffered answers Pause.
    #[arg(long, value_name = "BYTES")]
    high_water_mark: Option<usize>,
    /// A drain is due when at most so many bytes are buffered [default: the high-water mark less 1].
    #[arg(long, value_name = "BYTES")]
    low_water_mark: Option<usize>,
    /// So many bytes are buffered at most [default: twice the high-water mark].
    #[arg(long, value_name = "BYTES")]
    capacity: Option<usize>,
    /// How many polite producers there are.
    #[arg(long, value_name = "N")]
    producers: Option<usize>,
    /// How many chunks each producer has.
    #[arg(long, value_name = "N")]
    chunks: Option<usize>,
}

impl Chosen {
    /// Whether the arguments choose nothing.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The configuration: the named one, or one of the numbers given.
    pub(super) fn config(&self) -> Result<Config, Trouble> {
        if let Some(name) = &self.config {
            return named(name);
        }
        let choice = Choice {
            high_water_mark: self.high_water_mark,
            low_water_mark: self.low_water_mark,
            capacity: self.capacity,
            producers: self.producers,
            chunks: self.chunks,
        };
        matrix::custom(choice).map_err(|error| Trouble(error.to_string()))
    }
}

/// The configuration with this name.
pub(super) fn named(name: &str) -> Result<Config, Trouble> {
    matrix::find(name).map_err(|error| match error {
        ConfigError::Unknown(_) => {
            let all = matrix::default_matrix();
            let hint = nearest(name, all.iter().map(|config| config.name.as_str()));
            Trouble(format!("there is no configuration named '{name}'{hint} (`highwater check` lists them)"))
        }
        other => Trouble(format!("configuration '{name}': {other}")),
    })
}

/// The mutant with this name.
pub(super) fn mutant(name: &str) -> Result<&'static Mutant, Trouble> {
    Mutant::find(name).ok_or_else(|| {
        let hint = nearest(name, MUTANTS.iter().map(|mutant| mutant.name));
        Trouble(format!("there is no mutant named '{name}'{hint} (`highwater clauses` lists them)"))
    })
}

/// The clause with this id.
pub(super) fn clause(id: &str) -> Result<&'static Clause, Trouble> {
    Clause::find(&id.to_uppercase()).ok_or_else(|| {
        let hint = nearest(&id.to_uppercase(), CLAUSES.iter().map(|clause| clause.id));
        Trouble(format!("there is no clause '{id}' with a property{hint} (`highwater clauses` lists them)"))
    })
}

/// This configuration under the contract, or under a mutant of it.
pub(super) fn world(config: Config, mutant: Option<&Mutant>) -> World {
    World::with_rules(config, mutant.map_or(Rules::CONTRACT, |mutant| mutant.rules))
}

/// `, did you mean 'this'?` if one of the names is near.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let near = names.map(|name| (distance(wanted, name), name)).min();
    near.filter(|(apart, name)| *apart <= name.len().max(wanted.len()) / 2)
        .map(|(_, name)| format!(", did you mean '{name}'?"))
        .unwrap_or_default()
}

/// How many letters must be put in, taken out or changed.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, left) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], above + 1);
        for (at, right) in to.iter().enumerate() {
            let changed = diagonal + usize::from(left != *right);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_if_it_is_near() {
        let names = ["sticky-off", "double-drain", "early-finish"];
        assert_eq!(nearest("doubel-drain", names.into_iter()), ", did you mean 'double-drain'?");
        assert_eq!(nearest("zzz", names.into_iter()), "");
        assert_eq!(nearest("any", [].into_iter()), "");
    }

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
