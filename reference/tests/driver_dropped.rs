//! A stream driven by a task that is dropped, never polled, or whose sink stays pending for ever: nobody waits in vain, and no byte is lost silently.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{
    Builder, Driver, FinishError, FuturesIo, OnDrop, SinkCall, SinkError, SinkErrorKind, WaitError,
    WriteError, Writer,
};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;
use support::{Alarm, Events, Hand, Polled, Reply, block_on, poll_once, within_limit};

const TEXT: &str = "the driver was dropped before the stream was over, by its task or with the runtime; \
                    keep it polled until it is ready";

fn small() -> Builder {
    Writer::builder().high_water_mark(4).low_water_mark(1).capacity(8)
}

fn drive(builder: Builder, sink: Polled) -> (Writer<Polled>, Driver<Polled>) {
    builder.drive::<_, FuturesIo>(sink).unwrap()
}

fn is_dropped(error: &SinkError, call: SinkCall) {
    assert_eq!((error.kind(), error.call()), (SinkErrorKind::DriverDropped, call));
    assert_eq!(error.to_string(), TEXT);
}

/// What of the stream is going on when the driver is dropped, and in which call of the sink it then fails.
type Before = (&'static str, &'static [Reply], SinkCall, fn(&mut Writer<Polled>));

const BEFORES: [Before; 7] = [
    ("nothing", &[], SinkCall::Flush, |_| {}),
    ("a write that is pending", &[], SinkCall::Write, |writer| drop(writer.write("12345"))),
    ("a write that took a part", &[Reply::Take(2)], SinkCall::Write, |writer| drop(writer.write("12345"))),
    ("bytes that a cork holds", &[], SinkCall::Write, |writer| {
        writer.cork();
        let _ = writer.write("12");
    }),
    ("an end", &[], SinkCall::Flush, Writer::end),
    ("a shutdown", &[Reply::All], SinkCall::Final, Writer::end),
    ("bytes taken", &[Reply::All], SinkCall::Flush, |writer| drop(writer.write("12"))),
];

#[test]
fn whoever_waits_is_told_at_once_and_every_byte_comes_back() {
    within_limit(|| {
        for (name, replies, call, act) in BEFORES {
            for polled in [true, false] {
                println!("{name}, polled: {polled}");
                let (hand, sink) = Hand::new();
                for reply in replies {
                    hand.reply(*reply);
                }
                let events = Arc::new(Events::default());
                let (mut writer, mut driver) = drive(small().observer(Arc::clone(&events)), sink);
                let alarm = Alarm::new();
                act(&mut writer);
                if polled {
                    assert!(poll_once(&mut driver, &Alarm::new()).is_pending());
                }
                let (mut drained, mut flush, mut closed) =
                    (writer.drained(), writer.flush(), writer.closed());
                let waited: Vec<_> = [
                    poll_once(&mut drained, &alarm).is_pending(),
                    poll_once(&mut flush, &alarm).is_pending(),
                    poll_once(&mut closed, &alarm).is_pending(),
                ]
                .into_iter()
                .filter(|pending| *pending)
                .collect();
                drop(driver);
                assert_eq!(alarm.count.load(Ordering::SeqCst), waited.len(), "each wait is woken, once");
                let Err(WaitError::Errored(error)) = flush.wait_timeout(Duration::ZERO) else {
                    panic!("{name}")
                };
                // Bytes that nobody tried to write yet are what fails, if it was not polled.
                let unpolled = if writer.stats().buffered > 0 { SinkCall::Write } else { SinkCall::Flush };
                is_dropped(&error, if polled { call } else { unpolled });
                assert_eq!(closed.wait_timeout(Duration::ZERO), Err(WaitError::Errored(error.clone())));
                assert_eq!(writer.write("x"), Err(WriteError::Errored(error.clone())));
                let before_close = usize::from(events.log()[0] == "drain");
                assert_eq!(events.log()[before_close..], ["error DriverDropped", "close"]);
                let accepted = writer.stats().accepted;
                let (told, _sink, unwritten) = failed(writer.finish().wait());
                assert_eq!(told, error);
                assert_eq!(unwritten.unknown(), 0);
                assert_eq!(
                    [hand.taken(), unwritten.into_bytes()].concat(),
                    b"12345"[..accepted.try_into().unwrap()]
                );
            }
        }
    });
}

fn failed(result: Result<Polled, FinishError<Polled>>) -> (SinkError, Polled, highwater::Unwritten) {
    result.expect_err("the driver was dropped").into_parts()
}

/// Nothing was asked of the sink, so no call of it is due that could fail. Catches a driver that is dropped in silence then.
#[test]
fn who_waits_for_the_end_of_an_idle_stream_is_told_too() {
    within_limit(|| {
        let (_hand, sink) = Hand::new();
        let (writer, mut driver) = drive(small(), sink);
        assert!(poll_once(&mut driver, &Alarm::new()).is_pending());
        let mut closed = writer.closed();
        drop(driver);
        let Err(WaitError::Errored(error)) = closed.wait_timeout(Duration::ZERO) else { panic!("not told") };
        is_dropped(&error, SinkCall::Flush);
    });
}

