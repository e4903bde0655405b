//! Numbers as people read them.

/// `8KiB`, `1MiB`, `16B`: without a space, so that it can be part of a benchmark's id.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    UNITS
        .into_iter()
        .find(|(size, _)| count >= *size && count.is_multiple_of(*size))
        .map_or_else(|| format!("{count}B"), |(size, unit)| format!("{}{unit}", count / size))
}

/// `1 thread`, `4 threads`.
#[must_use]
pub fn threads(count: usize) -> String {
    if count == 1 { "1 thread".into() } else { format!("{count} threads") }
}

/// Three significant digits or all that stand before the point: `0.98`, `12.3`, `1,204`.
#[must_use]
pub fn figure(value: f64) -> String {
    match value {
        v if v < 9.995 => format!("{v:.2}"),
        v if v < 99.95 => format!("{v:.1}"),
        v => thousands(&format!("{v:.0}")),
    }
}

/// The same in at most four characters or so, for a cell with three of them: `12.3`, `1204`, `25k`.
#[must_use]
pub fn short(value: f64) -> String {
    match value {
        v if v < 99.95 => figure(v),
        v if v < 9999.5 => format!("{v:.0}"),
        v if v < 999_500.0 => format!("{:.0}k", v / 1e3),
        v => format!("{:.0}M", v / 1e6),
    }
}

/// Nanoseconds as microseconds, with the nanoseconds as long as they matter.
#[must_use]
pub fn micros(ns: u64) -> String {
    let us = ns as f64 / 1e3;
    if us < 9.9995 { format!("{us:.3}") } else { figure(us) }
}

fn thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_figures_read_well() {
        assert_eq!([1, 2].map(threads), ["1 thread", "2 threads"]);
        assert_eq!([16, 1024, 65_536, 1 << 20, 1500].map(bytes), ["16B", "1KiB", "64KiB", "1MiB", "1500B"]);
        assert_eq!(
            [0.984, 9.999, 12.34, 99.96, 1204.4, 1_234_567.0].map(figure),
            ["0.98", "10.0", "12.3", "100", "1,204", "1,234,567"]
        );
        assert_eq!(
            [0.984, 99.96, 9_999.4, 9_999.6, 999_600.0].map(short),
            ["0.98", "100", "9999", "10k", "1M"]
        );
    }
}
