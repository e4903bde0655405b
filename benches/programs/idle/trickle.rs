//! A small write each millisecond: what share of a processor does that take?

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::rounds::{Lane, Track, in_turn};
use super::super::show::{self, Hoped, Target, cells};
use super::super::system;
use super::super::{Experiment as _, Report, Stage, child};
use super::{CHUNK, Count, Idle};
use crate::ledger::Spread;
use crate::peers::{BASELINE, Contender, Highwater, Open};
use crate::units::figure;

/// From one write to the next.
const INTERVAL: Duration = Duration::from_millis(1);

/// What is written through.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Through {
    /// The loop alone, which writes nothing.
    Nothing,
    Baseline,
    Highwater,
}

/// What a child is told.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Task {
    through: Through,
    /// Each gets a write each time.
    writers: usize,
    times: u32,
}

/// What a child says: time on a processor, and time by the clock, in seconds.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Said {
    processor: Option<f64>,
    clock: f64,
}

impl Task {
    pub(crate) fn perform(self) -> io::Result<Said> {
        match self.through {
            Through::Nothing | Through::Baseline => self.trickle(&BASELINE),
            Through::Highwater => self.trickle(&Highwater::default()),
        }
    }

    fn trickle(self, contender: &impl Contender) -> io::Result<Said> {
        let counts: Vec<Count> = (0..self.writers).map(|_| Count::default()).collect();
        let open = |count: &Count| contender.open(Box::new(count.clone()), CHUNK.len());
        let mut writers = counts.iter().map(open).collect::<io::Result<Vec<_>>>()?;
        let (before, start) = (system::processor_time(), Instant::now());
        for time in 0..self.times {
            thread::sleep((INTERVAL * time).saturating_sub(start.elapsed()));
            writers.iter_mut().try_for_each(|writer| writer.write(&CHUNK))?;
        }
        thread::sleep((INTERVAL * self.times).saturating_sub(start.elapsed()));
        let (after, clock) = (system::processor_time(), start.elapsed().as_secs_f64());
        writers.into_iter().try_for_each(Open::finish)?;
        let expected = u64::from(self.times) * CHUNK.len() as u64;
        counts.iter().try_for_each(|count| count.expect(expected))?;
        let processor = before.zip(after).map(|(before, after)| after.saturating_sub(before).as_secs_f64());
        Ok(Said { processor, clock })
    }
}

impl Said {
    /// The share of a processor, in percent.
    fn percent(&self) -> Option<f64> {
        Some(self.processor? / self.clock * 100.0)
    }
}

pub(crate) fn run(stage: &Stage, report: &mut Report) -> io::Result<()> {
    let times = stage.scale.of(3000, 300, 50);
    let rounds = stage.scale.rounds(2);
    let programs = [
        ("the loop alone", Through::Nothing, 0),
        ("bufwriter-8KiB", Through::Baseline, 1),
        ("highwater", Through::Highwater, 1),
        ("10 x bufwriter-8KiB", Through::Baseline, 10),
        ("10 x highwater", Through::Highwater, 10),
    ];
    let lanes = programs.map(|(name, through, writers)| {
        Lane::new(name, move || {
            let task = super::Task::Trickle(Task { through, writers, times });
            Ok(child::run::<Said>(&mut child::again(Idle.name(), &task)?)?.said)
        })
    });
    let tracks = in_turn(lanes.into(), rounds)?;
    report.say(&format!(
        "idle: share of a core for a write of {} B each millisecond, to each writer, for {:.1} s",
        CHUNK.len(),
        (INTERVAL * times).as_secs_f64()
    ));
    let mut rows = vec![cells(["", "all", "less the loop", "per write"])];
    for (track, (_, _, writers)) in tracks.iter().zip(programs) {
        let more = less(track, &tracks[0]);
        let a_write = |percent: f64| show::seconds(percent / 100.0 * INTERVAL.as_secs_f64() / writers as f64);
        let mut row = vec![track.name.clone(), percent(track.spread(Said::percent))];
        if writers > 0 {
            row.extend([percent(more), show::median(more, a_write)]);
        }
        rows.push(row);
        report.figure(json!({ "question": "trickle", "program": track.name, "writers": writers,
            "percent": track.spread(Said::percent), "percent_less_loop": more, "rounds": rounds }));
        if track.name == "highwater" {
            let what = "a write each millisecond, less the loop";
            report.target(Target::new(what, Hoped::AtMost(5.0), more).in_unit(" %"));
        }
    }
    report.say(show::table(&rows).trim_end());
    Ok(())
}

/// What a program takes more than the loop does in the same round.
fn less(track: &Track<Said>, alone: &Track<Said>) -> Option<Spread> {
    track.beside(alone, |mine, alone| Some((mine.percent()? - alone.percent()?).max(0.0)))
}

fn percent(spread: Option<Spread>) -> String {
    show::median(spread, |percent| format!("{} %", figure(percent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_kept_and_every_write_arrives() {
        let task = Task { through: Through::Highwater, writers: 3, times: 20 };
        let said = task.perform().unwrap();
        assert!(said.clock >= 0.02, "{} s for 20 ms", said.clock);
    }

    #[test]
    fn the_share_is_of_one_core_and_the_loop_is_taken_off() {
        let track = |processor| Track { name: "x".into(), samples: vec![Said { processor, clock: 2.0 }] };
        let more = less(&track(Some(0.5)), &track(Some(0.1)));
        assert_eq!(percent(more), "20.0 %");
        assert_eq!(percent(less(&track(Some(0.5)), &track(None))), "not measured");
    }
}
