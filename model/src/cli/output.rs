//! What goes to the two streams, and what a command comes to.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// How a command ended that did what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything looked at conforms.
    Conforms,
    /// Something does not, or a seeded bug went unnoticed.
    Violation,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Conforms => Self::SUCCESS,
            Verdict::Violation => Self::from(1),
        }
    }
}

/// Wrong input or a failed read or write: one line that says what was wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble(pub(crate) String);

impl Trouble {
    /// The file cannot be read or written.
    pub(crate) fn file(doing: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self(format!("cannot {doing} '{}': {error}", path.display()))
    }
}

impl From<Trouble> for ExitCode {
    fn from(trouble: Trouble) -> Self {
        warn(&trouble);
        Self::from(2)
    }
}

/// Says on standard error what is wrong.
pub(crate) fn warn(trouble: &Trouble) {
    // A second failure, to say so, has nowhere left to be reported.
    let _ = writeln!(io::stderr(), "highwater: {}", trouble.0.replace('\n', " "));
}

/// Writes to standard output. A reader that has seen enough, such as `head`, is no failure.
pub(crate) fn print(text: &str) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Trouble(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a JSON value to standard output, on lines of its own.
pub(crate) fn print_json(value: &serde_json::Value) -> Result<(), Trouble> {
    print(&format!("{value:#}\n"))
}
