//! The writable-stream backpressure contract of SPEC.md as an executable model.

pub mod chart;
pub mod check;
pub mod config;
pub mod contract;
pub mod coverage;
pub mod describe;
pub mod diagram;
pub mod experiments;
pub mod judge;
pub mod liveness;
pub mod logs;
pub mod matrix;
pub mod monitor;
pub mod mutants;
pub mod path;
pub mod plot;
pub mod properties;
pub mod record;
pub mod search;
pub mod state;
pub mod tally;
pub mod vocabulary;
pub mod wake;
pub mod world;
