//! `spawn_with_final`: once, after the last flush, and before the stream finishes.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{OnDrop, SinkCall, SinkErrorKind, WaitError, Writer};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use support::{Events, Gate, Gated, Reply, eventually, within_limit};

/// A stream whose sink has been offered 3 bytes and has not answered.
fn offered(events: &Arc<Events>) -> (Gate, Writer<Gated>) {
    let (gate, sink) = Gate::new();
    let builder = Writer::builder().high_water_mark(3).observer(Arc::clone(events));
    let mut writer = builder.spawn_with_final(sink, Gated::finalize).unwrap();
    assert!(writer.write("123").unwrap().is_pause());
    gate.wait_inside();
    (gate, writer)
}

/// Catches a step before the flush, or one that is forgotten, or done twice, and a `finish` that does not wait for it (E-04).
#[test]
fn e_04_it_comes_once_after_the_flush_and_before_finish() {
    within_limit(|| {
        let events = Arc::new(Events::default());
        let (gate, mut writer) = offered(&events);
        writer.end();
        gate.reply(Reply::All);
        gate.reply(Reply::All);
        eventually("the step is begun", || gate.calls().len() == 3);
        let mut finish = writer.finish();
        assert!(finish.wait_timeout(Duration::from_millis(5)).is_none());
        assert!(events.log().is_empty(), "no `finish` while the step is not over: {:?}", events.log());
        gate.reply(Reply::All);
        finish.wait().unwrap();
        assert_eq!(gate.calls(), ["write 3", "flush", "final"]);
        assert_eq!(events.log(), ["finish", "close"]);
    });
}

/// Catches a writer that decides when the flush begins whether it is the last one.
#[test]
fn it_comes_though_the_end_comes_while_the_sink_flushes() {
    within_limit(|| {
        let events = Arc::new(Events::default());
        let (gate, mut writer) = offered(&events);
        let flush = writer.flush();
        gate.reply(Reply::All);
        eventually("the sink is flushed", || gate.calls().len() == 2);
        writer.end();
        gate.open();
        flush.wait().unwrap();
        writer.finish().wait().unwrap();
        assert_eq!(gate.calls(), ["write 3", "flush", "final"]);
    });
}

/// Catches a step after each flush.
#[test]
fn it_does_not_come_with_a_flush_that_is_not_the_last() {
    within_limit(|| {
        let events = Arc::new(Events::default());
        let (gate, mut writer) = offered(&events);
        gate.open();
        writer.flush().wait().unwrap();
        assert_eq!(gate.calls(), ["write 3", "flush"]);
        assert!(writer.write("456").unwrap().is_pause());
        writer.finish().wait().unwrap();
        assert_eq!(gate.calls(), ["write 3", "flush", "write 3", "flush", "final"]);
    });
}

/// Catches an error that is swallowed, or told as one of the flush (X-02, X-08, X-09, E-08).
#[test]
fn an_error_or_a_panic_of_it_fails_the_stream() {
    within_limit(|| {
        let cases = [
            (Reply::Error(ErrorKind::StorageFull), SinkErrorKind::Failed, "the sink's final step failed: "),
            (
                Reply::Error(ErrorKind::WouldBlock),
                SinkErrorKind::WouldBlock,
                "the sink's final step would block: ",
            ),
            (Reply::Panic, SinkErrorKind::Panicked, "the sink's final step panicked: scripted panic"),
        ];
        for (reply, kind, text) in cases {
            let events = Arc::new(Events::default());
            let (gate, mut writer) = offered(&events);
            let flush = writer.flush();
            writer.end();
            for reply in [Reply::All, Reply::All, reply] {
                gate.reply(reply);
            }
            let (error, _sink, unwritten) = writer.finish().wait().unwrap_err().into_parts();
            assert_eq!((error.kind(), error.call(), unwritten.len()), (kind, SinkCall::Final, 0));
            assert!(error.to_string().starts_with(text), "{error}");
            assert_eq!(flush.wait(), Err(WaitError::Errored(error)), "it is the end of that flush");
            eventually("close", || events.log().len() == 2);
            assert_eq!(events.log(), [format!("error {kind:?}"), "close".to_owned()]);
            assert_eq!(gate.calls(), ["write 3", "flush", "final"], "and it is not called again");
        }
    });
}

/// Catches a writer that flushes an encoder whose last block was begun.
#[test]
fn interrupted_it_is_called_again_and_the_flush_before_it_is_not() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let builder = Writer::builder().high_water_mark(3).retry_would_block(Duration::from_millis(1));
        let mut writer = builder.spawn_with_final(sink, Gated::finalize).unwrap();
        assert!(writer.write("123").unwrap().is_pause());
        gate.reply(Reply::All);
        let interrupted = [ErrorKind::Interrupted, ErrorKind::WouldBlock].map(Reply::Error);
        for reply in [Reply::All].into_iter().chain(interrupted) {
            gate.reply(reply);
        }
        gate.open();
        writer.finish().wait().unwrap();
        assert_eq!(gate.calls(), ["write 3", "flush", "final", "final", "final"]);
    });
}

