//! A server whose log goes to a pipe that nobody reads. It goes on serving, because whoever logs does not wait; with `direct` in place of `log` it stops for ever
//! once the pipe is full, as a program does that calls `println!`.
//!
//! A line on its standard input is a request, a line on its standard error the answer. Type requests; from the fourth or so on the pipe is full:
//!
//! ```sh
//! cargo run -p highwater --features tracing-subscriber --example stalled_stdout -- log | sleep 1000
//! ```

use highwater::{Log, LogGuard, OnFull, Writer};
use std::error::Error;
use std::io::{self, Stdout};
use std::time::Duration;

/// How many events a request is worth, of some 100 bytes each: three requests and a bit fill a pipe of 64 KiB.
const EVENTS: usize = 200;
/// What the log may take of memory, in bytes, and how long the end of the program may wait for the reader.
const CAPACITY: usize = 64 * 1024;
const LIMIT: Duration = Duration::from_millis(100);

fn handle(request: &str) {
    for event in 0..EVENTS {
        tracing::info!(request, event, "{:.<60}", "");
    }
    eprintln!("done: {request}");
}

fn serve() -> io::Result<()> {
    for request in io::stdin().lines() {
        handle(&request?);
    }
    Ok(())
}

fn log_to_stdout() -> Result<(Log<Stdout>, LogGuard<Stdout>), Box<dyn Error>> {
    let stream = Writer::builder().capacity(CAPACITY).thread_name("log").spawn(io::stdout())?;
    let (log, guard) = stream.into_shared().into_log(OnFull::DropAndReport);
    Ok((log, guard.limit(LIMIT)))
}

/// Serves until there are no more requests, with its log written in this way.
pub(crate) fn run(way: &str) -> Result<(), Box<dyn Error>> {
    let format = tracing_subscriber::fmt().with_ansi(false).without_time();
    match way {
        "direct" => tracing::subscriber::with_default(format.with_writer(io::stdout).finish(), serve)?,
        "log" => {
            let (log, guard) = log_to_stdout()?;
            let subscriber = format.with_writer(log.clone()).finish();
            tracing::subscriber::with_default(subscriber, serve)?;
            if let Err(error) = guard.finish() {
                eprintln!("{error}");
            }
            eprintln!("dropped: {}", log.dropped());
        }
        other => return Err(format!("`{other}` is neither `log` nor `direct`").into()),
    }
    Ok(())
}

#[allow(dead_code)] // a test runs the rest as its child
fn main() -> Result<(), Box<dyn Error>> {
    run(std::env::args().nth(1).as_deref().unwrap_or("log"))
}
