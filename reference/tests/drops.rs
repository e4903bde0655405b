//! What becomes of a stream whose owner is dropped.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Observer, OnDrop, SharedWriter, Writer};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use support::{Events, Gate, Gated, Reply, eventually, within_limit};

/// A stream with `policy` whose sink was offered "1234" and has not answered, and who is told of what becomes of it.
fn busy(policy: OnDrop) -> (Gate, Arc<Events>, Writer<Gated>) {
    let (gate, sink) = Gate::new();
    let events = Arc::new(Events::default());
    let mut writer = Writer::builder().on_drop(policy).observer(Arc::clone(&events)).spawn(sink).unwrap();
    let _ = writer.write("1234").unwrap();
    gate.wait_inside();
    let _ = writer.write("56").unwrap();
    (gate, events, writer)
}

#[test]
fn finish_blocks_until_all_is_written_flushed_and_the_sink_dropped() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Finish);
        let (dropped, is_dropped) = mpsc::channel();
        let dropping = thread::spawn(move || {
            drop(writer);
            dropped.send(()).unwrap();
        });
        assert!(is_dropped.recv_timeout(Duration::from_millis(20)).is_err(), "it waits for the sink");
        gate.open();
        is_dropped.recv().unwrap();
        assert_eq!(gate.calls(), ["write 4", "write 2", "flush"]);
        assert!(gate.dropped());
        assert_eq!(events.log(), ["finish", "close"], "the last one was told before the drop returned");
        dropping.join().unwrap();
    });
}

#[test]
fn finish_tells_what_was_lost_when_the_sink_fails() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Finish);
        gate.reply(Reply::Take(1));
        gate.reply(Reply::Error(io::ErrorKind::StorageFull));
        drop(writer);
        let log = events.log();
        assert_eq!(log.len(), 3, "{log:?}");
        assert!(log.contains(&"lost \"23456\" Some(Failed)".to_owned()), "{log:?}");
        assert!(gate.dropped());
    });
}

#[test]
fn finish_tells_of_a_failed_flush_though_no_byte_is_lost() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Finish);
        gate.reply(Reply::All);
        gate.reply(Reply::All);
        gate.reply(Reply::Error(io::ErrorKind::StorageFull));
        drop(writer);
        assert!(events.log().contains(&"lost \"\" Some(Failed)".to_owned()), "{:?}", events.log());
    });
}

#[test]
fn detach_returns_at_once_and_writes_all_the_same() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Detach);
        drop(writer); // were it to wait, it would wait for ever
        assert_eq!(gate.calls(), ["write 4"]);
        gate.open();
        eventually("close", || events.log() == ["finish", "close"]);
        assert_eq!(gate.taken(), b"123456");
        assert!(gate.dropped());
    });
}

#[test]
fn discard_returns_at_once_and_tells_what_was_lost() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Discard);
        drop(writer);
        gate.reply(Reply::Take(3));
        eventually("close", || events.log() == ["lost \"456\" None", "close"]);
        assert_eq!(gate.calls(), ["write 4"], "X-03");
        assert!(gate.dropped());
    });
}

#[test]
fn the_policy_waits_for_the_last_of_the_shared_handles() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Discard);
        let one = writer.into_shared();
        let two = one.clone();
        drop(one);
        gate.reply(Reply::All);
        gate.wait_inside();
        gate.reply(Reply::Take(1));
        gate.wait_inside();
        assert!(events.log().is_empty(), "still an owner");
        drop(two);
        gate.reply(Reply::Take(0));
        eventually("close", || events.log() == ["lost \"6\" Some(WriteZero)", "close"]);
    });
}

#[test]
fn a_dropped_finish_detaches_and_its_error_is_told_as_lost() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Finish);
        drop(writer.finish());
        gate.reply(Reply::Error(io::ErrorKind::BrokenPipe));
        eventually("close", || events.log() == ["error Failed", "lost \"123456\" Some(Failed)", "close"]);
        assert!(gate.dropped());
    });
}

#[test]
fn a_finish_dropped_after_the_end_of_the_stream_tells_it_too() {
    within_limit(|| {
        let (gate, events, mut writer) = busy(OnDrop::Finish);
        writer.end();
        gate.reply(Reply::Error(io::ErrorKind::BrokenPipe));
        assert!(writer.closed().wait().is_err());
        let finish = writer.finish();
        eventually("close", || events.log() == ["error Failed", "close"]);
        drop(finish);
        assert_eq!(events.log(), ["error Failed", "close", "lost \"123456\" Some(Failed)"]);
        assert!(gate.dropped());
    });
}

