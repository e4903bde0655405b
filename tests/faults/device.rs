//! Files that cannot take what is written: a full device, a full file system, a file-size limit, a descriptor that is not for writing.

use crate::case::{Case, isolated};
use crate::causes::{Cause, everyone_is_told};
use crate::drive::Start;
use crate::seen::Seen;
use crate::sinks::watched;
use crate::stream::{Producer, bytes, is_stream};
use highwater::{SinkCall, WaitError, Writer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

fn no_space() -> Cause {
    let cause = Cause::os(28, "No space left on device");
    assert_eq!(cause.io_kind, ErrorKind::StorageFull);
    cause
}

/// The device that is always full, if this system has it.
fn full_device(case: &Case) -> Option<File> {
    let device = File::options().write(true).open("/dev/full");
    device.inspect_err(|error| case.not_checked(&format!("a full device: /dev/full: {error}"))).ok()
}

/// Catches a writer that counts the bytes of a failing call as taken, one that tells the failure to the first who asks only, one that replaces
/// its cause, and one that calls the sink again.
#[test]
fn a_full_device() {
    isolated(|case| {
        let Some(device) = full_device(case) else { return Ok(()) };
        let (sink, watch) = watched(device);
        let seen = Seen::default();
        let mut writer = Writer::builder().high_water_mark(4096).observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        let told = producer.write_until_it_fails(&mut writer, 1 << 20, 1000);
        assert_eq!(everyone_is_told(&mut writer, &no_space()), told);
        let stats = writer.stats();
        assert_eq!((stats.accepted, stats.taken), (producer.accepted, 0));
        assert_eq!((stats.sink_writes, watch.writes()), (1, 1));
        let failed = writer.finish().wait().expect_err("nothing was written");
        let told_last = failed.to_string();
        let (error, sink, unwritten) = failed.into_parts();
        assert_eq!(error, told);
        let count = unwritten.len();
        assert_eq!(
            told_last,
            format!(
                "{error}; {count} bytes were not written; `into_parts` gives the sink and the bytes back"
            )
        );
        let own = sink.into_inner().write(b"x").expect_err("it is the very sink, and still full");
        assert_eq!(own.kind(), ErrorKind::StorageFull);
        producer.is_complete(case, &watch, unwritten)?;
        seen.were(&[&format!("error: {}", no_space().text), "close"]);
        Ok(())
    });
}

/// As a `std::io::Write`, and as `std::io::copy` uses it. Catches an adaptor that loses the kind of the error or the bytes before it.
#[test]
fn a_full_device_behind_the_blocking_adaptor() {
    isolated(|case| {
        let Some(device) = full_device(case) else { return Ok(()) };
        let (sink, watch) = watched(device);
        let mut writer = Writer::builder().high_water_mark(4096).start(sink)?;
        let source = bytes(0, 1 << 20);
        let error = io::copy(&mut source.as_slice(), &mut writer.blocking()).expect_err("the device is full");
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert!(error.to_string().starts_with(&no_space().text), "{error}");
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<WaitError>());
        let Some(WaitError::Errored(told)) = inner else { panic!("inside is {inner:?}") };
        no_space().is_told_by(told);
        let flush = writer.blocking().flush().expect_err("nor can it be flushed");
        assert_eq!(flush.kind(), ErrorKind::StorageFull);
        let producer = Producer { accepted: writer.stats().accepted };
        let (error, _sink, unwritten) = writer.finish().wait().expect_err("the device is full").into_parts();
        assert_eq!(error, *told);
        producer.is_complete(case, &watch, unwritten)
    });
}

/// A sink that buffers by itself takes the bytes and fails when it is flushed. Catches a writer that finishes without a last flush, and one
/// that says "flushed" when the flush failed.
#[test]
fn a_full_device_behind_a_buffer_of_its_own() {
    isolated(|case| {
        let cause = Cause {
            call: SinkCall::Flush,
            text: "the sink's flush failed: No space left on device (os error 28)".to_owned(),
            ..no_space()
        };
        for asks_for_flush in [true, false] {
            let Some(device) = full_device(case) else { return Ok(()) };
            let (sink, watch) = watched(BufWriter::with_capacity(1 << 16, device));
            let seen = Seen::default();
            let mut writer = Writer::builder().observer(seen.clone()).start(sink)?;
            let mut producer = Producer::default();
            producer.write_politely(&mut writer, 1000, 100)?;
            if asks_for_flush {
                let Err(WaitError::Errored(error)) = writer.flush().wait() else {
                    panic!("it was not flushed")
                };
                assert_eq!(everyone_is_told(&mut writer, &cause), error);
            }
            let (error, sink, unwritten) = writer.finish().wait().expect_err("not flushed").into_parts();
            cause.is_told_by(&error);
            assert_eq!((watch.flushes(), unwritten.len()), (1, 0), "the sink took every byte");
            let (_device, buffered) = sink.into_inner().into_parts();
            is_stream("what the sink's own buffer holds", 0, &buffered.expect("it did not panic"));
            producer.is_complete(case, &watch, unwritten)?;
            seen.were(&[&format!("error: {}", cause.text), "close"]);
        }
        Ok(())
    });
}

