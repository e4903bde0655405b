//! The state of one stream. Each field is Node's own, by another name at most.

use super::arrays::Arrays;
use super::rules::Wrong;
use super::steps::Step;
use super::ticks::{Queued, Tick};
use super::vocabulary::{Callback, Code, Fault, Hook, Made, Options, Output, Version};
use std::collections::VecDeque;

/// Whether `_destroy` waits for construction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Later {
    #[default]
    Not,
    For(Option<Fault>),
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
    /// The constructor has still to ask for `_construct`.
    pub(super) unregistered: bool,
    pub(super) construct_called_back: bool,
    pub(super) final_called_back: bool,
    /// Calls of `_destroy` that have not called back: more than one only after `_undestroy`.
    pub(super) destroys_open: u32,
    /// Destroyed before it was constructed: what for.
    pub(super) destroy_later: Later,
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
            constructed: !made.options.has_construct || made.unregistered,
            unregistered: made.unregistered,
            construct_called_back: false,
            final_called_back: false,
            destroys_open: 0,
            destroy_later: Later::Not,
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
        if made.options.has_construct && !made.unregistered {
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

    /// `writableLength`
    #[must_use]
    pub fn length(&self) -> i64 {
        self.len
    }

    /// The sizes of the chunks of a [`Hook::Writev`].
    pub fn sizes(&self, array: usize) -> impl Iterator<Item = u64> + '_ {
        self.arrays.sizes(array)
    }
}
