//! Producers and the drain they wait for.

use super::Scenario;
use crate::search::Bound;
use crate::stage::{polite, start};
use crate::task::Alarm;
use highwater_model::contract::Answer;
use highwater_model::contract::SinkAnswer::{Took, WouldBlock};
use loom::thread;
use std::time::Duration;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "drain_wait",
        marks: [3, 2, 6],
        sees: &["Pause .. await .. /r Drained .. emit Finish", "Continue .. Continue .. sink"],
        run: |stage| {
            let stream = stage.stream(&[]);
            polite(&stream, 3, 2);
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    Scenario {
        name: "drain_at_empty",
        marks: [3, 0, 6],
        sees: &["sink/r Took(1) .. sink/r Took(1) .. emit Drain .. await", "await .. emit Drain"],
        run: |stage| {
            let stream = stage.stream(&[Took(1), Took(1), Took(1)]);
            polite(&stream, 2, 2);
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    Scenario {
        name: "one_chunk",
        sees: &["await .. sink .. /r Drained", "sink .. #2 wait"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // The answer is `Continue` and nobody calls the writer again until the sink was called.
    Scenario {
        name: "write_wakes_a_sleeper",
        sees: &["Continue .. sink 0.0[0..1]"],
        run: |stage| {
            let alarm = Alarm::new();
            let stream = stage.record(start(stage.builder(), stage.ringing_sink(&alarm)).into_shared());
            assert_eq!(stream.write(1), Answer::Continue);
            alarm.wait();
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // A refused chunk is owed a drain that comes only when it fits: the retry of the only producer is never refused.
    Scenario {
        name: "full_then_retry",
        marks: [3, 2, 4],
        sees: &["Full .. await .. /r Drained .. write 3 bytes", "Pause .. write 3 bytes .. Pause"],
        run: |stage| {
            let stream = stage.stream(&[Took(1)]);
            assert_eq!(stream.write(3), Answer::Pause);
            if stream.write(3) == Answer::Full {
                assert_eq!(stream.drained().wait(), Ok(()));
                assert_eq!(stream.write(3), Answer::Pause);
            }
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // Two producers retry until they are not refused; each refusal may be cured by the drain that the other one is owed.
    Scenario {
        name: "two_refused_producers",
        bound: Bound::Preemptions(2),
        marks: [2, 1, 3],
        sees: &["Full .. Full .. emit Drain"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(3), Answer::Pause);
            let other = stream.for_producer(1);
            let producer = thread::spawn(move || polite(&other, 1, 3));
            polite(&stream, 1, 2);
            producer.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // Both wait, and after the drain nothing else happens that could wake the one that was forgotten.
    Scenario {
        name: "two_waiters_of_one_drain",
        sees: &["await 1 .. await 2 .. sink/r", "wait 1 .. /r Drained .. wait 2"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            let other = stream.for_producer(1);
            let waiter = thread::spawn(move || assert_eq!(other.drained().wait(), Ok(())));
            assert_eq!(stream.drained().wait(), Ok(()));
            waiter.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // The sink would block and is to be called again: the producer's wait lasts until it was.
    Scenario {
        name: "would_block_retried",
        retried: true,
        sees: &["WouldBlock .. await .. WouldBlock .. /r Drained"],
        run: |stage| {
            let builder = stage.builder().retry_would_block(Duration::from_millis(1));
            let sink = stage.sink(&[WouldBlock, WouldBlock]);
            let stream = stage.record(start(builder, sink).into_shared());
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
];
