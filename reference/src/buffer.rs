//! The bytes accepted and not taken, as the holder of the lock sees them: first those in the ring, then those that did not fit into it.
//!
//! | field of [`Buffer`] | changed by | holds |
//! |---|---|---|
//! | `consumer` | lent to whoever calls the sink, for the length of one call | the reading end of the ring |
//! | `spill` | as its own file says; a batch of it is lent in the same way | what was accepted when the ring was full, and everything after that |
//! | `spilled` | [`Buffer::push`] adds, [`Buffer::give_back`] subtracts | how many bytes that is, lent ones included |
//!
//! While `spilled` is not 0 every write takes the lock and is appended to the spill, so that the bytes in the ring are always the older ones.
//!
//! Memory: the ring, the next power of two of twice the high-water mark or of the capacity, whichever is less, and no more than [`RING_MAX`];
//! and the spill, of at most twice the capacity, which is empty unless more than the ring holds is buffered.

#[cfg(not(feature = "ring"))]
use crate::no_ring as ring;
#[cfg(feature = "ring")]
use crate::ring;
use crate::spill::{Batch, Spill};
use crate::state::Params;
use crate::sync::Barrier;
pub(crate) use ring::{Consumer, Producer, Tail};

/// The most cells a ring has, in bytes: beyond it caches stop to help.
const RING_MAX: usize = 4 << 20;

#[derive(Debug)]
pub(crate) struct Buffer {
    consumer: Option<Consumer>,
    spill: Spill,
    spilled: usize,
}

/// The oldest bytes, lent for one sink call.
#[derive(Debug)]
pub(crate) enum Lent {
    Ring { consumer: Consumer, len: usize },
    Spill(Batch),
}

impl Lent {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Ring { len, .. } => *len,
            Self::Spill(batch) => batch.rest().len(),
        }
    }

    /// No more than `len` bytes are to be offered.
    #[cfg(any(feature = "tokio", feature = "futures-io"))]
    pub(crate) fn shorten(&mut self, most: usize) {
        if let Self::Ring { len, .. } = self {
            *len = most.min(*len); // what lies in the spill is lent as it was
        }
    }

    /// Calls `with` with what to offer to the sink.
    pub(crate) fn read<R>(&self, with: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Ring { consumer, len } => consumer.read(*len, with),
            Self::Spill(batch) => with(batch.rest()),
        }
    }
}

impl Buffer {
    /// An empty buffer, the writing end of its ring, and a look at how many bytes were accepted.
    pub(crate) fn new(params: &Params, barrier: Barrier) -> (Self, Producer, Tail) {
        let Params { high, capacity, .. } = *params;
        let cells = ring::cells_for(capacity.min(high.saturating_mul(2)).min(RING_MAX));
        // A write that leaves the mark or more is not for the ring alone to accept: it answers `Pause` (W-03).
        let (producer, consumer, tail) = ring::ring(cells, high - 1, barrier);
        let spill = Spill::new(capacity, high);
        (Self { consumer: Some(consumer), spill, spilled: 0 }, producer, tail)
    }

    /// Whether writes must take the lock because of the bytes that did not fit into the ring.
    pub(crate) fn is_spilled(&self) -> bool {
        self.spilled > 0
    }

    /// Appends a chunk that was accepted under the lock.
    pub(crate) fn push(&mut self, producer: &mut Producer, chunk: &[u8]) {
        if self.spilled == 0 && producer.push_beyond(chunk) {
            return;
        }
        self.spill.push(chunk);
        self.spilled += chunk.len();
        producer.pass_over(chunk.len());
    }

    /// Lends the oldest of `buffered` bytes. [`Buffer::give_back`] must follow before the next call of anything but [`Buffer::push`].
    pub(crate) fn lend(&mut self, buffered: usize) -> Lent {
        let in_ring = buffered.saturating_sub(self.spilled);
        match self.consumer.take() {
            Some(consumer) if in_ring > 0 => {
                let len = consumer.piece_of(in_ring);
                Lent::Ring { consumer, len }
            }
            consumer => {
                self.consumer = consumer;
                Lent::Spill(self.spill.lend())
            }
        }
    }

