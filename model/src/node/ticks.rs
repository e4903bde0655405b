//! What a stream has put off with `process.nextTick`, first in, first out.

use super::machine::Machine;
use super::rules::Wrong;
use super::steps::Step;
use super::vocabulary::{Callback, Fault, Hook};

/// One thing put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Tick {
    /// Tell the callback of a `write` that was refused.
    Refused(Callback, Fault),
    /// Tell the callback of an `end` that came too late to wait.
    EndCallback(u32, Option<Fault>),
    /// What follows `count` writes that succeeded while the sink's call was still running. `shared`: later ones with the same callback may join.
    AfterWrite { count: u32, callback: Callback, shared: bool },
    /// What follows a write that failed while the sink's call was still running.
    SinkFailed(Fault, Callback),
    /// Fail what is queued.
    Discard,
    /// Finish, if that is still right.
    FinishCheck,
    /// Finish.
    Finish,
    /// Emit `error`, then `close`.
    ErrorClose(Fault),
    /// Emit `close`.
    Close,
    /// Emit `error`.
    Error(Fault),
    /// Call `_construct`.
    Construct,
    /// `_construct` has called back.
    Constructed(Option<Fault>),
}

/// A [`Tick`], and the turns in which it was queued at the earliest and at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Queued {
    pub(super) tick: Tick,
    pub(super) turn: (u32, u32),
}

impl Queued {
    /// Whether it may have run by now. A tick that was queued in a turn cannot run in the same. (`_construct` is called a tick after
    /// construction, which may have been long before the stream was first seen.)
    pub(super) fn may_have_run(&self, turn: u32) -> bool {
        self.tick == Tick::Construct || self.turn.0 < turn
    }

    /// Whether it must have run by now.
    pub(super) fn must_have_run(&self, turn: u32) -> bool {
        self.tick != Tick::Construct && self.turn.1 + 1 < turn
    }

    /// Whether it may have run without leaving a line.
    pub(super) fn may_be_silent(&self) -> bool {
        match self.tick {
            Tick::AfterWrite { callback, .. }
            | Tick::Refused(callback, _)
            | Tick::SinkFailed(_, callback) => callback == Callback::Nop,
            Tick::Discard
            | Tick::FinishCheck
            | Tick::Error(_)
            | Tick::ErrorClose(_)
            | Tick::Close
            | Tick::Constructed(_) => true,
            Tick::EndCallback(..) | Tick::Finish | Tick::Construct => false,
        }
    }
}

impl Machine {
    /// `process.nextTick`
    pub(super) fn later(&mut self, tick: Tick) {
        self.ticks.push_back(Queued { tick, turn: self.turn });
    }

    /// Runs what was put off longest, up to the first thing that can be seen. Only while no code runs.
    ///
    /// # Panics
    /// If some code runs.
    pub fn tick(&mut self) {
        assert!(self.stack.is_empty() && self.waiting.is_none(), "a tick in the middle of a call");
        let Some(Queued { tick, turn }) = self.ticks.pop_front() else {
            return;
        };
        // What it queues before it can be seen was queued after it, nobody knows how long.
        self.turn = (turn.0, turn.1 + 1);
        self.shared = self.shared.and_then(|at| at.checked_sub(1));
        match tick {
            Tick::Refused(callback, fault) => {
                if let Callback::User(id) = callback {
                    self.push(Step::Call(Hook::WriteCallback(id, Some(fault), 1)));
                }
            }
            Tick::EndCallback(id, fault) => self.push(Step::Call(Hook::EndCallback(id, fault, 1))),
            Tick::AfterWrite { count, callback, shared } => {
                if shared {
                    self.shared = None;
                }
                self.push(Step::AfterWrite { count, callback });
            }
            Tick::SinkFailed(fault, callback) => self.sink_failed(fault, callback),
            Tick::Discard => self.discard(),
            Tick::FinishCheck => {
                if self.may_finish() {
                    self.finish();
                } else {
                    self.pending -= 1;
                }
            }
            Tick::Finish => self.finish(),
            Tick::ErrorClose(fault) => {
                if self.is(Wrong::CloseBeforeError) {
                    self.push(Step::EmitError(fault));
                    self.push(Step::EmitClose);
                } else {
                    self.push(Step::EmitClose);
                    self.push(Step::EmitError(fault));
                }
            }
            Tick::Close => self.push(Step::EmitClose),
            Tick::Error(fault) => self.push(Step::EmitError(fault)),
            Tick::Construct => {
                self.push(Step::CatchConstruct);
                self.push(Step::Call(Hook::Construct));
            }
            Tick::Constructed(fault) => self.constructed(fault),
        }
        self.run();
    }
}
