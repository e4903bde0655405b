//! How many bytes are buffered, over time.

use crate::sinks::AnySink;
use highwater::Writer;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

/// A CSV file of `t_ns,buffered_bytes,event`, or nothing.
pub(crate) struct Samples {
    start: Instant,
    file: Option<BufWriter<File>>,
}

impl Samples {
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, String> {
        let open = |path: &Path| {
            let file = File::create(path)
                .map_err(|error| format!("cannot write the samples to {}: {error}", path.display()))?;
            let mut file = BufWriter::new(file);
            writeln!(file, "t_ns,buffered_bytes,event").map_err(|error| error.to_string())?;
            Ok::<_, String>(file)
        };
        Ok(Self { start: Instant::now(), file: path.map(open).transpose()? })
    }

    pub(crate) fn wanted(&self) -> bool {
        self.file.is_some()
    }

    /// One line: what is buffered now, and why it was looked at.
    pub(crate) fn record(&mut self, writer: &Writer<AnySink>, event: &str) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        writeln!(file, "{},{},{event}", self.start.elapsed().as_nanos(), writer.stats().buffered)
    }

    pub(crate) fn close(self) -> io::Result<()> {
        self.file.map_or(Ok(()), |mut file| file.flush())
    }
}
