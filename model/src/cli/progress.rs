//! What long work says of itself on standard error: one line that is overwritten on a terminal, and elsewhere a plain line now and then.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use highwater_model::check;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::table;

/// Between two plain lines there is at least this long, so that a log stays short.
const PLAIN_EVERY: Duration = Duration::from_secs(2);

/// A line on standard error. Dropping it takes the line away again.
#[derive(Debug)]
pub(crate) struct Progress {
    started: Instant,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Line(ProgressBar),
    Plain(Mutex<Instant>),
}

impl Progress {
    pub(crate) fn start() -> Self {
        let started = Instant::now();
        let shown = if io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            // A line that is too long is cut, for a wrapped one could not be overwritten.
            bar.set_style(
                ProgressStyle::with_template("{wide_msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            Shown::Line(bar)
        } else {
            Shown::Plain(Mutex::new(started))
        };
        Self { started, shown }
    }

    /// Says where the work is.
    pub(crate) fn see(&self, at: &check::Progress) {
        self.say(|| describe(at));
    }

    /// The line is only built when it is shown.
    fn say(&self, line: impl FnOnce() -> String) {
        match &self.shown {
            Shown::Line(bar) => bar.set_message(line()),
            Shown::Plain(last) => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if last.elapsed() >= PLAIN_EVERY {
                    *last = Instant::now();
                    let at = table::seconds(self.started.elapsed());
                    // Progress that cannot be shown is no reason to stop the work.
                    let _ = writeln!(io::stderr(), "[{at}] {}", line());
                }
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Line(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn describe(at: &check::Progress) -> String {
    format!(
        "{} of {} done: {}, {:.0} k/s, depth {}, frontier {}; now {}",
        at.done,
        at.total,
        table::count(at.states, "state"),
        at.rate / 1e3,
        at.depth,
        table::thousands(at.frontier),
        at.names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_states_rate_depth_and_frontier() {
        let at = check::Progress {
            names: vec!["two-polite".to_owned(), "cork".to_owned()],
            done: 2,
            total: 12,
            states: 1_500_000,
            rate: 500_400.0,
            depth: 42,
            frontier: 1_234,
        };
        assert_eq!(
            describe(&at),
            "2 of 12 done: 1,500,000 states, 500 k/s, depth 42, frontier 1,234; now two-polite, cork"
        );
    }
}
