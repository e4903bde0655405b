//! The writer with a recorder around it: every call, every call of the sink and every event leaves its records.
//!
//! This file is compiled twice: `native.rs` includes it for the writer on real threads, `under_loom.rs` for the same source under loom.

mod sink;
mod wait;

use super::subject::{
    Closed, Drained, Flow, Flush, Lost, Observer, Recovered, SharedWriter, SinkError, SinkErrorKind,
    Unwritten, WaitError, WriteError,
};
use crate::recorder::Recorder;
use highwater_model::contract::{Answer, Call, Cause, Event, Wake};
use highwater_model::record::Over;
pub use sink::{RecordingSink, Script};
use std::fmt;
use std::io::Write;
use wait::Kind;
pub use wait::{RecordedWait, Waits};

/// A failure in the contract's words.
///
/// # Panics
/// If it is one that the contract does not know.
#[must_use]
pub fn cause(error: &SinkError) -> Cause {
    match error.kind() {
        // In the contract's words a driver that was dropped is a sink that fails.
        SinkErrorKind::Failed | SinkErrorKind::DriverDropped => Cause::Failed,
        SinkErrorKind::WriteZero => Cause::WriteZero,
        SinkErrorKind::WouldBlock => Cause::WouldBlock,
        SinkErrorKind::Panicked => Cause::Panicked,
        SinkErrorKind::InvalidData => Cause::InvalidData,
        other => panic!("the contract knows no failure of kind {other:?}"),
    }
}

/// The answer to a write in the contract's words.
///
/// # Panics
/// If it is one that the contract does not know.
#[must_use]
pub fn answer(result: &Result<Flow, WriteError>) -> Answer {
    match result {
        Ok(Flow::Continue) => Answer::Continue,
        Ok(Flow::Pause) => Answer::Pause,
        Err(WriteError::Full { .. }) => Answer::Full,
        Err(WriteError::TooLarge { .. }) => Answer::TooLarge,
        Err(WriteError::AfterEnd) => Answer::AfterEnd,
        Err(WriteError::Destroyed) => Answer::Destroyed,
        Err(WriteError::Errored(error)) => Answer::Errored(cause(error)),
        Err(other) => panic!("the contract knows no answer {other:?}"),
    }
}

/// What a wait was told in the contract's words, `done` being what it waited for; `None` if it has to wait on.
///
/// # Panics
/// If it is something that the contract does not know.
#[must_use]
pub fn wake(result: &Result<(), WaitError>, done: Wake) -> Option<Wake> {
    match result {
        Ok(()) => Some(done),
        Err(WaitError::AfterEnd) => Some(Wake::AfterEnd),
        Err(WaitError::Destroyed) => Some(Wake::Destroyed),
        Err(WaitError::Errored(error)) => Some(Wake::Errored(cause(error))),
        Err(WaitError::TimedOut | WaitError::WouldDeadlock) => None,
        Err(other) => panic!("the contract knows no wake {other:?}"),
    }
}

/// How a stream was over in the contract's words; `None` if that has to be waited for on.
#[must_use]
pub fn over(result: &Result<(), WaitError>) -> Option<Over> {
    match wake(result, Wake::Flushed)? {
        Wake::Flushed => Some(Over::Finished),
        Wake::Errored(cause) => Some(Over::Errored(cause)),
        Wake::Drained | Wake::AfterEnd | Wake::Destroyed => Some(Over::Destroyed),
    }
}

/// Tells the recorder of events, and then whoever else wants to know.
pub struct RecordingObserver {
    recorder: Recorder,
    then: Box<dyn Fn(Event) + Send + Sync>,
}

impl RecordingObserver {
    /// Records events.
    #[must_use]
    pub fn new(recorder: &Recorder) -> Self {
        Self::with(recorder, |_| {})
    }

    /// Records each event, then calls `then` with it.
    #[must_use]
    pub fn with(recorder: &Recorder, then: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self { recorder: recorder.clone(), then: Box::new(then) }
    }

    fn tell(&self, event: Event) {
        self.recorder.emit(event);
        (self.then)(event);
    }
}

