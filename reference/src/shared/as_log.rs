//! What a log needs of the stream beyond what its other users can do.

use super::SharedWriter;
use crate::error::WaitError;
use crate::on_drop::OnDrop;
use crate::sync::Arc;

impl<W: Send + 'static> SharedWriter<W> {
    /// As [`blocking`](Self::blocking)'s `write_all`, with the error as it is. [`WaitError::WouldDeadlock`] comes before a byte is accepted if the bytes are no more than the capacity.
    pub(crate) fn write_all_waiting(&self, bytes: &[u8]) -> Result<(), WaitError> {
        let mut blocking = self.blocking();
        blocking.handle.write_all_waiting(&mut blocking.writing, bytes)
    }

    /// What this stream would tell `tracing` would be written into itself, and make it tell more.
    pub(crate) fn silence(&self) {
        self.stream.handle.shell.span.silence();
    }

    pub(crate) fn owes_drain(&self) -> bool {
        self.stream.handle.shell.signals.owes_drain()
    }

    pub(crate) fn is_on_drain_thread(&self) -> bool {
        self.stream.handle.shell.lock().on_drain_thread()
    }

    /// Drops this owner, and if it is the last one, without waiting.
    pub(crate) fn detach(self) {
        if let Some(mut stream) = Arc::into_inner(self.stream)
            && stream.handle.on_drop == OnDrop::Finish
        {
            stream.handle.on_drop = OnDrop::Detach;
        }
    }
}