/// `EBADF`. Catches a writer that takes an error without a kind of its own for something else.
#[test]
fn a_file_that_is_open_for_reading_only() {
    isolated(|case| {
        let path = case.path("read only");
        fs::write(&path, "as it was")?;
        let (sink, watch) = watched(File::open(&path)?);
        let mut writer = Writer::builder().high_water_mark(100).start(sink)?;
        let mut producer = Producer::default();
        let told = producer.write_until_it_fails(&mut writer, 10_000, 60);
        assert_eq!(everyone_is_told(&mut writer, &Cause::os(9, "Bad file descriptor")), told);
        let (_, _, unwritten) = writer.finish().wait().expect_err("not for writing").into_parts();
        assert_eq!(fs::read(&path)?, b"as it was");
        producer.is_complete(case, &watch, unwritten)
    });
}

/// A limit in the midst of a chunk: the system takes a part, then fails. Catches a writer that goes on at the start of the chunk after a
/// short write, or gives back the whole chunk although a part of it is in the file.
#[test]
fn a_file_size_limit() {
    isolated(|case| {
        if !case.is("limited") {
            // Ignoring a signal is inherited; doing it here would take `unsafe`.
            let shell = ["sh", "-c", r#"trap "" XFSZ && exec "$@""#, "sh"];
            if let Err(why) = case.run_through(&shell, "limited") {
                case.not_checked(&format!("a file-size limit: {why}"));
            }
            return Ok(());
        }
        if !ignores_file_size_signal()? {
            case.not_checked(
                "a file-size limit: the shell did not have SIGXFSZ ignored, which would kill this process",
            );
            return Ok(());
        }
        let before = getrlimit(Resource::Fsize);
        setrlimit(Resource::Fsize, Rlimit { current: Some(100_001), ..before })?;
        let path = case.path("limited");
        let (sink, watch) = watched(File::create(&path)?);
        let mut writer = Writer::builder().high_water_mark(10_000).start(sink)?;
        let mut producer = Producer::default();
        let told = producer.write_until_it_fails(&mut writer, 300_000, 7000);
        let cause = Cause::os(27, "File too large");
        assert_eq!(cause.io_kind, ErrorKind::FileTooLarge);
        assert_eq!(everyone_is_told(&mut writer, &cause), told);
        let (_, sink, unwritten) = writer.finish().wait().expect_err("over the limit").into_parts();
        assert_eq!((watch.len(), watch.short_writes()), (100_001, 1), "the limit lies within a chunk");
        assert_eq!(fs::read(&path)?, watch.taken());
        setrlimit(Resource::Fsize, before)?;
        goes_on_in_place(&path, sink.into_inner(), unwritten.bytes())?;
        producer.is_complete(case, &watch, unwritten)
    });
}

/// The line `SigIgn` of `/proc/self/status` has a bit for each signal that is ignored, the lowest for signal 1; `SIGXFSZ` is 25.
fn ignores_file_size_signal() -> io::Result<bool> {
    let status = fs::read_to_string("/proc/self/status")?;
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    Ok(u64::from_str_radix(ignored.trim(), 16).is_ok_and(|ignored| ignored >> 24 & 1 == 1))
}

/// The sink that came back stands where the stream was cut: writing the rest to it completes the file.
fn goes_on_in_place(path: &Path, mut sink: File, rest: &[u8]) -> io::Result<()> {
    let before = fs::metadata(path)?.len();
    sink.write_all(rest)?;
    let whole = fs::read(path)?;
    assert_eq!(whole.len() as u64, before + rest.len() as u64);
    is_stream("the file, completed in place", 0, &whole);
    Ok(())
}

/// A file system of 64 KiB that really fills up, in a namespace of this test's own. Some systems do not give one to users without privileges.
/// Catches what [`a_file_size_limit`] does, where the system decides how much of a chunk fits.
#[test]
fn a_full_file_system() {
    isolated(|case| {
        let small = case.path("small");
        if !case.is("on a small disk") {
            fs::create_dir(&small)?;
            let script = r#"mount -t tmpfs -o size=64k none "$0" && exec "$@""#;
            let small = small.to_string_lossy();
            let namespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, &small];
            if let Err(why) = case.run_through(&namespace, "on a small disk") {
                case.not_checked(&format!("a full file system: {why}"));
            }
            return Ok(());
        }
        let ballast = small.join("ballast");
        fs::write(&ballast, vec![0; 20_000])?;
        let path = small.join("log");
        let (sink, watch) = watched(File::create(&path)?);
        let mut writer = Writer::builder().high_water_mark(9000).start(sink)?;
        let mut producer = Producer::default();
        let told = producer.write_until_it_fails(&mut writer, 200_000, 5000);
        assert_eq!(everyone_is_told(&mut writer, &no_space()), told);
        let (_, sink, unwritten) = writer.finish().wait().expect_err("the disk is full").into_parts();
        assert!(watch.len() > 0 && !unwritten.is_empty());
        assert_eq!(fs::read(&path)?, watch.taken());
        fs::remove_file(&ballast)?;
        let room = unwritten.len().min(16_000);
        goes_on_in_place(&path, sink.into_inner(), &unwritten.bytes()[..room])?;
        producer.is_complete(case, &watch, unwritten)
    });
}
