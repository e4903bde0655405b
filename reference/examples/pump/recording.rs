//! The run as a trace, where the feature `trace` is built.

use highwater::Builder;
use std::path::Path;

/// A trace of the run, or nothing.
#[cfg(feature = "trace")]
pub(crate) struct Recording(Option<highwater::Trace>);

#[cfg(not(feature = "trace"))]
pub(crate) struct Recording;

/// Sets the builder up to record, if there is a file to record into.
#[cfg(feature = "trace")]
pub(crate) fn begin(path: Option<&Path>, builder: Builder) -> Result<(Builder, Recording), String> {
    let Some(path) = path else { return Ok((builder, Recording(None))) };
    let trace = highwater::Trace::create(path)
        .map_err(|error| format!("cannot record in {}: {error}", path.display()))?;
    Ok((builder.trace(&trace), Recording(Some(trace))))
}

#[cfg(not(feature = "trace"))]
pub(crate) fn begin(path: Option<&Path>, builder: Builder) -> Result<(Builder, Recording), String> {
    match path {
        None => Ok((builder, Recording)),
        Some(_) => Err("this pump cannot record: build it with --features trace, as in \
                 `cargo run --release -p highwater --features trace --example pump -- --record run.jsonl`"
            .to_owned()),
    }
}

impl Recording {
    /// The run is over and nothing is owed.
    #[cfg(feature = "trace")]
    pub(crate) fn end(self) -> Result<(), String> {
        self.0
            .map_or(Ok(()), |trace| trace.quiesce().map_err(|error| format!("the recording failed: {error}")))
    }

    #[cfg(not(feature = "trace"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // as where it can fail
    pub(crate) fn end(self) -> Result<(), String> {
        Ok(())
    }
}
