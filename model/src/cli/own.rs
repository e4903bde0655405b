//! What `highwater trace` says of a trace of our own writer.

use highwater_model::logs::{self, BadInput};
use highwater_model::series::Drawn;
use serde_json::json;
use std::io::BufRead;
use std::path::Path;

use super::output::{Trouble, Verdict};
use super::trace::Said;

/// Judges it by the contract. `more`: something was asked that is made for programs of Node.
pub(super) fn judged(path: &Path, input: impl BufRead, more: bool) -> Result<Said, Trouble> {
    let name = path.display();
    if more {
        return Err(Trouble(format!(
            "{name}:1: --blame and --plot are for traces of Node programs; a trace of our writer is judged without them"
        )));
    }
    let trouble = |bad: BadInput| match bad {
        BadInput::Io(error) => Trouble::file("read", path, &error),
        BadInput::Line { number, why } => Trouble(format!("{name}:{number}: {why}")),
    };
    let (report, bad) = logs::judge_so_far(input, |_| {}).map_err(trouble)?;
    let cut = report
        .is_truncated
        .then(|| Trouble(format!("{name}:{}: the trace ends in the middle of this line", report.events + 2)));
    let mut json = report.to_json();
    json["file"] = json!(path);
    Ok(Said {
        text: format!("{name}: {report}"),
        json,
        verdict: if report.conforms() { Verdict::Conforms } else { Verdict::Violation },
        trouble: bad.map(trouble).or(cut),
        drawn: Drawn::default(),
    })
}
