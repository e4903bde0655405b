//! Where the bytes go. One file a sink; [`all`] is the list that is measured.

mod checked;
mod file;
mod null;
mod pipe;
mod stalling;

use std::io::{self, Write};
use std::path::Path;

use crate::stream::Stream;

pub use checked::Checked;
pub use file::GrowingFile;
pub use null::Null;
pub use pipe::Pipe;
pub use stalling::Stalling;

/// What a contender writes into. Boxed, so that every contender pays the same call and none is compiled into its sink.
pub type AnySink = Box<dyn Write + Send>;

/// A place to write to, made afresh for each batch.
pub trait Destination {
    /// The name in benchmark ids and tables.
    fn name(&self) -> &'static str;

    /// Bytes of a batch at most.
    fn batch_bytes_max(&self) -> u64;

    /// A fresh sink, and whoever can tell what reached it.
    ///
    /// # Errors
    /// When the system refuses what the sink needs.
    fn open(&self, stream: &Stream) -> io::Result<(AnySink, Box<dyn Delivery>)>;
}

/// What became of one batch.
pub trait Delivery {
    /// Waits until the bytes are where they were going. The clock still runs; the sink is already dropped.
    ///
    /// # Errors
    /// When that cannot be waited for.
    fn arrive(&mut self) -> io::Result<()>;

    /// Judges what arrived. The clock is stopped.
    ///
    /// # Errors
    /// [`NotDelivered`](crate::stream::NotDelivered) when it is not what was written.
    fn verify(&mut self) -> io::Result<()>;
}

/// The sinks of the ratio tables. Files are made in `directory`.
#[must_use]
pub fn all(directory: &Path) -> Vec<Box<dyn Destination>> {
    vec![Box::new(Null), Box::new(GrowingFile::new(directory)), Box::new(Pipe)]
}
