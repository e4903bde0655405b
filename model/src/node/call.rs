//! Which code each call begins, and which code each step goes on with.

use super::machine::Machine;
use super::rules::Wrong;
use super::steps::Step;
use super::ticks::Tick;
use super::vocabulary::{Code, Fault, Hook, Input, Name, Output, Returned, SelfCall};

impl Machine {
    /// The call's own code, up to its first look at user code; its return is on the stack already.
    pub(super) fn begin(&mut self, input: Input) {
        match input {
            Input::Write(chunk, callback) => self.write(chunk, callback),
            Input::End(chunk, callback) => self.end(chunk, callback),
            Input::Cork => self.corked += 1,
            Input::Uncork(corked) => {
                self.corked = corked.unwrap_or(self.corked);
                self.uncork();
            }
            Input::Destroy(fault) => self.destroy(fault),
            Input::Undestroy => self.undestroy(),
            Input::SinkDone(fault) => self.sink_done(fault),
            Input::ConstructDone(fault) => self.construct_done(fault),
            Input::FinalDone(fault) => self.final_done(fault),
            Input::DestroyDone(fault) => self.destroy_done(fault),
        }
    }

    /// Takes one step of the stack.
    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::User(_) | Step::Hidden => self.push(step),
            Step::Return { name, .. } => {
                if self.unregistered {
                    // The call came out of the constructor, which now goes on.
                    self.unregistered = false;
                    self.constructed = false;
                    self.later(Tick::Construct);
                }
                let returned =
                    if name == Name::Write { Returned::Answer(self.answer) } else { Returned::Plainly };
                self.waiting = Some(Output::Return(name, returned));
            }
            Step::Rethrow(fault) => self.throw(fault),
            Step::Call(hook) => self.waiting = Some(Output::Call(hook)),
            Step::Answer(answer) => self.work_out(answer),
            Step::SinkDoneRest { sync, callback } => self.sink_done_rest(sync, callback),
            Step::FlushNext { array, next } => self.flush_next(array, next),
            Step::FlushCheck { array, next } => self.flush_check(array, next),
            Step::WritevRest => self.writev_rest(),
            Step::AfterWrite { count, callback } => self.after_write(count, callback),
            Step::AfterWriteCallbacks { count, callback } => self.after_write_callbacks(count, callback),
            Step::AfterWriteRest => self.after_write_rest(),
            Step::BatchNext { array, next, fault } => self.batch_next(array, next, fault),
            Step::SinkFailedRest(fault) => self.sink_failed_rest(fault),
            Step::DiscardNext { next } => self.discard_next(next),
            Step::DiscardEnds => {
                let fault = self.errored;
                self.fail_ends(fault);
            }
            Step::DiscardReset => self.renew(),
            Step::EndUncork => self.end_uncork(),
            Step::EndMain { fault, callback } => self.end_main(fault, callback),
            Step::EndRest { fault, callback } => self.end_rest(fault, callback),
            Step::FinishMaybe { sync } => self.finish_maybe(sync),
            Step::FinishMaybeRest { sync } => self.finish_maybe_rest(sync),
            Step::SinkReturned | Step::PrefinishRest => self.sync = false,
            Step::FinalDoneRest => self.final_done_rest(),
            Step::EndsNext { array, next, fault } => self.ends_next(array, next, fault),
            Step::FinishEmit => self.push(Step::Call(Hook::Finish)),
            Step::FinishRest => self.finish_rest(),
            Step::Fail { fault, sync } => self.fail(fault, sync),
            Step::EmitError(fault) => self.emit_error(fault),
            Step::EmitClose => self.emit_close(),
            Step::CatchFinal | Step::CatchDestroy | Step::CatchConstruct => {}
        }
    }

    /// `this.destroy(err)`, made by the stream itself. A class that has its own `destroy` runs that first, and need not come back.
    pub(super) fn call_destroy(&mut self, fault: Option<Fault>) {
        if self.options.own_destroy {
            self.push(Step::Hidden);
        } else {
            self.waiting = Some(Output::SelfCall(SelfCall::Destroy(fault)));
        }
    }

    /// What the queued chunks and callbacks of a stream that is over are told.
    pub(super) fn over(&self, known: Option<Fault>) -> Fault {
        let known = if self.is(Wrong::QueuedToldDestroyed) { None } else { known };
        known.unwrap_or(Fault::Fresh(Code::Destroyed, 0))
    }
}
