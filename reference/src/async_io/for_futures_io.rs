//! The feature `futures-io`.

use super::Async;
use futures_io::AsyncWrite;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

impl<W: Send + 'static> AsyncWrite for Async<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_some(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flushed(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_finished(context)
    }
}
