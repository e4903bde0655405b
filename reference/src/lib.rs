//! A buffered writer that never blocks the caller on its sink, is bounded in memory and cannot lose bytes silently.

mod blocking;
mod builder;
mod drain;
mod error;
mod finish;
mod flow;
mod handback;
mod handle;
mod observe;
mod pipe;
mod ring;
mod shared;
mod shell;
mod state;
mod stats;
mod sync;
mod vocabulary;
mod wait;
mod writer;

pub use blocking::Blocking;
pub use builder::{Builder, OnDrop, SpawnError, SpawnErrorReason};
pub use error::{SinkCall, SinkError, SinkErrorKind, WaitError, WriteError};
pub use finish::Finish;
pub use flow::Flow;
pub use handback::{Destroyed, FinishError, Recovered, Unwritten};
pub use observe::{Lost, Observer};
pub use pipe::{PipeError, PipeErrorCause};
pub use shared::SharedWriter;
pub use stats::Stats;
pub use wait::{Closed, Drained, Flush};
pub use writer::Writer;
