//! Which chunks the bytes are that the sink is offered, as the writer accepted them.
//!
//! It counts bytes and looks at none: the reader of the trace compares sums, so a chunk that is named here and whose bytes did not come is found out.

use std::collections::VecDeque;

/// The chunks accepted and not taken, oldest first; the last may still be refused.
#[derive(Debug, Default)]
pub(super) struct Order {
    chunks: VecDeque<Chunk>,
    /// How many bytes of the first were taken.
    from: usize,
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    q: u64,
    len: usize,
}

/// What a number of bytes at the front are.
pub(super) struct Front {
    /// The chunks, by the numbers of their writes.
    pub(super) chunks: Vec<u64>,
    /// How many bytes of the first were taken before.
    pub(super) from: usize,
    /// How many of the bytes come after the last end of a chunk among them.
    pub(super) cut: usize,
}

impl Order {
    /// Before the chunk's bytes can be seen by the drain thread. The producer is the only one to write until this write is over.
    pub(super) fn place(&mut self, q: u64, len: usize) {
        if len > 0 {
            self.chunks.push_back(Chunk { q, len });
        }
    }

    /// The chunk just placed was refused.
    pub(super) fn unplace(&mut self, q: u64) {
        if self.chunks.back().is_some_and(|chunk| chunk.q == q) {
            self.chunks.pop_back();
        }
    }

    pub(super) fn front(&self, len: usize) -> Front {
        let mut front = Front { chunks: Vec::new(), from: self.from, cut: len };
        let mut skipped = self.from;
        for chunk in &self.chunks {
            if front.cut == 0 {
                break;
            }
            front.chunks.push(chunk.q);
            let left = chunk.len - skipped;
            if left > front.cut {
                break;
            }
            front.cut -= left;
            skipped = 0;
        }
        front
    }

    pub(super) fn take(&mut self, len: usize) {
        let mut left = len;
        while let Some(chunk) = self.chunks.front() {
            let rest = chunk.len - self.from;
            if left < rest {
                self.from += left;
                return;
            }
            left -= rest;
            self.from = 0;
            self.chunks.pop_front();
        }
    }
}
