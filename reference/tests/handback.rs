//! What is handed back: the sink and every byte it did not take.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Finish, Observer, OnDrop, SinkCall, SinkErrorKind, WaitError, WriteError, Writer};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use support::{Events, Gate, Gated, Reply, eventually, within_limit};

/// A stream whose sink was offered "1234" and has not answered; "56" is buffered behind it.
fn busy() -> (Gate, Writer<Gated>) {
    let (gate, sink) = Gate::new();
    let mut writer = Writer::builder().spawn(sink).unwrap();
    let _ = writer.write("1234").unwrap();
    gate.wait_inside();
    let _ = writer.write("56").unwrap();
    (gate, writer)
}

/// What [`busy`] offers next once the sink has taken one byte: from the ring all that lies in one piece, without it the rest of the batch.
const REST: usize = if cfg!(feature = "ring") { 5 } else { 3 };

#[test]
fn o_03_each_bad_answer_of_the_sink_hands_everything_back_and_is_never_written_again() {
    let cases = [
        (Reply::Take(0), SinkErrorKind::WriteZero, io::ErrorKind::WriteZero, 0),
        (Reply::Error(io::ErrorKind::BrokenPipe), SinkErrorKind::Failed, io::ErrorKind::BrokenPipe, 0),
        (Reply::Error(io::ErrorKind::WouldBlock), SinkErrorKind::WouldBlock, io::ErrorKind::WouldBlock, 0),
        (Reply::Claim(REST + 1), SinkErrorKind::InvalidData, io::ErrorKind::InvalidData, REST),
        (Reply::Claim(usize::MAX), SinkErrorKind::InvalidData, io::ErrorKind::InvalidData, REST),
        (Reply::Panic, SinkErrorKind::Panicked, io::ErrorKind::Other, REST),
    ];
    within_limit(move || {
        for (reply, kind, io_kind, unknown) in cases {
            let (gate, writer) = busy();
            gate.reply(Reply::Take(1));
            gate.wait_inside();
            gate.reply(reply);
            let failed = writer.finish().wait().unwrap_err();
            let (error, sink, unwritten) = failed.into_parts();
            assert_eq!((error.kind(), error.call()), (kind, SinkCall::Write));
            assert_eq!(error.io_error().kind(), io_kind);
            assert_eq!((unwritten.bytes(), unwritten.unknown()), (&b"23456"[..], unknown), "{kind:?}");
            assert!(!gate.dropped(), "the sink comes back, whatever it did");
            drop(sink);
            assert_eq!(
                gate.calls(),
                ["write 4".to_owned(), format!("write {REST}")],
                "X-03: unknown bytes are not written again"
            );
        }
    });
}

#[test]
fn x_09_the_message_of_a_panic_is_in_the_error() {
    within_limit(|| {
        let (gate, writer) = busy();
        gate.reply(Reply::Panic);
        let error: io::Error = writer.finish().wait().unwrap_err().into();
        assert_eq!(error.to_string(), "the sink's write panicked: scripted panic");
    });
}

#[test]
fn e_04_a_failing_flush_fails_the_stream_with_nothing_left_over() {
    within_limit(|| {
        let (gate, writer) = busy();
        gate.reply(Reply::All);
        gate.reply(Reply::All);
        gate.reply(Reply::Error(io::ErrorKind::StorageFull));
        let (error, _sink, unwritten) = writer.finish().wait().unwrap_err().into_parts();
        assert_eq!(error.call(), SinkCall::Flush);
        assert!(unwritten.is_empty());
    });
}

