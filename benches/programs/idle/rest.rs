//! Nothing happens: how often are the threads of the process scheduled all the same?

use std::io;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::show::{self, Hoped, Target, cells};
use super::super::system::{self, Thread};
use super::super::{Experiment as _, Report, Stage, child};
use super::{CHUNK, Count, Idle};
use crate::ledger::Spread;

/// What a child is told.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Task {
    rest: Duration,
    /// Whether bytes lie in the writer meanwhile, held back by a cork.
    corked: bool,
}

/// The threads before and after the rest.
#[derive(Serialize, Deserialize)]
pub(crate) struct Said {
    before: Option<Vec<Thread>>,
    after: Option<Vec<Thread>>,
}

/// Long enough for a thread that has said its last word to fall asleep.
const SETTLING: Duration = Duration::from_millis(100);

const WRITES: u64 = 100;

impl Task {
    pub(crate) fn perform(self) -> io::Result<Said> {
        let count = Count::default();
        let mut writer = highwater::Writer::builder().spawn(count.clone())?;
        for _ in 0..WRITES {
            // Far below the mark, so the answer is never `Pause`.
            let _ = writer.write(CHUNK)?;
        }
        writer.flush().wait()?;
        let mut expected = WRITES;
        if self.corked {
            writer.cork();
            let _ = writer.write(CHUNK)?;
            expected += 1;
        }
        thread::sleep(SETTLING);
        let before = system::threads();
        thread::sleep(self.rest);
        let after = system::threads();
        writer.finish().wait()?;
        count.expect(expected * CHUNK.len() as u64)?;
        Ok(Said { before, after })
    }
}

impl Said {
    /// How often threads were scheduled: the one that began, which has to wake up to look, and all others together.
    fn scheduled(&self) -> Option<[u64; 2]> {
        let (before, after) = (self.before.as_ref()?, self.after.as_ref()?);
        let mut scheduled = [0; 2];
        for (place, thread) in after.iter().enumerate() {
            let earlier = before.iter().find(|earlier| earlier.id == thread.id);
            // A thread that was not there before has been scheduled at least the once that it took to begin.
            let more = earlier.map_or(thread.scheduled + 1, |earlier| thread.scheduled - earlier.scheduled);
            scheduled[usize::from(place > 0)] += more;
        }
        Some(scheduled)
    }

    fn names(&self) -> String {
        let threads = self.after.as_deref().unwrap_or_default();
        threads.iter().skip(1).map(|thread| thread.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

pub(crate) fn run(stage: &Stage, report: &mut Report) -> io::Result<()> {
    let rest = Duration::from_millis(stage.scale.of(2000, 500, 50));
    report.say(&format!("idle: how often threads were scheduled while nothing happened for {rest:?}"));
    let mut rows = vec![cells(["after", "the writer's threads", "the sleeping producer", "names"])];
    for corked in [false, true] {
        let after = if corked { "a write under a cork" } else { "writes and a flush" };
        let task = super::Task::Rest(Task { rest, corked });
        let said = child::run::<Said>(&mut child::again(Idle.name(), &task)?)?.said;
        let scheduled = said.scheduled();
        let cell = |which: usize| {
            scheduled.map_or_else(|| show::NOT_MEASURED.into(), |scheduled| scheduled[which].to_string())
        };
        rows.push(vec![after.into(), cell(1), cell(0), said.names()]);
        let ours = scheduled.and_then(|[_, ours]| Spread::of([ours as f64]));
        report.target(Target::new(format!("scheduled after {after}"), Hoped::AtMost(0.0), ours));
        report.figure(json!({ "question": "rest", "after": after, "seconds": rest.as_secs_f64(),
            "scheduled": scheduled.map(|[producer, ours]| json!({ "producer": producer, "writer": ours })) }));
    }
    report.say(&show::table(&rows));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_told_apart_by_number_and_new_ones_count() {
        let thread = |id, scheduled| Thread { id, name: format!("t{id}"), scheduled };
        let said = Said {
            before: Some(vec![thread(7, 10), thread(8, 5), thread(9, 2)]),
            after: Some(vec![thread(7, 11), thread(9, 6), thread(12, 3)]),
        };
        assert_eq!((said.scheduled(), said.names()), (Some([1, 8]), "t9, t12".into()));
        assert_eq!(Said { before: None, after: said.after }.scheduled(), None);
    }
}
