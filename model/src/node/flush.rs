//! What follows a call of the sink: completions, flushing what is queued, drains, callbacks, and failing what is queued.

use super::machine::Machine;
use super::rules::Wrong;
use super::steps::Step;
use super::ticks::Tick;
use super::vocabulary::{Callback, Code, Fault, Hook};

impl Machine {
    /// The sink calls back.
    pub(super) fn sink_done(&mut self, fault: Option<Fault>) {
        if !self.expects {
            if !self.is(Wrong::SecondCallbackUnnoticed) {
                let fault = self.made(Code::MultipleCallback);
                self.fail(fault, Some(false));
            }
            return;
        }
        let (sync, callback) = (self.sync, self.write_callback);
        self.write_callback = Callback::Nop;
        self.writing = false;
        self.expects = false;
        self.len -= self.write_len;
        self.write_len = 0;
        if let Some(fault) = fault {
            self.errored = self.errored.or(Some(fault));
            if sync && !self.is(Wrong::SyncFailureAtOnce) {
                self.later(Tick::SinkFailed(fault, callback));
            } else {
                self.sink_failed(fault, callback);
            }
        } else {
            self.push(Step::SinkDoneRest { sync, callback });
            self.flush();
        }
    }

    pub(super) fn sink_done_rest(&mut self, sync: bool, callback: Callback) {
        if !sync || self.is(Wrong::SyncCallbackAtOnce) {
            self.push(Step::AfterWrite { count: 1, callback });
        } else if callback == Callback::Nop && !self.v18() {
            let drain = self.need_drain && self.len == 0;
            let needed = drain || self.options.object_mode;
            if !self.after_write_pending && needed {
                self.later(Tick::AfterWrite { count: 1, callback, shared: false });
                self.after_write_pending = true;
            } else {
                self.pending -= 1;
                if self.ending {
                    self.push(Step::FinishMaybe { sync: true });
                }
            }
        } else if let Some(count) = self.joined(callback) {
            *count += 1;
        } else {
            self.shared = Some(self.ticks.len());
            self.later(Tick::AfterWrite { count: 1, callback, shared: true });
            self.after_write_pending = true;
        }
    }

    /// The count of the tick that a completion with this callback may join.
    fn joined(&mut self, callback: Callback) -> Option<&mut u32> {
        match &mut self.ticks.get_mut(self.shared?)?.tick {
            Tick::AfterWrite { count, callback: theirs, .. } if *theirs == callback => Some(count),
            _ => None,
        }
    }

    /// Offers the sink what is queued.
    pub(super) fn flush(&mut self) {
        let held = self.corked > 0 && !self.is(Wrong::CorkIgnored);
        let waiting = self.arrays.waiting();
        if held || self.flushing || self.destroyed || !self.constructed || waiting == 0 {
            return;
        }
        self.flushing = true;
        let array = self.arrays.current();
        let least = if self.is(Wrong::WritevForOne) { 1 } else { 2 };
        if waiting >= least && self.options.has_writev && !self.is(Wrong::NoWritev) {
            self.pending -= i32::try_from(waiting - 1).unwrap_or(i32::MAX);
            self.write_callback = if self.arrays.all_nop() { Callback::Nop } else { Callback::Batch(array) };
            self.write_len = self.len;
            self.push(Step::WritevRest);
            self.call_sink(Hook::Writev(array));
        } else {
            self.push(Step::FlushNext { array, next: 0 });
        }
    }

    pub(super) fn flush_next(&mut self, array: usize, next: usize) {
        self.push(Step::FlushCheck { array, next: next + 1 });
        let Some(entry) = self.arrays.take(array, next) else {
            return;
        };
        self.write_len = i64::try_from(entry.len).unwrap_or(i64::MAX);
        self.write_callback = entry.callback;
        if self.destroyed {
            self.writing = true;
            self.sync = true;
            self.expects = true;
            self.push(Step::SinkReturned);
            let fault = self.made(Code::Destroyed);
            self.sink_done(Some(fault));
        } else {
            self.call_sink(Hook::Write(entry.len));
        }
    }

    pub(super) fn flush_check(&mut self, array: usize, next: usize) {
        let all = self.arrays.len(array);
        if next < all && !self.writing {
            return self.push(Step::FlushNext { array, next });
        }
        if next == all {
            self.renew();
        } else {
            self.drop_front(next);
        }
        self.flushing = false;
    }

    /// Forgets the places that were flushed. Node keeps them, empty, so who is failing the queue meanwhile goes on where it was, and comes to grief
    /// if that was flushed.
    fn drop_front(&mut self, count: usize) {
        self.arrays.drop_front(count);
        for step in &mut self.stack {
            if let Step::DiscardNext { next } = step {
                *next = next.checked_sub(count).unwrap_or(usize::MAX);
            }
        }
    }

    pub(super) fn writev_rest(&mut self) {
        self.renew();
        self.flushing = false;
    }

