//! A stream driven by a task: what its sink is asked, when it is woken, and what those around it are told.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Builder, Driver, FuturesIo, Observer, SinkCall, SinkErrorKind, WaitError, Writer};
use std::future::Future;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use support::{Alarm, Events, Hand, Polled, Reply, block_on, poll_once, within_limit};

fn small() -> Builder {
    Writer::builder().high_water_mark(4).low_water_mark(1).capacity(8)
}

fn drive(builder: Builder, sink: Polled) -> (Writer<Polled>, Driver<Polled>) {
    builder.drive::<_, FuturesIo>(sink).unwrap()
}

#[test]
fn the_sink_is_written_flushed_and_closed_once_each_call_pending_until_it_answers() {
    within_limit(|| {
        let (hand, sink) = Hand::new();
        let events = Arc::new(Events::default());
        let (mut writer, mut driver) = drive(small().observer(Arc::clone(&events)), sink);
        let alarm = Alarm::new();
        assert!(poll_once(&mut driver, &alarm).is_pending());
        assert_eq!(hand.calls(), [""; 0], "there is nothing to do");
        assert!(writer.write("12345").unwrap().is_pause());
        let mut drained = writer.drained();
        let mut finish = writer.finish();
        for (reply, calls) in [
            (Reply::Take(2), &["write 5"][..]),
            (Reply::Error(ErrorKind::Interrupted), &["write 5", "write 3"]),
            (Reply::All, &["write 5", "write 3", "write 3"]),
            (Reply::Error(ErrorKind::Interrupted), &["write 5", "write 3", "write 3", "flush"]),
            (Reply::All, &["write 5", "write 3", "write 3", "flush", "flush"]),
        ] {
            assert!(poll_once(&mut driver, &alarm).is_pending());
            assert_eq!(hand.calls(), calls);
            let count = alarm.count.load(Ordering::SeqCst);
            hand.reply(reply);
            assert_eq!(alarm.count.load(Ordering::SeqCst), count + 1, "the sink has the driver's waker");
        }
        assert!(poll_once(&mut driver, &alarm).is_pending());
        assert_eq!(hand.calls()[5..], ["close"]);
        assert!(finish.wait_timeout(Duration::ZERO).is_none(), "not before the sink is shut down");
        assert_eq!(events.log(), [""; 0]);
        hand.reply(Reply::All);
        assert!(matches!(poll_once(&mut driver, &alarm), Poll::Ready(Ok(()))));
        assert_eq!(poll_once(&mut driver, &alarm), Poll::Ready(Ok(())), "and again");
        assert_eq!(drained.wait_timeout(Duration::ZERO), Err(WaitError::AfterEnd));
        assert!(finish.wait().is_ok());
        assert_eq!(hand.taken(), b"12345");
        assert_eq!(events.log(), ["finish", "close"]);
    });
}

/// Catches a driver that decides when it begins to flush whether the sink is to be shut down.
#[test]
fn a_flush_that_becomes_the_last_one_is_followed_by_the_shutdown_all_the_same() {
    within_limit(|| {
        let (hand, sink) = Hand::new();
        let (mut writer, mut driver) = drive(small(), sink);
        let alarm = Alarm::new();
        let flush = writer.flush();
        assert!(poll_once(&mut driver, &alarm).is_pending());
        assert_eq!(hand.calls(), ["flush"]);
        writer.end();
        hand.open();
        assert_eq!(poll_once(&mut driver, &alarm), Poll::Ready(Ok(())));
        assert_eq!(hand.calls(), ["flush", "close"]);
        assert_eq!(flush.wait(), Ok(()));
    });
}

#[test]
fn what_the_flush_or_the_shutdown_fails_with_is_the_failure_of_the_stream() {
    within_limit(|| {
        for (replies, call, text) in [
            (
                &[Reply::All, Reply::Error(ErrorKind::BrokenPipe)][..],
                SinkCall::Flush,
                "the sink's flush failed: ",
            ),
            (
                &[Reply::All, Reply::All, Reply::Error(ErrorKind::ConnectionReset)],
                SinkCall::Final,
                "the sink's final step failed: ",
            ),
            (&[Reply::All, Reply::All, Reply::Panic], SinkCall::Final, "the sink's final step panicked: "),
        ] {
            let (hand, sink) = Hand::opened(replies);
            let events = Arc::new(Events::default());
            let (mut writer, driver) = drive(small().observer(Arc::clone(&events)), sink);
            let _ = writer.write("123").unwrap();
            let finish = writer.finish();
            let outcome = block_on(driver);
            let (error, _sink, unwritten) = block_on(finish).unwrap_err().into_parts();
            assert_eq!(outcome, Err(error.clone()), "the driver says the same");
            assert_eq!((error.call(), unwritten.len()), (call, 0));
            assert!(error.to_string().starts_with(text), "{error}");
            assert_eq!(events.log(), [format!("error {:?}", error.kind()), "close".to_owned()]);
            assert_eq!(hand.calls().len(), replies.len(), "it is left alone after that: {:?}", hand.calls());
        }
    });
}

