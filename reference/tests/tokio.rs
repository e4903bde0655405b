//! The feature `tokio`: the adaptor under tokio's own copy, codecs, tasks and runtime.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Async, OnDrop, Writer};
use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use support::{Alarm, Gate, Gated, Reply, block_on, eventually, paused, poll_once, within_limit};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::runtime;
use tokio_util::codec::{FramedWrite, LinesCodec};

fn poll_write(out: &mut Async<Gated>, alarm: &Arc<Alarm>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    let waker = Waker::from(Arc::clone(alarm));
    Pin::new(out).poll_write(&mut Context::from_waker(&waker), bytes)
}

fn pattern(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

fn failed(gate: &Gate, writer: Writer<Gated>) -> Async<Gated> {
    gate.reply(Reply::Error(ErrorKind::StorageFull));
    assert!(writer.closed().wait().is_err());
    writer.into_async()
}

#[test]
fn a_copy_is_byte_for_byte_and_bounded() {
    within_limit(|| {
        let runtime = runtime::Builder::new_current_thread().build().unwrap();
        let text = pattern(1_000_000);
        let mut out =
            Writer::builder().high_water_mark(1000).capacity(3000).spawn(Vec::new()).unwrap().into_async();
        runtime.block_on(async {
            assert_eq!(tokio::io::copy(&mut &text[..], &mut out).await.unwrap(), 1_000_000);
            assert_eq!(out.get_ref().stats().taken, 1_000_000, "`copy` flushes at its end");
            out.shutdown().await.unwrap();
            assert!(out.into_inner().finish().await.unwrap() == text);
        });
    });
}

#[test]
fn a_framed_writer_in_a_task_of_its_own_writes_every_line() {
    within_limit(|| {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let out = Writer::builder().high_water_mark(100).spawn(Vec::new()).unwrap().into_async();
        let task = runtime.spawn(async move {
            use futures_util::SinkExt; // not for the file: `flush` would be two methods
            let mut framed = FramedWrite::new(out, LinesCodec::new());
            for i in 0..10_000 {
                framed.feed(format!("Line {i}")).await.unwrap();
            }
            SinkExt::<&str>::close(&mut framed).await.unwrap();
            framed.into_inner().into_inner().finish().await.unwrap()
        });
        let text = String::from_utf8(runtime.block_on(task).unwrap()).unwrap();
        assert!(text.lines().enumerate().all(|(i, line)| line == format!("Line {i}")));
        assert_eq!(text.lines().count(), 10_000);
    });
}

#[test]
fn a_write_waits_for_the_drain_that_is_owed_though_there_is_room() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, alarm) = (writer.into_async(), Alarm::new());
        assert!(
            poll_write(&mut out, &alarm, b"5").is_pending(),
            "4 of 8 bytes are buffered, and a drain is owed"
        );
        assert_eq!(out.get_ref().stats().buffered, 4);
        gate.open();
        block_on(out.write_all(b"5")).unwrap();
        block_on(out.shutdown()).unwrap();
        assert_eq!(gate.taken(), b"12345");
    });
}

#[test]
fn a_buffer_that_has_no_room_is_taken_whole_later_and_one_beyond_the_capacity_in_parts() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut out = Writer::builder().high_water_mark(4).capacity(8).spawn(sink).unwrap().into_async();
        let alarm = Alarm::new();
        assert!(matches!(poll_write(&mut out, &alarm, b"123"), Poll::Ready(Ok(3))));
        assert!(poll_write(&mut out, &alarm, b"456789").is_pending(), "5 bytes of room");
        assert_eq!(out.get_ref().stats().buffered, 3);
        gate.open();
        assert_eq!(block_on(out.write(b"456789")).unwrap(), 6);
        let part = block_on(out.write(&pattern(100))).unwrap();
        assert!((1..=8).contains(&part), "{part}");
        block_on(out.shutdown()).unwrap();
        assert_eq!(gate.taken(), [b"123456789", &pattern(part)[..]].concat());
    });
}

#[test]
fn an_empty_buffer_waits_for_nothing_and_says_that_the_stream_is_over() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, alarm) = (writer.into_async(), Alarm::new());
        assert!(matches!(poll_write(&mut out, &alarm, b""), Poll::Ready(Ok(0))));
        gate.open();
        block_on(out.shutdown()).unwrap();
        assert_eq!(block_on(out.write(b"")).unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_flush_waits_for_the_sink_and_one_that_a_write_came_after_begins_anew() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, alarm) = (writer.into_async(), Alarm::new());
        assert!(poll_once(&mut Box::pin(out.flush()), &alarm).is_pending());
        gate.reply(Reply::All);
        gate.wait_inside(); // in the flush of the first request
        assert_eq!(gate.calls(), ["write 4", "flush"]);
        assert!(matches!(poll_write(&mut out, &alarm, b"5"), Poll::Ready(Ok(1))));
        gate.reply(Reply::All);
        gate.wait_inside(); // in the write of the 5
        assert!(poll_once(&mut Box::pin(out.flush()), &alarm).is_pending(), "the 5 is not taken");
        gate.open();
        block_on(out.flush()).unwrap();
        assert_eq!(gate.calls(), ["write 4", "flush", "write 1", "flush"]);
        assert_eq!(gate.taken(), b"12345");
    });
}

