//! Sinks that answer in ways they should not, in front of a real file.

use crate::case::{Case, isolated};
use crate::causes::{Cause, everyone_is_told};
use crate::drive::Start;
use crate::seen::Seen;
use crate::sinks::{LAST_WORDS, Splitting, Turn, Turning, Watch, Watched, watched};
use crate::stream::{Producer, is_stream};
use highwater::{SinkCall, SinkErrorKind, Unwritten, WaitError, Writer};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};

/// Short writes and interruptions without end. Catches a writer that goes on at the wrong place after a short write, counts an interrupted call
/// as taken, or takes an interruption for a failure, of the flush too.
#[test]
fn short_writes_and_interruptions() {
    isolated(|case| {
        let path = case.path("log");
        let splitting = Splitting { inner: File::create(&path)?, rng: case.rng(), most: 50 };
        let (sink, watch) = watched(splitting);
        let mut writer = Writer::builder().high_water_mark(300).low_water_mark(0).start(sink)?;
        let mut producer = Producer::default();
        let mut rng = case.rng();
        while producer.accepted < 50_000 {
            producer.write_politely(&mut writer, producer.accepted + 100, rng.between(1, 100))?;
            if rng.between(0, 9) == 0 {
                writer.flush().wait()?;
                assert_eq!(fs::metadata(&path)?.len(), producer.accepted, "flushed");
            }
        }
        let stats = writer.stats();
        let _sink = writer.finish().wait()?;
        assert!(watch.short_writes() > 100 && watch.interrupted() > 100 && watch.flushes() > 50);
        assert!(stats.buffered_max < 400, "W-12: {stats:?}");
        assert_eq!(fs::read(&path)?, watch.taken());
        producer.is_complete(case, &watch, Unwritten::default())
    });
}

/// A stream to a file whose sink is good for one write of 1000 bytes, and then turns; 500 more are offered then, and 250 come in after that.
/// Returns what came of it: the file, the sink, and what was handed back.
fn turned(case: &Case, turn: Turn, expected: &Cause) -> Result<Turned, Box<dyn std::error::Error>> {
    let path = case.path("log");
    let turning = Turning { inner: File::create(&path)?, good_writes: 1, turn };
    let (sink, watch) = watched(turning);
    let seen = Seen::default();
    let mut writer = Writer::builder().observer(seen.clone()).start(sink)?;
    let mut producer = Producer::default();
    let _ = producer.write(&mut writer, 1000)?;
    writer.flush().wait()?;
    writer.cork();
    let _ = producer.write(&mut writer, 400)?;
    let _ = producer.write(&mut writer, 100)?;
    writer.uncork();
    let told = everyone_is_told(&mut writer, expected);
    let stats = writer.stats();
    assert_eq!((stats.accepted, stats.taken, stats.buffered), (1500, 1000, 500));
    let failed = writer.finish().wait().expect_err("the sink turned");
    let last = failed.to_string();
    let (error, sink, unwritten) = failed.into_parts();
    assert_eq!(error, told);
    is_stream("what came back", 1000, unwritten.bytes());
    assert_eq!(unwritten.len(), 500);
    assert_eq!(watch.writes(), 2);
    watch.was_left_alone();
    seen.were(&[&format!("error: {}", expected.text), "close"]);
    let file = fs::read(&path)?;
    is_stream("what is in the file", 0, &file);
    Ok(Turned { file, sink, watch, unwritten, last, producer })
}

struct Turned {
    file: Vec<u8>,
    sink: Watched<Turning<File>>,
    watch: Watch,
    unwritten: Unwritten,
    last: String,
    producer: Producer,
}

/// The sink takes a part of what it was offered and panics: nobody can know how much. Catches a writer that dies of it, offers those bytes again,
/// drops them, hands them back as if they had surely not been written, or keeps the sink.
#[test]
fn a_sink_that_panics() {
    isolated(|case| {
        let cause = Cause {
            kind: SinkErrorKind::Panicked,
            text: format!("the sink's write panicked: {LAST_WORDS}"),
            ..Cause::write(ErrorKind::Other, "")
        };
        for after in [0, 123, 500] {
            let turned = turned(case, Turn::Panic { after }, &cause)?;
            assert_eq!(turned.unwritten.unknown(), 500, "all that the call was offered");
            let text = "500 bytes were not written, of which the first 500 may have been";
            assert!(turned.last.contains(text), "{}", turned.last);
            assert_eq!(turned.file.len(), 1000 + after);
            let mut file = turned.sink.into_inner().inner;
            file.write_all(&turned.unwritten.bytes()[after..])?; // a person may know better, and go on with the sink itself
            assert_eq!(fs::metadata(case.path("log"))?.len(), 1500);
        }
        Ok(())
    });
}

