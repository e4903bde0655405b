//! Where the bytes go. One file a sink; [`all`] is the list that is measured.

mod checked;
mod file;
mod mingled;
mod null;
mod pipe;
mod stalling;

use std::fs::File;
use std::io::{self, PipeWriter, Write};
use std::path::Path;

use crate::stream::Stream;

pub use checked::Checked;
pub use file::GrowingFile;
pub use mingled::Mingled;
pub use null::Null;
pub use pipe::Pipe;
pub use stalling::Stalling;

/// What a contender writes into. Boxed, so that every contender pays the same call and none is compiled into its sink.
pub type AnySink = Box<dyn Sink>;

/// Something to write to that can be handed to a thread.
pub trait Sink: Write + Send {
    /// The file it is, for a contender that writes to nothing else.
    fn as_file(&self) -> Option<&File> {
        None
    }

    /// Writes without blocking, for a contender that asks for it.
    ///
    /// # Errors
    /// `Unsupported` unless it is a pipe, and what the pipe says.
    fn try_write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl highwater::TryWrite for AnySink {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Sink::try_write(self.as_mut(), bytes)
    }
}

impl Sink for File {
    #[cfg(target_os = "linux")]
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        highwater::TryWrite::try_write(self, bytes)
    }

    fn as_file(&self) -> Option<&File> {
        Some(self)
    }
}

impl Sink for PipeWriter {
    #[cfg(target_os = "linux")]
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        highwater::TryWrite::try_write(self, bytes)
    }
}

/// A place to write to, made afresh for each batch.
pub trait Destination {
    /// The name in benchmark ids and tables.
    fn name(&self) -> &'static str;

    /// Bytes of a batch at most.
    fn batch_bytes_max(&self) -> u64;

    /// Whether its sinks are [files](Sink::as_file).
    fn is_file(&self) -> bool {
        false
    }

    /// Whether its sinks can be [tried](Sink::try_write).
    fn is_tried(&self) -> bool {
        false
    }

    /// Whether chunks of several producers may arrive in any order. Elsewhere the place of a byte says what it must be.
    fn takes_any_order(&self) -> bool {
        false
    }

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
