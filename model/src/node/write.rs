//! `write`, `cork` and `uncork`.

use super::arrays::Entry;
use super::machine::Machine;
use super::rules::Wrong;
use super::steps::Step;
use super::ticks::Tick;
use super::vocabulary::{Argument, Callback, Code, Fault, Hook};

/// How a `write` gets at its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    /// After the sink was called, from what is then buffered.
    After,
    /// It was worked out before the sink was called (Node 18).
    Before(bool),
    /// The write was refused.
    Refused,
}

impl Machine {
    pub(super) fn write(&mut self, chunk: Result<u64, Argument>, callback: Callback) {
        match chunk {
            Err(argument) => self.throw(complaint(argument)),
            Ok(len) => {
                if let Some(fault) = self.refusal() {
                    self.push(Step::Answer(Answer::Refused));
                    self.refuse(fault, callback);
                } else {
                    self.accept(len, callback);
                }
            }
        }
    }

    /// Why a chunk is not taken, if it is not.
    pub(super) fn refusal(&mut self) -> Option<Fault> {
        if self.ending && !self.is(Wrong::WriteAfterEndTaken) {
            // A stream that is destroyed already shows it to the callback alone.
            Some(if self.destroyed {
                Fault::Fresh(Code::WriteAfterEnd, 0)
            } else {
                self.made(Code::WriteAfterEnd)
            })
        } else if self.destroyed && !self.is(Wrong::WriteAfterDestroyTaken) {
            Some(Fault::Fresh(Code::Destroyed, 0))
        } else {
            None
        }
    }

    pub(super) fn refuse(&mut self, fault: Fault, callback: Callback) {
        self.later(Tick::Refused(callback, fault));
        if !self.is(Wrong::WriteAfterEndHarmless) {
            self.fail(fault, Some(true));
        }
    }

    pub(super) fn accept(&mut self, len: u64, callback: Callback) {
        self.pending += 1;
        self.len += i64::try_from(len).unwrap_or(i64::MAX);
        let early = self.v18() != self.is(Wrong::AnswerAtTheOtherTime);
        let answer = if early {
            let go_on = self.is_below_mark();
            self.need_drain |= !go_on;
            Answer::Before(go_on)
        } else {
            Answer::After
        };
        self.push(Step::Answer(answer));
        let held = self.corked > 0 && !self.is(Wrong::CorkIgnored);
        let unready = !self.constructed && !self.is(Wrong::WrittenBeforeConstruct);
        if self.writing || held || self.errored.is_some() || unready {
            self.arrays.push(Entry { len, callback });
        } else {
            self.write_len = i64::try_from(len).unwrap_or(i64::MAX);
            self.write_callback = callback;
            self.call_sink(Hook::Write(len));
        }
    }

    /// Calls the sink; what comes after is on the stack already.
    pub(super) fn call_sink(&mut self, hook: Hook) {
        self.writing = true;
        self.sync = true;
        self.expects = true;
        if self.is(Wrong::LengthAtStart) {
            self.len -= self.write_len;
            self.write_len = 0;
        }
        self.push(Step::SinkReturned);
        self.push(Step::Call(hook));
    }

    fn is_below_mark(&self) -> bool {
        let len = u64::try_from(self.len).unwrap_or(0);
        len < self.options.high_water_mark
            || (self.is(Wrong::AnswerTrueAtMark) && len == self.options.high_water_mark)
    }

    pub(super) fn work_out(&mut self, answer: Answer) {
        let go_on = match answer {
            Answer::Refused => {
                self.answer = false;
                return;
            }
            Answer::Before(go_on) => go_on,
            Answer::After => {
                let empty = self.len == 0 && !self.is(Wrong::AnswerFalseAtMarkZero);
                let go_on = self.is_below_mark() || empty;
                self.need_drain |= !go_on;
                if go_on && self.is(Wrong::AnswerClearsDrain) {
                    self.need_drain = false;
                }
                go_on
            }
        };
        let over = self.destroyed || self.errored.is_some();
        self.answer = go_on && (!over || self.is(Wrong::AnswerIgnoresError));
    }

    pub(super) fn uncork(&mut self) {
        if self.corked > 0 {
            self.corked = if self.is(Wrong::UncorkAtOnce) { 0 } else { self.corked - 1 };
            if !self.writing {
                self.flush();
            }
        }
    }
}

/// The exception that leaves a `write` with such an argument.
fn complaint(argument: Argument) -> Fault {
    let code = match argument {
        Argument::Null => Code::NullValues,
        Argument::Type => Code::ArgumentType,
        Argument::Encoding => Code::UnknownEncoding,
    };
    Fault::Fresh(code, 0)
}
