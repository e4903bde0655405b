//! What is done to the sink at the end, so that it is whole: a file is synced, an encoder writes its last block, a socket's half is shut down.
//!
//! To the contract it is the end of the last flush (E-04): `finish` is emitted only when it has succeeded. Whether a flush that succeeded is the last one is
//! decided when it has returned, under the lock that it is noted under, because *end* may come while the sink flushes.

use crate::builder::Builder;
use crate::spawn_error::SpawnError;
use crate::writer::Writer;
use std::fmt;
use std::io::{self, Write};

type Step<W> = Box<dyn FnMut(&mut W) -> io::Result<()> + Send>;

/// The step, on its way to the drain thread, which alone calls it.
pub(crate) struct FinalStep<W> {
    step: Step<W>,
    /// It was begun, so the flush before it has succeeded. An encoder that was interrupted in its last block must not be flushed again.
    pub(crate) has_begun: bool,
}

impl<W> FinalStep<W> {
    pub(crate) fn call(&mut self, sink: &mut W) -> io::Result<()> {
        self.has_begun = true;
        (self.step)(sink)
    }
}

impl<W> fmt::Debug for FinalStep<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinalStep").field("has_begun", &self.has_begun).finish_non_exhaustive()
    }
}

impl Builder {
    /// As [`spawn`](Self::spawn), with a *final step* for the sink: what makes it whole once every byte is taken and the sink's `flush` has succeeded. The stream
    /// finishes only when the step has succeeded. [`sinks`](crate::sinks) has one for each usual sink.
    ///
    /// The step runs once, on the drain thread, and however the stream came to its end: by [`finish`](Writer::finish), [`end`](Writer::end) or a drop with
    /// [`OnDrop::Finish`](crate::OnDrop::Finish). An error of it, or a panic, fails the stream as one of the sink's own calls does, with [`SinkCall::Final`](crate::SinkCall::Final);
    /// `Interrupted`, and `WouldBlock` where it is retried, make it run again. After an error or a destroy it does not run at all: the sink is handed back as it is.
    ///
    /// # Errors
    /// As `spawn`.
    ///
    /// # Examples
    /// ```
    /// use std::fs::File;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let path = std::env::temp_dir().join(format!("highwater-final-{}", std::process::id()));
    /// let builder = highwater::Writer::builder();
    /// let mut writer = builder.spawn_with_final(File::create(&path)?, |file| file.sync_all())?;
    /// let _ = writer.write("on the disk, or an error")?;
    /// writer.finish().wait()?;
    /// # assert_eq!(std::fs::read(&path)?, b"on the disk, or an error");
    /// # std::fs::remove_file(&path)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn spawn_with_final<W: Write + Send + 'static>(
        self,
        sink: W,
        step: impl FnMut(&mut W) -> io::Result<()> + Send + 'static,
    ) -> Result<Writer<W>, SpawnError<W>> {
        self.start(None, Some(FinalStep { step: Box::new(step), has_begun: false }), sink)
    }
}
