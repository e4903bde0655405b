//! Programs are run as processes of their own: their memory is theirs alone, and nothing one of them did helps the next.
//!
//! Most are this very program again. A child is told its task as JSON in its arguments, and says what it measured as JSON in the last line of
//! its error output; its standard output is for the bytes it writes.

use std::env;
use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The argument by which this program knows that it is a child. The name of the experiment and the task follow.
pub(crate) const AS_CHILD: &str = "--as-child";

/// A program that has ended well.
#[derive(Debug)]
pub(crate) struct Ran<T> {
    /// From before it was started until it was gone and all it wrote had been read.
    pub(crate) wall: Duration,
    /// What it said about itself.
    pub(crate) said: T,
}

/// This program again, as a child with a task.
pub(crate) fn again(experiment: &str, task: &impl Serialize) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.args([AS_CHILD, experiment, &serde_json::to_string(task)?]);
    Ok(command)
}

/// Runs a program to its end. Whatever it writes to its standard output is thrown away.
pub(crate) fn run<T: DeserializeOwned>(command: &mut Command) -> io::Result<Ran<T>> {
    command.stdout(Stdio::null());
    finish(command, |_| Ok(()))
}

/// Runs a program to its end, while `read` reads its standard output, a pipe, to the end of that.
pub(crate) fn run_into<T: DeserializeOwned>(
    command: &mut Command,
    read: impl FnOnce(&mut dyn Read) -> io::Result<()>,
) -> io::Result<Ran<T>> {
    command.stdout(Stdio::piped());
    finish(command, read)
}

fn finish<T: DeserializeOwned>(
    command: &mut Command,
    read: impl FnOnce(&mut dyn Read) -> io::Result<()>,
) -> io::Result<Ran<T>> {
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn()?;
    let outcome = child.stdout.take().map_or(Ok(()), |mut output| read(&mut output));
    // The reader is gone by now, so a child that writes on fails rather than waits. It says little: no pipe fills up unread.
    let status = child.wait()?;
    let wall = start.elapsed();
    let mut said = String::new();
    if let Some(mut errors) = child.stderr.take() {
        errors.read_to_string(&mut said)?;
    }
    match (outcome, last_words(status, &said)) {
        (Ok(()), said) => Ok(Ran { wall, said: said? }),
        (Err(wrong), Ok(_)) => Err(wrong),
        // Either may be the cause of the other.
        (Err(wrong), Err(failed)) => Err(io::Error::new(wrong.kind(), format!("{wrong}; {failed}"))),
    }
}

fn last_words<T: DeserializeOwned>(status: ExitStatus, said: &str) -> io::Result<T> {
    let last = said.lines().last().unwrap_or("it said nothing");
    if !status.success() {
        return Err(io::Error::other(format!("a program failed with {status}: {last}")));
    }
    serde_json::from_str(last)
        .map_err(|_| io::Error::other(format!("a program said no figures but {last:?}")))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn figures_are_the_last_line_of_the_error_output() {
        let ran: Ran<Vec<u64>> = run(&mut shell("echo lost; echo a warning >&2; echo [1,2] >&2")).unwrap();
        assert_eq!(ran.said, [1, 2]);
        assert!(ran.wall > Duration::ZERO);
    }

    #[test]
    fn what_is_written_to_the_pipe_is_read_to_its_end() {
        let mut read = String::new();
        let ran: io::Result<Ran<u64>> =
            run_into(&mut shell("echo through; echo 7 >&2"), |pipe| pipe.read_to_string(&mut read).map(drop));
        assert_eq!((read.as_str(), ran.unwrap().said), ("through\n", 7));
    }

    #[test]
    fn a_program_that_fails_or_says_nothing_has_no_figures() {
        let failed = |script: &str| run::<u64>(&mut shell(script)).unwrap_err().to_string();
        assert!(failed("echo no room >&2; exit 3").contains("no room"));
        assert!(failed("true").contains("it said nothing"));
        let unread: io::Result<Ran<u64>> =
            run_into(&mut shell("yes"), |_| Err(io::Error::other("wrong bytes")));
        assert!(unread.unwrap_err().to_string().starts_with("wrong bytes; a program failed"));
    }
}
