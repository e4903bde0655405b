//! The waits as futures: who is woken, by whom, and what wakers may do.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{SharedWriter, Writer};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Wake, Waker};
use support::{Alarm, Gated, Reply, block_on, eventually, paused, poll_once, within_limit};

#[test]
fn d_07_one_drain_wakes_every_waker_once() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut one, mut two) = (writer.drained(), writer.drained());
        let (first, second) = (Alarm::new(), Alarm::new());
        assert!(poll_once(&mut one, &first).is_pending());
        assert!(poll_once(&mut two, &second).is_pending());
        gate.open();
        eventually("both wakers are called", || {
            first.count.load(Ordering::SeqCst) == 1 && second.count.load(Ordering::SeqCst) == 1
        });
        assert_eq!(poll_once(&mut one, &first), Poll::Ready(Ok(())));
        assert_eq!(poll_once(&mut two, &second), Poll::Ready(Ok(())));
    });
}

/// D-10, for one that was polled.
#[test]
fn a_second_poll_replaces_the_waker_and_a_dropped_wait_lets_go_of_it() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (old, new, dropped) = (Alarm::new(), Alarm::new(), Alarm::new());
        let mut drained = writer.drained();
        assert!(poll_once(&mut drained, &old).is_pending());
        assert!(poll_once(&mut drained, &new).is_pending());
        assert_eq!(Arc::strong_count(&old), 1, "replaced");
        let mut given_up = writer.drained();
        assert!(poll_once(&mut given_up, &dropped).is_pending());
        assert_eq!(Arc::strong_count(&dropped), 2);
        drop(given_up);
        assert_eq!(Arc::strong_count(&dropped), 1, "unregistered");
        gate.open();
        eventually("the new waker is called", || new.count.load(Ordering::SeqCst) == 1);
        assert_eq!(old.count.load(Ordering::SeqCst) + dropped.count.load(Ordering::SeqCst), 0);
        assert_eq!(block_on(drained), Ok(()));
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
        let (gate, mut writer) = paused();
        let waker = Waker::from(Arc::new(Bomb));
        let mut bombed = [writer.drained(), writer.drained()];
        for wait in &mut bombed {
            assert!(std::pin::Pin::new(wait).poll(&mut std::task::Context::from_waker(&waker)).is_pending());
        }
        let other = writer.drained();
        gate.open();
        assert_eq!(other.wait(), Ok(()), "on the drain thread");
        let mut closed = writer.closed();
        assert!(
            std::pin::Pin::new(&mut closed).poll(&mut std::task::Context::from_waker(&waker)).is_pending()
        );
        let _ = writer.write("5").unwrap();
        assert_eq!(writer.destroy().error, None, "on the caller's thread");
    });
}

#[test]
fn a_waker_may_call_the_stream_that_calls_it() {
    struct Caller(SharedWriter<Gated>, AtomicUsize);
    impl Wake for Caller {
        fn wake(self: Arc<Self>) {
            let _ = self.0.write("from the waker");
            self.1.fetch_add(1, Ordering::SeqCst);
        }
    }
    within_limit(|| {
        let (gate, writer) = paused();
        let shared = writer.into_shared();
        let caller = Arc::new(Caller(shared.clone(), AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&caller));
        let (mut drained, mut closed) = (shared.drained(), shared.closed());
        let mut context = std::task::Context::from_waker(&waker);
        assert!(std::pin::Pin::new(&mut drained).poll(&mut context).is_pending());
        assert!(std::pin::Pin::new(&mut closed).poll(&mut context).is_pending());
        gate.open();
        eventually("called on the drain thread, at the drain", || caller.1.load(Ordering::SeqCst) == 1);
        shared.destroy();
        eventually("called again at the close", || caller.1.load(Ordering::SeqCst) == 2);

        let (gate, writer) = paused();
        let shared = writer.into_shared();
        let caller = Arc::new(Caller(shared.clone(), AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&caller));
        let mut drained = shared.drained();
        assert!(
            std::pin::Pin::new(&mut drained).poll(&mut std::task::Context::from_waker(&waker)).is_pending()
        );
        shared.end();
        assert_eq!(caller.1.load(Ordering::SeqCst), 1, "called on this thread, by the end");
        gate.open();
    });
}

#[test]
fn futures_on_the_smallest_executor() {
    within_limit(|| {
        let mut writer = Writer::builder().high_water_mark(16).low_water_mark(0).spawn(Vec::new()).unwrap();
        let sink = block_on(async {
            for i in 0..1000 {
                if writer.write(format!("Line {i}\n"))?.is_pause() {
                    writer.drained().await?;
                }
            }
            writer.flush().await?;
            assert_eq!(writer.stats().buffered, 0);
            writer.end();
            writer.closed().await?;
            Ok::<_, Box<dyn std::error::Error>>(writer.finish().await?)
        })
        .unwrap();
        let text = String::from_utf8(sink).unwrap();
        assert!(text.lines().eq((0..1000).map(|i| format!("Line {i}"))));
    });
}

#[test]
fn finish_as_a_future_hands_the_failure_back() {
    within_limit(|| {
        let (gate, writer) = paused();
        gate.reply(Reply::Take(1));
        gate.reply(Reply::Error(std::io::ErrorKind::StorageFull));
        let failed = block_on(writer.finish()).unwrap_err();
        assert_eq!(failed.error().io_error().kind(), std::io::ErrorKind::StorageFull);
        let (_, sink, unwritten) = failed.into_parts();
        assert_eq!((unwritten.bytes(), unwritten.unknown()), (&b"234"[..], 0));
        drop(sink);
        assert_eq!(gate.taken(), b"1");
    });
}