    /// A new array for what comes next. A batch that has still to call back keeps the old one.
    pub(super) fn renew(&mut self) {
        let kept = !self.arrays.all_nop() && self.is_held(self.arrays.current());
        self.arrays.renew(kept);
    }

    /// What follows `count` writes that succeeded: a drain, their callbacks, and perhaps the end.
    pub(super) fn after_write(&mut self, count: u32, callback: Callback) {
        self.after_write_pending = false;
        self.push(Step::AfterWriteCallbacks { count, callback });
        if self.owes_drain() {
            self.need_drain = self.is(Wrong::DrainStaysOwed);
            if self.is(Wrong::DrainAfterCallbacks) {
                self.stack.pop();
                self.push(Step::Call(Hook::Drain));
                self.push(Step::AfterWriteCallbacks { count, callback });
            } else {
                self.push(Step::Call(Hook::Drain));
            }
        }
    }

    fn owes_drain(&self) -> bool {
        let low = if self.is(Wrong::DrainBelowMark) {
            u64::try_from(self.len).unwrap_or(0) < self.options.high_water_mark
        } else {
            self.len == 0
        };
        let queued = self.is(Wrong::DrainWaitsForQueue) && (self.writing || self.arrays.waiting() > 0);
        (self.need_drain || self.is(Wrong::DrainUnasked))
            && low
            && !queued
            && (!self.ending || self.is(Wrong::DrainAfterEnd))
            && (!self.destroyed || self.is(Wrong::DrainAfterDestroy))
            && !self.is(Wrong::DrainNever)
    }

    pub(super) fn after_write_callbacks(&mut self, count: u32, callback: Callback) {
        if count == 0 {
            return self.push(Step::AfterWriteRest);
        }
        if callback == Callback::Nop {
            self.pending -= i32::try_from(count).unwrap_or(i32::MAX);
            return self.push(Step::AfterWriteRest);
        }
        self.pending -= 1;
        self.push(Step::AfterWriteCallbacks { count: count - 1, callback });
        let arguments = u8::from(self.v18() == self.is(Wrong::CallbackArguments));
        self.call_back(callback, None, arguments);
    }

    /// Calls the callback of a write, or each of a batch.
    fn call_back(&mut self, callback: Callback, fault: Option<Fault>, arguments: u8) {
        match callback {
            Callback::Nop => {}
            Callback::User(id) => self.push(Step::Call(Hook::WriteCallback(id, fault, arguments))),
            Callback::Batch(array) => self.push(Step::BatchNext { array, next: 0, fault }),
        }
    }

    pub(super) fn batch_next(&mut self, array: usize, next: usize, fault: Option<Fault>) {
        let all = self.arrays.len(array);
        if next >= all {
            return self.arrays.free(array);
        }
        self.push(Step::BatchNext { array, next: next + 1, fault });
        let at = if self.is(Wrong::BatchBackwards) { all - 1 - next } else { next };
        match self.arrays.get(array, at) {
            Some(entry) => self.call_back(entry.callback, fault, 1),
            None => self.throw(Fault::Fresh(Code::Internal, 0)),
        }
    }

    pub(super) fn after_write_rest(&mut self) {
        self.push(Step::FinishMaybe { sync: !self.v18() });
        if self.destroyed {
            self.discard();
        }
    }

    /// What follows a write that failed.
    pub(super) fn sink_failed(&mut self, fault: Fault, callback: Callback) {
        self.pending -= 1;
        self.push(Step::SinkFailedRest(fault));
        if self.is(Wrong::ErrorBeforeCallback) {
            self.stack.pop();
            self.call_back(callback, Some(fault), 1);
            self.push(Step::SinkFailedRest(fault));
        } else {
            self.call_back(callback, Some(fault), 1);
        }
    }

    pub(super) fn sink_failed_rest(&mut self, fault: Fault) {
        self.push(Step::Fail { fault, sync: Some(false) });
        if !self.is(Wrong::QueuedForgotten) {
            self.discard();
        }
    }

    /// Fails what is queued, and the callbacks of `end`.
    pub(super) fn discard(&mut self) {
        if self.writing && !self.is(Wrong::DiscardWhileWriting) {
            return;
        }
        self.push(Step::DiscardReset);
        self.push(Step::DiscardEnds);
        self.push(Step::DiscardNext { next: 0 });
    }

    pub(super) fn discard_next(&mut self, mut next: usize) {
        let array = self.arrays.current();
        if next == usize::MAX {
            return self.throw(Fault::Fresh(Code::Internal, 0));
        }
        while next < self.arrays.len(array) {
            let Some(entry) = self.arrays.get(array, next) else {
                return self.throw(Fault::Fresh(Code::Internal, 0));
            };
            next += 1;
            self.len -= i64::try_from(entry.len).unwrap_or(i64::MAX);
            if entry.callback != Callback::Nop {
                self.push(Step::DiscardNext { next });
                let fault = self.over(self.errored);
                return self.call_back(entry.callback, Some(fault), 1);
            }
        }
    }
}
