//! `highwater trace`: recorded runs, judged.

use std::path::PathBuf;

use highwater_model::logs;
use serde_json::json;

use super::output::{self, Trouble, Verdict};

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Traces, as `docs/TRACE.md` describes them.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    let mut values = Vec::new();
    let mut verdict = Verdict::Conforms;
    for file in &options.files {
        let report = logs::judge_file(file).map_err(|error| match error {
            logs::BadInput::Io(error) => Trouble::file("read", file, &error),
            logs::BadInput::Line { number, why } => Trouble(format!("{}:{number}: {why}", file.display())),
        })?;
        if !report.conforms() {
            verdict = Verdict::Violation;
        }
        if as_json {
            let mut value = report.to_json();
            value["file"] = json!(file);
            values.push(value);
        } else {
            output::print(&format!("{}: {report}", file.display()))?;
        }
    }
    if as_json {
        output::print_json(&json!(values))?;
    }
    Ok(verdict)
}
