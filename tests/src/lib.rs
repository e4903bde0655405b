//! What the bridges between the model and the writer have in common.
//!
//! Three bridges ask the model three ways: the *lockstep* ones (`random.rs`, `exhaustive.rs`) drive the writer one call at a time and compare
//! everything that can be seen; the *recorded* ones (`native.rs`, `loom.rs`) let threads race and have the log judged afterwards.

#![allow(
    clippy::must_use_candidate,
    reason = "a recorded call is in the log, whether or not the test looks at its answer"
)]

pub mod answer;
pub mod chunks;
pub mod driving;
pub mod gate;
pub mod lines;
pub mod lockstep;
pub mod native;
pub mod recorder;
pub mod rng;
pub mod settings;
#[allow(
    clippy::duplicate_mod,
    reason = "the writer is compiled twice from the same source, and so is the recorder around it"
)]
pub mod under_loom;
pub mod watchdog;
