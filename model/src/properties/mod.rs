//! One property a clause of SPEC.md.
//!
//! A safety clause is a function of an [`Edge`], that is of one step: what was, what was done, what came of it.
//! A liveness clause names an obligation, a set of states that must not last: see [`crate::liveness`].

mod drain;
mod end;
mod error;
mod liveness;
mod order;
mod table;
mod write;

use crate::contract::{Action, Answer, Call, Event, Outcome, Params, Phase, Sink, SinkAnswer, System};
use crate::monitor::{Monitor, Waiters};
use crate::tally::Tally;
use crate::world::{World, WorldState};
use stateright::Property;
use std::fmt;

pub use table::CLAUSES;

/// How many clauses have a property.
pub const CLAUSES_MAX: usize = 56;

/// What a clause says about one step, or one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does not speak of this one.
    Vacuous,
    /// Its premise is true, and so is what it demands.
    Holds,
    /// Its premise is true, and what it demands is false.
    Violated,
}

impl Verdict {
    /// What it demands, where its premise is true.
    #[must_use]
    pub fn demand(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Violated }
    }

    /// What it demands, where its premise is as told.
    #[must_use]
    pub fn when(premise: bool, holds: impl FnOnce() -> bool) -> Self {
        if premise { Self::demand(holds()) } else { Self::Vacuous }
    }
}

/// How a clause is checked.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// On every step.
    Step(fn(&Edge<'_>) -> Verdict),
    /// In every state, and in every fair run that never ends.
    Owed(Obligation),
}

/// What a liveness clause promises: it must not be left when nothing can happen any more, nor stay for ever in a fair run.
#[derive(Clone, Copy, Debug)]
pub struct Obligation {
    /// To whom something is owed in this state. Where nobody in particular is meant, the set is `{0}`.
    pub to: fn(&WorldState) -> Waiters,
    /// Whether this step gives some of it, though more of it may be owed afterwards.
    pub is_met_by: fn(&Outcome) -> bool,
}

/// One clause of SPEC.md.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// Its id, as in SPEC.md.
    pub id: &'static str,
    /// Its sentence, word for word.
    pub sentence: &'static str,
    /// Its property.
    pub check: Check,
}

impl Clause {
    /// The clause with this id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        CLAUSES.iter().find(|clause| clause.id == id)
    }

    /// Whether it says that something happens in the end, rather than that something never happens.
    #[must_use]
    pub fn is_liveness(&self) -> bool {
        self.obligation().is_some()
    }

    /// What it promises, if it is a liveness clause.
    #[must_use]
    pub fn obligation(&self) -> Option<Obligation> {
        match self.check {
            Check::Owed(obligation) => Some(obligation),
            Check::Step(_) => None,
        }
    }

    /// Its place in [`CLAUSES`].
    #[must_use]
    pub fn index(&self) -> usize {
        CLAUSES.iter().position(|clause| clause.id == self.id).unwrap_or(CLAUSES_MAX)
    }
}

/// A set of clauses, by their place in [`CLAUSES`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClauseSet(u64);

impl ClauseSet {
    /// No clause.
    pub const EMPTY: Self = Self(0);

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it holds the clause at this place of the table.
    #[must_use]
    pub const fn contains(self, clause: usize) -> bool {
        self.0 & (1 << clause) != 0
    }

    /// The same with one more.
    #[must_use]
    pub const fn with(self, clause: usize) -> Self {
        Self(self.0 | 1 << clause)
    }

    /// Those in both.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The clauses, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = &'static Clause> {
        CLAUSES.iter().enumerate().filter(move |(index, _)| self.contains(*index)).map(|(_, clause)| clause)
    }
}

impl fmt::Debug for ClauseSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|clause| clause.id)).finish()
    }
}

/// One step of a world.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    /// Where it happens.
    pub world: &'a World,
    /// The state it starts from.
    pub before: &'a WorldState,
    /// What is done.
    pub action: Action,
    /// What comes of it, but for the stream's state: that is in `after`.
    pub outcome: &'a Outcome,
    /// The state it leads to.
    pub after: &'a WorldState,
}

