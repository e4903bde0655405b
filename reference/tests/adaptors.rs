//! `blocking()` and `pipe_from`.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{PipeErrorCause, SinkErrorKind, WaitError, Writer};
use std::io::{self, ErrorKind, Read, Write};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use support::{Events, Gate, Reply, eventually, within_limit};

#[test]
fn write_macros_and_copy_go_through_a_buffer_far_smaller_than_they_are() {
    within_limit(|| {
        let mut writer = Writer::builder().high_water_mark(7).capacity(9).spawn(Vec::new()).unwrap();
        let mut expected = Vec::new();
        let mut out = writer.blocking();
        for i in 0..500 {
            writeln!(out, "Line {i}: a text longer than the whole capacity").unwrap();
            writeln!(expected, "Line {i}: a text longer than the whole capacity").unwrap();
        }
        let bytes: Vec<u8> = (0..10_000u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(io::copy(&mut &bytes[..], &mut out).unwrap(), 40_000);
        expected.extend(&bytes);
        assert_eq!(out.write(b"").unwrap(), 0);
        out.flush().unwrap();
        let stats = writer.stats();
        assert_eq!((stats.taken, stats.buffered), (expected.len() as u64, 0), "flush is real");
        assert!(stats.buffered_max <= 9);
        assert!(writer.finish().wait().unwrap() == expected);
    });
}

#[test]
fn a_blocking_write_waits_for_the_drain_at_its_start_and_not_at_its_end() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().high_water_mark(4).spawn(sink).unwrap();
        writer.blocking().write_all(b"1234").unwrap(); // were it to wait here, it would wait for ever
        gate.wait_inside();
        let shared = writer.into_shared();
        let (sent, received) = mpsc::channel();
        let second = thread::spawn({
            let shared = shared.clone();
            move || sent.send(shared.blocking().write(b"5").unwrap()).unwrap()
        });
        assert!(received.recv_timeout(Duration::from_millis(20)).is_err(), "a drain is owed");
        gate.reply(Reply::Take(1));
        assert_eq!(received.recv().unwrap(), 1);
        gate.open();
        second.join().unwrap();
    });
}

#[test]
fn lines_of_several_blocking_producers_stay_whole() {
    within_limit(|| {
        let writer = Writer::builder().high_water_mark(16).capacity(24).spawn(Vec::new()).unwrap();
        let shared = writer.into_shared();
        thread::scope(|scope| {
            for producer in ['a', 'b', 'c'] {
                let shared = &shared;
                scope.spawn(move || {
                    for i in 0..300 {
                        let line = format!("{producer}{i:015}\n");
                        shared.blocking().write_all(line.as_bytes()).unwrap();
                    }
                });
            }
        });
        shared.finish().wait().unwrap();
        let text = String::from_utf8(shared.recover().unwrap().sink).unwrap();
        for producer in ['a', 'b', 'c'] {
            let own: Vec<_> = text.lines().filter(|line| line.starts_with(producer)).collect();
            let expected: Vec<_> = (0..300).map(|i| format!("{producer}{i:015}")).collect();
            assert_eq!(own, expected);
        }
        assert_eq!(text.lines().count(), 900);
    });
}

#[test]
fn blocking_errors_keep_the_sinks_kind_and_say_when_it_is_over() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().high_water_mark(1).spawn(sink).unwrap();
        writer.blocking().write_all(b"1").unwrap();
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        let error = writer.blocking().write(b"2").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert_eq!(writer.blocking().flush().unwrap_err().kind(), ErrorKind::StorageFull);
        let mut ended = Writer::builder().spawn(Vec::new()).unwrap();
        ended.end();
        assert_eq!(ended.blocking().write(b"2").unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

/// Reads as its script says.
struct Scripted(Vec<io::Result<usize>>);

impl Read for Scripted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let reply = if self.0.is_empty() { Ok(0) } else { self.0.remove(0) };
        if let Ok(len) = &reply {
            let len = (*len).min(buffer.len());
            buffer[..len].fill(b'x');
        }
        reply
    }
}

