//! The bytes that are written, and the witness that knows which byte belongs where.

use std::fmt;
use std::slice::ChunksExact;
use std::sync::Arc;

/// Bytes after which a stream repeats itself. Every chunk size divides it. Small enough to stay in a core's own cache,
/// so that fetching the source costs every contender the same little.
pub const LAP: usize = 256 * 1024;

/// What one batch writes: a fixed lap of pseudo-random bytes, cut in chunks, so many times over.
#[derive(Clone)]
pub struct Stream {
    lap: Arc<[u8]>,
    chunk: usize,
    laps: u64,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("chunk", &self.chunk).field("laps", &self.laps).finish_non_exhaustive()
    }
}

impl Stream {
    /// A stream of `laps` laps in chunks of `chunk` bytes.
    ///
    /// # Panics
    /// If `chunk` does not divide [`LAP`]: the last bytes of each lap would never be written.
    #[must_use]
    pub fn new(chunk: usize, laps: u64) -> Self {
        assert!(chunk > 0 && LAP.is_multiple_of(chunk), "a chunk of {chunk} bytes does not divide {LAP}");
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let bytes = std::iter::repeat_with(|| {
            // splitmix64: any fixed generator will do, as long as neighbouring chunks differ.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed ^ (mixed >> 27)).to_le_bytes()
        });
        Self { lap: bytes.take(LAP / 8).flatten().collect(), chunk, laps }
    }

    /// The same bytes, `laps` times over.
    #[must_use]
    pub fn with_laps(&self, laps: u64) -> Self {
        Self { lap: Arc::clone(&self.lap), chunk: self.chunk, laps }
    }

    /// The chunks of one lap, in order.
    pub fn lap(&self) -> ChunksExact<'_, u8> {
        self.lap.chunks_exact(self.chunk)
    }

    /// The chunks of one lap that the producer `part` of `parts` writes, in order: one stretch of it. The stretches are
    /// equally long if the number of chunks divides by `parts`.
    pub fn share(&self, part: usize, parts: usize) -> ChunksExact<'_, u8> {
        let chunks = LAP / self.chunk;
        let (from, to) = (part * chunks / parts, (part + 1) * chunks / parts);
        self.lap[from * self.chunk..to * self.chunk].chunks_exact(self.chunk)
    }

    /// How many times the lap is written.
    #[must_use]
    pub const fn laps(&self) -> u64 {
        self.laps
    }

    /// Bytes of one write.
    #[must_use]
    pub const fn chunk(&self) -> usize {
        self.chunk
    }

    /// Bytes of the whole stream.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.laps * LAP as u64
    }

    /// Writes of the whole stream.
    #[must_use]
    pub const fn writes(&self) -> u64 {
        self.bytes() / self.chunk as u64
    }

    /// Someone who has seen none of the stream yet.
    #[must_use]
    pub fn witness(&self) -> Witness {
        Witness { lap: Arc::clone(&self.lap), expected: self.bytes(), seen: 0, wrong_at: None }
    }
}

/// Counts what arrives and compares it with what was written.
#[derive(Clone)]
pub struct Witness {
    lap: Arc<[u8]>,
    expected: u64,
    seen: u64,
    wrong_at: Option<u64>,
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness")
            .field("expected", &self.expected)
            .field("seen", &self.seen)
            .field("wrong_at", &self.wrong_at)
            .finish_non_exhaustive()
    }
}

impl Witness {
    /// Bytes of a glance.
    const GLANCE: usize = 64;

