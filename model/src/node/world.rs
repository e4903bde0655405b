//! A Node stream among user code that may do anything a [`Setting`] lets it: what can Node's own rules do wrong?

use super::action::{Action, Again};
use super::machine::{Machine, Place};
use super::promises::{Promise, Promises};
use super::seen::Seen;
use super::setting::Setting;
use super::vocabulary::{Callback, Fault, Hook, Input, Made, Name, Options, Output};

/// The errors that user code makes.
const SINK_ERROR: Fault = Fault::Seen(1);
const DESTROY_ERROR: Fault = Fault::Seen(2);
const THROWN: Fault = Fault::Seen(3);

/// In object mode a chunk counts 1 whatever it is. So that it can still be told which is which, chunk N is made to count this much and N.
pub(super) const OBJECT: u64 = 1_000;

/// The search of one setting: a stateright `Model`, in `adversary.rs`.
#[derive(Clone, Copy, Debug)]
pub struct Search(pub Setting);

/// A hook that calls back once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Duty {
    /// It was called and has not called back.
    pub(super) open: bool,
    /// It has called back.
    pub(super) done: bool,
}

impl Duty {
    fn calls_back(&mut self) {
        *self = Self { open: false, done: true };
    }
}

/// A stream and what may still be done to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub(super) machine: Machine,
    pub(super) seen: Seen,
    pub(super) left: Left,
    pub(super) construct: Duty,
    pub(super) finalizing: Duty,
    pub(super) destroying: Duty,
    /// What `_destroy` was called with.
    destroyed_for: Option<Fault>,
    mute_destroy: bool,
    end_callbacks: bool,
    /// The polite producers whose `write` has not returned.
    writers: Vec<u8>,
    /// The calls that have not returned: whether user code made them.
    calls: Vec<bool>,
    /// How many of the open calls of the sink were made since this turn, or this tick, began.
    young: usize,
    /// Some tick of this turn has run, so that the main program has to wait until all have.
    pub(super) ticked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Left {
    pub(super) writes: u32,
    pub(super) empty: bool,
    pub(super) ends: u8,
    pub(super) destroys: u8,
    pub(super) corks: u8,
    pub(super) failures: u8,
    pub(super) throws: u8,
    pub(super) again: u8,
}

impl World {
    pub(super) fn new(setting: &Setting) -> Self {
        let mut options = setting.options;
        if options.object_mode {
            options.high_water_mark *= OBJECT;
        }
        let mut machine = Machine::new(&Made { options, unregistered: false, late: None });
        if let Some(wrong) = setting.wrong {
            machine = machine.with(wrong);
        }
        Self {
            machine,
            seen: Seen::default(),
            left: Left {
                writes: setting.writes,
                empty: setting.empty,
                ends: setting.ends,
                destroys: setting.destroys,
                corks: setting.corks,
                failures: setting.failures,
                throws: setting.throws,
                again: setting.again,
            },
            construct: Duty::default(),
            finalizing: Duty::default(),
            destroying: Duty::default(),
            destroyed_for: None,
            mute_destroy: setting.mute_destroy,
            end_callbacks: setting.end_callbacks,
            writers: Vec::new(),
            calls: Vec::new(),
            young: 0,
            ticked: false,
        }
    }

    /// The promises that are broken.
    #[must_use]
    pub fn broken(&self) -> Promises {
        self.seen.broken()
    }

    /// Whether this promise is broken.
    #[must_use]
    pub fn has_broken(&self, promise: Promise) -> bool {
        self.seen.broken().has(promise)
    }

    /// The promises that the last step put to the test.
    #[must_use]
    pub fn tested(&self) -> Promises {
        self.seen.tested()
    }

    /// The number of the next chunk, which is its size too.
    #[must_use]
    pub fn next_chunk(&self) -> u32 {
        self.seen.next_number()
    }

    /// Whether this polite producer waits for a drain.
    #[must_use]
    pub fn waits(&self, producer: u8) -> bool {
        self.seen.waits(producer)
    }

    /// `writableLength`
    #[must_use]
    pub fn length(&self) -> i64 {
        let one = if self.options().object_mode { i64::try_from(OBJECT).unwrap_or(1) } else { 1 };
        self.machine.length() / one
    }

    /// Where the stream stands. Never [`Place::Must`].
    #[must_use]
    pub fn place(&self) -> Place {
        self.machine.place()
    }

    fn options(&self) -> &Options {
        self.machine.options()
    }

    /// Does it, and everything of the stream's own that follows. What could be seen goes to `see`: no call that the stream makes of itself, nor
    /// its return.
    pub fn act(&mut self, action: Action, see: &mut dyn FnMut(Output)) {
        self.act_with_sizes(action, &mut |output, _| see(output));
    }

    /// The same, with the sizes of the chunks that the sink gets.
    pub(super) fn act_with_sizes(&mut self, action: Action, see: &mut dyn FnMut(Output, &[u64])) {
        self.seen.begin();
        self.machine.forget_turns();
        match action {
            Action::Leave => self.machine.leave(None),
            Action::Throw => {
                self.left.throws -= 1;
                self.machine.leave(Some(THROWN));
            }
            Action::Tick => {
                self.ticked = true;
                self.young = 0;
                self.machine.tick();
            }
            call => {
                self.calls.push(true);
                let input = self.input(call);
                self.machine.enter(input);
            }
        }
        self.settle(see);
    }

