//! A real file that grows from nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{AnySink, Delivery, Destination};
use crate::stream::{Stream, Witness};

/// A fresh file for each batch, bounded in size, and without a name as soon as it is open, so that a run that is
/// interrupted leaves nothing behind. Its bytes are read back after the clock has stopped. It is not synced: what is measured is
/// the page cache, as for any program that writes a file and exits.
#[derive(Clone, Debug)]
pub struct GrowingFile {
    directory: PathBuf,
}

impl GrowingFile {
    /// Files in `directory`, which exists.
    #[must_use]
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    fn create(&self) -> io::Result<File> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = self.directory.join(format!("highwater-bench-{}-{next}", process::id()));
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(|error| named(&path, &error))?;
        fs::remove_file(&path).map_err(|error| named(&path, &error))?;
        Ok(file)
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

impl Destination for GrowingFile {
    fn name(&self) -> &'static str {
        "file"
    }

    fn batch_bytes_max(&self) -> u64 {
        64 << 20
    }

    fn is_file(&self) -> bool {
        true
    }

    fn open(&self, stream: &Stream) -> io::Result<(AnySink, Box<dyn Delivery>)> {
        let file = self.create()?;
        let written = Written { file: file.try_clone()?, witness: stream.witness() };
        Ok((Box::new(file), Box::new(written)))
    }
}

struct Written {
    file: File,
    witness: Witness,
}

impl Delivery for Written {
    fn arrive(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn verify(&mut self) -> io::Result<()> {
        self.file.rewind()?;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match self.file.read(&mut buffer)? {
                0 => return Ok(self.witness.verdict()?),
                n => self.witness.read(&buffer[..n]),
            }
        }
    }
}
