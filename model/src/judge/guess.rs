//! One way in which the contract may have got to a line of a log.
//!
//! | field of [`Guess`] | changed by | valid when |
//! |---|---|---|
//! | `state` | silent steps: a call's effect, a noted sink answer, the writer's own steps | a state of the contract |
//! | `open` | `Call` adds, `Return` removes, a silent step fills in the answer | in the order of the log |
//! | `waiters` | the effect of wait, flush and cancel; a wake; `await/r` | one entry for each handle still held, sorted |
//! | `untold` | a silent step appends, `Emit` removes from the front | events that happened and no observer was told of |
//! | `port` | see [`Port`] | `Idle` exactly when `state.sink` is |

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
    pub(super) fn successors(&self, params: &Params, ahead: Option<Verb<'_>>) -> Vec<Self> {
        let mut next = Vec::new();
        for (index, open) in self.open.iter().enumerate() {
            if let (Op::Call(call), None) = (open.op, open.answer) {
                next.extend(self.take_effect(params, index, call));
            }
        }
        if let Port::Answered(answer) = self.port {
            next.extend(self.after(params, Action::Sink(answer)).map(|guess| guess.with_port(Port::Idle)));
        }
        for system in [System::Drain, System::Close] {
            next.extend(self.after(params, Action::System(system)));
        }
        if let (Port::Idle, Some(verb)) = (self.port, ahead) {
            next.extend(self.begin(params, verb));
        }
        next
    }

    fn begin(&self, params: &Params, verb: Verb<'_>) -> Option<Self> {
        let system = match verb {
            Verb::Write(runs) if starts_with(&self.state.queue, runs) => System::Offer(len_of(runs)),
            Verb::Write(_) => return None,
            Verb::Flush => System::FlushSink,
        };
        Some(self.after(params, Action::System(system))?.with_port(Port::Begun))
    }

    fn take_effect(&self, params: &Params, index: usize, call: Call) -> Option<Self> {
        let out = step(params, &self.state, Action::Call(call))?;
        let mut next = self.clone();
        next.open[index].answer = out.answer;
        if let Call::Wait(waiter) | Call::Flush(waiter) = call {
            let wake = if let Some(Answer::Ready(wake)) = out.answer { Some(wake) } else { None };
            next.waiters.push((waiter, wake));
            next.waiters.sort_unstable();
        }
        if let Call::Cancel(waiter) = call {
            next.waiters.retain(|(other, _)| *other != waiter);
        }
        next.come_of(out);
        Some(next)
    }

    fn after(&self, params: &Params, action: Action) -> Option<Self> {
        let out = step(params, &self.state, action)?;
        let mut next = self.clone();
        next.come_of(out);
        Some(next)
    }

    fn come_of(&mut self, out: crate::contract::Outcome) {
        for (waiter, wake) in out.wakes {
            for entry in self.waiters.iter_mut().filter(|(other, _)| *other == waiter) {
                entry.1 = Some(wake);
            }
        }
        self.untold.extend(out.events);
        self.state = out.state;
        // In which order waits were registered shows nowhere: guesses that differ in it alone are one.
        self.state.waits.sort_unstable();
        self.state.flushes.sort_unstable();
    }

    fn with_port(mut self, port: Port) -> Self {
        self.port = port;
        self
    }

    /// Whether the guess explains `record` as it is.
    pub(super) fn explain(&self, params: &Params, record: &Ev) -> Fit {
        match record {
            Ev::New(_) => Fit::Never,
            Ev::Call { q, op } => {
                let was_over = match op {
                    Op::Call(_) => false,
                    Op::Await(waiter) => self.wake_of(*waiter).is_some(),
                    Op::Closed => self.state.closed,
                };
                let mut next = self.clone();
                next.open.push(Open { q: *q, op: *op, answer: None, was_over });
                Fit::Explained(Box::new(next))
            }
            Ev::Return { q, ret } => self.explain_return(*q, *ret),
            Ev::Sink(_) | Ev::SinkFlush => match self.port {
                Port::Begun => Fit::Explained(Box::new(self.clone().with_port(Port::Called))),
                Port::Called => Fit::Never,
                Port::Idle | Port::Answered(_) => Fit::NotYet,
            },
            Ev::SinkReturn(answer) => {
                Fit::Explained(Box::new(self.clone().with_port(Port::Answered(*answer))))
            }
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

/// How many bytes `runs` are.
pub(super) fn len_of(runs: &[Run]) -> usize {
    runs.iter().fold(0, |sum, run| sum.saturating_add(run.len))
}

/// Whether `runs` are the first bytes of `queue`, however either is cut.
pub(super) fn starts_with(queue: &[Run], runs: &[Run]) -> bool {
    let mut queue = queue.iter().copied();
    let mut front = None;
    for run in runs {
        let mut run = *run;
        while run.len > 0 {
            let Some(mut have) = front.take().or_else(|| queue.next()) else { return false };
            if (have.producer, have.seq, have.from) != (run.producer, run.seq, run.from) {
                return false;
            }
            let part = run.len.min(have.len);
            run = skip(run, part);
            have = skip(have, part);
            front = (have.len > 0).then_some(have);
        }
    }
    true
}

fn skip(run: Run, part: usize) -> Run {
    Run { from: run.from + part, len: run.len - part, ..run }
}

fn same_bytes(a: &[Run], b: &[Run]) -> bool {
    len_of(a) == len_of(b) && starts_with(a, b)
}
