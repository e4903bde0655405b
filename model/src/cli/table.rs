//! Text tables for a terminal of 100 columns, and how numbers are written in them.

use std::time::Duration;

/// No line of a table is longer, in characters.
pub(crate) const WIDTH: usize = 100;

/// Between two columns, and before the first.
const GAP: usize = 2;

/// A table whose columns are as wide as their widest cell. The last one takes what is left of the line and is shortened to it.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    heads: Vec<Head>,
    rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Head {
    name: &'static str,
    right: bool,
}

impl Table {
    /// A heading that begins with `>` stands over numbers: its column is flush right.
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        let head = |name: &&'static str| match name.strip_prefix('>') {
            Some(name) => Head { name, right: true },
            None => Head { name, right: false },
        };
        Self { heads: heads.iter().map(head).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(crate) fn render(&self) -> String {
        let mut widths: Vec<usize> = (0..self.heads.len()).map(|column| self.width(column)).collect();
        if let Some((last, others)) = widths.split_last_mut() {
            let used: usize = others.iter().map(|width| width + GAP).sum();
            *last = (*last).min(WIDTH.saturating_sub(GAP + used));
        }
        let names: Vec<String> = self.heads.iter().map(|head| head.name.to_owned()).collect();
        let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        let mut out = String::new();
        for cells in [&names, &rules].into_iter().chain(&self.rows) {
            out.push_str(self.line(cells, &widths).trim_end());
            out.push('\n');
        }
        out
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let head = self.heads[column].name.chars().count();
        cells.map(|cell| cell.chars().count()).fold(head, usize::max)
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut out = String::new();
        for ((cell, head), width) in cells.iter().zip(&self.heads).zip(widths) {
            let cell = shorten(cell, *width);
            let fill = " ".repeat(width.saturating_sub(cell.chars().count()));
            let (before, after) = if head.right { (fill.as_str(), "") } else { ("", fill.as_str()) };
            out.extend([&" ".repeat(GAP), before, &cell, after]);
        }
        out
    }
}

/// Cuts at a word and says so with an ellipsis.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    let at = kept.rfind(' ').filter(|at| *at > kept.len() / 2).unwrap_or(kept.len());
    format!("{}…", kept[..at].trim_end_matches([' ', ',']))
}

/// Breaks at words, indenting every line.
pub(crate) fn wrap(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut line = " ".repeat(indent);
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH && line.chars().count() > indent {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent);
        }
        if line.chars().count() > indent {
            line.push(' ');
        }
        line.push_str(word);
    }
    out + line.trim_end() + "\n"
}

/// `2013345` as `2,013,345`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time to three digits or so.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        short if short < 0.01 => format!("{:.1} ms", short * 1e3),
        long => format!("{long:.2} s"),
    }
}

/// `1 state`, `2 states`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_is_shortened() {
        let mut table = Table::new(&["id", ">states", "sentence"]);
        table.row(["W-01".to_owned(), thousands(2_013_345), "word ".repeat(40)]);
        table.row(["D-1".to_owned(), thousands(7), "short".to_owned()]);
        let text = table.render();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "  id       states  sentence");
        assert_eq!(lines[3], "  D-1           7  short");
        assert!(lines[2].ends_with("word…"), "{text}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000_000), "1,000,000");
        assert_eq!(seconds(Duration::from_micros(1_500)), "1.5 ms");
        assert_eq!(seconds(Duration::from_millis(12_340)), "12.34 s");
        assert_eq!(count(1, "state") + &count(2, "state"), "1 state2 states");
    }

    #[test]
    fn long_text_is_wrapped_or_cut_between_characters() {
        assert_eq!(shorten("zwölf Boxkämpfer jagen", 9), "zwölf…");
        assert!(
            wrap(&"word ".repeat(60), 4).lines().all(|line| line.len() <= WIDTH && line.starts_with("    w"))
        );
    }
}
