//! The sawtooth: buffered bytes over time as an SVG, with the marks, the pauses and the drains.
//!
//! The samples are lines `t_ns,buffered_bytes,event`: nanoseconds since the start, bytes, and a word or nothing. `pause` (or `full`) begins a pause
//! and `drain` ends it; other words are kept off the picture.

mod draw;

use draw::{HEAD, HEIGHT, PANEL_HEIGHT, Picture, Scale, body, head, open, open_tall};
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

/// What the vertical axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Chunks of a stream in object mode.
    Objects,
}

/// One picture of several, with its own axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// What stands above it.
    pub title: String,
    /// What else there is to say, below the title; may be empty.
    pub about: String,
    /// What is drawn.
    pub samples: Vec<Sample>,
    /// The horizontal lines.
    pub marks: Marks,
    /// What the vertical axis counts.
    pub unit: Unit,
    /// How many pauses and drains there were. There may be fewer in the samples, if these are not all.
    pub counts: (u64, u64),
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

/// Draws the picture. The same samples always give the same text.
#[must_use]
pub fn sawtooth(samples: &[Sample], marks: Marks, axis: Axis, title: &str) -> String {
    let count = |event| samples.iter().filter(|sample| sample.event == event).count() as u64;
    let counts = (count(Happened::Pause), count(Happened::Drain));
    let scale = Scale::new(samples, marks, HEIGHT, axis, Unit::Bytes);
    let mut out = open(HEIGHT, title);
    body(&mut out, &Picture { samples, marks, scale: &scale, title, about: "", counts });
    out.push_str("</svg>\n");
    out
}

/// Draws several pictures over time below one another, in one. `note` says what is not among them; it may be empty.
#[must_use]
pub fn panels(panels: &[Panel], title: &str, note: &str) -> String {
    let mut out = open_tall(HEAD + PANEL_HEIGHT * panels.len() as f64, title);
    head(&mut out, title, note);
    for (index, panel) in panels.iter().enumerate() {
        let Panel { title, about, samples, marks, unit, counts } = panel;
        let scale = Scale::new(samples, *marks, PANEL_HEIGHT, Axis::Time, *unit).below_two_lines();
        let _ = writeln!(out, "<g transform=\"translate(0 {})\">", HEAD + PANEL_HEIGHT * index as f64);
        body(&mut out, &Picture { samples, marks: *marks, scale: &scale, title, about, counts: *counts });
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}
