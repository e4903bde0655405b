//! A server whose standard output is a pipe that nobody reads, with its log written in four ways: which go on serving, with how much memory, and what their logs say afterwards.
//!
//! The server is `examples/log_server.rs`, run by this same binary as its own child.

#![cfg(all(feature = "tracing-subscriber", target_os = "linux"))] // memory is read from /proc
#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

#[path = "../examples/log_server.rs"]
mod program;

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Which way the child is to log; its presence makes this binary the child.
const WAY: &str = "HIGHWATER_LOG_SERVER";
/// Long enough for any machine: whoever does not answer for so long hangs.
const HANG: Duration = Duration::from_secs(60);
/// A server that answers in some 10 ms is taken to be stuck after so long.
const STUCK: Duration = Duration::from_secs(3);
/// 160,000 events of more than half a KiB, which is more than `tracing-appender` holds and far more than a pipe does.
const REQUESTS: usize = 160;
const EVENTS: usize = 1000;

/// The child, if this is one.
#[test]
#[ignore = "is started by the other tests"]
fn child() {
    let Ok(way) = std::env::var(WAY) else { return };
    let code = match program::run(&way, 0) {
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
    address: SocketAddr,
    stderr: Receiver<String>,
}

impl Server {
    fn start(way: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(WAY, way)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, stderr) = channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let first = stderr.recv_timeout(HANG).unwrap();
        let address = first.strip_prefix("listening on ").unwrap().parse().unwrap();
        Self { child, address, stderr }
    }

    /// The body of the answer, unless it takes longer than the limit.
    fn get(&self, path: &str, limit: Duration) -> Option<String> {
        let mut connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(limit)).unwrap();
        write!(connection, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = String::new();
        match connection.read_to_string(&mut answer) {
            Ok(_) => Some(answer.split_once("\r\n\r\n").unwrap().1.to_owned()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// How many of the requests are answered before one is not.
    fn answered(&self, requests: usize, limit: Duration) -> usize {
        let path = format!("/events/{EVENTS}");
        (0..requests).take_while(|_| self.get(&path, limit).is_some()).count()
    }

    fn dropped(&self) -> usize {
        self.get("/dropped", HANG).unwrap().parse().unwrap()
    }

    /// The most memory it ever had, in KiB.
    fn peak(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
    }

    /// Somebody begins to read its log; all of it comes once the server has ended.
    fn read_log(&mut self) -> thread::JoinHandle<Vec<String>> {
        let log = BufReader::new(self.child.stdout.take().unwrap());
        let lines = log.lines().map(Result::unwrap);
        thread::spawn(move || {
            lines.filter(|line| line.contains(" INFO ") || line.contains("dropped")).collect()
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_whole(line: &str) -> bool {
    line.contains(" INFO ") && line.contains(&".".repeat(500)) && line.contains(" event=")
}

#[test]
fn highwater_goes_on_serving_in_little_memory_and_the_log_says_what_is_missing() {
    let mut server = Server::start("highwater");
    assert_eq!(server.answered(REQUESTS, HANG), REQUESTS, "it has stopped serving");
    let peak = server.peak();
    let dropped = server.dropped();
    assert!(dropped > 0, "all of it was to be more than the pipe and the capacity");
    let mut theirs = Server::start("appender");
    assert_eq!(theirs.answered(REQUESTS, HANG), REQUESTS);
    let their_peak = theirs.peak();
    println!("peak memory in KiB: highwater {peak}, tracing-appender {their_peak}");
    assert!(peak < 32 * 1024 && their_peak > 64 * 1024, "KiB: {peak}, tracing-appender {their_peak}");
    // Somebody reads again. Once the log has caught up it says what is missing, to the event.
    let log = server.read_log();
    let mut asked = 0;
    let dropped = loop {
        let before = server.dropped();
        server.get("/events/1", HANG).unwrap();
        asked += 1;
        if server.dropped() == before {
            break before;
        }
        assert!(asked < 1000, "it never catches up");
        thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(server.get("/quit", HANG).unwrap(), "goodbye");
    assert!(server.child.wait().unwrap().success());
    let log = log.join().unwrap();
    let (events, gaps): (Vec<_>, Vec<_>) = log.iter().partition(|line| is_whole(line));
    let said =
        |line: &&String| line.strip_prefix("highwater: ")?.split_once(" event")?.0.parse::<usize>().ok();
    let said: usize = gaps.iter().map(|gap| said(gap).expect("neither an event nor a gap")).sum();
    assert_eq!((said, events.len()), (dropped, REQUESTS * EVENTS + asked - dropped));
    // tracing-appender counts what it drops, but the log has no word of it.
    let dropped = theirs.dropped();
    assert!(dropped > 0);
    let log = theirs.read_log();
    assert_eq!(theirs.get("/quit", HANG).unwrap(), "goodbye");
    assert!(theirs.child.wait().unwrap().success());
    let log = log.join().unwrap();
    assert!(log.iter().all(|line| line.contains(" INFO ")), "{:?}", log.last());
    assert!(log.len() <= REQUESTS * EVENTS - dropped, "{} and {dropped} dropped", log.len());
}

#[test]
fn the_end_does_not_wait_for_a_reader_longer_than_the_guard_says() {
    let mut server = Server::start("highwater");
    assert_eq!(server.answered(2, HANG), 2);
    assert_eq!(server.get("/quit", HANG).unwrap(), "goodbye");
    let late = server.stderr.recv_timeout(HANG).unwrap();
    assert!(late.starts_with("the log was not written in time: "), "{late}");
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
}

/// It stops while nobody reads, and goes on when somebody does.
fn stops_serving(way: &str, at_least: usize) {
    let mut server = Server::start(way);
    let answered = server.answered(REQUESTS, STUCK);
    assert!((at_least..REQUESTS).contains(&answered), "{way}: {answered} answered");
    assert!(server.get("/dropped", HANG).is_some(), "what does not log is answered");
    let log = server.read_log();
    assert_eq!(server.answered(1, HANG), 1, "it was to wait for nothing but a reader");
    assert_eq!(server.get("/quit", HANG).unwrap(), "goodbye");
    server.child.wait().unwrap();
    assert!(log.join().unwrap().iter().all(|line| is_whole(line)));
}

#[test]
fn println_stops_serving() {
    stops_serving("println", 0);
}

#[test]
fn a_lossless_tracing_appender_stops_serving() {
    stops_serving("appender-lossless", 100);
}
