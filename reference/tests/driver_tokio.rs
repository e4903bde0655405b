//! A stream driven by a task of tokio's, into sockets and a child process.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Builder, FinishError, Flow, SinkErrorKind, WaitError, WriteError, Writer};
use std::io::Read;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use support::{Events, eventually, within_limit};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};

const LEN: usize = 1_000_000;

fn pattern(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

fn one_thread() -> Runtime {
    runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn two_threads() -> Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn marks() -> Builder {
    Writer::builder().high_water_mark(3000).low_water_mark(500).capacity(8000)
}

/// Writes as a polite producer does.
async fn write_all<S: Send + 'static>(writer: &mut Writer<S>, bytes: &[u8]) -> Result<(), WaitError> {
    for chunk in bytes.chunks(777) {
        if writer.write(chunk).unwrap() == Flow::Pause {
            writer.drained().await?;
        }
    }
    Ok(())
}

async fn tcp() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connecting = TcpStream::connect(listener.local_addr().unwrap());
    let (accepted, connected) = tokio::join!(listener.accept(), connecting);
    (connected.unwrap(), accepted.unwrap().0)
}

/// Everything arrives, then the end of it, though the sink is still held.
async fn arrives<S: AsyncWrite + Unpin + Send + 'static>(
    sink: S,
    mut peer: impl tokio::io::AsyncRead + Unpin + Send + 'static,
) -> S {
    let (mut writer, driver) = marks().drive(sink).unwrap();
    let driver = tokio::spawn(driver);
    let reader = tokio::spawn(async move {
        let mut got = Vec::new();
        peer.read_to_end(&mut got).await.unwrap();
        got
    });
    write_all(&mut writer, &pattern(LEN)).await.unwrap();
    let buffered_max = writer.stats().buffered_max;
    let sink = writer.finish().await.unwrap();
    assert!(reader.await.unwrap() == pattern(LEN), "not what was written");
    assert!(buffered_max <= 8000, "{buffered_max}");
    driver.await.unwrap().unwrap();
    sink
}

#[test]
fn a_socket_gets_every_byte_and_is_shut_down_then() {
    within_limit(|| {
        for runtime in [one_thread(), two_threads()] {
            runtime.block_on(async {
                let (socket, peer) = tcp().await;
                let mut socket = arrives(socket, peer).await;
                assert!(socket.write_all(b"x").await.is_err(), "it was shut down");
            });
        }
    });
}

/// A sink that is not `Unpin` as a whole, with a buffer of its own: it holds bytes back until it is flushed.
#[test]
fn a_sink_with_a_buffer_is_flushed() {
    within_limit(|| {
        two_threads().block_on(async {
            let (socket, peer) = tcp().await;
            let _sink = arrives(Box::pin(BufWriter::with_capacity(5000, socket)), peer).await;
        });
    });
}

#[cfg(unix)]
#[test]
fn a_unix_socket_whose_peer_goes_away_fails_and_gives_the_rest_back() {
    within_limit(|| {
        two_threads().block_on(async {
            let (socket, mut peer) = tokio::net::UnixStream::pair().unwrap();
            let (socket, peer_of_whole) = (socket, tokio::net::UnixStream::pair().unwrap());
            let _ = arrives(peer_of_whole.0, peer_of_whole.1).await;
            let (mut writer, driver) = marks().drive(socket).unwrap();
            let driver = tokio::spawn(driver);
            let reader = tokio::spawn(async move {
                let mut got = vec![0; 10_000];
                peer.read_exact(&mut got).await.unwrap();
                got // and the peer is dropped
            });
            let Err(WaitError::Errored(error)) = until_it_fails(&mut writer).await else {
                panic!("nobody reads")
            };
            assert_eq!(
                (error.kind(), error.io_error().kind()),
                (SinkErrorKind::Failed, std::io::ErrorKind::BrokenPipe)
            );
            assert_eq!(driver.await.unwrap(), Err(error.clone()));
            let stats = writer.stats();
            let (told, _socket, unwritten) = writer.finish().await.unwrap_err().into_parts();
            assert_eq!(told, error);
            let all = pattern(usize::try_from(stats.accepted).unwrap());
            let taken = usize::try_from(stats.taken).unwrap();
            assert!(all[..10_000] == reader.await.unwrap() && all[taken..] == *unwritten.bytes());
        });
    });
}

