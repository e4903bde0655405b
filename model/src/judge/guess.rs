//! One way in which the contract may have got to a line of a log.
//!
//! | field of [`Guess`] | changed by | valid when |
//! |---|---|---|
//! | `state` | silent steps: a call's effect, a noted sink answer, the writer's own steps | a state of the contract |
//! | `open` | `Call` adds, `Return` removes, a silent step fills in the answer | in the order of the log |
//! | `waiters` | the effect of wait, flush and cancel; a wake; `await/r` | one entry for each handle still held, sorted |
//! | `untold` | a silent step appends, `Emit` removes from the front | events that happened and no observer was told of |
//! | `port` | see [`Port`] | `Idle` exactly when `state.sink` is |

use super::bytes::{len_of, same_bytes, starts_with};
use super::window::Order;
use crate::contract::{
    Action, Answer, Call, Event, Params, Phase, SinkAnswer, State, System, Waiter, Wake, step, system_actions,
};
use crate::record::{Ev, HandedBack, Op, Over, Ret};
use crate::vocabulary::Run;

/// A call of the sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb<'a> {
    Write(&'a [Run]),
    Flush,
}

/// What is known of the rest of the log.
#[derive(Clone, Copy)]
pub(super) struct Ahead<'a> {
    /// The next call of the sink. A guess begins no other: one that is not in the log explains nothing in it.
    pub(super) verb: Option<Verb<'a>>,
    /// Which bytes the sink is shown first, if guesses that say otherwise are to be left out.
    pub(super) order: Option<&'a Order>,
}

/// How far the sink's call in progress is, beside what the contract knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Port {
    /// There is none.
    Idle,
    /// The writer has begun it; the sink has not logged it yet.
    Begun,
    /// The sink has logged it.
    Called,
    /// The sink has logged its return, which the writer has not noted yet.
    Answered(SinkAnswer),
}

/// A call that has not returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Open {
    pub(super) q: u64,
    pub(super) op: Op,
    /// Its answer, once it has taken effect.
    pub(super) answer: Option<Answer>,
    /// For `await` and `closed`: whether there was nothing to wait for when it began, so that its time cannot be up first.
    pub(super) was_over: bool,
}

/// See the top of the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Guess {
    pub(super) state: State,
    pub(super) open: Vec<Open>,
    pub(super) waiters: Vec<(Waiter, Option<Wake>)>,
    pub(super) untold: Vec<Event>,
    pub(super) port: Port,
}

/// Whether a guess explains a record.
pub(super) enum Fit {
    /// It does, and this is what it is afterwards.
    Explained(Box<Guess>),
    /// It may after some silent steps.
    NotYet,
    /// No silent step helps.
    Never,
}

impl Guess {
    pub(super) fn new() -> Self {
        Self {
            state: State::new(),
            open: Vec::new(),
            waiters: Vec::new(),
            untold: Vec::new(),
            port: Port::Idle,
        }
    }

    /// What the guess is after one silent step, for each there is.
    pub(super) fn successors(&self, params: &Params, ahead: Ahead<'_>) -> Vec<Self> {
        let mut next = Vec::new();
        for (index, open) in self.open.iter().enumerate() {
            if let (Op::Call(call), None) = (open.op, open.answer) {
                next.extend(self.take_effect(params, index, call, ahead.order));
            }
        }
        if let Port::Answered(answer) = self.port {
            next.extend(self.after(params, Action::Sink(answer)).map(|guess| guess.with_port(Port::Idle)));
        }
        for system in [System::Drain, System::Close] {
            next.extend(self.after(params, Action::System(system)));
        }
        if let (Port::Idle, Some(verb)) = (self.port, ahead.verb) {
            next.extend(self.begin(params, verb));
        }
        next
    }

    /// Whether the sink may be offered so many bytes before the next record.
    pub(super) fn may_come_to_offer(&self, len: usize) -> bool {
        let written = self.open.iter().map(|open| match (open.op, open.answer) {
            (Op::Call(Call::Write { len, .. }), None) => len,
            _ => 0,
        });
        matches!(self.port, Port::Idle | Port::Answered(_))
            && written.fold(self.state.buffered(), usize::saturating_add) >= len
    }

