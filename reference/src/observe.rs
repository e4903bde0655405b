//! Who is told of events.

use crate::error::SinkError;
use crate::handback::Unwritten;
use crate::state::Event;
use crate::sync::Arc;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Is told of a stream's events, in the order in which they happened, after each has happened. Every method does nothing by default.
///
/// `drain`, `finish`, `error` and `close` run on the drain thread, so the sink is not called until they return: keep them short.
/// No lock is held meanwhile: they may call any method of a [`SharedWriter`](crate::SharedWriter), except that a blocking wait answers
/// [`WouldDeadlock`](crate::WaitError::WouldDeadlock). A panic in one of them is caught and ends nothing but that call.
///
/// An observer that keeps a `SharedWriter` of its own stream is one of its owners, and is itself kept by the stream: **dropping all other handles then ends
/// nothing**, no drop policy applies, and the drain thread stays. Let it keep a [`WeakSharedWriter`](crate::WeakSharedWriter). If it must own the stream, somebody
/// must call `finish`, `end` or `destroy`; after an error or a destroy the stream, its sink and its untaken bytes then live until somebody calls
/// [`recover`](crate::SharedWriter::recover), for instance in [`close`](Self::close).
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// #[derive(Default)]
/// struct Drains(AtomicUsize);
///
/// impl highwater::Observer for Drains {
///     fn drain(&self) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let drains = Arc::new(Drains::default());
/// let mut writer = highwater::Writer::builder()
///     .high_water_mark(4)
///     .observer(Arc::clone(&drains))
///     .spawn(Vec::new())?;
/// assert!(writer.write("12345")?.is_pause());
/// writer.drained().wait()?;
/// writer.finish().wait()?;
/// assert_eq!(drains.0.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Producers that were told to pause may go on.
    fn drain(&self) {}

    /// Every byte was taken and flushed.
    fn finish(&self) {}

    /// The sink failed; the stream is over.
    fn error(&self, error: &SinkError) {
        let _ = error;
    }

    /// The stream is over and its sink let go of: the last event.
    fn close(&self) {}

    /// A [`pipe_from`](crate::Writer::pipe_from) begins; called on its thread.
    fn pipe(&self) {}

    /// A [`pipe_from`](crate::Writer::pipe_from) is over; called on its thread.
    fn unpipe(&self) {}

    /// Bytes are about to be dropped, or an error with them, because nobody is left who could be given them. Called on the drain
    /// thread before `close`, or after it on the thread that dropped the last handle.
    fn lost(&self, lost: &Lost) {
        let _ = lost;
    }
}

impl<T: Observer + ?Sized> Observer for std::sync::Arc<T> {
    fn drain(&self) {
        (**self).drain();
    }

    fn finish(&self) {
        (**self).finish();
    }

    fn error(&self, error: &SinkError) {
        (**self).error(error);
    }

    fn close(&self) {
        (**self).close();
    }

    fn pipe(&self) {
        (**self).pipe();
    }

    fn unpipe(&self) {
        (**self).unpipe();
    }

    fn lost(&self, lost: &Lost) {
        (**self).lost(lost);
    }
}

/// What a dropped stream did not deliver: the last chance to see it.
///
/// # Examples
/// ```
/// use std::sync::mpsc::{Sender, channel};
///
/// struct Rescue(Sender<Vec<u8>>);
///
/// impl highwater::Observer for Rescue {
///     fn lost(&self, lost: &highwater::Lost) {
///         let _ = self.0.send(lost.unwritten().bytes().to_vec());
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (sender, rescued) = channel();
/// let mut writer = highwater::Writer::builder()
///     .on_drop(highwater::OnDrop::Discard)
///     .observer(Rescue(sender))
///     .spawn(Vec::new())?;
/// writer.cork();
/// let _ = writer.write("important")?;
/// drop(writer);
/// assert_eq!(rescued.recv()?, b"important");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Lost {
    pub(crate) unwritten: Unwritten,
    pub(crate) error: Option<SinkError>,
}

impl Lost {
    /// The bytes accepted and not taken; may be none.
    #[must_use]
    pub fn unwritten(&self) -> &Unwritten {
        &self.unwritten
    }

    /// The error nobody was given, if there was one.
    #[must_use]
    pub fn error(&self) -> Option<&SinkError> {
        self.error.as_ref()
    }
}

pub(crate) fn tell(observer: &dyn Observer, event: &Event) {
    quietly(|| match event {
        Event::Drain => observer.drain(),
        Event::Finish => observer.finish(),
        Event::Error(error) => observer.error(error),
        Event::Close => observer.close(),
    });
}

/// The observer shared by the drain thread and the callers.
pub(crate) type SharedObserver = Arc<dyn Observer>;

/// Runs code that is not ours: its panic must neither kill the drain thread nor reach a caller who did nothing wrong.
pub(crate) fn quietly<R>(foreign: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(foreign)) {
        Ok(result) => Some(result),
        Err(payload) => {
            let _ = panic_message(payload);
            None
        }
    }
}

/// The text of a caught panic. A payload that is no text is leaked: dropping it would run foreign code, which may panic again.
pub(crate) fn panic_message(payload: Box<dyn std::any::Any + Send>) -> String {
    match payload.downcast::<&'static str>() {
        Ok(text) => (*text).to_owned(),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => {
                std::mem::forget(payload);
                "a panic without a message".to_owned()
            }
        },
    }
}
