//! The recorder around the same source under loom.

pub(crate) use highwater_loom as subject;

#[path = "recorded/mod.rs"]
mod recorded;

pub use recorded::*;
