//! What `highwater trace --blame` says of one file, and the picture of `--plot`.

use highwater_model::blame::{Fact, Report, Site};
use highwater_model::describe::counted;
use highwater_model::original::Originals;
use highwater_model::plot::{self, Panel};
use highwater_model::series::{self, Drawn, WORST};
use highwater_model::trace::Header;
use serde_json::{Value, json};
use std::fmt::Write as _;
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
    let callers: Vec<Value> =
        site.callers.iter().map(|(at, writes)| json!({ "at": at, "writes": writes })).collect();
    json!({ "at": site.at, "original": original, "in": site.inside, "callers": callers, "corked": site.corked,
            "class": site.class, "message": site.message, "streams": site.streams, "stream": site.stream,
            "writes": site.writes, "units": site.units, "peak": site.peak, "mark": site.mark, "above_ns": site.above,
            "object_mode": site.object_mode, "fix": site.fix() })
}

fn fact(fact: &Fact, original: Option<&str>) -> Value {
    json!({ "kind": fact.kind.name(), "at": fact.at, "original": original, "class": fact.class, "streams": fact.streams, "stream": fact.stream,
            "units": fact.units, "object_mode": fact.object_mode, "what": fact.what(), "fix": fact.kind.fix() })
}

/// Says above a panel which process its stream was of, and who wrote.
pub(super) fn name(panel: &mut Panel, path: &Path, header: &Header, originals: &mut Originals) {
    let thread = if header.thread == 0 { String::new() } else { format!(", thread {}", header.thread) };
    let process = if header.pid == 0 { String::new() } else { format!(" of process {}{thread}", header.pid) };
    let _ = write!(panel.title, "{process}, {}", path.display());
    if !panel.about.is_empty() {
        panel.about = format!("written at {}", place(&panel.about, originals));
    }
}

/// Draws the worst of these, or the one that was asked for.
pub(super) fn draw(path: &Path, drawn: Drawn, asked: Option<u32>) -> Result<(), Trouble> {
    let Drawn { mut panels, written, near } = drawn;
    panels.sort_by(|a, b| series::height(b).total_cmp(&series::height(a)));
    if let (Some(stream), true) = (asked, panels.is_empty()) {
        return Err(Trouble(format!("no stream #{stream} was written to, so there is nothing to draw")));
    }
    match (asked, near) {
        (Some(_), _) => {}
        // One shows at least how far it stayed below.
        (None, 0) => panels.truncate(1),
        (None, _) => panels.retain(series::came_near),
    }
    panels.truncate(WORST);
    let title = match (panels.len(), asked, near) {
        (0, ..) => "No stream was written to".to_owned(),
        (_, None, 0) => "No stream came to half its mark; this one came nearest".to_owned(),
        (1, ..) => "What was buffered in one stream".to_owned(),
        (some, ..) => format!("What was buffered in the {some} streams that went farthest above their marks"),
    };
    let shown = panels.len() as u64;
    let left_out = match near {
        _ if asked.is_some() => Vec::new(),
        0 => vec![(written - shown, "that came less near to the mark")],
        _ => vec![
            (near - shown, "that went less far above the mark"),
            (written - near, "that never came to half the mark"),
        ],
    };
    let note: Vec<String> = left_out
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, which)| format!("{} {which}", counted(count, "stream", "streams")))
        .collect();
    let note = if note.is_empty() { String::new() } else { format!("Not drawn: {}.", note.join(", ")) };
    std::fs::write(path, plot::panels(&panels, &title, &note))
        .map_err(|error| Trouble::file("write", path, &error))
}
