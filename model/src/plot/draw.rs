//! What a picture is made of.

use crate::blame::grouped;

use super::{Axis, Happened, Marks, Sample, Unit};
use std::fmt::Write as _;

const WIDTH: f64 = 920.0;
pub(super) const HEIGHT: f64 = 380.0;
/// The height of one picture of several.
pub(super) const PANEL_HEIGHT: f64 = 280.0;
/// The height of what stands above them all.
pub(super) const HEAD: f64 = 58.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 52.0;
/// Where the picture begins below a title with a second line.
const TOP_OF_TWO: f64 = 62.0;
/// A mark is drawn at least so far above the bottom line, or far below the peak it would lie on that.
const MARK_LEAST: f64 = 3.0;
/// So many letters fit beside one another.
const LETTERS: usize = 120;
/// Samples closer together than this are drawn as one vertical stroke from their least to their greatest.
const COLUMN: f64 = 0.5;

/// From samples to pixels.
pub(super) struct Scale {
    t_start: u64,
    t_span: f64,
    top: f64,
    ceiling: f64,
    peak: u64,
    height: f64,
    axis: Axis,
    unit: Unit,
}

impl Scale {
    pub(super) fn new(samples: &[Sample], marks: Marks, height: f64, axis: Axis, unit: Unit) -> Self {
        let t_start = samples.first().map_or(0, |sample| sample.t_ns);
        let t_end = samples.last().map_or(0, |sample| sample.t_ns);
        let peak = samples.iter().map(|sample| sample.buffered).max().unwrap_or(0);
        let highest = peak.max(marks.high).max(marks.capacity.unwrap_or(0)).max(1);
        let t_span = (t_end - t_start).max(1) as f64;
        Self { t_start, t_span, top: highest as f64 * 1.08, ceiling: TOP, peak, height, axis, unit }
    }

    pub(super) fn below_two_lines(self) -> Self {
        Self { ceiling: TOP_OF_TWO, ..self }
    }

    fn x(&self, t_ns: u64) -> f64 {
        LEFT + (t_ns - self.t_start) as f64 / self.t_span * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, buffered: u64) -> f64 {
        self.floor() - buffered as f64 / self.top * (self.floor() - self.ceiling)
    }

    fn floor(&self) -> f64 {
        self.height - BOTTOM
    }

    fn label(&self, buffered: u64) -> String {
        match self.unit {
            Unit::Bytes => bytes_label(buffered),
            Unit::Objects => buffered.to_string(),
        }
    }
}

pub(super) fn open(height: f64, title: &str) -> String {
    opened(height, title, "")
}

/// In a browser it has its own size, or the width of a window that is narrower: many panels are not made small to fit the height.
pub(super) fn open_tall(height: f64, title: &str) -> String {
    let size = format!("width=\"{WIDTH}\" height=\"{height}\" style=\"max-width:100%;height:auto\" ");
    opened(height, title, &size)
}

fn opened(height: f64, title: &str, size: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" {size}\
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        escaped(title)
    )
}

/// What stands above all panels.
pub(super) fn head(out: &mut String, title: &str, note: &str) {
    let (title, note) = (escaped(title), escaped(note));
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"28\" font-size=\"18\" fill=\"#1f2933\">{title}</text>\n\
         <text x=\"{LEFT}\" y=\"48\" fill=\"#52606d\">{note}</text>"
    );
}

/// One picture, and what is written around it.
pub(super) struct Picture<'a> {
    pub(super) samples: &'a [Sample],
    pub(super) marks: Marks,
    pub(super) scale: &'a Scale,
    pub(super) title: &'a str,
    pub(super) about: &'a str,
    pub(super) counts: (u64, u64),
}

