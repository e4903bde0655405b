//! What there is to say, and how.

use std::fmt;
use std::fmt::Write as _;

/// A call site that went on writing when it was told to pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The stream.
    pub stream: u32,
    /// Its class.
    pub class: String,
    /// File, line and column; empty if sites were not recorded.
    pub at: String,
    /// Node's own function in between, if there is one.
    pub inside: Option<String>,
    /// How many writes it made although it had been told to pause.
    pub writes: u64,
    /// How much it wrote so: bytes, or objects.
    pub units: u64,
    /// The most that was buffered then.
    pub peak: i64,
    /// The mark.
    pub mark: u64,
    /// For how long more than the mark was buffered, in ns.
    pub above: u64,
    /// Whether it counts objects.
    pub object_mode: bool,
}

/// Something else that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The stream.
    pub stream: u32,
    /// Its class.
    pub class: String,
    /// What.
    pub what: String,
    /// What to do, in one line.
    pub fix: &'static str,
}

/// The whole of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Call sites, the one with the highest peak first.
    pub sites: Vec<Site>,
    /// What else.
    pub facts: Vec<Fact>,
    /// Whether the trace has call sites.
    pub with_sites: bool,
}

impl Site {
    pub(super) fn new(stream: u32, class: &str, at: &str, mark: u64, object_mode: bool) -> Self {
        Self {
            stream,
            class: class.to_owned(),
            at: at.to_owned(),
            inside: None,
            writes: 0,
            units: 0,
            peak: 0,
            mark,
            above: 0,
            object_mode,
        }
    }

    /// What to do, in one line.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        match self.inside.as_deref() {
            Some(inside) if inside.contains("http") => {
                "when res.write() returns false, wait: `if (!res.write(chunk)) await once(res, 'drain')`; or stream.pipeline(source, res)"
            }
            Some(inside) if inside.contains("pipe") || inside.contains("readable") => {
                "the source goes on after pause(); use stream.pipeline and let it do the pausing"
            }
            _ => {
                "when write() returns false, wait: `if (!stream.write(chunk)) await once(stream, 'drain')`; or stream.pipeline(source, stream)"
            }
        }
    }
}

impl Report {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.facts.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for site in &self.sites {
            let unit = if site.object_mode { "objects" } else { "bytes" };
            let at = if site.at.is_empty() { "a call site that was not recorded" } else { &site.at };
            writeln!(f, "{at} goes on writing to {} #{} when told to pause", site.class, site.stream)?;
            writeln!(
                f,
                "  {} writes, {} {unit}, made while a drain was owed; at most {} buffered, {} the mark of {}; {} above it",
                grouped(site.writes),
                grouped(site.units),
                grouped(u64::try_from(site.peak).unwrap_or(0)),
                times(site.peak, site.mark),
                grouped(site.mark),
                duration(site.above)
            )?;
            if let Some(inside) = &site.inside {
                writeln!(f, "  by way of {inside}")?;
            }
            writeln!(f, "  fix: {}", site.fix())?;
        }
        for fact in &self.facts {
            writeln!(f, "{} #{}: {}", fact.class, fact.stream, fact.what)?;
            writeln!(f, "  fix: {}", fact.fix)?;
        }
        if !self.sites.is_empty() && !self.with_sites {
            writeln!(f, "Record with HIGHWATER_SITES=1 to see which lines.")?;
        }
        Ok(())
    }
}

fn times(peak: i64, mark: u64) -> String {
    if mark == 0 {
        return "above".to_owned();
    }
    format!("{:.1} times", peak as f64 / mark as f64)
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        let _ = out.write_char(digit);
    }
    out
}

fn duration(ns: u64) -> String {
    let seconds = ns as f64 / 1e9;
    if seconds >= 1.0 { format!("{seconds:.1} s") } else { format!("{:.1} ms", seconds * 1e3) }
}
