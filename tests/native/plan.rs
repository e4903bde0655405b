//! One run: what its threads do, as a seed decides.

use crate::hands::{Deaf, Sink, Writing, block_on};
use crate::tally::Tally;
use highwater::{OnDrop, SharedWriter, Trace, WaitError, Writer};
use highwater_model::contract::{Answer, Params, SinkAnswer};
use highwater_tests::driving::{Driving, Executor};
use highwater_tests::lines::Lines;
use highwater_tests::native::Waits;
use highwater_tests::rng::Rng;
use std::thread;
use std::time::Duration;

/// So that a log stays short enough to be judged in a moment.
const OPS_MAX: usize = 24;

/// When and how the owner brings the stream to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// After a while, whatever the producers are doing.
    EndEarly,
    DestroyEarly,
    EndThenDestroy,
    /// After a while, by dropping the driver.
    AbandonEarly,
    /// When the producers are done and the writer has come to rest, which must leave nothing owed.
    EndLate,
    /// When the producers are done, by dropping the last handle.
    Drop(OnDrop),
}

fn random_params(rng: &mut Rng) -> Params {
    let high = 1 + rng.below(24);
    let low = if rng.chance(30) { high - 1 } else { rng.below(high) };
    let capacity = high + rng.below(2 * high + 1);
    let params = Params::new(high, low, capacity).expect("the marks are in range");
    Params { retry_would_block: rng.chance(40), ..params }
}

fn random_fate(rng: &mut Rng) -> Fate {
    match rng.below(100) {
        0..15 => Fate::EndEarly,
        15..30 => Fate::DestroyEarly,
        30..40 => Fate::EndThenDestroy,
        40..75 => Fate::EndLate,
        75..85 => Fate::Drop(OnDrop::Finish),
        85..93 => Fate::Drop(OnDrop::Discard),
        _ => Fate::Drop(OnDrop::Detach),
    }
}

/// Answers of a sink that makes progress: it is slow, takes parts, is interrupted, and in some runs fails.
fn script(mut rng: Rng, retry: bool, fate: Fate) -> impl FnMut(Option<usize>) -> SinkAnswer + Send + 'static {
    // What fails in the very call that is in progress at a destroy is rare otherwise.
    let faults = match (rng.chance(40), fate) {
        (false, _) => 0,
        (true, Fate::DestroyEarly | Fate::EndThenDestroy) => 15,
        (true, _) => 4,
    };
    let slowness = rng.below(60);
    move |offered| {
        if rng.chance(slowness) {
            pause(&mut rng);
        }
        let fault = rng.chance(faults);
        match (offered, rng.below(100)) {
            (Some(offered), roll) if fault => match roll % 5 {
                0 => SinkAnswer::Took(0),
                1 => SinkAnswer::Took(offered + 1),
                2 => SinkAnswer::Panicked,
                3 => SinkAnswer::WouldBlock,
                _ => SinkAnswer::Failed,
            },
            (None, roll) if fault => [SinkAnswer::Panicked, SinkAnswer::Failed][roll % 2],
            (_, 0..6) => SinkAnswer::Interrupted,
            (_, 6..12) if retry => SinkAnswer::WouldBlock,
            (None, _) => SinkAnswer::Flushed,
            (Some(offered), 12..40) => SinkAnswer::Took(1 + rng.below(offered)),
            (Some(offered), _) => SinkAnswer::Took(offered),
        }
    }
}

fn pause(rng: &mut Rng) {
    match rng.below(3) {
        0 => thread::yield_now(),
        1 => (0..rng.below(2_000)).for_each(|_| std::hint::spin_loop()),
        _ => thread::sleep(Duration::from_micros(rng.below(60) as u64)),
    }
}

