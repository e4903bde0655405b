//! The bytes the tests write, and the account of what became of them.

use crate::case::{Case, Checked};
use crate::drive::Start;
use crate::sinks::Watch;
use highwater::{Flow, SinkError, Unwritten, WaitError, WriteError, Writer};
use std::fs::{self, File};
use std::io::Write;

/// The bytes of the one stream all tests write, from position `from` on. Every position has its own eight bytes around it, so that
/// bytes that are lost, doubled or moved do not compare equal.
pub(crate) fn bytes(from: u64, len: usize) -> Vec<u8> {
    let end = from + len as u64;
    let words = (from / 8..=end / 8).flat_map(|word| mix(word).to_le_bytes());
    words.skip(usize::try_from(from % 8).unwrap_or(0)).take(len).collect()
}

/// The finisher of splitmix64: one to one, and close words lead to far ones.
pub(crate) fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Fails unless `got` is the stream from `from` on, and says where it first is not.
pub(crate) fn is_stream(what: &str, from: u64, got: &[u8]) {
    let wanted = bytes(from, got.len());
    if let Some(at) = wanted.iter().zip(got).position(|(wanted, got)| wanted != got) {
        panic!("{what}: byte {at} of {} is not byte {} of the stream", got.len(), from + at as u64);
    }
}

/// A producer that knows how much of the stream was accepted from it.
#[derive(Default)]
pub(crate) struct Producer {
    pub(crate) accepted: u64,
}

impl Producer {
    /// The next `len` bytes of the stream.
    pub(crate) fn next(&self, len: usize) -> Vec<u8> {
        bytes(self.accepted, len)
    }

    /// Writes the next `len` bytes.
    pub(crate) fn write<W: Send + 'static>(
        &mut self,
        writer: &mut Writer<W>,
        len: usize,
    ) -> Result<Flow, WriteError> {
        let flow = writer.write(self.next(len))?;
        self.accepted += len as u64;
        Ok(flow)
    }

    /// Writes on to position `end` in chunks of `len` bytes, and waits when told to.
    pub(crate) fn write_politely<W: Send + 'static>(
        &mut self,
        writer: &mut Writer<W>,
        end: u64,
        len: usize,
    ) -> Result<(), SinkError> {
        while self.accepted < end {
            let left = usize::try_from(end - self.accepted).unwrap_or(usize::MAX);
            match self.write(writer, len.min(left)) {
                Ok(Flow::Continue) => {}
                Ok(Flow::Pause) => match writer.drained().wait() {
                    Ok(()) => {}
                    Err(WaitError::Errored(error)) => return Err(error),
                    Err(other) => panic!("a polite producer was told by a wait: {other}"),
                },
                Err(WriteError::Errored(error)) => return Err(error),
                Err(other) => panic!("a polite producer was told by a write: {other}"),
            }
        }
        Ok(())
    }

    /// Writes on until the sink's failure is told; it must be within the next `within` bytes.
    pub(crate) fn write_until_it_fails<W: Send + 'static>(
        &mut self,
        writer: &mut Writer<W>,
        within: u64,
        len: usize,
    ) -> SinkError {
        let end = self.accepted + within;
        match self.write_politely(writer, end, len) {
            Err(error) => error,
            Ok(()) => panic!("the sink failed, and after {within} more bytes the producer was not told"),
        }
    }

    /// What was accepted is what the sink took and what came back, byte for byte; and written elsewhere, that makes the whole stream.
    pub(crate) fn is_complete(&self, case: &Case, watch: &Watch, unwritten: Unwritten) -> Checked {
        assert_eq!(unwritten.unknown(), 0, "the sink answered each call: nothing is unknown");
        self.is_complete_from(case, &watch.taken(), unwritten)?;
        watch.was_left_alone();
        Ok(())
    }

    /// As [`Self::is_complete`], with what arrived in place of what the sink took.
    pub(crate) fn is_complete_from(&self, case: &Case, arrived: &[u8], unwritten: Unwritten) -> Checked {
        is_stream("what the sink took", 0, arrived);
        is_stream("what came back", arrived.len() as u64, unwritten.bytes());
        assert_eq!(
            (arrived.len() + unwritten.len()) as u64,
            self.accepted,
            "bytes accepted: {} taken and {} handed back",
            arrived.len(),
            unwritten.len()
        );
        let path = case.path("elsewhere");
        fs::write(&path, arrived)?;
        let mut elsewhere = Writer::builder().start(File::options().append(true).open(&path)?)?;
        elsewhere.blocking().write_all(&unwritten.into_bytes())?;
        elsewhere.finish().wait()?;
        let whole = fs::read(&path)?;
        assert_eq!(whole.len() as u64, self.accepted);
        is_stream("the stream completed elsewhere", 0, &whole);
        Ok(())
    }
}