pub(super) fn body(out: &mut String, picture: &Picture<'_>) {
    let Picture { samples, marks, scale, title, about, counts } = picture;
    let title = escaped(&fitting(title));
    let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"22\" font-size=\"15\" fill=\"#1f2933\">{title}</text>");
    if !about.is_empty() {
        let about = escaped(&fitting(about));
        let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"40\" fill=\"#52606d\">{about}</text>");
    }
    pauses(out, samples, scale);
    axes(out, scale);
    line(out, samples, scale);
    if let Some(capacity) = marks.capacity {
        mark(out, scale, capacity, "capacity", "#9aa5b1");
    }
    mark(out, scale, marks.high, "high-water mark", "#d64545");
    if let Some(low) = marks.low {
        mark(out, scale, low, "low-water mark", "#3f9142");
    }
    drains(out, samples, scale);
    legend(out, scale, *counts);
}

/// The end of a place tells more than its beginning.
fn fitting(text: &str) -> String {
    let letters = text.chars().count();
    if letters <= LETTERS {
        return text.to_owned();
    }
    let head: String = text.chars().take(LETTERS / 4).collect();
    let tail: String = text.chars().skip(letters - LETTERS * 3 / 4).collect();
    format!("{head} … {tail}")
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Shades the time between a pause and the drain that ends it.
fn pauses(out: &mut String, samples: &[Sample], scale: &Scale) {
    let mut path = String::new();
    let mut band = |from: u64, to: u64| {
        let (left, right) = (scale.x(from), scale.x(to));
        let _ = write!(
            path,
            "M{left:.1} {}h{:.1}V{:.1}H{left:.1}z",
            scale.ceiling,
            (right - left).max(COLUMN),
            scale.floor()
        );
    };
    let mut since = None;
    for sample in samples {
        match sample.event {
            Happened::Pause => since = since.or(Some(sample.t_ns)),
            Happened::Drain => {
                if let Some(from) = since.take() {
                    band(from, sample.t_ns);
                }
            }
            Happened::Other => {}
        }
    }
    if let (Some(from), Some(last)) = (since, samples.last()) {
        band(from, last.t_ns);
    }
    let _ = writeln!(out, "<path d=\"{path}\" fill=\"#fde8d0\"/>");
}

fn axes(out: &mut String, scale: &Scale) {
    let (right, floor) = (WIDTH - RIGHT, scale.floor());
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {}V{floor}H{right}\" fill=\"none\" stroke=\"#52606d\"/>",
        scale.ceiling
    );
    let step = match scale.unit {
        Unit::Bytes => binary_step(scale.top / 5.0),
        Unit::Objects => whole_step(scale.top / 5.0),
    };
    let mut buffered = 0;
    while buffered as f64 <= scale.top {
        let y = scale.y(buffered);
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {y:.1}h-5\" stroke=\"#52606d\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" \
             fill=\"#52606d\">{}</text>",
            LEFT - 8.0,
            y + 4.0,
            scale.label(buffered)
        );
        buffered += step;
    }
    let (unit, unit_ns) = match scale.axis {
        Axis::Time => time_unit(scale.t_span),
        Axis::Steps => ("", 1.0),
    };
    let least = if scale.axis == Axis::Steps { 1.0 } else { 0.0 };
    // Where nothing lasts there is nothing to count.
    let least = if scale.axis == Axis::Time && scale.t_span < 2.0 { 2.0 } else { least };
    let step = decimal_step((scale.t_span / unit_ns / 8.0).max(least));
    let mut at = 0.0;
    while at * unit_ns <= scale.t_span {
        let x = LEFT + at * unit_ns / scale.t_span * (right - LEFT);
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {floor}v5\" stroke=\"#52606d\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" \
             fill=\"#52606d\">{} {unit}</text>",
            floor + 18.0,
            (at * 1000.0).round() / 1000.0
        );
        at += step;
    }
}