#[test]
fn a_shutdown_waits_for_the_finish_and_can_be_made_again() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, alarm) = (writer.into_async(), Alarm::new());
        assert!(poll_once(&mut Box::pin(out.shutdown()), &alarm).is_pending());
        gate.reply(Reply::All);
        gate.wait_inside();
        assert!(poll_once(&mut Box::pin(out.shutdown()), &alarm).is_pending(), "taken and not flushed");
        gate.open();
        block_on(out.shutdown()).unwrap();
        block_on(out.shutdown()).unwrap();
        block_on(out.flush()).unwrap();
        assert_eq!(block_on(out.write(b"5")).unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(gate.calls(), ["write 4", "flush"]);
        drop(block_on(out.into_inner().finish()).unwrap());
    });
}

#[test]
fn a_failure_is_told_by_every_call_with_the_kind_of_the_sink_and_the_bytes_are_handed_back() {
    within_limit(|| {
        let (gate, writer) = paused();
        let mut out = failed(&gate, writer);
        for _ in 0..2 {
            assert_eq!(block_on(out.write(b"5")).unwrap_err().kind(), ErrorKind::StorageFull);
            assert_eq!(block_on(out.write(b"")).unwrap_err().kind(), ErrorKind::StorageFull);
            assert_eq!(block_on(out.flush()).unwrap_err().kind(), ErrorKind::StorageFull);
            assert_eq!(block_on(out.shutdown()).unwrap_err().kind(), ErrorKind::StorageFull);
        }
        let (_, _, unwritten) = block_on(out.into_inner().finish()).unwrap_err().into_parts();
        assert_eq!(unwritten.bytes(), b"1234");
    });
}

#[test]
fn a_write_that_is_pending_when_the_sink_fails_is_woken_and_told() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, alarm) = (writer.into_async(), Alarm::new());
        assert!(poll_write(&mut out, &alarm, b"5").is_pending());
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        eventually("the waker is called", || alarm.count.load(std::sync::atomic::Ordering::SeqCst) == 1);
        assert_eq!(block_on(out.write(b"5")).unwrap_err().kind(), ErrorKind::StorageFull);
    });
}

#[test]
fn a_dropped_write_has_accepted_nothing_and_its_waker_goes_with_the_next_or_with_the_adaptor() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let builder = Writer::builder().high_water_mark(4).capacity(8).on_drop(OnDrop::Detach);
        let mut writer = builder.spawn(sink).unwrap();
        assert!(writer.write("1234").unwrap().is_pause());
        let (mut out, first, second) = (writer.into_async(), Alarm::new(), Alarm::new());
        let mut write = Box::pin(out.write(b"lost"));
        assert!(poll_once(&mut write, &first).is_pending());
        drop(write);
        assert!(poll_write(&mut out, &second, b"5").is_pending());
        assert_eq!((Arc::strong_count(&first), Arc::strong_count(&second)), (1, 2));
        drop(out);
        assert_eq!(Arc::strong_count(&second), 1, "unregistered");
        gate.open();
        eventually("the sink is let go of", || gate.dropped());
        assert_eq!(gate.taken(), b"1234");
    });
}

#[test]
fn a_runtime_that_is_dropped_midway_loses_nothing_that_was_accepted() {
    within_limit(|| {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let (gate, sink) = Gate::new();
        let builder = Writer::builder().high_water_mark(4).capacity(8).on_drop(OnDrop::Detach);
        let mut out = builder.spawn(sink).unwrap().into_async();
        let (accepted, is_accepted) = channel();
        runtime.spawn(async move {
            out.write_all(b"12345").await.unwrap();
            accepted.send(()).unwrap();
            out.write_all(b"never").await.unwrap();
        });
        is_accepted.recv().unwrap();
        gate.wait_inside();
        drop(runtime);
        assert_eq!(gate.taken(), b"");
        gate.open();
        eventually("the sink is let go of", || gate.dropped());
        assert_eq!(gate.taken(), b"12345");
    });
}

#[test]
fn a_waker_that_panics_harms_nobody() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("scripted panic of a waker");
        }
    }
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, bomb) = (writer.into_async(), Waker::from(Arc::new(Bomb)));
        let mut write = Box::pin(out.write_all(b"5"));
        assert!(write.as_mut().poll(&mut Context::from_waker(&bomb)).is_pending());
        gate.open();
        block_on(write).unwrap();
        block_on(out.shutdown()).unwrap();
        assert_eq!(gate.taken(), b"12345");
    });
}
