//! What is timed, and what is not.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use crate::peers::{Contender, Open};
use crate::sinks::{Checked, Destination};
use crate::stream::{LAP, Stream};

/// A contender as the ratio tables see it: a loop compiled for its own `write`.
pub trait Measured {
    /// The contender's name.
    fn name(&self) -> String;

    /// Whether it can write into this sink at all.
    fn takes(&self, _to: &dyn Destination) -> bool {
        true
    }

    /// Writes the whole stream as fast as it can. The time runs from the first write until the last byte has arrived; making and
    /// opening things before, and judging what arrived after, is not timed.
    ///
    /// # Errors
    /// When the sink fails or did not get exactly the stream.
    fn deliver(&self, to: &dyn Destination, stream: &Stream) -> io::Result<Duration>;

    /// Writes the stream once into a sink that compares every byte, so that a contender that loses or mixes up bytes is never timed.
    ///
    /// # Errors
    /// When the sink did not get exactly the stream.
    fn rehearse(&self, stream: &Stream) -> io::Result<()> {
        self.deliver(&Checked, stream).map(drop)
    }
}

/// A contender as the stall table sees it.
pub trait Paced: Measured {
    /// Writes the stream at a given pace, and says how long each single write took, in nanoseconds.
    ///
    /// Writes fall due at fixed times from the start, so a write that stalls makes those behind it late but not fewer, and what
    /// is timed is the call alone: the wait until a write falls due lies between two calls.
    ///
    /// # Errors
    /// When the sink fails or did not get exactly the stream.
    fn pace(&self, to: &dyn Destination, stream: &Stream, interval: Duration) -> io::Result<Vec<u64>>;
}

impl<C: Contender> Measured for C {
    fn name(&self) -> String {
        Contender::name(self)
    }

    fn takes(&self, to: &dyn Destination) -> bool {
        to.is_tried() || !self.tries()
    }

    fn deliver(&self, to: &dyn Destination, stream: &Stream) -> io::Result<Duration> {
        let (sink, mut delivery) = to.open(stream)?;
        let mut writer = self.open(sink, stream.chunk())?;
        let start = Instant::now();
        for _ in 0..stream.laps() {
            for chunk in stream.lap() {
                writer.write(chunk)?;
            }
        }
        writer.finish()?;
        delivery.arrive()?;
        let took = start.elapsed();
        delivery.verify()?;
        Ok(took)
    }
}

impl<C: Contender> Paced for C {
    fn pace(&self, to: &dyn Destination, stream: &Stream, interval: Duration) -> io::Result<Vec<u64>> {
        let (sink, mut delivery) = to.open(stream)?;
        let mut writer = self.open(sink, stream.chunk())?;
        let mut took = Vec::with_capacity(usize::try_from(stream.writes()).unwrap_or(0));
        let start = Instant::now();
        let mut due = Duration::ZERO;
        for _ in 0..stream.laps() {
            for chunk in stream.lap() {
                // Yielding gives the core away here, between the calls, rather than have the system take it inside one.
                while start.elapsed() < due {
                    thread::yield_now();
                }
                let before = Instant::now();
                writer.write(chunk)?;
                took.push(nanoseconds(before.elapsed()));
                due += interval;
            }
        }
        writer.finish()?;
        delivery.arrive()?;
        delivery.verify()?;
        Ok(took)
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// What asking the clock twice costs, in nanoseconds: part of every figure of the stall table. The median of many.
#[must_use]
pub fn clock_cost_ns() -> u64 {
    let mut costs = [0; 1001];
    for cost in &mut costs {
        let before = Instant::now();
        *cost = nanoseconds(before.elapsed());
    }
    costs.sort_unstable();
    costs[costs.len() / 2]
}

/// A contender and the one it is compared with, each writing the same stream in turn.
pub struct Pair<'a> {
    contender: &'a dyn Measured,
    baseline: &'a dyn Measured,
    to: &'a dyn Destination,
    stream: Stream,
    contender_first: bool,
}

impl std::fmt::Debug for Pair<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pair")
            .field("contender", &self.contender.name())
            .field("baseline", &self.baseline.name())
            .field("to", &self.to.name())
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

/// How long the batches of one round took on each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// All batches of the contender.
    pub contender: Duration,
    /// As many batches of the baseline.
    pub baseline: Duration,
    /// Writes on each side.
    pub writes: u64,
}

impl Round {
    /// The contender's time as a ratio to the baseline's.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.contender.as_secs_f64() / self.baseline.as_secs_f64()
    }
}

impl<'a> Pair<'a> {
    /// A batch lasts about this long on the contender's side, if the destination allows that many bytes: long against the last
    /// wake-up and the end of a thread, which every batch of a threaded contender pays once.
    pub const BATCH: Duration = Duration::from_millis(25);

    const TRIAL_LAPS: u64 = 4;

    /// A pair whose batches are a single lap: enough to see that everything works.
    #[must_use]
    pub fn new(
        contender: &'a dyn Measured,
        baseline: &'a dyn Measured,
        to: &'a dyn Destination,
        chunk: usize,
    ) -> Self {
        Self { contender, baseline, to, stream: Stream::new(chunk, 1), contender_first: true }
    }

    /// Compares every byte the contender delivers, untimed.
    ///
    /// # Errors
    /// When the sink did not get exactly the stream.
    pub fn rehearse(&self) -> io::Result<()> {
        self.contender.rehearse(&self.stream.with_laps(Self::TRIAL_LAPS))
    }

    /// Makes the batches last about [`Pair::BATCH`], after a trial.
    ///
    /// # Errors
    /// When the trial fails.
    pub fn calibrate(&mut self) -> io::Result<()> {
        let trial = self.stream.with_laps(Self::TRIAL_LAPS);
        let took = self.contender.deliver(self.to, &trial)?.as_secs_f64().max(1e-6);
        let laps = Self::TRIAL_LAPS as f64 * Self::BATCH.as_secs_f64() / took;
        let laps_max = self.to.batch_bytes_max() / LAP as u64;
        // A float becomes a count: it is positive and the cast saturates, so the clamp is the only bound needed.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let laps = (laps as u64).clamp(1, laps_max);
        self.stream = self.stream.with_laps(laps);
        Ok(())
    }

    /// The stream of one batch.
    #[must_use]
    pub const fn stream(&self) -> &Stream {
        &self.stream
    }

    /// So many batches on each side, in turn; who goes first changes with each, so that neither always finds the warmer cache.
    ///
    /// # Errors
    /// When a sink fails or did not get exactly the stream.
    pub fn round(&mut self, batches: u64) -> io::Result<Round> {
        let mut round = Round { writes: batches * self.stream.writes(), ..Round::default() };
        for _ in 0..batches {
            if self.contender_first {
                round.contender += self.contender.deliver(self.to, &self.stream)?;
                round.baseline += self.baseline.deliver(self.to, &self.stream)?;
            } else {
                round.baseline += self.baseline.deliver(self.to, &self.stream)?;
                round.contender += self.contender.deliver(self.to, &self.stream)?;
            }
            self.contender_first = !self.contender_first;
        }
        Ok(round)
    }
}
