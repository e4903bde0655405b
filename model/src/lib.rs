//! The writable-stream backpressure contract of SPEC.md as an executable model.

pub mod contract;
pub mod state;
pub mod vocabulary;
