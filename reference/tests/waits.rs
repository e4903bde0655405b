//! Drained, Flush and Closed as blocking waits, with and without a limit.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Flow, WaitError, WriteError, Writer};
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::Duration;
use support::{Alarm, Gate, Reply, eventually, paused, poll_once, within_limit};

const SOON: Duration = Duration::from_millis(2);

#[test]
fn d_03_a_wait_with_a_limit_times_out_until_the_sink_has_taken_and_not_just_been_offered() {
    within_limit(|| {
        let (gate, writer) = paused();
        let mut drained = writer.drained();
        assert_eq!(drained.wait_timeout(SOON), Err(WaitError::TimedOut));
        assert_eq!(drained.wait_timeout(Duration::ZERO), Err(WaitError::TimedOut));
        gate.reply(Reply::Take(1));
        assert_eq!(drained.wait_timeout(Duration::MAX), Ok(()), "3 are below the mark");
        assert_eq!(drained.wait_timeout(Duration::ZERO), Ok(()), "what is over stays over");
        gate.open();
    });
}

#[test]
fn d_07_one_drain_wakes_every_blocked_thread() {
    within_limit(|| {
        let (gate, writer) = paused();
        let shared = writer.into_shared();
        let waiters: Vec<_> = (0..4)
            .map(|_| {
                let (registered, is_registered) = mpsc::channel();
                let shared = shared.clone();
                let waiter = thread::spawn(move || {
                    let drained = shared.drained();
                    registered.send(()).unwrap();
                    drained.wait()
                });
                is_registered.recv().unwrap();
                waiter
            })
            .collect();
        thread::sleep(SOON); // lets them block: sooner or later, all of them do
        gate.reply(Reply::All);
        for waiter in waiters {
            assert_eq!(waiter.join().unwrap(), Ok(()));
        }
        assert_eq!(shared.stats().drains, 1);
        gate.open();
    });
}

#[test]
fn d_08_a_wait_without_an_owed_drain_is_over_at_once() {
    let writer = Writer::builder().spawn(Vec::new()).unwrap();
    assert_eq!(writer.drained().wait_timeout(Duration::ZERO), Ok(()));
    assert_eq!(poll_once(&mut writer.drained(), &Alarm::new()), Poll::Ready(Ok(())));
}

#[test]
fn d_07_a_drain_between_making_the_wait_and_waiting_counts() {
    within_limit(|| {
        let (gate, mut writer) = paused();
        let drained = writer.drained();
        gate.reply(Reply::All);
        eventually("the drain", || writer.stats().drains == 1);
        assert_eq!(writer.write("1234").unwrap(), Flow::Pause, "another drain is owed now");
        gate.wait_inside();
        assert_eq!(drained.wait(), Ok(()), "but this wait was for the first one");
        assert_eq!(writer.drained().wait_timeout(SOON), Err(WaitError::TimedOut));
        gate.open();
    });
}

#[test]
fn d_09_end_destroy_and_an_error_wake_with_the_reason() {
    within_limit(|| {
        let (gate, mut writer) = paused();
        let (ended, mut polled) = (writer.drained(), writer.drained());
        let alarm = Alarm::new();
        assert!(poll_once(&mut polled, &alarm).is_pending());
        writer.end();
        assert_eq!(ended.wait(), Err(WaitError::AfterEnd));
        assert_eq!(alarm.count.load(Ordering::SeqCst), 1, "woken by the caller of end, before it returns");
        assert_eq!(poll_once(&mut polled, &alarm), Poll::Ready(Err(WaitError::AfterEnd)));
        gate.open();

        let (gate, writer) = paused();
        let shared = writer.into_shared();
        let waiter = thread::spawn({
            let shared = shared.clone();
            move || shared.drained().wait()
        });
        thread::sleep(SOON);
        shared.destroy();
        assert_eq!(waiter.join().unwrap(), Err(WaitError::Destroyed), "while the sink is still busy");
        gate.open();

        let (gate, mut writer) = paused();
        let (drained, flush, closed) = (writer.drained(), writer.flush(), writer.closed());
        gate.reply(Reply::Take(0));
        let Err(WaitError::Errored(cause)) = drained.wait() else { panic!("not errored") };
        assert_eq!(flush.wait(), Err(WaitError::Errored(cause.clone())));
        assert_eq!(closed.wait(), Err(WaitError::Errored(cause.clone())));
        assert_eq!(writer.write("5"), Err(WriteError::Errored(cause)), "everywhere the same cause");
    });
}

