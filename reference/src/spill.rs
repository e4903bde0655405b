//! The bytes that did not fit into the ring, under the lock: an open buffer that writes append to, and a batch that the sink is working on. Where there
//! is no ring, all bytes.
//!
//! | field | changed by | holds |
//! |---|---|---|
//! | `open` | [`Spill::push`] appends; [`Spill::lend`] swaps it for the spent batch | what was accepted since the last swap |
//! | `batch` | lent to the drain thread for the length of one sink call | what was accepted before; its first `taken` bytes are gone |
//!
//! Memory: each of the two vectors starts empty, doubles on demand and never beyond the capacity, so that both together never hold
//! more than twice the capacity. A spent batch with room for more than twice the high-water mark is cut back to that.

/// The smallest allocation worth making, in bytes.
const FIRST_ALLOCATION: usize = 4096;

#[derive(Debug)]
pub(crate) struct Spill {
    open: Vec<u8>,
    batch: Batch,
    capacity: usize,
    keep: usize,
}

/// Consecutive bytes, the first `taken` of which the sink has.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    taken: usize,
}

impl Batch {
    /// What to offer to the sink.
    pub(crate) fn rest(&self) -> &[u8] {
        self.bytes.get(self.taken..).unwrap_or_default()
    }
}

impl Spill {
    pub(crate) fn new(capacity: usize, high_water_mark: usize) -> Self {
        Self {
            open: Vec::new(),
            batch: Batch::default(),
            capacity,
            keep: high_water_mark.saturating_mul(2).max(FIRST_ALLOCATION),
        }
    }

    /// Appends a chunk that was accepted.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        let needed = self.open.len().saturating_add(chunk.len());
        if needed > self.open.capacity() {
            let doubled = self.open.capacity().saturating_mul(2).max(FIRST_ALLOCATION).min(self.capacity);
            self.open.reserve_exact(needed.max(doubled).saturating_sub(self.open.len()));
        }
        self.open.extend_from_slice(chunk);
    }

    /// Lends the oldest bytes; [`Spill::give_back`] must follow before the next call of anything but [`Spill::push`].
    pub(crate) fn lend(&mut self) -> Batch {
        let mut batch = std::mem::take(&mut self.batch);
        if batch.rest().is_empty() {
            batch.bytes.clear();
            batch.bytes.shrink_to(self.keep);
            batch.taken = 0;
            std::mem::swap(&mut self.open, &mut batch.bytes);
        }
        batch
    }

    /// Takes a lent batch back, of which the sink took `taken` more bytes: what is left is offered next, so that nothing is lost or goes twice (O-01).
    pub(crate) fn give_back(&mut self, mut batch: Batch, taken: usize) {
        batch.taken = batch.taken.saturating_add(taken).min(batch.bytes.len());
        self.batch = batch;
    }

    /// Everything not taken, oldest first; nothing is left afterwards (O-03).
    pub(crate) fn take_all(&mut self) -> Vec<u8> {
        let batch = std::mem::take(&mut self.batch);
        let open = std::mem::take(&mut self.open);
        if batch.rest().is_empty() {
            return open;
        }
        let Batch { mut bytes, taken } = batch;
        bytes.drain(..taken);
        bytes.extend_from_slice(&open);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_order_through_short_takes_and_swaps() {
        let mut spill = Spill::new(100, 10);
        spill.push(b"abc");
        let batch = spill.lend();
        assert_eq!(batch.rest(), b"abc");
        spill.push(b"def");
        spill.give_back(batch, 2);
        let batch = spill.lend();
        assert_eq!(batch.rest(), b"c", "a short take goes on where it stopped");
        spill.give_back(batch, 1);
        let batch = spill.lend();
        assert_eq!(batch.rest(), b"def");
        spill.push(b"g");
        spill.give_back(batch, 1);
        assert_eq!(spill.take_all(), b"efg");
        assert!(spill.take_all().is_empty());
    }

    #[test]
    fn both_buffers_together_never_hold_more_than_twice_the_capacity() {
        let capacity = 100_000;
        let mut spill = Spill::new(capacity, 50_000);
        for _ in 0..10 {
            for _ in 0..100 {
                spill.push(&[7; 1000]);
                assert!(spill.open.capacity() + spill.batch.bytes.capacity() <= 2 * capacity);
            }
            let batch = spill.lend();
            let len = batch.rest().len();
            spill.give_back(batch, len);
        }
    }

    #[test]
    fn a_burst_beyond_twice_the_mark_is_given_back_to_the_allocator() {
        let mut spill = Spill::new(usize::MAX, 10_000);
        spill.push(&vec![1; 1_000_000]);
        for _ in 0..2 {
            let batch = spill.lend();
            let len = batch.rest().len();
            spill.give_back(batch, len);
        }
        assert!(spill.open.capacity() + spill.batch.bytes.capacity() <= 20_000);
    }
}
