//! The contract among producers, an owner and an adversarial sink, as a stateright [`Model`].
//!
//! | field of [`WorldState`] | changed by |
//! |---|---|
//! | `stream` | every step, by the rules: the contract, or a mutant of it |
//! | `producers` | their own calls and the wakes of their waits |
//! | `monitor` | every step, from what can be seen of it |
//! | `violated` | a step that breaks a clause; never cleared, so that stateright's properties can see on a state what happened on an edge |

use crate::config::{Config, Fault, Manner, Supply};
use crate::contract::{self, Action, Answer, Call, Outcome, Params, Sink, SinkAnswer, State, System, Waiter};
use crate::coverage::{self, Kind, PhaseName};
use crate::describe;
use crate::monitor::Monitor;
use crate::properties::{self, ClauseSet, Edge};
use crate::tally::Tally;
use stateright::{Model, Property};
use std::sync::Arc;

/// The two functions of `contract.rs`, or of a mutant.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// What a step does.
    pub step: fn(&Params, &State, Action) -> Option<Outcome>,
    /// Which steps the writer can take by itself.
    pub system_actions: fn(&Params, &State, bool) -> Vec<System>,
}

impl Rules {
    /// The contract itself.
    pub const CONTRACT: Self = Self { step: contract::step, system_actions: contract::system_actions };
}

/// Whether a producer may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It may.
    Free,
    /// It was told to wait, and has not yet asked to be woken.
    Told,
    /// It asked, and was not yet woken.
    Waiting,
}

/// One producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Producer {
    /// How many chunks it is done with (modulo the supply's number, if endless).
    pub chunks: usize,
    /// The length of the chunk it must write again because it was refused, or `None`.
    pub retry: Option<usize>,
    /// Whether it may write.
    pub standing: Standing,
}

impl Producer {
    const NEW: Self = Self { chunks: 0, retry: None, standing: Standing::Free };
}

/// The state of the stream and of everything around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorldState {
    /// The stream's own state.
    pub stream: State,
    /// The producers, by number.
    pub producers: Vec<Producer>,
    /// What the stream has promised.
    pub monitor: Monitor,
    /// The clauses broken on the way here.
    pub violated: ClauseSet,
}

/// A step taken: what it was, what was seen of it, and where it led.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Everything that came of it.
    pub outcome: Outcome,
    /// The state it led to, `violated` included.
    pub after: WorldState,
    /// The clauses this very step breaks.
    pub broken: ClauseSet,
}

/// A configuration under some rules.
#[derive(Clone, Debug)]
pub struct World {
    /// Producers, owner, sink and marks.
    pub config: Config,
    /// The contract, or a mutant of it.
    pub rules: Rules,
    /// How often each clause's premise was true and each kind of step was taken.
    pub tally: Arc<Tally>,
}

