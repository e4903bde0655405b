//! A sink that compares every byte of several producers, for their rehearsal before the clock starts.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::{AnySink, Delivery, Destination, Sink};
use crate::stream::{NotDelivered, Stream};

/// Knows each chunk by its bytes and so the producer it is of: chunks must arrive whole, each producer's in the order in
/// which it wrote them, and all of them; whose chunk comes next is free.
#[derive(Clone, Copy, Debug)]
pub struct Mingled {
    /// How many threads write, each its [share](Stream::share).
    pub producers: usize,
}

impl Destination for Mingled {
    fn name(&self) -> &'static str {
        "mingled"
    }

    fn batch_bytes_max(&self) -> u64 {
        64 << 20
    }

    fn takes_any_order(&self) -> bool {
        true
    }

    fn open(&self, stream: &Stream) -> io::Result<(AnySink, Box<dyn Delivery>)> {
        let judge = Arc::new(Mutex::new(Judge::new(stream, self.producers)));
        Ok((Box::new(Judging(Arc::clone(&judge))), Box::new(Judged(judge))))
    }
}

/// What one producer writes, and how far it is.
struct Share {
    lap: Vec<Vec<u8>>,
    laps: u64,
    taken: u64,
}

impl Share {
    /// Takes the next chunk; whether it was this one.
    fn take(&mut self, chunk: &[u8]) -> bool {
        let length = self.lap.len() as u64;
        let place = usize::try_from(self.taken % length).unwrap_or(0);
        let right = self.taken < self.laps * length && self.lap[place] == chunk;
        self.taken += 1;
        right
    }
}

struct Judge {
    shares: Vec<Share>,
    /// Whose chunk this is.
    producer_of: HashMap<Vec<u8>, usize>,
    chunk: usize,
    /// The beginning of a chunk whose end has not come yet.
    begun: Vec<u8>,
    seen: u64,
    expected: u64,
    wrong_at: Option<u64>,
}

impl Judge {
    fn new(stream: &Stream, producers: usize) -> Self {
        let shares: Vec<Share> = (0..producers)
            .map(|part| {
                let lap = stream.share(part, producers).map(<[u8]>::to_vec).collect();
                Share { lap, laps: stream.laps(), taken: 0 }
            })
            .collect();
        let whose = shares.iter().enumerate();
        let producer_of =
            whose.flat_map(|(part, share)| share.lap.iter().map(move |chunk| (chunk.clone(), part)));
        Self {
            producer_of: producer_of.collect(),
            shares,
            chunk: stream.chunk(),
            begun: Vec::new(),
            seen: 0,
            expected: stream.bytes(),
            wrong_at: None,
        }
    }

    fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (piece, after) = bytes.split_at(bytes.len().min(self.chunk - self.begun.len()));
            self.begun.extend_from_slice(piece);
            bytes = after;
            if self.begun.len() == self.chunk {
                self.judge_chunk();
                self.begun.clear();
            }
        }
    }

    fn judge_chunk(&mut self) {
        let share = self.producer_of.get(&self.begun).and_then(|producer| self.shares.get_mut(*producer));
        let right = share.is_some_and(|share| share.take(&self.begun));
        if !right && self.wrong_at.is_none() {
            self.wrong_at = Some(self.seen);
        }
        self.seen += self.chunk as u64;
    }

    fn verdict(&self) -> Result<(), NotDelivered> {
        let seen = self.seen + self.begun.len() as u64;
        match self.wrong_at {
            Some(at) => Err(NotDelivered::Wrong { at }),
            // Nobody delivered a chunk too many, so the sum can only be right if every single one is.
            None if seen != self.expected => Err(NotDelivered::Count { seen, expected: self.expected }),
            None => Ok(()),
        }
    }
}

struct Judging(Arc<Mutex<Judge>>);

impl Sink for Judging {}

impl Write for Judging {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Judged(Arc<Mutex<Judge>>);

impl Delivery for Judged {
    fn arrive(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn verify(&mut self) -> io::Result<()> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).verdict()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(laps: u64, chunks: &[&[u8]]) -> Result<(), NotDelivered> {
        let mut judge = Judge::new(&Stream::new(64 * 1024, laps), 2);
        // In pieces that no chunk is a multiple of: a buffer in between cuts as it likes.
        chunks.concat().chunks(1000).for_each(|piece| judge.read(piece));
        judge.verdict()
    }

    #[test]
    fn any_order_of_the_producers_is_right_and_no_other_order() {
        let stream = Stream::new(64 * 1024, 1);
        let lap: Vec<&[u8]> = stream.lap().collect();
        let [a, b, c, d] = lap[..] else { panic!("a lap has four chunks of 64 KiB") };
        let whole = stream.bytes();
        assert_eq!(judge(1, &[a, b, c, d]), Ok(()));
        assert_eq!(judge(1, &[c, a, d, b]), Ok(()));
        assert_eq!(judge(1, &[b, a, c, d]), Err(NotDelivered::Wrong { at: 0 }));
        assert_eq!(judge(1, &[a, a, c, d]), Err(NotDelivered::Wrong { at: 64 * 1024 }));
        assert_eq!(judge(1, &[a, c, d]), Err(NotDelivered::Count { seen: whole * 3 / 4, expected: whole }));
        // As many bytes as there should be, but one producer's lap twice and the other's never.
        assert_eq!(judge(1, &[a, b, a, b]), Err(NotDelivered::Wrong { at: 2 * 64 * 1024 }));
        assert_eq!(judge(2, &[a, b, a, c, b, d, c, d]), Ok(()));
        let torn = [&a[..100], c, &a[100..], b, d];
        assert_eq!(judge(1, &torn), Err(NotDelivered::Wrong { at: 0 }));
    }
}