/// The line holds its height until the next sample.
fn line(out: &mut String, samples: &[Sample], scale: &Scale) {
    let mut path = String::new();
    let mut rest = samples;
    while let Some(first) = rest.first() {
        let x = scale.x(first.t_ns);
        let here = rest.partition_point(|sample| scale.x(sample.t_ns) < x + COLUMN).max(1);
        let (column, after) = rest.split_at(here);
        let low = column.iter().map(|sample| sample.buffered).min().unwrap_or(0);
        let high = column.iter().map(|sample| sample.buffered).max().unwrap_or(0);
        let last = column.last().map_or(0, |sample| sample.buffered);
        let begin = if path.is_empty() { 'M' } else { 'L' };
        let _ = write!(path, "{begin}{x:.1} {:.1}", scale.y(first.buffered));
        for bytes in [high, low, last] {
            let _ = write!(path, "V{:.1}", scale.y(bytes));
        }
        if let Some(next) = after.first() {
            let _ = write!(path, "H{:.1}", scale.x(next.t_ns));
        }
        rest = after;
    }
    let _ = writeln!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"#2563a8\" stroke-width=\"1.2\"/>");
}

fn mark(out: &mut String, scale: &Scale, buffered: u64, name: &str, colour: &str) {
    // A mark of 0 is the bottom line.
    let least = if buffered == 0 { 0.0 } else { MARK_LEAST };
    let y = scale.y(buffered).min(scale.floor() - least);
    let right = WIDTH - RIGHT;
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"{colour}\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"/>\
         <text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{colour}\" \
         stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">{name}, {}</text>",
        y - 5.0,
        scale.label(buffered)
    );
}

fn drains(out: &mut String, samples: &[Sample], scale: &Scale) {
    let mut last = f64::MIN;
    for sample in samples.iter().filter(|sample| sample.event == Happened::Drain) {
        let x = scale.x(sample.t_ns);
        if x - last >= COLUMN {
            let y = scale.y(sample.buffered);
            let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"#3f9142\"/>");
            last = x;
        }
    }
}

fn legend(out: &mut String, scale: &Scale, (pauses, drains): (u64, u64)) {
    let unit = if scale.unit == Unit::Bytes { "bytes" } else { "objects" };
    let over = if scale.axis == Axis::Time { "time" } else { "steps" };
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{}\" fill=\"#1f2933\">buffered {unit} over {over}; at most {}; shaded: from Pause ({}) to the drain; \
         dots: drains ({})</text>",
        scale.height - 12.0,
        scale.label(scale.peak),
        grouped(pauses),
        grouped(drains)
    );
}

/// The power of two nearest above, so that ticks fall on round numbers of KiB.
fn binary_step(at_least: f64) -> u64 {
    let mut step = 1;
    while (step as f64) < at_least {
        step *= 2;
    }
    step
}

/// 1, 2 or 5 times a power of ten, nearest above, for things that are counted.
fn whole_step(at_least: f64) -> u64 {
    let mut power = 1;
    loop {
        for digit in [1, 2, 5] {
            if (power * digit) as f64 >= at_least {
                return power * digit;
            }
        }
        power *= 10;
    }
}

/// 1, 2 or 5 times a power of ten, nearest above.
fn decimal_step(at_least: f64) -> f64 {
    let mut power = 0.001;
    loop {
        for digit in [1.0, 2.0, 5.0] {
            if power * digit >= at_least {
                return power * digit;
            }
        }
        power *= 10.0;
    }
}

fn time_unit(span_ns: f64) -> (&'static str, f64) {
    match span_ns {
        span if span >= 2e9 => ("s", 1e9),
        span if span >= 2e6 => ("ms", 1e6),
        span if span >= 2e3 => ("µs", 1e3),
        _ => ("ns", 1.0),
    }
}

/// In the largest unit of which there is one at least.
fn bytes_label(bytes: u64) -> String {
    let mut unit = 1;
    for name in ["B", "KiB", "MiB", "GiB", "TiB"] {
        if bytes < unit * 1024 || name == "TiB" {
            return format!("{} {name}", (bytes as f64 / unit as f64 * 10.0).round() / 10.0);
        }
        unit *= 1024;
    }
    String::new()
}
