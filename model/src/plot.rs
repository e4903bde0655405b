//! The sawtooth: buffered bytes over time as an SVG, with the marks, the pauses and the drains.
//!
//! The samples are lines `t_ns,buffered_bytes,event`: nanoseconds since the start, bytes, and a word or nothing. `pause` (or `full`) begins a pause
//! and `drain` ends it; other words are kept off the picture.

use std::fmt::{self, Write as _};

/// One line of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When, in nanoseconds since the start.
    pub t_ns: u64,
    /// How many bytes were buffered.
    pub buffered: u64,
    /// What happened then.
    pub event: Happened,
}

/// What a sample says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A write answered `Pause` or `Full`.
    Pause,
    /// A drain was emitted.
    Drain,
    /// Anything else.
    Other,
}

/// The horizontal lines, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// The high-water mark.
    pub high: u64,
    /// The low-water mark, if it is to be drawn.
    pub low: Option<u64>,
    /// The capacity, if it is to be drawn.
    pub capacity: Option<u64>,
}

/// What the horizontal axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Nanoseconds.
    Time,
    /// Steps of the model: `t_ns` is the number of each.
    Steps,
}

/// A line that is no sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}: {}; a sample is `t_ns,buffered_bytes,event`, such as `1200,65536,pause`",
            self.line, self.what
        )
    }
}

impl std::error::Error for SampleError {}

/// Reads samples. A first line `t_ns,buffered_bytes,event` is a heading.
///
/// # Errors
/// Names the first line that is no sample, or whose time lies before the one above it.
pub fn parse_samples(text: &str) -> Result<Vec<Sample>, SampleError> {
    let mut samples: Vec<Sample> = Vec::new();
    for (index, row) in text.lines().enumerate() {
        if row.is_empty() || (index == 0 && row.starts_with("t_ns,")) {
            continue;
        }
        let sample = parse_row(row).map_err(|what| SampleError { line: index + 1, what })?;
        if let Some(last) = samples.last()
            && sample.t_ns < last.t_ns
        {
            let what = format!("the time {} lies before {}, the line above", sample.t_ns, last.t_ns);
            return Err(SampleError { line: index + 1, what });
        }
        samples.push(sample);
    }
    Ok(samples)
}

fn parse_row(row: &str) -> Result<Sample, String> {
    let fields: Vec<&str> = row.split(',').collect();
    let [t_ns, buffered, event] = fields.as_slice() else {
        return Err(format!("{} fields instead of 3", fields.len()));
    };
    let number = |name: &str, text: &str| {
        text.trim().parse::<u64>().map_err(|_| format!("{name} is '{text}', which is no whole number"))
    };
    let event = match event.trim() {
        "pause" | "full" => Happened::Pause,
        "drain" => Happened::Drain,
        _ => Happened::Other,
    };
    Ok(Sample { t_ns: number("t_ns", t_ns)?, buffered: number("buffered", buffered)?, event })
}

const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 52.0;
/// Samples closer together than this are drawn as one vertical stroke from their least to their greatest.
const COLUMN: f64 = 0.5;

/// From samples to pixels.
struct Scale {
    t_start: u64,
    t_span: f64,
    top_bytes: f64,
}

impl Scale {
    fn new(samples: &[Sample], marks: Marks) -> Self {
        let t_start = samples.first().map_or(0, |sample| sample.t_ns);
        let t_end = samples.last().map_or(0, |sample| sample.t_ns);
        let peak = samples.iter().map(|sample| sample.buffered).max().unwrap_or(0);
        let highest = peak.max(marks.high).max(marks.capacity.unwrap_or(0)).max(1);
        Self { t_start, t_span: (t_end - t_start).max(1) as f64, top_bytes: highest as f64 * 1.08 }
    }

    fn x(&self, t_ns: u64) -> f64 {
        LEFT + (t_ns - self.t_start) as f64 / self.t_span * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, bytes: u64) -> f64 {
        HEIGHT - BOTTOM - bytes as f64 / self.top_bytes * (HEIGHT - TOP - BOTTOM)
    }
}

/// Draws the picture. The same samples always give the same text.
#[must_use]
pub fn sawtooth(samples: &[Sample], marks: Marks, axis: Axis, title: &str) -> String {
    let scale = Scale::new(samples, marks);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\" fill=\"#1f2933\">{title}</text>",
        title = escaped(title)
    );
    pauses(&mut out, samples, &scale);
    axes(&mut out, &scale, axis);
    line(&mut out, samples, &scale);
    if let Some(capacity) = marks.capacity {
        mark(&mut out, &scale, capacity, "capacity", "#9aa5b1");
    }
    mark(&mut out, &scale, marks.high, "high-water mark", "#d64545");
    if let Some(low) = marks.low {
        mark(&mut out, &scale, low, "low-water mark", "#3f9142");
    }
    drains(&mut out, samples, &scale);
    legend(&mut out, samples, axis);
    out.push_str("</svg>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Shades the time between a pause and the drain that ends it.
fn pauses(out: &mut String, samples: &[Sample], scale: &Scale) {
    let mut path = String::new();
    let mut band = |from: u64, to: u64| {
        let (left, right) = (scale.x(from), scale.x(to));
        let _ =
            write!(path, "M{left:.1} {TOP}h{:.1}V{:.1}H{left:.1}z", (right - left).max(0.1), HEIGHT - BOTTOM);
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

fn axes(out: &mut String, scale: &Scale, axis: Axis) {
    let (right, floor) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let _ = writeln!(out, "<path d=\"M{LEFT} {TOP}V{floor}H{right}\" fill=\"none\" stroke=\"#52606d\"/>");
    let step = binary_step(scale.top_bytes / 5.0);
    let mut bytes = 0;
    while bytes as f64 <= scale.top_bytes {
        let y = scale.y(bytes);
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {y:.1}h-5\" stroke=\"#52606d\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" \
             fill=\"#52606d\">{}</text>",
            LEFT - 8.0,
            y + 4.0,
            bytes_label(bytes)
        );
        bytes += step;
    }
    let (unit, unit_ns) = match axis {
        Axis::Time => time_unit(scale.t_span),
        Axis::Steps => ("", 1.0),
    };
    let least = if axis == Axis::Steps { 1.0 } else { 0.0 };
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

fn mark(out: &mut String, scale: &Scale, bytes: u64, name: &str, colour: &str) {
    let y = scale.y(bytes);
    let right = WIDTH - RIGHT;
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"{colour}\" stroke-dasharray=\"6 4\"/>\
         <text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{colour}\" \
         stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">{name}, {}</text>",
        y - 5.0,
        bytes_label(bytes)
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

fn legend(out: &mut String, samples: &[Sample], axis: Axis) {
    let count = |event| samples.iter().filter(|sample| sample.event == event).count();
    let over = if axis == Axis::Time { "time" } else { "steps" };
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{}\" fill=\"#1f2933\">buffered bytes over {over}; shaded: from Pause ({}) to the drain; \
         dots: drains ({})</text>",
        HEIGHT - 12.0,
        count(Happened::Pause),
        count(Happened::Drain)
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

fn bytes_label(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match bytes {
        b if b >= MIB && b.is_multiple_of(MIB) => format!("{} MiB", b / MIB),
        b if b >= KIB && b.is_multiple_of(KIB) => format!("{} KiB", b / KIB),
        b if b >= KIB => format!("{:.1} KiB", b as f64 / KIB as f64),
        b => format!("{b} B"),
    }
}
