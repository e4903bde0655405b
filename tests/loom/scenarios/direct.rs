//! A producer that writes the sink in place of a drain thread that lingers. What the sink answers to a try tells tries apart in the log.

use super::ring::{finish, polite};
use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::{LINGER, Stage, start_direct};
use highwater_loom::Writer;
use highwater_model::contract::SinkAnswer::{self, Failed, Took, WouldBlock};
use highwater_model::contract::{Answer, Call};
use highwater_model::record::Over;
use highwater_tests::under_loom::RecordingSink;

pub(super) const ALL: &[Scenario] = &[
    // All is taken: the thread lingers on, and must still come for the last byte by itself.
    Scenario {
        name: "tried_and_taken",
        by: &[Driving::Thread],
        marks: [4, 3, 8],
        bound: Bound::Preemptions(2),
        sees: &["sink 0.0[0..1] 0.1[0..1] .. Took(2) .. sink 0.2[0..1]"],
        run: |stage| three_bytes(stage, |offered| Took(offered.unwrap_or(0))),
        ..Scenario::SMALL
    },
    // A part is taken, and the rest is the drain thread's. No other call of the sink takes only a part.
    Scenario {
        name: "tried_and_partly_taken",
        by: &[Driving::Thread],
        marks: [4, 3, 8],
        bound: Bound::Preemptions(2),
        sees: &["sink 0.0[0..1] 0.1[0..1] .. Took(1) .. sink 0.1[0..1]"],
        run: |stage| three_bytes(stage, |_| Took(1)),
        ..Scenario::SMALL
    },
    Scenario {
        name: "tried_in_vain",
        by: &[Driving::Thread],
        marks: [4, 3, 8],
        bound: Bound::Preemptions(2),
        sees: &["Interrupted .. sink .. Took"],
        run: |stage| three_bytes(stage, |_| WouldBlock),
        ..Scenario::SMALL
    },
    // The failure of a try is the stream's, and the drain thread must come to close it.
    Scenario {
        name: "tried_and_failed",
        by: &[Driving::Thread],
        marks: [4, 3, 8],
        bound: Bound::Preemptions(2),
        sees: &["sink/r Failed .. emit Error .. emit Close", "sink/r Failed .. Errored"],
        run: |stage| {
            let mut writer = direct(stage, |_| Failed);
            for _ in 0..3 {
                let answer = stage.write(&mut writer, 1);
                assert!(matches!(answer, Answer::Continue | Answer::Errored(_)), "{answer:?}");
            }
            let over = |result: &Result<_, highwater_loom::FinishError<_>>| match result {
                Ok(_) => Over::Finished,
                Err(failed) => Over::Errored(highwater_tests::under_loom::cause(failed.error())),
            };
            match stage.over(Call::End, || writer.finish().wait(), over) {
                Ok(sink) => stage.handed_back(&sink, &highwater_loom::Unwritten::default(), None),
                Err(failed) => {
                    let (error, sink, unwritten) = failed.into_parts();
                    stage.handed_back(&sink, &unwritten, Some(&error));
                }
            }
        },
        ..Scenario::SMALL
    },
];

/// Three writes of a byte to a stream that does not fail, whatever a try comes to.
fn three_bytes(stage: &Stage, tries: impl FnMut(Option<usize>) -> SinkAnswer + Send + 'static) {
    let mut writer = direct(stage, tries);
    for _ in 0..3 {
        polite(stage, &mut writer, 1);
    }
    finish(stage, writer);
}

/// A batch is two bytes. Tries are answered as `tries` says, and everything else is taken.
fn direct(
    stage: &Stage,
    tries: impl FnMut(Option<usize>) -> SinkAnswer + Send + 'static,
) -> Writer<RecordingSink> {
    start_direct(stage.builder().batch(2).linger(LINGER), stage.sink(&[]).trying(tries))
}
