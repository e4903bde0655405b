//! Writes that take no lock: the ring that goes round, what does not fit into it, and a drain thread that lets bytes wait for more.
//!
//! Most have one owner, whose writes meet no producers' lock: what orders the two threads is the ring alone.

use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::{LINGER, Stage, start};
use crate::task::Alarm;
use highwater_loom::{WriteError, Writer};
use highwater_model::contract::SinkAnswer::{Failed, Took};
use highwater_model::contract::{Answer, Call};
use highwater_model::record::Over;
use highwater_tests::under_loom::RecordingSink;
use std::time::Duration;

pub(super) const ALL: &[Scenario] = &[
    // Two cells: the third byte goes where the first one was.
    Scenario {
        name: "ring_goes_round",
        marks: [2, 1, 2],
        bound: Bound::Preemptions(2),
        sees: &["Continue .. Continue .. Continue", "Pause"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[]));
            for _ in 0..4 {
                polite(stage, &mut writer, 1);
            }
            finish(stage, writer);
        },
        ..Scenario::SMALL
    },
    // Four cells: the second chunk of three bytes lies at the end and at the beginning.
    Scenario {
        name: "chunk_across_the_end",
        marks: [4, 3, 4],
        bound: Bound::Preemptions(2),
        sees: &["Continue .. sink 0.0[0..3] .. Continue .. sink 0.1[0..1] .. sink 0.1[1..3]"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[Took(2)]));
            for _ in 0..2 {
                polite(stage, &mut writer, 3);
            }
            finish(stage, writer);
        },
        ..Scenario::SMALL
    },
    // Four cells and a capacity of eight bytes: the second chunk does not fit into the ring, the third finds room there again, or not.
    Scenario {
        name: "ring_then_spill",
        marks: [2, 0, 8],
        bound: Bound::Preemptions(2),
        sees: &["Pause .. Pause .. sink 0.0[0..3]", "sink 0.1[0..3] .. emit Drain .. Continue"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[Took(1)]));
            for _ in 0..2 {
                assert_eq!(stage.write(&mut writer, 3), Answer::Pause);
            }
            stage.drained(&writer);
            assert_eq!(stage.write(&mut writer, 1), Answer::Continue);
            finish(stage, writer);
        },
        ..Scenario::SMALL
    },
    // Every record of a log orders the threads that make it, which may hide that the ring does not. Here none is made: the bytes alone must be right.
    Scenario {
        name: "ring_without_a_log",
        by: &[Driving::Thread],
        marks: [4, 3, 4],
        observed: false,
        bound: Bound::Preemptions(2),
        run: |stage| {
            let builder = stage.unobserved();
            let mut writer =
                builder.spawn(Vec::new()).expect("the marks are right, and loom's threads always start");
            // Three bytes at once: the second chunk finds by a fresh look at the head that the cells of the first are free again.
            for chunk in [[0, 1, 2], [3, 4, 5]] {
                while writer.write(chunk).is_err_and(|error| matches!(error, WriteError::Full { .. })) {
                    writer.drained().wait().expect("it is open, and the sink does not fail");
                }
            }
            assert_eq!(writer.finish().wait().expect("the sink does not fail"), [0, 1, 2, 3, 4, 5]);
        },
        ..Scenario::SMALL
    },
    // Nobody calls the writer after a write that took no lock: the thread must come for its byte by itself, however it slept.
    Scenario {
        name: "lone_byte_while_lingering",
        by: &[Driving::Thread],
        marks: [4, 3, 8],
        bound: Bound::Preemptions(2),
        sees: &["Continue .. sink 0.0[0..1] .. Continue .. sink 0.1[0..1]"],
        run: |stage| {
            let alarm = Alarm::new();
            let builder = stage.builder().batch(3).linger(LINGER);
            let mut writer = start(builder, stage.ringing_sink(&alarm));
            assert_eq!(stage.write(&mut writer, 1), Answer::Continue);
            alarm.wait();
            assert_eq!(stage.write(&mut writer, 1), Answer::Continue);
            alarm.wait();
            finish(stage, writer);
        },
        ..Scenario::SMALL
    },
    // A time limit that never passes: a batch whose wake-up is missed would wait for ever.
    Scenario {
        name: "batch_in_a_long_linger",
        by: &[Driving::Thread],
        marks: [4, 3, 8],
        bound: Bound::Preemptions(2),
        sees: &["Continue .. sink 0.0[0..1] .. Continue .. sink 0.1[0..1]"],
        run: |stage| {
            let alarm = Alarm::new();
            let builder = stage.builder().batch(1).linger(Duration::MAX);
            let mut writer = start(builder, stage.ringing_sink(&alarm));
            for _ in 0..2 {
                assert_eq!(stage.write(&mut writer, 1), Answer::Continue);
                alarm.wait();
            }
            finish(stage, writer);
        },
        ..Scenario::SMALL
    },
    // A batch wakes a thread that lingers; a write that leaves the mark does, and so does the end.
    Scenario {
        name: "batch_while_lingering",
        by: &[Driving::Thread],
        marks: [4, 1, 8],
        bound: Bound::Preemptions(2),
        sees: &[
            "Continue .. Continue .. sink 0.0[0..1] 0.1[0..1]",
            "sink 0.0[0..1] .. sink 0.1[0..1]",
            "await .. /r Drained",
        ],
        run: |stage| {
            let mut writer = start(stage.builder().batch(2).linger(LINGER), stage.sink(&[]));
            for len in [1, 1, 3] {
                polite(stage, &mut writer, len);
            }
            finish(stage, writer);
        },
        ..Scenario::SMALL
    },
    // The sink fails while writes that take no lock are under way: what was answered `Continue` is handed back.
    Scenario {
        name: "failure_during_fast_writes",
        marks: [4, 3, 8],
        sees: &["sink/r Failed .. Continue", "sink/r Failed .. Errored"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[Failed]));
            for _ in 0..2 {
                let answer = stage.write(&mut writer, 1);
                assert!(matches!(answer, Answer::Continue | Answer::Errored(_)), "{answer:?}");
            }
            let over = |result: &Result<_, highwater_loom::FinishError<_>>| {
                let error = result.as_ref().expect_err("its first answer was an error").error();
                Over::Errored(highwater_tests::under_loom::cause(error))
            };
            let result = stage.over(Call::End, || writer.finish().wait(), over);
            let (error, sink, unwritten) = result.expect_err("as above").into_parts();
            stage.handed_back(&sink, &unwritten, Some(&error));
        },
        ..Scenario::SMALL
    },
];

/// Writes a chunk and waits for the drain if it is owed one; a chunk that was refused is written again.
pub(super) fn polite(stage: &Stage, writer: &mut Writer<RecordingSink>, len: usize) {
    loop {
        let answer = stage.write(writer, len);
        if answer == Answer::Continue {
            return;
        }
        assert!(matches!(answer, Answer::Pause | Answer::Full), "{answer:?}");
        stage.drained(writer);
        if answer == Answer::Pause {
            return;
        }
    }
}

pub(super) fn finish(stage: &Stage, writer: Writer<RecordingSink>) {
    let result = stage.over(Call::End, || writer.finish().wait(), |_| Over::Finished);
    stage.handed_back(&result.expect("this sink does not fail"), &highwater_loom::Unwritten::default(), None);
}
