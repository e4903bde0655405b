//! A sink that records how it is called, by a thread or by a task.

use super::super::subject::TryWrite;
use crate::answer;
use crate::recorder::Recorder;
use futures_io::AsyncWrite;
use highwater_model::contract::{Run, SinkAnswer};
use highwater_model::record::Ev;
use std::fmt;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a [`RecordingSink`] is asked: how to answer a write of so many bytes, or a flush (`None`).
pub type Script = Box<dyn FnMut(Option<usize>) -> SinkAnswer + Send>;

/// A sink that records its calls and answers as a script says.
pub struct RecordingSink {
    recorder: Recorder,
    script: Script,
    /// For tries, if they are to be answered otherwise.
    tries: Option<Script>,
    /// If each call is to be pending once, if it can be, before it is answered.
    polls: Option<Box<Polls>>,
    /// Every byte it took, in order.
    pub taken: Vec<u8>,
}

impl RecordingSink {
    /// A sink that takes everything.
    #[must_use]
    pub fn new(recorder: &Recorder) -> Self {
        Self::scripted(recorder, |offered| offered.map_or(SinkAnswer::Flushed, SinkAnswer::Took))
    }

    /// A sink that answers as `script` says.
    #[must_use]
    pub fn scripted(
        recorder: &Recorder,
        script: impl FnMut(Option<usize>) -> SinkAnswer + Send + 'static,
    ) -> Self {
        let (recorder, script) = (recorder.clone(), Box::new(script));
        Self { recorder, script, tries: None, polls: None, taken: Vec::new() }
    }

    /// Is pending once in every call, and has its task woken at once. Not blocking, it may be given up in between, which nobody tells it.
    #[must_use]
    pub fn pending(mut self) -> Self {
        self.recorder.may_give_calls_up();
        self.polls = Some(Box::default());
        self
    }

    /// Answers tries as `script` says; there `WouldBlock` is "not now", and recorded as what it means, an interruption.
    #[must_use]
    pub fn trying(mut self, script: impl FnMut(Option<usize>) -> SinkAnswer + Send + 'static) -> Self {
        self.tries = Some(Box::new(script));
        self
    }
}

impl fmt::Debug for RecordingSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingSink").field("taken", &self.taken.len()).finish_non_exhaustive()
    }
}

/// The call that is pending: what it was offered.
#[derive(Default)]
struct Polls(Option<Vec<Run>>);

impl RecordingSink {
    /// The beginning of a call, and what it is offered.
    fn begin(&mut self, bytes: Option<&[u8]>) -> Vec<Run> {
        if let Some(bytes) = bytes {
            return self.recorder.sink_called(bytes);
        }
        self.recorder.add(Ev::SinkFlush);
        Vec::new()
    }

    fn answer(&mut self, offered: &[Run], bytes: Option<&[u8]>) -> io::Result<usize> {
        let answer = (self.script)(bytes.map(<[u8]>::len));
        if let (SinkAnswer::Took(len), Some(bytes)) = (answer, bytes) {
            self.taken.extend(bytes.get(..len).unwrap_or_default());
        }
        self.recorder.sink_returns(offered, answer);
        answer::give(answer)
    }

    fn poll(&mut self, context: &mut Context<'_>, bytes: Option<&[u8]>) -> Poll<io::Result<usize>> {
        let pending = self.polls.as_mut().and_then(|polls| polls.0.take());
        let is_new = pending.is_none();
        let offered = pending.unwrap_or_else(|| self.begin(bytes));
        if let (true, Some(polls)) = (is_new, &mut self.polls) {
            polls.0 = Some(offered);
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.answer(&offered, bytes))
    }
}

impl Write for RecordingSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let offered = self.begin(Some(bytes));
        self.answer(&offered, Some(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        let offered = self.begin(None);
        self.answer(&offered, None).map(|_| ())
    }
}

/// The shutdown is part of the last flush, and succeeds.
impl AsyncWrite for RecordingSink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll(context, Some(bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(context, None).map_ok(|_| ())
    }

    fn poll_close(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl TryWrite for RecordingSink {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let offered = self.recorder.sink_called(bytes);
        let answer = (self.tries.as_mut().unwrap_or(&mut self.script))(Some(bytes.len()));
        if let SinkAnswer::Took(len) = answer {
            self.taken.extend(bytes.get(..len).unwrap_or_default());
        }
        let meant = if answer == SinkAnswer::WouldBlock { SinkAnswer::Interrupted } else { answer };
        self.recorder.sink_returns(&offered, meant);
        answer::give(answer)
    }
}
