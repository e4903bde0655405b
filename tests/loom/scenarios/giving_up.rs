//! Waits that end before what they wait for: the time is up, or the future is dropped.

use super::Scenario;
use crate::stage::{SOON, start};
use crate::task::{Alarm, block_on, poll};
use highwater_loom::{Drained, WaitError};
use highwater_model::contract::{Answer, Call};
use highwater_model::record::{Op, Over, Ret};
use highwater_tests::under_loom::{RecordedWait, Waits};
use loom::thread;
use std::task::Poll;
use std::time::Duration;

pub(super) const ALL: &[Scenario] = &[
    // A wait that ran out of time is still registered: waiting again is waiting for the same drain.
    Scenario {
        name: "timeout",
        sees: &["/r TimedOut .. /r TimedOut .. /r Drained", "await .. /r Drained"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let mut drained = stream.drained();
            let mut outcome = drained.wait_timeout(SOON);
            if outcome == Err(WaitError::TimedOut) {
                outcome = drained.wait_timeout(SOON);
            }
            if outcome == Err(WaitError::TimedOut) {
                outcome = drained.wait();
            }
            assert_eq!(outcome, Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // A limit too far away to be told is none.
    Scenario {
        name: "timeout_that_never_comes",
        sees: &["await .. sink .. /r Drained"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait_timeout(Duration::MAX), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // One waiter gives up, by timeout and drop, while the drain comes; the other must get it.
    Scenario {
        name: "wait_given_up_while_drain_fires",
        sees: &["/r TimedOut .. cancel .. sink/r .. /r Drained", "/r TimedOut .. sink/r .. cancel"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let other = stream.for_producer(1);
            let impatient = thread::spawn(move || {
                let mut drained = other.drained();
                let outcome = drained.wait_timeout(SOON);
                assert!(matches!(outcome, Ok(()) | Err(WaitError::TimedOut)), "{outcome:?}");
            });
            assert_eq!(stream.drained().wait(), Ok(()));
            impatient.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // Of two polled futures one is dropped; the waker of the other must not go with it.
    Scenario {
        name: "dropped_future",
        sees: &["await 2 .. cancel 2 .. sink .. /r Drained", "await 2 .. sink/r .. cancel 2"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let (kept, dropped) = (stream.drained(), stream.drained());
            keeps_its_waker(kept, dropped);
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // The same with a flush request, whose cancellation changes more.
    Scenario {
        name: "dropped_flush",
        sees: &["cancel 2 .. sinkflush", "sinkflush .. cancel 2"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let (kept, dropped) = (stream.drained(), stream.flush());
            keeps_its_waker(kept, dropped);
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // A future that was polled by one task is moved to another: only the waker of the last poll counts.
    Scenario {
        name: "waker_replaced",
        sees: &["await .. sink/r .. /r Drained"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let mut drained = stream.drained();
            let is_over = poll(&mut drained, &Alarm::new()).is_ready();
            let other = thread::spawn(move || {
                if !is_over {
                    assert_eq!(block_on(drained), Ok(()));
                }
            });
            other.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // The end of a stream with one owner, with a limit: the sink comes back, or the owner gives up and destroys it.
    Scenario {
        name: "finish_given_up",
        sees: &[
            "/r TimedOut .. destroy .. recovered 0.0[0..2]",
            "/r TimedOut .. recovered nothing",
            "/r Finished",
        ],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            let mut finish = stage.recorder.around(Call::End, || writer.finish());
            let q = stage.recorder.begin(Op::Closed);
            if let Some(result) = finish.wait_timeout(SOON) {
                stage.recorder.end(q, Ret::Over(Over::Finished));
                let sink = result.expect("this sink does not fail");
                stage.handed_back(&sink, &highwater_loom::Unwritten::default(), None);
                return;
            }
            stage.recorder.end(q, Ret::TimedOut);
            let back = stage.recorder.around(Call::Destroy, || finish.destroy());
            stage.handed_back(&back.sink, &back.unwritten, back.error.as_ref());
        },
        ..Scenario::SMALL
    },
];

/// Polls both, drops one, and waits for the waker of the other to be called: it is not polled again before, which would register it again.
fn keeps_its_waker<T: Waits>(mut kept: RecordedWait<Drained>, mut dropped: RecordedWait<T>) {
    let alarm = Alarm::new();
    let is_over = poll(&mut kept, &alarm).is_ready();
    let _ = poll(&mut dropped, &Alarm::new());
    drop(dropped);
    if !is_over {
        alarm.wait();
        assert_eq!(poll(&mut kept, &alarm), Poll::Ready(Ok(())));
    }
}
