//! Pipes: the reader is gone, goes away, stops for a while, or the pipe is full and does not block.

use crate::case::{eventually, isolated, isolated_on_a_thread, len_of};
use crate::causes::{Cause, everyone_is_told};
use crate::drive::Start;
use crate::sinks::watched;
use crate::stream::{Producer, bytes, is_stream};
use highwater::{SharedWriter, SinkErrorKind, Stats, WaitError, Writer};
use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// Long enough to see that something does not happen, short enough to wait for it in every run.
const A_WHILE: Duration = Duration::from_millis(30);

pub(crate) fn broken_pipe() -> Cause {
    let cause = Cause::os(32, "Broken pipe");
    assert_eq!(cause.io_kind, io::ErrorKind::BrokenPipe);
    cause
}

/// A pipe of one page holds no more, in bytes.
const SMALL_PIPE_MAX: usize = 65_536;

/// A pipe of one page, so that what is written in one call is more than it holds.
fn small_pipe() -> io::Result<(PipeReader, PipeWriter)> {
    let (reader, pipe) = io::pipe()?;
    let size = fcntl_setpipe_size(&pipe, 4096)?;
    assert!(size <= SMALL_PIPE_MAX, "a pipe of one page holds {size} bytes");
    Ok((reader, pipe))
}

/// Reads `len` bytes.
fn read(reader: &mut PipeReader, len: usize) -> io::Result<Vec<u8>> {
    let mut got = vec![0; len];
    reader.read_exact(&mut got)?;
    Ok(got)
}

/// Catches a writer that dies of `SIGPIPE` or tells of a closed pipe as of any other failure.
#[test]
fn a_pipe_whose_reader_is_gone() {
    isolated(|case| {
        let (reader, pipe) = io::pipe()?;
        drop(reader);
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(1000).low_water_mark(0).start(sink)?;
        let mut producer = Producer::default();
        let told = producer.write_until_it_fails(&mut writer, 100_000, 300);
        assert_eq!(everyone_is_told(&mut writer, &broken_pipe()), told);
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        assert_eq!(watch.len(), 0);
        producer.is_complete(case, &watch, unwritten)
    });
}

/// The sink is in the middle of a call when the reader goes; the system tells how much it took of it, and fails the next. Catches a writer that
/// hands back only what it was offering or only what came in meanwhile, and one that drops the part of a call that was not taken.
#[test]
fn a_reader_that_goes_away_midway() {
    isolated(|case| {
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(1 << 20).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, 300_000)?.is_continue());
        watch.wait_until_stuck(300_000);
        assert!(producer.write(&mut writer, 50_000)?.is_continue(), "accepted while the sink is stuck");
        is_stream("what was read", 0, &read(&mut reader, 10_000)?);
        drop(reader);
        everyone_is_told(&mut writer, &broken_pipe());
        let stats = writer.stats();
        assert_eq!((stats.taken, stats.buffered as u64), (watch.len(), producer.accepted - watch.len()));
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        assert!(watch.len() >= 10_000 && watch.short_writes() == 1, "the call that was stuck took a part");
        producer.is_complete(case, &watch, unwritten)
    });
}

