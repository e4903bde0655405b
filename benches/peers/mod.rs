//! Who is measured. One file a contender; [`all`] and [`against_stalls`] are the lists.

mod bufwriter;
mod channel;
mod writer;

use std::io;

use crate::measure::Measured;
use crate::sinks::AnySink;

pub use bufwriter::Buffered;
pub use channel::ChannelAndThread;
pub use writer::{Blocking, Highwater};

/// A way to write chunks into a sink.
pub trait Contender {
    /// What [`Contender::open`] gives.
    type Open: Open;

    /// The name in benchmark ids and tables. No spaces, so that it can be typed as a filter.
    fn name(&self) -> String;

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

    /// Returns when the sink has taken every byte, was flushed, and is dropped.
    ///
    /// # Errors
    /// When the sink fails.
    fn finish(self) -> io::Result<()>;
}

/// What every ratio is a ratio to.
pub const BASELINE: Buffered = Buffered::new(8 * 1024);

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
        Box::new(Blocking),
        Box::new(ChannelAndThread::new(capacity)),
    ])
}

/// The contenders of the stall table, with equal memory but for [`BASELINE`].
#[must_use]
pub fn against_stalls() -> Vec<Box<dyn Measured>> {
    const MIB: usize = 1 << 20;
    vec![
        Box::new(BASELINE),
        Box::new(Buffered::new(MIB)),
        Box::new(Highwater::with_mark(MIB)),
        Box::new(ChannelAndThread::new(MIB)),
    ]
}
