//! What `highwater trace --blame` says of one file, and the picture of `--plot`.

use highwater_model::blame::{Fact, Report, Site};
use highwater_model::original::Originals;
use highwater_model::plot::{self, Panel};
use highwater_model::series::{self, WORST};
use highwater_model::trace::Header;
use serde_json::{Value, json};
use std::path::Path;

use super::output::Trouble;

/// As lines a person reads; none if nobody is to blame.
pub(super) fn text(path: &Path, header: &Header, report: &Report, originals: &mut Originals) -> String {
    if report.is_empty() {
        return String::new();
    }
    let process = if header.pid == 0 { String::new() } else { format!(", process {}", header.pid) };
    let mut report = report.clone();
    for at in places(&mut report) {
        *at = place(at, originals);
    }
    format!("{}{process}:\n{report}", path.display())
}

fn places(report: &mut Report) -> impl Iterator<Item = &mut String> {
    report.sites.iter_mut().map(|site| &mut site.at).chain(report.facts.iter_mut().map(|fact| &mut fact.at))
}

/// A place in generated code with the one it was made from, which is where there is something to change.
pub(super) fn place(at: &str, originals: &mut Originals) -> String {
    originals.of(at).map_or_else(|| at.to_owned(), |original| format!("{original} (in {at})"))
}

/// As JSON.
pub(super) fn value(path: &Path, header: &Header, report: &Report, originals: &mut Originals) -> Value {
    let sites: Vec<Value> =
        report.sites.iter().map(|one| site(one, originals.of(&one.at).as_deref())).collect();
    let facts: Vec<Value> =
        report.facts.iter().map(|one| fact(one, originals.of(&one.at).as_deref())).collect();
    json!({ "file": path.display().to_string(), "pid": header.pid, "with_sites": report.with_sites, "sites": sites, "facts": facts })
}

fn site(site: &Site, original: Option<&str>) -> Value {
    json!({ "at": site.at, "original": original, "in": site.inside, "class": site.class, "streams": site.streams, "stream": site.stream,
            "writes": site.writes, "units": site.units, "peak": site.peak, "mark": site.mark, "above_ns": site.above,
            "object_mode": site.object_mode, "fix": site.fix() })
}

fn fact(fact: &Fact, original: Option<&str>) -> Value {
    json!({ "kind": fact.kind.name(), "at": fact.at, "original": original, "class": fact.class, "streams": fact.streams, "stream": fact.stream,
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
