//! Bytes that say which chunk they are from, so that a sink can tell what it was given without trusting the writer.

use highwater_model::contract::Run;

/// Every byte names its producer in two bits, so there can be no more.
pub const PRODUCERS_MAX: usize = 4;

/// The chunk of bytes that no chunk has: what a sink should never see.
pub const FOREIGN: usize = usize::MAX;

/// The byte at `offset` of a chunk. The first byte of a chunk says its number, modulo 64; the others are scattered, so that a gap shows.
#[must_use]
pub fn byte_of(producer: usize, seq: usize, offset: usize) -> u8 {
    let scattered = (seq as u64)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add((offset as u64).wrapping_mul(0xD1B5_4A32_D192_ED03));
    let low = if offset == 0 { seq as u64 } else { scattered >> 58 };
    u8::try_from(((producer as u64 % 4) << 6) | (low % 64)).unwrap_or_default()
}

/// The bytes of `run`.
pub fn bytes_of(run: Run) -> impl Iterator<Item = u8> {
    (0..run.len).map(move |offset| byte_of(run.producer, run.seq, run.from + offset))
}

/// The lengths of all chunks there were, by producer, and how far the sink is with each.
#[derive(Clone, Debug)]
pub struct Chunks {
    lens: [Vec<usize>; PRODUCERS_MAX],
    next: [usize; PRODUCERS_MAX],
    at: Option<(usize, usize, usize)>,
}

impl Default for Chunks {
    fn default() -> Self {
        Self::new()
    }
}

impl Chunks {
    /// No chunk yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { lens: [const { Vec::new() }; PRODUCERS_MAX], next: [0; PRODUCERS_MAX], at: None }
    }

    /// The next chunk of `producer`: its number and its bytes.
    ///
    /// # Panics
    /// If there are more than [`PRODUCERS_MAX`] producers.
    pub fn make(&mut self, producer: usize, len: usize) -> (usize, Vec<u8>) {
        let seq = self.lens[producer].len();
        self.lens[producer].push(len);
        (seq, bytes_of(Run { producer, seq, from: 0, len }).collect())
    }

    /// What `bytes` are, given what was taken before them.
    #[must_use]
    pub fn runs_of(&self, bytes: &[u8]) -> Vec<Run> {
        let mut chunks = self.clone();
        let mut runs = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let run = chunks.longest(rest);
            chunks.pass(run);
            runs.push(run);
            rest = rest.get(run.len..).unwrap_or_default();
        }
        runs
    }

    /// Notes that the sink took the first `len` bytes of what it was offered; none if it claims more than that.
    pub fn take(&mut self, offered: &[Run], len: usize) {
        let all: usize = offered.iter().map(|run| run.len).sum();
        let mut left = if len > all { 0 } else { len };
        for run in offered {
            let part = left.min(run.len);
            if part > 0 {
                self.pass(Run { len: part, ..*run });
            }
            left -= part;
        }
    }

    fn pass(&mut self, run: Run) {
        if run.seq == FOREIGN {
            return;
        }
        let end = run.from + run.len;
        let whole = self.lens[run.producer].get(run.seq).is_some_and(|len| *len == end);
        self.next[run.producer] = run.seq + 1;
        self.at = if whole { None } else { Some((run.producer, run.seq, end)) };
    }

    /// The best reading of the first bytes: the rest of the chunk at hand, else one of the producer's next chunks, else anything it wrote.
    fn longest(&self, bytes: &[u8]) -> Run {
        if let Some(run) = self.at.and_then(|start| self.matching(start, bytes)) {
            return run;
        }
        let producer = usize::from(bytes[0] >> 6);
        let lens = &self.lens[producer];
        let next_chunks = || (self.next[producer]..lens.len()).map(|seq| (producer, seq, 0));
        let anything = (0..lens.len()).flat_map(|seq| (0..lens[seq]).map(move |from| (producer, seq, from)));
        // A chunk may have been refused and never come, so the first that fits all the way is it.
        let in_full = next_chunks()
            .filter_map(|start| self.matching(start, bytes))
            .find(|run| run.len == lens[run.seq].min(bytes.len()));
        let in_part = || next_chunks().chain(anything).filter_map(|start| self.matching(start, bytes));
        in_full.or_else(|| in_part().max_by_key(|run| run.len)).unwrap_or(Run {
            producer,
            seq: FOREIGN,
            from: 0,
            len: 1,
        })
    }

    fn matching(&self, (producer, seq, from): (usize, usize, usize), bytes: &[u8]) -> Option<Run> {
        let whole = *self.lens[producer].get(seq)?;
        let wanted = Run { producer, seq, from, len: whole.checked_sub(from)? };
        let len = bytes_of(wanted).zip(bytes).take_while(|(wanted, got)| wanted == *got).count();
        (len > 0).then_some(Run { len, ..wanted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(producer: usize, seq: usize, from: usize, len: usize) -> Run {
        Run { producer, seq, from, len }
    }

    #[test]
    fn what_is_in_order_is_read_back_whatever_the_cuts() {
        let mut chunks = Chunks::new();
        let mut all = Vec::new();
        let mut runs = Vec::new();
        for seq in 0..200 {
            let producer = seq % 3;
            let len = 1 + seq * 7 % 40;
            let (seq, bytes) = chunks.make(producer, len);
            all.extend(bytes);
            runs.push(run(producer, seq, 0, len));
        }
        assert_eq!(chunks.runs_of(&all), runs);
        let mut at = 0;
        while at < all.len() {
            let offered = chunks.runs_of(&all[at..all.len().min(at + 50)]);
            assert!(offered.iter().all(|run| run.seq != FOREIGN));
            let len = 1 + at % 9;
            chunks.take(&offered, len.min(all.len() - at));
            at += len;
        }
        assert_eq!(chunks.at, None);
    }

    #[test]
    fn a_claim_of_too_much_takes_nothing() {
        let mut chunks = Chunks::new();
        let (_, bytes) = chunks.make(0, 9);
        let offered = chunks.runs_of(&bytes);
        chunks.take(&offered, 10);
        assert_eq!(chunks.runs_of(&bytes), offered);
    }

    #[test]
    fn refused_chunks_are_passed_over() {
        let mut chunks = Chunks::new();
        let _ = chunks.make(1, 5);
        let _ = chunks.make(1, 5);
        let (seq, bytes) = chunks.make(1, 5);
        assert_eq!(chunks.runs_of(&bytes), [run(1, seq, 0, 5)]);
    }

    #[test]
    fn lost_doubled_swapped_and_foreign_bytes_show() {
        let mut chunks = Chunks::new();
        let (_, a) = chunks.make(0, 20);
        let (_, b) = chunks.make(0, 20);
        let mut lost = a.clone();
        lost.remove(7);
        assert_ne!(chunks.runs_of(&lost), [run(0, 0, 0, 19)]);
        assert_eq!(chunks.runs_of(&[&a[..9], &a[..9]].concat())[0], run(0, 0, 0, 9));
        assert_ne!(chunks.runs_of(&[&a[..9], &a[..9]].concat()), [run(0, 0, 0, 18)]);
        assert_eq!(chunks.runs_of(&[b, a].concat()), [run(0, 1, 0, 20), run(0, 0, 0, 20)]);
        assert!(chunks.runs_of(&[0xC5]).contains(&run(3, FOREIGN, 0, 1)));
    }
}
