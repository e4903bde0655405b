//! Who is told what, when, and on which thread.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Flow, Observer, SharedWriter, SinkError, WaitError, Writer};
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;
use support::{Events, Gate, Reply, eventually, within_limit};

#[test]
fn e_05_e_06_events_come_in_order_and_close_comes_last() {
    within_limit(|| {
        let (gate, sink) = Gate::opened();
        let events = Arc::new(Events::default());
        let builder = Writer::builder().high_water_mark(3).observer(Arc::clone(&events));
        let mut writer = builder.spawn(sink).unwrap();
        assert!(writer.write("123").unwrap().is_pause());
        writer.drained().wait().unwrap();
        assert!(writer.write("456").unwrap().is_pause());
        writer.drained().wait().unwrap();
        writer.finish().wait().unwrap();
        assert_eq!(events.log(), ["drain", "drain", "finish", "close"]);
        assert_eq!(gate.calls().last().unwrap(), "flush");
    });
}

#[test]
fn x_01_x_02_error_then_close_and_no_finish() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let events = Arc::new(Events::default());
        let mut writer = Writer::builder().observer(Arc::clone(&events)).spawn(sink).unwrap();
        let _ = writer.write("123").unwrap();
        writer.end();
        gate.reply(Reply::All);
        gate.reply(Reply::Panic);
        drop(writer.finish().wait().unwrap_err());
        assert_eq!(events.log(), ["error Panicked", "close"]);
    });
}

#[test]
fn finish_returns_only_after_the_last_event_was_told() {
    struct Slow(mpsc::Sender<()>);
    impl Observer for Slow {
        fn close(&self) {
            thread::sleep(Duration::from_millis(20));
            self.0.send(()).unwrap();
        }
    }
    within_limit(|| {
        let (sent, told) = mpsc::channel();
        let writer = Writer::builder().observer(Slow(sent.clone())).spawn(Vec::new()).unwrap();
        writer.finish().wait().unwrap();
        assert_eq!(told.try_recv(), Ok(()), "finish");
        drop(Writer::builder().observer(Slow(sent)).spawn(Vec::new()).unwrap());
        assert_eq!(told.try_recv(), Ok(()), "drop");
    });
}

#[test]
fn an_observer_that_panics_is_told_of_the_next_event_all_the_same() {
    #[derive(Default)]
    struct Shaky(Mutex<Vec<&'static str>>);
    impl Shaky {
        fn tell(&self, event: &'static str) {
            self.0.lock().unwrap().push(event);
            panic!("scripted panic of an observer");
        }
    }
    impl Observer for Shaky {
        fn drain(&self) {
            self.tell("drain");
        }
        fn finish(&self) {
            self.tell("finish");
        }
        fn close(&self) {
            self.tell("close");
        }
        fn pipe(&self) {
            self.tell("pipe");
        }
        fn unpipe(&self) {
            self.tell("unpipe");
        }
    }
    within_limit(|| {
        let shaky = Arc::new(Shaky::default());
        let mut writer =
            Writer::builder().high_water_mark(9).observer(Arc::clone(&shaky)).spawn(Vec::new()).unwrap();
        assert_eq!(writer.pipe_from(&mut &b"1"[..]).unwrap(), 1);
        assert!(writer.write("234567890").unwrap().is_pause());
        writer.drained().wait().unwrap();
        writer.finish().wait().unwrap();
        let log = shaky.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        assert_eq!(log, ["pipe", "unpipe", "drain", "finish", "close"]);
    });
}

/// Writes a line of its own at each drain, and tries what would be waiting for itself.
#[derive(Default)]
struct Talkative {
    shared: OnceLock<SharedWriter<Vec<u8>>>,
    seen: Mutex<Vec<String>>,
}

impl Observer for Talkative {
    fn drain(&self) {
        let shared = self.shared.get().unwrap();
        if shared.stats().drains > 1 {
            return;
        }
        let flow = shared.write("from the observer").unwrap();
        assert_eq!(flow, Flow::Pause);
        let mut seen = self.seen.lock().unwrap();
        seen.push(format!("{:?}", shared.drained().wait()));
        seen.push(format!("{:?}", shared.drained().wait_timeout(Duration::from_secs(3600))));
        seen.push(format!("{:?}", shared.flush().wait()));
        seen.push(format!("{:?}", shared.closed().wait()));
        let error: io::Error = shared.blocking().flush().unwrap_err();
        seen.push(format!("{:?}", error.kind()));
    }
}

#[test]
fn an_observer_may_write_and_a_blocking_wait_on_the_drain_thread_is_refused() {
    within_limit(|| {
        let talkative = Arc::new(Talkative::default());
        let builder = Writer::builder().high_water_mark(4).capacity(100);
        let shared = builder.observer(Arc::clone(&talkative)).spawn(Vec::new()).unwrap().into_shared();
        assert!(talkative.shared.set(shared.clone()).is_ok());
        assert_eq!(shared.write("1234").unwrap(), Flow::Pause);
        eventually("the observer's own drain", || shared.stats().drains == 2);
        shared.finish().wait().unwrap();
        assert_eq!(shared.recover().unwrap().sink, b"1234from the observer");
        let refused = format!("{:?}", Err::<(), _>(WaitError::WouldDeadlock));
        let mut expected = vec![refused; 4];
        expected.push("Deadlock".to_owned());
        assert_eq!(*talkative.seen.lock().unwrap(), expected);
    });
}

#[test]
fn an_observer_can_recover_in_close_and_not_before() {
    #[derive(Default)]
    struct Rescuer {
        shared: OnceLock<SharedWriter<support::Gated>>,
        error: Mutex<Option<SinkError>>,
        too_early: Mutex<Vec<u8>>,
        rescued: Mutex<Vec<u8>>,
    }
    impl Rescuer {
        fn recover_into(&self, bytes: &Mutex<Vec<u8>>) {
            if let Some(recovered) = self.shared.get().unwrap().recover()
                && recovered.error == *self.error.lock().unwrap()
            {
                bytes.lock().unwrap().extend(recovered.unwritten.bytes());
            }
        }
    }
    impl Observer for Rescuer {
        fn error(&self, error: &SinkError) {
            *self.error.lock().unwrap() = Some(error.clone());
            self.recover_into(&self.too_early);
        }
        fn close(&self) {
            self.recover_into(&self.rescued);
        }
    }
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let rescuer = Arc::new(Rescuer::default());
        let shared = Writer::builder().observer(Arc::clone(&rescuer)).spawn(sink).unwrap().into_shared();
        assert!(rescuer.shared.set(shared.clone()).is_ok());
        let _ = shared.write("precious").unwrap();
        gate.reply(Reply::Take(0));
        eventually("the rescue", || *rescuer.rescued.lock().unwrap() == b"precious");
        assert!(rescuer.too_early.lock().unwrap().is_empty());
    });
}
