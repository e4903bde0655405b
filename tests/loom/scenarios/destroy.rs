//! A stream given up at any moment: nobody waits for ever, and every byte is in the sink or handed back.

use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::{SOON, polite, start};
use crate::task::Alarm;
use highwater_loom::WaitError;
use highwater_model::contract::{Answer, Call, SinkAnswer};
use highwater_model::record::Over;
use loom::thread;
use std::time::Duration;

pub(super) const ALL: &[Scenario] = &[
    // The one owner destroys while the drain thread is anywhere.
    Scenario {
        name: "destroy_race",
        sees: &[
            "recovered nothing",
            "recovered 0.0[0..2] 0.1",
            "recovered 0.0[1..2] 0.1",
            "destroy .. sink/r .. recovered",
        ],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[SinkAnswer::Took(1)]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            let _ = stage.write(&mut writer, 1);
            let back = stage.over(Call::Destroy, || writer.destroy(), |_| Over::Destroyed);
            stage.handed_back(&back.sink, &back.unwritten, back.error.as_ref());
            assert!(back.error.is_none());
        },
        ..Scenario::SMALL
    },
    // Without an observer `destroy` also waits for the thread to end.
    Scenario {
        name: "destroy_unobserved",
        bound: Bound::None,
        observed: false,
        sees: &["recovered nothing", "recovered 0.0[0..2]", "destroy .. sink/r .. recovered"],
        run: |stage| {
            let mut writer = start(stage.unobserved(), stage.sink(&[]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            let back = stage.over(Call::Destroy, || writer.destroy(), |_| Over::Destroyed);
            stage.handed_back(&back.sink, &back.unwritten, back.error.as_ref());
        },
        ..Scenario::SMALL
    },
    // What the sink call in progress answers after the destroy is handed back with the bytes.
    Scenario {
        name: "destroy_while_the_sink_fails",
        sees: &["error Some(Failed)", "error None", "emit Error"],
        run: |stage| {
            let stream = stage.stream(&[SinkAnswer::Failed]);
            assert_eq!(stream.write(2), Answer::Pause);
            stream.destroy();
            assert!(stream.closed().wait().is_err());
            let back = stage.recovered(&stream);
            assert_eq!(back.unwritten.len(), 2);
        },
        ..Scenario::SMALL
    },
    // Another handle destroys while the producer writes and waits.
    Scenario {
        name: "destroy_while_waiting",
        bound: Bound::Preemptions(2),
        sees: &[
            "await .. destroy .. /r Destroyed",
            "destroy .. await .. /r Drained",
            "destroy .. write .. /r Destroyed",
        ],
        run: |stage| {
            let stream = stage.stream(&[]);
            let owner = stream.for_producer(1);
            let destroys = thread::spawn(move || owner.destroy());
            polite(&stream, 2, 2);
            destroys.join().expect("it does not panic");
            assert!(stream.closed().wait().is_err());
            let _ = stage.recovered(&stream);
        },
        ..Scenario::SMALL
    },
    // Corked and with no drain owed the drain thread sleeps for good: nothing but the destroy wakes it.
    Scenario {
        name: "destroy_wakes_a_sleeper",
        bound: Bound::Preemptions(3),
        sees: &["destroy .. /r Destroyed .. recovered 0.0[0..1]"],
        run: |stage| {
            let stream = stage.stream(&[]);
            stream.cork();
            assert_eq!(stream.write(1), Answer::Continue);
            stream.destroy();
            assert_eq!(stream.closed().wait(), Err(WaitError::Destroyed));
            let _ = stage.recovered(&stream);
        },
        ..Scenario::SMALL
    },
    // The pause before a retry would last for ever.
    Scenario {
        name: "destroy_cuts_a_pause_short",
        by: &[Driving::Thread],
        retried: true,
        sees: &["WouldBlock .. destroy", "destroy .. WouldBlock"],
        run: |stage| {
            let builder = stage.builder().retry_would_block(Duration::MAX);
            let writer = start(builder, stage.sink(&[SinkAnswer::WouldBlock; 3]));
            let stream = stage.record(writer.into_shared());
            assert_eq!(stream.write(2), Answer::Pause);
            stream.destroy();
            assert_eq!(stream.closed().wait(), Err(WaitError::Destroyed));
            let _ = stage.recovered(&stream);
        },
        ..Scenario::SMALL
    },
    // Whoever asks for the sink without waiting gets it only once the stream is closed.
    Scenario {
        name: "recover_without_waiting",
        sees: &[
            "destroy .. recovered .. closed .. /r Destroyed",
            "destroy .. closed .. /r Destroyed .. recovered",
        ],
        run: |stage| {
            let stream = stage.stream(&[]);
            assert_eq!(stream.write(2), Answer::Pause);
            stream.destroy();
            let early = stream.recover();
            let outcome = stream.closed().wait_timeout(SOON);
            if let Some(back) = early {
                assert_eq!(outcome, Err(WaitError::Destroyed), "recovered, but not closed");
                stage.account(&back.sink.taken, back.unwritten.bytes());
            } else {
                assert_eq!(stream.closed().wait(), Err(WaitError::Destroyed));
                let _ = stage.recovered(&stream);
            }
        },
        ..Scenario::SMALL
    },
    // The sink does not return before the waiters do: nothing but the destroy can wake them.
    Scenario {
        name: "destroy_wakes_waiters",
        bound: Bound::Preemptions(2),
        sees: &["await .. await .. destroy .. /r Destroyed .. /r Destroyed .. sink/r"],
        run: |stage| {
            let gate = Alarm::new();
            let stream = stage.record(start(stage.builder(), stage.gated_sink(&gate)).into_shared());
            assert_eq!(stream.write(2), Answer::Pause);
            let (drained, flush) = (stream.drained(), stream.flush());
            let waits = thread::spawn(move || assert_eq!(drained.wait(), Err(WaitError::Destroyed)));
            let flushes = thread::spawn(move || assert_eq!(flush.wait(), Err(WaitError::Destroyed)));
            stream.destroy();
            waits.join().expect("it does not panic");
            flushes.join().expect("it does not panic");
            gate.ring();
            assert_eq!(stream.closed().wait(), Err(WaitError::Destroyed));
            let _ = stage.recovered(&stream);
        },
        ..Scenario::SMALL
    },
    // Nothing is buffered and nobody calls after the destroy: it alone wakes the drain thread, which closes and wakes whoever waits for that.
    Scenario {
        name: "destroy_wakes_the_closed_wait",
        sees: &["closed .. destroy .. emit Close .. /r Destroyed", "destroy .. closed .. /r Destroyed"],
        run: |stage| {
            let stream = stage.stream(&[]);
            let closed = stream.closed();
            let waits = thread::spawn(move || assert_eq!(closed.wait(), Err(WaitError::Destroyed)));
            stream.destroy();
            waits.join().expect("it does not panic");
            let _ = stage.recovered(&stream);
        },
        ..Scenario::SMALL
    },
];
