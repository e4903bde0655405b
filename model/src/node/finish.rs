//! `end`, `_final`, `prefinish` and `finish`.

use super::machine::Machine;
use super::rules::Wrong;
use super::steps::Step;
use super::ticks::Tick;
use super::vocabulary::{Argument, Callback, Code, Fault, Hook};

impl Machine {
    pub(super) fn end(&mut self, chunk: Option<Result<u64, Argument>>, callback: Option<u32>) {
        let refused = match chunk {
            Some(Ok(_)) => self.refusal(),
            Some(Err(_)) | None => None,
        };
        self.push(Step::EndMain { fault: refused, callback });
        self.push(Step::EndUncork);
        match (chunk, refused) {
            (None, _) => {}
            (Some(_), Some(fault)) => self.refuse(fault, Callback::Nop),
            (Some(chunk @ Err(_)), None) => self.write(chunk, Callback::Nop),
            (Some(Ok(len)), None) => self.accept(len, Callback::Nop),
        }
    }

    pub(super) fn end_uncork(&mut self) {
        if self.corked > 0 && !self.is(Wrong::EndStaysCorked) {
            self.corked = 1;
            self.uncork();
        }
    }

    pub(super) fn end_main(&mut self, fault: Option<Fault>, callback: Option<u32>) {
        let mut fault = fault;
        if fault.is_none() {
            if !self.ending && self.errored.is_none() {
                self.ending = true;
                self.push(Step::EndRest { fault, callback });
                return self.push(Step::FinishMaybe { sync: true });
            } else if self.finished && !self.is(Wrong::EndAfterFinishPlain) {
                fault = Some(Fault::Fresh(Code::AlreadyFinished, 0));
            } else if self.destroyed {
                fault = Some(Fault::Fresh(Code::Destroyed, 0));
            }
        }
        self.push(Step::EndRest { fault, callback });
    }

    pub(super) fn end_rest(&mut self, fault: Option<Fault>, callback: Option<u32>) {
        let Some(id) = callback else {
            return;
        };
        let late = if fault.is_some() || self.v18() { fault } else { self.errored };
        if late.is_some() || self.finished {
            self.later(Tick::EndCallback(id, late));
        } else {
            self.ends.push(id);
        }
    }

    /// Whether everything is written and nothing speaks against finishing.
    pub(super) fn may_finish(&self) -> bool {
        self.ending
            && !self.destroyed
            && self.constructed
            && self.len == 0
            && self.errored.is_none()
            && (self.arrays.waiting() == 0 || self.is(Wrong::FinishLeavesQueue))
            && !self.finished
            && (!self.writing || self.is(Wrong::FinishWhileWriting))
            && !self.error_emitted
            && !self.close_emitted
    }

    pub(super) fn finish_maybe(&mut self, sync: bool) {
        if !self.may_finish() {
            return;
        }
        self.push(Step::FinishMaybeRest { sync });
        if self.is(Wrong::PrefinishAfterCallbacks) && self.pending > 0 {
            return;
        }
        if self.prefinished || self.final_called {
            return;
        }
        self.final_called = true;
        if self.options.has_final && !self.is(Wrong::FinalForgotten) {
            self.sync = true;
            self.pending += 1;
            self.push(Step::PrefinishRest);
            self.push(Step::CatchFinal);
            self.push(Step::Call(Hook::Final));
        } else {
            self.prefinished = true;
            self.push(Step::Call(Hook::Prefinish));
        }
    }

    pub(super) fn finish_maybe_rest(&mut self, sync: bool) {
        if self.pending != 0 && !self.is(Wrong::FinishBeforeCallbacks) {
            return;
        }
        if sync != self.is(Wrong::FinishAtTheOtherTime) {
            self.pending += 1;
            self.later(Tick::FinishCheck);
        } else if self.may_finish() {
            self.pending += 1;
            self.finish();
        }
    }

    /// `_final` calls back, or has thrown.
    pub(super) fn final_done(&mut self, fault: Option<Fault>) {
        let again = if self.v18() { self.final_called_back } else { self.prefinished };
        self.final_called_back = true;
        if again && !self.is(Wrong::SecondFinalUnnoticed) {
            let fault = fault.unwrap_or_else(|| self.made(Code::MultipleCallback));
            return self.fail(fault, Some(false));
        }
        self.pending -= 1;
        if let Some(fault) = fault {
            self.push(Step::Fail { fault, sync: None });
            self.tell_ends(Some(fault));
        } else if self.may_finish() {
            self.prefinished = true;
            self.push(Step::FinalDoneRest);
            self.push(Step::Call(Hook::Prefinish));
        }
    }

    pub(super) fn final_done_rest(&mut self) {
        self.pending += 1;
        if self.is(Wrong::FinishWithFinal) {
            self.finish();
        } else {
            self.later(Tick::Finish);
        }
    }

    pub(super) fn finish(&mut self) {
        self.pending -= 1;
        self.finished = true;
        self.push(Step::FinishRest);
        if self.is(Wrong::EndCallbackAfterFinish) {
            let ends = std::mem::take(&mut self.ends);
            let array = self.arrays.detached(ends);
            self.push(Step::EndsNext { array, next: 0, fault: None });
            self.push(Step::FinishEmit);
        } else {
            self.push(Step::FinishEmit);
            self.tell_ends(None);
        }
    }

    pub(super) fn finish_rest(&mut self) {
        if self.options.auto_destroy && self.readable_done && !self.is(Wrong::NoAutoDestroy) {
            self.call_destroy(None);
        }
    }

    /// Calls the callbacks of `end` because the stream is over. Node 20 and later tell them all of the same error.
    pub(super) fn fail_ends(&mut self, known: Option<Fault>) {
        if self.ends.is_empty() {
            return;
        }
        let mut fault = self.over(known);
        if !self.v18() && fault == Fault::Fresh(Code::Destroyed, 0) && self.ends.len() > 1 {
            fault = self.made(Code::Destroyed);
        }
        self.tell_ends(Some(fault));
    }

    fn tell_ends(&mut self, fault: Option<Fault>) {
        if self.ends.is_empty() || self.is(Wrong::EndCallbackForgotten) {
            return;
        }
        let ends = std::mem::take(&mut self.ends);
        let array = self.arrays.detached(ends);
        self.push(Step::EndsNext { array, next: 0, fault });
    }

    pub(super) fn ends_next(&mut self, array: usize, next: usize, fault: Option<Fault>) {
        let Some(entry) = self.arrays.get(array, next) else {
            return self.arrays.free(array);
        };
        self.push(Step::EndsNext { array, next: next + 1, fault });
        if let Callback::User(id) = entry.callback {
            let arguments = u8::from(fault.is_some() || !self.v18());
            self.push(Step::Call(Hook::EndCallback(id, fault, arguments)));
        }
    }
}