/// A polite producer of random chunks, and a reader that stops five times until the producer waits. Catches a writer that is told to drain
/// too early or not at all, that lets more in than a polite producer may have in it (W-12), and that loses or doubles bytes at a stop.
#[test]
fn a_reader_that_stops_and_goes_on() {
    const HIGH: usize = 10_000;
    const CHUNK_MAX: usize = 3000;
    const STOPS: usize = 5;
    const TOTAL: u64 = 600_000;
    isolated(|case| {
        let (mut reader, pipe) = small_pipe()?;
        let (sink, _watch) = watched(pipe);
        let writer =
            Writer::builder().high_water_mark(HIGH).low_water_mark(HIGH / 2).start(sink)?.into_shared();
        let (stopped, stops) = channel();
        let (go, may_go) = channel();
        let mut rng = case.rng();
        let reading = thread::spawn(move || {
            let mut got = Vec::new();
            let mut buffer = [0; 5000];
            let mut next_stop = 0;
            loop {
                if got.len() >= next_stop && next_stop / 100_000 < STOPS {
                    next_stop += 100_000;
                    stopped.send(()).expect("the test listens");
                    may_go.recv().expect("the test lets it go on");
                }
                let most = rng.between(1, buffer.len());
                match reader.read(&mut buffer[..most]).expect("a pipe can be read") {
                    0 => return got,
                    len => got.extend_from_slice(&buffer[..len]),
                }
            }
        });
        let producing = thread::spawn({
            let (writer, mut rng) = (writer.clone(), case.rng());
            move || produce(&writer, || rng.between(0, CHUNK_MAX), TOTAL)
        });
        for _ in 0..STOPS {
            stops.recv()?;
            let stats = wait_until_paused(&writer);
            assert!((HIGH / 2 + 1..HIGH + CHUNK_MAX).contains(&stats.buffered), "{stats:?}");
            go.send(())?;
        }
        producing.join().expect("the producer was told to go on each time");
        writer.finish().wait()?;
        drop(writer.recover());
        let got = reading.join().expect("the reader came to the end");
        assert_eq!(got.len() as u64, TOTAL);
        is_stream("what arrived", 0, &got);
        let stats = writer.stats();
        assert!((HIGH..HIGH + CHUNK_MAX).contains(&stats.buffered_max), "W-12: {stats:?}");
        assert_eq!((stats.taken, stats.refusals), (TOTAL, 0));
        Ok(())
    });
}

fn produce<W: Send + 'static>(writer: &SharedWriter<W>, mut len: impl FnMut() -> usize, total: u64) {
    let mut written = 0;
    while written < total {
        let chunk = bytes(written, len().min(usize::try_from(total - written).unwrap_or(usize::MAX)));
        if writer.write(&chunk).expect("nothing fails here").is_pause() {
            writer.drained().wait().expect("nothing fails here");
            let buffered = writer.stats().buffered;
            assert!(buffered <= writer.low_water_mark(), "D-03: woken with {buffered} bytes buffered");
        }
        written += chunk.len() as u64;
    }
}

/// Waits until a drain is owed and nothing moves any more.
fn wait_until_paused<W: Send + 'static>(writer: &SharedWriter<W>) -> Stats {
    let mut stats = writer.stats();
    eventually("the producer and the sink are stuck", || {
        stats = writer.stats();
        stats.pauses > stats.drains
            && writer.drained().wait_timeout(A_WHILE) == Err(WaitError::TimedOut)
            && writer.stats().without_times() == stats.without_times()
    });
    stats
}

/// `SIGSTOP` and `SIGCONT` to a reader that is another process. Catches what [`a_reader_that_stops_and_goes_on`] does, and a writer that takes a
/// reader that is merely stopped for one that is gone.
#[test]
fn a_reader_process_that_is_stopped_and_continued() {
    isolated(|case| {
        let copy = case.path("copy");
        if case.is("reader") {
            io::copy(&mut io::stdin().lock(), &mut std::fs::File::create(&copy)?)?;
            return Ok(());
        }
        let (reader, pipe) = small_pipe()?;
        let mut child = case.start("reader", reader)?;
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(100_000).start(sink)?;
        let mut producer = Producer::default();
        for _ in 0..3 {
            producer.write_politely(&mut writer, producer.accepted + 200_000, 999)?;
            writer.flush().wait()?;
            signal(&child, Signal::STOP, 'T')?;
            assert!(producer.write(&mut writer, 150_000)?.is_pause());
            let mut drained = writer.drained();
            assert_eq!(drained.wait_timeout(A_WHILE), Err(WaitError::TimedOut));
            // An offer that ends with the ring may have been small enough for the pipe.
            assert!(watch.in_call() && writer.stats().buffered >= 150_000 - SMALL_PIPE_MAX);
            kill_process(Pid::from_child(&child), Signal::CONT)?;
            drained.wait()?;
        }
        drop(writer.finish().wait()?);
        assert!(child.wait()?.success());
        assert_eq!(len_of(&copy), producer.accepted);
        is_stream("what the reader copied", 0, &std::fs::read(&copy)?);
        Ok(())
    });
}