    /// Whether the run's chunk is buffered under the names of the log, or may be before the next record.
    pub(super) fn knows(&self, run: &Run) -> bool {
        let chunk = (run.producer, run.seq);
        let is_open = |open: &Open| matches!(open.op, Op::Call(Call::Write { producer, seq, .. }) if (producer, seq) == chunk);
        self.open.iter().any(is_open)
            || self.state.queue.iter().any(|other| (other.producer, other.seq) == chunk)
    }

    fn begin(&self, params: &Params, verb: Verb<'_>) -> Option<Self> {
        let system = match verb {
            Verb::Write(runs) if starts_with(&self.state.queue, runs) => System::Offer(len_of(runs)),
            Verb::Write(_) => return None,
            Verb::Flush => System::FlushSink,
        };
        Some(self.after(params, Action::System(system))?.with_port(Port::Begun))
    }

    fn take_effect(&self, params: &Params, index: usize, call: Call, order: Option<&Order>) -> Option<Self> {
        let out = step(params, &self.state, Action::Call(call))?;
        let is_accepted = matches!(out.answer, Some(Answer::Continue | Answer::Pause));
        if is_accepted && order.is_some_and(|order| self.is_too_early(index, order)) {
            return None;
        }
        let answer = out.answer;
        let mut next = self.come_to(out);
        next.open[index].answer = answer;
        if let (true, Some(order)) = (is_accepted, order) {
            order.rename(call, &mut next.state.queue);
        }
        if let Call::Wait(waiter) | Call::Flush(waiter) = call {
            let wake = if let Some(Answer::Ready(wake)) = answer { Some(wake) } else { None };
            next.waiters.push((waiter, wake));
            next.waiters.sort_unstable();
        }
        if let Call::Cancel(waiter) = call {
            next.waiters.retain(|(other, _)| *other != waiter);
        }
        Some(next)
    }

    /// Whether an open write has its bytes shown to the sink before those of the write at `index`, so that it must be accepted first.
    fn is_too_early(&self, index: usize, order: &Order) -> bool {
        let rank = |open: &Open| match (open.op, open.answer) {
            (Op::Call(Call::Write { producer, seq, len }), None) if len > 0 => order.rank((producer, seq)),
            _ => None,
        };
        if !matches!(self.open[index].op, Op::Call(Call::Write { len: 1.., .. })) || self.open.len() < 2 {
            return false;
        }
        let mine = rank(&self.open[index]).unwrap_or(u64::MAX);
        self.open.iter().filter_map(rank).any(|theirs| theirs < mine)
    }

    fn after(&self, params: &Params, action: Action) -> Option<Self> {
        Some(self.come_to(step(params, &self.state, action)?))
    }

    fn come_to(&self, out: crate::contract::Outcome) -> Self {
        let mut next = Self {
            state: out.state,
            open: self.open.clone(),
            waiters: self.waiters.clone(),
            untold: self.untold.clone(),
            port: self.port,
        };
        for (waiter, wake) in out.wakes {
            for entry in next.waiters.iter_mut().filter(|(other, _)| *other == waiter) {
                entry.1 = Some(wake);
            }
        }
        next.untold.extend(out.events);
        // In which order waits were registered shows nowhere: guesses that differ in it alone are one.
        next.state.waits.sort_unstable();
        next.state.flushes.sort_unstable();
        next
    }

    fn with_port(mut self, port: Port) -> Self {
        self.port = port;
        self
    }

    /// Notes what every guess can explain: that a call is made, or that the sink answers. Whether it was that.
    pub(super) fn note(&mut self, record: &Ev) -> bool {
        match record {
            Ev::Call { q, op } => {
                let was_over = match op {
                    Op::Call(_) => false,
                    Op::Await(waiter) => self.wake_of(*waiter).is_some(),
                    Op::Closed => self.state.closed,
                };
                self.open.push(Open { q: *q, op: *op, answer: None, was_over });
                true
            }
            Ev::SinkReturn(answer) => {
                self.port = Port::Answered(*answer);
                true
            }
            _ => false,
        }
    }

