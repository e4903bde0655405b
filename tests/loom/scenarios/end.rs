//! The end of a stream, and what it races with.

use super::Scenario;
use crate::search::Bound;
use crate::stage::{polite, start};
use crate::task::{Alarm, block_on};
use highwater_loom::WaitError;
use highwater_model::contract::{Answer, Call};
use highwater_model::record::Over;
use loom::thread;

pub(super) const ALL: &[Scenario] = &[
    // The owner ends the stream while the producer writes and waits. What was accepted is taken all the same.
    Scenario {
        name: "end_race",
        bound: Bound::Preemptions(2),
        sees: &["await .. end .. /r AfterEnd", "end .. write .. /r AfterEnd", "end .. await .. /r Drained"],
        run: |stage| {
            let stream = stage.stream(&[]);
            let owner = stream.for_producer(1);
            let ends = thread::spawn(move || owner.end());
            polite(&stream, 2, 2);
            ends.join().expect("it does not panic");
            stage.finished(&stream);
        },
        ..Scenario::SMALL
    },
    // The sink does not return before the waiter does: nothing but the end can wake it.
    Scenario {
        name: "end_wakes_a_waiter",
        sees: &["await .. end .. /r AfterEnd .. sink/r .. emit Finish"],
        run: |stage| {
            let gate = Alarm::new();
            let stream = stage.record(start(stage.builder(), stage.gated_sink(&gate)).into_shared());
            assert_eq!(stream.write(2), Answer::Pause);
            let drained = stream.drained();
            let waits = thread::spawn(move || assert_eq!(drained.wait(), Err(WaitError::AfterEnd)));
            stream.end();
            waits.join().expect("it does not panic");
            gate.ring();
            stage.finished(&stream);
        },
        ..Scenario::SMALL
    },
    // Nothing is buffered and nobody calls after the end: it alone wakes the drain thread, which finishes and wakes whoever waits for that.
    Scenario {
        name: "end_wakes_the_closed_wait",
        sees: &["closed .. end .. emit Close .. /r Finished", "end .. closed .. /r Finished"],
        run: |stage| {
            let stream = stage.stream(&[]);
            let closed = stream.closed();
            let waits = thread::spawn(move || assert_eq!(closed.wait(), Ok(())));
            stream.end();
            waits.join().expect("it does not panic");
            stage.finished(&stream);
        },
        ..Scenario::SMALL
    },
    // One ends and another destroys: the stream finishes or does not, but everybody is told the same.
    Scenario {
        name: "end_against_destroy",
        sees: &["/r Finished", "end .. destroy .. /r Destroyed", "destroy .. end .. /r Destroyed"],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(1), Answer::Continue);
            let owner = stream.for_producer(1);
            let destroys = thread::spawn(move || owner.destroy());
            stream.end();
            let outcome = stream.closed().wait();
            let back = stage.recovered(&stream);
            assert!(outcome.is_err() || back.unwritten.is_empty(), "finished, but {}", back.unwritten);
            destroys.join().expect("it does not panic");
        },
        ..Scenario::SMALL
    },
    // The end of a stream with one owner, waited for: the sink comes back and the thread is gone.
    Scenario {
        name: "finish_wait",
        sees: &["end .. sink .. sinkflush .. emit Close .. /r Finished"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            let result = stage.over(Call::End, || writer.finish().wait(), |_| Over::Finished);
            let sink = result.expect("this sink does not fail");
            stage.handed_back(&sink, &highwater_loom::Unwritten::default(), None);
        },
        ..Scenario::SMALL
    },
    // The same as a future.
    Scenario {
        name: "finish_future",
        sees: &["end .. sink .. sinkflush .. /r Finished", "/r Finished .. emit Close"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            let result = stage.over(Call::End, || block_on(writer.finish()), |_| Over::Finished);
            let sink = result.expect("this sink does not fail");
            stage.handed_back(&sink, &highwater_loom::Unwritten::default(), None);
        },
        ..Scenario::SMALL
    },
    // The same, but nobody waits: the stream finishes by itself after its last handle is gone.
    Scenario {
        name: "finish_dropped",
        sees: &["#2 /r done .. sink .. emit Finish .. emit Close", "emit Finish .. #2 /r done"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            stage.recorder.around(Call::End, || drop(writer.finish()));
        },
        ..Scenario::SMALL
    },
    // `end` undoes every cork.
    Scenario {
        name: "finish_while_corked",
        sees: &["cork .. end .. sink .. /r Finished"],
        run: |stage| {
            let stream = stage.stream(&[]);
            stream.cork();
            stream.cork();
            assert_eq!(stream.write(1), Answer::Continue);
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
];