/// What one producer does.
fn produce(mut rng: Rng, writing: &mut Writing) {
    let writer = writing.writer.clone();
    let polite = rng.chance(70);
    for _ in 0..6 + rng.below(OPS_MAX - 6) {
        match rng.below(100) {
            0..70 if !write(&mut rng, writing, polite) => return,
            70..78 => wait(&mut rng, writer.flush()),
            78..82 => wait(&mut rng, writer.drained()),
            82..86 => writer.cork(),
            86..92 => writer.uncork(),
            92..100 => pause(&mut rng),
            _ => {}
        }
    }
}

/// Writes one chunk, and again if it was refused for now; answers whether to go on.
fn write(rng: &mut Rng, writing: &mut Writing, polite: bool) -> bool {
    let writer = writing.writer.clone();
    let capacity = writer.capacity();
    let len = if rng.chance(90) { rng.below(1 + capacity / 2) } else { rng.below(capacity + 2) };
    for _ in 0..3 {
        match writing.write(len) {
            Answer::Continue | Answer::TooLarge => return true,
            Answer::Pause => {
                if polite {
                    wait(rng, writer.drained());
                }
                return true;
            }
            Answer::Full if polite => wait(rng, writer.drained()),
            Answer::Full => {}
            _ => return rng.chance(50), // Some go on writing to a stream that is over.
        }
    }
    true
}

/// Waits in one of the ways there are, or gives up.
fn wait<T: Waits>(rng: &mut Rng, mut wait: T) {
    let outcome = match rng.below(100) {
        0..40 => wait.block(),
        40..70 => block_on(wait),
        70..92 => loop {
            match wait.block_for(Duration::from_micros(rng.below(200) as u64)) {
                Err(WaitError::TimedOut) if rng.chance(85) => {}
                outcome => break outcome,
            }
        },
        _ => {
            drop(wait);
            Ok(())
        }
    };
    let _ = outcome; // It is in the log.
}

/// What a seed decides.
pub(crate) struct Plan {
    rng: Rng,
    params: Params,
    producers: usize,
    fate: Fate,
    recover: bool,
    retry_pause: Duration,
    driving: Driving,
}

impl Plan {
    pub(crate) fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let params = random_params(&mut rng);
        let producers = rng.pick(&[1, 2, 4]);
        let driving = rng.pick(&[
            Driving::Thread,
            Driving::Thread,
            Driving::Blocking,
            Driving::Pending,
            Driving::Pending,
        ]);
        let has_driver = driving != Driving::Thread;
        let fate = if has_driver && rng.chance(15) { Fate::AbandonEarly } else { random_fate(&mut rng) };
        let destroyed = matches!(fate, Fate::DestroyEarly | Fate::EndThenDestroy);
        // A pause that only a destroy ends must not keep that destroy waiting.
        let retry_pause =
            if destroyed && rng.chance(30) { Duration::from_secs(3_600) } else { Duration::from_micros(20) };
        let recover = rng.chance(60);
        Self { rng, params, producers, fate, recover, retry_pause, driving }
    }

    fn spawn(&mut self, trace: &Trace) -> (SharedWriter<Sink>, Option<Executor>) {
        let script = script(Rng::new(self.rng.bits()), self.params.retry_would_block, self.fate);
        let mut builder = Writer::builder()
            .high_water_mark(self.params.high_water_mark)
            .low_water_mark(self.params.low_water_mark)
            .capacity(self.params.capacity)
            .batch(1 + self.rng.below(self.params.high_water_mark))
            .linger(Duration::from_micros(self.rng.pick(&[0, 20, 500])))
            .trace(trace);
        if self.rng.chance(50) {
            builder = builder.observer(Deaf);
        }
        if self.rng.chance(30) {
            builder = builder.plain_fences();
        }
        if self.params.retry_would_block {
            builder = builder.retry_would_block(self.retry_pause);
        }
        if let Fate::Drop(policy) = self.fate {
            builder = builder.on_drop(policy);
        }
        let pends = (self.driving == Driving::Pending).then(|| Rng::new(self.rng.bits()));
        self.driving.start(builder, Sink::new(script, pends))
    }

    /// Runs it, judges what was recorded, and says what came of it. The trace ends in `lines`.
    pub(crate) fn run(mut self, trace: &Trace, lines: &Lines) -> Result<Tally, String> {
        let (owner, mut executor) = self.spawn(trace);
        let closed = owner.closed();
        let threads: Vec<_> = (0..self.producers)
            .map(|producer| {
                let rng = Rng::new(self.rng.bits());
                let mut writing = Writing { writer: owner.clone(), producer, chunks: 0 };
                thread::spawn(move || produce(rng, &mut writing))
            })
            .collect();
        early(&mut self.rng, self.fate, &owner);
        if self.fate == Fate::AbandonEarly {
            for _ in 0..self.rng.below(8) {
                pause(&mut self.rng);
            }
            executor.take().into_iter().for_each(Executor::drop_driver);
        }
        for thread in threads {
            thread.join().map_err(|_| "a producer panicked".to_owned())?;
        }
        let owner = late(&mut self.rng, self.fate, owner, trace, self.params.retry_would_block)?;
        wait_for_close(&mut self.rng, closed);
        let stats = owner.as_ref().map(SharedWriter::stats);
        if let Some(owner) = owner {
            if self.recover {
                let recovered = owner.recover().ok_or("a closed stream had nothing to recover")?;
                drop(recovered.sink);
            }
            drop(owner);
        }
        executor.into_iter().for_each(Executor::join);
        trace.quiesce().map_err(|error| error.to_string())?;
        Tally::of(&lines.bytes(), stats)
    }
}

