//! The counters and clocks of a stream.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Stats, Writer};
use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};
use support::{Gate, Reply, eventually, within_limit};

/// Shorter than what is measured, whatever the machine does meanwhile: time is only ever longer than that.
const WHILE: Duration = Duration::from_millis(20);

fn clocks(stats: Stats) -> (Duration, Duration) {
    (stats.paused, stats.sink_time)
}

#[test]
fn the_clocks_run_while_there_is_a_pause_and_a_call_and_stand_still_otherwise() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().high_water_mark(4).spawn(sink).unwrap();
        thread::sleep(WHILE);
        assert_eq!(clocks(writer.stats()), (Duration::ZERO, Duration::ZERO));
        let began = Instant::now();
        assert!(writer.write("1234").unwrap().is_pause());
        gate.wait_inside();
        let inside = Instant::now();
        thread::sleep(WHILE);
        let (paused, sink_time) = clocks(writer.stats());
        assert!(WHILE <= paused && paused <= began.elapsed(), "{paused:?}, and it lasts");
        assert!(inside.elapsed() >= WHILE && sink_time >= WHILE && sink_time <= began.elapsed());
        gate.reply(Reply::Take(1));
        writer.drained().wait().unwrap();
        gate.wait_inside(); // 3 are left, and offered
        let (paused, _) = clocks(writer.stats());
        assert!(paused <= began.elapsed());
        thread::sleep(WHILE);
        let after = clocks(writer.stats());
        assert_eq!(after.0, paused, "nobody waits");
        assert!(after.1 >= WHILE * 2, "two calls");
        gate.open();
        writer.flush().wait().unwrap();
        let at_rest = clocks(writer.stats());
        thread::sleep(WHILE);
        assert_eq!(clocks(writer.stats()), at_rest);
        // A second pause is added to the first. What leaves the open phase ends it.
        let (gate, sink) = Gate::new();
        let shared = Writer::builder().capacity(8).spawn(sink).unwrap().into_shared();
        for _ in 0..2 {
            let _ = shared.write("12345678").unwrap();
            assert!(shared.write("9").is_err());
            gate.wait_inside();
            thread::sleep(WHILE);
            gate.reply(Reply::All);
            shared.drained().wait().unwrap();
        }
        let _ = shared.write("12345678").unwrap();
        assert!(shared.stats().paused >= WHILE * 2);
        shared.destroy();
        let paused = shared.stats().paused;
        thread::sleep(WHILE);
        assert_eq!(shared.stats().paused, paused);
        assert_eq!(shared.stats().refusals, 2);
        gate.open();
    });
}

#[test]
fn calls_that_are_made_again_are_counted() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().retry_would_block(Duration::ZERO).spawn(sink).unwrap();
        let _ = writer.write("1").unwrap();
        for error in [ErrorKind::Interrupted, ErrorKind::WouldBlock] {
            gate.reply(Reply::Error(error));
        }
        eventually("both are noted", || writer.stats().sink_retries == 2);
        assert!(writer.stats().sink_writes >= 2);
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        writer.closed().wait().unwrap_err();
        assert_eq!(writer.stats().sink_retries, 2, "this one is an end");
    });
}
