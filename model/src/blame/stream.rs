//! One stream as blame sees it: what it was told, by whom it is written, and how its life goes.

use super::names::Name;
use crate::trace::NewLine;

/// After this no drain will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    End,
    Destroy,
    Error,
}

/// What a stream emits, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Emit {
    Finish,
    Close,
    /// With the error's kind (name and code) and what it says.
    Error(String, String),
    Other,
}

/// A site that was told to pause, until the next drain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    site: Name,
    /// How many writes it has made since.
    since: u32,
    /// Those of them that were excused so far.
    held_writes: u64,
    held_units: u64,
}

/// A write that has not returned yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// `None` if nobody can be told: no line of the program is below it.
    pub(super) site: Option<Name>,
    /// The report it counts in, if it is a breach.
    pub(super) blamed: Option<usize>,
}

#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) class: Name,
    pub(super) mark: u64,
    pub(super) object_mode: bool,
    pub(super) duplex: bool,
    pub(super) emit_close: bool,
    pub(super) standard: bool,
    pub(super) len: i64,
    above_since: Option<u64>,
    told: Vec<Told>,
    pub(super) last_told: Name,
    /// Innermost last.
    pub(super) open: Vec<Open>,
    /// Innermost last.
    pub(super) emits: Vec<Emit>,
    /// The reports that it counts in, and how long it was above the mark because of each.
    reports: Vec<(usize, u64)>,
    /// Those of them that it has counted in since it was last at rest.
    over: Vec<usize>,
    /// Who wrote last without Node in between.
    pub(super) writer: Option<Name>,
    pub(super) cause: Option<(Cause, Name)>,
    pub(super) ended: bool,
    pub(super) destroyed: bool,
    /// `_destroy` is called and has not called back.
    pub(super) destroying: bool,
    pub(super) failed: bool,
    pub(super) finished: bool,
    pub(super) closed: bool,
    /// How many still waited for a drain when that was last looked at.
    pub(super) waits: u32,
}

impl Stream {
    pub(super) fn new(new: &NewLine<'_>, class: Name) -> Self {
        let ended = new.ending || !new.writable;
        Self {
            class,
            mark: new.high_water_mark,
            object_mode: new.object_mode,
            duplex: new.duplex,
            emit_close: new.emit_close,
            // Without `fd` they are told by their class where that is possible.
            standard: new.fd.is_some() || ["SyncWriteStream", "WritableWorkerStdio"].contains(&&*new.class),
            len: new.len,
            ended,
            destroyed: new.destroyed,
            finished: new.finished || !new.writable,
            closed: new.closed,
            cause: (ended || new.destroyed)
                .then_some((if ended { Cause::End } else { Cause::Destroy }, Name::default())),
            ..Self::default()
        }
    }

    /// Whether a drain may still come.
    pub(super) fn lives(&self) -> bool {
        !self.ended && !self.destroyed && !self.failed
    }

    /// A `write` of this site returned false.
    pub(super) fn tell(&mut self, site: Name) {
        self.last_told = site;
        if !self.told.iter().any(|told| told.site == site) {
            self.told.push(Told { site, since: 0, held_writes: 0, held_units: 0 });
        }
    }

    /// The stream says: go on.
    pub(super) fn drained(&mut self) {
        self.told.clear();
        if self.above_since.is_none() {
            self.over.clear();
        }
    }

    /// No drain will come; the first reason is the one that counts.
    pub(super) fn ends_by(&mut self, cause: Cause, site: Name) {
        self.cause = self.cause.or(Some((cause, site)));
        self.told.clear();
    }

    /// Something failed.
    pub(super) fn fails(&mut self) {
        self.failed = true;
        self.ends_by(Cause::Error, 0);
    }

    /// How many writes and units this write makes a breach, with those that were excused before it; `None` if it is excused as well.
    pub(super) fn breach(&mut self, site: Name, slack: u32, units: u64) -> Option<(u64, u64)> {
        let told = self.told.iter_mut().find(|told| told.site == site)?;
        told.since = told.since.saturating_add(1);
        told.held_writes += 1;
        told.held_units += units;
        if told.since <= slack {
            return None;
        }
        Some((std::mem::take(&mut told.held_writes), std::mem::take(&mut told.held_units)))
    }

    /// Counts in this report from now on until it has come down. Answers whether it never did before.
    pub(super) fn counts_in(&mut self, report: usize) -> bool {
        if !self.over.contains(&report) {
            self.over.push(report);
        }
        let first = self.reports.iter().all(|(known, _)| *known != report);
        if first {
            self.reports.push((report, 0));
        }
        first
    }

    /// So much is buffered now. Answers whether it has just come down to the mark.
    pub(super) fn holds(&mut self, len: i64, t: u64) -> bool {
        self.len = len;
        let above = u64::try_from(len).unwrap_or(0) > self.mark;
        if above {
            self.above_since = self.above_since.or(Some(t));
        }
        !above && self.comes_down(t)
    }

    /// As above, at the end of the trace, wherever it is.
    pub(super) fn comes_down(&mut self, t: u64) -> bool {
        let Some(since) = self.above_since.take() else {
            return false;
        };
        for (report, above) in &mut self.reports {
            if self.over.contains(report) {
                *above += t.saturating_sub(since);
            }
        }
        self.over.clear();
        true
    }

    /// The reports that it counts in, and for how long it was above the mark because of each.
    pub(super) fn above(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.reports.iter().copied()
    }

    /// It begins another life (a socket that connects again).
    pub(super) fn again(&mut self) {
        self.ended = false;
        self.destroyed = false;
        self.destroying = false;
        self.failed = false;
        self.finished = false;
        self.closed = false;
        self.cause = None;
        self.told.clear();
    }
}