/// Sends a signal and waits until the system says that the process is in `state`.
fn signal(child: &std::process::Child, signal: Signal, state: char) -> io::Result<()> {
    kill_process(Pid::from_child(child), signal)?;
    eventually("the process is stopped", || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        status.lines().any(|line| line.starts_with("State:") && line.contains(state))
    });
    Ok(())
}

/// Catches a writer that retries without being asked to, so that it spins, and one that loses what the pipe took before it was full.
#[test]
fn a_full_pipe_that_does_not_block() {
    isolated(|case| {
        let (mut reader, pipe) = io::pipe()?;
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let size = fcntl_getpipe_size(&pipe)?;
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(1 << 22).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, size + 100_000)?.is_continue());
        let os = Cause::os(11, "Resource temporarily unavailable");
        let text = "the sink's write would block: Resource temporarily unavailable (os error 11); \
                    allow retries with `retry_would_block`";
        let cause = Cause { kind: SinkErrorKind::WouldBlock, text: text.to_owned(), ..os };
        everyone_is_told(&mut writer, &cause);
        let (_, _, unwritten) = writer.finish().wait().expect_err("the pipe is full").into_parts();
        assert_eq!((watch.would_block(), watch.short_writes(), watch.len()), (1, 1, size as u64));
        let got = read(&mut reader, size)?;
        assert_eq!(got, watch.taken());
        producer.is_complete(case, &watch, unwritten)
    });
}

/// Catches a writer that fails although it may retry, and one that takes what would block for taken.
#[test]
fn a_full_pipe_that_does_not_block_and_is_tried_again() {
    isolated(|_case| {
        let (mut reader, pipe) = io::pipe()?;
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let size = fcntl_getpipe_size(&pipe)?.max(50_000);
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder()
            .high_water_mark(50_000)
            .capacity(2 * size)
            .retry_would_block(Duration::from_millis(1))
            .start(sink)?;
        let mut producer = Producer::default();
        let reading = thread::spawn({
            let watch = watch.clone();
            move || {
                eventually("the pipe was full three times", || watch.would_block() >= 3);
                let mut got = Vec::new();
                reader.read_to_end(&mut got).map(|_| got)
            }
        });
        assert!(producer.write(&mut writer, size + 1000)?.is_pause()); // one call, and more than there is room for
        writer.drained().wait()?;
        producer.write_politely(&mut writer, 500_000, 7001)?;
        drop(writer.finish().wait()?);
        let got = reading.join().expect("the reader came to the end")?;
        assert_eq!(got.len() as u64, producer.accepted);
        is_stream("what arrived", 0, &got);
        assert!(watch.short_writes() > 0, "a pipe that does not block takes what it has room for");
        Ok(())
    });
}

/// The pause is an hour. Catches a writer whose destroy waits for it.
#[test]
fn destroy_during_a_long_pause() {
    isolated_on_a_thread(|case| {
        let (mut reader, pipe) = io::pipe()?;
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let (sink, watch) = watched(pipe);
        let hour = Duration::from_secs(3600);
        let mut writer = Writer::builder().high_water_mark(1 << 22).retry_would_block(hour).start(sink)?;
        let mut producer = Producer::default();
        let _ = producer.write(&mut writer, 300_000)?;
        eventually("the writer pauses", || watch.would_block() == 1 && writer.settled());
        let destroyed = writer.destroy();
        assert_eq!(destroyed.error, None, "nothing failed");
        assert_eq!(watch.would_block(), 1);
        let mut pipe = destroyed.sink.into_inner();
        rustix::io::ioctl_fionbio(&pipe, false)?;
        let rest = destroyed.unwritten.bytes().to_vec();
        let writing = thread::spawn(move || pipe.write_all(&rest));
        let got = read(&mut reader, 300_000)?;
        writing.join().expect("it was read")?;
        is_stream("what arrived, the last of it by hand", 0, &got);
        producer.is_complete(case, &watch, destroyed.unwritten)
    });
}
