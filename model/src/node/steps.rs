//! The steps on the stack: what a stream has still to do in this turn, and how it goes from one to the next.

use super::machine::Machine;
use super::ticks::Tick;
use super::vocabulary::{Callback, Fault, Hook, Input, Name, Output, Returned, SelfCall};

/// One step on the stack. The last is the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// User code that the stream called is running.
    User(Hook),
    /// User code may be running that leaves no line in a trace: a class's own `destroy`.
    Hidden,
    /// A call ends here. `own`: the stream made it itself.
    Return {
        name: Name,
        own: bool,
    },
    /// An exception goes on after the return of a call that the stream made itself.
    Rethrow(Fault),
    /// Call user code.
    Call(Hook),
    /// Work out what a `write` answers.
    Answer(super::write::Answer),
    /// The call of the sink is over: completions are not synchronous any more.
    SinkReturned,
    SinkDoneRest {
        sync: bool,
        callback: Callback,
    },
    FlushNext {
        array: usize,
        next: usize,
    },
    FlushCheck {
        array: usize,
        next: usize,
    },
    WritevRest,
    AfterWrite {
        count: u32,
        callback: Callback,
    },
    AfterWriteCallbacks {
        count: u32,
        callback: Callback,
    },
    AfterWriteRest,
    BatchNext {
        array: usize,
        next: usize,
        fault: Option<Fault>,
    },
    SinkFailedRest(Fault),
    DiscardNext {
        next: usize,
    },
    DiscardEnds,
    DiscardReset,
    EndUncork,
    EndMain {
        fault: Option<Fault>,
        callback: Option<u32>,
    },
    EndRest {
        fault: Option<Fault>,
        callback: Option<u32>,
    },
    FinishMaybe {
        sync: bool,
    },
    FinishMaybeRest {
        sync: bool,
    },
    PrefinishRest,
    FinalDoneRest,
    EndsNext {
        array: usize,
        next: usize,
        fault: Option<Fault>,
    },
    FinishEmit,
    FinishRest,
    /// Emit the error or destroy the stream for it. `sync`: emit it in a tick; `None`: if the flag says so.
    Fail {
        fault: Fault,
        sync: Option<bool>,
    },
    EmitError(Fault),
    EmitClose,
    CatchFinal,
    CatchDestroy,
    CatchConstruct,
}

impl Machine {
    /// User code makes this call, in this turn. Only where [`place`](Self::place) is not [`Place::Must`](super::Place::Must).
    pub fn enter(&mut self, input: Input) {
        self.push(Step::Return { name: input.name(), own: false });
        self.begin(input);
        self.run();
    }

    /// What [`Place::Must`](super::Place::Must) says comes next has come.
    pub fn agree(&mut self) {
        match self.waiting.take() {
            None => {}
            Some(Output::Call(hook)) => self.push(Step::User(hook)),
            Some(Output::SelfCall(call)) => {
                let SelfCall::Destroy(fault) = call;
                let input = Input::Destroy(fault);
                self.push(Step::Return { name: input.name(), own: true });
                self.begin(input);
                self.run();
            }
            Some(Output::Return(..)) => self.run(),
        }
    }

    /// The user code that runs is over, or has thrown.
    pub fn leave(&mut self, threw: Option<Fault>) {
        self.stack.pop();
        match threw {
            Some(fault) => {
                self.throw(fault);
                if self.stack.is_empty() {
                    self.sweep();
                }
            }
            None => self.run(),
        }
    }

    /// Whatever user code could not be seen is over.
    pub fn leave_hidden(&mut self) {
        self.stack.pop();
        self.run();
    }

    /// An exception leaves the code that runs.
    pub(super) fn throw(&mut self, fault: Fault) {
        while let Some(step) = self.stack.pop() {
            match step {
                Step::User(_) | Step::Hidden => {
                    self.push(step);
                    return;
                }
                Step::Return { name, own } => {
                    if own {
                        self.push(Step::Rethrow(fault));
                    }
                    self.waiting = Some(Output::Return(name, Returned::Threw(fault)));
                    return;
                }
                Step::CatchFinal => self.final_done(Some(fault)),
                Step::CatchDestroy => self.destroy_done(Some(fault)),
                Step::CatchConstruct => self.later(Tick::Constructed(Some(fault))),
                _ => continue,
            }
            return self.run();
        }
    }

    /// Goes on to the next thing that can be seen.
    pub(super) fn run(&mut self) {
        while self.waiting.is_none() {
            match self.stack.last() {
                None | Some(Step::User(_) | Step::Hidden) => return,
                Some(_) => {
                    if let Some(step) = self.stack.pop() {
                        self.take(step);
                    }
                }
            }
        }
    }

    /// Whether some batch has still to call back what is in this array.
    pub(super) fn is_held(&self, array: usize) -> bool {
        let batch = Callback::Batch(array);
        self.write_callback == batch
            || self.stack.iter().any(|step| match step {
                Step::SinkDoneRest { callback, .. }
                | Step::AfterWrite { callback, .. }
                | Step::AfterWriteCallbacks { callback, .. } => *callback == batch,
                Step::BatchNext { array: theirs, .. } | Step::EndsNext { array: theirs, .. } => {
                    *theirs == array
                }
                _ => false,
            })
            || self.ticks.iter().any(|queued| match queued.tick {
                Tick::AfterWrite { callback, .. } | Tick::SinkFailed(_, callback) => callback == batch,
                _ => false,
            })
    }

    /// Frees the arrays that exceptions have left behind.
    fn sweep(&mut self) {
        for array in 0..self.arrays.count() {
            if array != self.arrays.current() && !self.is_held(array) {
                self.arrays.free(array);
            }
        }
    }
}