#[test]
fn wrong_answers_of_a_write_are_failures_that_give_everything_back() {
    within_limit(|| {
        for (reply, kind, unknown) in [
            (Reply::Take(0), SinkErrorKind::WriteZero, 0),
            (Reply::Claim(6), SinkErrorKind::InvalidData, 5),
            (Reply::Panic, SinkErrorKind::Panicked, 5),
            (Reply::Error(ErrorKind::StorageFull), SinkErrorKind::Failed, 0),
            (Reply::Error(ErrorKind::WouldBlock), SinkErrorKind::WouldBlock, 0),
        ] {
            let (_hand, sink) = Hand::opened(&[Reply::Take(1), reply]);
            let (mut writer, driver) = drive(small(), sink);
            let _ = writer.write("123456").unwrap();
            let drained = writer.drained();
            let outcome = block_on(driver).unwrap_err();
            assert_eq!((outcome.kind(), outcome.call()), (kind, SinkCall::Write));
            assert_eq!(block_on(drained), Err(WaitError::Errored(outcome)));
            let (_, _, unwritten) = block_on(writer.finish()).unwrap_err().into_parts();
            assert_eq!((unwritten.bytes(), unwritten.unknown()), (&b"23456"[..], unknown));
        }
    });
}

/// A sink that would block when it should be pending, and one that is interrupted for ever, do not keep the executor to themselves.
#[test]
fn after_some_calls_other_tasks_have_their_turn() {
    within_limit(|| {
        let again = [Reply::Error(ErrorKind::Interrupted); 1000];
        let (hand, sink) = Hand::opened(&again);
        let (mut writer, mut driver) = drive(small(), sink);
        let _ = writer.write("1").unwrap();
        let alarm = Alarm::new();
        assert!(poll_once(&mut driver, &alarm).is_pending());
        assert_eq!(
            (hand.calls().len(), alarm.count.load(Ordering::SeqCst)),
            (64, 1),
            "and it is to be polled again"
        );
        let (hand, sink) =
            Hand::opened(&[Reply::Error(ErrorKind::WouldBlock), Reply::Error(ErrorKind::WouldBlock)]);
        let (mut writer, mut driver) = drive(small().retry_would_block(Duration::from_secs(3600)), sink);
        let _ = writer.write("1").unwrap();
        let finish = writer.finish();
        let alarm = Alarm::new();
        for turn in 1..=2 {
            assert!(poll_once(&mut driver, &alarm).is_pending());
            assert_eq!((hand.calls().len(), alarm.count.load(Ordering::SeqCst)), (turn, turn));
        }
        block_on(driver).unwrap();
        assert!(finish.wait().is_ok());
    });
}

/// Catches a driver that is woken for every write, and one whose wake-up is lost.
#[test]
fn the_first_byte_wakes_an_idle_driver_and_those_after_it_do_not() {
    within_limit(|| {
        let (hand, sink) = Hand::opened(&[]);
        let (mut writer, mut driver) = drive(Writer::builder(), sink);
        let alarm = Alarm::new();
        for round in 1..=3 {
            assert!(poll_once(&mut driver, &alarm).is_pending());
            for _ in 0..100 {
                let _ = writer.write("12").unwrap();
            }
            assert_eq!(alarm.count.load(Ordering::SeqCst), round);
        }
        assert_eq!(hand.calls(), ["write 200", "write 200"]);
    });
}

/// Catches a driver that keeps the waker of its first poll.
#[test]
fn the_waker_of_the_last_poll_is_the_one_that_counts() {
    within_limit(|| {
        let (hand, sink) = Hand::new();
        let (writer, mut driver) = drive(small(), sink);
        let shared = writer.into_shared();
        let alarms: Vec<_> = (0..3).map(|_| Alarm::new()).collect();
        let counts = || alarms.iter().map(|alarm| alarm.count.load(Ordering::SeqCst)).collect::<Vec<_>>();
        assert!(poll_once(&mut driver, &alarms[0]).is_pending());
        assert!(poll_once(&mut driver, &alarms[1]).is_pending());
        let _ = shared.write("1").unwrap();
        assert_eq!(counts(), [0, 1, 0], "of an idle driver");
        assert!(poll_once(&mut driver, &alarms[1]).is_pending());
        assert!(poll_once(&mut driver, &alarms[2]).is_pending());
        assert_eq!(hand.calls(), ["write 1"], "polled twice it is one call");
        shared.destroy();
        assert_eq!(counts(), [0, 1, 1], "of one whose sink is pending");
    });
}

