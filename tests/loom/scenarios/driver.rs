//! What only a task does: it moves from thread to thread, its sink stays pending, it is dropped.
//!
//! No log is kept, since nobody sees a call that is given up: what everybody is told, and the bytes, must be right.

use super::{Driving, Scenario};
use crate::search::Bound;
use crate::stage::Stage;
use crate::task::{Alarm, block_on, poll};
use highwater_loom::{Driver, FuturesIo, SinkError, SinkErrorKind, WaitError, WriteError, Writer};
use loom::thread;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

const BY_TASK: Scenario = Scenario { observed: false, by: &[Driving::Ready], ..Scenario::SMALL };

pub(super) const ALL: &[Scenario] = &[
    // Polled here with one waker, and by a thread with another: the byte's wake-up must reach the thread.
    Scenario {
        name: "a_driver_moves",
        bound: Bound::Preemptions(2),
        run: |stage| {
            let taken = Alarm::new();
            let (mut writer, mut driver) =
                drive(stage, Sink { taken: Some(Arc::clone(&taken)), stuck: false });
            assert!(poll(&mut driver, &Alarm::new()).is_pending());
            let polls = thread::spawn(move || block_on(driver));
            assert!(!writer.write("1").expect("it is open").is_pause());
            taken.wait();
            assert!(writer.finish().wait().is_ok());
            assert_eq!(polls.join().expect("it does not panic"), Ok(()));
        },
        ..BY_TASK
    },
    // Who waits is told, whenever it comes; the bytes are all there.
    Scenario {
        name: "a_driver_is_dropped",
        bound: Bound::Preemptions(2),
        run: |stage| is_dropped(stage, false),
        ..BY_TASK
    },
    Scenario {
        name: "a_driver_is_dropped_with_its_sink_pending",
        bound: Bound::Preemptions(2),
        run: |stage| is_dropped(stage, true),
        ..BY_TASK
    },
    // The sink never answers: a destroy must not wait for it, wherever the driver is.
    Scenario {
        name: "destroy_with_the_sink_stuck",
        bound: Bound::Preemptions(2),
        run: |stage| {
            let (mut writer, driver) = drive(stage, Sink { taken: None, stuck: true });
            assert!(writer.write("12").expect("it is open").is_pause());
            let polls = thread::spawn(move || block_on(driver));
            let destroyed = writer.destroy();
            assert_eq!((destroyed.unwritten.bytes(), destroyed.error), (&b"12"[..], None));
            assert_eq!(polls.join().expect("it does not panic"), Ok(()));
        },
        ..BY_TASK
    },
    // The same from another handle, and somebody waits for the close.
    Scenario {
        name: "shared_destroy_with_the_sink_stuck",
        bound: Bound::Preemptions(2),
        run: |stage| {
            let (writer, driver) = drive(stage, Sink { taken: None, stuck: true });
            let shared = writer.into_shared();
            assert!(shared.write("12").expect("it is open").is_pause());
            let polls = thread::spawn(move || block_on(driver));
            shared.destroy();
            assert_eq!(shared.closed().wait(), Err(WaitError::Destroyed));
            let back = shared.recover().expect("it is closed, and nobody else asks");
            assert_eq!(back.unwritten.bytes(), b"12");
            assert_eq!(polls.join().expect("it does not panic"), Ok(()));
        },
        ..BY_TASK
    },
];

/// Takes everything, or nothing for ever.
struct Sink {
    taken: Option<Arc<Alarm>>,
    stuck: bool,
}

impl futures_io::AsyncWrite for Sink {
    fn poll_write(self: Pin<&mut Self>, _context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.stuck {
            return Poll::Pending;
        }
        if let Some(taken) = &self.taken {
            taken.ring();
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn drive(stage: &Stage, sink: Sink) -> (Writer<Sink>, Driver<Sink>) {
    stage.unobserved().drive::<_, FuturesIo>(sink).expect("the marks are right")
}

fn is_dropped(stage: &Stage, stuck: bool) {
    let (mut writer, mut driver) = drive(stage, Sink { taken: None, stuck });
    let drops = thread::spawn(move || {
        let _ = poll(&mut driver, &Alarm::new());
    });
    let is_dropped = |error: &SinkError| assert_eq!(error.kind(), SinkErrorKind::DriverDropped);
    let mut accepted = 0;
    loop {
        match writer.write("12") {
            Ok(flow) => {
                accepted += 2;
                if flow.is_pause() {
                    match writer.drained().wait() {
                        Ok(()) => {}
                        Err(WaitError::Errored(error)) => break is_dropped(&error),
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            Err(WriteError::Errored(error)) => break is_dropped(&error),
            Err(other) => panic!("{other}"),
        }
    }
    let taken = writer.stats().taken;
    let (error, _sink, unwritten) = match writer.finish().wait() {
        Ok(_) => panic!("it finished without a driver"),
        Err(failed) => failed.into_parts(),
    };
    is_dropped(&error);
    assert_eq!((taken + unwritten.len() as u64, unwritten.unknown()), (accepted, 0));
    drops.join().expect("it does not panic");
}
