//! What the usual back ends make of a log: each event is one chunk, whatever number of writes they make of it.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

use highwater::{EventTally, LogGuard, LogWriter, OnFull, Writer};
use log::{Level, LevelFilter, Log, Record};
use std::io::Write;

/// Of two events that every back end writes in pieces the second is longer than the capacity: only as one chunk is it dropped whole.
const CAPACITY: usize = 40;
const FIRST: &str = "first 42";
const SECOND: &str = "second, of more than one piece each of which would fit";

fn small_log() -> (LogWriter<Vec<u8>>, LogGuard<Vec<u8>>) {
    let shared = Writer::builder().capacity(CAPACITY).spawn(Vec::new()).unwrap().into_shared();
    shared.into_log(OnFull::Drop)
}

fn write_events(logger: &dyn Log) {
    let event = |args: std::fmt::Arguments<'_>| {
        logger.log(&Record::builder().level(Level::Info).target("here").args(args).build());
    };
    event(format_args!("{} {}", "first", 42));
    event(format_args!("{}{}{}", &SECOND[..20], &SECOND[20..40], &SECOND[40..]));
}

/// The first event is in the log, the second was dropped in one piece. Each is preceded by so much and followed by a newline.
fn check(prefix: &str, log: &LogWriter<Vec<u8>>, guard: LogGuard<Vec<u8>>) {
    let dropped = EventTally { events: 1, bytes: (prefix.len() + SECOND.len() + 1) as u64 };
    assert_eq!(log.dropped(), dropped, "not one chunk");
    assert_eq!(String::from_utf8(guard.finish().unwrap()).unwrap(), format!("{prefix}{FIRST}\n"));
}

#[test]
fn env_logger_writes_an_event_a_chunk() {
    let (log, guard) = small_log();
    let logger = env_logger::Builder::new()
        .filter_level(LevelFilter::Info)
        .target(env_logger::Target::Pipe(Box::new(log.clone())))
        .format(|out, record| writeln!(out, "{} {}", record.level(), record.args()))
        .build();
    write_events(&logger);
    check("INFO ", &log, guard);
}

#[test]
fn fern_writes_an_event_a_chunk() {
    let (log, guard) = small_log();
    let output: Box<dyn Write + Send> = Box::new(log.clone());
    let (_, logger) = fern::Dispatch::new().chain(output).into_log();
    write_events(&*logger);
    check("", &log, guard);
}

#[test]
fn simplelog_writes_an_event_a_chunk() {
    let (log, guard) = small_log();
    let config = simplelog::ConfigBuilder::new().set_time_level(LevelFilter::Off).build();
    let logger = simplelog::WriteLogger::new(LevelFilter::Info, config, log.clone());
    write_events(&*logger);
    check("[INFO] ", &log, guard);
}

#[cfg(feature = "tracing-subscriber")]
#[test]
fn tracing_writes_an_event_a_chunk() {
    let (log, guard) = small_log();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(log.clone());
    tracing::subscriber::with_default(subscriber.finish(), || {
        tracing::info!("{FIRST}");
        tracing::info!("{SECOND}");
    });
    check(" INFO log_backends: ", &log, guard);
}

#[test]
fn a_clone_does_not_finish_what_another_began() {
    let (mut log, guard) = small_log();
    log.write_all(b"one ").unwrap();
    let mut other = log.clone();
    other.write_all(b"another\n").unwrap();
    log.write_all(b"event\n").unwrap();
    other.write_all(b"and its end").unwrap();
    drop(other);
    assert_eq!(guard.finish().unwrap(), b"another\none event\nand its end");
}
