//! Producers and owners that ask for what cannot be had, readers that fail, threads that cannot be started, and many failures at once.

use crate::case::{isolated, isolated_on_a_thread};
use crate::drive::Start;
use crate::seen::Seen;
use crate::sinks::{Turn, Turning, watched};
use crate::stream::{Producer, bytes, is_stream};
use highwater::{
    Flow, PipeErrorCause, SinkErrorKind, SpawnErrorReason, Unwritten, WaitError, WriteError, Writer,
};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::thread;

/// Catches a writer that takes a part of what never fits, lets a drain be owed for it, or whose adaptor cannot split it.
#[test]
fn a_chunk_over_the_capacity() {
    isolated(|case| {
        let path = case.path("log");
        let (sink, watch) = watched(File::create(&path)?);
        let mut writer = Writer::builder().high_water_mark(1000).capacity(2000).start(sink)?;
        let mut producer = Producer::default();
        let error = producer.write(&mut writer, 2001).expect_err("it never fits");
        assert_eq!(error, WriteError::TooLarge { len: 2001, capacity: 2000 });
        let text = "a chunk of 2001 bytes never fits a capacity of 2000 bytes; \
                    split it, write it through `blocking()`, or raise the capacity";
        assert_eq!(error.to_string(), text);
        assert_eq!(io::Error::from(error).kind(), ErrorKind::InvalidInput);
        assert_eq!(writer.drained().wait(), Ok(()), "no drain is owed");
        assert_eq!((writer.stats().accepted, writer.stats().refusals), (0, 0));
        assert_eq!(producer.write(&mut writer, 2000)?, Flow::Pause);
        writer.blocking().write_all(&bytes(2000, 10_001))?;
        producer.accepted += 10_001;
        let stats = writer.stats();
        assert!(stats.buffered_max <= 2000, "W-11: {stats:?}");
        drop(writer.finish().wait()?);
        assert_eq!(fs::read(&path)?, watch.taken());
        producer.is_complete(case, &watch, Unwritten::default())
    });
}

/// Catches a writer that lets a late chunk in, or fails the stream for it (N-08).
#[test]
fn a_write_after_end_and_after_destroy() {
    isolated(|case| {
        let path = case.path("log");
        let (sink, watch) = watched(File::create(&path)?);
        let seen = Seen::default();
        let writer = Writer::builder().observer(seen.clone()).start(sink)?.into_shared();
        writer.cork();
        let _ = writer.write(bytes(0, 5000))?;
        writer.end();
        assert_eq!(writer.write("late"), Err(WriteError::AfterEnd));
        writer.closed().wait()?;
        assert_eq!(writer.write("later"), Err(WriteError::AfterEnd));
        assert_eq!(WriteError::AfterEnd.to_string(), "write after `end`; the chunk needs another stream");
        writer.destroy(); // too late: it changes nothing
        assert_eq!(writer.write("latest"), Err(WriteError::AfterEnd));
        assert!(writer.recover().is_some_and(|rest| rest.error.is_none() && rest.unwritten.is_empty()));
        seen.were(&["finish", "close"]);
        assert_eq!(fs::read(&path)?, watch.taken());
        Producer { accepted: 5000 }.is_complete(case, &watch, Unwritten::default())?;

        let (sink, watch) = watched(File::create(&path)?);
        let writer = Writer::builder().start(sink)?.into_shared();
        writer.cork();
        let _ = writer.write(bytes(0, 5000))?;
        writer.destroy();
        assert_eq!(writer.write("late"), Err(WriteError::Destroyed));
        assert_eq!(
            WriteError::Destroyed.to_string(),
            "write after `destroy`; the chunk needs another stream"
        );
        assert_eq!(writer.closed().wait(), Err(WaitError::Destroyed));
        let rest = writer.recover().ok_or("a closed stream gives its sink back")?;
        assert_eq!(fs::metadata(&path)?.len(), 0);
        Producer { accepted: 5000 }.is_complete(case, &watch, rest.unwritten)
    });
}

/// Catches a builder that panics on it, or keeps the sink.
#[test]
fn a_thread_name_that_the_system_cannot_have() {
    isolated_on_a_thread(|case| {
        let path = case.path("log");
        let error = Writer::builder().thread_name("a\0b").start(File::create(&path)?).expect_err("a NUL");
        assert_eq!(error.to_string(), "the thread name contains a NUL byte; choose another");
        let (reason, mut file) = error.into_parts();
        assert!(matches!(reason, SpawnErrorReason::ThreadName));
        file.write_all(b"still open")?;
        assert_eq!(fs::read(&path)?, b"still open");
        Ok(())
    });
}

/// The system refuses the thread its stack. (A limit on the number of threads would not bind a privileged user.) Catches a builder that panics,
/// keeps the sink, or cannot be tried again.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_cannot_be_started() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    isolated_on_a_thread(|case| {
        let path = case.path("log");
        let file = File::create(&path)?;
        let status = fs::read_to_string("/proc/self/status")?;
        let in_use = status
            .lines()
            .find_map(|line| line.strip_prefix("VmSize:")?.strip_suffix("kB")?.trim().parse().ok());
        let in_use: u64 = in_use.ok_or("Linux says how much memory a process uses")?;
        let before = getrlimit(Resource::As);
        let limit = (in_use + 1024) * 1024; // enough for the writer's few small objects, not for a stack of 2 MiB
        setrlimit(Resource::As, Rlimit { current: Some(limit), ..before })?;
        let refused = Writer::builder().start(file);
        setrlimit(Resource::As, before)?;
        let error = refused.expect_err("there is no room for a stack");
        assert!(error.to_string().starts_with("the drain thread could not be started: "), "{error}");
        let (reason, file) = error.into_parts();
        let SpawnErrorReason::Thread(cause) = reason else { panic!("the reason is {reason}") };
        assert_eq!(cause.raw_os_error(), Some(11), "EAGAIN, as of `pthread_create`: {cause}");
        let mut writer = Writer::builder().start(file)?;
        let _ = writer.write("the second try")?;
        drop(writer.finish().wait()?);
        assert_eq!(fs::read(&path)?, b"the second try");
        Ok(())
    });
}

