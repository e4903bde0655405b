//! The stream as a log: what becomes of events, one by one.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{EventTally, LogError, LogGuard, LogWriter, OnFull, SharedWriter, WaitError, Writer};
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;
use support::{Gate, Gated, Reply, eventually, within_limit};

/// A log whose sink holds what it is given until the gate is opened.
fn gated(capacity: usize, on_full: OnFull) -> (Gate, SharedWriter<Gated>, LogWriter<Gated>, LogGuard<Gated>) {
    let (gate, sink) = Gate::new();
    let shared = Writer::builder().capacity(capacity).spawn(sink).unwrap().into_shared();
    let (log, guard) = shared.clone().into_log(on_full);
    (gate, shared, log, guard)
}

/// An event of so many bytes.
fn event<W: Send + 'static>(log: &LogWriter<W>, letter: u8, len: usize) -> io::Result<()> {
    let mut event = log.event();
    event.write_all(&vec![letter; len - 1])?;
    event.write_all(b"\n")?;
    event.flush()
}

fn tally(events: u64, bytes: u64) -> EventTally {
    EventTally { events, bytes }
}

#[test]
fn events_of_threads_do_not_mix() {
    let shared = Writer::builder().high_water_mark(32).capacity(64).spawn(Vec::new()).unwrap().into_shared();
    let (log, guard) = shared.clone().into_log(OnFull::Block);
    thread::scope(|scope| {
        for letter in *b"abcd" {
            let log = &log;
            // Every eighth is longer than the capacity.
            scope.spawn(move || {
                (0..400).for_each(|i| event(log, letter, if i % 8 == 0 { 300 } else { 20 }).unwrap());
            });
        }
    });
    assert!(shared.stats().buffered_max <= 64, "more than the capacity was buffered");
    let text = guard.finish().unwrap();
    let mut lines = [0; 4];
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        assert!(line.iter().all(|byte| *byte == line[0]), "mixed: {}", String::from_utf8_lossy(line));
        assert!([299, 19].contains(&line.len()), "a part of an event: {}", String::from_utf8_lossy(line));
        lines[usize::from(line[0] - b'a')] += 1;
    }
    assert_eq!(lines, [400; 4]);
}

#[test]
fn block_waits_for_room_and_loses_nothing() {
    within_limit(|| {
        let (gate, shared, log, guard) = gated(8, OnFull::Block);
        let logging = thread::spawn(move || {
            (0..100).for_each(|_| event(&log, b'x', 4).unwrap());
            log
        });
        gate.wait_inside();
        eventually("a drain is owed", || shared.stats().pauses > 0);
        assert!(!logging.is_finished(), "there is no room for a hundred events");
        gate.open();
        let log = logging.join().unwrap();
        assert!(shared.stats().buffered_max <= 8);
        guard.finish().unwrap();
        assert_eq!(gate.taken(), b"xxx\n".repeat(100));
        assert_eq!((log.dropped(), log.lost()), (tally(0, 0), tally(0, 0)));
    });
}

#[test]
fn drop_counts_what_has_no_room() {
    within_limit(|| {
        let (gate, _shared, log, guard) = gated(64, OnFull::Drop);
        (0..10).for_each(|_| event(&log, b'x', 16).unwrap());
        assert_eq!(log.dropped(), tally(6, 96));
        event(&log, b'y', 65).unwrap(); // would never fit
        assert_eq!(log.dropped(), tally(7, 161));
        gate.open();
        guard.finish().unwrap();
        assert_eq!(gate.taken().len(), 64);
        assert_eq!(log.lost(), tally(0, 0));
    });
}

#[test]
fn a_report_stands_in_the_gap() {
    within_limit(|| {
        let (gate, shared, log, guard) = gated(390, OnFull::DropAndReport);
        for letter in *b"aaabbb" {
            event(&log, letter, 100).unwrap();
        }
        event(&log, b'c', 2).unwrap(); // would fit, and so would a report, but the drain has not come
        assert_eq!(log.dropped(), tally(4, 302));
        gate.open();
        shared.drained().wait().unwrap();
        event(&log, b'd', 100).unwrap();
        event(&log, b'e', 2).unwrap();
        guard.finish().unwrap();
        let gap = "highwater: 4 events (302 bytes) were dropped here, because the log was full";
        let [a, d] = ["a", "d"].map(|letter| letter.repeat(99));
        assert_eq!(String::from_utf8(gate.taken()).unwrap(), format!("{a}\n{a}\n{a}\n{gap}\n{d}\ne\n"));
        assert_eq!(log.dropped(), tally(4, 302));
    });
}

#[test]
fn a_report_is_written_at_the_end_if_no_event_comes() {
    within_limit(|| {
        let (gate, _shared, log, guard) = gated(128, OnFull::DropAndReport);
        event(&log, b'a', 128).unwrap();
        event(&log, b'b', 2).unwrap();
        let guard = guard.timeout(Duration::MAX);
        let finishing = thread::spawn(move || guard.finish().map(drop));
        gate.open();
        finishing.join().unwrap().unwrap();
        let text = String::from_utf8(gate.taken()).unwrap();
        let gap = "highwater: 1 event (2 bytes) was dropped here, because the log was full\n";
        assert!(text.ends_with(gap), "no report: {text}");
    });
}

