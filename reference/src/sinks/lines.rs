//! A sink that is called with whole lines.

use std::io::{self, Write};

/// The longest line that is kept whole, in bytes.
const LONGEST: usize = 1 << 20;

/// Hands on whole lines alone: what it calls the sink with ends where a line does. For files that are rotated between two calls, which would else be cut in the middle of a line:
/// the drain thread hands on many chunks at once, and cuts them where the ring ends. A [`LineWriter`](std::io::LineWriter) does not do: it writes the end of a line that it holds by a call of its own.
///
/// It keeps the beginning of a line, 1 MiB at most, and counts it as taken; a flush hands it on as it is, and so does the end of the stream. A line that is longer is handed on in parts.
///
/// # Examples
/// ```
/// use highwater::sinks::Lines;
/// use std::io::Write;
/// # fn main() -> std::io::Result<()> {
/// let mut lines = Lines::new(Vec::new());
/// lines.write_all(b"one\ntwo, as yet")?;
/// assert_eq!(lines.get_ref(), b"one\n");
/// lines.flush()?;
/// assert_eq!(lines.get_ref(), b"one\ntwo, as yet");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Lines<W> {
    sink: W,
    /// The beginning of a line or, if a call failed, the whole of it.
    begun: Vec<u8>,
}

impl<W: Write> Lines<W> {
    /// In front of any sink.
    pub fn new(sink: W) -> Self {
        Self { sink, begun: Vec::new() }
    }

    /// What it stands in front of.
    pub fn get_ref(&self) -> &W {
        &self.sink
    }

    /// What it stands in front of, for a final step.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.sink
    }

    /// What it stood in front of, and the line that it had not handed on: empty after a flush that succeeded.
    pub fn into_parts(self) -> (W, Vec<u8>) {
        (self.sink, self.begun)
    }

    fn hand_on(&mut self) -> io::Result<()> {
        while !self.begun.is_empty() {
            let taken = self.sink.write(&self.begun)?;
            if taken == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            if taken > self.begun.len() {
                let text = "the sink claims more bytes than it was offered";
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            self.begun.drain(..taken);
        }
        Ok(())
    }

    fn is_due(&self) -> bool {
        self.begun.ends_with(b"\n") || self.begun.len() >= LONGEST
    }
}

/// Takes a part of what it is given where that saves a copy, and none of it when it fails.
impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_due() {
            self.hand_on()?;
        }
        let is_line_end = |byte: &u8| *byte == b'\n';
        if self.begun.is_empty()
            && let Some(last) = bytes.iter().rposition(is_line_end)
        {
            return self.sink.write(&bytes[..=last]);
        }
        let room = LONGEST.saturating_sub(self.begun.len()).max(1);
        let within = bytes.get(..room).unwrap_or(bytes);
        let len = within.iter().position(is_line_end).map_or(within.len(), |end| end + 1);
        self.begun.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps each call; every third fails, and each takes at most `most` bytes.
    struct Calls {
        seen: Vec<Vec<u8>>,
        count: usize,
        most: usize,
    }

    impl Write for Calls {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.count += 1;
            if self.count.is_multiple_of(3) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let len = bytes.len().min(self.most);
            self.seen.push(bytes[..len].to_vec());
            Ok(len)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(bytes: &[u8], piece: usize, most: usize) -> Vec<Vec<u8>> {
        let mut lines = Lines::new(Calls { seen: Vec::new(), count: 0, most });
        for piece in bytes.chunks(piece) {
            lines.write_all(piece).unwrap();
        }
        while let Err(error) = lines.flush() {
            assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        }
        let (sink, rest) = lines.into_parts();
        assert!(rest.is_empty());
        sink.seen
    }

    /// Catches one that loses, doubles or reorders bytes where a call fails or takes a part, and one that cuts a line.
    #[test]
    fn every_call_ends_where_a_line_does_and_no_byte_is_lost() {
        let text: String = (0..200).map(|i| "x".repeat(i * 7 % 31) + "\n").collect::<String>() + "end";
        for piece in 1..100 {
            let calls = written(text.as_bytes(), piece, usize::MAX);
            assert_eq!(calls.concat(), text.as_bytes(), "pieces of {piece}");
            let (last, before) = calls.split_last().unwrap();
            assert!(before.iter().all(|call| call.ends_with(b"\n")), "pieces of {piece}");
            assert_eq!(last, b"end");
            assert_eq!(written(text.as_bytes(), piece, 5).concat(), text.as_bytes(), "pieces of {piece}");
        }
    }

    #[test]
    fn a_line_that_is_longer_than_what_is_kept_goes_on_in_parts() {
        let mut text = vec![b'x'; 3 * LONGEST + 5];
        text.push(b'\n');
        let calls = written(&text, 100_000, usize::MAX);
        assert!(calls.len() >= 4 && calls.iter().all(|call| call.len() <= LONGEST));
        assert!(calls.concat() == text);
    }
}
