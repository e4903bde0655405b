//! Little or nothing to do: what a writer costs then, and how fast it is when something comes.
//!
//! Three questions, a file each. All put to programs that mostly sleep, so a busy machine changes the answers little, but for the tail of
//! the second.

mod lone;
mod rest;
mod trickle;

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Experiment, Report, Stage};
use crate::stream::NotDelivered;

/// The experiment.
pub(crate) struct Idle;

/// What is written, each time.
const CHUNK: [u8; 64] = [b'.'; 64];

#[derive(Serialize, Deserialize)]
enum Task {
    Rest(rest::Task),
    Lone(lone::Task),
    Trickle(trickle::Task),
}

impl Experiment for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }

    fn child(&self, task: &str) -> io::Result<Value> {
        Ok(match serde_json::from_str(task)? {
            Task::Rest(task) => json!(task.perform()?),
            Task::Lone(task) => json!(task.perform()?),
            Task::Trickle(task) => json!(task.perform()?),
        })
    }

    fn run(&self, stage: &Stage) -> io::Result<Report> {
        let mut report = Report::default();
        rest::run(stage, &mut report)?;
        lone::run(stage, &mut report)?;
        trickle::run(stage, &mut report)?;
        Ok(report)
    }
}

/// A sink that counts.
#[derive(Clone, Default)]
struct Count(Arc<AtomicU64>);

impl crate::sinks::Sink for Count {}

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Count {
    /// Once the writer is finished: whether so many bytes arrived.
    fn expect(&self, expected: u64) -> io::Result<()> {
        let seen = self.0.load(Ordering::Relaxed);
        if seen == expected { Ok(()) } else { Err(NotDelivered::Count { seen, expected }.into()) }
    }
}
