//! Processes that are killed: the one that reads, and the one that writes.

use crate::case::{Case, Checked, Rng, eventually, isolated, len_of};
use crate::causes::everyone_is_told;
use crate::drive::Start;
use crate::pipe::broken_pipe;
use crate::sinks::{Splitting, watched};
use crate::stream::{Producer, is_stream};
use highwater::Writer;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::thread;

const SIGKILL: i32 = 9;

fn kill(mut child: Child) -> io::Result<()> {
    child.kill()?;
    assert_eq!(child.wait()?.signal(), Some(SIGKILL), "it was killed, and had not ended before");
    Ok(())
}

/// How far the reader gets before it is killed, in bytes.
const READ: usize = 123_456;

/// A reader in another process reads a part, and is killed while the sink is stuck; another reader gets the rest. Catches a writer that hangs
/// with its reader gone, and one that does not give back all that its sink did not take.
#[test]
fn a_reader_process_that_is_killed() {
    isolated(|case| {
        let (copy, ready, rest) = (case.path("copy"), case.path("ready"), case.path("rest"));
        if case.is("reader") {
            let mut got = vec![0; READ];
            io::stdin().lock().read_exact(&mut got)?;
            fs::write(&copy, got)?;
            fs::write(&ready, "")?;
            loop {
                thread::park();
            }
        }
        if case.is("second reader") {
            io::copy(&mut io::stdin().lock(), &mut File::create(&rest)?)?;
            return Ok(());
        }
        let (reader, pipe) = io::pipe()?;
        let child = case.start("reader", reader)?;
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(2 << 20).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, 1 << 20)?.is_continue());
        eventually("the reader has read its part", || ready.exists());
        watch.wait_until_stuck(1 << 20);
        assert!(producer.write(&mut writer, 77_777)?.is_continue());
        kill(child)?;
        everyone_is_told(&mut writer, &broken_pipe());
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        let got = fs::read(&copy)?;
        assert_eq!(got.len(), READ);
        is_stream("what the first reader got", 0, &got);
        assert!((READ as u64..1 << 20).contains(&watch.len()));
        hand_to_second_reader(case, unwritten.bytes())?;
        is_stream("what the second reader got", watch.len(), &fs::read(&rest)?);
        assert_eq!(len_of(&rest), unwritten.len() as u64);
        producer.is_complete(case, &watch, unwritten)
    });
}

fn hand_to_second_reader(case: &Case, bytes: &[u8]) -> Checked {
    let (reader, pipe) = io::pipe()?;
    let mut child = case.start("second reader", reader)?;
    let mut writer = Writer::builder().high_water_mark(10_000).start(pipe)?;
    writer.blocking().write_all(bytes)?;
    drop(writer.finish().wait()?);
    assert!(child.wait()?.success());
    Ok(())
}

/// Writes the stream for ever through `sink`. Before each write, the file `announced` says how far the stream can have been accepted.
fn write_for_ever(case: &Case, sink: File, rng: Rng) -> Checked {
    let mut announced = File::create(case.path("announced"))?;
    let splitting = Splitting { inner: sink, rng: case.rng(), most: 700 };
    let mut writer = Writer::builder().high_water_mark(4000).low_water_mark(100).start(splitting)?;
    let mut producer = Producer::default();
    let mut rng = rng;
    loop {
        let len = rng.between(1, 900);
        announced.write_all(&(producer.accepted + len as u64).to_le_bytes())?;
        if producer.write(&mut writer, len)?.is_pause() {
            writer.drained().wait()?;
        }
    }
}

/// The last whole number in the file `announced`.
fn announced(case: &Case) -> io::Result<u64> {
    let all = fs::read(case.path("announced"))?;
    let last = all.chunks_exact(8).next_back().and_then(|last| last.try_into().ok());
    Ok(last.map_or(0, u64::from_le_bytes))
}

/// Killed at any moment, what is in the file is a prefix of what was accepted. Catches a writer that writes from two threads or out of order, that
/// offers taken bytes again after a short write, or that makes the file longer than what it wrote.
#[test]
fn a_producer_process_that_is_killed_while_it_writes_a_file() {
    isolated(|case| {
        let path = case.path("log");
        if case.is("producer") {
            return write_for_ever(case, File::create(&path)?, case.rng());
        }
        let mut rng = case.rng();
        for _ in 0..5 {
            let child = case.start("producer", std::process::Stdio::null())?;
            let enough = rng.between(1, 300_000);
            eventually("the file is long enough", || len_of(&path) >= enough as u64);
            kill(child)?;
            let got = fs::read(&path)?;
            is_stream("what is in the file", 0, &got);
            let accepted = announced(case)?;
            assert!(got.len() as u64 <= accepted, "{} bytes in the file, {accepted} accepted", got.len());
            fs::remove_file(&path)?;
        }
        Ok(())
    });
}

/// Killed while its sink is stuck, at any moment: what the reader gets before the end of the stream is a prefix of what was accepted. Catches
/// the same as the test before, where the system keeps what was taken.
#[test]
fn a_producer_process_that_is_killed_while_it_writes_a_pipe() {
    isolated(|case| {
        if case.is("producer") {
            // The one descriptor a process is sure to get from its parent, here open for writing.
            let pipe = io::stdin().as_fd().try_clone_to_owned()?;
            return write_for_ever(case, pipe.into(), case.rng());
        }
        let mut rng = case.rng();
        for _ in 0..5 {
            let (mut reader, pipe) = io::pipe()?;
            let child = case.start("producer", pipe)?;
            let mut got = vec![0; rng.between(1, 300_000)];
            reader.read_exact(&mut got)?;
            kill(child)?;
            reader.read_to_end(&mut got)?;
            is_stream("what arrived", 0, &got);
            let accepted = announced(case)?;
            assert!(got.len() as u64 <= accepted, "{} bytes arrived, {accepted} accepted", got.len());
        }
        Ok(())
    });
}