    /// What the stream is called with.
    fn input(&mut self, action: Action) -> Input {
        let fault = |failed: bool| failed.then_some(SINK_ERROR);
        match action {
            Action::Write { empty, callback, by } => {
                let number = self.seen.next_number();
                let one = if self.options().object_mode { OBJECT } else { 0 };
                let len = if empty { 0 } else { one + u64::from(number) };
                self.left.writes -= 1;
                self.left.empty &= !empty;
                self.writers.push(by);
                self.seen.write_called(len, callback);
                let callback = if callback { Callback::User(number) } else { Callback::Nop };
                return Input::Write(Ok(len), callback);
            }
            Action::End => {
                self.left.ends -= 1;
                return Input::End(None, self.seen.end_called(self.end_callbacks));
            }
            Action::Cork => self.left.corks -= 1,
            Action::Destroy(_) => {
                self.left.destroys -= 1;
                self.seen.destroy_called();
            }
            Action::Done(failed) => {
                self.left.failures -= u8::from(failed);
                self.seen.sink_called_back(failed);
                self.young = self.young.min(self.seen.in_sink.len());
                return Input::SinkDone(fault(failed));
            }
            Action::Constructed(failed) => {
                self.construct.calls_back();
                self.left.failures -= u8::from(failed);
                self.seen.hook_called_back(failed);
                return Input::ConstructDone(fault(failed));
            }
            Action::Finalized(failed) => {
                self.finalizing.calls_back();
                self.left.failures -= u8::from(failed);
                self.seen.hook_called_back(failed);
                return Input::FinalDone(fault(failed));
            }
            Action::Destroyed => self.destroying.calls_back(),
            Action::Again(who) => {
                self.left.again -= 1;
                if who == Again::Sink {
                    self.seen.sink_called_back_again();
                }
            }
            Action::Uncork | Action::Leave | Action::Throw | Action::Tick => {}
        }
        match action {
            Action::Cork => Input::Cork,
            Action::Destroy(failed) => Input::Destroy(failed.then_some(DESTROY_ERROR)),
            Action::Destroyed => Input::DestroyDone(self.destroyed_for),
            Action::Again(Again::Sink) => Input::SinkDone(None),
            Action::Again(Again::Construct) => Input::ConstructDone(None),
            Action::Again(Again::Final) => Input::FinalDone(None),
            Action::Again(Again::Destroy) => Input::DestroyDone(None),
            _ => Input::Uncork(None),
        }
    }

    /// Lets the stream go on to where user code has a choice again.
    fn settle(&mut self, see: &mut dyn FnMut(Output, &[u64])) {
        while let Place::Must(output) = self.machine.place() {
            let mut own = false;
            let mut writer = None;
            let sizes: Vec<u64> = match output {
                Output::Call(Hook::Write(len)) => vec![len],
                Output::Call(Hook::Writev(array)) => self.machine.sizes(array).collect(),
                _ => Vec::new(),
            };
            match output {
                Output::Call(Hook::Construct) => self.construct.open = true,
                Output::Call(Hook::Final) => self.finalizing.open = true,
                Output::Call(Hook::Destroy(fault)) => {
                    self.destroying.open = true;
                    self.destroyed_for = fault;
                }
                Output::Call(Hook::Write(_) | Hook::Writev(_)) => self.young += 1,
                Output::Call(_) => {}
                Output::SelfCall(_) => {
                    self.calls.push(false);
                    own = true;
                }
                Output::Return(name, _) => {
                    own = !self.calls.pop().unwrap_or(false);
                    if name == Name::Write {
                        writer = self.writers.pop().filter(|by| *by > 0);
                    }
                }
            }
            self.seen.sees(output, &sizes, writer);
            if !own {
                see(output, &sizes);
            }
            self.machine.agree();
        }
        if self.machine.rests() {
            self.ticked = false;
            self.young = 0;
            if !self.is_held() {
                let options = *self.options();
                self.seen.rests(&options, self.machine.length());
            }
        }
    }

    /// Whether user code has still to do something that the stream waits for.
    fn is_held(&self) -> bool {
        !self.seen.in_sink.is_empty()
            || (self.machine.is_corked() && !self.seen.is_gone())
            || self.construct.open
            || self.finalizing.open
            || (self.destroying.open && !self.mute_destroy)
    }

    /// Whether the sink may call back now: inside of its call, or in another turn.
    pub(super) fn may_complete(&self, setting: &Setting) -> bool {
        let open = self.seen.in_sink.len();
        if self.machine.is_inside_sink() {
            return open > 0 && !setting.never_at_once;
        }
        open > 0 && (setting.same_turn || self.young < open)
    }

    /// Notes from where the stream is called.
    pub(super) fn note_where(&self, needed: &mut Setting) {
        let Place::User(hook) = self.machine.place() else {
            return;
        };
        *permission(hook, needed) = true;
    }

    /// Whether user code may call the stream where it stands.
    pub(super) fn may_call(&self, setting: &Setting) -> bool {
        match self.machine.place() {
            Place::Idle => !self.ticked,
            Place::User(hook) => *permission(hook, &mut { *setting }),
            Place::Hidden | Place::Must(_) => false,
        }
    }
}

/// What allows calls from inside this.
fn permission(hook: Hook, setting: &mut Setting) -> &mut bool {
    match hook {
        Hook::Write(_) | Hook::Writev(_) => &mut setting.from_sink,
        Hook::WriteCallback(..) | Hook::EndCallback(..) => &mut setting.from_callbacks,
        Hook::Construct | Hook::Final | Hook::Destroy(_) => &mut setting.from_hooks,
        Hook::Drain | Hook::Prefinish | Hook::Finish | Hook::Error(_) | Hook::Close => {
            &mut setting.from_listeners
        }
    }
}
