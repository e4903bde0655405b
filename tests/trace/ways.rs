//! Every way there is to use a writer, recorded.

use highwater::{Observer, OnDrop, Trace, Writer};
use highwater_model::logs::{self, Report};
use highwater_model::record::{Ev, Record};
use highwater_tests::lines::Lines;
use highwater_tests::rng::Rng;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

/// Records what `run` does, and judges it.
fn judged(run: impl FnOnce(&Trace)) -> (Report, Vec<Record>) {
    let lines = Lines::default();
    let trace = Trace::new(lines.clone());
    run(&trace);
    trace.quiesce().expect("memory takes it");
    let mut records = Vec::new();
    let report = logs::judge_and(&lines.bytes()[..], |record| records.push(record.clone()));
    let report = report.unwrap_or_else(|bad| panic!("{bad}\n{}", String::from_utf8_lossy(&lines.bytes())));
    assert!(report.conforms(), "{}{report}", String::from_utf8_lossy(&lines.bytes()));
    (report, records)
}

/// Takes a few bytes at a time, and is interrupted.
struct Reluctant(Rng);

impl Write for Reluctant {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.below(4) {
            0 => Err(io::ErrorKind::Interrupted.into()),
            1 => {
                thread::yield_now();
                Ok(bytes.len())
            }
            _ => Ok(1 + self.0.below(bytes.len())),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn one_owner() {
    judged(|trace| {
        let mut writer =
            Writer::builder().trace(trace).high_water_mark(8).spawn(Vec::new()).expect("a stream");
        writer.cork();
        assert!(writer.write("head").is_ok() && writer.write("").is_ok());
        writer.uncork();
        writer.flush().wait().expect("flushed");
        assert!(writer.write("a long chunk").expect("it fits").is_pause());
        let mut drained = writer.drained();
        while drained.wait_timeout(Duration::from_micros(1)).is_err() {}
        assert!(writer.write("more than the capacity of it").is_err());
        drop(writer.drained());
        assert_eq!(writer.finish().wait().expect("finished"), b"heada long chunk");
    });
}

#[test]
fn a_blocking_writer_and_a_pipe() {
    let (_, records) = judged(|trace| {
        let mut writer = Writer::builder()
            .trace(trace)
            .high_water_mark(8)
            .spawn(Reluctant(Rng::new(1)))
            .expect("a stream");
        for i in 0..100 {
            writeln!(writer.blocking(), "line {i}").expect("written");
        }
        writer.blocking().write_all(&[b'.'; 1000]).expect("written in parts");
        writer.blocking().flush().expect("flushed");
        assert_eq!(writer.pipe_from(&mut &[b'-'; 500][..]).expect("read and written"), 500);
        writer.finish().wait().expect("finished");
    });
    let offered = records.iter().filter(|record| matches!(record.ev, Ev::Sink(_))).count();
    assert!(offered > 100, "the sink was called only {offered} times");
}

#[test]
fn each_way_of_dropping_with_an_observer_and_without() {
    struct Deaf;
    impl Observer for Deaf {}
    for policy in [OnDrop::Finish, OnDrop::Discard, OnDrop::Detach] {
        for is_observed in [false, true] {
            let (report, records) = judged(|trace| {
                let builder = Writer::builder().trace(trace).on_drop(policy);
                let builder = if is_observed { builder.observer(Deaf) } else { builder };
                let mut writer = builder.spawn(Reluctant(Rng::new(2))).expect("a stream");
                writer.cork();
                assert!(writer.write("on its way").is_ok());
                let closed = writer.closed();
                drop(writer);
                let _ = closed.wait();
            });
            assert!(report.findings[0].outcome.as_ref().is_ok_and(|conforms| conforms.complete));
            let lost = records
                .iter()
                .any(|record| matches!(&record.ev, Ev::Recovered(back) if !back.bytes.is_empty()));
            assert_eq!(lost, policy == OnDrop::Discard);
        }
    }
}

#[test]
fn several_streams_in_one_trace() {
    let (report, _) = judged(|trace| {
        let streams: Vec<_> = (0..3)
            .map(|i| {
                let trace = trace.clone();
                thread::spawn(move || {
                    let mut writer =
                        Writer::builder().trace(&trace).spawn(Reluctant(Rng::new(i))).expect("a stream");
                    for len in 0..100 {
                        assert!(writer.write(vec![b'x'; len]).is_ok());
                    }
                    drop(writer.destroy());
                })
            })
            .collect();
        for stream in streams {
            stream.join().expect("written");
        }
    });
    assert_eq!(report.findings.iter().map(|finding| finding.stream).collect::<Vec<_>>(), [1, 2, 3]);
}

/// Same chunks, small marks, short takes: where most is unknown of who came first.
#[test]
fn crowded_producers() {
    for seed in 0..40 {
        judged(|trace| {
            let builder = Writer::builder().trace(trace).high_water_mark(64).low_water_mark(16).capacity(96);
            let writer = builder.spawn(Reluctant(Rng::new(seed))).expect("a stream").into_shared();
            thread::scope(|scope| {
                for producer in 0..4 {
                    let writer = writer.clone();
                    let mut rng = Rng::new(4 * seed + producer);
                    scope.spawn(move || {
                        for _ in 0..300 {
                            let refused = writer.write(vec![b'x'; rng.below(30)]).is_err();
                            if refused && rng.chance(80) {
                                writer.drained().wait().expect("nobody ends it");
                            }
                        }
                    });
                }
            });
            writer.finish().wait().expect("finished");
        });
    }
}

/// Catches a recorder that says of a flush that it succeeded before the final step, which belongs to it, has.
#[test]
fn a_final_step() {
    let kinds = [None, Some(io::ErrorKind::Interrupted), Some(io::ErrorKind::StorageFull)];
    for kind in kinds {
        judged(|trace| {
            let mut left = 2;
            let step = move |_: &mut Vec<u8>| {
                left -= 1;
                kind.filter(|_| left > 0).map_or(Ok(()), |kind| Err(kind.into()))
            };
            let builder = Writer::builder().trace(trace).high_water_mark(8);
            let mut writer = builder.spawn_with_final(Vec::new(), step).expect("a stream");
            assert!(writer.write("head").is_ok());
            writer.flush().wait().expect("flushed");
            assert!(writer.write("body").is_ok());
            assert_eq!(writer.finish().wait().is_ok(), kind != Some(io::ErrorKind::StorageFull));
        });
    }
}

#[test]
fn an_output_that_fails_ends_the_trace_and_not_the_stream() {
    /// Fails, or panics.
    struct Full(bool);
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            if self.0 {
                std::panic::resume_unwind(Box::new("as expected"))
            } else {
                Err(io::ErrorKind::StorageFull.into())
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for (panics, kind) in [(false, io::ErrorKind::StorageFull), (true, io::ErrorKind::Other)] {
        let trace = Trace::new(Full(panics));
        let mut writer = Writer::builder().trace(&trace).spawn(Vec::new()).expect("a stream");
        for _ in 0..2_000 {
            writer.blocking().write_all(b"written all the same").expect("written");
        }
        assert_eq!(writer.finish().wait().expect("finished").len(), 40_000);
        assert_eq!(trace.quiesce().map_err(|error| error.kind()), Err(kind));
        assert_eq!(trace.flush().map_err(|error| error.kind()), Err(kind));
    }
}
