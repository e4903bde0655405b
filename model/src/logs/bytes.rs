//! Which bytes the sink was offered, checked against what was written.
//!
//! The writer says which chunks they are, and is not believed: the sums over the chunks that were written, put together, must be the sum over what the sink
//! was offered, up to the last end of a chunk. Where they differ the bytes are [`FOREIGN`], which the judge rejects. What there is of a chunk whose end is not
//! there yet is compared when the end comes.

use super::sum::Sum;
use crate::vocabulary::Run;
use std::collections::HashMap;

/// The chunk of bytes that nobody wrote in this place.
const FOREIGN: usize = usize::MAX;

/// What is known of the bytes between a write and the sink.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    /// The chunks that may still come to the sink, by the number of the write.
    chunks: HashMap<u64, Chunk>,
    /// What the bytes of the sink's call in progress are.
    offered: Vec<Piece>,
    offered_sums: Sums,
    /// The sum over the bytes taken of the chunk whose end was not.
    taken: Sum,
    /// A comparison has failed: from here on all bytes are foreign.
    is_broken: bool,
}

/// A chunk that was written.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    producer: usize,
    sum: Sum,
}

/// A part of a chunk, or of none.
#[derive(Clone, Copy, Debug)]
struct Piece {
    q: u64,
    run: Run,
    is_end: bool,
}

/// The sums over some bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Over those up to the last end of a chunk.
    pub(super) head: Sum,
    /// Over those behind it.
    pub(super) cut: Sum,
}

/// What a line says of the bytes it is about.
pub(super) struct Claim<'a> {
    pub(super) len: usize,
    pub(super) of: &'a [u64],
    pub(super) from: usize,
    pub(super) sums: Sums,
}

impl Bytes {
    /// A write was begun.
    pub(super) fn written(&mut self, q: u64, producer: usize, sum: Sum) {
        self.chunks.insert(q, Chunk { producer, sum });
    }

    /// A write has returned, and its bytes will not come to the sink.
    pub(super) fn refused(&mut self, q: u64) {
        self.chunks.remove(&q);
    }

    /// What the sink is offered.
    pub(super) fn offered(&mut self, claim: &Claim<'_>) -> Vec<Run> {
        self.offered = self.pieces(claim);
        self.offered_sums = claim.sums;
        self.checked(&self.offered, claim)
    }

    /// What was handed back.
    pub(super) fn handed_back(&self, claim: &Claim<'_>) -> Vec<Run> {
        self.checked(&self.pieces(claim), claim)
    }

    /// The sink took so many of the bytes it was offered, whose sums are given if they were not all.
    pub(super) fn took(&mut self, len: usize, part: Option<Sums>) {
        let offered: usize = self.offered.iter().map(|piece| piece.run.len).sum();
        if len == 0 || len > offered {
            return; // nobody knows what it took
        }
        let sums = part.unwrap_or(self.offered_sums);
        self.is_broken |= part.is_none() && len < offered;
        let mut left = len;
        let mut ended = Vec::new();
        for piece in std::mem::take(&mut self.offered) {
            if piece.is_end && piece.run.len <= left {
                ended.push(piece.q);
            }
            left -= left.min(piece.run.len);
        }
        if ended.is_empty() {
            self.taken = self.taken.then(sums.head).then(sums.cut);
            return;
        }
        self.is_broken |= !self.are_these(ended.iter().copied(), sums.head);
        self.taken = sums.cut;
        for q in ended {
            self.chunks.remove(&q);
        }
    }

    fn pieces(&self, claim: &Claim<'_>) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(claim.of.len());
        let mut left = claim.len;
        let mut from = claim.from;
        for q in claim.of {
            let Some(chunk) = self.chunks.get(q).filter(|chunk| from < chunk.sum.len) else { break };
            let len = left.min(chunk.sum.len - from);
            let seq = usize::try_from(*q).unwrap_or(FOREIGN);
            let run = Run { producer: chunk.producer, seq, from, len };
            pieces.push(Piece { q: *q, run, is_end: from + len == chunk.sum.len });
            left -= len;
            from = 0;
        }
        if left > 0 {
            pieces.push(Piece { q: 0, run: foreign(left), is_end: false });
        }
        pieces
    }

    /// The pieces, or foreign bytes if the sums say that they are not what was written.
    fn checked(&self, pieces: &[Piece], claim: &Claim<'_>) -> Vec<Run> {
        let mut ends = pieces.iter().filter(|piece| piece.is_end).map(|piece| piece.q).peekable();
        let is_right = ends.peek().is_none() || self.are_these(ends, claim.sums.head);
        if is_right && !self.is_broken {
            pieces.iter().map(|piece| piece.run).collect()
        } else {
            vec![foreign(claim.len)]
        }
    }

    /// Whether what was taken of the first chunk and the bytes of `head` are these chunks.
    fn are_these(&self, chunks: impl Iterator<Item = u64>, head: Sum) -> bool {
        let chunks = chunks.filter_map(|q| self.chunks.get(&q));
        chunks.fold(Sum::default(), |sum, chunk| sum.then(chunk.sum)) == self.taken.then(head)
    }
}

fn foreign(len: usize) -> Run {
    Run { producer: 0, seq: FOREIGN, from: 0, len }
}
