//! The tables that `cargo bench` ends with: plain text, at most [`WIDTH`] columns.

use std::fmt::Write as _;

use crate::ledger::{Ledger, Ratio, Spread, Stall};
use crate::peers::BASELINE_OF_MANY;
use crate::plan;
use crate::units::{self, figure, micros, short};
use crate::verdict::{self, Judged, Verdict};

/// Columns of a line at most.
pub const WIDTH: usize = 100;

const NAME: usize = 20;

/// One table a sink, then the cells we lose, many producers, the stalls, and the [targets](crate::targets).
/// `ours` is what our contenders' names begin with.
#[must_use]
pub fn render(ledger: &Ledger, baseline: &str, ours: &str, clock_ns: u64) -> String {
    let mut out = String::new();
    for sink in in_order(ledger.ratios.iter().map(|cell| cell.sink.clone())) {
        let cells: Vec<&Ratio> = ledger.ratios.iter().filter(|cell| cell.sink == sink).collect();
        let title =
            format!("{sink}: time per write as a ratio to {baseline}, by bytes per write; below 1 is faster");
        ratios(&mut out, &title, &cells, Ratio::column);
    }
    if !ledger.ratios.is_empty() {
        lost(&mut out, baseline, ours, &ledger.ratios);
    }
    if !ledger.many.is_empty() {
        let cells: Vec<&Ratio> = ledger.many.iter().collect();
        ratios(&mut out, &title_of_many(), &cells, Ratio::column_of_many);
    }
    if !ledger.stalls.is_empty() {
        stalls(&mut out, baseline, clock_ns, ledger);
    }
    if !ledger.is_empty() {
        asked_for(&mut out, &verdict::judge(ledger));
    }
    out
}

fn in_order<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}

/// Adds a line without the blanks at its end.
fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

fn row<T: std::fmt::Display>(out: &mut String, name: &str, width: usize, cells: &[T]) {
    let mut text = format!("{name:<NAME$}");
    for cell in cells {
        // Writing to a String cannot fail.
        let _ = write!(text, "{cell:>width$}");
    }
    line(out, &text);
}

fn title_of_many() -> String {
    let chunk = units::bytes(plan::SHARED_CHUNK as u64);
    format!("many producers: time per write of {chunk} into null as a ratio to {}", BASELINE_OF_MANY.0)
}

fn ratios(out: &mut String, title: &str, cells: &[&Ratio], column_of: fn(&Ratio) -> String) {
    const CELL: usize = 20;
    let columns = in_order(cells.iter().map(|cell| column_of(cell)));
    let rounds: Vec<usize> = cells.iter().map(|cell| cell.rounds).collect();
    let (fewest, most) = (rounds.iter().min().unwrap_or(&0), rounds.iter().max().unwrap_or(&0));
    line(out, "");
    line(out, title);
    line(
        out,
        &format!(
            "median (min..max) of {fewest} to {most} rounds, each beside the baseline in the same round"
        ),
    );
    row(out, "", CELL, &columns);
    for name in in_order(cells.iter().map(|cell| &cell.contender)) {
        let texts: Vec<String> = columns
            .iter()
            .map(|column| {
                let cell = cells.iter().find(|cell| cell.contender == *name && column_of(cell) == *column);
                cell.map_or_else(|| "-".into(), |cell| spread(&cell.ratio))
            })
            .collect();
        row(out, name, CELL, &texts);
    }
    let absolute: Vec<String> = columns
        .iter()
        .map(|column| {
            let medians =
                cells.iter().filter(|cell| column_of(cell) == *column).map(|cell| cell.baseline_ns.median);
            Spread::of(medians).map_or_else(|| "-".into(), |ns| format!("{} ns", figure(ns.median)))
        })
        .collect();
    row(out, "1.00 is, per write", CELL, &absolute);
}

fn spread(spread: &Spread) -> String {
    format!("{} ({}..{})", short(spread.median), short(spread.min), short(spread.max))
}

fn lost(out: &mut String, baseline: &str, ours: &str, cells: &[Ratio]) {
    let our = |cell: &&Ratio| cell.contender.starts_with(ours);
    let all = cells.iter().filter(our).count();
    let slower: Vec<&Ratio> = cells.iter().filter(our).filter(|cell| cell.ratio.median > 1.0).collect();
    if all == 0 {
        return;
    }
    line(out, "");
    line(out, &format!("{ours} is slower than {baseline} in {} of {all} cells:", slower.len()));
    let mut text = String::from(" ");
    for cell in slower {
        let item =
            format!(" {}/{}/{} {},", cell.sink, cell.column(), cell.contender, short(cell.ratio.median));
        if text.len() + item.len() > WIDTH {
            line(out, &text);
            text = String::from(" ");
        }
        text.push_str(&item);
    }
    line(out, text.trim_end_matches(','));
}

fn stalls(out: &mut String, baseline: &str, clock_ns: u64, ledger: &Ledger) {
    const CELL: usize = 11;
    let (stalls, yardstick) = (&ledger.stalls, ledger.stall(baseline));
    let fewest = stalls.iter().map(|stall| stall.writes).min().unwrap_or(0);
    line(out, "");
    line(out, &format!("stall: {}", plan::stall_conditions()));
    line(
        out,
        &format!(
            "microseconds in a single write, of {} or more ({clock_ns} ns of each are the clock's);",
            figure(fewest as f64)
        ),
    );
    line(out, "stalled: how many in a million took 1 ms or longer;");
    line(out, &format!("below: how many times p99.9 lies below that of {baseline}"));
    let mut columns: Vec<&str> = Stall::COLUMNS.iter().map(|(name, _)| *name).collect();
    columns.extend(["stalled", "below"]);
    row(out, "", CELL, &columns);
    for stall in stalls {
        let mut cells: Vec<String> = Stall::COLUMNS
            .iter()
            .map(|(name, _)| stall.ns.get(name).map_or_else(|| "-".into(), |ns| micros(*ns)))
            .collect();
        cells.push(figure(stall.stalled_ppm));
        let below = yardstick.and_then(|yardstick| stall.times_below(yardstick, "p99.9"));
        cells.push(below.map_or_else(|| "-".into(), figure));
        row(out, &stall.contender, CELL, &cells);
    }
}

/// What is asked for and what was measured, and the sum of it. What a filter left out is only counted.
fn asked_for(out: &mut String, judged: &[Judged]) {
    const WHAT: usize = 62;
    line(out, "");
    line(out, &format!("{:<WHAT$}{:>12}{:>14}", "targets", "asked", "measured"));
    for target in judged.iter().filter(|target| target.verdict != Verdict::NotMeasured) {
        let what = format!("{}. {}", target.group, target.what);
        line(out, &format!("{what:<WHAT$}{:>12}{:>14}  {}", target.asked, target.measured, target.verdict));
    }
    let count = |verdict| judged.iter().filter(|target| target.verdict == verdict).count();
    let (met, missed, unknown) = (count(Verdict::Met), count(Verdict::Missed), count(Verdict::NotMeasured));
    line(out, &format!("{met} targets met, {missed} missed, {unknown} not measured in this run"));
}
