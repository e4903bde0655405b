//! A Node stream among user code that may do anything a [`Setting`] lets it, as a stateright `Model`: what can Node's own rules do wrong?

use super::machine::{Machine, Place};
use super::promises::{Promise, Seen};
use super::vocabulary::{Callback, Fault, Hook, Input, Made, Options, Output};
use stateright::{Model, Property};

/// The errors that user code makes.
const SINK_ERROR: Fault = Fault::Seen(1);
const DESTROY_ERROR: Fault = Fault::Seen(2);
const THROWN: Fault = Fault::Seen(3);

/// What user code may do, and how often.
// Each is an independent permission.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What the stream is made with.
    pub options: Options,
    /// Writes, each of another size: 1, 2, 3, …
    pub writes: u32,
    /// One of them may be of size 0.
    pub empty: bool,
    /// Whether there are writes without a callback too.
    pub silent: bool,
    /// Calls of `end`.
    pub ends: u8,
    /// Calls of `destroy`.
    pub destroys: u8,
    /// Calls of `cork`.
    pub corks: u8,
    /// Sink calls that may fail.
    pub failures: u8,
    /// Exceptions.
    pub throws: u8,
    /// Completions more than there were calls of the sink.
    pub extra: u8,
    /// Whether the sink calls the stream from inside its own call.
    pub from_sink: bool,
    /// Whether callbacks call the stream.
    pub from_callbacks: bool,
    /// Whether listeners call the stream.
    pub from_listeners: bool,
}

/// What user code does, or that a tick runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// `write` of the next chunk. `empty`: of size 0.
    Write {
        /// Whether it has size 0.
        empty: bool,
        /// Whether it has a callback.
        callback: bool,
    },
    /// `end`
    End,
    /// `cork`
    Cork,
    /// `uncork`
    Uncork,
    /// `destroy`, with an error or without.
    Destroy(bool),
    /// The sink calls back, with an error or without.
    Done(bool),
    /// `_construct` calls back.
    Constructed(bool),
    /// `_final` calls back.
    Finalized(bool),
    /// `_destroy` calls back.
    Destroyed,
    /// The user code that runs returns.
    Leave,
    /// The user code that runs throws.
    Throw,
    /// The next tick runs.
    Tick,
}

/// A stream and what may still be done to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    machine: Machine,
    seen: Seen,
    left: Left,
    /// Calls of `_construct`, `_final`, `_destroy` that have not called back.
    construct: bool,
    finalizing: bool,
    destroying: Option<Option<Fault>>,
    /// Some tick of this turn has run, so that the main program has to wait until all have.
    ticked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Left {
    writes: u32,
    empty: bool,
    ends: u8,
    destroys: u8,
    corks: u8,
    failures: u8,
    throws: u8,
    extra: u8,
}

impl World {
    fn new(setting: &Setting) -> Self {
        Self {
            machine: Machine::new(&Made { options: setting.options, unregistered: false, late: None }),
            seen: Seen::default(),
            left: Left {
                writes: setting.writes,
                empty: setting.empty,
                ends: setting.ends,
                destroys: setting.destroys,
                corks: setting.corks,
                failures: setting.failures,
                throws: setting.throws,
                extra: setting.extra,
            },
            construct: false,
            finalizing: false,
            destroying: None,
            ticked: false,
        }
    }

    /// Whether this promise is broken.
    #[must_use]
    pub fn has_broken(&self, promise: Promise) -> bool {
        self.seen.has_broken(promise)
    }

    /// The number of the next chunk, which is its size too.
    #[must_use]
    pub fn next_chunk(&self) -> u32 {
        self.seen.next_number()
    }

    /// Where the stream stands. Never [`Place::Must`].
    #[must_use]
    pub fn place(&self) -> Place {
        self.machine.place()
    }

    /// Does it, and everything of the stream's own that follows. What could be seen goes to `see`.
    pub fn act(&mut self, action: Action, see: &mut dyn FnMut(Output)) {
        match action {
            Action::Write { empty, callback } => {
                let number = self.seen.next_number();
                let len = if empty { 0 } else { u64::from(number) };
                self.left.writes -= 1;
                self.left.empty &= !empty;
                if !self.seen.ended && !self.seen.over {
                    self.seen.accepted(len, callback);
                }
                let callback = if callback { Callback::User(number) } else { Callback::Nop };
                self.machine.enter(Input::Write(Ok(len), callback));
            }
            Action::End => {
                self.left.ends -= 1;
                self.seen.ended = true;
                self.machine.enter(Input::End(None, None));
            }
            Action::Cork => {
                self.left.corks -= 1;
                self.machine.enter(Input::Cork);
            }
            Action::Uncork => self.machine.enter(Input::Uncork(None)),
            Action::Destroy(failed) => {
                self.left.destroys -= 1;
                self.seen.over = true;
                self.machine.enter(Input::Destroy(failed.then_some(DESTROY_ERROR)));
            }
            Action::Done(failed) => {
                if self.seen.in_sink.is_empty() {
                    self.left.extra -= 1;
                }
                self.left.failures -= u8::from(failed);
                self.seen.sink_called_back(failed);
                self.machine.enter(Input::SinkDone(failed.then_some(SINK_ERROR)));
            }
            Action::Constructed(failed) => {
                self.construct = false;
                self.left.failures -= u8::from(failed);
                self.machine.enter(Input::ConstructDone(failed.then_some(SINK_ERROR)));
            }
            Action::Finalized(failed) => {
                self.finalizing = false;
                self.left.failures -= u8::from(failed);
                self.machine.enter(Input::FinalDone(failed.then_some(SINK_ERROR)));
            }
            Action::Destroyed => {
                let fault = self.destroying.take().flatten();
                self.machine.enter(Input::DestroyDone(fault));
            }
            Action::Leave => self.machine.leave(None),
            Action::Throw => {
                self.left.throws -= 1;
                self.machine.leave(Some(THROWN));
            }
            Action::Tick => {
                self.ticked = true;
                self.machine.tick();
            }
        }
        self.settle(see);
    }

