//! A handle of a stream that does not own it.

use super::{SharedWriter, Stream};
use crate::sync::Arc;
use std::fmt;
use std::sync::Weak;

/// A handle of a [`SharedWriter`]'s stream that does not own it: what [`SharedWriter::downgrade`] returns. To be held by the stream's own observer or sink,
/// which as an owner would keep the stream from ever ending by a drop.
///
/// # Examples
/// ```
/// use highwater::{Observer, WeakSharedWriter, Writer};
/// use std::fs::File;
/// use std::sync::{Arc, OnceLock};
///
/// /// Writes a mark into the stream wherever a producer had to wait.
/// #[derive(Default)]
/// struct Marks(OnceLock<WeakSharedWriter<File>>);
///
/// impl Observer for Marks {
///     fn drain(&self) {
///         if let Some(shared) = self.0.get().and_then(WeakSharedWriter::upgrade) {
///             let _ = shared.write("(waited)\n"); // refused if the stream was ended meanwhile
///         }
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("highwater-weak-{}", std::process::id()));
/// let marks = Arc::new(Marks::default());
/// let builder = Writer::builder().observer(Arc::clone(&marks));
/// let shared = builder.spawn(File::create(&path)?)?.into_shared();
/// let _ = marks.0.set(shared.downgrade());
/// let _ = shared.write("a line\n")?;
/// drop(shared); // the only owner: waits until all is written
/// assert_eq!(std::fs::read_to_string(&path)?, "a line\n");
/// assert!(marks.0.get().unwrap().upgrade().is_none());
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
pub struct WeakSharedWriter<W> {
    stream: Weak<Stream<W>>,
}

impl<W> WeakSharedWriter<W> {
    pub(super) fn new(stream: &Arc<Stream<W>>) -> Self {
        Self { stream: Arc::downgrade(stream) }
    }

    /// The stream, as long as it has an owner; `None` from the moment the last [`SharedWriter`] is dropped, even while the drop policy still has it finish.
    ///
    /// An owner may have ended the stream: the handle is then one to a stream that is over, whose writes are refused.
    ///
    /// The result is an owner, as any clone: drop it soon. While it lives the drop of another is not the last one, and does not wait; and if its own drop is,
    /// on the drain thread, [`OnDrop::Finish`](crate::OnDrop::Finish) does not wait either.
    ///
    /// # Examples
    /// See [`WeakSharedWriter`].
    #[must_use = "the handle that is returned owns the stream"]
    pub fn upgrade(&self) -> Option<SharedWriter<W>> {
        self.stream.upgrade().map(|stream| SharedWriter { stream })
    }
}

impl<W> Clone for WeakSharedWriter<W> {
    fn clone(&self) -> Self {
        Self { stream: Weak::clone(&self.stream) }
    }
}

/// Says nothing of the stream: to look at it would be to own it for that time.
impl<W> fmt::Debug for WeakSharedWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSharedWriter").finish_non_exhaustive()
    }
}