    /// Compares every byte.
    pub fn read(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let here = self.position();
            let (piece, after) = rest.split_at(rest.len().min(LAP - here));
            self.compare(piece);
            self.seen += piece.len() as u64;
            rest = after;
        }
    }

    /// Counts every byte and compares the first few: cheap enough to do while the clock runs, and enough to see a chunk
    /// that is missing, repeated or out of order before this place.
    pub fn glance(&mut self, bytes: &[u8]) {
        let few = bytes.len().min(Self::GLANCE).min(LAP - self.position());
        self.compare(&bytes[..few]);
        self.count(bytes.len() as u64);
    }

    /// Counts bytes that nobody looked at.
    pub const fn count(&mut self, bytes: u64) {
        self.seen += bytes;
    }

    fn position(&self) -> usize {
        usize::try_from(self.seen % LAP as u64).unwrap_or(0)
    }

    fn compare(&mut self, piece: &[u8]) {
        let here = self.position();
        let expected = &self.lap[here..here + piece.len()];
        if self.wrong_at.is_none() && piece != expected {
            let offset = piece.iter().zip(expected).take_while(|(got, want)| got == want).count();
            self.wrong_at = Some(self.seen + offset as u64);
        }
    }

    /// Whether exactly the stream arrived.
    ///
    /// # Errors
    /// The first way in which it did not.
    pub fn verdict(&self) -> Result<(), NotDelivered> {
        match self.wrong_at {
            Some(at) => Err(NotDelivered::Wrong { at }),
            None if self.seen != self.expected => {
                Err(NotDelivered::Count { seen: self.seen, expected: self.expected })
            }
            None => Ok(()),
        }
    }
}

/// The sink did not get exactly the bytes that were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDelivered {
    /// Bytes are missing, or there are too many.
    Count {
        /// Bytes that arrived.
        seen: u64,
        /// Bytes that were written.
        expected: u64,
    },
    /// The byte at this offset is not the one that was written there.
    Wrong {
        /// Offset of the first wrong byte seen.
        at: u64,
    },
}

impl fmt::Display for NotDelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { seen, expected } => {
                write!(f, "{expected} bytes were written and {seen} arrived: this run measures nothing")
            }
            Self::Wrong { at } => {
                write!(
                    f,
                    "the byte at offset {at} is not the one that was written: this run measures nothing"
                )
            }
        }
    }
}

impl std::error::Error for NotDelivered {}

impl From<NotDelivered> for std::io::Error {
    fn from(error: NotDelivered) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(stream: &Stream) -> Vec<u8> {
        (0..stream.laps()).flat_map(|_| stream.lap().flatten().copied()).collect()
    }

    #[test]
    fn the_stream_itself_passes_in_pieces_of_any_size() {
        let stream = Stream::new(64, 3);
        for piece in [1000, 8192, LAP, LAP + 1] {
            let (mut reader, mut glancer) = (stream.witness(), stream.witness());
            for bytes in whole(&stream).chunks(piece) {
                reader.read(bytes);
                glancer.glance(bytes);
            }
            assert_eq!((reader.verdict(), glancer.verdict()), (Ok(()), Ok(())), "pieces of {piece} bytes");
        }
    }

    #[test]
    fn the_shares_of_all_producers_are_the_lap() {
        let stream = Stream::new(16, 1);
        for producers in [1, 2, 3, 4] {
            let together: Vec<&[u8]> =
                (0..producers).flat_map(|part| stream.share(part, producers)).collect();
            assert_eq!(together, stream.lap().collect::<Vec<_>>(), "{producers} producers");
        }
    }

    #[test]
    fn a_missing_byte_a_wrong_byte_and_a_swap_are_seen() {
        let stream = Stream::new(1024, 2);
        let bytes = whole(&stream);
        let judge = |bytes: &[u8]| {
            let mut witness = stream.witness();
            witness.read(bytes);
            witness.verdict()
        };
        let expected = stream.bytes();
        assert_eq!(judge(&bytes[1..]), Err(NotDelivered::Wrong { at: 0 }));
        assert_eq!(
            judge(&bytes[..bytes.len() - 1]),
            Err(NotDelivered::Count { seen: expected - 1, expected })
        );
        let mut wrong = bytes.clone();
        wrong[LAP + 77] ^= 1;
        assert_eq!(judge(&wrong), Err(NotDelivered::Wrong { at: LAP as u64 + 77 }));
        let mut swapped = bytes;
        let (left, right) = swapped[..2048].split_at_mut(1024);
        left.swap_with_slice(right);
        assert!(judge(&swapped).is_err());
    }
}
