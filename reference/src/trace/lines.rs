//! The lines of a trace, and the lock that puts them in order.

use crate::observe::quietly;
use std::cell::Cell;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// How many bytes are collected before they are written.
const BATCH: usize = 64 * 1024;

/// Where lines go.
pub(super) struct Log {
    started: Instant,
    lines: Mutex<Lines>,
}

struct Lines {
    out: Box<dyn Write + Send>,
    collected: Vec<u8>,
    n: u64,
    streams: u32,
    /// The first error; nothing is written after it.
    error: Option<io::Error>,
}

/// A line under construction.
pub(super) struct Line<'a>(&'a mut Vec<u8>);

impl Log {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        let mut collected = header().into_bytes();
        collected.reserve(BATCH + 4096);
        let lines = Lines { out, collected, n: 0, streams: 0, error: None };
        Self { started: Instant::now(), lines: Mutex::new(lines) }
    }

    fn with<R>(&self, act: impl FnOnce(&mut Lines) -> R) -> R {
        act(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds the `new` of another stream, and answers its number.
    pub(super) fn add_stream(&self, fill: impl FnOnce(&mut Line<'_>)) -> u32 {
        self.with(|lines| {
            lines.streams += 1;
            let stream = lines.streams;
            self.append(lines, Some(stream), "new", fill);
            stream
        })
    }

    /// Adds a line: of a stream, or of none. `fill` adds fields to it. The output is not called: a lock may be held.
    pub(super) fn add(&self, stream: Option<u32>, ev: &str, fill: impl FnOnce(&mut Line<'_>)) {
        self.with(|lines| self.append(lines, stream, ev, fill));
    }

    /// Writes what was collected, if it is enough. No lock must be held.
    pub(super) fn write_if_enough(&self) {
        self.with(|lines| lines.write_if(BATCH));
    }

    fn append(&self, lines: &mut Lines, stream: Option<u32>, ev: &str, fill: impl FnOnce(&mut Line<'_>)) {
        if lines.error.is_some() {
            return;
        }
        lines.n += 1;
        let t = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let mut line = Line(&mut lines.collected);
        line.0.extend_from_slice(b"{\"n\":");
        line.digits(lines.n);
        line.number("t", t);
        if let Some(stream) = stream {
            line.number("s", u64::from(stream));
        }
        line.word("ev", ev);
        fill(&mut line);
        line.0.extend_from_slice(b"}\n");
    }

    /// Writes what was collected, and flushes.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.with(|lines| {
            lines.write_if(0);
            lines.call(|out, _| out.flush());
            match &lines.error {
                None => Ok(()),
                Some(error) => Err(io::Error::new(error.kind(), error.to_string())),
            }
        })
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = self.flush(); // whoever wants to know asks before
    }
}

impl Lines {
    fn write_if(&mut self, enough: usize) {
        if self.collected.len() > enough {
            self.call(|out, collected| out.write_all(collected));
            self.collected.clear();
        }
    }

    /// Calls the output, unless it has failed before. A panic of it is an error like another: it must not end a drain thread.
    fn call(&mut self, act: impl FnOnce(&mut dyn Write, &[u8]) -> io::Result<()>) {
        if self.error.is_none() {
            let done = quietly(|| act(&mut *self.out, &self.collected));
            self.error =
                done.unwrap_or_else(|| Err(io::Error::other("the output of the trace panicked"))).err();
        }
    }
}

impl Line<'_> {
    fn key(&mut self, key: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(key.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    pub(super) fn number(&mut self, key: &str, number: u64) {
        self.key(key);
        self.digits(number);
    }

    pub(super) fn flag(&mut self, key: &str, flag: bool) {
        self.key(key);
        self.0.extend_from_slice(if flag { b"true" } else { b"false" });
    }

    /// A word of ours: nothing in it needs an escape.
    pub(super) fn word(&mut self, key: &str, word: &str) {
        self.key(key);
        self.0.push(b'"');
        self.0.extend_from_slice(word.as_bytes());
        self.0.push(b'"');
    }

    pub(super) fn word_if(&mut self, key: &str, word: Option<&str>) {
        if let Some(word) = word {
            self.word(key, word);
        }
    }

    /// A sum, as 16 hexadecimal digits: more than every reader's numbers can hold.
    pub(super) fn sum(&mut self, key: &str, sum: u64) {
        self.key(key);
        self.0.push(b'"');
        for byte in sum.to_be_bytes() {
            self.0.extend([byte >> 4, byte & 15].map(|nibble| b"0123456789abcdef"[usize::from(nibble)]));
        }
        self.0.push(b'"');
    }

    pub(super) fn numbers(&mut self, key: &str, numbers: &[u64]) {
        self.key(key);
        self.0.push(b'[');
        for (at, number) in numbers.iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            self.digits(*number);
        }
        self.0.push(b']');
    }

    fn digits(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.0.extend_from_slice(&digits[at..]);
    }
}

fn header() -> String {
    format!(
        "{{\"highwater\":1,\"source\":\"highwater {}\",\"started\":\"{}\",\"pid\":{},\"thread\":0}}\n",
        env!("CARGO_PKG_VERSION"),
        now(),
        std::process::id()
    )
}

/// The time of day in UTC, as `2026-01-31T12:00:00.000Z`.
fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, ms) = (since.as_secs(), since.subsec_millis());
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// The date so many days after 1970-01-01. A year is counted from March here, so that a leap day is its last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // since 0000-03-01
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}

/// The number of the calling thread in this process, from 0, in the order in which they first asked.
pub(super) fn thread() -> u64 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    thread_local! {
        static NUMBER: Cell<Option<u32>> = const { Cell::new(None) };
    }
    let number = NUMBER.try_with(|number| {
        let known = number.get().unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed));
        number.set(Some(known));
        known
    });
    u64::from(number.unwrap_or(u32::MAX)) // a thread that is about to end
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(11_017), (2000, 3, 1));
        assert_eq!(date(20_484), (2026, 1, 31));
        assert_eq!(date(47_541), (2100, 3, 1));
    }
}
