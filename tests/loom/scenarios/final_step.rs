//! The final step of a sink: once, before the stream finishes, and never for a stream that does not.

use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::{Stage, Stream};
use highwater_loom::WaitError;
use highwater_model::contract::Answer;
use loom::thread;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A stream that counts its final steps.
fn counting(stage: &Stage) -> (Stream, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&count);
    let step = move |_: &mut _| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let writer = stage.builder().spawn_with_final(stage.sink(&[]), step);
    (stage.record(writer.expect("the marks are right").into_shared()), count)
}

pub(super) const ALL: &[Scenario] = &[
    // The end comes before, during or after a flush of the sink that was asked for. However that falls, the step is not forgotten.
    Scenario {
        name: "end_while_flushing_a_final",
        by: &[Driving::Thread],
        bound: Bound::Preemptions(2),
        sees: &[
            "sinkflush .. end .. sink/r .. emit Finish",
            "sinkflush .. sinkflush .. emit Finish",
            "/r Flushed .. end",
        ],
        run: |stage| {
            let (stream, count) = counting(stage);
            assert_eq!(stream.write(1), Answer::Continue);
            let flush = stream.flush();
            let owner = stream.for_producer(1);
            let ends = thread::spawn(move || owner.end());
            assert_eq!(flush.wait(), Ok(()));
            ends.join().expect("it does not panic");
            stage.finished(&stream);
            assert_eq!(count.load(Ordering::SeqCst), 1, "final steps of a stream that finished");
        },
        ..Scenario::SMALL
    },
    // A destroy comes before, during or after it.
    Scenario {
        name: "destroy_against_a_final",
        by: &[Driving::Thread],
        bound: Bound::Preemptions(2),
        sees: &["/r Finished", "sinkflush .. destroy .. /r Destroyed", "end .. destroy .. /r Destroyed"],
        run: |stage| {
            let (stream, count) = counting(stage);
            assert_eq!(stream.write(1), Answer::Continue);
            let owner = stream.for_producer(1);
            let destroys = thread::spawn(move || owner.destroy());
            stream.end();
            let outcome = stream.closed().wait();
            let back = stage.recovered(&stream);
            let steps = count.load(Ordering::SeqCst);
            match outcome {
                Ok(()) => assert_eq!(steps, 1, "final steps of a stream that finished"),
                Err(WaitError::Destroyed) => assert!(steps == 0 || back.unwritten.is_empty()),
                Err(other) => panic!("{other}"),
            }
            destroys.join().expect("it does not panic");
        },
        ..Scenario::SMALL
    },
];
