//! What is recorded of one stream, and when.
//!
//! | line | recorded |
//! |---|---|
//! | a call, its return | before the call can take effect, after it has; on the thread that makes it |
//! | `sink`, `sinkflush`, their returns | by whoever calls the sink, with no lock held; the return before the writer notes it |
//! | `emit` | on the drain thread, before the observer is told |
//! | `recovered` | after the bytes were taken out, before anybody is given them |

use super::Shared;
use super::lines::{Line, thread};
use super::order::Order;
use super::sum::sum;
use super::watch::{Kind, Watch};
use crate::error::{SinkError, SinkErrorKind, WriteError};
use crate::flow::Flow;
use crate::handback::Unwritten;
use crate::state::{Event, SinkAnswer};
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The recorder of one stream, if it is recorded.
#[derive(Clone, Debug)]
pub(crate) struct Tracer(pub(super) Option<Arc<Stream>>);

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) trace: Arc<Shared>,
    pub(super) s: u32,
    pub(super) order: Mutex<Order>,
    /// The last number of a call.
    pub(super) calls: AtomicU64,
    /// The last number of a wait or flush request.
    pub(super) waits: AtomicU64,
    pub(super) is_closed: AtomicBool,
    pub(super) is_gone: AtomicBool,
}

/// A write that is recorded: its number and its length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing {
    q: u64,
    len: usize,
}

