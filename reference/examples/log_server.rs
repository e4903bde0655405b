//! A small HTTP server that logs to its standard output, in one of four ways. What becomes of it when that is a pipe that nobody reads?
//!
//! | way | without a reader | its log afterwards |
//! |---|---|---|
//! | `println` | it stops serving once the pipe is full | complete |
//! | `appender` (`tracing-appender`, as it comes) | it serves; 128,000 lines of any length wait in memory | the rest is missing, and no line says so |
//! | `appender-lossless` | it stops serving after 128,000 lines | complete |
//! | `highwater` | it serves; 64 KiB wait in memory | a line where the gap is says how many events and bytes are missing |
//!
//! ```sh
//! cargo run -p highwater --features tracing-subscriber --example log_server -- highwater 8080 | sleep 1000 &
//! curl localhost:8080/events/1000   # logs so many events, then answers
//! curl localhost:8080/dropped       # how many it had to drop
//! curl localhost:8080/quit
//! ```

use highwater::{LogGuard, LogWriter, OnFull, Writer};
use std::error::Error;
use std::io::{self, BufRead, BufReader, Stdout, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use tracing_appender::non_blocking::NonBlockingBuilder;
use tracing_subscriber::fmt::MakeWriter;

/// What the log may take of memory, in bytes, and how long the end of the program may wait for whoever reads it.
const CAPACITY: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_millis(200);

/// One request a connection; whether it was the last.
fn answer(connection: &TcpStream, dropped: impl Fn() -> u64) -> io::Result<bool> {
    let mut lines = BufReader::new(connection).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path.strip_prefix("/events/").map(str::parse::<u32>) {
        Some(Ok(events)) => {
            for event in 0..events {
                tracing::info!(event, "{:.<500}", "");
            }
            ("200 OK", format!("{events} events were logged"))
        }
        None if path == "/dropped" => ("200 OK", dropped().to_string()),
        None if path == "/quit" => ("200 OK", "goodbye".to_owned()),
        _ => ("404 Not Found", "ask for /events/NUMBER, /dropped or /quit".to_owned()),
    };
    for header in lines {
        if header?.is_empty() {
            break; // all of the request is read: a connection closed before that is reset
        }
    }
    let len = body.len();
    let response = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len}\r\n\r\n{body}");
    let mut connection = connection; // the whole answer in one write
    connection.write_all(response.as_bytes())?;
    Ok(path == "/quit")
}

/// Each connection has a thread, as in any server: one that is stuck does not stop the others, as long as they do not log.
fn serve<M>(
    port: u16,
    log: M,
    dropped: impl Fn() -> u64 + Clone + Send + 'static,
) -> Result<(), Box<dyn Error>>
where
    M: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(log).finish();
    tracing::subscriber::set_global_default(subscriber)?;
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let own = listener.local_addr()?;
    eprintln!("listening on {own}");
    let (quit, quitting) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let (quit, dropped) = (quit.clone(), dropped.clone());
            thread::spawn(move || match connection.and_then(|connection| answer(&connection, dropped)) {
                Ok(false) => {}
                Ok(true) => drop(quit.send(())),
                Err(error) => eprintln!("a connection failed: {error}"),
            });
        }
    });
    quitting.recv()?;
    Ok(())
}

fn log_to_stdout() -> Result<(LogWriter<Stdout>, LogGuard<Stdout>), Box<dyn Error>> {
    let stream = Writer::builder().capacity(CAPACITY).thread_name("log").spawn(io::stdout())?;
    let (log, guard) = stream.into_shared().into_log(OnFull::DropAndReport);
    Ok((log, guard.timeout(TIMEOUT)))
}

/// Serves until it is told to quit, with its log written in this way.
pub(crate) fn run(way: &str, port: u16) -> Result<(), Box<dyn Error>> {
    match way {
        "println" => serve(port, io::stdout, || 0), // both wait in the lock of the standard output
        "appender" | "appender-lossless" => {
            let builder = NonBlockingBuilder::default().lossy(way == "appender");
            let (log, _guard) = builder.finish(io::stdout());
            let counter = log.error_counter();
            serve(port, log, move || counter.dropped_lines() as u64)
        }
        "highwater" => {
            let (log, guard) = log_to_stdout()?;
            let same = log.clone();
            serve(port, log, move || same.dropped().events)?;
            Ok(guard.finish().map(drop)?)
        }
        other => {
            Err(format!("`{other}` is no way to log: use println, appender, appender-lossless or highwater")
                .into())
        }
    }
}

#[allow(dead_code)] // a test runs the rest as its child
fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let way = args.next().unwrap_or_else(|| "highwater".to_owned());
    let port = args.next().unwrap_or_else(|| "0".to_owned());
    let Ok(port) = port.parse() else {
        eprintln!("`{port}` is no port: give a number up to 65535, or 0 for any that is free");
        return ExitCode::FAILURE;
    };
    match run(&way, port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
