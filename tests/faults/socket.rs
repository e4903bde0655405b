//! Sockets whose peer goes away.

use crate::case::isolated;
use crate::causes::{Cause, everyone_is_told};
use crate::drive::Start;
use crate::pipe::broken_pipe;
use crate::sinks::watched;
use crate::stream::{Producer, is_stream};
use highwater::{WaitError, Writer};
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;

/// More than a socket buffers on both sides, in bytes: the largest that Linux grows a TCP connection to by itself is 4 MiB and 6 MiB.
const TOO_MUCH: usize = 32 << 20;

fn connection_reset() -> Cause {
    let cause = Cause::os(104, "Connection reset by peer");
    assert_eq!(cause.io_kind, ErrorKind::ConnectionReset);
    cause
}

/// The peer has read everything and closes. Catches a writer that takes a socket's end for a success.
#[test]
fn a_unix_socket_whose_peer_is_gone() {
    isolated(|case| {
        let (mut peer, socket) = UnixStream::pair()?;
        let (sink, watch) = watched(socket);
        let mut writer = Writer::builder().high_water_mark(1000).start(sink)?;
        let mut producer = Producer::default();
        producer.write_politely(&mut writer, 5000, 70)?;
        let mut got = vec![0; 5000];
        peer.read_exact(&mut got)?;
        is_stream("what the peer got", 0, &got);
        drop(peer);
        let told = producer.write_until_it_fails(&mut writer, 100_000, 300);
        assert_eq!(everyone_is_told(&mut writer, &broken_pipe()), told);
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        assert_eq!(watch.taken(), got, "a socket without a peer takes nothing");
        producer.is_complete(case, &watch, unwritten)
    });
}

/// The peer closes with bytes unread while the sink is stuck in a call. Catches a writer that loses the part of that call that was taken.
#[test]
fn a_unix_socket_whose_peer_closes_unread() {
    isolated(|case| {
        let (mut peer, socket) = UnixStream::pair()?;
        let (sink, watch) = watched(socket);
        let mut writer = Writer::builder().high_water_mark(2 * TOO_MUCH).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, TOO_MUCH)?.is_continue());
        watch.wait_until_stuck(TOO_MUCH);
        let mut got = vec![0; 1000];
        peer.read_exact(&mut got)?;
        drop(peer);
        let Err(WaitError::Errored(error)) = writer.closed().wait() else { panic!("nobody reads") };
        // The system says the one or the other, by what the call was doing at that moment.
        let reset = error.io_error().kind() == ErrorKind::ConnectionReset;
        everyone_is_told(&mut writer, &if reset { connection_reset() } else { broken_pipe() });
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        assert!(watch.taken().starts_with(&got));
        producer.is_complete(case, &watch, unwritten)
    });
}

/// A peer that closes a TCP connection with bytes unread sends a reset. What was on its way is lost with the connection and counts as taken:
/// the writer can know no better. Catches a writer that tells a reset as another failure or hangs on it.
#[test]
fn a_tcp_connection_that_is_reset() {
    isolated(|case| {
        let listener = match TcpListener::bind("127.0.0.1:0") {
            Ok(listener) => listener,
            Err(error) => {
                case.not_checked(&format!("a TCP connection that is reset: no port on 127.0.0.1: {error}"));
                return Ok(());
            }
        };
        let socket = TcpStream::connect(listener.local_addr()?)?;
        let (mut peer, _) = listener.accept()?;
        let (sink, watch) = watched(socket);
        let mut writer = Writer::builder().high_water_mark(2 * TOO_MUCH).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, TOO_MUCH)?.is_continue());
        watch.wait_until_stuck(TOO_MUCH);
        let mut got = vec![0; 1000];
        peer.read_exact(&mut got)?;
        drop(peer);
        everyone_is_told(&mut writer, &connection_reset());
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        assert!(watch.taken().starts_with(&got) && !unwritten.is_empty());
        producer.is_complete(case, &watch, unwritten)
    });
}