fn early(rng: &mut Rng, fate: Fate, owner: &SharedWriter<Sink>) {
    if matches!(fate, Fate::EndEarly | Fate::DestroyEarly | Fate::EndThenDestroy) {
        for _ in 0..rng.below(8) {
            pause(rng);
        }
    }
    match fate {
        Fate::EndEarly => owner.end(),
        Fate::DestroyEarly => owner.destroy(),
        Fate::EndThenDestroy => {
            owner.end();
            pause(rng);
            owner.destroy();
        }
        Fate::AbandonEarly | Fate::EndLate | Fate::Drop(_) => {}
    }
}

/// What is left to do when the producers are done. Dropping the last handle is an end or a destroy, and is recorded as such.
fn late(
    rng: &mut Rng,
    fate: Fate,
    owner: SharedWriter<Sink>,
    trace: &Trace,
    retries: bool,
) -> Result<Option<SharedWriter<Sink>>, String> {
    match fate {
        Fate::EndEarly | Fate::EndThenDestroy | Fate::AbandonEarly => owner.end(), // A second time, which changes nothing.
        Fate::DestroyEarly => owner.destroy(),
        Fate::EndLate => {
            for _ in 0..rng.below(12) {
                owner.uncork(); // Most often it is the last one that lets the bytes go, and nobody calls after it.
            }
            if !retries {
                come_to_rest(&owner);
                trace.quiesce().map_err(|error| error.to_string())?;
            }
            owner.end();
        }
        Fate::Drop(_) => {
            drop(owner);
            return Ok(None);
        }
    }
    Ok(Some(owner))
}

/// Waits until the drain thread has nothing to do. A pause before a retry would look the same.
fn come_to_rest(writer: &SharedWriter<Sink>) {
    loop {
        let noted = writer.sink_calls_noted();
        let stats = writer.stats().without_times();
        if writer.settled() && noted == stats.sink_writes + stats.sink_flushes {
            let after = writer.stats().without_times();
            if after == stats && writer.sink_calls_noted() == noted {
                return;
            }
        }
        thread::yield_now();
    }
}

fn wait_for_close<T: Waits>(rng: &mut Rng, mut closed: T) {
    let mut outcome = Err(WaitError::TimedOut);
    while outcome == Err(WaitError::TimedOut) && rng.chance(50) {
        outcome = closed.block_for(Duration::from_micros(50));
    }
    if outcome == Err(WaitError::TimedOut) {
        let _ = closed.block();
    }
}