/// Writes the pattern until a wait, or a write, says that the stream is over.
async fn until_it_fails<S: Send + 'static>(writer: &mut Writer<S>) -> Result<(), WaitError> {
    let bytes = pattern(10 * LEN);
    for chunk in bytes.chunks(777) {
        match writer.write(chunk) {
            Ok(Flow::Continue) => {}
            Ok(Flow::Pause) => writer.drained().await?,
            Err(WriteError::Errored(error)) => return Err(WaitError::Errored(error)),
            Err(other) => panic!("{other}"),
        }
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_child_reads_it_all() {
    within_limit(|| {
        one_thread().block_on(async {
            let mut child = tokio::process::Command::new("cat");
            let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            let mut out = child.stdout.take().unwrap();
            let (mut writer, driver) = marks().drive(child.stdin.take().unwrap()).unwrap();
            tokio::spawn(driver);
            let reader = tokio::spawn(async move {
                let mut got = Vec::new();
                out.read_to_end(&mut got).await.unwrap();
                got
            });
            write_all(&mut writer, &pattern(LEN)).await.unwrap();
            drop(writer.finish().await.unwrap()); // closes the pipe
            assert!(reader.await.unwrap() == pattern(LEN), "not what was written");
            assert!(child.wait().await.unwrap().success());
        });
    });
}

/// Reads what is there until the other end is gone.
fn rest_of(socket: TcpStream) -> Vec<u8> {
    let mut socket = socket.into_std().unwrap();
    socket.set_nonblocking(false).unwrap();
    let mut got = Vec::new();
    socket.read_to_end(&mut got).unwrap();
    got
}

/// Ends the driver before the stream is over, by `how`; everything that waits for the stream is told, and no byte is lost.
fn is_dropped_midway(how: impl FnOnce(Runtime, tokio::task::JoinHandle<Result<(), highwater::SinkError>>)) {
    let runtime = two_threads();
    let events = Arc::new(Events::default());
    let (mut writer, driver, peer) = runtime.block_on(async {
        let (socket, peer) = tcp().await;
        let builder = Writer::builder().high_water_mark(8 * LEN).observer(Arc::clone(&events));
        let (writer, driver) = builder.drive(socket).unwrap();
        (writer, tokio::spawn(driver), peer)
    });
    while writer.write(pattern(251 * 1000)).unwrap() == Flow::Continue {} // more than the socket holds, and nobody reads
    eventually("the socket is full", || writer.stats().taken > 0 && writer.settled());
    let (drained, flush, closed) = (writer.drained(), writer.flush(), writer.closed());
    let waits = std::thread::spawn(move || [drained.wait(), flush.wait(), closed.wait()]);
    how(runtime, driver);
    for told in waits.join().unwrap() {
        let Err(WaitError::Errored(error)) = told else { panic!("{told:?}") };
        assert_eq!(error.kind(), SinkErrorKind::DriverDropped);
    }
    assert!(matches!(writer.write("x"), Err(WriteError::Errored(_))));
    let accepted = usize::try_from(writer.stats().accepted).unwrap();
    let failed: FinishError<TcpStream> = writer.finish().wait().unwrap_err();
    assert!(failed.to_string().contains("dropped before the stream was over"), "{failed}");
    let (_, socket, unwritten) = failed.into_parts();
    drop(socket);
    assert!([rest_of(peer), unwritten.into_bytes()].concat() == pattern(accepted), "bytes are missing");
    assert_eq!(events.log(), ["error DriverDropped", "close"]);
}

#[test]
fn a_runtime_dropped_midway_loses_no_byte_and_leaves_nobody_waiting() {
    within_limit(|| is_dropped_midway(|runtime, _driver| drop(runtime)));
    within_limit(|| is_dropped_midway(|runtime, _driver| runtime.shutdown_background()));
}

#[test]
fn neither_does_a_task_that_is_aborted() {
    within_limit(|| {
        is_dropped_midway(|runtime, driver| {
            driver.abort();
            assert!(runtime.block_on(driver).unwrap_err().is_cancelled());
        });
    });
}

/// The only thread of the runtime has the writer, too: neither a drop nor a destroy may wait for the driver there.
#[test]
fn on_one_thread_nothing_waits_for_the_driver() {
    within_limit(|| {
        one_thread().block_on(async {
            let (socket, mut peer) = tcp().await;
            let (mut writer, driver) = marks().drive(socket).unwrap();
            let driver = tokio::spawn(driver);
            let _ = writer.write(pattern(2000)).unwrap();
            drop(writer);
            let mut got = Vec::new();
            peer.read_to_end(&mut got).await.unwrap();
            assert!(got == pattern(2000));
            driver.await.unwrap().unwrap();

            let (socket, _peer) = tcp().await;
            let (mut writer, driver) = Writer::builder().high_water_mark(8 * LEN).drive(socket).unwrap();
            let driver = tokio::spawn(driver);
            let _ = writer.write(pattern(9 * LEN)).unwrap();
            while writer.stats().taken == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let destroyed = writer.destroy();
            let left = destroyed.unwritten.len();
            assert!(left > 0 && pattern(9 * LEN)[9 * LEN - left..] == *destroyed.unwritten.bytes());
            driver.await.unwrap().unwrap();
        });
    });
}
