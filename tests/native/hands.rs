//! What the threads of a run have in their hands: a writer and its chunks, a sink that does as it is told, a waker.

use futures_io::AsyncWrite;
use highwater::SharedWriter;
use highwater_model::contract::{Answer, Run, SinkAnswer};
use highwater_tests::answer::give;
use highwater_tests::chunks::bytes_of;
use highwater_tests::native::answer;
use highwater_tests::rng::Rng;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

type Script = Box<dyn FnMut(Option<usize>) -> SinkAnswer + Send>;

/// A sink that answers as it is told to.
pub(crate) struct Sink {
    script: Script,
    /// Decides when a call is pending, if any is.
    pends: Option<Rng>,
}

impl Sink {
    pub(crate) fn new(
        script: impl FnMut(Option<usize>) -> SinkAnswer + Send + 'static,
        pends: Option<Rng>,
    ) -> Self {
        Self { script: Box::new(script), pends }
    }

    /// Whether the call is pending this time; it is woken at once, or by a thread that takes its time.
    fn is_pending(&mut self, context: &mut Context<'_>) -> bool {
        let Some(rng) = &mut self.pends else { return false };
        if rng.chance(40) {
            return false;
        }
        let waker = context.waker().clone();
        if rng.chance(70) {
            waker.wake();
        } else {
            let time = Duration::from_micros(rng.below(80) as u64);
            thread::spawn(move || {
                thread::sleep(time);
                waker.wake();
            });
        }
        true
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        give((self.script)(Some(bytes.len())))
    }

    fn flush(&mut self) -> io::Result<()> {
        give((self.script)(None)).map(|_| ())
    }
}

impl AsyncWrite for Sink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_pending(context) {
            Poll::Pending
        } else {
            Poll::Ready(io::Write::write(&mut *self, bytes))
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_pending(context) { Poll::Pending } else { Poll::Ready(io::Write::flush(&mut *self)) }
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_pending(context) { Poll::Pending } else { Poll::Ready(Ok(())) }
    }
}

/// Is told, and does nothing: a writer with an observer does not wait for its drain thread everywhere.
pub(crate) struct Deaf;

impl highwater::Observer for Deaf {}

/// The writer in the hands of one producer.
pub(crate) struct Writing {
    pub(crate) writer: SharedWriter<Sink>,
    pub(crate) producer: usize,
    pub(crate) chunks: usize,
}

impl Writing {
    pub(crate) fn write(&mut self, len: usize) -> Answer {
        self.chunks += 1;
        let run = Run { producer: self.producer, seq: self.chunks, from: 0, len };
        answer(&self.writer.write(bytes_of(run).collect::<Vec<u8>>()))
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub(crate) fn block_on<F: Future + Unpin>(mut future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match Pin::new(&mut future).poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
