//! The state of one stream, the stack of what it has still to do in this turn, and how both move.

use super::arrays::Arrays;
use super::rules::Wrong;
use super::ticks::{Queued, Tick};
use super::vocabulary::{
    Callback, Code, Fault, Hook, Input, Made, Name, Options, Output, Returned, SelfCall, Version,
};
use std::collections::VecDeque;

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

/// Where the stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// No code of the stream runs.
    Idle,
    /// User code that it called runs.
    User(Hook),
    /// User code may run that cannot be seen.
    Hidden,
    /// Its own code runs, and this comes next.
    Must(Output),
}

/// One stream.
// The switches are Node's own, and all of them can be combined.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Machine {
    pub(super) options: Options,
    pub(super) wrong: Option<Wrong>,
    pub(super) len: i64,
    pub(super) corked: u32,
    pub(super) write_len: i64,
    pub(super) write_callback: Callback,
    pub(super) pending: i32,
    pub(super) arrays: Arrays,
    pub(super) ends: Vec<u32>,
    pub(super) errored: Option<Fault>,
    pub(super) constructed: bool,
    pub(super) construct_called_back: bool,
    pub(super) final_called_back: bool,
    pub(super) destroy_called_back: bool,
    pub(super) destroy_later: Option<Option<Fault>>,
    pub(super) sync: bool,
    pub(super) writing: bool,
    pub(super) expects: bool,
    pub(super) flushing: bool,
    pub(super) after_write_pending: bool,
    pub(super) need_drain: bool,
    pub(super) ending: bool,
    pub(super) final_called: bool,
    pub(super) prefinished: bool,
    pub(super) finished: bool,
    pub(super) destroyed: bool,
    pub(super) closed: bool,
    pub(super) close_emitted: bool,
    pub(super) error_emitted: bool,
    pub(super) readable_done: bool,
    /// What the last `write` answers.
    pub(super) answer: bool,
    pub(super) stack: Vec<Step>,
    pub(super) ticks: VecDeque<Queued>,
    /// Where in `ticks` later completions with the same callback may join.
    pub(super) shared: Option<usize>,
    /// The turn of the process, as far as it is known: no earlier and no later than these.
    pub(super) turn: (u32, u32),
    pub(super) fresh: u32,
    pub(super) waiting: Option<Output>,
}

impl Machine {
    /// A stream as it is first seen.
    #[must_use]
    pub fn new(made: &Made) -> Self {
        let late = made.late.unwrap_or_default();
        let off = made.options.switched_off;
        let mut machine = Self {
            options: made.options,
            wrong: None,
            len: late.len,
            corked: late.corked,
            write_len: 0,
            write_callback: Callback::Nop,
            pending: 0,
            arrays: Arrays::new(),
            ends: Vec::new(),
            errored: None,
            constructed: !made.options.has_construct,
            construct_called_back: false,
            final_called_back: false,
            destroy_called_back: false,
            destroy_later: None,
            sync: true,
            writing: false,
            expects: false,
            flushing: false,
            after_write_pending: false,
            need_drain: late.need_drain,
            ending: late.ending || off,
            final_called: false,
            prefinished: late.finished,
            finished: late.finished || off,
            destroyed: late.destroyed,
            closed: late.closed,
            close_emitted: late.closed,
            error_emitted: false,
            readable_done: !made.options.duplex,
            answer: true,
            stack: Vec::new(),
            ticks: VecDeque::new(),
            shared: None,
            turn: (0, 0),
            fresh: 0,
            waiting: None,
        };
        if made.options.has_construct {
            machine.later(Tick::Construct);
        }
        machine
    }

    /// The same rules with one thing wrong.
    #[must_use]
    pub fn with(mut self, wrong: Wrong) -> Self {
        self.wrong = Some(wrong);
        self
    }

    pub(super) fn is(&self, wrong: Wrong) -> bool {
        self.wrong == Some(wrong)
    }

    pub(super) fn v18(&self) -> bool {
        self.options.version == Version::V18
    }

    pub(super) fn push(&mut self, step: Step) {
        self.stack.push(step);
    }

    /// An error that the stream makes and that it will show more than once.
    pub(super) fn made(&mut self, code: Code) -> Fault {
        self.fresh += 1;
        Fault::Fresh(code, self.fresh)
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        match (self.waiting, self.stack.last()) {
            (Some(output), _) => Place::Must(output),
            (None, Some(Step::User(hook))) => Place::User(*hook),
            (None, Some(_)) => Place::Hidden,
            (None, None) => Place::Idle,
        }
    }

