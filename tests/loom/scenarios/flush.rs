//! Flush requests: done when everything accepted before is taken and the sink is flushed after that.

use super::Scenario;
use crate::search::Bound;
use crate::stage::polite;
use crate::task::block_on;
use highwater_loom::WaitError;
use highwater_model::contract::{Answer, SinkAnswer::Took};
use loom::thread;

pub(super) const ALL: &[Scenario] = &[
    // Another producer goes on writing meanwhile.
    Scenario {
        name: "flush_under_load",
        bound: Bound::Preemptions(2),
        marks: [3, 2, 6],
        sees: &["flush .. write 2 bytes (producer 1 .. /r Flushed", "sinkflush .. (producer 1 .. /r Flushed"],
        run: |stage| {
            let stream = stage.stream(&[Took(1)]);
            let other = stream.for_producer(1);
            let producer = thread::spawn(move || polite(&other, 2, 2));
            assert!(matches!(stream.write(2), Answer::Continue | Answer::Pause));
            let accepted = stream.writer().stats().accepted;
            assert_eq!(stream.flush().wait(), Ok(()));
            assert!(stream.writer().stats().taken >= accepted);
            producer.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // Two requests that one flush of the sink may or may not complete; each of them alone keeps its waiter.
    Scenario {
        name: "two_flushes",
        bound: Bound::Preemptions(2),
        sees: &[
            "flush 1 .. flush 2 .. sinkflush .. /r Flushed .. /r Flushed",
            "/r Flushed .. sinkflush .. /r Flushed",
        ],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(1), Answer::Continue);
            let other = stream.for_producer(1);
            let flushes = thread::spawn(move || assert_eq!(block_on(other.flush()), Ok(())));
            assert_eq!(stream.flush().wait(), Ok(()));
            flushes.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // A request made while the sink is being flushed for another one: that flush does not count for it.
    Scenario {
        name: "flush_while_flushing",
        bound: Bound::Preemptions(2),
        sees: &["sinkflush .. write 1 bytes (producer 1 .. sinkflush .. /r Flushed"],
        run: |stage| {
            let stream = stage.stream(&[]);
            let other = stream.for_producer(1);
            let producer = thread::spawn(move || {
                assert_eq!(other.write(1), Answer::Continue);
                assert_eq!(other.flush().wait(), Ok(()));
                assert_eq!(other.writer().stats().taken, 1);
            });
            assert_eq!(stream.flush().wait(), Ok(()));
            producer.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // A cork does not hold a flush back.
    Scenario {
        name: "flush_passes_a_cork",
        sees: &["cork .. flush .. sink .. sinkflush .. /r Flushed"],
        run: |stage| {
            let stream = stage.stream(&[]);
            stream.cork();
            assert_eq!(stream.write(1), Answer::Continue);
            assert_eq!(stream.flush().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // The stream is destroyed while a producer waits for its flush.
    Scenario {
        name: "destroy_while_flushing",
        sees: &[
            "sinkflush .. destroy .. /r Destroyed",
            "destroy .. /r Flushed",
            "destroy .. flush .. /r Destroyed",
        ],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(1), Answer::Continue);
            let owner = stream.for_producer(1);
            let destroys = thread::spawn(move || owner.destroy());
            let outcome = stream.flush().wait();
            assert!(matches!(outcome, Ok(()) | Err(WaitError::Destroyed)), "{outcome:?}");
            destroys.join().expect("it does not panic");
            assert_eq!(stream.closed().wait(), Err(WaitError::Destroyed));
            let back = stage.recovered(&stream);
            assert!(outcome.is_err() || back.unwritten.is_empty());
        },
        ..Scenario::SMALL
    },
];
