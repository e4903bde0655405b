//! What the threads of a run have in their hands: a writer and its chunks, a sink that does as it is told, a waker.

use highwater::SharedWriter;
use highwater_model::contract::{Answer, Run, SinkAnswer};
use highwater_tests::answer::give;
use highwater_tests::chunks::bytes_of;
use highwater_tests::native::answer;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// A sink that answers as it is told to.
pub(crate) struct Scripted<F>(pub(crate) F);

/// Any of them.
pub(crate) type Sink = Box<dyn io::Write + Send>;

impl<F: FnMut(Option<usize>) -> SinkAnswer> io::Write for Scripted<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        give((self.0)(Some(bytes.len())))
    }

    fn flush(&mut self) -> io::Result<()> {
        give((self.0)(None)).map(|_| ())
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
