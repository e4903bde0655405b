//! The writer at full speed for a while: rounds of random marks, paces and sinks, each byte checked where it arrives, and a watch for hangs.
//!
//! Two seconds by default; `HIGHWATER_SOAK_SECONDS=600 cargo test --release -p highwater-tests --test soak -- --nocapture` soaks for ten minutes.
//! A failure prints the round's seed: `HIGHWATER_SEED=<seed>` runs that round alone.
//!
//! It catches what the searches cannot run long enough to meet, if anything is left to meet; that it passes says little, and the searches say the rest.

use highwater::{Builder, WriteError, Writer};
use highwater_tests::rng::Rng;
use highwater_tests::settings::number;
use highwater_tests::watchdog::Patience;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The stream repeats itself after so many bytes, a prime, so that no ring holds the same bytes twice in the same cells.
const PERIOD: usize = 65_521;
/// The longest chunk, in bytes.
const CHUNK_MAX: usize = 8192;
/// A round lasts about so long.
const ROUND: Duration = Duration::from_millis(300);
/// Nothing may stand still for so long.
const STILL_MAX: Duration = Duration::from_secs(30);

/// What is written: the byte at `n` is `bytes[n % PERIOD]`.
struct Stream(Vec<u8>);

impl Stream {
    fn new() -> Self {
        let mut rng = Rng::new(1);
        let mut bytes: Vec<u8> = (0..PERIOD).map(|_| rng.bits().to_le_bytes()[3]).collect();
        bytes.extend_from_within(..CHUNK_MAX);
        Self(bytes)
    }

    fn at(&self, position: u64, len: usize) -> &[u8] {
        let first = usize::try_from(position % PERIOD as u64).expect("less than the period");
        &self.0[first..first + len]
    }
}

/// Takes a stream and compares it.
struct Checking {
    stream: Arc<Stream>,
    taken: Arc<AtomicU64>,
    rng: Rng,
    /// How often in a hundred it takes a part, and how often in ten thousand it sleeps.
    short: usize,
    slow: usize,
}

impl Checking {
    fn check(&self, bytes: &[u8]) -> io::Result<()> {
        let mut position = self.taken.load(Ordering::Relaxed);
        for piece in bytes.chunks(CHUNK_MAX) {
            if piece != self.stream.at(position, piece.len()) {
                return Err(io::Error::other(format!(
                    "a byte at or after {position} is not the one written there"
                )));
            }
            position += piece.len() as u64;
        }
        self.taken.store(position, Ordering::Relaxed);
        Ok(())
    }
}

impl Write for Checking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.rng.below(10_000) < self.slow {
            thread::sleep(Duration::from_micros(self.rng.below(300) as u64));
        }
        let len = if self.rng.chance(self.short) { 1 + self.rng.below(bytes.len()) } else { bytes.len() };
        self.check(&bytes[..len])?;
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a seed decides.
struct Round {
    rng: Rng,
    stream: Arc<Stream>,
    taken: Arc<AtomicU64>,
}

impl Round {
    fn builder(&mut self) -> Builder {
        let rng = &mut self.rng;
        let high = rng.pick(&[1, 7, 64, 1000, 4096, 65_536, 524_288]);
        let capacity = high + rng.below(2 * high + CHUNK_MAX);
        let mut builder = Writer::builder()
            .high_water_mark(high)
            .low_water_mark(rng.below(high))
            .capacity(capacity.max(CHUNK_MAX))
            .batch(1 + rng.below(high))
            .linger(Duration::from_micros(rng.pick(&[0, 0, 20, 1000])));
        if rng.chance(40) {
            builder = builder.plain_fences();
        }
        builder
    }

    fn sink(&mut self) -> Checking {
        let (short, slow) = (self.rng.pick(&[0, 30]), self.rng.pick(&[0, 0, 20]));
        let rng = Rng::new(self.rng.bits());
        Checking { stream: Arc::clone(&self.stream), taken: Arc::clone(&self.taken), rng, short, slow }
    }

    /// Writes for a while, and answers how many chunks that were.
    fn run(&mut self) -> Result<u64, String> {
        let (builder, sink) = (self.builder(), self.sink());
        if self.rng.chance(30) { self.through_a_pipe(builder, sink) } else { self.into(builder, sink) }
    }

