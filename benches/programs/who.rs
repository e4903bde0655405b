//! The writers a child can be told to write through.

use std::io;

use serde::{Deserialize, Serialize};

use crate::peers::{BASELINE, Buffered, Contender, Direct, Highwater, Open};
use crate::sinks::AnySink;

/// A writer, as it can be told to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Who {
    /// The yardstick of all tables.
    Baseline,
    /// `BufWriter` with so many bytes.
    BufWriter(usize),
    /// `Writer::write` with the default marks, by a polite producer.
    Highwater,
    /// The same, and `write` may write the sink itself.
    Direct,
}

/// What a child does with its writer. Compiled for each writer by itself.
pub(crate) trait Program {
    /// Writes everything there is and finishes the writer.
    fn run(self, writer: impl Open) -> io::Result<()>;
}

impl Who {
    /// The name in tables.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Baseline => Contender::name(&BASELINE),
            Self::BufWriter(buffer) => Contender::name(&Buffered::new(buffer)),
            Self::Highwater => Contender::name(&Highwater::default()),
            Self::Direct => Contender::name(&Direct),
        }
    }

    /// Runs a program that writes chunks of up to `chunk` bytes into this sink.
    pub(crate) fn run(self, sink: AnySink, chunk: usize, program: impl Program) -> io::Result<()> {
        match self {
            Self::Baseline => program.run(BASELINE.open(sink, chunk)?),
            Self::BufWriter(buffer) => program.run(Buffered::new(buffer).open(sink, chunk)?),
            Self::Highwater => program.run(Highwater::default().open(sink, chunk)?),
            Self::Direct => program.run(Direct.open(sink, chunk)?),
        }
    }
}