#[test]
fn e_07_flush_waits_for_the_sinks_own_flush() {
    within_limit(|| {
        let (gate, mut writer) = paused();
        let mut flush = writer.flush();
        gate.reply(Reply::All);
        eventually("the flush", || gate.calls() == ["write 4", "flush"]);
        assert_eq!(flush.wait_timeout(SOON), Err(WaitError::TimedOut), "taken, but not flushed");
        gate.reply(Reply::Error(std::io::ErrorKind::Interrupted));
        eventually("the flush is repeated", || gate.calls() == ["write 4", "flush", "flush"]);
        assert_eq!(flush.wait_timeout(SOON), Err(WaitError::TimedOut));
        gate.reply(Reply::All);
        assert_eq!(flush.wait(), Ok(()));
        gate.open();
    });
}

#[test]
fn e_10_a_flush_passes_a_cork() {
    within_limit(|| {
        let (gate, sink) = Gate::opened();
        let mut writer = Writer::builder().spawn(sink).unwrap();
        writer.cork();
        let _ = writer.write("ab").unwrap();
        writer.flush().wait().unwrap();
        assert_eq!(gate.calls(), ["write 2", "flush"]);
        let _ = writer.write("cd").unwrap();
        eventually("nothing to do", || writer.settled());
        assert_eq!(gate.calls(), ["write 2", "flush"], "corked again");
        writer.uncork();
        assert_eq!(writer.finish().wait().map(drop).map_err(|error| error.to_string()), Ok(()));
        assert_eq!(gate.taken(), b"abcd");
    });
}

#[test]
fn e_10_a_withdrawn_flush_does_not_pass_a_cork() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().spawn(sink).unwrap();
        let _ = writer.write("ab").unwrap();
        gate.wait_inside();
        writer.cork();
        let _ = writer.write("cd").unwrap();
        let kept = writer.flush();
        drop(writer.flush());
        gate.reply(Reply::Take(1));
        // Without the ring what is offered is the rest of the batch.
        let calls = ["write 2", if cfg!(feature = "ring") { "write 3" } else { "write 1" }];
        eventually("the kept one wants the rest written", || gate.calls() == calls);
        drop(kept);
        gate.reply(Reply::Take(1));
        eventually("nothing to do", || writer.settled());
        assert_eq!(gate.calls(), calls, "nobody wants `cd` written yet");
        writer.uncork();
        gate.open();
        writer.finish().wait().unwrap();
        assert_eq!(gate.taken(), b"abcd");
    });
}

#[test]
fn w_13_a_paused_producer_is_drained_in_spite_of_a_cork() {
    within_limit(|| {
        let (gate, sink) = Gate::opened();
        let mut writer = Writer::builder().high_water_mark(4).spawn(sink).unwrap();
        writer.cork();
        let _ = writer.write("123").unwrap();
        eventually("nothing to do", || writer.settled());
        assert!(gate.calls().is_empty());
        assert!(writer.write("4").unwrap().is_pause());
        writer.drained().wait().unwrap();
        assert_eq!(gate.taken(), b"1234");
    });
}

#[test]
fn closed_is_over_only_once_the_sink_is_flushed_and_finish_stays_usable_after_a_limit() {
    within_limit(|| {
        let (gate, writer) = paused();
        let mut closed = writer.closed();
        let mut finish = writer.finish();
        gate.reply(Reply::All);
        eventually("the last flush", || gate.calls() == ["write 4", "flush"]);
        assert_eq!(closed.wait_timeout(SOON), Err(WaitError::TimedOut));
        assert!(finish.wait_timeout(SOON).is_none());
        gate.reply(Reply::All);
        assert!(finish.wait_timeout(Duration::MAX).expect("no limit").is_ok());
        assert_eq!(closed.wait(), Ok(()));
    });
}

#[test]
fn a_wait_looks_again_when_it_is_woken_for_another() {
    within_limit(|| {
        let (gate, writer) = paused();
        let shared = writer.into_shared();
        let (sent, over) = mpsc::channel();
        let waiter = thread::spawn({
            let shared = shared.clone();
            move || sent.send(shared.closed().wait()).unwrap()
        });
        thread::sleep(SOON); // lets it block: if it has not, it cannot be woken for another, and the test sees less
        gate.open();
        shared.drained().wait().unwrap();
        shared.flush().wait().unwrap(); // two reasons to wake somebody, and neither is a close
        assert!(over.recv_timeout(Duration::from_millis(20)).is_err());
        shared.end();
        assert_eq!(over.recv().unwrap(), Ok(()));
        waiter.join().unwrap();
    });
}