    fn into(&mut self, builder: Builder, sink: Checking) -> Result<u64, String> {
        let mut writer = builder.spawn(sink).map_err(|error| error.to_string())?;
        let (chunks, position) = self.produce(&mut writer)?;
        writer.finish().wait().map_err(|failed| failed.to_string())?;
        self.arrived(position).map(|()| chunks)
    }

    /// The producer may write the pipe itself.
    fn through_a_pipe(&mut self, builder: Builder, mut sink: Checking) -> Result<u64, String> {
        let (mut reader, pipe) = io::pipe().map_err(|error| error.to_string())?;
        let reading = thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            loop {
                match reader.read(&mut buffer)? {
                    0 => return Ok::<(), io::Error>(()),
                    len => sink.write_all(&buffer[..len])?,
                }
            }
        });
        #[cfg(all(target_os = "linux", feature = "ring"))]
        let mut writer = builder.spawn_direct(pipe).map_err(|error| error.to_string())?;
        #[cfg(not(all(target_os = "linux", feature = "ring")))]
        let mut writer = builder.spawn(pipe).map_err(|error| error.to_string())?;
        let (chunks, position) = self.produce(&mut writer)?;
        drop(writer.finish().wait().map_err(|failed| failed.to_string())?);
        let read = reading.join().map_err(|_| "the reader panicked".to_owned())?;
        read.map_err(|error| error.to_string())?;
        self.arrived(position).map(|()| chunks)
    }

    /// A polite producer, of chunks around a size of the round's own.
    fn produce<W: Write + Send + 'static>(&mut self, writer: &mut Writer<W>) -> Result<(u64, u64), String> {
        let longest = self.rng.pick(&[1, 16, 100, 1000, CHUNK_MAX]);
        let (mut position, mut chunks) = (0, 0);
        let began = Instant::now();
        while chunks % 1024 != 0 || began.elapsed() < ROUND {
            let len = 1 + self.rng.below(longest);
            match writer.write(self.stream.at(position, len)) {
                Ok(flow) => {
                    (position, chunks) = (position + len as u64, chunks + 1);
                    if flow.is_pause() {
                        writer.drained().wait().map_err(|error| error.to_string())?;
                    }
                }
                Err(WriteError::Full { .. }) => writer.drained().wait().map_err(|error| error.to_string())?,
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok((chunks, position))
    }

    fn arrived(&self, written: u64) -> Result<(), String> {
        let taken = self.taken.load(Ordering::Relaxed);
        if taken == written { Ok(()) } else { Err(format!("{written} bytes were written, {taken} arrived")) }
    }
}

/// Runs the round of this seed on a thread of its own, and watches it.
fn watched(seed: u64, stream: &Arc<Stream>) -> Result<u64, String> {
    let taken = Arc::new(AtomicU64::new(0));
    let mut round = Round { rng: Rng::new(seed), stream: Arc::clone(stream), taken: Arc::clone(&taken) };
    let (done, result) = channel();
    thread::spawn(move || done.send(round.run()));
    let mut patience = Patience::new(STILL_MAX);
    let mut before = 0;
    loop {
        match result.recv_timeout(Duration::from_millis(100)) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Disconnected) => return Err("it panicked".to_owned()),
            Err(RecvTimeoutError::Timeout) => {
                let now = taken.load(Ordering::Relaxed);
                if now != before {
                    (before, patience) = (now, Patience::new(STILL_MAX));
                }
                if patience.is_over() {
                    return Err(format!("it hangs: {before} bytes had arrived"));
                }
            }
        }
    }
}

#[test]
fn nothing_hangs_and_no_byte_is_lost_at_full_speed() {
    let stream = Arc::new(Stream::new());
    let one = number("HIGHWATER_SEED");
    let limit = Duration::from_secs(number("HIGHWATER_SOAK_SECONDS").unwrap_or(2));
    let mut seeds = Rng::new(Rng::seed_of_the_day());
    let began = Instant::now();
    let (mut rounds, mut chunks) = (0, 0);
    while rounds == 0 || (one.is_none() && began.elapsed() < limit) {
        let seed = one.unwrap_or_else(|| seeds.bits());
        match watched(seed, &stream) {
            Ok(more) => chunks += more,
            Err(why) => panic!(
                "{why}\n  replay: HIGHWATER_SEED={seed} cargo test --release -p highwater-tests --test soak"
            ),
        }
        rounds += 1;
    }
    println!("{rounds} rounds, {chunks} writes in {:.1} s", began.elapsed().as_secs_f64());
}
