//! A program whose standard output is a pipe that nobody reads: with a log it goes on serving, with direct writing it does not.
//!
//! The program is `examples/stalled_stdout.rs`, run by this same binary as its own child.

#![cfg(feature = "tracing-subscriber")]
#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

#[path = "../examples/stalled_stdout.rs"]
mod program;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Which way the child is to log; its presence makes this binary the child.
const WAY: &str = "HIGHWATER_STALLED_STDOUT";
/// Some 20 KB of log each: six times what a pipe holds, and more than it and the log's memory together.
const REQUESTS: usize = 20;
/// Long enough for any machine: whoever is stuck for so long hangs.
const HANG: Duration = Duration::from_secs(60);
/// A program that answers a request in some 1 ms is taken to be stuck after so long. On a machine that is slower than that the contrast is not seen, and the test passes all the same.
const STUCK: Duration = Duration::from_secs(3);

/// The child, if this is one.
#[test]
#[ignore = "is started by the other tests"]
fn child() {
    let Ok(way) = std::env::var(WAY) else { return };
    let code = match program::run(&way) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    };
    std::process::exit(code); // the harness would print to the pipe that is full
}

struct Server {
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Server {
    fn start(way: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(WAY, way)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, answers) = channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let requests = child.stdin.take();
        Self { child, requests, answers }
    }

    fn ask(&mut self, request: usize) {
        writeln!(self.requests.as_mut().unwrap(), "{request}").unwrap();
    }

    /// The line that it prints next, unless it ends before or takes longer than the limit.
    fn answer(&self, limit: Duration) -> Option<String> {
        self.answers.recv_timeout(limit).ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_program_with_a_log_goes_on_serving_and_ends() {
    let mut server = Server::start("log");
    for request in 0..REQUESTS {
        server.ask(request);
        assert_eq!(server.answer(HANG), Some(format!("done: {request}")), "it has stopped serving");
    }
    server.requests = None; // the end of the requests; still nobody has read a byte
    let (late, dropped) = (server.answer(HANG).unwrap(), server.answer(HANG).unwrap());
    assert!(late.starts_with("the log was not written in time: "), "{late}");
    let events = dropped.strip_prefix("dropped: ").and_then(|rest| rest.split(' ').next()).unwrap();
    let dropped: usize = events.parse().unwrap();
    assert!(server.child.wait().unwrap().success());
    // What the pipe held is whole lines up to its end, and none of them was counted as dropped.
    let mut text = String::new();
    server.child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.split('\n').filter(|line| line.contains(" INFO ")).collect();
    let (_cut_off, whole) = lines.split_last().unwrap();
    assert!(whole.iter().all(|line| line.ends_with(&".".repeat(60)) || line.contains("event=")), "{whole:?}");
    assert!(
        dropped > 0 && whole.len() + dropped <= REQUESTS * 200,
        "{} written, {dropped} dropped",
        whole.len()
    );
}

#[test]
fn a_program_that_writes_directly_stops_until_somebody_reads() {
    let mut server = Server::start("direct");
    let mut answered = 0;
    for request in 0..REQUESTS {
        server.ask(request);
        match server.answer(STUCK) {
            Some(line) => assert_eq!(line, format!("done: {request}")),
            None => break,
        }
        answered += 1;
    }
    assert!(answered < REQUESTS, "the pipe was to be too small for all of its log");
    // It is the pipe that it waits for: read, and it answers.
    let mut stdout = server.child.stdout.take().unwrap();
    thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
    assert_eq!(server.answer(HANG), Some(format!("done: {answered}")));
}
