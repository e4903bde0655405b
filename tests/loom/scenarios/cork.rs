//! Bytes held back, and what lets them pass.

use super::Scenario;
use crate::search::Bound;
use crate::stage::start;
use crate::task::Alarm;
use highwater_model::contract::Answer;
use loom::thread;

pub(super) const ALL: &[Scenario] = &[
    // Another handle uncorks, and that alone wakes the drain thread.
    Scenario {
        name: "cork",
        bound: Bound::Preemptions(2),
        sees: &[
            "cork .. write .. write .. uncork .. sink 0.0[0..1] 0.1[0..1]",
            "uncork .. write .. sink 0.0[0..1]\n",
        ],
        run: |stage| {
            let stream = stage.stream(&[]);
            stream.cork();
            let other = stream.for_producer(1);
            let uncorks = thread::spawn(move || other.uncork());
            let _ = stream.write(1);
            let _ = stream.write(1);
            uncorks.join().expect("it does not panic");
            assert_eq!(stream.flush().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // After the uncork nobody calls the writer again until the sink was called.
    Scenario {
        name: "uncork_wakes_a_sleeper",
        sees: &["cork .. uncork .. sink 0.0[0..1]"],
        run: |stage| {
            let alarm = Alarm::new();
            let stream = stage.record(start(stage.builder(), stage.ringing_sink(&alarm)).into_shared());
            stream.cork();
            assert_eq!(stream.write(1), Answer::Continue);
            stream.uncork();
            alarm.wait();
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
    // An owed drain lets the bytes pass, as far as it takes.
    Scenario {
        name: "owed_drain_passes_a_cork",
        sees: &["cork .. Pause .. await .. sink .. /r Drained"],
        run: |stage| {
            let stream = stage.stream(&[]);
            stream.cork();
            assert_eq!(stream.write(2), Answer::Pause);
            assert_eq!(stream.drained().wait(), Ok(()));
            stage.finish(&stream);
        },
        ..Scenario::SMALL
    },
];