#[test]
fn x_04_destroy_waits_for_the_call_in_progress_and_for_nothing_else() {
    within_limit(|| {
        let (gate, mut writer) = busy();
        let flush = writer.flush();
        let (sent, received) = mpsc::channel();
        let destroying = thread::spawn(move || sent.send(writer.destroy()).unwrap());
        assert_eq!(flush.wait(), Err(WaitError::Destroyed), "it takes effect at once");
        assert!(received.recv_timeout(Duration::from_millis(20)).is_err(), "but the sink is busy");
        gate.reply(Reply::Take(3));
        let destroyed = received.recv().unwrap();
        assert_eq!(destroyed.unwritten.bytes(), b"456");
        assert_eq!(destroyed.error, None);
        assert_eq!(gate.calls(), ["write 4"]);
        destroying.join().unwrap();
    });
}

#[test]
fn x_11_what_the_call_in_progress_answers_after_destroy_is_handed_back_and_not_emitted() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let events = Arc::new(Events::default());
        let mut writer = Writer::builder().observer(Arc::clone(&events)).spawn(sink).unwrap();
        let _ = writer.write("1234").unwrap();
        gate.wait_inside();
        let shared = writer.into_shared();
        shared.destroy();
        assert_eq!(shared.write("5"), Err(WriteError::Destroyed));
        assert!(shared.recover().is_none(), "the sink is still busy");
        gate.reply(Reply::Panic);
        assert_eq!(shared.closed().wait(), Err(WaitError::Destroyed));
        let recovered = shared.recover().unwrap();
        assert_eq!(recovered.error.map(|error| error.kind()), Some(SinkErrorKind::Panicked));
        assert_eq!((recovered.unwritten.len(), recovered.unwritten.unknown()), (4, 4));
        assert!(shared.recover().is_none(), "only the first who asks");
        eventually("close", || events.log() == ["close"]);
    });
}

#[test]
fn destroy_of_an_idle_corked_finished_or_failed_stream_gives_the_same_things_back() {
    within_limit(|| {
        let idle = Writer::builder().spawn(b"sink".to_vec()).unwrap().destroy();
        assert_eq!((idle.sink, idle.unwritten.is_empty(), idle.error), (b"sink".to_vec(), true, None));

        let mut corked = Writer::builder().spawn(Vec::new()).unwrap();
        corked.cork();
        let _ = corked.write("kept").unwrap();
        assert_eq!(corked.destroy().unwritten.into_bytes(), b"kept");

        let mut finished = Writer::builder().spawn(Vec::new()).unwrap();
        let _ = finished.write("all").unwrap();
        finished.end();
        finished.closed().wait().unwrap();
        let destroyed = finished.destroy();
        assert_eq!((destroyed.sink, destroyed.error), (b"all".to_vec(), None));

        let (gate, writer) = busy();
        gate.reply(Reply::Take(0));
        assert!(writer.closed().wait().is_err());
        let destroyed = writer.destroy();
        assert_eq!(destroyed.error.map(|error| error.kind()), Some(SinkErrorKind::WriteZero));
        assert_eq!(destroyed.unwritten.bytes(), b"123456");
    });
}

#[test]
fn a_finish_that_takes_too_long_can_be_given_up() {
    within_limit(|| {
        let (gate, mut writer) = busy();
        let flush = writer.flush();
        let mut finish = writer.finish();
        assert!(finish.wait_timeout(Duration::from_millis(1)).is_none());
        gate.reply(Reply::Take(2));
        gate.wait_inside();
        let destroying = thread::spawn(move || finish.destroy());
        assert_eq!(flush.wait(), Err(WaitError::Destroyed));
        gate.reply(Reply::Take(1));
        assert_eq!(destroying.join().unwrap().unwritten.bytes(), b"456");
        assert_eq!(gate.taken(), b"123");
    });
}

#[test]
fn x_07_a_sink_that_would_block_is_retried_and_destroy_cuts_the_pause_short() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().retry_would_block(Duration::from_millis(1)).spawn(sink).unwrap();
        let _ = writer.write("1234").unwrap();
        gate.reply(Reply::Error(io::ErrorKind::WouldBlock));
        gate.reply(Reply::Error(io::ErrorKind::Interrupted));
        gate.reply(Reply::All);
        gate.reply(Reply::All);
        writer.flush().wait().unwrap();
        gate.open();
        assert_eq!(gate.calls(), ["write 4", "write 4", "write 4", "flush"]);

        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().retry_would_block(Duration::MAX).spawn(sink).unwrap();
        let _ = writer.write("1234").unwrap();
        gate.reply(Reply::Error(io::ErrorKind::WouldBlock));
        eventually("the pause", || writer.settled() && gate.calls().len() == 1);
        assert_eq!(writer.destroy().unwritten.bytes(), b"1234");
    });
}

