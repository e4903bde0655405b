//! Marks, chunks at their limits, and what the types promise.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Builder, Flow, Observer, SharedWriter, SpawnErrorReason, Stats, WriteError, Writer};
use std::io;
use std::thread;
use std::time::{Duration, Instant};
use support::{Gate, Reply, eventually, within_limit};

#[test]
fn marks_that_contradict_each_other_give_the_sink_back_and_say_what_to_change() {
    let cases = [
        (Writer::builder().high_water_mark(0), "the high-water mark is 0; it must be at least 1 byte"),
        (
            Writer::builder().high_water_mark(4).low_water_mark(4),
            "the low-water mark (4) must be below the high-water mark (4)",
        ),
        (
            Writer::builder().high_water_mark(4).low_water_mark(9),
            "the low-water mark (9) must be below the high-water mark (4)",
        ),
        (
            Writer::builder().high_water_mark(4).capacity(3),
            "the capacity (3) must be at least the high-water mark (4)",
        ),
        (Writer::builder().capacity(0), "the capacity is 0; it must be at least 1 byte"),
        (
            Writer::builder().low_water_mark(9).capacity(4),
            "the low-water mark (9) must be below the capacity (4)",
        ),
        (Writer::builder().thread_name("a\0b"), "the thread name contains a NUL byte; choose another"),
    ];
    for (builder, text) in cases {
        let error = builder.spawn(b"sink".to_vec()).unwrap_err();
        assert_eq!(error.to_string(), text);
        let (reason, sink) = error.into_parts();
        assert_eq!((reason.to_string().as_str(), sink), (text, b"sink".to_vec()));
    }
    let error: io::Error = Writer::builder().high_water_mark(0).spawn(Vec::new()).unwrap_err().into();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    let reason = Writer::builder().high_water_mark(0).low_water_mark(0).spawn(Vec::new()).unwrap_err();
    assert!(matches!(reason.reason(), SpawnErrorReason::ZeroMark));
}

#[test]
fn a_mark_set_alone_moves_the_others() {
    let marks = |builder: Builder| {
        let writer = builder.spawn(Vec::new()).unwrap();
        (writer.high_water_mark(), writer.low_water_mark(), writer.capacity())
    };
    assert_eq!(marks(Writer::builder().capacity(1000)), (500, 499, 1000));
    assert_eq!(marks(Writer::builder().low_water_mark(300_000)), (300_001, 300_000, 600_002));
    assert_eq!(marks(Writer::builder().low_water_mark(900).capacity(1000)), (901, 900, 1000));
    assert_eq!(marks(Writer::builder().high_water_mark(7)), (7, 6, 14));
}

/// With a capacity alone, who heeds every `Pause` is never refused a chunk of half of it.
#[test]
fn a_capacity_alone_leaves_room_above_the_mark() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().capacity(8).spawn(sink).unwrap();
        assert_eq!(writer.write("123"), Ok(Flow::Continue));
        assert_eq!(writer.write("4567"), Ok(Flow::Pause));
        gate.open();
        writer.drained().wait().unwrap();
        writer.finish().wait().unwrap();
    });
}

#[test]
fn the_smallest_marks_work() {
    within_limit(|| {
        let mut writer = Writer::builder().high_water_mark(1).capacity(1).spawn(Vec::new()).unwrap();
        for byte in b"one by one" {
            assert_eq!(writer.write([*byte]), Ok(Flow::Pause));
            writer.drained().wait().unwrap();
        }
        assert_eq!(writer.write("12"), Err(WriteError::TooLarge { len: 2, capacity: 1 }));
        assert_eq!(writer.finish().wait().unwrap(), b"one by one");
    });
}

#[test]
fn the_largest_marks_work_and_allocate_nothing_for_themselves() {
    within_limit(|| {
        let builder = Writer::builder().high_water_mark(usize::MAX).capacity(usize::MAX);
        let mut writer = builder.spawn(Vec::new()).unwrap();
        assert_eq!(writer.low_water_mark(), usize::MAX - 1);
        for _ in 0..1000 {
            assert_eq!(writer.write([7; 1000]), Ok(Flow::Continue));
        }
        assert_eq!(writer.finish().wait().unwrap().len(), 1_000_000);
    });
}