#[test]
fn pipe_from_moves_everything_under_backpressure_and_tells_the_observer() {
    within_limit(|| {
        let events = Arc::new(Events::default());
        let builder = Writer::builder().high_water_mark(1000).observer(Arc::clone(&events));
        let mut writer = builder.spawn(Vec::new()).unwrap();
        let bytes: Vec<u8> = (0..50_000u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(writer.pipe_from(&mut &bytes[..]).unwrap(), 200_000);
        assert!(writer.stats().buffered_max <= 2000);
        assert!(writer.finish().wait().unwrap() == bytes);
        let log = events.log();
        assert_eq!(log.first().map(String::as_str), Some("pipe"));
        assert_eq!(log.iter().filter(|event| *event == "unpipe").count(), 1);
    });
}

#[test]
fn pipe_from_a_reader_that_is_interrupted_fails_or_lies() {
    within_limit(|| {
        let mut writer = Writer::builder().capacity(8).high_water_mark(8).spawn(Vec::new()).unwrap();
        let mut reader = Scripted(vec![Ok(3), Err(ErrorKind::Interrupted.into()), Ok(2)]);
        assert_eq!(writer.pipe_from(&mut reader).unwrap(), 5);
        let mut reader = Scripted(vec![Ok(1), Err(ErrorKind::ConnectionReset.into())]);
        let error = writer.pipe_from(&mut reader).unwrap_err();
        assert_eq!(error.accepted(), 1);
        assert!(
            matches!(error.cause(), PipeErrorCause::Read(error) if error.kind() == ErrorKind::ConnectionReset)
        );
        let error = writer.pipe_from(&mut Scripted(vec![Ok(9)])).unwrap_err();
        assert!(
            matches!(error.cause(), PipeErrorCause::Read(error) if error.kind() == ErrorKind::InvalidData),
            "a reader that claims more than its buffer holds is not believed"
        );
        assert_eq!(writer.finish().wait().unwrap(), b"xxxxxx", "what was accepted is not affected");
    });
}

#[test]
fn pipe_from_gives_back_what_the_stream_no_longer_accepts() {
    within_limit(|| {
        let events = Arc::new(Events::default());
        let (gate, sink) = Gate::new();
        let builder = Writer::builder().high_water_mark(4).capacity(4).observer(Arc::clone(&events));
        let shared = builder.spawn(sink).unwrap().into_shared();
        let piping = thread::spawn({
            let shared = shared.clone();
            move || shared.pipe_from(&mut &b"12345678"[..])
        });
        gate.wait_inside();
        eventually("the rest is read", || shared.stats().pauses == 1);
        gate.reply(Reply::Take(0));
        let error = piping.join().unwrap().unwrap_err();
        assert_eq!((error.accepted(), error.unaccepted()), (4, &b"5678"[..]));
        let (PipeErrorCause::Stream(WaitError::Errored(cause)), _) = error.into_parts() else {
            panic!("not the stream's error")
        };
        assert_eq!(cause.kind(), SinkErrorKind::WriteZero);
        assert!(shared.closed().wait().is_err()); // the error comes first, then the close, then there is something to recover
        assert_eq!(shared.recover().unwrap().unwritten.bytes(), b"1234");
        eventually("unpipe and close", || {
            let log = events.log();
            log.contains(&"unpipe".to_owned()) && log.contains(&"close".to_owned())
        });
    });
}

#[test]
fn w_07_an_empty_buffer_waits_for_no_drain() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().high_water_mark(1).spawn(sink).unwrap();
        assert!(writer.write("o").unwrap().is_pause());
        assert_eq!(writer.blocking().write(b"").unwrap(), 0);
        writer.blocking().write_all(b"").unwrap();
        writer.end();
        writer.blocking().write(b"").unwrap_err(); // it is told how the stream is, as by any write
        gate.open();
        writer.finish().wait().unwrap();
    });
}