impl fmt::Debug for RecordingObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingObserver").finish_non_exhaustive()
    }
}

impl Observer for RecordingObserver {
    fn drain(&self) {
        self.tell(Event::Drain);
    }

    fn finish(&self) {
        self.tell(Event::Finish);
    }

    fn error(&self, error: &SinkError) {
        self.tell(Event::Error(cause(error)));
    }

    fn close(&self) {
        self.tell(Event::Close);
    }

    fn lost(&self, lost: &Lost) {
        hand_back(&self.recorder, lost.unwritten(), lost.error());
    }
}

/// Records what was handed back beside the sink, however it was.
pub fn hand_back(recorder: &Recorder, unwritten: &Unwritten, error: Option<&SinkError>) {
    recorder.recovered(unwritten.bytes(), unwritten.unknown(), error.map(cause));
}

/// Records that a drain is asked for by `ask`, of whatever kind of writer.
pub fn drained(recorder: &Recorder, ask: impl FnOnce() -> Drained) -> RecordedWait<Drained> {
    let waiter = recorder.new_waiter();
    let inner = recorder.around(Call::Wait(waiter), ask);
    RecordedWait::new(recorder, Kind::Drain(waiter), inner)
}

/// A shared writer that records its calls in the name of one producer.
pub struct Recorded<W: Write + Send + 'static> {
    recorder: Recorder,
    producer: usize,
    writer: SharedWriter<W>,
}

impl<W: Write + Send + 'static> Recorded<W> {
    /// Records what `producer` does with `writer`.
    #[must_use]
    pub fn new(recorder: &Recorder, producer: usize, writer: SharedWriter<W>) -> Self {
        Self { recorder: recorder.clone(), producer, writer }
    }

    /// The same stream in the name of another producer.
    #[must_use]
    pub fn for_producer(&self, producer: usize) -> Self {
        Self { recorder: self.recorder.clone(), producer, writer: self.writer.clone() }
    }

    /// The log.
    #[must_use]
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// The writer, for calls that need no record.
    #[must_use]
    pub fn writer(&self) -> &SharedWriter<W> {
        &self.writer
    }

    /// Writes the producer's next chunk.
    pub fn write(&self, len: usize) -> Answer {
        self.recorder.write(self.producer, len, |bytes| answer(&self.writer.write(bytes)))
    }

    /// Asks for the next drain.
    pub fn drained(&self) -> RecordedWait<Drained> {
        drained(&self.recorder, || self.writer.drained())
    }

    /// Asks for a flush.
    pub fn flush(&self) -> RecordedWait<Flush> {
        let waiter = self.recorder.new_waiter();
        let inner = self.recorder.around(Call::Flush(waiter), || self.writer.flush());
        RecordedWait::new(&self.recorder, Kind::Flush(waiter), inner)
    }

    /// Asks for the close.
    pub fn closed(&self) -> RecordedWait<Closed> {
        RecordedWait::new(&self.recorder, Kind::Closed, self.writer.closed())
    }

    /// Holds the bytes back.
    pub fn cork(&self) {
        self.recorder.around(Call::Cork, || self.writer.cork());
    }

    /// Undoes one cork.
    pub fn uncork(&self) {
        self.recorder.around(Call::Uncork, || self.writer.uncork());
    }

    /// Ends the stream.
    pub fn end(&self) {
        self.recorder.around(Call::End, || self.writer.end());
    }

    /// Gives the stream up.
    pub fn destroy(&self) {
        self.recorder.around(Call::Destroy, || self.writer.destroy());
    }

    /// Takes the sink and what it did not take, if nobody has yet.
    pub fn recover(&self) -> Option<Recovered<W>> {
        let recovered = self.writer.recover()?;
        hand_back(&self.recorder, &recovered.unwritten, recovered.error.as_ref());
        Some(recovered)
    }
}

impl<W: Write + Send + 'static> fmt::Debug for Recorded<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded").field("producer", &self.producer).finish_non_exhaustive()
    }
}
