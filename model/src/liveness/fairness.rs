//! Which steps a fair run must take.

use crate::contract::{Action, Call, Sink, SinkAnswer, System};
use crate::world::{World, WorldState};

/// A set of classes of steps. Fairness speaks of a class: that the writer offers *something*, not which prefix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classes(u16);

impl Classes {
    /// No class.
    pub const NONE: Self = Self(0);
    /// The writer offers bytes to the sink.
    pub const OFFER: Self = Self(1);
    /// The writer flushes the sink.
    pub const FLUSH_SINK: Self = Self(1 << 1);
    /// The writer emits a drain.
    pub const DRAIN: Self = Self(1 << 2);
    /// The writer closes.
    pub const CLOSE: Self = Self(1 << 3);
    /// The sink takes bytes, or its flush succeeds.
    pub const PROGRESS: Self = Self(1 << 4);
    /// Producer 0 writes, or asks to be woken.
    pub const PRODUCER_0: Self = Self(1 << 5);

    /// Those in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those in both.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What is assumed of a run.
#[derive(Clone, Copy, Debug)]
pub struct Fairness {
    /// Taken at some time if they stay possible.
    pub weak: Classes,
    /// Taken at some time if they are possible again and again.
    pub strong: Classes,
}

impl Fairness {
    /// What SPEC.md assumes: the writer does in the end what it can do all the time, and the sink makes progress.
    pub const CONTRACT: Self = Self {
        weak: Classes::OFFER.union(Classes::FLUSH_SINK).union(Classes::DRAIN).union(Classes::CLOSE),
        strong: Classes::PROGRESS,
    };

    /// More than the contract assumes: a drain that is due again and again is emitted, as by a writer that looks after every byte taken.
    pub const PROMPT_DRAIN: Self = Self {
        weak: Classes::OFFER.union(Classes::FLUSH_SINK).union(Classes::CLOSE),
        strong: Classes::PROGRESS.union(Classes::DRAIN),
    };

    /// More than the contract assumes: a drain as above, and producer 0 makes each call that it can make all the time.
    pub const EAGER_PRODUCER_0: Self =
        Self { weak: Self::PROMPT_DRAIN.weak.union(Classes::PRODUCER_0), strong: Self::PROMPT_DRAIN.strong };
}

/// The class of a step, the sink's call in progress before it being as told.
#[must_use]
pub(crate) fn class(action: Action, call: Sink) -> Classes {
    match action {
        Action::System(System::Offer(_)) => Classes::OFFER,
        Action::System(System::FlushSink) => Classes::FLUSH_SINK,
        Action::System(System::Drain) => Classes::DRAIN,
        Action::System(System::Close) => Classes::CLOSE,
        Action::Sink(SinkAnswer::Flushed) => Classes::PROGRESS,
        Action::Sink(SinkAnswer::Took(len)) => match call {
            Sink::Writing(offered) if (1..=offered).contains(&len) => Classes::PROGRESS,
            _ => Classes::NONE,
        },
        Action::Call(Call::Write { producer: 0, .. } | Call::Wait(0)) => Classes::PRODUCER_0,
        Action::Call(_) | Action::Sink(_) => Classes::NONE,
    }
}

/// The classes of the steps possible in this state.
#[must_use]
pub(crate) fn enabled(world: &World, state: &WorldState) -> Classes {
    let classes = world.steps(state).into_iter().map(|action| class(action, state.monitor.call));
    classes.fold(Classes::NONE, Classes::union)
}

/// How fair a run has been so far, from what was possible in its states and which steps it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Record {
    /// Classes taken.
    taken: Classes,
    /// Classes impossible in some state.
    impossible: Classes,
    /// Classes possible in some state.
    possible: Classes,
}

impl Record {
    /// One more state was visited.
    pub(super) fn visit(self, fairness: Fairness, enabled: Classes) -> Self {
        Self {
            taken: self.taken,
            impossible: self.impossible.union(fairness.weak.without(enabled)),
            possible: self.possible.union(fairness.strong.shared(enabled)),
        }
    }

    /// One more step was taken. Only what fairness asks for is kept, so that few records differ.
    pub(super) fn take(self, fairness: Fairness, class: Classes) -> Self {
        let asked = class.shared(fairness.weak.union(fairness.strong));
        Self { taken: self.taken.union(asked), ..self }
    }

    /// The weakly fair classes that would have to be taken, being possible all the time.
    pub(super) fn neglected(self, fairness: Fairness) -> Classes {
        fairness.weak.without(self.taken).without(self.impossible)
    }

    /// The strongly fair classes that would have to be taken, being possible again and again.
    pub(super) fn missed(self, fairness: Fairness) -> Classes {
        fairness.strong.shared(self.possible).without(self.taken)
    }

    /// Whether repeating what was recorded for ever is fair.
    pub(super) fn is_fair(self, fairness: Fairness) -> bool {
        self.neglected(fairness).is_empty() && self.missed(fairness).is_empty()
    }
}

/// Whether repeating this is fair: for each step what was possible before it, and its class.
pub(super) fn is_fair(fairness: Fairness, steps: impl Iterator<Item = (Classes, Classes)>) -> bool {
    let record = |record: Record, (enabled, class)| record.visit(fairness, enabled).take(fairness, class);
    steps.fold(Record::default(), record).is_fair(fairness)
}