/// Catches a driver whose drop leaves a thread asleep that waits in a blocking call.
#[test]
fn threads_that_block_are_woken() {
    within_limit(|| {
        let (_hand, sink) = Hand::new();
        let (mut writer, mut driver) = drive(small(), sink);
        assert!(writer.write("1234").unwrap().is_pause());
        assert!(poll_once(&mut driver, &Alarm::new()).is_pending());
        let (drained, flush) = (writer.drained(), writer.flush());
        let waits = [
            std::thread::spawn(move || drained.wait()),
            std::thread::spawn(move || flush.wait()),
            std::thread::spawn(move || {
                writer.finish().wait().map(drop).map_err(|failed| WaitError::Errored(failed.into_parts().0))
            }),
        ];
        std::thread::sleep(Duration::from_millis(20)); // most likely they sleep by now
        drop(driver);
        for wait in waits {
            let Err(error) = wait.join().unwrap() else { panic!("nothing was written") };
            // `finish` may have come after the others, but not after the drop.
            assert!(matches!(&error, WaitError::AfterEnd) || error.to_string().starts_with(TEXT), "{error}");
        }
    });
}

#[test]
fn without_an_owner_the_observer_is_told_what_is_lost_and_the_sink_is_dropped() {
    within_limit(|| {
        for policy in [OnDrop::Finish, OnDrop::Detach] {
            let (hand, sink) = Hand::new();
            let events = Arc::new(Events::default());
            let (mut writer, mut driver) = drive(small().on_drop(policy).observer(Arc::clone(&events)), sink);
            let _ = writer.write("1234").unwrap();
            hand.reply(Reply::Take(1));
            assert!(poll_once(&mut driver, &Alarm::new()).is_pending());
            drop(writer);
            assert!(!hand.dropped());
            drop(driver);
            assert_eq!(events.log(), ["error DriverDropped", "lost \"234\" Some(DriverDropped)", "close"]);
            assert!(hand.dropped());
        }
    });
}

#[test]
fn a_driver_that_is_never_polled_moves_nothing_and_waits_with_a_limit_say_so() {
    within_limit(|| {
        let (hand, sink) = Hand::opened(&[]);
        let (mut writer, driver) = drive(small(), sink);
        assert!(writer.write("1234").unwrap().is_pause());
        assert_eq!(writer.write("56789"), Err(WriteError::Full { len: 5, buffered: 4, capacity: 8 }));
        assert_eq!(writer.drained().wait_timeout(Duration::from_millis(1)), Err(WaitError::TimedOut));
        let mut finish = writer.finish();
        assert!(finish.wait_timeout(Duration::from_millis(1)).is_none());
        assert_eq!(hand.calls(), [""; 0]);
        let destroyed = finish.destroy();
        assert_eq!((destroyed.unwritten.bytes(), destroyed.error), (&b"1234"[..], None));
        assert_eq!(block_on(driver), Ok(()), "there is nothing left to drive");
    });
}

/// Catches a destroy that waits for a sink which may never answer, or for a task that this very thread would have to poll.
#[test]
fn a_destroy_does_not_wait_for_a_sink_that_is_pending() {
    within_limit(|| {
        let pending: [(&[Reply], &str, &[u8]); 4] = [
            (&[], "write 4", b"1234"),
            (&[Reply::Take(1)], "write 3", b"234"),
            (&[Reply::All], "flush", b""),
            (&[Reply::All, Reply::All], "close", b""),
        ];
        for (replies, call, left) in pending {
            for shared in [true, false] {
                let (hand, sink) = Hand::new();
                for reply in replies {
                    hand.reply(*reply);
                }
                let events = Arc::new(Events::default());
                let (mut writer, mut driver) = drive(small().observer(Arc::clone(&events)), sink);
                let alarm = Alarm::new();
                let _ = writer.write("1234").unwrap();
                writer.end();
                assert!(poll_once(&mut driver, &alarm).is_pending());
                assert_eq!(hand.calls().last().unwrap(), call);
                let woken = alarm.count.load(Ordering::SeqCst);
                let unwritten = if shared {
                    let shared = writer.into_shared();
                    shared.destroy();
                    assert_eq!(alarm.count.load(Ordering::SeqCst), woken + 1, "it has to close the stream");
                    assert_eq!(poll_once(&mut driver, &alarm), Poll::Ready(Ok(())));
                    assert_eq!(shared.closed().wait(), Err(WaitError::Destroyed));
                    shared.recover().unwrap().unwritten
                } else {
                    let destroyed = writer.destroy();
                    assert_eq!(destroyed.error, None);
                    hand.open(); // which nobody is to notice
                    assert_eq!(poll_once(&mut driver, &alarm), Poll::Ready(Ok(())));
                    destroyed.unwritten
                };
                assert_eq!((unwritten.bytes(), unwritten.unknown()), (left, 0));
                assert_eq!(hand.calls().last().unwrap(), call, "it is not called again");
                assert_eq!(events.log(), ["close"]);
            }
        }
    });
}

#[test]
fn dropping_the_owner_discards_what_a_pending_sink_has_not_taken() {
    within_limit(|| {
        let (hand, sink) = Hand::new();
        let events = Arc::new(Events::default());
        let (mut writer, mut driver) =
            drive(small().on_drop(OnDrop::Discard).observer(Arc::clone(&events)), sink);
        let _ = writer.write("123").unwrap();
        assert!(poll_once(&mut driver, &Alarm::new()).is_pending());
        drop(writer);
        assert_eq!(block_on(driver), Ok(()));
        assert_eq!(events.log(), ["lost \"123\" None", "close"]);
        assert!(hand.dropped());
    });
}
