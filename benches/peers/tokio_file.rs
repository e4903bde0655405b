//! What tokio's users take for a file: tokio's own, behind tokio's own `BufWriter`.

use std::env;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::runtime::Runtime;

use crate::measure::Measured;
use crate::sinks::{Destination, GrowingFile};
use crate::stream::Stream;

/// `tokio::fs::File` in a `tokio::io::BufWriter` of 8 KiB. It writes to files alone, and has its own loop: one task writes all chunks,
/// where a call from outside for each would charge it for entering the runtime.
#[derive(Clone, Debug)]
pub struct TokioFile {
    runtime: Arc<Runtime>,
}

impl TokioFile {
    /// With tasks on this runtime.
    #[must_use]
    pub const fn new(runtime: Arc<Runtime>) -> Self {
        Self { runtime }
    }
}

impl Measured for TokioFile {
    fn name(&self) -> String {
        "tokio-file".into()
    }

    fn takes(&self, to: &dyn Destination) -> bool {
        to.is_file()
    }

    fn deliver(&self, to: &dyn Destination, stream: &Stream) -> io::Result<Duration> {
        let (sink, mut delivery) = to.open(stream)?;
        let file = sink.as_file().ok_or(io::ErrorKind::Unsupported)?.try_clone()?;
        drop(sink);
        let mut writer = BufWriter::with_capacity(8 * 1024, File::from_std(file));
        let took = self.runtime.block_on(async {
            let start = Instant::now();
            for _ in 0..stream.laps() {
                for chunk in stream.lap() {
                    writer.write_all(chunk).await?;
                }
            }
            // Waits for the thread pool, and tells the errors of the writes it still had to do.
            writer.flush().await?;
            drop(writer);
            delivery.arrive()?;
            io::Result::Ok(start.elapsed())
        })?;
        delivery.verify()?;
        Ok(took)
    }

    /// Into a file, which is read back and compared byte by byte, because it is the only sink it has.
    fn rehearse(&self, stream: &Stream) -> io::Result<()> {
        self.deliver(&GrowingFile::new(&env::temp_dir()), stream).map(drop)
    }
}
