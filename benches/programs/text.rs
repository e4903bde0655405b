//! The texts that programs write, and the comparison of what arrived with them.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::stream::NotDelivered;

/// One of the million lines, in place of what `line` held.
pub(crate) fn plain(line: &mut Vec<u8>, number: u64) -> io::Result<()> {
    line.clear();
    writeln!(line, "Line {number}")
}

/// A line as of an access log, in place of what `line` held. It ends with a digest of so many bytes, the line over and over: so what a line
/// costs can be chosen, and not its length.
pub(crate) fn logged(line: &mut Vec<u8>, number: u64, hashed: usize) -> io::Result<()> {
    const METHODS: [&str; 4] = ["GET", "PUT", "POST", "HEAD"];
    line.clear();
    let varied = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let method = METHODS[usize::try_from(varied >> 62).unwrap_or(0)];
    let (user, item, took) = (varied >> 20 & 0x3ff, varied >> 32 & 0xffff, varied >> 8 & 0xfff);
    write!(line, "{number:08} user{user} {method} /items/{item}/comments status=200 took={took}us")?;
    let digest = line.iter().cycle().take(hashed).fold(0xcbf2_9ce4_8422_2325, |digest: u64, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    writeln!(line, " digest={digest:016x}")
}

/// So many lines in one piece.
pub(crate) fn whole(
    lines: u64,
    mut make: impl FnMut(&mut Vec<u8>, u64) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let (mut all, mut line) = (Vec::new(), Vec::new());
    for number in 0..lines {
        make(&mut line, number)?;
        all.extend_from_slice(&line);
    }
    Ok(all)
}

/// Reads to the end and compares every byte, piece by piece, with little work, because a program may wait for it.
///
/// # Errors
/// [`NotDelivered`] when it is not exactly what was expected.
pub(crate) fn compare(reader: &mut dyn Read, expected: &[u8]) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let mut rest = expected;
    let place = |rest: &[u8]| (expected.len() - rest.len()) as u64;
    loop {
        let piece = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => &buffer[..n],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let (here, after) = rest.split_at(piece.len().min(rest.len()));
        if piece[..here.len()] != *here {
            let equal = piece.iter().zip(here).take_while(|(got, want)| got == want).count();
            return Err(NotDelivered::Wrong { at: place(rest) + equal as u64 }.into());
        } else if piece.len() > here.len() {
            let seen = place(rest) + piece.len() as u64;
            return Err(NotDelivered::Count { seen, expected: expected.len() as u64 }.into());
        }
        rest = after;
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(NotDelivered::Count { seen: place(rest), expected: expected.len() as u64 }.into())
    }
}

/// The name of a file that a child writes; what lies there is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Output(PathBuf);

impl Output {
    /// A name in `directory` that nothing has yet; the same each time for one process.
    pub(crate) fn fresh(directory: &Path, name: &str) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let output = Self(directory.join(format!("highwater-{name}-{}", std::process::id())));
        output.remove()?;
        Ok(output)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn remove(&self) -> io::Result<()> {
        match std::fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Nothing can be done about a file that stays.
        let _ = self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, so that pieces end everywhere.
    struct Trickling<'a>(&'a [u8]);

    impl Read for Trickling<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    fn complaint(got: &[u8], expected: &[u8]) -> [Option<NotDelivered>; 2] {
        let readers: [&mut dyn Read; 2] = [&mut &got[..], &mut Trickling(got)];
        readers.map(|reader| {
            compare(reader, expected).err().map(|error| *error.get_ref().unwrap().downcast_ref().unwrap())
        })
    }

    #[test]
    fn every_difference_is_seen_wherever_the_pieces_end() {
        let expected = whole(12, plain).unwrap();
        assert!(expected.ends_with(b"Line 9\nLine 10\nLine 11\n"));
        assert_eq!(complaint(&expected, &expected), [None; 2]);
        let wrong = Some(NotDelivered::Wrong { at: 12 });
        assert_eq!(complaint(b"Line 0\nLine 2\n", &expected), [wrong; 2]);
        let (len, short) = (expected.len() as u64, &expected[..20]);
        assert_eq!(complaint(short, &expected), [Some(NotDelivered::Count { seen: 20, expected: len }); 2]);
        assert_eq!(complaint(&expected, short)[1], Some(NotDelivered::Count { seen: 21, expected: 20 }));
        assert_eq!(complaint(&expected, short)[0], Some(NotDelivered::Count { seen: len, expected: 20 }));
    }

    #[test]
    fn hashing_more_changes_the_digest_and_nothing_else() {
        let (once, often) =
            (whole(1, |l, n| logged(l, n, 64)).unwrap(), whole(1, |l, n| logged(l, n, 999)).unwrap());
        let digest = once.len() - 17;
        assert_eq!(once[..digest], often[..digest]);
        assert_ne!(once, often);
    }

    #[test]
    fn an_output_leaves_nothing_behind() {
        let output = Output::fresh(&std::env::temp_dir(), "test-output").unwrap();
        let path = output.path().to_owned();
        std::fs::write(&path, "something").unwrap();
        drop(output);
        assert!(!path.exists());
    }
}