impl World {
    /// The contract itself in this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::with_rules(config, Rules::CONTRACT)
    }

    /// Other rules in this configuration.
    #[must_use]
    pub fn with_rules(config: Config, rules: Rules) -> Self {
        Self { config, rules, tally: Arc::new(Tally::new()) }
    }

    /// The only initial state.
    #[must_use]
    pub fn initial(&self) -> WorldState {
        WorldState {
            stream: State::new(),
            producers: vec![Producer::NEW; self.config.producers.len()],
            monitor: Monitor::new(),
            violated: ClauseSet::EMPTY,
        }
    }

    /// Every step possible in this state, in a fixed order.
    #[must_use]
    pub fn steps(&self, state: &WorldState) -> Vec<Action> {
        let mut actions = Vec::new();
        self.actions(state, &mut actions);
        actions
    }

    /// What the writer can do by itself in this state.
    #[must_use]
    pub fn system_actions(&self, stream: &State) -> Vec<System> {
        (self.rules.system_actions)(&self.config.params, stream, self.config.whole_offers)
    }

    /// Takes one step and judges it by every clause, or answers `None` if the rules do not allow it.
    #[must_use]
    pub fn take(&self, before: &WorldState, action: Action) -> Option<Taken> {
        let (outcome, after, broken) = self.advance(before, action)?;
        let outcome = Outcome { state: after.stream.clone(), ..outcome };
        Some(Taken { outcome, after, broken })
    }

    /// The same for a search, which has no use for a second copy of the stream's state: the outcome's own is moved out of it.
    fn advance(&self, before: &WorldState, action: Action) -> Option<(Outcome, WorldState, ClauseSet)> {
        let mut outcome = (self.rules.step)(&self.config.params, &before.stream, action)?;
        let stream = std::mem::take(&mut outcome.state);
        let mut producers = before.producers.clone();
        self.producers_see(&mut producers, action, &outcome);
        let monitor = before.monitor.after(&self.config.params, action, &outcome);
        let mut after = WorldState { stream, producers, monitor, violated: before.violated };
        let edge = Edge { world: self, before, action, outcome: &outcome, after: &after };
        let broken = properties::judge(&edge, &self.tally);
        let kind = Kind::of(action, before.monitor.call, &outcome);
        self.tally.step(coverage::cell(kind, PhaseName::of(before.monitor.phase)));
        after.violated = after.violated.union(broken);
        Some((outcome, after, broken))
    }

    fn producer_calls(&self, state: &WorldState, actions: &mut Vec<Action>) {
        for (index, (producer, manner)) in state.producers.iter().zip(&self.config.producers).enumerate() {
            let polite = *manner == Manner::Polite;
            let has_chunk = match self.config.supply {
                Supply::Chunks(n) => producer.chunks < n,
                Supply::Endless(_) => true,
            };
            if has_chunk && (!polite || producer.standing == Standing::Free) {
                let mut write = |len| {
                    actions.push(Action::Call(Call::Write { producer: index, seq: producer.chunks, len }));
                };
                match producer.retry {
                    Some(len) => write(len),
                    None => self.config.sizes.iter().copied().for_each(write),
                }
            }
            let asks = if polite {
                producer.standing == Standing::Told
            } else {
                producer.standing == Standing::Free
            };
            if asks {
                actions.push(Action::Call(Call::Wait(index)));
            }
            if self.config.owner.gives_up && producer.standing == Standing::Waiting {
                actions.push(Action::Call(Call::Cancel(index)));
            }
        }
    }

    fn owner_calls(&self, state: &WorldState, actions: &mut Vec<Action>) {
        let owner = self.config.owner;
        if state.monitor.corked < owner.corks {
            actions.push(Action::Call(Call::Cork));
        }
        if owner.corks > 0 {
            actions.push(Action::Call(Call::Uncork));
        }
        let requests = self.config.producers.len()..self.config.producers.len() + owner.flushes;
        let pending = |waiter: Waiter| state.monitor.flushes.iter().any(|(w, _)| *w == waiter);
        actions.extend(requests.clone().find(|w| !pending(*w)).map(|w| Action::Call(Call::Flush(w))));
        if owner.gives_up {
            actions.extend(requests.filter(|w| pending(*w)).map(|w| Action::Call(Call::Cancel(w))));
        }
        if owner.ends {
            actions.push(Action::Call(Call::End));
        }
        if owner.destroys {
            actions.push(Action::Call(Call::Destroy));
        }
    }

    /// What the sink may answer to the call in progress.
    fn sink_answers(&self, sink: Sink, actions: &mut Vec<Action>) {
        let allows = |fault| self.config.allows(fault);
        match sink {
            Sink::Idle => return,
            Sink::Writing(offered) => {
                let least = if allows(Fault::Short) { 1 } else { offered };
                actions.extend((least..=offered).map(|len| Action::Sink(SinkAnswer::Took(len))));
                if allows(Fault::Zero) {
                    actions.push(Action::Sink(SinkAnswer::Took(0)));
                }
                if allows(Fault::TooMuch) {
                    actions.push(Action::Sink(SinkAnswer::Took(offered + 1)));
                }
            }
            Sink::Flushing => actions.push(Action::Sink(SinkAnswer::Flushed)),
        }
        let others = [
            (Fault::Interrupted, SinkAnswer::Interrupted),
            (Fault::WouldBlock, SinkAnswer::WouldBlock),
            (Fault::Failed, SinkAnswer::Failed),
            (Fault::Panicked, SinkAnswer::Panicked),
        ];
        actions.extend(
            others.into_iter().filter(|(fault, _)| allows(*fault)).map(|(_, answer)| Action::Sink(answer)),
        );
    }

    fn producers_see(&self, producers: &mut [Producer], action: Action, outcome: &Outcome) {
        match action {
            Action::Call(Call::Write { producer, len, .. }) => {
                if let (Some(answer), Some(writer)) = (outcome.answer, producers.get_mut(producer)) {
                    let polite = self.config.producers.get(producer) == Some(&Manner::Polite);
                    self.writer_sees(writer, polite, len, answer);
                }
            }
            Action::Call(Call::Wait(waiter)) => {
                if let Some(producer) = producers.get_mut(waiter) {
                    let registered = outcome.answer == Some(Answer::Registered);
                    producer.standing = if registered { Standing::Waiting } else { Standing::Free };
                }
            }
            Action::Call(Call::Cancel(waiter)) => {
                // A polite producer that gives up a wait still has to wait before it writes.
                if let Some(producer) = producers.get_mut(waiter) {
                    let polite = self.config.producers.get(waiter) == Some(&Manner::Polite);
                    producer.standing = if polite { Standing::Told } else { Standing::Free };
                }
            }
            _ => {}
        }
        for (waiter, _) in &outcome.wakes {
            if let Some(producer) = producers.get_mut(*waiter) {
                producer.standing = Standing::Free;
            }
        }
    }

    fn writer_sees(&self, writer: &mut Producer, polite: bool, len: usize, answer: Answer) {
        if matches!(answer, Answer::Continue | Answer::Pause | Answer::TooLarge) {
            writer.chunks = match self.config.supply {
                Supply::Chunks(_) => writer.chunks + 1,
                Supply::Endless(modulo) => (writer.chunks + 1) % modulo.max(1),
            };
        }
        if polite {
            writer.retry = (answer == Answer::Full).then_some(len);
            if matches!(answer, Answer::Pause | Answer::Full) {
                writer.standing = Standing::Told;
            }
        }
    }
}

impl Model for World {
    type State = WorldState;
    type Action = Action;

    fn init_states(&self) -> Vec<WorldState> {
        vec![self.initial()]
    }

    fn actions(&self, state: &WorldState, actions: &mut Vec<Action>) {
        self.tally.expanded();
        actions.extend(self.system_actions(&state.stream).into_iter().map(Action::System));
        self.sink_answers(state.stream.sink, actions);
        self.producer_calls(state, actions);
        self.owner_calls(state, actions);
    }

    fn next_state(&self, before: &WorldState, action: Action) -> Option<WorldState> {
        self.advance(before, action).map(|(_, after, _)| after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::stateright_properties()
    }

    fn format_action(&self, action: &Action) -> String {
        describe::action(&self.config, *action)
    }

    fn format_step(&self, before: &WorldState, action: Action) -> Option<String> {
        let taken = self.take(before, action)?;
        Some(describe::step(self, before, action, &taken))
    }
}
