//! What a scenario is played on: one stream, its log, and the account of its bytes.

use crate::scenarios::Driving;
use crate::task::{Alarm, block_on};
use highwater_loom::{Builder, Recovered, SharedWriter, Unwritten, Writer};
use highwater_model::contract::{Answer, Call, Event, Params, SinkAnswer};
use highwater_model::record::{Ev, Op, Over, Ret};
use highwater_tests::chunks::{FOREIGN, PRODUCERS_MAX, byte_of, bytes_of};
use highwater_tests::recorder::Recorder;
use highwater_tests::under_loom::{Recorded, RecordingObserver, RecordingSink, hand_back};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// A stream that records what its producers do.
pub(crate) type Stream = Recorded<RecordingSink>;

/// Any time limit: under loom each has passed as soon as the lock was let go of once, but for [`Duration::MAX`], which never does.
pub(crate) const SOON: Duration = Duration::from_secs(1);

/// So short that the writer lingers without a fence.
pub(crate) const LINGER: Duration = Duration::from_millis(1);

/// One execution's stream. Cheap to clone into the threads of a scenario.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) recorder: Recorder,
    params: Params,
    /// Held by the sink and the observer too: gone exactly when both are.
    alive: Arc<()>,
}

impl Stage {
    pub(crate) fn new(params: Params) -> Self {
        // Every record is a point where loom may switch, so that also the orders are searched that only the log can tell apart.
        let clock = loom::sync::Mutex::new(());
        let recorder = Recorder::with_hook(params, move || drop(clock.lock()));
        Self { recorder, params, alive: Arc::new(()) }
    }

    /// Upgrades as long as the stage, the sink or the observer is not dropped.
    pub(crate) fn alive(&self) -> Weak<()> {
        Arc::downgrade(&self.alive)
    }

    /// The scenario's marks, and nobody who observes.
    pub(crate) fn unobserved(&self) -> Builder {
        let Params { high_water_mark, low_water_mark, capacity, .. } = self.params;
        let builder = Writer::builder().high_water_mark(high_water_mark).low_water_mark(low_water_mark);
        // A thread that lingers doubles the interleavings; the scenarios of `ring.rs` are about that.
        builder.capacity(capacity).linger(Duration::ZERO)
    }

    /// The scenario's marks, and an observer that records.
    pub(crate) fn builder(&self) -> Builder {
        self.builder_telling(|_| {})
    }

    /// As `builder`, and each event is also told to `then`.
    pub(crate) fn builder_telling(&self, then: impl Fn(Event) + Send + Sync + 'static) -> Builder {
        let alive = Arc::clone(&self.alive);
        self.unobserved().observer(RecordingObserver::with(&self.recorder, move |event| {
            let _ = &alive;
            then(event);
        }))
    }

    /// A sink that answers as `script` says.
    pub(crate) fn sink_with(
        &self,
        mut script: impl FnMut(Option<usize>) -> SinkAnswer + Send + 'static,
    ) -> RecordingSink {
        let alive = Arc::clone(&self.alive);
        RecordingSink::scripted(&self.recorder, move |offered| {
            let _ = &alive;
            script(offered)
        })
    }

    /// A sink that gives these answers, to writes and flushes in turn, and then takes and flushes everything.
    pub(crate) fn sink(&self, answers: &[SinkAnswer]) -> RecordingSink {
        let mut answers: VecDeque<SinkAnswer> = answers.iter().copied().collect();
        self.sink_with(move |offered| {
            answers.pop_front().unwrap_or(offered.map_or(SinkAnswer::Flushed, SinkAnswer::Took))
        })
    }

    /// A sink that takes and flushes everything, and rings whenever it is called.
    pub(crate) fn ringing_sink(&self, alarm: &Arc<Alarm>) -> RecordingSink {
        let alarm = Arc::clone(alarm);
        self.sink_with(move |offered| {
            alarm.ring();
            offered.map_or(SinkAnswer::Flushed, SinkAnswer::Took)
        })
    }

    /// A sink whose first call does not return before the gate is rung; it takes and flushes everything.
    pub(crate) fn gated_sink(&self, gate: &Arc<Alarm>) -> RecordingSink {
        let mut gate = Some(Arc::clone(gate));
        self.sink_with(move |offered| {
            if let Some(gate) = gate.take() {
                gate.wait();
            }
            offered.map_or(SinkAnswer::Flushed, SinkAnswer::Took)
        })
    }

    /// A stream with the default observer and drop policy, to be used as producer 0.
    pub(crate) fn stream(&self, answers: &[SinkAnswer]) -> Stream {
        self.record(start(self.builder(), self.sink(answers)).into_shared())
    }

    pub(crate) fn record(&self, writer: SharedWriter<RecordingSink>) -> Stream {
        Recorded::new(&self.recorder, 0, writer)
    }

    /// A write to a stream with one owner.
    pub(crate) fn write(&self, writer: &mut Writer<RecordingSink>, len: usize) -> Answer {
        self.recorder.write(0, len, |bytes| highwater_tests::under_loom::answer(&writer.write(bytes)))
    }

    /// A wait for the drain owed to a stream with one owner, which must come.
    pub(crate) fn drained(&self, writer: &Writer<RecordingSink>) {
        assert_eq!(highwater_tests::under_loom::drained(&self.recorder, || writer.drained()).wait(), Ok(()));
    }

    /// Runs what ends the stream and returns only when it is closed; `over` says how that was.
    pub(crate) fn over<R>(&self, call: Call, act: impl FnOnce() -> R, over: impl FnOnce(&R) -> Over) -> R {
        let ended = self.recorder.begin(Op::Call(call));
        let closed = self.recorder.begin(Op::Closed);
        let result = act();
        self.recorder.end(closed, Ret::Over(over(&result)));
        self.recorder.end(ended, Ret::Done);
        result
    }

