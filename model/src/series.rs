//! What was buffered over time in each stream of a trace, kept small enough to be drawn: the worst ten streams, or one.
//!
//! Of a stream there are at most as many points as a picture has columns. When they become too many, those in the same stretch of time become
//! one, which keeps the least and the greatest, and the stretches double.

use crate::blame::times_the_mark;
use crate::plot::{Happened, Marks, Panel, Sample, Unit};
use crate::trace::{Event, Line, NewLine};
use std::collections::HashMap;

/// How many streams are drawn.
pub const WORST: usize = 10;
/// How many points a stream has at most, twice as many as are left when they become too many.
const POINTS: usize = 2048;
/// How many points all streams have together, about; with very many open streams each gets fewer.
const BUDGET: usize = 1 << 20;

/// Follows the events of one process.
#[derive(Debug, Default)]
pub struct Series {
    only: Option<u32>,
    open: HashMap<u32, Stream>,
    /// Those that closed and are among the worst.
    kept: Vec<(u32, Stream)>,
    written: u64,
    near: u64,
}

/// The worst streams, and how many there were.
#[derive(Debug, Default)]
pub struct Drawn {
    /// A panel for each of the worst, the worst first.
    pub panels: Vec<Panel>,
    /// How many streams were written to.
    pub written: u64,
    /// How many of them came near their marks.
    pub near: u64,
}

#[derive(Debug)]
struct Stream {
    class: String,
    mark: u64,
    unit: Unit,
    /// Who was first told to pause, or else who wrote first.
    site: String,
    was_told: bool,
    writing: Option<String>,
    peak: u64,
    pauses: u64,
    drains: u64,
    points: Vec<Point>,
    stretch: u64,
    last: u64,
}

/// What was buffered in a stretch of time.
#[derive(Clone, Copy, Debug)]
struct Point {
    first_t: u64,
    last_t: u64,
    first: u64,
    low: u64,
    high: u64,
    last: u64,
    pause: bool,
    drain: bool,
    /// Whether a drain was owed at its end.
    owed: bool,
}

impl Series {
    /// Of the worst streams, or of this one only.
    #[must_use]
    pub fn new(only: Option<u32>) -> Self {
        Self { only, ..Self::default() }
    }

    /// Something happens.
    pub fn event(&mut self, event: &Event<'_, '_>) {
        match event {
            Event::New(stream, new) => {
                if self.only.is_none_or(|only| only == *stream) {
                    self.open.insert(*stream, Stream::new(new));
                }
            }
            Event::Line(_, line, _) => self.see(line),
        }
    }

    fn see(&mut self, line: &Line<'_>) {
        let most = (BUDGET / self.open.len().max(1)).clamp(16, POINTS);
        let Some(stream) = self.open.get_mut(&line.s) else {
            return;
        };
        stream.see(line, most);
        if line.ev == "emit" && line.name.as_deref() == Some("close") && self.only.is_none() {
            if let Some(closed) = self.open.remove(&line.s) {
                self.count(&closed);
                self.kept.push((line.s, closed));
            }
            if self.kept.len() >= WORST * 2 {
                worst(&mut self.kept);
            }
        }
    }

    fn count(&mut self, stream: &Stream) {
        if !stream.points.is_empty() {
            self.written += 1;
            self.near += u64::from(stream.pauses > 0 || is_near(stream.peak, stream.mark));
        }
    }

    /// What there is to draw.
    #[must_use]
    pub fn drawn(mut self) -> Drawn {
        let open = std::mem::take(&mut self.open);
        for stream in open.values() {
            self.count(stream);
        }
        let mut all = self.kept;
        all.extend(open);
        worst(&mut all);
        let panels = all.into_iter().map(|(id, stream)| stream.panel(id)).collect();
        Drawn { panels, written: self.written, near: self.near }
    }
}

/// Leaves the worst, the worst first.
fn worst(all: &mut Vec<(u32, Stream)>) {
    all.retain(|(_, stream)| !stream.points.is_empty());
    let height =
        |stream: &Stream| times_the_mark(i64::try_from(stream.peak).unwrap_or(i64::MAX), stream.mark);
    all.sort_by(|(a_id, a), (b_id, b)| height(b).total_cmp(&height(a)).then(a_id.cmp(b_id)));
    all.truncate(WORST);
}

/// Half of it, at which a program that writes a little more would have been told to pause.
fn is_near(peak: u64, mark: u64) -> bool {
    peak.saturating_mul(2) >= mark.max(1)
}

/// Whether what is drawn came near its mark.
#[must_use]
pub fn came_near(panel: &Panel) -> bool {
    panel.counts.0 > 0 || is_near(peak(panel), panel.marks.high)
}

fn peak(panel: &Panel) -> u64 {
    panel.samples.iter().map(|sample| sample.buffered).max().unwrap_or(0)
}

