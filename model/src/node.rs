//! Node's `Writable` as an executable model: the profiles `node` (20 and later) and `node18`.
//!
//! This is *not* our contract: it is what Node does, bugs included, so that a recorded run of a Node program can be explained line by line, and so
//! that the search can ask what Node's rules themselves can do wrong. The facts come from running Node; `docs/NODE-FINDINGS.md` has the ones
//! that are worth knowing.
//!
//! JavaScript runs one call at a time, so between two things that user code does the stream has no choice: a [`Machine`] is given what user code
//! did ([`Input`]) and says what the stream does next ([`Output`]). What it still has to do in this turn is a stack; what it has put off with
//! `process.nextTick` is a queue.
//!
//! | | what lives there |
//! |---|---|
//! | `vocabulary` | options, inputs, outputs, callbacks, errors |
//! | `machine`, `arrays` | the state of a stream, and its arrays of chunks |
//! | `steps`, `ticks` | the stack of what it does in this turn, and the queue of what it has put off |
//! | `call`, `write`, `flush`, `finish`, `destroy` | what each call of the user does, and the steps it leaves on the stack |
//! | `traced` | what only a trace can tell a machine |
//! | `event`, `explain`, `judge`, `describe` | lines of a trace in these words; whether a machine explains a line; a whole trace; saying so |
//! | `world`, `action`, `adversary`, `setting`, `settings` | a stream among user code that may do whatever a setting lets it, as a stateright `Model`; the settings |
//! | `promises`, `seen` | what our contract promises, and whether what was seen of a stream keeps it |
//! | `shortest`, `violations`, `program`, `story` | the whole of a setting; what it found, less what simpler user code finds; that as a program for Node, and what it is to print |
//! | `rules` | the same rules with one thing wrong: each must be rejected by some recorded run |

mod action;
mod adversary;
mod arrays;
mod call;
mod describe;
mod destroy;
mod event;
mod explain;
mod finish;
mod flush;
mod judge;
mod machine;
mod program;
mod promises;
mod rules;
mod seen;
mod setting;
mod settings;
mod shortest;
mod steps;
mod story;
mod ticks;
mod traced;
mod violations;
mod vocabulary;
mod world;
mod write;

pub use action::{Action, Again};
pub use judge::{Judge, Judged, Rejected};
pub use machine::{Machine, Place};
pub use program::program;
pub use promises::{Promise, Promises};
pub use rules::Wrong;
pub use setting::Setting;
pub use settings::{large_settings, settings};
pub use shortest::{Searched, search};
pub use story::story;
pub use violations::{Violation, search_all, search_these, violations};
pub use vocabulary::{
    Argument, Callback, Code, Fault, Hook, Input, Made, Name, Options, Output, Returned, SelfCall, Version,
};
pub use world::{Search, World};
