//! Observers, wakers and sinks that call the writer back, or panic: no lock is held while foreign code runs.

use super::Scenario;
use crate::stage::{Held, Stream, start};
use crate::task::Alarm;
use highwater_loom::WaitError;
use highwater_model::contract::{Answer, Event, SinkAnswer};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

pub(super) const ALL: &[Scenario] = &[
    // An observer writes as a producer of its own when the drain comes.
    Scenario {
        name: "observer_that_writes",
        sees: &[
            "emit Drain .. write 1 bytes (producer 1 .. Continue",
            "end .. emit Drain .. (producer 1 .. AfterEnd",
        ],
        run: |stage| {
            let held = Held::default();
            let observers = held.clone();
            let builder = stage.builder_telling(move |event| {
                if let (Event::Drain, Some(handle)) = (event, observers.take()) {
                    let _ = handle.write(1);
                }
            });
            let stream = stage.record(start(builder, stage.sink(&[])).into_shared());
            held.put(stream.for_producer(1));
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // One waits, on the one thread that could end the wait: it is told so.
    Scenario {
        name: "observer_that_waits",
        sees: &["emit Drain .. Pause .. await .. /r TimedOut", "emit Drain .. /r AfterEnd"],
        run: |stage| {
            let held = Held::default();
            let observers = held.clone();
            let builder = stage.builder_telling(move |event| {
                if let (Event::Drain, Some(handle)) = (event, observers.take()) {
                    let paused = handle.write(2) == Answer::Pause;
                    let outcome = handle.drained().wait();
                    let expected =
                        if paused { Err(WaitError::WouldDeadlock) } else { Err(WaitError::AfterEnd) };
                    assert!(outcome == expected || outcome == Err(WaitError::AfterEnd), "{outcome:?}");
                }
            });
            let stream = stage.record(start(builder, stage.sink(&[])).into_shared());
            held.put(stream.for_producer(1));
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // One gives the stream up between two chunks of the producer.
    Scenario {
        name: "observer_that_destroys",
        sees: &[
            "emit Drain .. destroy .. /r Destroyed .. recovered 0.1",
            "emit Drain .. destroy .. write .. /r Destroyed",
        ],
        run: |stage| {
            let held = Held::default();
            let observers = held.clone();
            let builder = stage.builder_telling(move |event| {
                if let (Event::Drain, Some(handle)) = (event, observers.take()) {
                    handle.destroy();
                }
            });
            let stream = stage.record(start(builder, stage.sink(&[])).into_shared());
            held.put(stream.for_producer(1));
            assert_eq!(stream.write(2), Answer::Pause);
            let _ = stream.write(2);
            assert_eq!(stream.closed().wait(), Err(WaitError::Destroyed));
            let _ = stage.recovered(&stream);
        },
        ..Scenario::SMALL
    },
    // One panics at every event; the stream goes on.
    Scenario {
        name: "observer_that_panics",
        sees: &["emit Drain .. emit Finish .. emit Close"],
        run: |stage| {
            // A resumed panic calls no hook: it neither fills the output nor ends the search.
            let builder = stage.builder_telling(|_| std::panic::resume_unwind(Box::new("as it was told to")));
            let stream = stage.record(start(builder, stage.sink(&[])).into_shared());
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // A waker writes when it is woken and asks for the statistics when it is dropped: because another took its place, because the wait was
    // given up, or after it was woken.
    Scenario {
        name: "waker_that_writes",
        sees: &["sink/r .. write 1 bytes (producer 1 .. Continue", "await 1 .. cancel 2 .. sink/r"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let mut drained = stream.drained();
            let mut given_up = stream.drained();
            let alarm = Alarm::new();
            // Each waker is its own, so that each is dropped where the writer lets go of it.
            let writes = || {
                Waker::from(Arc::new(Writes { stream: stream.for_producer(1), alarm: Arc::clone(&alarm) }))
            };
            let mut is_over = false;
            for _ in 0..2 {
                let _ = Pin::new(&mut given_up).poll(&mut Context::from_waker(&writes()));
                is_over =
                    is_over || Pin::new(&mut drained).poll(&mut Context::from_waker(&writes())).is_ready();
            }
            drop(given_up);
            if !is_over {
                alarm.wait();
                let mut context = Context::from_waker(Waker::noop());
                assert_eq!(Pin::new(&mut drained).poll(&mut context), Poll::Ready(Ok(())));
            }
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // The same waker, but it is the thread of a caller that ends the wait.
    Scenario {
        name: "waker_that_writes_at_end",
        sees: &[
            " end .. write 1 bytes (producer 1 .. /r AfterEnd .. /r done",
            "sink/r .. write 1 bytes (producer 1 .. Continue .. end",
        ],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let mut drained = stream.drained();
            let writes = Writes { stream: stream.for_producer(1), alarm: Alarm::new() };
            let waker = Waker::from(Arc::new(writes));
            let _ = Pin::new(&mut drained).poll(&mut Context::from_waker(&waker));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // A sink writes to the stream that it is the sink of.
    Scenario {
        name: "sink_that_writes",
        sees: &["sink 0.0[0..2] .. write 1 bytes (producer 1 .. Pause .. sink/r .. sink 1.0[0..1]"],
        run: |stage| {
            let held = Held::default();
            let sinks = held.clone();
            let sink = stage.sink_with(move |offered| {
                if let Some(handle) = sinks.take() {
                    let _ = handle.write(1);
                }
                offered.map_or(SinkAnswer::Flushed, SinkAnswer::Took)
            });
            let stream = stage.record(start(stage.builder(), sink).into_shared());
            held.put(stream.for_producer(1));
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
];

struct Writes {
    stream: Stream,
    alarm: Arc<Alarm>,
}

impl Wake for Writes {
    fn wake(self: Arc<Self>) {
        let _ = self.stream.write(1);
        self.alarm.ring();
    }
}

impl Drop for Writes {
    fn drop(&mut self) {
        let _ = self.stream.writer().stats();
    }
}