/// Catches a writer that ends a file which is not whole as if it were.
#[test]
fn after_an_error_or_a_destroy_it_does_not_come() {
    within_limit(|| {
        for reply in [Reply::Error(ErrorKind::StorageFull), Reply::Take(0), Reply::Panic] {
            let (gate, writer) = offered(&Arc::default());
            gate.reply(reply);
            writer.finish().wait().unwrap_err();
            assert_eq!(gate.calls(), ["write 3"]);
        }
        let (gate, mut writer) = offered(&Arc::default());
        writer.end();
        gate.reply(Reply::All);
        eventually("the sink is flushed", || gate.calls().len() == 2);
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        let error = writer.finish().wait().unwrap_err();
        assert_eq!(error.error().call(), SinkCall::Flush);
        assert_eq!(gate.calls(), ["write 3", "flush"]);

        let (gate, mut writer) = offered(&Arc::default());
        writer.end();
        gate.reply(Reply::All);
        eventually("the sink is flushed", || gate.calls().len() == 2);
        let flush = writer.flush();
        let destroying = std::thread::spawn(move || writer.destroy());
        assert_eq!(flush.wait(), Err(WaitError::Destroyed));
        gate.open();
        let destroyed = destroying.join().unwrap();
        assert!(destroyed.unwritten.is_empty() && destroyed.error.is_none());
        assert_eq!(gate.calls(), ["write 3", "flush"]);
    });
}

/// Catches a close that does not wait for the step in progress, and an error told after a destroy.
#[test]
fn x_11_destroyed_during_it_the_stream_hands_its_error_back() {
    within_limit(|| {
        let events = Arc::new(Events::default());
        let (gate, mut writer) = offered(&events);
        writer.end();
        gate.reply(Reply::All);
        gate.reply(Reply::All);
        eventually("the step is begun", || gate.calls().len() == 3);
        let closed = writer.closed();
        let destroying = std::thread::spawn(move || writer.destroy());
        std::thread::sleep(Duration::from_millis(5));
        assert!(!destroying.is_finished(), "the call in progress is waited for");
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        let destroyed = destroying.join().unwrap();
        assert_eq!(destroyed.error.unwrap().call(), SinkCall::Final);
        assert_eq!(closed.wait(), Err(WaitError::Destroyed));
        eventually("close", || events.log() == ["close"]);
    });
}

/// Catches a drop that leaves the file unfinished, and one that tells nobody (`OnDrop::Finish`, `Detach`).
#[test]
fn a_drop_does_it_and_tells_of_its_error() {
    within_limit(|| {
        for policy in [OnDrop::Finish, OnDrop::Detach] {
            let events = Arc::new(Events::default());
            let (gate, sink) = Gate::new();
            let builder = Writer::builder().on_drop(policy).observer(Arc::clone(&events));
            let mut writer = builder.spawn_with_final(sink, Gated::finalize).unwrap();
            assert!(writer.write("123").unwrap().is_continue());
            for reply in [Reply::All, Reply::All, Reply::Error(ErrorKind::StorageFull)] {
                gate.reply(reply);
            }
            drop(writer);
            eventually("it is told", || events.log().contains(&"lost \"\" Some(Failed)".to_owned()));
            assert_eq!(gate.calls(), ["write 3", "flush", "final"]);
            eventually("the sink is dropped", || gate.dropped());
        }
        let (gate, sink) = Gate::opened();
        drop(Writer::builder().on_drop(OnDrop::Discard).spawn_with_final(sink, Gated::finalize).unwrap());
        assert!(!gate.calls().contains(&"final".to_owned()), "what is discarded is not finished");
    });
}

/// Catches a stream that ends without a byte and forgets the step, and one that keeps what the step holds.
#[test]
fn a_stream_without_a_byte_has_one_too_and_the_step_is_dropped_with_it() {
    within_limit(|| {
        let held = Arc::new(());
        let (gate, sink) = Gate::opened();
        let step = {
            let held = Arc::clone(&held);
            move |sink: &mut Gated| {
                let _ = &held;
                sink.finalize()
            }
        };
        let mut writer = Writer::builder().spawn_with_final(sink, step).unwrap();
        writer.end();
        writer.end();
        writer.finish().wait().unwrap();
        assert_eq!(gate.calls(), ["flush", "final"]);
        assert_eq!(Arc::strong_count(&held), 1);
    });
}
