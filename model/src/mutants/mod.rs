//! Wrong contracts: each is the contract with one thing changed, and names the clause that must catch it.
//!
//! `contract.rs` knows nothing of them: a mutant is a function around its `step`, or around its `system_actions`, or around both. Those that
//! need a note of their own (that the writer is asleep, say) keep it in a field that an open stream does not use, and say so.

mod drain;
mod end;
mod error;
mod liveness;
mod order;
mod write;

use crate::contract::{self, Action, Answer, Call, Outcome, Params, Sink, SinkAnswer, State, System};
use crate::world::Rules;

/// One seeded bug.
#[derive(Clone, Copy, Debug)]
pub struct Mutant {
    /// Short, in kebab case.
    pub name: &'static str,
    /// What is wrong, in one line.
    pub about: &'static str,
    /// The clause that must catch it.
    pub clause: &'static str,
    /// The configuration in which it is searched.
    pub config: &'static str,
    /// The wrong rules.
    pub rules: Rules,
}

impl Mutant {
    /// The mutant with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        MUTANTS.iter().find(|mutant| mutant.name == name)
    }

    /// A mutant whose steps have other outcomes.
    const fn step(
        name: &'static str,
        clause: &'static str,
        config: &'static str,
        about: &'static str,
        step: Step,
    ) -> Self {
        Self { name, about, clause, config, rules: Rules { step, system_actions: contract::system_actions } }
    }

    /// A mutant whose writer does other things by itself.
    const fn system(
        name: &'static str,
        clause: &'static str,
        config: &'static str,
        about: &'static str,
        rules: Rules,
    ) -> Self {
        Self { name, about, clause, config, rules }
    }
}

type Step = fn(&Params, &State, Action) -> Option<Outcome>;

/// Every one of them, by the clause that must catch it.
pub static MUTANTS: &[Mutant] = &{
    const TABLES: [&[Mutant]; 6] =
        [write::MUTANTS, drain::MUTANTS, order::MUTANTS, liveness::MUTANTS, end::MUTANTS, error::MUTANTS];
    concat::<{ count(&TABLES) }>(&TABLES)
};

const fn count(tables: &[&[Mutant]]) -> usize {
    let (mut total, mut table) = (0, 0);
    while table < tables.len() {
        total += tables[table].len();
        table += 1;
    }
    total
}

const fn concat<const N: usize>(tables: &[&[Mutant]]) -> [Mutant; N] {
    let mut all = [tables[0][0]; N];
    let (mut table, mut next) = (0, 0);
    while table < tables.len() {
        let mut row = 0;
        while row < tables[table].len() {
            all[next] = tables[table][row];
            (next, row) = (next + 1, row + 1);
        }
        table += 1;
    }
    all
}

// What many mutants are made of.

/// The contract's outcome, with something changed.
fn edit(
    params: &Params,
    state: &State,
    action: Action,
    change: impl FnOnce(&mut Outcome),
) -> Option<Outcome> {
    let mut out = contract::step(params, state, action)?;
    change(&mut out);
    Some(out)
}

/// The contract's outcome for a state with something changed, as if the stream had been in that state.
fn pretend(
    params: &Params,
    state: &State,
    action: Action,
    change: impl FnOnce(&mut State),
) -> Option<Outcome> {
    let mut state = state.clone();
    change(&mut state);
    contract::step(params, &state, action)
}

/// What the contract's writer would do in a state with something changed.
fn pretend_system(
    params: &Params,
    state: &State,
    whole: bool,
    change: impl FnOnce(&mut State),
) -> Vec<System> {
    let mut state = state.clone();
    change(&mut state);
    contract::system_actions(params, &state, whole)
}

/// What the contract's writer does, but for some of it.
fn without(params: &Params, state: &State, whole: bool, left_out: impl Fn(&System) -> bool) -> Vec<System> {
    let mut actions = contract::system_actions(params, state, whole);
    actions.retain(|action| !left_out(action));
    actions
}

/// What the contract's writer does, and something more if it does not do it already.
fn with(params: &Params, state: &State, whole: bool, more: Option<System>) -> Vec<System> {
    let mut actions = contract::system_actions(params, state, whole);
    actions.extend(more.filter(|more| !actions.contains(more)));
    actions
}

/// The state unchanged, and nobody told anything.
fn nothing(state: &State) -> Outcome {
    Outcome { state: state.clone(), answer: None, events: Vec::new(), wakes: Vec::new(), taken: Vec::new() }
}

/// A step that only begins a call of the sink.
fn begins(state: &State, call: Sink) -> Outcome {
    let mut out = nothing(state);
    out.state.sink = call;
    out
}

/// The length of the chunk, if the action is a write.
fn written(action: Action) -> Option<usize> {
    match action {
        Action::Call(Call::Write { len, .. }) => Some(len),
        _ => None,
    }
}

/// How many bytes the sink's call in progress was offered.
fn offered(state: &State) -> usize {
    match state.sink {
        Sink::Writing(len) => len,
        Sink::Idle | Sink::Flushing => 0,
    }
}

/// Whether the action is a short write's answer.
fn is_short(state: &State, action: Action) -> bool {
    matches!(action, Action::Sink(SinkAnswer::Took(len)) if (1..offered(state)).contains(&len))
}

fn is_sink(action: Action, answer: SinkAnswer) -> bool {
    action == Action::Sink(answer)
}

fn is_call(action: Action, call: Call) -> bool {
    action == Action::Call(call)
}

fn is_system(action: Action, system: System) -> bool {
    action == Action::System(system)
}

/// Accepts a chunk whatever the contract says of it.
fn accept(out: &mut Outcome, action: Action, answer: Answer) {
    if let Action::Call(Call::Write { producer, seq, len }) = action {
        out.state.queue.push(contract::Run { producer, seq, from: 0, len });
        out.state.drain_owed |= answer == Answer::Pause;
        out.answer = Some(answer);
    }
}
