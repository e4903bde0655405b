//! Writers that are dropped: what is in the file afterwards, and who is told of the rest.

use crate::case::{eventually, isolated, isolated_on_a_thread};
use crate::drive::Start;
use crate::seen::Seen;
use crate::sinks::{Splitting, Turn, Turning, watched};
use crate::stream::{Producer, bytes, is_stream};
use highwater::{OnDrop, Unwritten, Writer};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::thread;

/// More than a pipe holds by default, in bytes.
const TOO_MUCH: usize = 300_000;

/// The sink is slow, so that a drop that does not wait shows. Catches a drop that loses what is buffered, returns too early, or keeps the sink.
#[test]
fn drop_finishes_by_default() {
    isolated_on_a_thread(|case| {
        let path = case.path("log");
        let splitting = Splitting { inner: File::create(&path)?, rng: case.rng(), most: 3 };
        let (sink, watch) = watched(splitting);
        let seen = Seen::default();
        let mut writer = Writer::builder().observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        producer.write_politely(&mut writer, 20_000, 77)?;
        drop(writer);
        assert!(watch.is_dropped(), "the sink is closed when drop returns");
        assert_eq!(seen.events(), ["finish", "close"]);
        assert_eq!(fs::read(&path)?, watch.taken());
        producer.is_complete(case, &watch, Unwritten::default())
    });
}

/// Nobody is there to be given the error and the bytes, so the observer is. Catches a drop that swallows either.
#[test]
fn a_drop_that_cannot_finish_tells_the_observer() {
    isolated_on_a_thread(|case| {
        let path = case.path("log");
        let turning = Turning { inner: File::create(&path)?, good_writes: 1, turn: Turn::Zero };
        let (sink, watch) = watched(turning);
        let seen = Seen::default();
        let mut writer = Writer::builder().observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        let _ = producer.write(&mut writer, 1000)?;
        writer.flush().wait()?;
        writer.cork();
        let _ = producer.write(&mut writer, 400)?;
        drop(writer);
        assert!(watch.is_dropped());
        let error = "the sink's write failed: it took 0 bytes of a write that offered some";
        seen.were(&[&format!("error: {error}"), &format!("lost: 400 bytes, {error}"), "close"]);
        assert_eq!(fs::read(&path)?, watch.taken());
        producer.is_complete(case, &watch, seen.lost())
    });
}

/// The sink took every byte into a buffer of its own, and cannot be flushed. Catches a drop that takes "nothing is left" for "nothing is lost".
#[cfg(target_os = "linux")]
#[test]
fn a_drop_whose_last_flush_fails_tells_the_observer() {
    isolated_on_a_thread(|case| {
        let device = match File::options().write(true).open("/dev/full") {
            Ok(device) => device,
            Err(error) => {
                case.not_checked(&format!("a full device: /dev/full: {error}"));
                return Ok(());
            }
        };
        let (sink, watch) = watched(io::BufWriter::with_capacity(1 << 16, device));
        let seen = Seen::default();
        let mut writer = Writer::builder().observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        producer.write_politely(&mut writer, 1000, 100)?;
        drop(writer);
        assert!(watch.is_dropped());
        let error = "the sink's flush failed: No space left on device (os error 28)";
        seen.were(&[&format!("error: {error}"), &format!("lost: 0 bytes, {error}"), "close"]);
        producer.is_complete(case, &watch, seen.lost())
    });
}

/// The sink is stuck until this thread reads, which it does after the drop: waiting for it would hang. Catches a drop that waits although it
/// should not, and one that gives up what is buffered, or the sink, or its thread.
#[test]
fn drop_detaches() {
    isolated(|case| {
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let seen = Seen::default();
        let builder = Writer::builder().high_water_mark(1 << 20).on_drop(OnDrop::Detach);
        let mut writer = builder.observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        let _ = producer.write(&mut writer, TOO_MUCH)?;
        watch.wait_until_stuck(TOO_MUCH);
        let _ = producer.write(&mut writer, 50_000)?;
        drop(writer);
        assert!(watch.in_call() && seen.events().is_empty());
        let mut got = Vec::new();
        reader.read_to_end(&mut got)?; // the end comes when the sink is closed
        seen.were(&["finish", "close"]);
        assert_eq!(got, watch.taken());
        producer.is_complete(case, &watch, Unwritten::default())
    });
}

