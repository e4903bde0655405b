//! What there is to say, and how.

use super::facts::Fact;
use super::stream::Stream;
use std::fmt;

/// A call site that went on writing when it was told to pause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// File, line and column; empty if sites were not recorded; a module of Node's if the stream's `write` itself was given to that.
    pub at: String,
    /// The lines that called that one, and how many of these writes each made, the most first.
    pub callers: Vec<(String, u64)>,
    /// Node's own module in between, if there is one.
    pub inside: Option<String>,
    /// Who had corked the stream, if it was corked when it told to pause and was not uncorked since; empty if that is not known.
    pub corked: Option<String>,
    /// Whether it is a request or response of Node's `http`.
    pub message: bool,
    /// The class of the streams.
    pub class: String,
    /// How many streams.
    pub streams: u64,
    /// The one of them that went farthest above its mark.
    pub stream: u32,
    /// How many writes were made by a site that had been told to pause.
    pub writes: u64,
    /// How much was written so: bytes, or objects.
    pub units: u64,
    /// The most that was buffered then, in that stream.
    pub peak: i64,
    /// Its mark.
    pub mark: u64,
    /// For how long more than the mark was buffered, in ns, in the stream where that was longest.
    pub above: u64,
    /// Whether it counts objects.
    pub object_mode: bool,
}

/// The whole of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Call sites, the one that went farthest above the mark first.
    pub sites: Vec<Site>,
    /// What else.
    pub facts: Vec<Fact>,
    /// Whether the trace has call sites.
    pub with_sites: bool,
}

/// How many times the mark that is. A mark of 0 counts as 1.
#[must_use]
pub fn times_the_mark(peak: i64, mark: u64) -> f64 {
    peak as f64 / mark.max(1) as f64
}

impl Site {
    /// So much is buffered after a breach.
    pub(super) fn reached(&mut self, len: i64, id: u32, stream: &Stream) {
        if self.stream == 0 || times_the_mark(len, stream.mark) > times_the_mark(self.peak, self.mark) {
            self.stream = id;
            self.peak = len;
            self.mark = stream.mark;
            self.object_mode = stream.object_mode;
        }
    }

    /// What to do, in one line.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        if self.corked.is_some() {
            return "uncork() as often as cork(), and before waiting: a corked stream cannot drain; and cork less than the mark at a time";
        }
        match self.inside.as_deref() {
            inside if self.message || inside.is_some_and(|inside| inside.contains("http")) => {
                "when write() of the request or response returns false, wait for 'drain', but no longer than until 'close': stream.pipeline(source, res) does both"
            }
            Some(inside) if inside.contains("internal/streams/") => {
                "the source goes on after pause(): push() only when _read is called, and stop when it returns false"
            }
            Some(inside) if inside.contains("console") => {
                "console cannot wait: `if (!process.stdout.write(line)) await once(process.stdout, 'drain')`, or print less"
            }
            _ if self.at.starts_with("node:") => {
                "do not hand write() over as a listener: call it, and when it returns false pause the source until 'drain'; or stream.pipeline(source, stream)"
            }
            _ => {
                "when write() returns false, wait: `if (!stream.write(chunk)) await once(stream, 'drain')`; or stream.pipeline(source, stream)"
            }
        }
    }

    /// Of a helper that many call the busiest are named.
    fn callers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMED: usize = 3;
        for (from, writes) in self.callers.iter().take(NAMED) {
            writeln!(f, "  called from {from}: {}", plural(*writes, "write"))?;
        }
        match self.callers.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => writeln!(f, "  called from {} more", plural(more as u64, "line")),
        }
    }

    fn who(&self) -> String {
        match &*self.at {
            "" => "somebody".to_owned(),
            at if at.starts_with("node:") => format!("{at}, to which write() was handed,"),
            at => at.to_owned(),
        }
    }
}

impl Report {
    pub(super) fn new(mut sites: Vec<Site>, facts: Vec<Fact>, with_sites: bool) -> Self {
        let height = |site: &Site| times_the_mark(site.peak, site.mark);
        sites.sort_by(|a, b| height(b).total_cmp(&height(a)).then_with(|| a.at.cmp(&b.at)));
        Self { sites, facts, with_sites }
    }

    /// Without the call sites whose streams held at most so many times their marks.
    #[must_use]
    pub fn above(mut self, times: f64) -> Self {
        self.sites.retain(|site| times_the_mark(site.peak, site.mark) > times);
        self
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.facts.is_empty()
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = |number: u64| match (self.object_mode, number) {
            (true, 1) => "1 object".to_owned(),
            (true, many) => format!("{} objects", grouped(many)),
            (false, 1) => "1 byte".to_owned(),
            (false, many) => format!("{} bytes", grouped(many)),
        };
        let on = streams_named(&self.class, self.streams, self.stream);
        writeln!(f, "{} goes on writing to {on} when told to pause", self.who())?;
        writeln!(
            f,
            "  {}, {}, made while a drain was owed",
            plural(self.writes, "write"),
            units(self.units)
        )?;
        let peak = units(u64::try_from(self.peak).unwrap_or(0));
        let times = match self.mark {
            0 => "the mark is 0".to_owned(),
            mark => format!("{:.1} times the mark of {}", times_the_mark(self.peak, mark), grouped(mark)),
        };
        let worst = if self.streams > 1 { format!(" (in #{})", self.stream) } else { String::new() };
        let all = if self.streams > 1 { "up to " } else { "" };
        writeln!(f, "  at most {peak} buffered{worst}, {times}; {all}{} above it", duration(self.above))?;
        self.callers(f)?;
        if let Some(inside) = &self.inside {
            writeln!(f, "  by way of {inside}")?;
        }
        match self.corked.as_deref() {
            None => {}
            Some("") => writeln!(f, "  and had corked it, so that no drain could come")?,
            Some(at) => writeln!(f, "  and cork() had been called ({at}), so that no drain could come")?,
        }
        writeln!(f, "  fix: {}", self.fix())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for site in &self.sites {
            site.fmt(f)?;
        }
        for fact in &self.facts {
            fact.fmt(f)?;
        }
        if !self.sites.is_empty() && !self.with_sites {
            writeln!(f, "record with HIGHWATER_SITES=1 to see which lines")?;
        }
        Ok(())
    }
}

pub(super) fn streams_named(class: &str, streams: u64, one: u32) -> String {
    let class = if class.is_empty() { "a stream" } else { class };
    if streams > 1 {
        format!("{} streams ({class} #{one} …)", grouped(streams))
    } else {
        format!("{class} #{one}")
    }
}

fn plural(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number with its thousands apart.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn duration(ns: u64) -> String {
    let seconds = ns as f64 / 1e9;
    if seconds >= 1.0 { format!("{seconds:.1} s") } else { format!("{:.1} ms", seconds * 1e3) }
}
