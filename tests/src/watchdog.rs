//! What turns a hang into a failure.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything correct takes on a busy machine.
pub const HANG: Duration = Duration::from_secs(30);

/// No more than this counts between two looks at the clock: a process that was stopped for a while did not hang.
const LOOK: Duration = Duration::from_millis(100);

/// How long something may still take. Ask it again and again.
#[derive(Debug)]
pub struct Patience {
    left: Duration,
    looked: Instant,
}

impl Patience {
    /// Patience for so long.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self { left: limit, looked: Instant::now() }
    }

    /// Whether it has run out. Time in which it was not asked counts for next to nothing.
    pub fn is_over(&mut self) -> bool {
        let now = Instant::now();
        self.left = self.left.saturating_sub(now.duration_since(self.looked).min(LOOK));
        self.looked = now;
        self.left.is_zero()
    }
}

/// Runs `body` on a thread of its own and answers what it answers.
///
/// # Errors
/// `body` panicked, or was not done after [`HANG`]; its thread is then left behind.
pub fn guard<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (done, finished) = channel();
    let thread = thread::spawn(move || {
        let result = body();
        let _ = done.send(());
        result
    });
    let mut patience = Patience::new(HANG);
    loop {
        match finished.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) if patience.is_over() => {
                return Err(format!("hung: not done after {} s", HANG.as_secs()));
            }
            Err(RecvTimeoutError::Timeout) => {}
            // The thread that panicked has dropped its end.
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    thread.join().map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panicked").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_which_nobody_looked_hardly_counts() {
        let mut patience = Patience::new(3 * LOOK);
        thread::sleep(4 * LOOK);
        assert!(!patience.is_over());
        while !patience.is_over() {
            thread::sleep(LOOK / 10);
        }
    }

    #[test]
    fn a_panic_is_told_by_its_message() {
        assert_eq!(guard(|| 7), Ok(7));
        let panics = || -> u8 { std::panic::resume_unwind(Box::new("as expected")) };
        assert_eq!(guard(panics), Err("as expected".to_owned()));
    }
}
