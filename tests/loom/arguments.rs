//! The arguments that `cargo test` passes on, as far as they mean anything here.

use crate::scenarios::Play;

/// Options of the standard test harness that are followed by a value.
const WITH_VALUE: [&str; 6] = ["--test-threads", "--color", "--format", "--logfile", "--shuffle-seed", "-Z"];

/// What to run. Other options of the standard test harness are accepted and change nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// A scenario is run if its name contains one of these, or if there are none.
    filters: Vec<String>,
    skipped: Vec<String>,
    /// A filter has to be the whole name.
    exact: bool,
    /// Print the names only.
    pub(crate) list: bool,
    /// Run only what is not run by default: nothing.
    ignored: bool,
}

impl Arguments {
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Self {
        let mut arguments = Self::default();
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "--list" => arguments.list = true,
                "--exact" => arguments.exact = true,
                "--ignored" => arguments.ignored = true,
                "--skip" => arguments.skipped.extend(given.next()),
                option if WITH_VALUE.contains(&option) => drop(given.next()),
                option if option.starts_with('-') => {}
                _ => arguments.filters.push(argument),
            }
        }
        arguments
    }

    /// The scenarios chosen, in the order of the table.
    pub(crate) fn choose(&self) -> Vec<Play> {
        Play::all().filter(|play| self.chooses(&play.name())).collect()
    }

    fn chooses(&self, name: &str) -> bool {
        let fits = |filter: &String| if self.exact { name == filter } else { name.contains(filter.as_str()) };
        !self.ignored
            && (self.filters.is_empty() || self.filters.iter().any(fits))
            && !self.skipped.iter().any(fits)
    }
}
