//! The last handle dropped, by each policy and on each thread.

use super::producers::is_last;
use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::{Held, start};
use highwater_loom::{OnDrop, WaitError};
use highwater_model::contract::{Answer, Call, Event, SinkAnswer};
use highwater_model::record::Over;
use loom::sync::Mutex;
use loom::thread;
use std::sync::Arc;

pub(super) const ALL: &[Scenario] = &[
    // The drop blocks until everything is taken and the stream is closed.
    Scenario {
        name: "drop_while_paused",
        by: &[Driving::Thread],
        sees: &["Pause .. end .. sink .. emit Close .. /r Finished"],
        run: |stage| {
            let mut writer = start(stage.builder(), stage.sink(&[SinkAnswer::Took(1)]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            stage.over(Call::End, || drop(writer), |()| Over::Finished);
        },
        ..Scenario::SMALL
    },
    // The drop returns at once, and the drain thread goes on by itself.
    Scenario {
        name: "drop_detached",
        bound: Bound::None,
        sees: &["Pause .. end .. #2 /r done .. sink .. emit Close", "emit Close .. #2 /r done"],
        run: |stage| {
            let builder = stage.builder().on_drop(OnDrop::Detach);
            let mut writer = start(builder, stage.sink(&[SinkAnswer::Took(1)]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            stage.recorder.around(Call::End, || drop(writer));
        },
        ..Scenario::SMALL
    },
    // What the sink has not taken is lost, and the observer is told of every byte of it.
    Scenario {
        name: "drop_discarded",
        bound: Bound::None,
        sees: &[
            "destroy .. recovered 0.0[0..2]",
            "sink/r .. destroy .. emit Drain",
            "destroy .. recovered 0.0[1..2]",
        ],
        run: |stage| {
            let builder = stage.builder().on_drop(OnDrop::Discard);
            let mut writer = start(builder, stage.sink(&[SinkAnswer::Took(1)]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            stage.recorder.around(Call::Destroy, || drop(writer));
        },
        ..Scenario::SMALL
    },
    // Nobody calls after the drop: it alone wakes the drain thread, which closes and wakes whoever waits for that.
    Scenario {
        name: "drop_wakes_the_closed_wait",
        sees: &["closed .. destroy .. emit Close .. /r Destroyed", "destroy .. closed .. /r Destroyed"],
        run: |stage| {
            let builder = stage.builder().on_drop(OnDrop::Discard);
            let stream = stage.record(start(builder, stage.sink(&[])).into_shared());
            let closed = stream.closed();
            let waits = thread::spawn(move || assert_eq!(closed.wait(), Err(WaitError::Destroyed)));
            stage.recorder.around(Call::Destroy, || drop(stream));
            waits.join().expect("it does not panic");
        },
        ..Scenario::SMALL
    },
    // The stream failed and nobody but the observer is left to be told, on whichever thread that happens.
    Scenario {
        name: "drop_of_a_failed_stream",
        bound: Bound::None,
        sees: &["emit Close .. end .. recovered 0.0[0..2]", "recovered 0.0[0..2] .. emit Close"],
        run: |stage| {
            let builder = stage.builder().on_drop(OnDrop::Detach);
            let mut writer = start(builder, stage.sink(&[SinkAnswer::Failed]));
            assert_eq!(stage.write(&mut writer, 2), Answer::Pause);
            stage.recorder.around(Call::End, || drop(writer));
        },
        ..Scenario::SMALL
    },
    // The observer has a handle too and drops it on the drain thread, where waiting for the drain thread would never end.
    Scenario {
        name: "last_clone_on_the_drain_thread",
        by: &[Driving::Thread],
        sees: &["emit Drain .. end .. /r Finished", "emit Drain .. end .. emit Finish"],
        run: |stage| {
            let held = Held::default();
            let handles = Arc::new(Mutex::new(2));
            let (observers, observers_handles, observers_stage) =
                (held.clone(), Arc::clone(&handles), stage.clone());
            let builder = stage.builder_telling(move |event| {
                if event == Event::Drain
                    && let Some(handle) = observers.take()
                    && is_last(&observers_handles)
                {
                    observers_stage.recorder.around(Call::End, || drop(handle));
                }
            });
            let stream = stage.record(start(builder, stage.sink(&[])).into_shared());
            held.put(stream.for_producer(1));
            assert_eq!(stream.write(2), Answer::Pause);
            if is_last(&handles) {
                stage.over(Call::End, || drop(stream), |()| Over::Finished);
            }
        },
        ..Scenario::SMALL
    },
];