impl Stream {
    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn new_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn add(&self, ev: &str, fill: impl FnOnce(&mut Line<'_>)) {
        self.trace.log.add(Some(self.s), ev, fill);
    }

    /// A call that names a wait, or none.
    pub(super) fn begin(&self, name: &str, waiter: Option<u64>) -> u64 {
        let q = self.new_call();
        self.add(name, |line| {
            line.number("th", thread());
            line.number("q", q);
            if let Some(waiter) = waiter {
                line.number("wait", waiter);
            }
        });
        q
    }

    pub(super) fn end(&self, name: &str, q: u64, fill: impl FnOnce(&mut Line<'_>)) {
        self.add(name, |line| {
            line.number("th", thread());
            line.number("q", q);
            fill(line);
        });
    }
}

impl Tracer {
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// A call without an answer.
    pub(crate) fn around<R>(&self, name: &'static str, act: impl FnOnce() -> R) -> R {
        let Some(stream) = &self.0 else { return act() };
        let q = stream.begin(name, None);
        let result = act();
        stream.end(&format!("{name}/r"), q, |_| {});
        result
    }

    /// A request to wait: `wait` for a drain, or `flush`.
    pub(crate) fn asked<R>(&self, name: &'static str, ask: impl FnOnce() -> R) -> (R, Watch) {
        let Some(stream) = &self.0 else { return (ask(), Watch::none()) };
        let waiter = stream.waits.fetch_add(1, Ordering::Relaxed) + 1;
        let q = stream.begin(name, Some(waiter));
        let result = ask();
        stream.end(&format!("{name}/r"), q, |_| {});
        let kind = if name == "flush" { Kind::Flush(waiter) } else { Kind::Drain(waiter) };
        (result, Watch::new(stream, kind))
    }

    pub(crate) fn watch_close(&self) -> Watch {
        self.0.as_ref().map_or(Watch::none(), |stream| Watch::new(stream, Kind::Close))
    }

    pub(crate) fn begin_write(&self, chunk: &[u8]) -> Writing {
        let Some(stream) = &self.0 else { return Writing { q: 0, len: 0 } };
        let writing = Writing { q: stream.new_call(), len: chunk.len() };
        let sum = sum(chunk);
        stream.add("write", |line| {
            line.number("th", thread());
            line.number("q", writing.q);
            line.number("len", writing.len as u64);
            line.sum("sum", sum);
        });
        writing
    }

    /// Just before the bytes of the chunk can be seen. Nobody else writes until [`placed`](Self::placed).
    pub(crate) fn place(&self, writing: Writing) {
        if let Some(stream) = &self.0 {
            stream.order().place(writing.q, writing.len);
        }
    }

    pub(crate) fn placed(&self, writing: Writing, result: &Result<Flow, WriteError>) {
        if let (Some(stream), Err(_)) = (&self.0, result) {
            stream.order().unplace(writing.q);
        }
    }

    pub(crate) fn end_write(&self, writing: Writing, result: &Result<Flow, WriteError>) {
        let Some(stream) = &self.0 else { return };
        let (ret, cause) = match result {
            Ok(Flow::Continue) => ("continue", None),
            Ok(Flow::Pause) => ("pause", None),
            Err(WriteError::Full { .. }) => ("full", None),
            Err(WriteError::TooLarge { .. }) => ("too_large", None),
            Err(WriteError::AfterEnd) => ("after_end", None),
            Err(WriteError::Destroyed) => ("destroyed", None),
            Err(WriteError::Errored(error)) => ("errored", Some(cause(error))),
        };
        stream.end("write/r", writing.q, |line| {
            line.word("ret", ret);
            line.word_if("cause", cause);
        });
    }

    /// With no lock held: lets the record go out, if there is enough of it.
    pub(crate) fn settle(&self) {
        if let Some(stream) = &self.0 {
            stream.trace.log.write_if_enough();
        }
    }

    /// The sink's write is about to be called with `bytes`.
    pub(crate) fn sink(&self, bytes: &[u8]) {
        if let Some(stream) = &self.0 {
            let front = stream.order().front(bytes.len());
            let sums = Sums::of(bytes, front.cut);
            stream.add("sink", |line| {
                line.number("len", bytes.len() as u64);
                line.numbers("of", &front.chunks);
                line.number("from", front.from as u64);
                sums.write(line);
            });
            self.settle();
        }
    }

    pub(crate) fn sink_flush(&self) {
        if let Some(stream) = &self.0 {
            stream.add("sinkflush", |_| {});
        }
    }

    /// The sink has answered, and nobody has noted it yet. `bytes` are what it was offered.
    pub(crate) fn sink_returned(&self, answer: &SinkAnswer, bytes: &[u8]) {
        let Some(stream) = &self.0 else { return };
        let took = |len: usize| {
            let part = bytes.get(..len).filter(|_| len > 0 && len < bytes.len());
            let sums = part.map(|part| Sums::of(part, stream.order().front(len).cut));
            if len <= bytes.len() {
                stream.order().take(len);
            }
            stream.add("sink/r", |line| {
                line.word("ret", "took");
                line.number("len", len as u64);
                if let Some(sums) = sums {
                    sums.write(line);
                }
            });
        };
        let word = match answer {
            SinkAnswer::Took(len) => return took(*len),
            SinkAnswer::Flushed => return stream.add("sinkflush/r", |line| line.word("ret", "flushed")),
            SinkAnswer::Error(error) if error.kind() == ErrorKind::Interrupted => "interrupted",
            SinkAnswer::Error(error) if error.kind() == ErrorKind::WouldBlock => "would_block",
            SinkAnswer::Error(_) => "failed",
            #[cfg(any(feature = "tokio", feature = "futures-io"))]
            SinkAnswer::Undriven => "failed",
            SinkAnswer::Panicked(_) => "panicked",
        };
        stream.add(if bytes.is_empty() { "sinkflush/r" } else { "sink/r" }, |line| line.word("ret", word));
    }

    pub(crate) fn emit(&self, event: &Event) {
        let Some(stream) = &self.0 else { return };
        let (name, cause) = match event {
            Event::Drain => ("drain", None),
            Event::Finish => ("finish", None),
            Event::Error(error) => ("error", Some(cause(error))),
            Event::Close => ("close", None),
        };
        stream.add("emit", |line| {
            line.word("name", name);
            line.word_if("cause", cause);
        });
        self.settle();
    }

    /// These bytes, and the sink, are about to be handed back or let go of.
    pub(crate) fn recovered(&self, unwritten: &Unwritten, error: Option<&SinkError>) {
        let Some(stream) = &self.0 else { return };
        let bytes = unwritten.bytes();
        let front = stream.order().front(bytes.len());
        let sum = sum(bytes);
        stream.add("recovered", |line| {
            line.number("len", bytes.len() as u64);
            line.numbers("of", &front.chunks);
            line.number("from", front.from as u64);
            line.sum("sum", sum);
            line.number("unknown", unwritten.unknown() as u64);
            line.word_if("cause", error.map(cause));
        });
    }

    /// The stream is closed: its drain thread is about to end.
    pub(crate) fn is_closed(&self) {
        if let Some(stream) = &self.0 {
            stream.is_closed.store(true, Ordering::SeqCst);
        }
    }

    /// The drain thread records no more.
    pub(crate) fn is_gone(&self) {
        if let Some(stream) = &self.0 {
            stream.is_gone.store(true, Ordering::SeqCst);
        }
    }
}

/// The sums over some bytes: up to the last end of a chunk, and over what comes behind it.
struct Sums {
    head: u64,
    cut: usize,
    cut_sum: u64,
}

impl Sums {
    fn of(bytes: &[u8], cut: usize) -> Self {
        let (head, rest) = bytes.split_at(bytes.len() - cut);
        Self { head: sum(head), cut, cut_sum: sum(rest) }
    }

    fn write(&self, line: &mut Line<'_>) {
        line.sum("sum", self.head);
        if self.cut > 0 {
            line.number("cut", self.cut as u64);
            line.sum("cut_sum", self.cut_sum);
        }
    }
}

/// Why a stream failed, in a word of the trace.
pub(super) fn cause(error: &SinkError) -> &'static str {
    match error.kind() {
        SinkErrorKind::Failed | SinkErrorKind::DriverDropped => "failed",
        SinkErrorKind::WriteZero => "write_zero",
        SinkErrorKind::WouldBlock => "would_block",
        SinkErrorKind::Panicked => "panicked",
        SinkErrorKind::InvalidData => "invalid_data",
        SinkErrorKind::WouldDeadlock => "would_deadlock",
    }
}