/// The bytes behind those of unknown fate surely were not written. Catches a writer that calls all of what it hands back unknown.
#[test]
fn a_sink_that_panics_while_more_comes_in() {
    isolated(|case| {
        let (started, starts) = std::sync::mpsc::channel();
        let (go, may_go) = std::sync::mpsc::channel();
        let (sink, watch) = watched(PanicsOnCue { started, may_go });
        let mut writer = Writer::builder().start(sink)?;
        let mut producer = Producer::default();
        let _ = producer.write(&mut writer, 300)?;
        starts.recv()?;
        let _ = producer.write(&mut writer, 200)?;
        go.send(())?;
        let Err(WaitError::Errored(error)) = writer.closed().wait() else { panic!("the sink panicked") };
        assert_eq!(error.to_string(), "the sink's write panicked: a panic without a message");
        let (_, _, unwritten) = writer.finish().wait().expect_err("the sink panicked").into_parts();
        assert_eq!((unwritten.len(), unwritten.unknown()), (500, 300));
        is_stream("what came back", 0, unwritten.bytes());
        watch.was_left_alone();
        producer.is_complete_from(case, &[], unwritten)
    });
}

/// Says when it is called, and panics when it is told to, with something that is no text.
struct PanicsOnCue {
    started: std::sync::mpsc::Sender<()>,
    may_go: std::sync::mpsc::Receiver<()>,
}

impl Write for PanicsOnCue {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        self.started.send(()).expect("the test listens");
        self.may_go.recv().expect("the test gives the cue");
        std::panic::resume_unwind(Box::new(42))
    }

    fn flush(&mut self) -> io::Result<()> {
        std::panic::resume_unwind(Box::new(LAST_WORDS.to_owned()))
    }
}

/// Catches a writer that takes a panic of the flush for a panic of a write, with bytes of unknown fate, or for a finish.
#[test]
fn a_sink_whose_flush_panics() {
    isolated(|case| {
        let ((started, _starts), (_go, may_go)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
        let (sink, watch) = watched(PanicsOnCue { started, may_go });
        let seen = Seen::default();
        let mut writer = Writer::builder().observer(seen.clone()).start(sink)?;
        let cause = Cause {
            kind: SinkErrorKind::Panicked,
            call: SinkCall::Flush,
            text: format!("the sink's flush panicked: {LAST_WORDS}"),
            ..Cause::write(ErrorKind::Other, "")
        };
        let Err(WaitError::Errored(error)) = writer.flush().wait() else { panic!("it was not flushed") };
        assert_eq!(everyone_is_told(&mut writer, &cause), error);
        let (_, _, unwritten) = writer.finish().wait().expect_err("it was not flushed").into_parts();
        seen.were(&[&format!("error: {}", cause.text), "close"]);
        Producer::default().is_complete(case, &watch, unwritten)
    });
}

/// Catches a writer that trusts the sink's count: it would index out of bounds, or count more bytes taken than it ever had.
#[test]
fn a_sink_that_claims_more_than_it_was_given() {
    isolated(|case| {
        for (more, claimed) in [(1, 501), (usize::MAX, usize::MAX)] {
            let text = format!("it claims to have taken {claimed} bytes of 500 offered");
            let cause =
                Cause { kind: SinkErrorKind::InvalidData, ..Cause::write(ErrorKind::InvalidData, &text) };
            let turned = turned(case, Turn::Claim { more }, &cause)?;
            assert_eq!((turned.unwritten.unknown(), turned.file.len()), (500, 1500));
        }
        Ok(())
    });
}

/// Catches a writer that calls the sink for ever, and one that holds an answer of 0 for success.
#[test]
fn a_sink_that_takes_nothing() {
    isolated(|case| {
        let text = "it took 0 bytes of a write that offered some";
        let cause = Cause { kind: SinkErrorKind::WriteZero, ..Cause::write(ErrorKind::WriteZero, text) };
        let turned = turned(case, Turn::Zero, &cause)?;
        assert_eq!(turned.file.len(), 1000);
        turned.producer.is_complete(case, &turned.watch, turned.unwritten)
    });
}

/// Catches a writer that closes its sink before the last flush, or flushes before the last byte.
#[test]
fn a_sink_with_a_buffer_of_its_own() {
    isolated(|case| {
        let path = case.path("log");
        let (sink, watch) = watched(io::BufWriter::with_capacity(1 << 20, File::create(&path)?));
        let seen = Seen::default();
        let mut writer = Writer::builder().high_water_mark(500).observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        producer.write_politely(&mut writer, 100_000, 33)?;
        let sink = writer.finish().wait()?;
        assert_eq!(fs::metadata(&path)?.len(), 100_000, "flushed before it is handed back");
        seen.were(&["finish", "close"]);
        drop(sink);
        producer.is_complete(case, &watch, Unwritten::default())
    });
}
