//! More than one producer, each with a handle of its own.

use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::{Stage, Stream, polite};
use highwater_model::contract::{Answer, Call};
use highwater_model::record::{Op, Over, Ret};
use loom::sync::Mutex;
use loom::thread;
use std::io::Write as _;
use std::sync::Arc;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "two_producers",
        bound: Bound::Preemptions(2),
        marks: [3, 2, 6],
        sees: &["Pause .. Pause .. await .. await .. /r Drained .. /r Drained", "sink 0.0[0..2] 1.0[0..2]"],
        run: |stage| {
            let stream = stage.stream(&[]);
            let other = stream.for_producer(1);
            let producer = thread::spawn(move || polite(&other, 2, 2));
            polite(&stream, 2, 2);
            producer.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // One waits politely while the other never does: it must not starve.
    Scenario {
        name: "impolite_producer",
        bound: Bound::Preemptions(2),
        sees: &["await .. write 1 bytes (producer 1 .. Pause .. /r Drained", "Full"],
        run: |stage| {
            let stream = stage.stream(&[]);
            let other = stream.for_producer(1);
            let producer = thread::spawn(move || {
                for _ in 0..3 {
                    let answer = other.write(1);
                    assert!(matches!(answer, Answer::Continue | Answer::Pause | Answer::Full), "{answer:?}");
                }
            });
            polite(&stream, 1, 3);
            producer.join().expect("it does not panic");
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // Each producer writes and drops its handle; whichever is last ends the stream and waits for its close.
    Scenario {
        name: "shared_handles",
        by: &[Driving::Thread],
        bound: Bound::Preemptions(2),
        sees: &[
            "sink 0.0[0..2] .. sink 1.0[0..2] .. emit Finish",
            "sink 1.0[0..2] .. sink 0.0[0..2] .. emit Finish",
        ],
        run: |stage| {
            let stream = stage.stream(&[]);
            let other = stream.for_producer(1);
            let handles = Arc::new(Mutex::new(2));
            let (others_stage, others_handles) = (stage.clone(), Arc::clone(&handles));
            let producer = thread::spawn(move || {
                polite(&other, 1, 2);
                let_go(&others_stage, other, &others_handles);
            });
            polite(&stream, 1, 2);
            let_go(stage, stream, &handles);
            producer.join().expect("it does not panic");
        },
        ..Scenario::SMALL
    },
    // Both ask for the sink once it is closed: one of them gets it.
    Scenario {
        name: "recover_by_two",
        sees: &["Finished .. Finished .. recovered", "Finished .. recovered .. Finished"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(1), Answer::Continue);
            stream.end();
            let recovers = |stream: Stream, stage: Stage| {
                assert_eq!(stream.closed().wait(), Ok(()));
                let back = stream.recover();
                if let Some(back) = &back {
                    stage.account(&back.sink.taken, back.unwritten.bytes());
                }
                back.is_some()
            };
            let (other, others_stage) = (stream.for_producer(1), stage.clone());
            let owner = thread::spawn(move || recovers(other, others_stage));
            let first = recovers(stream, stage.clone());
            let second = owner.join().expect("it does not panic");
            assert!(first != second, "recovered by both or by neither: {first}, {second}");
        },
        ..Scenario::SMALL
    },
    // Two that know only `std::io::Write`.
    Scenario {
        name: "blocking_adaptor",
        sees: &["sink 0.0[0..2] .. sink 1.0[0..2]", "sink 1.0[0..2] .. sink 0.0[0..2]", "/r Flushed"],
        run: |stage| {
            let stream = stage.stream(&[]);
            let (other, others_stage) = (stream.for_producer(1), stage.clone());
            let producer = thread::spawn(move || write_blocking(&others_stage, &other, 1));
            write_blocking(stage, &stream, 0);
            producer.join().expect("it does not panic");
            assert_eq!(stream.flush().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
];

/// Whether the caller has the last handle, which it must drop at once. Handles are counted by std's `Arc`, which loom does not see, so who drops
/// the last one is settled under a lock that it does see; between there and the drop it does not switch.
pub(super) fn is_last(handles: &Mutex<usize>) -> bool {
    let mut left = handles.lock().expect("nobody panics under this lock");
    *left -= 1;
    *left == 0
}

fn let_go(stage: &Stage, stream: Stream, handles: &Mutex<usize>) {
    if is_last(handles) {
        stage.over(Call::End, || drop(stream), |()| Over::Finished);
    }
}

/// Writes a chunk through the blocking adaptor. It does not tell what `write` answered, but at the mark it cannot be `Continue`. And it may have to try
/// more than once, which leaves no trace: it is refused only while a drain is owed anyway, and then the chunk fits.
fn write_blocking(stage: &Stage, stream: &Stream, producer: usize) {
    let (seq, bytes) = stage.recorder.chunk(producer, 2);
    let q = stage.recorder.begin(Op::Call(Call::Write { producer, seq, len: bytes.len() }));
    stream.writer().blocking().write_all(&bytes).expect("it does not fail");
    stage.recorder.end(q, Ret::Wrote(Answer::Pause));
}
