//! What comes of a sink's answer, and the drain or finish it makes due.

use super::{Event, Flushed, Noted, Phase, Sink, SinkAnswer, State};
use crate::error::{SinkCall, SinkError, SinkErrorKind, WaitError};
use std::io;

impl State {
    /// Notes how the sink call in progress ended, and emits the drain that became due by it.
    pub(crate) fn note(&mut self, answer: SinkAnswer) -> Noted {
        let (call, offered) = match std::mem::replace(&mut self.sink, Sink::Idle) {
            Sink::Writing(offered) => (SinkCall::Write, offered),
            Sink::Flushing | Sink::Idle => (SinkCall::Flush, 0),
            Sink::Finalizing => (SinkCall::Final, 0),
        };
        let mut noted = Noted::default();
        match answer {
            SinkAnswer::Took(0) => {
                let text = "it took 0 bytes of a write that offered some";
                let error = io::Error::new(io::ErrorKind::WriteZero, text);
                self.fail(SinkErrorKind::WriteZero, call, error, 0);
            }
            SinkAnswer::Took(len) if len > offered => {
                let text = format!("it claims to have taken {len} bytes of {offered} offered");
                let error = io::Error::new(io::ErrorKind::InvalidData, text);
                self.fail(SinkErrorKind::InvalidData, call, error, offered);
            }
            SinkAnswer::Took(len) => {
                noted.taken = len;
                self.take(len);
            }
            SinkAnswer::Flushed => self.flush_succeeded(),
            SinkAnswer::Error(error) => match error.kind() {
                io::ErrorKind::Interrupted => noted.ignored = Some(error),
                io::ErrorKind::WouldBlock if self.params.retry_would_block => {
                    noted.ignored = Some(error);
                    noted.pause = self.is_live();
                }
                io::ErrorKind::WouldBlock => self.fail(SinkErrorKind::WouldBlock, call, error, 0),
                _ => self.fail(SinkErrorKind::Failed, call, error, 0),
            },
            SinkAnswer::Panicked(message) => {
                self.fail(SinkErrorKind::Panicked, call, io::Error::other(message), offered);
            }
            #[cfg(any(feature = "tokio", feature = "futures-io"))]
            SinkAnswer::Undriven => {
                let text = "the driver was dropped before the stream was over, by its task or with the runtime; \
                            keep it polled until it is ready";
                let error = io::Error::new(io::ErrorKind::BrokenPipe, text);
                self.fail(SinkErrorKind::DriverDropped, call, error, 0); // a pending call has taken nothing
            }
        }
        self.counted.sink_retries += u64::from(noted.ignored.is_some());
        noted
    }

    fn take(&mut self, len: usize) {
        self.taken += len as u64; // O-02
        let buffered = self.buffered();
        let fits = self.refused <= self.params.capacity - buffered; // D-04
        if self.drain_owed && buffered <= self.params.low && fits {
            self.drain_owed = false; // D-02, D-03, D-05
            self.refused = 0;
            self.drains += 1;
            self.stirred = true; // D-07
            self.events.push_back(Event::Drain);
        }
    }

    /// E-07: nothing is taken while the sink flushes, so what was due before the flush is what is due after it.
    fn flush_succeeded(&mut self) {
        if !self.is_live() {
            return; // X-04, E-08: whoever waited for it was told of the destroy
        }
        let taken = self.taken;
        self.flushed = Flushed { count: self.flushed.count + 1, taken };
        self.flushes.retain(|flush| flush.target > taken);
        self.stirred = true;
        if self.is_last_flush() {
            self.phase = Phase::Finished; // E-02, E-03, E-04
            self.events.push_back(Event::Finish);
        }
    }

    fn fail(&mut self, kind: SinkErrorKind, call: SinkCall, error: io::Error, unknown: usize) {
        let error = SinkError::new(kind, call, error);
        self.unknown = unknown;
        if !self.is_live() {
            self.held_back = Some(error);
            return;
        }
        self.events.push_back(Event::Error(error.clone()));
        self.phase = Phase::Failed(error.clone());
        self.leave_open(WaitError::Errored(error));
        self.flushes.clear(); // E-08: `outcome` tells them
    }
}
