//! One event on its way into a log.

use super::intake::Intake;
use std::cell::Cell;
use std::{fmt, io};

/// So much of an event's memory, in bytes, is kept by its thread for the next one.
const KEPT: usize = 16 * 1024;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Makes room for the next event, in the same memory unless that is much.
pub(super) fn empty(event: &mut Vec<u8>) {
    event.clear();
    event.shrink_to(KEPT);
}

/// One event on its way into a log: what [`LogWriter::event`](crate::LogWriter::event) returns, and its `make_writer`. Collects what is written, and hands it over in one piece
/// when it is dropped or flushed.
///
/// A write never fails and never waits. `flush` does not wait for the sink, unless [`OnFull::Block`](crate::OnFull::Block) does; it fails where the event was lost because the stream is
/// over, and not where it was dropped for want of room. A drop tells nobody: [`LogWriter::dropped`](crate::LogWriter::dropped) and [`LogWriter::lost`](crate::LogWriter::lost) count for both.
///
/// # Examples
/// ```
/// use highwater::{OnFull, Writer};
/// use std::io::Write;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (log, guard) = Writer::builder().spawn(Vec::new())?.into_shared().into_log(OnFull::Block);
/// let mut first = log.event();
/// first.write_all(b"one ")?;
/// writeln!(log.event(), "another")?;
/// first.write_all(b"event\n")?;
/// drop(first);
/// assert_eq!(guard.finish()?, b"another\none event\n");
/// # Ok(())
/// # }
/// ```
pub struct LogEvent<'a, W: Send + 'static> {
    intake: &'a Intake<W>,
    bytes: Vec<u8>,
}

impl<'a, W: Send + 'static> LogEvent<'a, W> {
    pub(super) fn new(intake: &'a Intake<W>) -> Self {
        Self { intake, bytes: SPARE.try_with(Cell::take).unwrap_or_default() } // none in a thread that is ending, or in an event within an event
    }
}

impl<W: Send + 'static> io::Write for LogEvent<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let taken = self.intake.take(&self.bytes);
        self.bytes.clear();
        Ok(taken?)
    }
}

impl<W: Send + 'static> Drop for LogEvent<'_, W> {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        let _ = self.intake.take(&bytes); // it is counted
        empty(&mut bytes);
        let _ = SPARE.try_with(|spare| spare.set(bytes));
    }
}

impl<W: Send + 'static> fmt::Debug for LogEvent<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogEvent").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::{OnFull, Writer};
    use std::io::Write;

    #[test]
    fn an_event_is_collected_where_the_last_one_was_unless_that_was_long() {
        let shared = Writer::builder().spawn(std::io::sink()).expect("a thread").into_shared();
        let (log, guard) = shared.into_log(OnFull::Block);
        let write = |len: usize| {
            let mut event = log.event();
            let before = event.bytes.capacity();
            event.write_all(&vec![b'x'; len]).expect("it only collects");
            before
        };
        assert_eq!(write(100), 0);
        assert_eq!(write(super::KEPT + 1), 100, "the memory of the last event");
        assert_eq!(write(1), super::KEPT, "not all of it was kept");
        guard.finish().expect("nothing fails");
    }
}
