//! Records what a stream does, for `highwater trace` to judge. `docs/TRACE.md` says what the lines mean.

mod lines;
mod order;
mod sum;
mod tracer;
mod watch;

use crate::builder::Builder;
use crate::state::Params;
use lines::Log;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;
use tracer::Stream;
pub(crate) use tracer::{Tracer, Writing};
pub(crate) use watch::Watch;

/// A record of everything that streams do, as JSON lines: see [`Builder::trace`]. Cloning it gives another handle to the same record.
///
/// It is for finding out whether a run obeyed the contract: `highwater trace FILE` judges it. Every call and return, every call of the sink and every
/// event is one line, some 100 bytes; a chunk is recorded by its length and a sum over its bytes, never by the bytes themselves.
///
/// # Cost
///
/// Half a microsecond to a whole one a write and some 200 bytes of the record, a nanosecond for each byte written, and one lock that all threads take which
/// use streams with the same record. Writes and the sink are delayed by that, and by the record's own output when 64 KiB of lines are collected.
/// A stream that is not recorded pays nothing.
///
/// # Errors
///
/// An error of the output, or a panic, ends the record, not the stream. It is told by [`flush`](Self::flush) and [`quiesce`](Self::quiesce).
/// The output is written with the record's lock held: it must not use a stream that is recorded here, or both wait for ever.
///
/// # Examples
/// ```
/// use highwater::{Trace, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("highwater-trace-doc-{}.jsonl", std::process::id()));
/// let trace = Trace::create(&path)?;
/// let mut writer = Writer::builder().trace(&trace).spawn(Vec::new())?;
/// let _ = writer.write("recorded")?;
/// writer.finish().wait()?;
/// trace.quiesce()?;
/// let lines = std::fs::read_to_string(&path)?;
/// assert!(lines.starts_with("{\"highwater\":1,\"source\":\"highwater "));
/// assert!(lines.contains("\"ev\":\"write\",\"th\":0,\"q\":1,\"len\":8,"));
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Trace(Arc<Shared>);

struct Shared {
    log: Log,
    streams: Mutex<Vec<Weak<Stream>>>,
}

impl Trace {
    /// Records into `out`, which is written with whole lines at a time.
    #[must_use]
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Shared { log: Log::new(Box::new(out)), streams: Mutex::new(Vec::new()) }))
    }

    /// Records into a new file, in place of one that is there.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        File::create(path).map(Self::new)
    }

    /// Writes what was recorded so far to the output and flushes that. The last handle does so when it is dropped, or the last stream.
    ///
    /// # Errors
    /// When the output has failed, now or before.
    pub fn flush(&self) -> io::Result<()> {
        self.0.log.flush()
    }

    /// Records that nobody is about to do anything: every thread that uses a recorded stream waits or is gone, and no call of a sink is about to return.
    /// Whatever is owed by then and has not come, a drain, a finish, a wake-up, is a violation to whoever judges the record. Call it last, when the
    /// streams are finished, destroyed or dropped, and on no observer's or sink's behalf: it waits for the drain threads of streams that are closed, but not for drivers, which must be over. Flushes.
    ///
    /// # Errors
    /// As of [`flush`](Self::flush).
    pub fn quiesce(&self) -> io::Result<()> {
        let streams = self.0.streams.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for stream in streams.iter().filter_map(Weak::upgrade) {
            while stream.is_closed.load(Ordering::SeqCst) && !stream.is_gone.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_micros(20)); // it has no more to do than to tell an observer of the close
            }
        }
        self.0.log.add(None, "quiesce", |_| {});
        self.flush()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// With the feature `trace`.
impl Builder {
    /// Records everything that this stream does. Several streams may share a record.
    ///
    /// # Examples
    /// See [`Trace`].
    pub fn trace(mut self, trace: &Trace) -> Self {
        self.trace = Wanted(Some(trace.clone()));
        self
    }
}

/// Whether a stream is to be recorded, and where.
#[derive(Debug, Default)]
pub(crate) struct Wanted(Option<Trace>);

impl Wanted {
    /// The stream begins.
    pub(crate) fn begin(self, params: &Params) -> Tracer {
        let Some(Trace(trace)) = self.0 else { return Tracer(None) };
        let s = trace.log.add_stream(|line| {
            line.number("high_water_mark", params.high as u64);
            line.number("low_water_mark", params.low as u64);
            line.number("capacity", params.capacity as u64);
            line.flag("retry_would_block", params.retry_would_block);
        });
        let stream = Arc::new(Stream {
            trace: Arc::clone(&trace),
            s,
            order: Mutex::default(),
            calls: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
            is_gone: AtomicBool::new(false),
        });
        let mut streams = trace.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.retain(|other| other.strong_count() > 0);
        streams.push(Arc::downgrade(&stream));
        drop(streams);
        Tracer(Some(stream))
    }
}
