//! The recorder around the writer on real threads.

pub(crate) use highwater as subject;

#[path = "recorded/mod.rs"]
mod recorded;

pub use recorded::*;
