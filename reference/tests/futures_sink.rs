//! The feature `futures-sink`: the adaptor at the end of a stream of futures-util.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use futures_util::{SinkExt, StreamExt, stream};
use highwater::Writer;
#[cfg(feature = "futures-io")]
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use support::{Alarm, Gate, Reply, block_on, paused, poll_once, within_limit};

#[test]
fn a_stream_that_is_forwarded_arrives_whole_and_bounded() {
    within_limit(|| {
        let mut out = Writer::builder().high_water_mark(64).spawn(Vec::new()).unwrap().into_async();
        let lines = stream::iter(0..10_000).map(|i| Ok(format!("Line {i}\n")));
        block_on(lines.forward(&mut out)).unwrap();
        assert_eq!(out.get_ref().stats().taken, 98_890, "`forward` closes");
        let text = String::from_utf8(block_on(out.into_inner().finish()).unwrap()).unwrap();
        assert!(text.lines().enumerate().all(|(i, line)| line == format!("Line {i}")));
        assert_eq!(text.lines().count(), 10_000);
    });
}

#[test]
fn an_item_waits_for_the_drain_that_is_owed_and_a_flush_for_the_sink() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, alarm) = (writer.into_async(), Alarm::new());
        assert!(
            poll_once(&mut out.feed("5"), &alarm).is_pending(),
            "4 of 8 bytes are buffered, and a drain is owed"
        );
        assert_eq!(out.get_ref().stats().buffered, 4);
        gate.reply(Reply::All);
        block_on(out.feed("5")).unwrap();
        assert!(poll_once(&mut SinkExt::<&str>::flush(&mut out), &alarm).is_pending(), "the 5 is not taken");
        gate.open();
        block_on(SinkExt::<&str>::flush(&mut out)).unwrap();
        assert_eq!(gate.taken(), b"12345");
        block_on(SinkExt::<&str>::close(&mut out)).unwrap();
        block_on(SinkExt::<&str>::close(&mut out)).unwrap();
        assert_eq!(block_on(out.feed("6")).unwrap_err().error().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn an_item_that_is_sent_without_being_asked_for_is_handed_back() {
    within_limit(|| {
        let mut out = Writer::builder().spawn(Vec::new()).unwrap().into_async();
        let (error, item) = out.start_send_unpin("early").unwrap_err().into_parts();
        assert_eq!((error.kind(), item), (ErrorKind::WouldBlock, Some("early")));
        block_on(out.feed("1")).unwrap();
        let (error, item) = out.start_send_unpin("again").unwrap_err().into_parts();
        assert_eq!((error.kind(), item), (ErrorKind::WouldBlock, Some("again")));
        block_on(out.send("2")).unwrap();
        assert_eq!(block_on(out.into_inner().finish()).unwrap(), b"12");
    });
}

#[cfg(feature = "futures-io")]
#[test]
fn a_write_between_poll_ready_and_start_send_makes_the_item_wait_again() {
    use futures_lite::AsyncWriteExt;
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut out = Writer::builder().high_water_mark(4).capacity(8).spawn(sink).unwrap().into_async();
        block_on(poll_fn(|context| SinkExt::<&str>::poll_ready_unpin(&mut out, context))).unwrap();
        assert_eq!(block_on(out.write(b"1234")).unwrap(), 4);
        let (error, item) = out.start_send_unpin("5").unwrap_err().into_parts();
        assert_eq!((error.kind(), item), (ErrorKind::WouldBlock, Some("5")));
        gate.open();
        block_on(out.send("5")).unwrap();
        assert_eq!(gate.taken(), b"12345");
    });
}

#[test]
fn an_item_without_room_is_handed_back_and_has_room_when_the_adaptor_is_ready_again() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut out = Writer::builder().high_water_mark(4).capacity(8).spawn(sink).unwrap().into_async();
        block_on(out.feed("123")).unwrap();
        let (error, item) = block_on(out.feed("456789")).unwrap_err().into_parts();
        assert_eq!((error.kind(), item), (ErrorKind::WouldBlock, Some("456789")));
        gate.open();
        block_on(out.feed("456789")).unwrap();
        block_on(SinkExt::<&str>::close(&mut out)).unwrap();
        assert_eq!(gate.taken(), b"123456789");
    });
}

#[test]
fn a_failure_keeps_the_kind_of_the_sink() {
    within_limit(|| {
        let (gate, writer) = paused();
        let mut out = writer.into_async();
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        let error = io::Error::from(block_on(out.send("5")).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert_eq!(block_on(out.into_inner().finish()).unwrap_err().unwritten().bytes(), b"1234");
    });
}
