//! The producer writes the sink itself, while the drain thread lingers and the sink can be written without blocking: bytes need not cross cores then.
//!
//! It is the part of the protocol in `model/src/wake.rs` that says *try*. The producer stands in for the drain thread for one call: it begins and notes
//! it under the lock, as that would, and lets go of the lock in between; whoever looks meanwhile finds that a sink call is in progress (O-05).
//! What the sink did not take at once is left to the drain thread, which may block.

use crate::builder::Builder;
use crate::drain::{Answered, call};
use crate::inner::{Activity, Inner};
use crate::observe::quietly;
use crate::pace::Rest;
use crate::shell::{Shell, wake_all};
use crate::spawn_error::SpawnError;
use crate::state::{Sink, SinkAnswer, Work};
use crate::sync::Guard;
use crate::try_write::TryWrite;
use crate::writer::Writer;
use std::io::{self, ErrorKind};

/// How to write a sink without blocking: [`TryWrite::try_write`](crate::TryWrite::try_write) of its type.
pub(crate) type TryWriteFn<W> = fn(&mut W, &[u8]) -> io::Result<usize>;

impl Builder {
    /// As [`spawn`](Self::spawn), for a sink that can be written without blocking: while it takes everything at once, a `write` that completes a
    /// batch writes it itself, and the bytes need not cross to another core. What it does not take at once is left to the drain thread as ever, so
    /// `write` still never blocks. A batch is 16 KiB here by default, or a quarter of the high-water mark if that is less.
    ///
    /// # Errors
    /// As `spawn`.
    ///
    /// # Examples
    /// ```
    /// # #[cfg(all(target_os = "linux", feature = "ring"))]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (reader, pipe) = std::io::pipe()?;
    /// let reading = std::thread::spawn(move || std::io::read_to_string(reader));
    /// let mut writer = highwater::Writer::builder().spawn_direct(pipe)?;
    /// use std::io::Write;
    /// for i in 0..10_000 {
    ///     writeln!(writer.blocking(), "Line {i}")?;
    /// }
    /// drop(writer.finish().wait()?); // closes the pipe
    /// assert_eq!(reading.join().unwrap()?.lines().count(), 10_000);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(all(target_os = "linux", feature = "ring")))]
    /// # fn main() {}
    /// ```
    #[doc(hidden)] // on two cores it gained nothing: docs/ARCHITECTURE.md
    pub fn spawn_direct<W: TryWrite + Send + 'static>(self, sink: W) -> Result<Writer<W>, SpawnError<W>> {
        self.start(Some(W::try_write), None, sink)
    }
}

impl<W> Inner<W> {
    /// How the producer, with a batch of bytes there, may call the sink in place of a drain thread that lingers, if it may.
    fn may_be_tried(&self) -> Option<TryWriteFn<W>> {
        let is_due = self.activity == Activity::Asleep(Rest::Linger)
            && self.state.is_open()
            && self.state.sink() == Sink::Idle
            && self.state.work() == Work::Write; // not held by a cork, and no flush is due first
        self.try_write.filter(|_| is_due)
    }
}

impl<W> Shell<W> {
    /// Writes the sink if that can be tried. Gives the lock back, untouched, if it is for the drain thread to do, which must be woken then.
    pub(crate) fn write_directly<'a>(
        &'a self,
        mut inner: Guard<'a, Inner<W>>,
    ) -> Option<Guard<'a, Inner<W>>> {
        let Some(try_write) = inner.may_be_tried() else { return Some(inner) };
        let Some(mut sink) = inner.slot.take() else { return Some(inner) };
        let buffered = inner.state.buffered();
        let lent = inner.buffer.lend(buffered);
        inner.in_sink.set(true);
        inner.state.begin_write(lent.len());
        self.signals.forget(); // no byte need wake the drain thread while its place is taken
        drop(inner);
        lent.read(|bytes| self.tracer.sink(bytes));
        let answer = call(|| lent.read(|bytes| try_write(&mut sink, bytes)).map(SinkAnswer::Took));
        self.note_directly(Answered { sink, lent: Some(lent), answer });
        None
    }

    fn note_directly(&self, answered: Answered<W>) {
        let Answered { sink, lent, answer } = answered;
        let (answer, is_unsupported) = not_now(answer);
        if let Some(lent) = &lent {
            lent.read(|bytes| self.tracer.sink_returned(&answer, bytes));
        }
        let mut inner = self.lock();
        if is_unsupported {
            inner.try_write = None;
        }
        inner.in_sink.set(false);
        let noted = inner.state.note(answer);
        if let Some(lent) = lent {
            inner.buffer.give_back(lent, noted.taken);
        }
        inner.slot = Some(sink);
        let is_lingering = inner.activity == Activity::Asleep(Rest::Linger);
        if is_lingering && inner.state.is_open() && inner.state.buffered() == 0 {
            // The thread goes on lingering. No fence: it is the producer that stores this, and the producer that loads it.
            inner.pace.sink_was_called();
            self.signals.announce(inner.pace.batch_from(inner.state.accepted()));
        } else {
            inner.is_nudged = true; // the rest is the thread's, or what comes of a failure, or it rests because the sink was in use
        }
        let wakers = self.announce(&mut inner);
        drop(inner);
        quietly(move || drop(noted.ignored));
        wake_all(wakers);
    }
}

/// "Not now", and "never", take nothing and fail nothing, like an interruption (X-05); and whether it was "never".
fn not_now(answer: SinkAnswer) -> (SinkAnswer, bool) {
    match answer {
        SinkAnswer::Error(error)
            if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Unsupported) =>
        {
            (SinkAnswer::Error(ErrorKind::Interrupted.into()), error.kind() == ErrorKind::Unsupported)
        }
        answer => (answer, false),
    }
}
