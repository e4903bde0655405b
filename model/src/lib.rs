//! The writable-stream backpressure contract of SPEC.md as an executable model.

pub mod chart;
pub mod contract;
pub mod diagram;
pub mod plot;
pub mod state;
pub mod vocabulary;
