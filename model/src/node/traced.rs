//! What only a trace can tell a machine: turns, the numbers of errors, and what others did to the stream.

use super::machine::{Later, Machine, Place};
use super::steps::Step;
use super::ticks::{Queued, Tick};
use super::vocabulary::{Fault, Hook};

impl Machine {
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

    /// Somebody else emits one of the stream's events: user code, or a class that does it itself, as sockets do with `close`.
    pub(super) fn emitted_from_outside(&mut self, hook: Hook) {
        self.push(Step::User(hook));
    }

    /// Somebody else has found the stream to have failed.
    pub(super) fn errored_from_outside(&mut self, fault: Fault) {
        self.errored = self.errored.or(Some(fault));
    }

    /// What is known of the readable side when `finish` has been emitted: whether it lets the stream destroy itself.
    pub fn readable_is_done(&mut self, done: bool) {
        self.readable_done = done;
    }

    /// The turn of the process in which what happens next happens.
    pub fn set_turn(&mut self, turn: u32) {
        self.turn = (turn, turn);
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
        if let Later::For(Some(fault)) = &mut self.destroy_later {
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

    pub(super) fn front(&self) -> Option<&Queued> {
        self.ticks.front()
    }
}
