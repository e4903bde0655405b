//! A disk runs full in the middle of a job. Take the disk and the unwritten bytes back, write the rest to another disk, lose nothing.
//!
//! ```sh
//! cargo run -p highwater --example recover
//! ```

use highwater::{WaitError, WriteError, Writer};
use std::io::{self, Write};
use std::process::ExitCode;

const LINES: usize = 100_000;

/// A disk in memory with so much room, in bytes. It takes at most a sector at once, and fails when it is full.
struct Disk {
    room: usize,
    bytes: Vec<u8>,
}

impl Disk {
    fn new(room: usize) -> Self {
        Self { room, bytes: Vec::new() }
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.room - self.bytes.len()).min(512);
        if len == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the lines from `next` on. Returns the first line that was not accepted because the sink failed, or `LINES`.
fn write_lines(writer: &mut Writer<Disk>, next: usize) -> Result<usize, Box<dyn std::error::Error>> {
    for i in next..LINES {
        match writer.write(format!("Line {i}\n")) {
            Ok(flow) if flow.is_continue() => {}
            Ok(_pause) => match writer.drained().wait() {
                Ok(()) => {}
                Err(WaitError::Errored(_)) => return Ok(i + 1), // line i was accepted: it comes back as unwritten
                Err(error) => return Err(error.into()),
            },
            Err(WriteError::Errored(_)) => return Ok(i), // line i was refused: it is still ours
            Err(error) => return Err(error.into()),
        }
    }
    Ok(LINES)
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut writer = Writer::builder().high_water_mark(16 * 1024).spawn(Disk::new(500_000))?;
    let next = write_lines(&mut writer, 0)?;
    let Err(failed) = writer.finish().wait() else { return Err("the first disk was to run full".into()) };
    let (error, first, unwritten) = failed.into_parts();
    println!("the first disk failed in line {next} or before: {error}");
    println!("it holds {} bytes; {unwritten}", first.bytes.len());

    let mut writer = Writer::builder().spawn(Disk::new(usize::MAX))?;
    let rescued = unwritten.len();
    if writer.write(unwritten.bytes())?.is_pause() {
        writer.drained().wait()?;
    }
    write_lines(&mut writer, next)?;
    let second = writer.finish().wait()?;
    println!("the second disk holds {} bytes, the first {rescued} of them rescued", second.bytes.len());

    let all = String::from_utf8([first.bytes, second.bytes].concat())?;
    if !all.lines().eq((0..LINES).map(|i| format!("Line {i}"))) {
        return Err("the two disks together do not hold every line once and in order".into());
    }
    println!("together they hold every one of {LINES} lines, once and in order");
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recover: {error}");
            ExitCode::FAILURE
        }
    }
}