/// The bytes that come while a write is pending are for the next one.
#[test]
fn a_pending_write_is_polled_for_the_same_bytes_again() {
    within_limit(|| {
        let (hand, sink) = Hand::new();
        let (mut writer, mut driver) = drive(Writer::builder().high_water_mark(100), sink);
        let alarm = Alarm::new();
        let _ = writer.write("123").unwrap();
        assert!(poll_once(&mut driver, &alarm).is_pending());
        let _ = writer.write("45").unwrap();
        hand.open();
        assert!(poll_once(&mut driver, &alarm).is_pending());
        assert_eq!(hand.calls(), ["write 3", "write 2"]);
        assert_eq!(hand.taken(), b"12345");
        assert_eq!(writer.stats().sink_writes, 2);
    });
}

struct Bomb;

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {
        panic!("scripted panic of a waker");
    }
}

#[test]
fn a_waker_that_panics_harms_nobody_and_the_next_poll_goes_on() {
    within_limit(|| {
        let (hand, sink) = Hand::opened(&[]);
        let (mut writer, driver) = drive(small(), sink);
        let mut driver = pin!(driver);
        let bomb = Waker::from(Arc::new(Bomb));
        let mut context = Context::from_waker(&bomb);
        assert!(driver.as_mut().poll(&mut context).is_pending());
        assert!(writer.write("1234").unwrap().is_pause(), "the driver's waker panics in here");
        let mut drained = pin!(writer.drained());
        assert!(drained.as_mut().poll(&mut context).is_pending());
        let finish = writer.finish();
        block_on(driver).unwrap(); // the waker of the wait panics in here
        assert!(finish.wait().is_ok());
        assert_eq!(hand.taken(), b"1234");
    });
}

/// Waits in its own stream, on the thread that polls the driver.
struct Waits(Mutex<Option<highwater::SharedWriter<Polled>>>, std::sync::mpsc::Sender<Result<(), WaitError>>);

impl Observer for Waits {
    fn drain(&self) {
        let shared = self.0.lock().unwrap().take().unwrap();
        assert!(shared.write("5678").unwrap().is_pause());
        self.1.send(shared.drained().wait()).unwrap();
        self.1.send(shared.closed().wait()).unwrap();
    }
}

#[test]
fn a_blocking_wait_inside_of_the_poll_says_that_it_would_wait_for_itself() {
    within_limit(|| {
        let (hand, sink) = Hand::opened(&[]);
        let (told, tells) = channel();
        let observer = Arc::new(Waits(Mutex::new(None), told));
        let (writer, driver) = drive(small().observer(Arc::clone(&observer)), sink);
        let shared = writer.into_shared();
        *observer.0.lock().unwrap() = Some(shared.clone());
        assert!(shared.write("1234").unwrap().is_pause());
        drop(shared); // the observer's is the last one, and ends the stream
        block_on(driver).unwrap();
        assert_eq!(
            tells.try_iter().collect::<Vec<_>>(),
            [Err(WaitError::WouldDeadlock), Err(WaitError::WouldDeadlock)]
        );
        assert_eq!(hand.taken(), b"12345678");
    });
}

/// Catches a drop that blocks the only thread which could poll the driver.
#[test]
fn dropping_the_writer_waits_for_nothing_and_the_driver_finishes() {
    within_limit(|| {
        let (hand, sink) = Hand::opened(&[]);
        let (mut writer, driver) = drive(small(), sink);
        let _ = writer.write("1234").unwrap();
        drop(writer);
        assert_eq!(hand.calls(), [""; 0]);
        block_on(driver).unwrap();
        assert_eq!(hand.calls(), ["write 4", "flush", "close"]);
        assert!(hand.dropped());
    });
}

#[test]
fn the_marks_are_checked_and_the_sink_is_in_the_error() {
    let (_hand, sink) = Hand::new();
    let error = Writer::builder().high_water_mark(0).drive::<_, FuturesIo>(sink).unwrap_err();
    assert_eq!(error.to_string(), "the high-water mark is 0; it must be at least 1 byte");
    let (_, _sink) = error.into_parts();
}
