//! Construction, errors, `destroy` and `close`.

use super::machine::{Later, Machine};
use super::rules::Wrong;
use super::steps::Step;
use super::ticks::Tick;
use super::vocabulary::{Code, Fault, Hook};

impl Machine {
    /// `_construct` calls back.
    pub(super) fn construct_done(&mut self, fault: Option<Fault>) {
        if self.is(Wrong::ConstructedAtOnce) {
            self.constructed(fault);
        } else {
            self.later(Tick::Constructed(fault));
        }
    }

    /// A tick after `_construct` has called back or thrown.
    pub(super) fn constructed(&mut self, fault: Option<Fault>) {
        if self.construct_called_back {
            let fault = fault.unwrap_or_else(|| self.made(Code::MultipleCallback));
            return self.fail(fault, Some(false));
        }
        self.construct_called_back = true;
        self.constructed = true;
        if self.destroyed {
            if let Later::For(destroyed_for) = std::mem::take(&mut self.destroy_later) {
                let fault = match (fault, destroyed_for) {
                    (Some(inner), Some(outer)) if inner != outer => Some(self.made(Code::Aggregate)),
                    (inner, outer) => inner.or(outer),
                };
                self.call_destroy_hook(fault);
            }
        } else if let Some(fault) = fault {
            self.fail(fault, Some(true));
        } else {
            self.push(Step::FinishMaybe { sync: false });
            if !self.writing {
                self.flush();
            }
        }
    }

    /// An error: destroys the stream if it does so by itself, and emits it otherwise.
    pub(super) fn fail(&mut self, fault: Fault, sync: Option<bool>) {
        if self.destroyed {
            return;
        }
        if self.options.auto_destroy && !self.is(Wrong::NoDestroyOnError) {
            return self.call_destroy(Some(fault));
        }
        self.errored = self.errored.or(Some(fault));
        if sync.unwrap_or(self.sync) {
            self.later(Tick::Error(fault));
        } else {
            self.emit_error(fault);
        }
    }

    pub(super) fn destroy(&mut self, fault: Option<Fault>) {
        // The Duplex of Node 18 has the `destroy` of a Readable, which knows nothing of queued chunks.
        let knows = !(self.v18() && self.options.duplex);
        let queued = self.arrays.waiting() > 0 || !self.ends.is_empty();
        if self.destroyed && !self.is(Wrong::DestroyTwice) {
            return;
        }
        self.errored = self.errored.or(fault);
        if queued && knows && !self.is(Wrong::DestroyLeavesQueue) {
            self.later(Tick::Discard);
        }
        self.destroyed = true;
        if self.constructed || self.is(Wrong::DestroyBeforeConstruct) {
            self.call_destroy_hook(fault);
        } else {
            self.destroy_later = Later::For(fault);
        }
        if queued && self.is(Wrong::QueuedFailAtOnce) {
            self.discard();
        }
    }

    fn call_destroy_hook(&mut self, fault: Option<Fault>) {
        self.destroys_open += 1;
        self.push(Step::CatchDestroy);
        self.push(Step::Call(Hook::Destroy(fault)));
    }

    /// `_destroy` calls back, or has thrown.
    pub(super) fn destroy_done(&mut self, fault: Option<Fault>) {
        if self.destroys_open == 0 && !self.is(Wrong::SecondDestroyHeard) {
            return;
        }
        self.destroys_open = self.destroys_open.saturating_sub(1);
        self.errored = self.errored.or(fault);
        self.closed = true;
        let fault = if self.is(Wrong::DestroyErrorLost) { None } else { fault };
        let tick = fault.map_or(Tick::Close, Tick::ErrorClose);
        if self.is(Wrong::CloseAtOnce) {
            self.push(Step::EmitClose);
            if let Some(fault) = fault {
                self.push(Step::EmitError(fault));
            }
        } else {
            self.later(tick);
        }
    }

    pub(super) fn emit_error(&mut self, fault: Fault) {
        if !self.error_emitted || self.is(Wrong::ErrorTwice) {
            self.error_emitted = true;
            self.push(Step::Call(Hook::Error(fault)));
        }
    }

    pub(super) fn emit_close(&mut self) {
        self.close_emitted = true;
        if self.options.emit_close || self.is(Wrong::CloseUnasked) {
            self.push(Step::Call(Hook::Close));
        }
    }

    /// Sockets that connect anew.
    pub(super) fn undestroy(&mut self) {
        let off = self.options.switched_off;
        self.constructed = true;
        self.destroyed = false;
        self.closed = false;
        self.close_emitted = false;
        self.errored = None;
        self.error_emitted = false;
        self.final_called = false;
        self.final_called_back = false;
        self.prefinished = false;
        self.ending = off;
        self.finished = off;
    }
}
