//! What was asked for on the command line.

use std::str::FromStr;

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Several rounds of everything, in full size.
    Full,
    /// One round of everything, a tenth of the size.
    Quick,
    /// One round, as small as still goes through all of the code.
    Tiny,
}

impl Scale {
    /// The size that belongs to this scale.
    pub(crate) const fn of<T: Copy>(self, full: T, quick: T, tiny: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
            Self::Tiny => tiny,
        }
    }

    /// Rounds, of so many in full.
    pub(crate) const fn rounds(self, full: usize) -> usize {
        self.of(full, 1, 1)
    }

    pub(crate) const fn name(self) -> &'static str {
        self.of("full", "quick", "test")
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    /// Say the names of the experiments.
    List,
    /// Say what can be asked for.
    Help,
    /// Run experiments.
    Run(Run),
}

/// Which experiments, and how much of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) scale: Scale,
    /// By name, in the order of the list they were chosen from.
    pub(crate) wanted: Vec<&'static str>,
    /// How long the long stream is, if that was said.
    pub(crate) gigabytes: Option<f64>,
}

impl Request {
    /// Understands the arguments; `names` are the experiments there are.
    ///
    /// Cargo adds `--bench` to those of `cargo bench`. Where it is missing, `cargo test` runs this among all other tests, with
    /// arguments meant for those: then options that are not ours are passed over, and words are parts of names.
    ///
    /// # Errors
    /// One line that says which argument is wrong and what would be right.
    pub(crate) fn parse(arguments: &[String], names: &[&'static str]) -> Result<Self, String> {
        let has = |option: &str| arguments.iter().any(|argument| argument == option);
        let among_tests = !["--bench", "--quick", "--test"].into_iter().any(has);
        let mut scale = if among_tests || has("--test") { Scale::Tiny } else { Scale::Full };
        let mut words = Vec::new();
        let mut gigabytes = None;
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.split_once('=').unwrap_or((argument, "")) {
                ("--bench" | "--test", "") => {}
                ("--quick", "") => scale = if has("--test") { Scale::Tiny } else { Scale::Quick },
                ("--list", "") => return Ok(Self::List),
                ("--help" | "-h", "") => return Ok(Self::Help),
                ("--gigabytes", "") => gigabytes = Some(amount(rest.next().map_or("", String::as_str))?),
                ("--gigabytes", value) => gigabytes = Some(amount(value)?),
                (word, "") if !word.starts_with('-') && (among_tests || names.contains(&word)) => {
                    words.push(word);
                }
                _ if among_tests => {}
                _ => return Err(unknown(argument, names)),
            }
        }
        let fits = |name: &str| {
            words.is_empty() || words.iter().any(|word| *word == name || (among_tests && name.contains(word)))
        };
        let wanted = names.iter().copied().filter(|name| fits(name)).collect();
        Ok(Self::Run(Run { scale, wanted, gigabytes }))
    }
}

fn unknown(argument: &str, names: &[&str]) -> String {
    format!(
        "unknown argument {argument:?}: expected --quick, --test, --list, --gigabytes N, or some of {}",
        names.join(", ")
    )
}

fn amount(text: &str) -> Result<f64, String> {
    match f64::from_str(text) {
        Ok(amount) if (0.001..=1000.0).contains(&amount) => Ok(amount),
        _ => Err(format!("--gigabytes wants a number from 0.001 to 1000, not {text:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["lines", "gzip", "idle"];

    fn parse(line: &str) -> Result<Request, String> {
        Request::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), &NAMES)
    }

    fn run(scale: Scale, wanted: &[&'static str], gigabytes: Option<f64>) -> Request {
        Request::Run(Run { scale, wanted: wanted.to_vec(), gigabytes })
    }

    #[test]
    fn what_cargo_bench_passes_on_is_understood() {
        assert_eq!(parse("--bench"), Ok(run(Scale::Full, &NAMES, None)));
        assert_eq!(parse("--quick idle lines --bench"), Ok(run(Scale::Quick, &["lines", "idle"], None)));
        assert_eq!(parse("--quick --test --bench"), Ok(run(Scale::Tiny, &NAMES, None)));
        assert_eq!(parse("--gigabytes 2.5 --bench"), Ok(run(Scale::Full, &NAMES, Some(2.5))));
        assert_eq!(parse("--gigabytes=2 --quick"), Ok(run(Scale::Quick, &NAMES, Some(2.0))));
        assert_eq!((parse("--list --bench"), parse("-h")), (Ok(Request::List), Ok(Request::Help)));
    }

    #[test]
    fn what_is_unknown_is_named_in_one_line() {
        for (line, named) in [
            ("gzipp --bench", "\"gzipp\""),
            ("--quick --fast", "\"--fast\""),
            ("--bench --quick=1", "\"--quick=1\""),
            ("--bench --gigabytes", "\"\""),
            ("--bench --gigabytes=many", "\"many\""),
            ("--bench --gigabytes -1", "\"-1\""),
        ] {
            let said = parse(line).unwrap_err();
            assert!(said.contains(named) && said.lines().count() == 1, "{line}: {said}");
        }
    }

    #[test]
    fn among_tests_everything_is_tiny_and_the_arguments_of_tests_hold() {
        assert_eq!(parse(""), Ok(run(Scale::Tiny, &NAMES, None)));
        assert_eq!(parse("--nocapture zip"), Ok(run(Scale::Tiny, &["gzip"], None)));
        assert_eq!(parse("--test-threads=1 some_other_test"), Ok(run(Scale::Tiny, &[], None)));
    }
}