    /// Lets the stream go on to where user code has a choice again.
    fn settle(&mut self, see: &mut dyn FnMut(Output)) {
        while let Place::Must(output) = self.machine.place() {
            let sizes: Vec<u64> = match output {
                Output::Call(Hook::Write(len)) => vec![len],
                Output::Call(Hook::Writev(array)) => self.machine.sizes(array).collect(),
                _ => Vec::new(),
            };
            self.seen.sees(output, &sizes);
            match output {
                Output::Call(Hook::Construct) => self.construct = true,
                Output::Call(Hook::Final) => self.finalizing = true,
                Output::Call(Hook::Destroy(fault)) => {
                    self.destroying = Some(fault);
                    self.seen.over = true;
                }
                _ => {}
            }
            see(output);
            self.machine.agree();
        }
        if self.machine.rests() {
            self.ticked = false;
            let held =
                self.machine.is_corked() || self.construct || self.finalizing || self.destroying.is_some();
            if self.seen.in_sink.is_empty() && !held {
                self.seen.rests();
            }
        }
    }

    /// Whether user code may call the stream where it stands.
    fn may_call(&self, setting: &Setting) -> bool {
        match self.machine.place() {
            Place::Idle => !self.ticked,
            Place::User(hook) => match hook {
                Hook::Write(_) | Hook::Writev(_) => setting.from_sink,
                Hook::WriteCallback(..) | Hook::EndCallback(..) => setting.from_callbacks,
                Hook::Construct | Hook::Final | Hook::Destroy(_) => false,
                _ => setting.from_listeners,
            },
            Place::Hidden | Place::Must(_) => false,
        }
    }
}

/// The search of one setting.
#[derive(Clone, Copy, Debug)]
pub struct Search(pub Setting);

impl Search {
    fn calls(&self, world: &World, actions: &mut Vec<Action>) {
        let left = &world.left;
        let may_fail = left.failures > 0;
        if left.writes > 0 {
            for callback in [true, false] {
                if callback || self.0.silent {
                    actions.push(Action::Write { empty: false, callback });
                    if left.empty {
                        actions.push(Action::Write { empty: true, callback });
                    }
                }
            }
        }
        if left.ends > 0 {
            actions.push(Action::End);
        }
        if left.corks > 0 {
            actions.push(Action::Cork);
        }
        if world.machine.is_corked() {
            actions.push(Action::Uncork);
        }
        if left.destroys > 0 {
            actions.push(Action::Destroy(false));
            if may_fail {
                actions.push(Action::Destroy(true));
            }
        }
        Self::completions(world, actions);
    }

    /// The callbacks that user code owes.
    fn completions(world: &World, actions: &mut Vec<Action>) {
        let mut both = |make: fn(bool) -> Action| {
            actions.push(make(false));
            if world.left.failures > 0 {
                actions.push(make(true));
            }
        };
        if !world.seen.in_sink.is_empty() || world.left.extra > 0 {
            both(Action::Done);
        }
        if world.construct {
            both(Action::Constructed);
        }
        if world.finalizing {
            both(Action::Finalized);
        }
        if world.destroying.is_some() {
            actions.push(Action::Destroyed);
        }
    }
}

impl Model for Search {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(&self.0)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.may_call(&self.0) {
            self.calls(world, actions);
        } else if let Place::User(_) = world.place() {
            // A sink may always call back from inside its own call, and so may the others.
            Self::completions(world, actions);
        }
        match world.place() {
            Place::User(_) => {
                actions.push(Action::Leave);
                if world.left.throws > 0 {
                    actions.push(Action::Throw);
                }
            }
            Place::Idle if !world.machine.rests() => actions.push(Action::Tick),
            _ => {}
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        next.act(action, &mut |_| {});
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        fn kept<const P: usize>(_: &Search, world: &World) -> bool {
            !world.has_broken(Promise::ALL[P])
        }
        macro_rules! all {
            ($($p:literal)+) => {
                vec![$(Property::always(Promise::ALL[$p].name(), kept::<$p>)),+]
            };
        }
        all!(0 1 2 3 4 5 6 7 8 9)
    }
}