    /// User code makes this call, in this turn. Only where [`place`](Self::place) is not [`Place::Must`].
    pub fn enter(&mut self, input: Input) {
        self.push(Step::Return { name: input.name(), own: false });
        self.begin(input);
        self.run();
    }

    /// What [`Place::Must`] says comes next has come.
    pub fn agree(&mut self) {
        match self.waiting.take() {
            None => {}
            Some(Output::Call(hook)) => self.push(Step::User(hook)),
            Some(Output::SelfCall(call)) => {
                let input = match call {
                    SelfCall::Destroy(fault) => Input::Destroy(fault),
                    SelfCall::Uncork => Input::Uncork,
                };
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

    /// Somebody else reports an error on a stream that does not destroy itself: its readable side, or a `pipe` from it.
    /// False if it would not be emitted.
    pub(super) fn error_from_outside(&mut self, fault: Fault) -> bool {
        if self.options.auto_destroy || self.destroyed || self.error_emitted {
            return false;
        }
        self.errored = self.errored.or(Some(fault));
        self.error_emitted = true;
        self.push(Step::User(Hook::Error(fault)));
        true
    }

    /// Runs ticks until there are none or something can be seen.
    pub(super) fn run_ticks(&mut self) {
        while self.place() == Place::Idle && !self.ticks.is_empty() {
            self.tick();
        }
    }

    /// Whether it is closed and has nothing more to do.
    pub(super) fn is_over(&self) -> bool {
        self.close_emitted && self.stack.is_empty() && self.ticks.is_empty() && !self.writing
    }

    /// Whether no code runs and nothing is put off.
    pub(super) fn rests(&self) -> bool {
        self.stack.is_empty() && self.waiting.is_none() && self.ticks.is_empty()
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// Whether a call of the sink has not returned.
    pub(super) fn is_inside_sink(&self) -> bool {
        self.stack.iter().any(|step| matches!(step, Step::User(Hook::Write(_) | Hook::Writev(_))))
    }

    /// Makes nothing of when each tick was queued, which only a trace can tell.
    pub(super) fn forget_turns(&mut self) {
        self.turn = (0, 0);
        for queued in &mut self.ticks {
            queued.turn = (0, 0);
        }
    }

    pub(super) fn is_corked(&self) -> bool {
        self.corked > 0
    }

    pub(super) fn front(&self) -> Option<&Queued> {
        self.ticks.front()
    }

    /// What is known of the readable side when `finish` has been emitted: whether it lets the stream destroy itself.
    pub fn readable_is_done(&mut self, done: bool) {
        self.readable_done = done;
    }

    /// The turn of the process in which what happens next happens.
    pub fn set_turn(&mut self, turn: u32) {
        self.turn = (turn, turn);
    }

    /// `writableLength`
    #[must_use]
    pub fn length(&self) -> i64 {
        self.len
    }

    /// The sizes of the chunks of a [`Hook::Writev`].
    pub fn sizes(&self, array: usize) -> impl Iterator<Item = u64> + '_ {
        self.arrays.sizes(array)
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

    /// A number was given to an error of the stream's own making.
    pub(super) fn replace(&mut self, from: Fault, to: Fault) {
        let swap = |fault: &mut Fault| {
            if *fault == from {
                *fault = to;
            }
        };
        if let Some(fault) = &mut self.errored {
            swap(fault);
        }
        for queued in &mut self.ticks {
            match &mut queued.tick {
                Tick::Refused(_, fault)
                | Tick::EndCallback(_, Some(fault))
                | Tick::SinkFailed(fault, _)
                | Tick::ErrorClose(fault)
                | Tick::Error(fault)
                | Tick::Constructed(Some(fault)) => swap(fault),
                _ => {}
            }
        }
        if let Some(Some(fault)) = &mut self.destroy_later {
            swap(fault);
        }
        for step in &mut self.stack {
            match step {
                Step::Rethrow(fault)
                | Step::BatchNext { fault: Some(fault), .. }
                | Step::SinkFailedRest(fault)
                | Step::EndMain { fault: Some(fault), .. }
                | Step::EndRest { fault: Some(fault), .. }
                | Step::EndsNext { fault: Some(fault), .. }
                | Step::Fail { fault, .. }
                | Step::EmitError(fault) => swap(fault),
                _ => {}
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
