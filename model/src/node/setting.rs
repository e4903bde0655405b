//! What user code may do to a stream in one search, and how often.

use super::action::Action;
use super::rules::Wrong;
use super::vocabulary::{Options, Version};
use super::world::{Search, World};
use stateright::Model as _;

/// What user code may do, and how often.
// Each is an independent permission.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What the stream is made with. In object mode the mark counts objects, as Node's does.
    pub options: Options,
    /// The same rules with one thing wrong, to see whether the search would find it.
    pub wrong: Option<Wrong>,
    /// Writes, each of another size: 1, 2, 3, …
    pub writes: u32,
    /// One of them may be of size 0.
    pub empty: bool,
    /// Whether there are writes without a callback too.
    pub silent: bool,
    /// Whether somebody writes after `end`.
    pub late: bool,
    /// Who writes: 0 for somebody who does not care about answers, or so many producers who each wait for `drain` after they were told false.
    pub producers: u8,
    /// Calls of `end`.
    pub ends: u8,
    /// Whether each `end` has a callback.
    pub end_callbacks: bool,
    /// Calls of `destroy`.
    pub destroys: u8,
    /// Calls of `cork`.
    pub corks: u8,
    /// Sink calls that may fail, or calls of `_construct` or `_final`; and one `destroy` may have an error as long as some are left.
    pub failures: u8,
    /// Exceptions.
    pub throws: u8,
    /// How often the sink may call back for a call for which it already has, or `_construct`, `_final` or `_destroy` may.
    pub again: u8,
    /// Whether the sink may call back after its call has returned and still in the same turn, which Node's documentation forbids.
    pub same_turn: bool,
    /// `_destroy` never calls back, and that is no excuse.
    pub mute_destroy: bool,
    /// Whether the sink never calls back from inside its own call.
    pub never_at_once: bool,
    /// Whether the sink calls the stream from inside its own call.
    pub from_sink: bool,
    /// Whether callbacks call the stream.
    pub from_callbacks: bool,
    /// Whether listeners call the stream.
    pub from_listeners: bool,
    /// Whether `_construct`, `_final` and `_destroy` call the stream.
    pub from_hooks: bool,
}

