//! The feature `futures-io`: the adaptor under the copy of futures-lite.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use futures_lite::AsyncWriteExt;
use futures_lite::io::{BufReader, copy};
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