/// As [`drop_detaches`], but the reader goes. Catches a detached writer that loses bytes and tells nobody.
#[test]
fn a_detached_writer_that_fails_tells_the_observer() {
    isolated(|case| {
        let (reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let seen = Seen::default();
        let mut writer = Writer::builder().high_water_mark(1 << 20).observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        let _ = producer.write(&mut writer, TOO_MUCH)?;
        watch.wait_until_stuck(TOO_MUCH);
        let _ = producer.write(&mut writer, 50_000)?;
        drop(writer.finish()); // a finish nobody waits for detaches, whatever the policy
        drop(reader);
        eventually("the observer is told of close", || seen.events().len() == 3);
        let events = seen.events();
        assert!(events[0].starts_with("error: the sink's write failed: "), "{events:?}");
        let lost = format!("lost: {} bytes, the sink's write failed: ", producer.accepted - watch.len());
        assert!(events[1].starts_with(&lost) && events[2] == "close", "{events:?}");
        eventually("the sink is closed", || watch.is_dropped());
        producer.is_complete(case, &watch, seen.lost())
    });
}

/// Catches a discard that writes nevertheless, or does not tell what it discarded.
#[test]
fn drop_discards() {
    isolated(|case| {
        let path = case.path("log");
        let (sink, watch) = watched(File::create(&path)?);
        let seen = Seen::default();
        let mut writer = Writer::builder().on_drop(OnDrop::Discard).observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        producer.write_politely(&mut writer, 3000, 100)?;
        writer.flush().wait()?;
        writer.cork();
        producer.write_politely(&mut writer, 8000, 100)?;
        drop(writer);
        seen.were(&["lost: 5000 bytes", "close"]);
        assert_eq!(fs::read(&path)?, watch.taken());
        assert_eq!((watch.len(), watch.flushes()), (3000, 1), "not flushed again");
        producer.is_complete(case, &watch, seen.lost())
    });
}

/// The sink is stuck until this thread reads. Catches a discard that waits, and one that goes on with what came after the call in progress.
#[test]
fn drop_discards_while_the_sink_is_stuck() {
    isolated(|case| {
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let seen = Seen::default();
        let builder = Writer::builder().high_water_mark(1 << 20).on_drop(OnDrop::Discard);
        let mut writer = builder.observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        let _ = producer.write(&mut writer, TOO_MUCH)?;
        watch.wait_until_stuck(TOO_MUCH);
        let _ = producer.write(&mut writer, 50_000)?;
        drop(writer);
        assert!(watch.in_call());
        let mut got = Vec::new();
        reader.read_to_end(&mut got)?;
        assert_eq!(got.len(), TOO_MUCH, "the call in progress was not cut short");
        seen.were(&["lost: 50000 bytes", "close"]);
        assert_eq!(got, watch.taken());
        producer.is_complete(case, &watch, seen.lost())
    });
}

/// Catches a writer that loses its bytes when its producer panics, which is when a log is needed most.
#[test]
fn a_producer_that_panics() {
    isolated(|case| {
        let path = case.path("log");
        let file = File::create(&path)?;
        let producing = thread::spawn(move || {
            let mut writer = Writer::builder().high_water_mark(1000).start(file).expect("it starts");
            Producer::default().write_politely(&mut writer, 5000, 70).expect("a file takes it");
            // Past the panic hook, which ends the process: this panic is part of the test.
            std::panic::resume_unwind(Box::new("the producer panics"));
        });
        assert!(producing.join().is_err());
        let got = fs::read(&path)?;
        assert_eq!(got.len(), 5000);
        is_stream("what is in the file", 0, &got);
        Ok(())
    });
}

/// Catches a shared writer that ends with the first clone that is dropped, or with none.
#[test]
fn the_last_clone_that_is_dropped_finishes() {
    isolated_on_a_thread(|case| {
        let path = case.path("log");
        let (sink, watch) = watched(File::create(&path)?);
        let first = Writer::builder().start(sink)?.into_shared();
        let second = first.clone();
        let _ = first.write(bytes(0, 1000))?;
        drop(first);
        let _ = second.write(bytes(1000, 1000))?;
        let third = second.clone();
        drop(second);
        third.flush().wait()?;
        assert!(!watch.is_dropped());
        let _ = third.write(bytes(2000, 1000))?;
        drop(third);
        assert!(watch.is_dropped());
        assert_eq!(fs::read(&path)?, watch.taken());
        Producer { accepted: 3000 }.is_complete(case, &watch, Unwritten::default())
    });
}

/// A sink that panics when it is dropped.
struct BadEnd<S>(S);

impl<S: Write> Write for BadEnd<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<S> Drop for BadEnd<S> {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("the sink's drop panics"));
    }
}

/// Catches a drain thread that dies of it before it tells of close, for which the dropping thread then waits for ever.
#[test]
fn a_sink_whose_drop_panics() {
    isolated(|case| {
        for policy in [OnDrop::Finish, OnDrop::Detach, OnDrop::Discard] {
            let path = case.path("log");
            let (sink, watch) = watched(BadEnd(File::create(&path)?));
            let seen = Seen::default();
            let mut writer = Writer::builder().on_drop(policy).observer(seen.clone()).start(sink)?;
            let mut producer = Producer::default();
            producer.write_politely(&mut writer, 3000, 100)?;
            writer.flush().wait()?;
            drop(writer);
            let finished = ["finish", "close"];
            seen.were(if policy == OnDrop::Discard { &finished[1..] } else { &finished });
            assert!(watch.is_dropped());
            producer.is_complete(case, &watch, Unwritten::default())?;
        }
        Ok(())
    });
}
