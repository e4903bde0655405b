//! Real sinks and what is done to them at the end: files, sockets, child processes, and an output that does not block.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call
#![cfg(unix)]

mod support;

use highwater::sinks::Closing;
use highwater::{SinkCall, Writer};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::thread;
use support::within_limit;

const LEN: usize = 1 << 20;

/// A stream of bytes that shows where one is missing.
fn bytes() -> Vec<u8> {
    (0..LEN).map(|i| u8::try_from(i % 251).unwrap()).collect()
}

/// Catches a sync that is not called, or whose error is swallowed: a pipe cannot be synced.
#[cfg(target_os = "linux")]
#[test]
fn a_sync_that_fails_is_an_error_of_the_stream() {
    within_limit(|| {
        let (mut reader, pipe) = io::pipe().unwrap();
        let sink = File::from(OwnedFd::from(pipe));
        let mut writer = Writer::builder().spawn_with_final(sink, |file| file.sync_all()).unwrap();
        writer.blocking().write_all(b"taken all the same").unwrap();
        let (error, sink, unwritten) = writer.finish().wait().unwrap_err().into_parts();
        assert_eq!((error.call(), error.io_error().kind()), (SinkCall::Final, ErrorKind::InvalidInput));
        assert!(unwritten.is_empty());
        drop(sink);
        let mut got = String::new();
        reader.read_to_string(&mut got).unwrap();
        assert_eq!(got, "taken all the same");
    });
}

#[test]
fn a_file_is_synced() {
    within_limit(|| {
        let path = std::env::temp_dir().join(format!("highwater-synced-{}", std::process::id()));
        let file = File::create(&path).unwrap();
        let mut writer = Writer::builder().spawn_with_final(file, |file| file.sync_all()).unwrap();
        writer.blocking().write_all(&bytes()).unwrap();
        writer.finish().wait().unwrap();
        let got = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(got == bytes());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_on_a_full_disk_is_not_synced() {
    within_limit(|| {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let step = |_: &mut io::BufWriter<File>| panic!("there is nothing whole to sync");
        let mut writer = Writer::builder().spawn_with_final(io::BufWriter::new(full), step).unwrap();
        writer.blocking().write_all(b"taken into memory").unwrap();
        let (error, sink, _) = writer.finish().wait().unwrap_err().into_parts();
        assert_eq!((error.call(), error.io_error().kind()), (SinkCall::Flush, ErrorKind::StorageFull));
        assert_eq!(sink.into_parts().1.unwrap(), b"taken into memory");
    });
}

/// Reads to the end, answers with what it got, and so needs the end to come while the other side is still held.
fn echo(mut peer: impl Read + Write) -> Vec<u8> {
    let mut got = Vec::new();
    peer.read_to_end(&mut got).unwrap();
    peer.write_all(b"got it").unwrap();
    got
}

/// Catches a socket whose writing half is left open, on which both sides would wait for ever.
fn shut_down_and_answered<W: Write + Read + Send + 'static>(
    sink: W,
    shut_down: impl FnMut(&mut W) -> io::Result<()> + Send + 'static,
    peer: thread::JoinHandle<Vec<u8>>,
) {
    let mut writer = Writer::builder().high_water_mark(10_000).spawn_with_final(sink, shut_down).unwrap();
    writer.blocking().write_all(&bytes()).unwrap();
    let mut answer = String::new();
    let mut sink = writer.finish().wait().unwrap();
    sink.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "got it");
    assert!(peer.join().unwrap() == bytes());
}

#[test]
fn a_tcp_peer_reads_the_end_and_answers() {
    within_limit(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let peer = thread::spawn(move || echo(listener.accept().unwrap().0));
        shut_down_and_answered(sink, |socket| socket.shutdown(Shutdown::Write), peer);
    });
}

#[test]
fn a_unix_peer_reads_the_end_and_answers() {
    within_limit(|| {
        let (sink, other) = UnixStream::pair().unwrap();
        let peer = thread::spawn(move || echo(other));
        shut_down_and_answered(sink, |socket| socket.shutdown(Shutdown::Write), peer);
    });
}

/// Catches an input that is left open while its stream is held: the child, and who waits for it, would wait for ever.
#[test]
fn a_child_reads_the_end_when_its_stream_is_ended() {
    within_limit(|| {
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let sink = Closing::new(child.stdin.take().unwrap());
        let mut output = child.stdout.take().unwrap();
        let reading = thread::spawn(move || {
            let mut got = Vec::new();
            output.read_to_end(&mut got).map(|_| got)
        });
        let mut writer = Writer::builder().spawn_with_final(sink, Closing::close).unwrap();
        writer.blocking().write_all(&bytes()).unwrap();
        writer.end();
        assert!(child.wait().unwrap().success());
        assert!(reading.join().unwrap().unwrap() == bytes());
        let mut closed = writer.finish().wait().unwrap();
        assert_eq!(closed.write(b"more").unwrap_err().kind(), ErrorKind::BrokenPipe);
        closed.close().unwrap();
        assert!(closed.into_inner().is_none());
    });
}

