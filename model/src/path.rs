//! Paths: steps as short tokens joined by dots, and walking them again.
//!
//! | token | step | token | step |
//! |---|---|---|---|
//! | `w0:2` | producer 0 writes its next chunk, of 2 bytes | `offer2` | the writer offers 2 bytes |
//! | `wait0` | producer 0 asks to be woken | `sync` | the writer flushes the sink |
//! | `unwait0` | producer 0 gives up its wait | `drain` | the writer emits the owed drain |
//! | `flush0` | the owner makes flush request 0 | `close` | the writer lets go of the sink |
//! | `unflush0` | the owner gives it up | `took1` | the sink took 1 byte |
//! | `cork`, `uncork` | the owner corks, uncorks | `flushed` | the sink's flush succeeded |
//! | `end` | the owner ends the stream | `intr`, `block` | the sink was interrupted, would block |
//! | `destroy` | the owner destroys the stream | `fail`, `panic` | the sink failed, panicked |
//!
//! Steps in parentheses at the end are repeated for ever: `w0:2.(w1:1.offer1.took1)`.

use crate::config::Config;
use crate::contract::{Action, Call, SinkAnswer, System};
use crate::describe;
use crate::liveness;
use crate::properties::{self, ClauseSet};
use crate::world::{Taken, World, WorldState};
use std::fmt;

/// Steps from the initial state, and steps that then repeat for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionPath {
    /// The steps, in order.
    pub steps: Vec<Action>,
    /// How many of them at the end are the repeated part; 0 if none is.
    pub repeated: usize,
}

impl ActionPath {
    /// Steps none of which is repeated.
    #[must_use]
    pub fn once(steps: Vec<Action>) -> Self {
        Self { steps, repeated: 0 }
    }

    /// As tokens.
    #[must_use]
    pub fn tokens(&self, config: &Config) -> String {
        let once = self.steps.len() - self.repeated.min(self.steps.len());
        let (stem, cycle) = self.steps.split_at(once);
        let join =
            |steps: &[Action]| steps.iter().map(|step| token(config, *step)).collect::<Vec<_>>().join(".");
        match (stem.is_empty(), cycle.is_empty()) {
            (_, true) => join(stem),
            (true, false) => format!("({})", join(cycle)),
            (false, false) => format!("{}.({})", join(stem), join(cycle)),
        }
    }
}

/// One step as a token.
#[must_use]
pub fn token(config: &Config, action: Action) -> String {
    let producers = config.producers.len();
    match action {
        Action::Call(call) => match call {
            Call::Write { producer, len, .. } => format!("w{producer}:{len}"),
            Call::Wait(waiter) => format!("wait{waiter}"),
            Call::Flush(waiter) => format!("flush{}", waiter - producers),
            Call::Cancel(waiter) if waiter < producers => format!("unwait{waiter}"),
            Call::Cancel(waiter) => format!("unflush{}", waiter - producers),
            Call::Cork => "cork".to_owned(),
            Call::Uncork => "uncork".to_owned(),
            Call::End => "end".to_owned(),
            Call::Destroy => "destroy".to_owned(),
        },
        Action::System(system) => match system {
            System::Offer(len) => format!("offer{len}"),
            System::FlushSink => "sync".to_owned(),
            System::Drain => "drain".to_owned(),
            System::Close => "close".to_owned(),
        },
        Action::Sink(answer) => match answer {
            SinkAnswer::Took(len) => format!("took{len}"),
            SinkAnswer::Flushed => "flushed".to_owned(),
            SinkAnswer::Interrupted => "intr".to_owned(),
            SinkAnswer::WouldBlock => "block".to_owned(),
            SinkAnswer::Failed => "fail".to_owned(),
            SinkAnswer::Panicked => "panic".to_owned(),
        },
    }
}

/// One step of a walk.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was done.
    pub action: Action,
    /// The same as a token.
    pub token: String,
    /// What was done and all that came of it, in one line.
    pub line: String,
    /// The state it started from.
    pub before: WorldState,
    /// What came of it, and the state it led to.
    pub taken: Taken,
}

/// A walk along a path.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// How many of them at the end repeat for ever; 0 if none do.
    pub repeated: usize,
    /// The clauses broken by some step.
    pub broken: ClauseSet,
    /// The liveness clauses broken because the last state is stuck with something owed.
    pub stuck: ClauseSet,
    /// The liveness clauses broken by repeating the last steps for ever.
    pub starved: ClauseSet,
}

