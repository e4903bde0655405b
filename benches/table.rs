//! The tables that `cargo bench` ends with: plain text, at most [`WIDTH`] columns.

use std::fmt::Write as _;

use crate::ledger::{Ledger, Ratio, Spread, Stall};
use crate::plan;
use crate::units::{figure, short};

/// Columns of a line at most.
pub const WIDTH: usize = 100;

const NAME: usize = 20;

/// One table a sink, then the cells we lose, then the stalls. `ours` is what our contenders' names begin with.
#[must_use]
pub fn render(ledger: &Ledger, baseline: &str, ours: &str, clock_ns: u64) -> String {
    let mut out = String::new();
    for sink in in_order(ledger.ratios.iter().map(|cell| cell.sink.clone())) {
        let cells: Vec<&Ratio> = ledger.ratios.iter().filter(|cell| cell.sink == sink).collect();
        ratios(&mut out, &sink, baseline, &cells);
    }
    if !ledger.ratios.is_empty() {
        lost(&mut out, baseline, ours, &ledger.ratios);
    }
    if !ledger.stalls.is_empty() {
        stalls(&mut out, clock_ns, &ledger.stalls);
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

fn ratios(out: &mut String, sink: &str, baseline: &str, cells: &[&Ratio]) {
    const CELL: usize = 20;
    let columns = in_order(cells.iter().map(|cell| cell.column()));
    let rounds: Vec<usize> = cells.iter().map(|cell| cell.rounds).collect();
    let (fewest, most) = (rounds.iter().min().unwrap_or(&0), rounds.iter().max().unwrap_or(&0));
    line(out, "");
    line(
        out,
        &format!("{sink}: time per write as a ratio to {baseline}, by bytes per write; below 1 is faster"),
    );
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
                let cell = cells.iter().find(|cell| cell.contender == *name && cell.column() == *column);
                cell.map_or_else(|| "-".into(), |cell| spread(&cell.ratio))
            })
            .collect();
        row(out, name, CELL, &texts);
    }
    let absolute: Vec<String> = columns
        .iter()
        .map(|column| {
            let medians =
                cells.iter().filter(|cell| cell.column() == *column).map(|cell| cell.baseline_ns.median);
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

fn stalls(out: &mut String, clock_ns: u64, stalls: &[Stall]) {
    const CELL: usize = 13;
    let fewest = stalls.iter().map(|stall| stall.writes).min().unwrap_or(0);
    line(out, "");
    line(out, &format!("stall: {}", plan::stall_conditions()));
    line(
        out,
        &format!(
            "microseconds in a single write, of {} or more ({clock_ns} ns of each are the clock's); the last column is",
            figure(fewest as f64)
        ),
    );
    line(out, "how many in a million took 1 ms or longer");
    let mut columns: Vec<&str> = Stall::COLUMNS.iter().map(|(name, _)| *name).collect();
    columns.push("stalled");
    row(out, "", CELL, &columns);
    for stall in stalls {
        let mut cells: Vec<String> = Stall::COLUMNS
            .iter()
            .map(|(name, _)| stall.ns.get(name).map_or_else(|| "-".into(), |ns| micros(*ns)))
            .collect();
        cells.push(figure(stall.stalled_ppm));
        row(out, &stall.contender, CELL, &cells);
    }
}

/// Nanoseconds as microseconds, with the nanoseconds as long as they matter.
fn micros(ns: u64) -> String {
    let us = ns as f64 / 1e3;
    if us < 9.9995 { format!("{us:.3}") } else { figure(us) }
}
