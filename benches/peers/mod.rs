//! Who is measured. One file a contender; the functions named for the tables are the lists.

mod bufwriter;
mod channel;
mod crossbeam;
mod mutex;
mod piper;
mod shared;
mod thread;
mod tokio_channel;
mod tokio_file;
mod tracing_appender;
mod unblock;
mod writer;

use std::io;
use std::sync::Arc;

use tokio::runtime::{self, Runtime};

use crate::crowd::Crowd;
use crate::measure::{Measured, Paced};
use crate::sinks::AnySink;

pub use self::piper::PiperAndThread;
pub use self::tracing_appender::TracingAppender;
pub use bufwriter::Buffered;
pub use channel::ChannelAndThread;
pub use crossbeam::CrossbeamAndThread;
pub use mutex::Locked;
pub use shared::Shared;
pub use tokio_channel::TokioChannel;
pub use tokio_file::TokioFile;
pub use unblock::Unblocked;
pub use writer::{Blocking, Direct, Highwater, Tuned};

/// A way to write chunks into a sink.
pub trait Contender {
    /// What [`Contender::open`] gives.
    type Open: Open;

    /// The name in benchmark ids and tables. No spaces, so that it can be typed as a filter.
    fn name(&self) -> String;

    /// Whether it is measured only where the sink can be [tried](crate::sinks::Sink::try_write).
    fn tries(&self) -> bool {
        false
    }

    /// A fresh writer over `sink`, for chunks of `chunk` bytes. Not timed: a program does it once.
    ///
    /// # Errors
    /// When it cannot be made, for want of a thread say.
    fn open(&self, sink: AnySink, chunk: usize) -> io::Result<Self::Open>;
}

/// A writer in use.
pub trait Open {
    /// Writes one chunk, whole, as a polite producer does: it waits when it is told to.
    ///
    /// # Errors
    /// When the sink fails.
    fn write(&mut self, chunk: &[u8]) -> io::Result<()>;

    /// Returns when the sink has taken every byte, was flushed, and is dropped or about to be.
    ///
    /// # Errors
    /// When the sink fails.
    fn finish(self) -> io::Result<()>;
}

/// A way for several threads to write chunks into one sink.
pub trait Shareable {
    /// What each thread has a clone of.
    type Handle: Produce;
    /// What is left when all clones are dropped.
    type Rest: Finish;

    /// A fresh writer over `sink`, for chunks of `chunk` bytes. Not timed.
    ///
    /// # Errors
    /// When it cannot be made.
    fn open_shared(&self, sink: AnySink, chunk: usize) -> io::Result<(Self::Handle, Self::Rest)>;
}

/// One producer's side of a shared writer.
pub trait Produce: Clone + Send {
    /// As [`Open::write`].
    ///
    /// # Errors
    /// When the sink fails.
    fn write(&mut self, chunk: &[u8]) -> io::Result<()>;
}

/// The side of a shared writer that ends it.
pub trait Finish {
    /// As [`Open::finish`]; every [`Produce`] is dropped by then.
    ///
    /// # Errors
    /// When the sink fails.
    fn finish(self) -> io::Result<()>;
}

/// What every ratio of a single producer is a ratio to.
pub const BASELINE: Buffered = Buffered::new(8 * 1024);

/// What every ratio of many producers is a ratio to.
pub const BASELINE_OF_MANY: (&str, Locked) = ("mutex-bufwriter", Locked::new(8 * 1024));

/// How many chunks a channel holds that is bounded in messages: as many as `memory` has room for, but never fewer than 8 and at
/// most 1,024, because few would make a channel of a hundred thousand slots.
fn messages(memory: usize, chunk: usize) -> usize {
    (memory / chunk).clamp(8, 1024)
}

/// The contenders of the ratio tables, in the order of their rows. The first is [`BASELINE`] itself: its row says what the
/// machine's noise does to a ratio that ought to be 1.
///
/// # Errors
/// When no thread can be started.
pub fn all() -> io::Result<Vec<Box<dyn Measured>>> {
    let capacity = Highwater::default_capacity()?;
    Ok(vec![
        Box::new(BASELINE),
        Box::new(Buffered::new(capacity)),
        Box::new(Highwater::default()),
        Box::new(Direct),
        Box::new(Blocking),
        Box::new(ChannelAndThread::new(capacity)),
    ])
}

/// What else a user would pick, for the [cells](crate::plan::rivals_at) in which it is measured.
///
/// # Errors
/// When no thread can be started.
pub fn rivals() -> io::Result<Vec<Box<dyn Measured>>> {
    let (capacity, runtime) = (Highwater::default_capacity()?, two_threads()?);
    Ok(vec![
        Box::new(CrossbeamAndThread::new(capacity)),
        Box::new(TracingAppender::new(capacity)),
        Box::new(Unblocked::new(capacity)),
        Box::new(PiperAndThread::new(capacity)),
        Box::new(TokioChannel::new(capacity, Arc::clone(&runtime))),
        Box::new(TokioFile::new(runtime)),
    ])
}

/// The contenders of the stall table. All but [`BASELINE`] hold 1 MiB before the producer waits; ours takes a ring of twice that.
///
/// # Errors
/// When no thread can be started.
pub fn against_stalls() -> io::Result<Vec<Box<dyn Paced>>> {
    const MIB: usize = 1 << 20;
    Ok(vec![
        Box::new(BASELINE),
        Box::new(Buffered::new(MIB)),
        Box::new(Highwater::with_mark(MIB)),
        Box::new(ChannelAndThread::new(MIB)),
        Box::new(CrossbeamAndThread::new(MIB)),
        Box::new(TracingAppender::new(MIB)),
        Box::new(Unblocked::new(MIB)),
        Box::new(PiperAndThread::new(MIB)),
        Box::new(TokioChannel::new(MIB, two_threads()?)),
    ])
}

/// The contenders of the table of many producers, for so many of them. The first is [`BASELINE_OF_MANY`] itself.
///
/// # Errors
/// When no thread can be started.
pub fn sharing(producers: usize) -> io::Result<Vec<Box<dyn Measured>>> {
    let capacity = Highwater::default_capacity()?;
    let (baseline, locked) = BASELINE_OF_MANY;
    Ok(vec![
        Box::new(Crowd::new(baseline, locked, producers)),
        Box::new(Crowd::new("highwater-shared", Shared, producers)),
        Box::new(Crowd::new("channel-thread", ChannelAndThread::new(capacity), producers)),
        Box::new(Crowd::new("crossbeam-thread", CrossbeamAndThread::new(capacity), producers)),
        Box::new(Crowd::new("tracing-appender", TracingAppender::new(capacity), producers)),
    ])
}

/// A runtime is made once, as a program makes it: idle, its threads cost the other contenders nothing.
fn two_threads() -> io::Result<Arc<Runtime>> {
    Ok(Arc::new(runtime::Builder::new_multi_thread().worker_threads(2).thread_name("bench-tokio").build()?))
}
