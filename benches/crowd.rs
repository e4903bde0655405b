//! How long several producers need until all their bytes have arrived.

use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::measure::Measured;
use crate::peers::{Finish, Produce, Shareable};
use crate::sinks::{Destination, Mingled};
use crate::stream::Stream;

/// A contender in the hands of so many threads, each of which writes its [share](Stream::share) of every lap.
#[derive(Clone, Copy, Debug)]
pub struct Crowd<S> {
    name: &'static str,
    shareable: S,
    producers: usize,
}

impl<S> Crowd<S> {
    /// Named `name` in ids and tables, with so many `producers`.
    pub const fn new(name: &'static str, shareable: S, producers: usize) -> Self {
        Self { name, shareable, producers }
    }
}

impl<S: Shareable> Measured for Crowd<S> {
    fn name(&self) -> String {
        self.name.into()
    }

    /// Into a sink that needs no order, or knows one producer from the other.
    fn takes(&self, to: &dyn Destination) -> bool {
        self.producers == 1 || to.takes_any_order()
    }

    /// The threads are started before the clock is. It runs until the last of them is done and the last byte has arrived.
    fn deliver(&self, to: &dyn Destination, stream: &Stream) -> io::Result<Duration> {
        let (sink, mut delivery) = to.open(stream)?;
        let (handle, rest) = self.shareable.open_shared(sink, stream.chunk())?;
        let parts = self.producers;
        let gate = Barrier::new(parts + 1);
        let took = thread::scope(|scope| {
            let threads: Vec<_> = (0..parts)
                .map(|part| {
                    let (handle, gate) = (handle.clone(), &gate);
                    scope.spawn(move || produce(handle, gate, stream, part, parts))
                })
                .collect();
            drop(handle);
            gate.wait(); // all are there,
            let start = Instant::now();
            gate.wait(); // and go.
            for thread in threads {
                thread.join().map_err(|_| io::Error::other("a producer panicked"))??;
            }
            rest.finish()?;
            delivery.arrive()?;
            io::Result::Ok(start.elapsed())
        })?;
        delivery.verify()?;
        Ok(took)
    }

    fn rehearse(&self, stream: &Stream) -> io::Result<()> {
        self.deliver(&Mingled { producers: self.producers }, stream).map(drop)
    }
}

fn produce(
    mut handle: impl Produce,
    gate: &Barrier,
    stream: &Stream,
    part: usize,
    parts: usize,
) -> io::Result<()> {
    gate.wait();
    gate.wait();
    for _ in 0..stream.laps() {
        for chunk in stream.share(part, parts) {
            handle.write(chunk)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sinks::{AnySink, Null};
    use crate::stream::NotDelivered;
    use std::sync::{Arc, Mutex};

    /// What a producer does wrong.
    #[derive(Clone, Copy)]
    enum Wrong {
        /// Keeps its last chunk.
        Keeps,
        /// Exchanges each pair of its chunks.
        Swaps,
    }

    #[derive(Clone)]
    struct Producing {
        wrong: Wrong,
        sink: Arc<Mutex<AnySink>>,
        before: Option<Vec<u8>>,
    }

    impl Shareable for Wrong {
        type Handle = Producing;
        type Rest = Arc<Mutex<AnySink>>;

        fn open_shared(&self, sink: AnySink, _chunk: usize) -> io::Result<(Self::Handle, Self::Rest)> {
            let sink = Arc::new(Mutex::new(sink));
            Ok((Producing { wrong: *self, sink: Arc::clone(&sink), before: None }, sink))
        }
    }

    impl Produce for Producing {
        fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
            let Some(before) = self.before.replace(chunk.to_vec()) else { return Ok(()) };
            let mut sink = self.sink.lock().expect("no producer panics");
            match self.wrong {
                Wrong::Keeps => sink.write_all(&before),
                Wrong::Swaps => {
                    self.before = None;
                    sink.write_all(&[chunk, &before].concat())
                }
            }
        }
    }

    impl Finish for Arc<Mutex<AnySink>> {
        fn finish(self) -> io::Result<()> {
            Ok(())
        }
    }

    fn complaint(outcome: io::Result<()>) -> Option<NotDelivered> {
        outcome.err()?.get_ref()?.downcast_ref().copied()
    }

    #[test]
    fn producers_that_keep_their_last_chunk_are_caught_and_are_not_timed() {
        let stream = Stream::new(16, 2);
        for producers in [1, 2, 4] {
            let crowd = Crowd::new("wrong", Wrong::Keeps, producers);
            let expected = stream.bytes();
            let caught = Some(NotDelivered::Count { seen: expected - 16 * producers as u64, expected });
            assert_eq!(complaint(crowd.deliver(&Null, &stream).map(drop)), caught);
            assert_eq!(complaint(crowd.rehearse(&stream)), caught);
        }
    }

    #[test]
    fn producers_that_mix_up_their_own_chunks_are_caught_in_the_rehearsal() {
        let stream = Stream::new(16, 2);
        for producers in [1, 2, 4] {
            let crowd = Crowd::new("wrong", Wrong::Swaps, producers);
            assert_eq!(complaint(crowd.rehearse(&stream)), Some(NotDelivered::Wrong { at: 0 }));
        }
    }
}