impl<'a> Edge<'a> {
    fn params(&self) -> &'a Params {
        &self.world.config.params
    }

    /// What was promised before.
    fn was(&self) -> &'a Monitor {
        &self.before.monitor
    }

    /// The length and the answer of a write.
    fn write(&self) -> Option<(usize, Answer)> {
        match (self.action, self.outcome.answer) {
            (Action::Call(Call::Write { len, .. }), Some(answer)) => Some((len, answer)),
            _ => None,
        }
    }

    /// The same, if the phase was open.
    fn open_write(&self) -> Option<(usize, Answer)> {
        self.write().filter(|_| self.was().phase == Phase::Open)
    }

    fn is_call(&self, call: Call) -> bool {
        self.action == Action::Call(call)
    }

    fn emits(&self, wanted: impl Fn(Event) -> bool) -> bool {
        self.outcome.events.iter().any(|event| wanted(*event))
    }

    /// The sink's answer, and the bytes that its call in progress was offered.
    fn answer(&self) -> Option<(SinkAnswer, usize)> {
        match (self.action, self.was().call) {
            (Action::Sink(answer), Sink::Writing(offered)) => Some((answer, offered)),
            (Action::Sink(answer), _) => Some((answer, 0)),
            _ => None,
        }
    }

    fn begins_sink_call(&self) -> bool {
        matches!(self.action, Action::System(System::Offer(_) | System::FlushSink))
    }

    /// Whether nobody was told anything, no byte moved, and the stream is as it was.
    fn changes_nothing(&self) -> bool {
        self.is_silent() && self.after.stream == self.before.stream
    }

    /// Whether nobody was told anything, and no byte was taken.
    fn is_silent(&self) -> bool {
        self.outcome.events.is_empty() && self.outcome.wakes.is_empty() && self.outcome.taken.is_empty()
    }
}

fn accepted(answer: Answer) -> bool {
    matches!(answer, Answer::Continue | Answer::Pause)
}

/// The clauses this step breaks; counts those whose premise was true.
#[must_use]
pub fn judge(edge: &Edge<'_>, tally: &Tally) -> ClauseSet {
    let mut broken = ClauseSet::EMPTY;
    for (index, clause) in CLAUSES.iter().enumerate() {
        let Check::Step(check) = clause.check else { continue };
        match check(edge) {
            Verdict::Vacuous => {}
            Verdict::Holds => tally.premise(index),
            Verdict::Violated => {
                tally.premise(index);
                broken = broken.with(index);
            }
        }
    }
    broken
}

/// The liveness clauses that speak of this state, and whether the state breaks them: something is owed though nothing can happen any more.
#[must_use]
pub fn stuck(world: &World, state: &WorldState, clause: &Clause) -> Verdict {
    let Some(obligation) = clause.obligation() else { return Verdict::Vacuous };
    Verdict::when(!(obligation.to)(state).is_empty(), || {
        state.stream.sink != Sink::Idle || !world.system_actions(&state.stream).is_empty()
    })
}

/// Whether the clause at this place of the table is unbroken in this state: stateright wants a plain function for each.
fn holds<const CLAUSE: usize>(world: &World, state: &WorldState) -> bool {
    let clause = &CLAUSES[CLAUSE];
    if !clause.is_liveness() {
        return !state.violated.contains(CLAUSE);
    }
    let verdict = stuck(world, state, clause);
    if verdict != Verdict::Vacuous {
        world.tally.premise(CLAUSE);
    }
    verdict != Verdict::Violated
}

macro_rules! properties {
    ($($index:literal)*) => { vec![$(Property::<World>::always(CLAUSES[$index].id, holds::<$index>)),*] };
}

/// Every clause as a stateright property.
pub(crate) fn stateright_properties() -> Vec<Property<World>> {
    properties!(
        0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27
        28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55
    )
}

/// The liveness clauses that this state breaks by being stuck.
#[must_use]
pub fn stuck_clauses(world: &World, state: &WorldState) -> ClauseSet {
    let broken = |(_, clause): &(usize, &Clause)| stuck(world, state, clause) == Verdict::Violated;
    CLAUSES.iter().enumerate().filter(broken).fold(ClauseSet::EMPTY, |set, (index, _)| set.with(index))
}
