//! A lone write after a silence: how long until the sink is called?

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::rounds::{Lane, in_turn};
use super::super::show::{self, cells};
use super::super::{Experiment as _, Report, Stage, child};
use super::{CHUNK, Idle};
use crate::ledger::percentile;

/// The silence before each write.
const SILENCE: Duration = Duration::from_millis(50);

/// Who is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Whom {
    Highwater,
    /// A thread that takes chunks from a channel: what waking any thread costs here.
    Channel,
}

/// What a child is told.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Task {
    whom: Whom,
    writes: usize,
}

/// Notes when it is called.
struct Doorbell(Sender<Instant>);

impl Write for Doorbell {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let now = Instant::now();
        self.0.send(now).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Task {
    /// The delays, in nanoseconds.
    pub(crate) fn perform(self) -> io::Result<Vec<u64>> {
        let (rings, heard) = channel();
        let mut sink = Doorbell(rings);
        match self.whom {
            Whom::Highwater => {
                let mut writer = highwater::Writer::builder().spawn(sink)?;
                let delays = self.delays(&heard, || Ok(writer.write(CHUNK).map(drop)?))?;
                writer.finish().wait()?;
                Ok(delays)
            }
            Whom::Channel => {
                let (chunks, received) = sync_channel::<Vec<u8>>(16);
                let thread = thread::spawn(move || {
                    received.iter().try_for_each(|chunk: Vec<u8>| sink.write(&chunk).map(drop))
                });
                let write =
                    || chunks.send(CHUNK.to_vec()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe));
                let delays = self.delays(&heard, write)?;
                drop(chunks);
                thread.join().map_err(|_| io::Error::other("the channel's thread panicked"))??;
                Ok(delays)
            }
        }
    }

    /// From the return of a write until the sink's is entered; none where the sink was faster than the return.
    fn delays(
        self,
        heard: &Receiver<Instant>,
        mut write: impl FnMut() -> io::Result<()>,
    ) -> io::Result<Vec<u64>> {
        let mut delays = Vec::with_capacity(self.writes);
        for _ in 0..self.writes {
            thread::sleep(SILENCE);
            write()?;
            let returned = Instant::now();
            let entered = heard.recv().map_err(|_| io::Error::other("the sink is gone"))?;
            let delay = entered.saturating_duration_since(returned);
            delays.push(u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX));
        }
        Ok(delays)
    }
}

pub(crate) fn run(stage: &Stage, report: &mut Report) -> io::Result<()> {
    let rounds = stage.scale.rounds(2);
    let writes = stage.scale.of(100, 20, 3);
    let lanes =
        [(Whom::Highwater, "highwater"), (Whom::Channel, "a thread at a channel")].map(|(whom, name)| {
            Lane::new(name, move || {
                let task = super::Task::Lone(Task { whom, writes });
                Ok(child::run::<Vec<u64>>(&mut child::again(Idle.name(), &task)?)?.said)
            })
        });
    report.say(&format!(
        "idle: a write of {} B after {} ms of silence, from its return until the sink is called; {} of them",
        CHUNK.len(),
        SILENCE.as_millis(),
        rounds * writes
    ));
    let mut rows = vec![cells(["", "median", "p99", "longest"])];
    for track in in_turn(lanes.into(), rounds)? {
        let mut delays: Vec<u64> = track.samples.into_iter().flatten().collect();
        delays.sort_unstable();
        let figures = [50.0, 99.0, 100.0].map(|percent| percentile(&delays, percent));
        let say = |ns: Option<u64>| {
            ns.map_or_else(|| show::NOT_MEASURED.into(), |ns| show::seconds(ns as f64 / 1e9))
        };
        let [median, p99, longest] = figures;
        rows.push(vec![track.name.clone(), say(median), say(p99), say(longest)]);
        report.figure(json!({ "question": "lone", "program": track.name, "writes": delays.len(),
            "ns": { "p50": median, "p99": p99, "max": longest } }));
    }
    report.say(&show::table(&rows));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_write_is_answered_by_one_ring_whoever_is_woken() {
        for whom in [Whom::Highwater, Whom::Channel] {
            let delays = Task { whom, writes: 2 }.perform().unwrap();
            assert_eq!(delays.len(), 2, "{whom:?}");
        }
    }
}