impl Setting {
    /// Whether this lets user code do no more than `other` does, with options that are no further from the plain ones. How many
    /// writes there are does not count, nor whether they have callbacks.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let (a, b) = (self, other);
        are_within(&a.options, &b.options)
            && a.wrong == b.wrong
            && a.empty <= b.empty
            && a.late <= b.late
            && a.producers <= b.producers
            && a.ends <= b.ends
            && a.end_callbacks <= b.end_callbacks
            && a.destroys <= b.destroys
            && a.corks <= b.corks
            && a.failures <= b.failures
            && a.throws <= b.throws
            && a.again <= b.again
            && a.same_turn <= b.same_turn
            && a.never_at_once >= b.never_at_once
            && a.mute_destroy <= b.mute_destroy
            && a.from_sink <= b.from_sink
            && a.from_callbacks <= b.from_callbacks
            && a.from_listeners <= b.from_listeners
            && a.from_hooks <= b.from_hooks
    }

    /// What is out of the ordinary, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let options = &self.options;
        let counted = |count: u8, what: &str| (count > 0, what.to_owned());
        let words = [
            (options.high_water_mark != 2, format!("`highWaterMark: {}`", options.high_water_mark)),
            (options.object_mode, "`objectMode: true`".to_owned()),
            (options.duplex, "a `Duplex`".to_owned()),
            (options.has_writev, "a `_writev`".to_owned()),
            (options.has_final, "a `_final`".to_owned()),
            (options.has_construct, "a `_construct`".to_owned()),
            (!options.auto_destroy, "`autoDestroy: false`".to_owned()),
            (!options.emit_close, "`emitClose: false`".to_owned()),
            (self.producers > 1, "two polite producers".to_owned()),
            (self.empty, "an empty chunk".to_owned()),
            counted(self.corks, "`cork`"),
            counted(self.destroys, "`destroy`"),
            counted(self.failures, "a failure"),
            (self.never_at_once, "a sink that never calls back at once".to_owned()),
            (self.from_sink, "calls from inside the sink".to_owned()),
            (self.from_callbacks, "calls from callbacks".to_owned()),
            (self.from_listeners, "calls from listeners".to_owned()),
            (self.from_hooks, "calls from `_construct`, `_final` or `_destroy`".to_owned()),
            (self.late, "a write after `end`".to_owned()),
            counted(self.throws, "an exception"),
            counted(self.again, "a callback called twice"),
            (self.same_turn, "a sink that calls back later in the same turn".to_owned()),
            (self.mute_destroy, "a `_destroy` that never calls back".to_owned()),
        ];
        let words: Vec<String> = words.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
        if words.is_empty() { "nothing out of the ordinary".to_owned() } else { words.join(", ") }
    }

    /// How much is out of the ordinary: misuse weighs more than what the documentation allows, and that more than one write.
    #[must_use]
    pub fn weight(&self) -> u32 {
        let options = &self.options;
        let misuse = [self.late, self.mute_destroy, self.same_turn].map(u32::from).iter().sum::<u32>()
            + u32::from(self.again)
            + u32::from(self.throws);
        let unusual = [
            self.from_sink,
            self.from_callbacks,
            self.from_listeners,
            self.from_hooks,
            self.empty,
            self.silent,
            self.end_callbacks,
            options.object_mode,
            options.duplex,
            options.has_writev,
            options.has_final,
            options.has_construct,
            !options.auto_destroy,
            !options.emit_close,
            options.high_water_mark != 2,
        ];
        let counts = u32::from(self.destroys) + u32::from(self.corks) + u32::from(self.failures);
        let unusual = unusual.map(u32::from).iter().sum::<u32>() + counts + u32::from(self.producers);
        1_000 * misuse + 20 * unusual + self.writes + u32::from(self.ends)
    }

    /// The smallest setting that allows this run: what of the permissions it needs.
    #[must_use]
    pub fn needed_by(&self, run: &[Action]) -> Self {
        let mut needed = Self {
            writes: 0,
            empty: false,
            silent: false,
            late: false,
            producers: self.producers.min(1),
            ends: 0,
            end_callbacks: false,
            destroys: 0,
            corks: 0,
            failures: 0,
            throws: 0,
            again: 0,
            from_sink: false,
            from_callbacks: false,
            from_listeners: false,
            from_hooks: false,
            ..*self
        };
        let mut worlds = Search(*self).init_states();
        let Some(world) = worlds.first_mut() else {
            return needed;
        };
        for action in run {
            needed.takes(*action, world, self);
            world.act(*action, &mut |_| {});
        }
        needed
    }

    fn takes(&mut self, action: Action, world: &World, allowed: &Self) {
        let mut failed = false;
        match action {
            Action::Write { empty, callback, by } => {
                self.writes += 1;
                self.empty |= empty;
                self.silent |= !callback;
                self.late |= world.seen.ended;
                self.producers = self.producers.max(by);
            }
            Action::End => {
                self.ends += 1;
                self.end_callbacks |= allowed.end_callbacks;
            }
            Action::Cork => self.corks += 1,
            Action::Destroy(with) => {
                self.destroys += 1;
                failed = with;
            }
            Action::Done(with) | Action::Constructed(with) | Action::Finalized(with) => failed = with,
            Action::Again(_) => self.again += 1,
            Action::Throw => self.throws += 1,
            Action::Uncork | Action::Destroyed | Action::Leave | Action::Tick => {}
        }
        self.failures += u8::from(failed);
        let completes = matches!(
            action,
            Action::Done(_)
                | Action::Constructed(_)
                | Action::Finalized(_)
                | Action::Destroyed
                | Action::Again(_)
        );
        if !completes && !matches!(action, Action::Leave | Action::Throw) {
            world.note_where(self);
        }
    }
}

/// Whether each of `a` is as in `b`, or plain.
fn are_within(a: &Options, b: &Options) -> bool {
    let within = |a: bool, b: bool, plain: bool| a == b || a == plain;
    (a.version == Version::V18) == (b.version == Version::V18)
        && (a.high_water_mark == b.high_water_mark || a.high_water_mark == 2)
        && within(a.object_mode, b.object_mode, false)
        && within(a.emit_close, b.emit_close, true)
        && within(a.auto_destroy, b.auto_destroy, true)
        && within(a.has_writev, b.has_writev, false)
        && within(a.has_final, b.has_final, false)
        && within(a.has_construct, b.has_construct, false)
        && within(a.duplex, b.duplex, false)
}