/// Takes a whole writer apart on the drain thread, where waiting for it would never end.
struct Impossible(Mutex<Option<Writer<Gated>>>, mpsc::Sender<(SinkErrorKind, Vec<u8>)>);

impl Observer for Impossible {
    fn drain(&self) {
        if let Some(writer) = self.0.lock().unwrap().take() {
            let (error, _sink, unwritten) = writer.finish().wait().unwrap_err().into_parts();
            self.1.send((error.kind(), unwritten.into_bytes())).unwrap();
        }
    }
}

#[test]
fn finish_on_the_drain_thread_gives_everything_back_instead_of_hanging() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let (sent, received) = mpsc::channel();
        let observer = Arc::new(Impossible(Mutex::new(None), sent));
        let builder = Writer::builder().high_water_mark(4).on_drop(OnDrop::Finish);
        let mut writer = builder.observer(Arc::clone(&observer)).spawn(sink).unwrap();
        assert!(writer.write("1234").unwrap().is_pause());
        *observer.0.lock().unwrap() = Some(writer);
        gate.reply(Reply::Take(1));
        assert_eq!(received.recv().unwrap(), (SinkErrorKind::WouldDeadlock, b"234".to_vec()));
    });
}

type Trap = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

/// Springs its trap in its first write.
struct Trapped(Trap);

impl io::Write for Trapped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let trap = self.0.lock().unwrap().take();
        if let Some(trap) = trap {
            trap();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn taking_a_stream_apart_inside_its_own_sinks_call_is_a_panic_of_the_sink_and_not_a_hang() {
    type Misuse = fn(Writer<Trapped>);
    let misuses: [Misuse; 2] = [|writer| drop(writer.destroy()), |writer| drop(writer.finish().wait())];
    within_limit(move || {
        for misuse in misuses {
            let trap = Trap::default();
            let events = Arc::new(Events::default());
            let builder = Writer::builder().observer(Arc::clone(&events));
            let mut writer = builder.spawn(Trapped(Arc::clone(&trap))).unwrap();
            let mut set = trap.lock().unwrap(); // the sink waits for it in its first write
            let _ = writer.write("1234").unwrap();
            let closed = writer.closed();
            *set = Some(Box::new(move || misuse(writer)));
            drop(set);
            assert_eq!(closed.wait(), Err(WaitError::Destroyed));
            eventually("the loss is told", || events.log().last().is_some_and(|event| event == "close"));
            assert!(events.log().iter().any(|event| event.ends_with("Some(Panicked)")), "{:?}", events.log());
        }
    });
}

#[test]
fn a_finish_that_has_given_its_result_panics_when_it_is_asked_for_another() {
    type Misuse = fn(Finish<Vec<u8>>);
    let misuses: [Misuse; 3] = [
        |finish| drop(finish.wait()),
        |mut finish| drop(finish.wait_timeout(Duration::ZERO)),
        |finish| drop(finish.destroy()),
    ];
    within_limit(move || {
        for misuse in misuses {
            let mut finish = Writer::builder().spawn(b"sink".to_vec()).unwrap().finish();
            let given = finish.wait_timeout(Duration::MAX);
            assert_eq!(given.unwrap().unwrap(), b"sink");
            let panic = catch_unwind(AssertUnwindSafe(|| misuse(finish))).unwrap_err();
            let text = panic.downcast_ref::<&str>().unwrap();
            assert!(text.contains("handed out"), "{text}");
        }
    });
}
