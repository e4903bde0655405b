//! Figures as text: tables, and what was hoped for beside what was measured.

use std::fmt::Write as _;

use serde::Serialize;

use crate::ledger::Spread;
use crate::units::{figure, short};

/// Stands where the system does not tell.
pub(crate) const NOT_MEASURED: &str = "not measured";

/// Rows of cells as a table; the first row is the heading. The first column stands to the left, all others to the right.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::from("  ");
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            // Writing to a String cannot fail.
            let _ =
                if column == 0 { write!(line, "{cell:<width$}") } else { write!(line, "  {cell:>width$}") };
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Cells from texts.
pub(crate) fn cells<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

/// A ratio with its extremes.
pub(crate) fn ratio(spread: Option<Spread>) -> String {
    spread.map_or_else(
        || NOT_MEASURED.into(),
        |spread| format!("{} ({}..{})", short(spread.median), short(spread.min), short(spread.max)),
    )
}

/// A time, in the unit that suits it.
pub(crate) fn seconds(time: f64) -> String {
    match time {
        time if time < 1e-3 => format!("{} µs", figure(time * 1e6)),
        time if time < 1.0 => format!("{} ms", figure(time * 1e3)),
        time => format!("{} s", figure(time)),
    }
}

/// KiB as MiB.
pub(crate) fn mebibytes(kib: f64) -> String {
    format!("{} MiB", figure(kib / 1024.0))
}

/// The middle of some figures, said by `say`.
pub(crate) fn median(spread: Option<Spread>, say: impl Fn(f64) -> String) -> String {
    spread.map_or_else(|| NOT_MEASURED.into(), |spread| say(spread.median))
}

/// A limit that was hoped for. It is printed beside what was measured, and never makes a run fail: machines differ, and are busy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hoped {
    AtMost(f64),
    AtLeast(f64),
}

/// One hope and what became of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Target {
    /// What is measured.
    pub(crate) what: String,
    /// The unit of both figures, with its blank; empty for ratios.
    pub(crate) unit: &'static str,
    pub(crate) hoped: Hoped,
    /// `None` where it was not.
    pub(crate) measured: Option<Spread>,
    /// Whether the median lies on the right side.
    pub(crate) met: Option<bool>,
}

impl Target {
    /// A target for a ratio.
    pub(crate) fn new(what: impl Into<String>, hoped: Hoped, measured: Option<Spread>) -> Self {
        let met = measured.map(|spread| match hoped {
            Hoped::AtMost(limit) => spread.median <= limit,
            Hoped::AtLeast(limit) => spread.median >= limit,
        });
        Self { what: what.into(), unit: "", hoped, measured, met }
    }

    /// The same for figures with a unit.
    pub(crate) fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    fn row(&self) -> Vec<String> {
        let unit = self.unit;
        let measured = match self.measured {
            None => NOT_MEASURED.into(),
            Some(spread) if spread.min.total_cmp(&spread.max).is_eq() => {
                format!("{}{unit}", short(spread.median))
            }
            spread => format!("{}{unit}", ratio(spread)),
        };
        let hoped = match self.hoped {
            Hoped::AtMost(limit) => format!("at most {}{unit}", short(limit)),
            Hoped::AtLeast(limit) => format!("at least {}{unit}", short(limit)),
        };
        let met = match self.met {
            None => "-",
            Some(true) => "met",
            Some(false) => "missed",
        };
        vec![self.what.clone(), measured, hoped, met.into()]
    }
}

/// A table of targets.
pub(crate) fn targets(all: &[Target]) -> String {
    let mut rows = vec![cells(["target", "measured", "hoped for", ""])];
    rows.extend(all.iter().map(Target::row));
    table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [cells(["", "wall"]), cells(["node", "1.20 s"]), cells(["highwater", "9.00 µs"])];
        assert_eq!(table(&rows), "                wall\n  node        1.20 s\n  highwater  9.00 µs\n");
    }

    #[test]
    fn times_and_sizes_have_the_unit_that_suits_them() {
        assert_eq!([2e-6, 0.0123, 1.5].map(seconds), ["2.00 µs", "12.3 ms", "1.50 s"]);
        assert_eq!(mebibytes(1536.0), "1.50 MiB");
    }

    #[test]
    fn a_target_is_judged_by_the_median() {
        let spread = Spread::of([0.5, 0.9, 1.4]);
        let met = |hoped| Target::new("x", hoped, spread).met;
        assert_eq!([Hoped::AtMost(0.9), Hoped::AtMost(0.8)].map(met), [Some(true), Some(false)]);
        assert_eq!([Hoped::AtLeast(0.9), Hoped::AtLeast(1.0)].map(met), [Some(true), Some(false)]);
        assert_eq!(Target::new("x", Hoped::AtMost(1.0), None).met, None);
    }

    #[test]
    fn targets_say_what_was_hoped_for_in_the_same_unit() {
        let single = Target::new("a thread", Hoped::AtMost(5.0), Spread::of([4.0])).in_unit(" %");
        let several = Target::new("a ratio", Hoped::AtLeast(10.0), Spread::of([9.0, 12.0]));
        assert_eq!(single.row(), ["a thread", "4.00 %", "at most 5.00 %", "met"]);
        assert_eq!(several.row(), ["a ratio", "10.5 (9.00..12.0)", "at least 10.0", "met"]);
    }
}
