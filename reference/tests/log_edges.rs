//! A log in bad company: panics, observers that log, a process that ends without its guard, or is forked.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{EventTally, LogError, LogWriter, Observer, OnFull, SinkError, Writer};
use std::fs::File;
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;
use support::{Gate, Gated, Reply, eventually, within_limit};

const POLICIES: [OnFull; 3] = [OnFull::Block, OnFull::Drop, OnFull::DropAndReport];

#[test]
fn a_panic_while_an_event_is_written_ends_that_event() {
    within_limit(|| {
        for on_full in POLICIES {
            let shared = Writer::builder().spawn(Vec::new()).unwrap().into_shared();
            let (log, guard) = shared.into_log(on_full);
            let cut = catch_unwind(AssertUnwindSafe(|| {
                let mut event = log.event();
                event.write_all(b"half an ").unwrap();
                panic!("scripted panic while logging");
            }));
            assert!(cut.is_err());
            // The next one of that thread does not inherit its bytes.
            log.event().write_all(b"event\n").unwrap();
            assert_eq!(guard.finish().unwrap(), b"half an event\n");
            assert_eq!((log.dropped(), log.lost()), (EventTally::default(), EventTally::default()));
        }
    });
}

/// Logs into its own stream whatever it is told.
#[derive(Default)]
struct Chatty(OnceLock<Mutex<LogWriter<Gated>>>);

impl Chatty {
    fn say(&self, what: &str) {
        if let Some(log) = self.0.get() {
            let _ = writeln!(log.lock().unwrap(), "{what:.>20}");
        }
    }
}

impl Observer for Chatty {
    fn drain(&self) {
        self.say("drain");
    }

    fn finish(&self) {
        self.say("finish");
    }

    fn error(&self, _error: &SinkError) {
        self.say("error");
    }

    fn close(&self) {
        self.say("close");
    }
}

#[test]
fn an_observer_may_log_and_what_comes_too_late_is_counted() {
    within_limit(|| {
        for (on_full, fails) in POLICIES.into_iter().flat_map(|on_full| [(on_full, false), (on_full, true)]) {
            let (gate, sink) = Gate::new();
            let observer = Arc::new(Chatty::default());
            let builder = Writer::builder().high_water_mark(64).capacity(256).observer(Arc::clone(&observer));
            let (log, guard) = builder.spawn(sink).unwrap().into_shared().into_log(on_full);
            observer.0.set(Mutex::new(log.clone())).unwrap();
            log.event().write_all(&[b'x'; 64]).unwrap();
            gate.reply(Reply::All);
            let stream = log.stream().clone();
            eventually("the drain was logged", || stream.stats().accepted == 64 + 21);
            if fails {
                gate.reply(Reply::Error(std::io::ErrorKind::StorageFull));
            }
            gate.open();
            let finished = guard.finish();
            assert_eq!(finished.is_err(), fails, "{on_full:?}");
            eventually("both events are lost", || log.lost() == EventTally { events: 2, bytes: 42 });
            assert_eq!(log.dropped(), EventTally::default());
        }
    });
}

#[test]
fn a_sink_that_has_failed_fails_each_event_at_once() {
    within_limit(|| {
        for on_full in POLICIES {
            let disk = Cursor::new([0_u8; 4]); // takes so much, then no more
            let shared = Writer::builder().spawn(disk).unwrap().into_shared();
            let (mut log, guard) = shared.into_log(on_full);
            log.write_all(b"seven!\n").unwrap();
            let _ = log.stream().closed().wait();
            let failed = log.write_all(b"too late\n").unwrap_err();
            assert!(failed.to_string().contains("0 bytes"), "{failed}");
            log.write_all(b"begun").unwrap(); // it fails when the event ends
            assert!(log.flush().is_err());
            assert!(log.flush().is_ok(), "there is no event");
            assert_eq!(log.lost(), EventTally { events: 2, bytes: 14 });
            let Err(LogError::Sink(failed)) = guard.finish() else { panic!("it has failed") };
            assert_eq!(failed.unwritten().bytes(), b"n!\n".get(..3).unwrap());
        }
    });
}

/// Where a child of this binary writes its log; its presence makes it the child.
const CHILD: &str = "HIGHWATER_LOG_CHILD";

fn run_child(test: &str) -> String {
    let path = std::env::temp_dir().join(format!("highwater-{test}-{}", std::process::id()));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored"])
        .env(CHILD, &path)
        .spawn()
        .unwrap();
    eventually("the child ends", || child.try_wait().unwrap().is_some());
    assert!(child.wait().unwrap().success());
    let log = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    log
}

fn child_log() -> Option<(LogWriter<File>, highwater::LogGuard<File>)> {
    let path = PathBuf::from(std::env::var_os(CHILD)?);
    let shared = Writer::builder().spawn(File::create(path).unwrap()).unwrap().into_shared();
    Some(shared.into_log(OnFull::Drop))
}

#[test]
#[ignore = "is started by another test"]
fn child_that_exits() {
    let Some((log, _guard)) = child_log() else { return };
    log.event().write_all(b"flushed\n").unwrap();
    log.stream().flush().wait().unwrap();
    log.stream().cork(); // so that it is not written for once
    log.event().write_all(b"not flushed\n").unwrap();
    std::process::exit(0);
}

#[test]
fn a_process_that_exits_without_its_guard_has_written_what_it_flushed() {
    assert_eq!(run_child("child_that_exits"), "flushed\n");
}

#[cfg(unix)]
#[test]
#[ignore = "is started by another test"]
fn child_that_forks() {
    let Some((log, guard)) = child_log() else { return };
    let said = std::env::temp_dir().join(format!("highwater-forked-{}", std::process::id()));
    log.stream().cork();
    log.event().write_all(b"of the parent\n").unwrap();
    eventually("the drain thread sleeps, with no lock held", || log.stream().settled());
    match fork::fork().unwrap() {
        fork::Fork::Child => {
            log.event().write_all(b"of the child\n").unwrap();
            let finished = guard.timeout(Duration::from_millis(10)).finish();
            std::fs::write(said, format!("{finished:?}")).unwrap();
            std::process::exit(0);
        }
        fork::Fork::Parent(child) => {
            fork::waitpid(child).unwrap();
            assert_eq!(std::fs::read_to_string(&said).unwrap(), "Err(TimedOut { buffered: 27 })");
            std::fs::remove_file(said).unwrap();
            guard.finish().unwrap();
            std::process::exit(0);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_forked_child_writes_nothing_of_its_parents_log_and_ends() {
    assert_eq!(run_child("child_that_forks"), "of the parent\n");
}

#[test]
fn threads_that_end_may_log_to_the_end() {
    thread_local! {
        static LAST: std::cell::RefCell<Option<LastWords>> = const { std::cell::RefCell::new(None) };
    }
    struct LastWords(LogWriter<Vec<u8>>);
    impl Drop for LastWords {
        fn drop(&mut self) {
            self.0.event().write_all(b"goodbye\n").unwrap();
        }
    }
    within_limit(|| {
        let (log, guard) = Writer::builder().spawn(Vec::new()).unwrap().into_shared().into_log(OnFull::Block);
        let theirs = log.clone();
        thread::spawn(move || {
            LAST.set(Some(LastWords(theirs.clone())));
            theirs.event().write_all(b"hello\n").unwrap(); // its memory may be gone before the last words
        })
        .join()
        .unwrap();
        assert_eq!(guard.finish().unwrap(), b"hello\ngoodbye\n");
    });
}
