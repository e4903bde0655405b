//! Sinks worth having, and what to do to each at its end.
//!
//! Anything that implements [`std::io::Write`] is a sink. What differs is what makes it whole at the end: its *final step*, given to
//! [`Builder::spawn_with_final`](crate::Builder::spawn_with_final). An error of it is an error of the stream: nothing says that it finished when the last block was never written.
//!
//! | sink | how | at the end |
//! |---|---|---|
//! | a file | `spawn_with_final(file, \|file\| file.sync_all())` | its bytes are on the disk, not only in the system's cache |
//! | the output of this process | `spawn(Ready::new(io::stdout()))` | nothing more |
//! | gzip, by `flate2` | `spawn_with_final(GzEncoder::new(file, level), GzEncoder::try_finish)` | the last block, length and checksum are written |
//! | Zstandard, by `zstd` | `spawn_with_final(Encoder::new(file, 3)?, \|sink\| sink.do_finish())` | the frame is closed |
//! | TCP | `spawn_with_final(socket, \|socket\| socket.shutdown(Shutdown::Write))` | the peer reads the end, and can still answer |
//! | a Unix socket | the same | the same |
//! | the input of a child process | `spawn_with_final(Closing::new(stdin), Closing::close)` | the child reads the end |
//! | files rotated by size | `spawn(Lines::new(roller))`, a `logroller::LogRoller` | |
//! | files rotated by time | the same, a `tracing_appender::rolling::RollingFileAppender` | |
//!
//! Several of these go together: `|sink| { sink.try_finish()?; sink.get_ref().sync_all() }` ends a compressed file and syncs it.
//!
//! # Compression
//!
//! ```
//! use flate2::{Compression, write::GzEncoder};
//! use std::io::Read;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sink = GzEncoder::new(Vec::new(), Compression::default());
//! let mut writer = highwater::Writer::builder().spawn_with_final(sink, GzEncoder::try_finish)?;
//! let _ = writer.write("compressed on the drain thread")?;
//! let file = writer.finish().wait()?.finish()?; // the step has ended it; this only takes it apart
//! let mut text = String::new();
//! flate2::read::GzDecoder::new(&file[..]).read_to_string(&mut text)?;
//! assert_eq!(text, "compressed on the drain thread");
//! # Ok(())
//! # }
//! ```
//!
//! An encoder keeps what it has not written yet, and counts it as taken: [`Unwritten`](crate::Unwritten) holds none of it. What it kept is in the sink that is handed back.
//! A final step is called once: do not give it a `finish` that must not follow one of your own.
//!
//! # Rotation
//!
//! [`Lines`] sees to it that no file ends in the middle of a line.
//!
//! ```
//! use logroller::{LogRollerBuilder, Rotation, RotationSize};
//! use highwater::sinks::Lines;
//! use std::io::Write;
//! use std::path::Path;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("highwater-rotation-{}", std::process::id()));
//! let rotation = Rotation::SizeBased(RotationSize::MB(100));
//! # let folder = folder.as_path();
//! let roller = LogRollerBuilder::new(folder, Path::new("app.log")).rotation(rotation).max_keep_files(5).build()?;
//! let mut writer = highwater::Writer::builder().spawn(Lines::new(roller))?;
//! writeln!(writer.blocking(), "one of many lines")?;
//! writer.finish().wait()?;
//! # std::fs::remove_dir_all(folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! Of the crates that rotate, `logroller` (by size or time) fails the call when it cannot rotate, and `tracing-appender` (by time) goes on with the old file, so neither loses a byte.
//! `file-rotate` 0.8 answers that it wrote what it dropped while it has no file open. Whatever writes with `write_all`, as `logroller` and every encoder does, cannot say how much of a
//! call that failed has reached the file: all of it is in [`Unwritten`](crate::Unwritten), and a part may be in the file as well.

mod closing;
mod lines;
#[cfg(all(unix, feature = "ready", not(highwater_loom)))]
mod ready;

pub use closing::Closing;
pub use lines::Lines;
#[cfg(all(unix, feature = "ready", not(highwater_loom)))]
pub use ready::Ready;