/// How far above its mark a panel goes.
#[must_use]
pub fn height(panel: &Panel) -> f64 {
    times_the_mark(i64::try_from(peak(panel)).unwrap_or(i64::MAX), panel.marks.high)
}

impl Stream {
    fn new(new: &NewLine<'_>) -> Self {
        Self {
            class: new.class.to_string(),
            mark: new.high_water_mark,
            unit: if new.object_mode { Unit::Objects } else { Unit::Bytes },
            site: String::new(),
            was_told: false,
            writing: None,
            peak: 0,
            pauses: 0,
            drains: 0,
            points: Vec::new(),
            stretch: 1,
            last: u64::try_from(new.len).unwrap_or(0),
        }
    }

    fn see(&mut self, line: &Line<'_>, most: usize) {
        match &*line.ev {
            "write" => {
                if let (Some(at), false) = (&line.at, self.was_told) {
                    self.writing = Some(at.to_string());
                }
                if self.points.is_empty() {
                    self.point(line.t, self.last, Happened::Other, most);
                }
            }
            "emit" if line.name.as_deref() == Some("drain") => {
                self.drains += 1;
                // Node emits it when nothing is buffered any more; the next line may come after its listeners have written.
                if !line.foreign {
                    self.last = 0;
                }
                self.point(line.t, self.last, Happened::Drain, most);
            }
            "write/r" => {
                let told = line.ret == Some(false);
                self.name(told);
                self.pauses += u64::from(told);
                self.returned(line, if told { Happened::Pause } else { Happened::Other }, most);
            }
            // The `len` of an `end` is the size of its chunk.
            "end" => {}
            _ => self.returned(line, Happened::Other, most),
        }
    }

    fn name(&mut self, told: bool) {
        if let Some(site) = self.writing.take()
            && (self.site.is_empty() || told)
        {
            self.site = site;
        }
        self.was_told |= told;
    }

    fn returned(&mut self, line: &Line<'_>, event: Happened, most: usize) {
        let Some(len) = line.len else {
            return;
        };
        self.last = u64::try_from(len).unwrap_or(0);
        // Before the first write there is nothing to be seen.
        if !self.points.is_empty() {
            self.point(line.t, self.last, event, most);
        }
    }

    fn point(&mut self, t: u64, buffered: u64, event: Happened, most: usize) {
        self.peak = self.peak.max(buffered);
        let owed = self.points.last().is_some_and(|point| point.owed);
        let owed = event == Happened::Pause || (owed && event != Happened::Drain);
        let point = Point {
            first_t: t,
            last_t: t,
            first: buffered,
            low: buffered,
            high: buffered,
            last: buffered,
            pause: event == Happened::Pause,
            drain: event == Happened::Drain,
            owed,
        };
        match self.points.last_mut().filter(|last| last.first_t / self.stretch == t / self.stretch) {
            Some(last) => last.join(&point),
            None => self.points.push(point),
        }
        while self.points.len() > most {
            self.stretch *= 2;
            let stretch = self.stretch;
            self.points.dedup_by(|later, earlier| {
                let same = later.first_t / stretch == earlier.first_t / stretch;
                if same {
                    earlier.join(later);
                }
                same
            });
        }
    }

    fn panel(self, id: u32) -> Panel {
        Panel {
            title: format!("{} #{id}", self.class),
            about: self.site,
            samples: self.points.iter().flat_map(Point::samples).collect(),
            marks: Marks { high: self.mark, low: None, capacity: None },
            unit: self.unit,
            counts: (self.pauses, self.drains),
        }
    }
}

impl Point {
    fn join(&mut self, later: &Self) {
        self.last_t = later.last_t;
        self.low = self.low.min(later.low);
        self.high = self.high.max(later.high);
        self.last = later.last;
        self.pause |= later.pause;
        self.drain |= later.drain;
        self.owed = later.owed;
    }

    /// From its first to its last, by way of the extremes.
    fn samples(&self) -> [Sample; 4] {
        // If a drain is owed at the end, its pause is the later of the two.
        let (early, late) = if self.owed { (self.drain, self.pause) } else { (self.pause, self.drain) };
        let (early_event, late_event) =
            if self.owed { (Happened::Drain, Happened::Pause) } else { (Happened::Pause, Happened::Drain) };
        let event = |is: bool, event| if is { event } else { Happened::Other };
        let at = |t_ns, buffered, event| Sample { t_ns, buffered, event };
        [
            at(self.first_t, self.first, event(early, early_event)),
            at(self.first_t, self.high, Happened::Other),
            at(self.last_t, self.low, event(late, late_event)),
            at(self.last_t, self.last, Happened::Other),
        ]
    }
}

#[cfg(test)]
mod tests;