#[test]
fn a_sink_that_fails_is_told_and_what_it_did_not_take_is_counted() {
    within_limit(|| {
        let (gate, shared, log, guard) = gated(8, OnFull::Block);
        event(&log, b'a', 8).unwrap();
        gate.wait_inside();
        let waiting = thread::spawn({
            let log = log.clone();
            move || event(&log, b'b', 8)
        });
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        assert_eq!(waiting.join().unwrap().unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(shared.closed().wait().map_err(|error| matches!(error, WaitError::Errored(_))), Err(true));
        drop(log.event()); // no event
        drop(log.event().write_all(b"c\n"));
        assert_eq!((log.lost(), log.dropped()), (tally(2, 10), tally(0, 0)));
        assert_eq!(log.error().unwrap().io_error().kind(), ErrorKind::StorageFull);
        let Err(LogError::Sink(failed)) = guard.finish() else { panic!("the sink has failed") };
        assert_eq!(failed.unwritten().bytes(), b"aaaaaaa\n");
    });
}

#[test]
fn an_error_can_be_asked_for_without_another_event() {
    within_limit(|| {
        let (gate, shared, log, _guard) = gated(8, OnFull::Drop);
        assert!(log.error().is_none());
        gate.reply(Reply::Panic);
        event(&log, b'a', 8).unwrap();
        let _ = shared.closed().wait();
        assert!(log.error().is_some());
    });
}

#[test]
fn events_after_the_end_are_counted() {
    within_limit(|| {
        let (gate, _shared, log, guard) = gated(64, OnFull::DropAndReport);
        gate.open();
        guard.finish().unwrap();
        assert_eq!(event(&log, b'a', 8).unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!((log.lost(), log.dropped()), (tally(1, 8), tally(0, 0)));
        assert!(log.error().is_none());
    });
}

/// Takes its time.
struct Slow(Arc<OnceLock<usize>>);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        thread::sleep(Duration::from_millis(50));
        self.0.set(bytes.len()).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_drop_of_the_guard_waits_for_the_sink() {
    let taken = Arc::new(OnceLock::new());
    let shared = Writer::builder().spawn(Slow(Arc::clone(&taken))).unwrap().into_shared();
    let (log, guard) = shared.into_log(OnFull::Block);
    let guard = guard.timeout(Duration::MAX);
    event(&log, b'a', 8).unwrap();
    drop(guard);
    assert_eq!(taken.get(), Some(&8), "the guard did not wait");
}

#[test]
fn nobody_waits_longer_than_the_limit() {
    within_limit(|| {
        for on_full in [OnFull::Block, OnFull::Drop, OnFull::DropAndReport] {
            let (gate, shared, log, guard) = gated(128, on_full);
            event(&log, b'a', 128).unwrap();
            if on_full != OnFull::Block {
                event(&log, b'b', 128).unwrap();
            }
            let result = guard.timeout(Duration::from_millis(5)).finish();
            assert!(matches!(result, Err(LogError::TimedOut { buffered: 128 })), "{result:?}");
            gate.open();
            shared.closed().wait().unwrap(); // it went on by itself
            assert!(event(&log, b'c', 2).is_err());
            assert_eq!(gate.taken().len(), 128);
        }
    });
}

#[test]
fn the_last_drop_of_a_log_whose_guard_gave_up_does_not_wait() {
    within_limit(|| {
        let (gate, shared, log, guard) = gated(128, OnFull::Drop);
        drop(shared);
        event(&log, b'a', 128).unwrap();
        drop(guard.timeout(Duration::ZERO));
        drop(log);
        assert_eq!(gate.taken(), b"", "nothing was taken yet");
        gate.open();
        eventually("the sink is let go of", || gate.dropped());
        assert_eq!(gate.taken().len(), 128);
    });
}

/// Logs into its own stream.
struct Chatty(Arc<OnceLock<LogWriter<Self>>>);

impl Write for Chatty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(log) = self.0.get() {
            for len in [bytes.len(), 9] {
                let _ = event(log, b'c', len); // no room for the first, and never for the second
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn block_does_not_wait_on_the_drain_thread() {
    within_limit(|| {
        let own = Arc::new(OnceLock::new());
        let shared = Writer::builder().capacity(8).spawn(Chatty(Arc::clone(&own))).unwrap().into_shared();
        let (log, guard) = shared.into_log(OnFull::Block);
        own.set(log.clone()).unwrap();
        event(&log, b'a', 8).unwrap();
        eventually("both are dropped", || log.dropped() == tally(2, 17));
        // Nor for an event that is handed over in parts, and waits for the drain thread.
        event(&log, b'a', 800).unwrap();
        drop(guard.finish().unwrap());
    });
}