/// Without a final step the input is closed when the sink that came back is dropped.
#[test]
fn a_child_reads_the_end_when_its_input_comes_back_and_is_dropped() {
    within_limit(|| {
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut writer = Writer::builder().spawn(child.stdin.take().unwrap()).unwrap();
        writer.blocking().write_all(b"all").unwrap();
        writer.finish().wait().unwrap();
        assert!(child.wait().unwrap().success());
    });
}

#[cfg(feature = "ready")]
mod ready {
    use super::*;
    use highwater::SinkErrorKind;
    use highwater::sinks::Ready;
    use rustix::io::ioctl_fionbio;
    use std::os::fd::AsFd;
    use std::time::Duration;

    const ROLE: &str = "HIGHWATER_SINKS_ROLE";
    /// Where the child writes what went wrong: none of its outputs is free for that.
    const TOLD: &str = "HIGHWATER_SINKS_TOLD";

    /// Writes to an output that another process has set not to block; how often it was called.
    fn write_to<W: Write + AsFd + Send + 'static>(output: W) -> Result<u64, String> {
        let mut writer = Writer::builder().spawn(Ready::new(output)).map_err(|error| error.to_string())?;
        writer.blocking().write_all(&bytes()).map_err(|error| error.to_string())?;
        writer.flush().wait().map_err(|error| error.to_string())?;
        let calls = writer.stats().sink_writes;
        writer.finish().wait().map(|_| calls).map_err(|error| error.to_string())
    }

    /// What the child does that plays `role`.
    fn play(role: &str) -> Result<(), String> {
        let calls = match role {
            "stdout" => write_to(io::stdout())?,
            "stderr" => write_to(io::stderr())?,
            _ => {
                let mut writer = Writer::builder().spawn(io::stdout()).map_err(|error| error.to_string())?;
                let _ = writer.blocking().write_all(&bytes());
                let Err(failed) = writer.finish().wait() else { return Err("it blocks".to_owned()) };
                assert_eq!(failed.error().kind(), SinkErrorKind::WouldBlock);
                0
            }
        };
        // A writer that asks again and again does so some hundred thousand times while the reader sleeps.
        if calls > 10_000 { Err(format!("{calls} calls")) } else { Ok(()) }
    }

    fn child(role: &str) -> Vec<u8> {
        let (mut reader, pipe) = io::pipe().unwrap();
        ioctl_fionbio(&pipe, true).unwrap(); // of the open pipe, so of the child too
        let told = std::env::temp_dir().join(format!("highwater-told-{role}-{}", std::process::id()));
        let mut command = Command::new(std::env::current_exe().unwrap());
        let name = "ready::an_output_that_does_not_block_is_waited_for";
        command.args(["--exact", name, "--nocapture"]).env(ROLE, role).env(TOLD, &told);
        if role == "stderr" {
            command.stderr(pipe).stdout(Stdio::null());
        } else {
            command.stdout(pipe);
        }
        let mut child = command.spawn().unwrap();
        drop(command); // and with it the parent's end of the pipe
        thread::sleep(Duration::from_millis(300)); // the pipe is full for a while
        let mut got = Vec::new();
        reader.read_to_end(&mut got).unwrap();
        let code = child.wait().unwrap().code();
        if let Ok(error) = std::fs::read_to_string(&told) {
            let _ = std::fs::remove_file(&told);
            panic!("{role}: {error}");
        }
        assert_eq!(code, Some(7), "{role}");
        got
    }

    /// Catches an output whose EAGAIN is an error, or is asked again in a tight loop. That it is one without `Ready` is seen too.
    #[test]
    fn an_output_that_does_not_block_is_waited_for() {
        if let Ok(role) = std::env::var(ROLE) {
            let result = play(&role);
            if let Err(error) = &result {
                let _ = std::fs::write(std::env::var(TOLD).unwrap_or_default(), error);
            }
            std::process::exit(if result.is_ok() { 7 } else { 8 });
        }
        within_limit(|| {
            for role in ["stdout", "stderr"] {
                let got = child(role);
                assert!(got.ends_with(&bytes()), "{role}: {} bytes", got.len());
            }
            assert!(child("plain").len() < LEN);
        });
    }

    /// Catches one that hides the real error behind the wait, and one that a destroy cannot interrupt.
    #[test]
    fn its_errors_and_a_destroy_come_through() {
        within_limit(|| {
            let (reader, pipe) = io::pipe().unwrap();
            ioctl_fionbio(&pipe, true).unwrap();
            let mut writer = Writer::builder().spawn(Ready::new(pipe)).unwrap();
            let _ = writer.write(bytes()); // larger than a pipe
            let _ = writer.write(&bytes()[..300_000]);
            support::eventually("the pipe is full", || writer.stats().taken >= 4096);
            drop(reader);
            let error = writer.finish().wait().unwrap_err();
            assert_eq!(error.error().io_error().kind(), ErrorKind::BrokenPipe);

            let (reader, pipe) = io::pipe().unwrap();
            ioctl_fionbio(&pipe, true).unwrap();
            let mut writer = Writer::builder().spawn(Ready::new(pipe)).unwrap();
            let _ = writer.write(&bytes()[..300_000]).unwrap();
            support::eventually("the pipe is full", || writer.stats().taken >= 4096);
            let destroyed = writer.destroy();
            assert!(destroyed.error.is_none() && !destroyed.unwritten.is_empty());
            drop(destroyed.sink.into_inner());
            drop(reader);
        });
    }
}
