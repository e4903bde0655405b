//! What turns a hang into a failure.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Longer than anything correct takes on a busy machine.
pub const HANG: Duration = Duration::from_secs(30);

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
    match finished.recv_timeout(HANG) {
        Err(RecvTimeoutError::Timeout) => Err(format!("hung: not done after {} s", HANG.as_secs())),
        // The thread that panicked has dropped its end.
        Ok(()) | Err(RecvTimeoutError::Disconnected) => thread.join().map_err(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panicked").to_owned()
        }),
    }
}