    /// Takes back what was lent, of which the sink took `taken` bytes: what is left is offered next, so that nothing is lost or goes twice (O-01).
    pub(crate) fn give_back(&mut self, lent: Lent, taken: usize) {
        match lent {
            Lent::Ring { consumer, .. } => self.consumer = Some(consumer),
            Lent::Spill(batch) => {
                self.spill.give_back(batch, taken);
                self.spilled = self.spilled.saturating_sub(taken);
            }
        }
        if let Some(consumer) = &mut self.consumer {
            consumer.advance(taken);
        }
    }

    /// Everything not taken, oldest first; nothing is left afterwards (O-03).
    pub(crate) fn take_all(&mut self, buffered: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut in_ring = buffered.saturating_sub(self.spilled);
        if let Some(consumer) = &mut self.consumer {
            while in_ring > 0 {
                let len = consumer.read(consumer.piece_of(in_ring), |piece| {
                    bytes.extend_from_slice(piece);
                    piece.len()
                });
                if len == 0 {
                    break;
                }
                consumer.advance(len);
                in_ring -= len;
            }
        }
        if bytes.is_empty() {
            bytes = self.spill.take_all();
        } else {
            bytes.append(&mut self.spill.take_all());
        }
        self.spilled = 0;
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer(high: usize, capacity: usize) -> (Buffer, Producer, Tail) {
        Buffer::new(&Params { high, low: 0, capacity, retry_would_block: false }, Barrier::choose())
    }

    fn offered(lent: &Lent) -> Vec<u8> {
        lent.read(<[u8]>::to_vec)
    }

    /// Whatever the ring holds, bytes come out in the order in which they went in, through short takes and bytes that did not fit.
    #[test]
    fn the_spill_comes_after_the_ring_and_the_ring_again_after_the_spill() {
        let (mut buffer, mut producer, tail) = buffer(3, 1000);
        let mut wanted: Vec<u8> = Vec::new();
        let mut taken: Vec<u8> = Vec::new();
        let mut next = 0;
        for round in 0..200_usize {
            for _ in 0..round % 5 {
                let chunk = [next, next + 1, next + 2];
                next = (next + 3) % 250;
                wanted.extend(chunk);
                if buffer.is_spilled() || producer.push(&chunk).is_none() {
                    buffer.push(&mut producer, &chunk);
                }
            }
            // About as much is taken as is written, so that it fills and runs nearly empty in turn.
            for short in 0..round * 5 % 6 {
                let waiting = wanted.len() - taken.len();
                if waiting == 0 {
                    break;
                }
                let lent = buffer.lend(waiting);
                let bytes = offered(&lent);
                assert_eq!(bytes.len(), lent.len());
                assert!(!bytes.is_empty() && wanted[taken.len()..].starts_with(&bytes), "round {round}");
                let len = bytes.len().min(short % 4 + 1);
                taken.extend(&bytes[..len]);
                buffer.give_back(lent, len);
            }
            assert_eq!(tail.load(), wanted.len() as u64);
        }
        taken.extend(buffer.take_all(wanted.len() - taken.len()));
        assert_eq!(taken, wanted);
        assert!(!buffer.is_spilled());
    }

    #[test]
    #[cfg(feature = "ring")]
    fn a_fast_push_stops_below_the_mark_and_goes_on_when_bytes_were_taken() {
        let (mut buffer, mut producer, _) = buffer(4, 8);
        assert_eq!(producer.push(b"abc"), Some(3));
        assert_eq!(producer.push(b"d"), None, "that would reach the mark");
        let lent = buffer.lend(3);
        assert_eq!(offered(&lent), b"abc");
        buffer.give_back(lent, 2);
        assert_eq!(producer.push(b"de"), Some(5), "by a fresh look at what was taken");
        assert_eq!(producer.push(b"f"), None);
        assert_eq!(buffer.take_all(3), b"cde");
    }
}