/// Fails after its bytes.
struct Failing<R>(R);

impl<R: Read> Read for Failing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::new(ErrorKind::ConnectionAborted, "the source went away")),
            len => Ok(len),
        }
    }
}

/// Catches a `pipe_from` that takes the reader's failure for the sink's, loses what was read before it, or ends the stream.
#[test]
fn a_reader_that_fails() {
    isolated(|case| {
        let path = case.path("log");
        let (sink, watch) = watched(File::create(&path)?);
        let mut writer = Writer::builder().high_water_mark(10_000).start(sink)?;
        let source = bytes(0, 300_000);
        let error = writer.pipe_from(&mut Failing(source.as_slice())).expect_err("the source fails");
        assert_eq!((error.accepted(), error.unaccepted()), (300_000, &[][..]));
        assert_eq!(error.to_string(), "the reader failed after 300000 bytes: the source went away");
        assert!(matches!(error.cause(), PipeErrorCause::Read(_)));
        assert_eq!(io::Error::from(error).kind(), ErrorKind::ConnectionAborted);
        let mut producer = Producer { accepted: 300_000 };
        writer.drained().wait()?; // for the last chunk that was piped: `pipe_from` waits before a chunk, not after it
        producer.write_politely(&mut writer, 300_100, 10)?;
        drop(writer.finish().wait()?);
        assert_eq!(fs::read(&path)?, watch.taken());
        producer.is_complete(case, &watch, Unwritten::default())
    });
}

/// Everything that was read is somewhere: taken, handed back, or in the error. Catches a `pipe_from` that drops the chunk it was refused.
#[test]
fn a_sink_that_fails_under_pipe_from() {
    isolated(|case| {
        let source = case.path("source");
        fs::write(&source, bytes(0, 1 << 20))?;
        let mut source = File::open(&source)?;
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(10_000).capacity(100_000).start(sink)?;
        let reading = thread::spawn(move || {
            let mut got = vec![0; 200_000];
            reader.read_exact(&mut got).map(|()| got)
        });
        let error = writer.pipe_from(&mut source).expect_err("the reader goes away");
        is_stream("what was read", 0, &reading.join().expect("it does not panic")?);
        let PipeErrorCause::Stream(WaitError::Errored(told)) = error.cause() else { panic!("{error}") };
        assert_eq!(told.kind(), SinkErrorKind::Failed);
        let producer = Producer { accepted: error.accepted() };
        assert_eq!(writer.stats().accepted, error.accepted());
        let (_, unaccepted) = error.into_parts();
        is_stream("what was read and not accepted", producer.accepted, &unaccepted);
        assert_eq!(source.stream_position()?, producer.accepted + unaccepted.len() as u64);
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        producer.is_complete(case, &watch, unwritten)
    });
}

const WRITERS: usize = 64;

/// All are stuck or corked, then all fail, in two ways. Catches writers that share what they should not, and a thread or a descriptor lost in a
/// crowd.
#[test]
fn many_writers_that_fail_at_once() {
    isolated(|case| {
        let mut readers = Vec::new();
        let mut streams = Vec::new();
        #[cfg(target_os = "linux")]
        let before = crate::held::Held::now().threads();
        for number in 0..WRITERS {
            let mut producer = Producer::default();
            let (reader, pipe) = io::pipe()?;
            readers.push(reader);
            // A pipe that is stuck and then breaks, or one that is used up by its first write.
            let turning = Turning { inner: pipe, good_writes: 1 + number % 2, turn: Turn::Zero };
            let (sink, watch) = watched(turning);
            let mut writer = Writer::builder().high_water_mark(1 << 20).start(sink)?;
            let _ = producer.write(&mut writer, 1000)?;
            writer.flush().wait()?;
            writer.cork();
            let _ = producer.write(&mut writer, 200_000 + number)?;
            streams.push((producer, writer, watch));
        }
        #[cfg(target_os = "linux")]
        assert_eq!(crate::held::Held::now().threads(), before + WRITERS, "each has its own thread");
        let finishing: Vec<_> =
            streams.into_iter().map(|(producer, writer, watch)| (producer, writer.finish(), watch)).collect();
        for (number, (_, _, watch)) in finishing.iter().enumerate().filter(|(number, _)| number % 2 == 1) {
            watch.wait_until_stuck(200_000 + number);
        }
        drop(readers);
        for (number, (producer, finish, watch)) in finishing.into_iter().enumerate() {
            let (error, _, unwritten) = finish.wait().expect_err("each fails").into_parts();
            let kind = if number % 2 == 0 { SinkErrorKind::WriteZero } else { SinkErrorKind::Failed };
            assert_eq!(error.kind(), kind, "writer {number}");
            producer.is_complete(case, &watch, unwritten)?;
        }
        Ok(())
    });
}
