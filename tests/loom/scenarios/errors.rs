//! A sink that fails or panics: everybody is told the cause, and what it did not take comes back.

use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::start;
use highwater_loom::{OnDrop, SinkErrorKind, WaitError};
use highwater_model::contract::SinkAnswer::{Failed, Panicked, Took};
use highwater_model::contract::{Answer, Call, Cause};
use highwater_model::record::Over;
use loom::thread;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "sink_error_while_waiting",
        sees: &[
            "await .. Failed .. /r Errored(Failed)",
            "emit Error(Failed) .. write 2 bytes",
            "/r Drained .. recovered 0.0[1..2] 0.1",
        ],
        run: |stage| {
            let stream = stage.stream(&[Took(1), Failed]);
            assert_eq!(stream.write(2), Answer::Pause);
            if stream.drained().wait().is_ok() && stream.write(2) == Answer::Pause {
                assert_kind(&stream.drained().wait(), SinkErrorKind::Failed);
            }
            assert_kind(&stream.closed().wait(), SinkErrorKind::Failed);
            let back = stage.recovered(&stream);
            assert_eq!((back.sink.taken.len(), back.unwritten.unknown()), (1, 0));
            assert_eq!(back.error.expect("it failed").kind(), SinkErrorKind::Failed);
        },
        ..Scenario::SMALL
    },
    // Both wait, one for the drain and one for its flush.
    Scenario {
        name: "panic_in_the_sink",
        sees: &["await 1 .. await 2 .. Panicked .. /r Errored(Panicked) .. /r Errored(Panicked)"],
        run: |stage| {
            let stream = stage.stream(&[Panicked]);
            assert_eq!(stream.write(2), Answer::Pause);
            let other = stream.for_producer(1);
            let flushes = thread::spawn(move || assert_kind(&other.flush().wait(), SinkErrorKind::Panicked));
            assert_kind(&stream.drained().wait(), SinkErrorKind::Panicked);
            flushes.join().expect("it does not panic");
            assert_eq!(stream.write(1), Answer::Errored(Cause::Panicked));
            assert_kind(&stream.closed().wait(), SinkErrorKind::Panicked);
            let back = stage.recovered(&stream);
            assert_eq!((back.unwritten.len(), back.unwritten.unknown()), (2, 2));
        },
        ..Scenario::SMALL
    },
    // Every byte is taken, but the flush that must precede finish fails.
    Scenario {
        name: "error_at_the_last_flush",
        bound: Bound::Preemptions(2),
        sees: &[
            "sinkflush .. Failed .. /r Errored(Failed) .. recovered nothing",
            "flush .. end .. sinkflush",
        ],
        run: |stage| {
            let stream = stage.record(
                start(stage.builder(), stage.sink_with(|offered| offered.map_or(Failed, Took))).into_shared(),
            );
            assert_eq!(stream.write(1), Answer::Continue);
            let other = stream.for_producer(1);
            let flushes = thread::spawn(move || assert_kind(&other.flush().wait(), SinkErrorKind::Failed));
            stream.end();
            assert_kind(&stream.closed().wait(), SinkErrorKind::Failed);
            flushes.join().expect("it does not panic");
            let back = stage.recovered(&stream);
            assert!(back.unwritten.is_empty());
        },
        ..Scenario::SMALL
    },
    // Nobody is left to be told of the error but the observer, before or after the last handle is dropped.
    Scenario {
        name: "error_nobody_waits_for",
        by: &[Driving::Thread],
        sees: &["end .. Failed .. recovered 0.0[0..2]", "emit Close .. end", "emit Error(Failed) .. end"],
        run: |stage| {
            let mut writer = start(stage.builder().on_drop(OnDrop::Finish), stage.sink(&[Failed]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            stage.over(Call::End, || drop(writer), |()| Over::Errored(Cause::Failed));
        },
        ..Scenario::SMALL
    },
];

fn assert_kind(outcome: &Result<(), WaitError>, kind: SinkErrorKind) {
    match outcome {
        Err(WaitError::Errored(error)) => assert_eq!(error.kind(), kind),
        other => panic!("not told of the failure: {other:?}"),
    }
}
