//! The feature `futures-io`: the adaptor under the copy of futures-lite and under a compressor; the driver in front of a socket of async-io.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use futures_lite::io::{BufReader, copy};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use highwater::Writer;
use std::io::ErrorKind;
use support::{Alarm, Reply, block_on, paused, poll_once, within_limit};

#[test]
fn a_copy_is_byte_for_byte_and_bounded() {
    within_limit(|| {
        let text: Vec<u8> = (0..=250).cycle().take(1_000_000).collect();
        let builder = Writer::builder().high_water_mark(1000).capacity(3000);
        let mut out = builder.spawn(Vec::new()).unwrap().into_async();
        assert_eq!(block_on(copy(BufReader::new(&text[..]), &mut out)).unwrap(), 1_000_000);
        block_on(out.close()).unwrap();
        assert!(block_on(out.into_inner().finish()).unwrap() == text);
    });
}

#[test]
fn each_call_waits_for_what_it_says() {
    within_limit(|| {
        let (gate, writer) = paused();
        let (mut out, alarm) = (writer.into_async(), Alarm::new());
        assert!(poll_once(&mut out.write(b"5"), &alarm).is_pending(), "a drain is owed");
        assert!(poll_once(&mut out.flush(), &alarm).is_pending(), "nothing is taken");
        gate.reply(Reply::All);
        gate.wait_inside();
        assert!(poll_once(&mut out.flush(), &alarm).is_pending(), "not flushed");
        assert!(poll_once(&mut out.close(), &alarm).is_pending());
        gate.open();
        block_on(out.close()).unwrap();
        block_on(out.close()).unwrap();
        assert_eq!(block_on(out.write(b"5")).unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(gate.taken(), b"1234");
    });
}

#[test]
fn a_failure_keeps_the_kind_of_the_sink() {
    within_limit(|| {
        let (gate, writer) = paused();
        let mut out = writer.into_async();
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        assert_eq!(block_on(out.write_all(b"5")).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(block_on(out.flush()).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(block_on(out.close()).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(block_on(out.into_inner().finish()).unwrap_err().unwritten().bytes(), b"1234");
    });
}

/// A compressor flushes and closes what it writes to, in ways of its own.
#[test]
fn a_compressor_writes_through_it() {
    within_limit(|| {
        let text: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let out =
            Writer::builder().high_water_mark(1000).capacity(3000).spawn(Vec::new()).unwrap().into_async();
        let mut gzip = async_compression::futures::write::GzipEncoder::new(out);
        block_on(async {
            let (before, after) = text.split_at(300_000);
            gzip.write_all(before).await.unwrap();
            gzip.flush().await.unwrap();
            gzip.write_all(after).await.unwrap();
            gzip.close().await.unwrap();
            let sink = gzip.into_inner().into_inner().finish().await.unwrap();
            let mut got = Vec::new();
            let mut gunzip = async_compression::futures::bufread::GzipDecoder::new(&sink[..]);
            gunzip.read_to_end(&mut got).await.unwrap();
            assert!(got == text, "not what was written");
        });
    });
}

/// On no runtime: the reactor is a thread of async-io's own, and the driver is awaited beside the code that writes.
#[test]
fn a_socket_of_async_io_is_driven() {
    within_limit(|| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        let reader = std::thread::spawn(move || {
            let mut got = Vec::new();
            std::io::Read::read_to_end(&mut peer, &mut got).unwrap();
            got
        });
        let socket = async_io::Async::new(socket).unwrap();
        let (mut writer, driver) = Writer::builder().high_water_mark(1000).drive(socket).unwrap();
        let text: Vec<u8> = (0..=250).cycle().take(1_000_000).collect();
        let write = async {
            for chunk in text.chunks(777) {
                if writer.write(chunk).unwrap().is_pause() {
                    writer.drained().await.unwrap();
                }
            }
            writer.finish().await.unwrap()
        };
        let (outcome, socket) = block_on(futures_lite::future::zip(driver, write));
        outcome.unwrap();
        drop(socket); // to close it is only to flush it, for async-io
        assert!(reader.join().unwrap() == text, "not what was written");
    });
}