    /// Ends a stream that cannot fail: everything accepted is in the sink.
    pub(crate) fn finish(&self, stream: &Stream) {
        stream.end();
        self.finished(stream);
    }

    /// As `finish`, for a stream that was ended already.
    pub(crate) fn finished(&self, stream: &Stream) {
        assert_eq!(stream.closed().wait(), Ok(()));
        let back = self.recovered(stream);
        assert!(back.unwritten.is_empty(), "{} after a finish", back.unwritten);
        assert_eq!(back.error, None);
    }

    /// Takes what a closed stream hands back, and accounts for it.
    pub(crate) fn recovered(&self, stream: &Stream) -> Recovered<RecordingSink> {
        let back = stream.recover().expect("it is closed, and nobody else asks");
        self.account(&back.sink.taken, back.unwritten.bytes());
        back
    }

    /// Records what was handed back in another way, and accounts for it.
    pub(crate) fn handed_back(
        &self,
        sink: &RecordingSink,
        unwritten: &Unwritten,
        error: Option<&highwater_loom::SinkError>,
    ) {
        hand_back(&self.recorder, unwritten, error);
        self.account(&sink.taken, unwritten.bytes());
    }

    /// Asserts that what the sink took and what was handed back are, in that order, what was accepted: of each producer every byte, in order.
    pub(crate) fn account(&self, taken: &[u8], rest: &[u8]) {
        let got = [taken, rest].concat();
        let accepted = accepted(&self.recorder.events());
        for (producer, wanted) in accepted.iter().enumerate() {
            let of_producer: Vec<u8> =
                got.iter().copied().filter(|byte| usize::from(*byte >> 6) == producer).collect();
            assert_eq!(
                of_producer, *wanted,
                "the bytes of producer {producer}: left are taken and handed back"
            );
        }
    }

    /// Asserts the same from the log alone, once every thread is gone.
    pub(crate) fn account_of_log(log: &[Ev]) -> Result<(), String> {
        let mut got: [Vec<u8>; PRODUCERS_MAX] = Default::default();
        let mut offered = Vec::new();
        for ev in log {
            let runs = match ev {
                Ev::Sink(runs) => {
                    offered.clone_from(runs);
                    continue;
                }
                Ev::SinkReturn(SinkAnswer::Took(len)) => {
                    let mut left = *len;
                    let mut taken = std::mem::take(&mut offered);
                    for run in &mut taken {
                        run.len = run.len.min(left);
                        left -= run.len;
                    }
                    taken
                }
                Ev::Recovered(back) => back.bytes.clone(),
                _ => continue,
            };
            for run in runs {
                if run.seq == FOREIGN {
                    return Err("a byte that nobody wrote".to_owned());
                }
                got[run.producer].extend(bytes_of(run));
            }
        }
        if got == accepted(log) { Ok(()) } else { Err("bytes were lost, doubled or swapped".to_owned()) }
    }
}

/// The bytes accepted so far, by producer.
fn accepted(log: &[Ev]) -> [Vec<u8>; PRODUCERS_MAX] {
    let mut accepted: [Vec<u8>; PRODUCERS_MAX] = Default::default();
    let mut open = Vec::new();
    for ev in log {
        match ev {
            Ev::Call { q, op: Op::Call(Call::Write { producer, seq, len }) } => {
                open.push((*q, *producer, *seq, *len));
            }
            Ev::Return { q, ret: Ret::Wrote(Answer::Continue | Answer::Pause) } => {
                for (_, producer, seq, len) in open.iter().filter(|(other, ..)| other == q) {
                    accepted[*producer].extend((0..*len).map(|offset| byte_of(*producer, *seq, offset)));
                }
            }
            _ => {}
        }
    }
    accepted
}

/// Starts a stream whose marks are known to be right, driven as the play says.
pub(crate) fn start(builder: Builder, sink: RecordingSink) -> Writer<RecordingSink> {
    let sink = match Driving::of_this_process() {
        Driving::Thread => {
            return builder.spawn(sink).expect("the marks are right, and loom's threads always start");
        }
        Driving::Ready => sink,
        Driving::Pending => sink.pending(),
    };
    let (writer, driver) = builder.drive(sink).expect("the marks are right");
    loom::thread::spawn(move || block_on(driver));
    writer
}

/// As `start`, for a sink that the producer may try.
pub(crate) fn start_direct(builder: Builder, sink: RecordingSink) -> Writer<RecordingSink> {
    builder.spawn_direct(sink).expect("the marks are right, and loom's threads always start")
}

/// Writes chunks of `len` bytes and waits for each drain it is owed, as a polite producer does. Stops at the first answer or wake that says
/// that the stream accepts no more.
pub(crate) fn polite(stream: &Stream, chunks: usize, len: usize) {
    for _ in 0..chunks {
        loop {
            match stream.write(len) {
                Answer::Continue => break,
                Answer::Pause => match stream.drained().wait() {
                    Ok(()) => break,
                    Err(_) => return,
                },
                Answer::Full => {
                    if stream.drained().wait().is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }
}

/// A handle that an observer of its own stream holds until it takes it out.
#[derive(Clone, Default)]
pub(crate) struct Held(Arc<Mutex<Option<Stream>>>);

impl Held {
    pub(crate) fn put(&self, stream: Stream) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream);
    }

    pub(crate) fn take(&self) -> Option<Stream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