    /// Whether the guess explains `record`, which is not for [`Self::note`], as it is.
    pub(super) fn explain(&self, params: &Params, record: &Ev) -> Fit {
        match record {
            Ev::New(_) | Ev::Call { .. } | Ev::SinkReturn(_) => Fit::Never,
            Ev::Return { q, ret } => self.explain_return(*q, *ret),
            Ev::Sink(_) | Ev::SinkFlush => match self.port {
                Port::Begun => Fit::Explained(Box::new(self.clone().with_port(Port::Called))),
                Port::Called => Fit::Never,
                Port::Idle | Port::Answered(_) => Fit::NotYet,
            },
            Ev::Emit(event) => match self.untold.first() {
                Some(first) if first == event => {
                    let mut next = self.clone();
                    next.untold.remove(0);
                    Fit::Explained(Box::new(next))
                }
                Some(_) => Fit::Never,
                None => Fit::NotYet,
            },
            Ev::Recovered(back) => when(self.state.closed && self.hands_back(back), self),
            Ev::Quiesce => when(self.is_quiet(params), self),
        }
    }

    fn explain_return(&self, q: u64, ret: Ret) -> Fit {
        let Some(index) = self.open.iter().position(|open| open.q == q) else { return Fit::Never };
        let open = self.open[index];
        let fits = match (open.op, ret) {
            (Op::Call(_), _) => match open.answer {
                None => return Fit::NotYet,
                Some(answer) => ret == Ret::Done || ret == Ret::Wrote(answer),
            },
            (Op::Await(_) | Op::Closed, Ret::TimedOut) => !open.was_over,
            (Op::Await(waiter), ret) => match self.wake_of(waiter) {
                None => return Fit::NotYet,
                Some(wake) => ret == Ret::Woken(wake),
            },
            (Op::Closed, ret) => match self.over() {
                None => return Fit::NotYet,
                Some(over) => ret == Ret::Over(over),
            },
        };
        if !fits {
            return Fit::Never;
        }
        let mut next = self.clone();
        next.open.remove(index);
        if let (Op::Await(waiter), Ret::Woken(_)) = (open.op, ret) {
            next.waiters.retain(|(other, _)| *other != waiter);
        }
        Fit::Explained(Box::new(next))
    }

    /// What `waiter` was told, if it was told anything.
    pub(super) fn wake_of(&self, waiter: Waiter) -> Option<Wake> {
        self.waiters.iter().find(|(other, _)| *other == waiter).and_then(|(_, wake)| *wake)
    }

    /// How the stream was over, once it is closed.
    pub(super) fn over(&self) -> Option<Over> {
        match self.state.phase {
            _ if !self.state.closed => None,
            Phase::Open | Phase::Ending => None,
            Phase::Finished => Some(Over::Finished),
            Phase::Failed(cause) => Some(Over::Errored(cause)),
            Phase::Destroyed => Some(Over::Destroyed),
        }
    }

    pub(super) fn hands_back(&self, back: &HandedBack) -> bool {
        let error = match self.state.phase {
            Phase::Failed(cause) => Some(cause),
            _ => self.state.held_back,
        };
        same_bytes(&self.state.queue, &back.bytes)
            && self.state.unknown == back.unknown
            && error == back.error
    }

    /// Whether nothing is owed: no event to tell, no step to take, nobody to wake.
    fn is_quiet(&self, params: &Params) -> bool {
        let nobody_to_wake = self.open.iter().all(|open| match open.op {
            Op::Call(_) => false,
            Op::Await(waiter) => self.wake_of(waiter).is_none(),
            Op::Closed => !self.state.closed,
        });
        nobody_to_wake
            && self.untold.is_empty()
            && matches!(self.port, Port::Idle | Port::Called)
            && system_actions(params, &self.state, true).is_empty()
    }
}

fn when(fits: bool, guess: &Guess) -> Fit {
    if fits { Fit::Explained(Box::new(guess.clone())) } else { Fit::NotYet }
}