#[test]
fn what_was_handed_back_is_not_lost() {
    within_limit(|| {
        let (gate, events, writer) = busy(OnDrop::Finish);
        gate.reply(Reply::Take(0));
        let failed = writer.finish().wait().unwrap_err();
        assert_eq!(failed.unwritten().bytes(), b"123456");
        assert!(!gate.dropped());
        drop(failed);
        assert_eq!(events.log(), ["error WriteZero", "close"]);
        assert!(gate.dropped());
    });
}

#[test]
fn a_sink_whose_drop_panics_takes_nobody_with_it() {
    struct Bomb;
    impl Write for Bomb {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("scripted panic of a drop");
        }
    }
    within_limit(|| {
        let events = Arc::new(Events::default());
        let builder = || Writer::builder().observer(Arc::clone(&events));
        drop(builder().spawn(Bomb).unwrap()); // dropped by the drain thread, before it closes
        assert_eq!(events.log(), ["finish", "close"]);
        let mut writer = builder().spawn(Bomb).unwrap();
        writer.end();
        writer.closed().wait().unwrap();
        drop(writer); // dropped here, after it closed
        assert_eq!(events.log(), ["finish", "close", "finish", "close"]);
    });
}

/// Holds a handle of the stream it observes, and drops it on the drain thread.
#[derive(Default)]
struct Keeper {
    kept: Mutex<Option<SharedWriter<Vec<u8>>>>,
    closed: AtomicBool,
}

impl Observer for Keeper {
    fn drain(&self) {
        drop(self.kept.lock().unwrap().take());
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

#[test]
fn the_last_handle_dropped_on_the_drain_thread_does_not_wait_for_itself() {
    within_limit(|| {
        let keeper = Arc::new(Keeper::default());
        let shared = Writer::builder()
            .high_water_mark(1)
            .observer(Arc::clone(&keeper))
            .spawn(Vec::new())
            .unwrap()
            .into_shared();
        let mut holding = keeper.kept.lock().unwrap();
        *holding = Some(shared.clone());
        let _ = shared.write("x").unwrap();
        let kept = shared.closed();
        drop(shared);
        drop(holding); // from here on the drain thread has the last handle
        kept.wait().unwrap();
        eventually("close is told", || keeper.closed.load(Ordering::SeqCst));
    });
}

#[test]
fn an_observer_that_keeps_a_handle_does_not_keep_a_finished_stream_alive() {
    #[derive(Default)]
    struct Cycle(Mutex<Option<SharedWriter<Gated>>>);
    impl Observer for Cycle {}
    within_limit(|| {
        let (gate, sink) = Gate::opened();
        let cycle = Arc::new(Cycle::default());
        let shared = Writer::builder().observer(Arc::clone(&cycle)).spawn(sink).unwrap().into_shared();
        *cycle.0.lock().unwrap() = Some(shared.clone());
        let weak = Arc::downgrade(&cycle);
        drop(cycle); // only the stream has the observer now, and the observer the stream
        shared.finish().wait().unwrap();
        drop(shared);
        eventually("the observer is dropped", || weak.strong_count() == 0);
        eventually("and the sink with its stream", || gate.dropped());
    });
}

/// How many threads of this process have this name.
#[cfg(target_os = "linux")]
fn threads_named(name: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok())
        .filter(|comm| comm.trim_end() == name)
        .count()
}

#[test]
#[cfg(target_os = "linux")]
fn no_thread_is_left_behind() {
    within_limit(|| {
        let name = "hw-left-behind";
        let start = || Writer::builder().thread_name(name).spawn(Vec::new()).unwrap();
        let writers: Vec<_> = (0..6).map(|_| start()).collect();
        eventually("the threads have their name", || threads_named(name) == 6);
        let mut writers = writers.into_iter();
        writers.next().unwrap().finish().wait().unwrap();
        drop(writers.next().unwrap().destroy());
        drop(writers.next().unwrap());
        drop(writers.next().unwrap().finish());
        drop(writers.next().unwrap().into_shared());
        let shared = writers.next().unwrap().into_shared();
        shared.destroy();
        eventually("all threads are gone", || threads_named(name) == 0);
    });
}
