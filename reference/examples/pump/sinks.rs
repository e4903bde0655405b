//! Where the lines go, and how to find out whether they got there.

use crate::verify::Lines;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub(crate) type AnySink = Box<dyn Write + Send>;

/// Says what was verified, or what is wrong. To be called once the sink is dropped.
pub(crate) type Verification = Box<dyn FnOnce() -> Result<String, String>>;

/// The `--sink` argument.
#[derive(Clone)]
pub(crate) enum SinkChoice {
    File { path: PathBuf, keep: bool },
    Pipe,
    Null,
    Slow { ms_per_mib: u64 },
}

impl SinkChoice {
    /// A file that is removed after it was verified.
    pub(crate) fn temporary_file() -> Self {
        let name = format!("highwater-pump-{}.txt", std::process::id());
        Self::File { path: std::env::temp_dir().join(name), keep: false }
    }

    pub(crate) fn open(&self, lines: u64) -> Result<(AnySink, Verification), String> {
        match self {
            Self::File { path, keep } => open_file(path, *keep, lines),
            Self::Pipe => open_pipe(lines),
            Self::Null => {
                Ok((Box::new(io::sink()), Box::new(|| Ok("nothing: a null sink keeps nothing".into()))))
            }
            Self::Slow { ms_per_mib } => Ok(open_slow(*ms_per_mib, lines)),
        }
    }
}

impl FromStr for SinkChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "pipe" => Ok(Self::Pipe),
            None if text == "null" => Ok(Self::Null),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File { path: path.into(), keep: true }),
            Some(("slow", ms)) => match ms.parse() {
                Ok(ms_per_mib) => Ok(Self::Slow { ms_per_mib }),
                Err(_) => Err(format!("`{ms}` is not a number of milliseconds")),
            },
            _ => Err("expected file:PATH, pipe, null or slow:MS".to_owned()),
        }
    }
}

impl fmt::Display for SinkChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, keep: true } => write!(f, "file {}", path.display()),
            Self::File { path, keep: false } => write!(f, "temporary file {}", path.display()),
            Self::Pipe => write!(f, "pipe to a thread that reads it"),
            Self::Null => write!(f, "null"),
            Self::Slow { ms_per_mib } => write!(f, "memory, {ms_per_mib} ms slower a MiB"),
        }
    }
}

fn open_file(path: &Path, keep: bool, lines: u64) -> Result<(AnySink, Verification), String> {
    let failed =
        |path: &Path, what: &str, error: io::Error| format!("cannot {what} {}: {error}", path.display());
    let file = File::create(path).map_err(|error| failed(path, "write", error))?;
    let scratch = Scratch { path: path.to_owned(), keep };
    let verification = move || {
        let file = File::open(&scratch.path).map_err(|error| failed(&scratch.path, "read back", error))?;
        let verdict = verify_all(BufReader::new(file), lines);
        verdict.map(|()| format!("{lines} lines, by reading the file back"))
    };
    Ok((Box::new(file), Box::new(verification)))
}

/// Removes its file, unless the user asked for it by name, however the run ends.
struct Scratch {
    path: PathBuf,
    keep: bool,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_file(&self.path); // a leftover in the temporary directory is all that can come of it
        }
    }
}

fn open_pipe(lines: u64) -> Result<(AnySink, Verification), String> {
    let (reader, sink) = io::pipe().map_err(|error| format!("cannot open a pipe: {error}"))?;
    let reading = thread::spawn(move || verify_all(reader, lines));
    let verification = move || {
        let verdict = reading.join().map_err(|_| "the reading thread panicked".to_owned())?;
        verdict.map(|()| format!("{lines} lines, by the reader of the pipe"))
    };
    Ok((Box::new(sink), Box::new(verification)))
}

fn verify_all(mut reader: impl Read, lines: u64) -> Result<(), String> {
    let mut expected = Lines::new(lines);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return expected.end(),
            Ok(len) => expected.compare(&buffer[..len])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("cannot read the output back: {error}")),
        }
    }
}

/// Compares what it is given, and sleeps in proportion.
struct Slow {
    ns_per_byte: f64,
    owed_ns: f64,
    verdict: Arc<Mutex<(Lines, Result<(), String>)>>,
}

/// The most bytes a slow sink takes at once, so that the buffer falls in steps.
const SLOW_STEP: usize = 32 * 1024;

fn open_slow(ms_per_mib: u64, lines: u64) -> (AnySink, Verification) {
    let verdict = Arc::new(Mutex::new((Lines::new(lines), Ok(()))));
    let ns_per_byte = ms_per_mib as f64 * 1e6 / f64::from(1 << 20);
    let sink = Slow { ns_per_byte, owed_ns: 0.0, verdict: Arc::clone(&verdict) };
    let verification = move || {
        let mut guard = verdict.lock().unwrap_or_else(PoisonError::into_inner);
        let (expected, verdict) = &mut *guard;
        std::mem::replace(verdict, Ok(()))?;
        expected.end()?;
        Ok(format!("{lines} lines, by the sink itself"))
    };
    (Box::new(sink), Box::new(verification))
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = &bytes[..bytes.len().min(SLOW_STEP)];
        let mut guard = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        let (expected, verdict) = &mut *guard;
        if verdict.is_ok() {
            *verdict = expected.compare(part);
        }
        drop(guard);
        self.owed_ns += part.len() as f64 * self.ns_per_byte;
        if self.owed_ns >= 1e6 {
            thread::sleep(Duration::from_secs_f64(self.owed_ns / 1e9));
            self.owed_ns = 0.0;
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
