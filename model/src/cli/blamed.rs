//! What `highwater trace --blame` says of one file, and the picture of `--plot`.

use highwater_model::blame::{Fact, Report, Site};
use highwater_model::plot::{self, Panel};
use highwater_model::series::{self, WORST};
use highwater_model::trace::Header;
use serde_json::{Value, json};
use std::path::Path;

use super::output::Trouble;

/// As lines a person reads; none if nobody is to blame.
pub(super) fn text(path: &Path, header: &Header, report: &Report) -> String {
    if report.is_empty() {
        return String::new();
    }
    let process = if header.pid == 0 { String::new() } else { format!(", process {}", header.pid) };
    format!("{}{process}:\n{report}", path.display())
}

/// As JSON.
pub(super) fn value(path: &Path, header: &Header, report: &Report) -> Value {
    let sites: Vec<Value> = report.sites.iter().map(site).collect();
    let facts: Vec<Value> = report.facts.iter().map(fact).collect();
    json!({ "file": path.display().to_string(), "pid": header.pid, "with_sites": report.with_sites, "sites": sites, "facts": facts })
}

fn site(site: &Site) -> Value {
    let callers: Vec<Value> =
        site.callers.iter().map(|(at, writes)| json!({ "at": at, "writes": writes })).collect();
    json!({ "at": site.at, "in": site.inside, "callers": callers, "corked": site.corked, "class": site.class, "streams": site.streams, "stream": site.stream,
            "writes": site.writes, "units": site.units, "peak": site.peak, "mark": site.mark, "above_ns": site.above,
            "object_mode": site.object_mode, "fix": site.fix() })
}

fn fact(fact: &Fact) -> Value {
    json!({ "kind": fact.kind.name(), "at": fact.at, "class": fact.class, "streams": fact.streams, "stream": fact.stream,
            "units": fact.units, "object_mode": fact.object_mode, "what": fact.what(), "fix": fact.kind.fix() })
}

/// Draws the worst of these, or the one that was asked for.
pub(super) fn draw(path: &Path, mut panels: Vec<Panel>, asked: Option<u32>) -> Result<(), Trouble> {
    panels.sort_by(|a, b| series::height(b).total_cmp(&series::height(a)));
    panels.truncate(WORST);
    if let (Some(stream), true) = (asked, panels.is_empty()) {
        return Err(Trouble(format!("no stream #{stream} was written to, so there is nothing to draw")));
    }
    let title = match panels.as_slice() {
        [] => "No stream was written to".to_owned(),
        [one] => one.title.clone(),
        some => format!("The {} streams that went farthest above their marks", some.len()),
    };
    std::fs::write(path, plot::panels(&panels, &title)).map_err(|error| Trouble::file("write", path, &error))
}