/// Why a path could not be walked. Steps count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayError {
    /// The path holds no step.
    Empty,
    /// The parentheses are not one pair around the last steps.
    Parentheses,
    /// No step is ever written like this.
    NoSuchToken {
        /// Which step.
        number: usize,
        /// What stands there.
        token: String,
    },
    /// The step is not possible where the path has led.
    Impossible {
        /// Which step.
        number: usize,
        /// What stands there.
        token: String,
        /// The steps that are possible there.
        possible: Vec<String>,
    },
    /// The steps in parentheses do not lead back to where they began.
    NoCycle,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the path is empty"),
            Self::Parentheses => {
                write!(f, "the path may have one pair of parentheses, around its last steps")
            }
            Self::NoSuchToken { number, token } => {
                write!(
                    f,
                    "step {number}: \"{token}\" is no step; steps look like w0:2, wait0, offer2, took1, drain, end"
                )
            }
            Self::Impossible { number, token, possible } => {
                write!(
                    f,
                    "step {number}: \"{token}\" is not possible here; possible are {}",
                    possible.join(", ")
                )
            }
            Self::NoCycle => write!(f, "the steps in parentheses do not lead back to where they began"),
        }
    }
}

impl std::error::Error for ReplayError {}

/// Walks along a path written as tokens.
///
/// # Errors
/// Names the first step that cannot be taken, and those that could be.
pub fn replay(world: &World, path: &str) -> Result<Replay, ReplayError> {
    let (tokens, repeated) = split(path)?;
    let mut steps: Vec<Step> = Vec::with_capacity(tokens.len());
    let mut broken = ClauseSet::EMPTY;
    let mut at = world.initial();
    for (index, wanted) in tokens.iter().enumerate() {
        let number = index + 1;
        if !is_token(wanted) {
            return Err(ReplayError::NoSuchToken { number, token: wanted.clone() });
        }
        let possible = world.steps(&at);
        let action = possible.iter().copied().find(|action| token(&world.config, *action) == *wanted);
        let Some((action, taken)) = action.and_then(|action| Some((action, world.take(&at, action)?))) else {
            let possible = possible.iter().map(|action| token(&world.config, *action)).collect();
            return Err(ReplayError::Impossible { number, token: wanted.clone(), possible });
        };
        let line = describe::step(world, &at, action, &taken);
        broken = broken.union(taken.broken);
        let before = std::mem::replace(&mut at, taken.after.clone());
        steps.push(Step { action, token: wanted.clone(), line, before, taken });
    }
    let stuck = properties::stuck_clauses(world, &at);
    let cycle = steps.get(steps.len() - repeated..).unwrap_or(&[]);
    // What was broken on the way is no part of where the path has led.
    let place = |state: &WorldState| WorldState { violated: ClauseSet::EMPTY, ..state.clone() };
    if cycle.first().is_some_and(|first| place(&first.before) != place(&at)) {
        return Err(ReplayError::NoCycle);
    }
    let starved = liveness::starved_by_repeating(world, cycle);
    Ok(Replay { steps, repeated, broken, stuck, starved })
}

/// The tokens of a path, and how many of them at the end repeat.
fn split(path: &str) -> Result<(Vec<String>, usize), ReplayError> {
    let path = path.trim();
    let words = |part: &str| -> Vec<String> {
        part.split('.').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (stem, cycle) = match path.strip_suffix(')') {
        Some(rest) => rest.split_once('(').ok_or(ReplayError::Parentheses)?,
        None => (path, ""),
    };
    if stem.contains(['(', ')']) || cycle.contains(['(', ')']) {
        return Err(ReplayError::Parentheses);
    }
    let (mut tokens, cycle) = (words(stem), words(cycle));
    let repeated = cycle.len();
    tokens.extend(cycle);
    if tokens.is_empty() { Err(ReplayError::Empty) } else { Ok((tokens, repeated)) }
}

/// Whether some step could be written like this.
fn is_token(word: &str) -> bool {
    let number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((producer, len)) = word.strip_prefix('w').and_then(|rest| rest.split_once(':')) {
        return number(producer) && number(len);
    }
    let verb = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let counted = ["wait", "unwait", "flush", "unflush", "offer", "took"].contains(&verb);
    let plain = [
        "cork", "uncork", "end", "destroy", "sync", "drain", "close", "flushed", "intr", "block", "fail",
        "panic",
    ];
    if verb.len() == word.len() { plain.contains(&verb) } else { counted }
}