#[test]
fn w_06_w_11_full_is_cured_by_its_drain_however_full_the_buffer_was() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().high_water_mark(4).capacity(6).spawn(sink).unwrap();
        assert_eq!(writer.write("123"), Ok(Flow::Continue));
        gate.wait_inside();
        assert_eq!(writer.write("456789"), Err(WriteError::Full { len: 6, buffered: 3, capacity: 6 }));
        let drained = writer.drained();
        gate.reply(Reply::Take(2));
        gate.wait_inside();
        assert_eq!(writer.stats().drains, 0, "b is below every mark, but the chunk would not fit");
        gate.reply(Reply::All);
        drained.wait().unwrap();
        assert_eq!(writer.write("456789"), Ok(Flow::Pause), "now it does");
        let stats = writer.stats();
        assert_eq!((stats.buffered_max, stats.refusals, stats.pauses, stats.drains), (6, 1, 1, 1));
        gate.open();
        writer.finish().wait().unwrap();
        assert_eq!(gate.taken(), b"123456789");
    });
}

#[test]
fn o_04_a_short_write_goes_on_where_it_stopped_and_later_chunks_wait_their_turn() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let mut writer = Writer::builder().spawn(sink).unwrap();
        let _ = writer.write("abcdef").unwrap();
        gate.wait_inside();
        let _ = writer.write("gh").unwrap();
        gate.reply(Reply::Take(2));
        gate.reply(Reply::Take(3));
        gate.open();
        writer.flush().wait().unwrap();
        let calls: &[&str] = if cfg!(feature = "ring") {
            &["write 6", "write 6", "write 3", "flush"] // the ring offers all that lies in one piece
        } else {
            &["write 6", "write 4", "write 1", "write 2", "flush"]
        };
        assert_eq!(gate.calls(), calls);
        assert_eq!(gate.taken(), b"abcdefgh");
        let expected = Stats {
            buffered: 0,
            buffered_max: 8,
            accepted: 8,
            taken: 8,
            pauses: 0,
            refusals: 0,
            drains: 0,
            sink_writes: calls.len() as u64 - 1,
            sink_flushes: 1,
            sink_retries: 0,
            paused: Duration::ZERO,
            sink_time: writer.stats().sink_time, // not a bit of it more: no call is in progress
        };
        assert_eq!(writer.stats(), expected);
    });
}

#[test]
fn w_07_an_empty_chunk_does_not_reach_the_sink() {
    within_limit(|| {
        let (gate, sink) = Gate::opened();
        let mut writer = Writer::builder().spawn(sink).unwrap();
        assert_eq!(writer.write(""), Ok(Flow::Continue));
        eventually("nothing to do", || writer.settled());
        assert!(gate.calls().is_empty());
    });
}

#[test]
fn the_first_bytes_of_a_new_writer_linger_unless_somebody_waits_for_them() {
    const LINGER: Duration = Duration::from_secs(1);
    within_limit(|| {
        let (gate, sink) = Gate::opened();
        let start = Instant::now();
        let mut writer = Writer::builder().linger(LINGER).spawn(sink).unwrap();
        let _ = writer.write("few").unwrap();
        thread::sleep(Duration::from_millis(20));
        let calls = gate.calls();
        assert!(calls.is_empty() || start.elapsed() >= LINGER, "{calls:?}");
        writer.flush().wait().unwrap();
        assert_eq!(gate.calls(), ["write 3", "flush"]);
    });
}

#[test]
fn what_the_types_promise() {
    fn send_and_sync<T: Send + Sync + Clone>(_: &T) {}
    fn send<T: Send>(_: &T) {}
    fn unpin_and_owned<T: Send + Unpin + 'static>(_: &T) {}
    struct Nobody;
    impl Observer for Nobody {}
    let mut writer = Writer::builder().observer(Nobody).spawn(Vec::new()).unwrap();
    send(&writer);
    unpin_and_owned(&writer.drained());
    unpin_and_owned(&writer.flush());
    unpin_and_owned(&writer.closed());
    let shared: SharedWriter<_> = writer.into_shared();
    send_and_sync(&shared);
    // A sink that is `Send` alone is enough.
    send_and_sync(&Writer::builder().spawn(CellSink(std::cell::Cell::new(0))).unwrap().into_shared());
}

/// `Send`, and not `Sync`.
struct CellSink(std::cell::Cell<usize>);

impl io::Write for CellSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
