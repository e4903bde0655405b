//! One stream as blame sees it: what it was told, by whom it is written, and how its life goes.

use super::debt::Debt;
use super::names::Name;
use crate::trace::{Line, NewLine};

/// After this no drain will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    End,
    Destroy,
    Error,
    Close,
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
    /// A request or response of Node's `http`.
    pub(super) message: bool,
    pub(super) emit_close: bool,
    pub(super) standard: bool,
    pub(super) len: i64,
    above_since: Option<u64>,
    /// How long it was above the mark, the last time since the drain before.
    last_above: u64,
    pub(super) debts: Vec<Debt>,
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
    /// The call that waited last.
    pub(super) waits_at: Name,
    /// Whether a drain was owed, when the process exited.
    pub(super) owed: bool,
    /// How often it is corked, and the call that corked it first.
    pub(super) corked: u32,
    pub(super) corked_at: Name,
    /// How many writes have still to call back.
    pub(super) callbacks: u32,
    /// `_write` or `_writev` is called and has not called back.
    pub(super) sinking: bool,
}

impl Stream {
    pub(super) fn new(new: &NewLine<'_>, class: Name) -> Self {
        let ended = new.ending || !new.writable;
        Self {
            class,
            mark: new.high_water_mark,
            object_mode: new.object_mode,
            duplex: new.duplex,
            message: new.message,
            corked: new.corked,
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
        if self.debt(site).is_none() {
            self.debts.push(Debt::new(site, self.corked > 0));
        }
    }

    pub(super) fn debt(&mut self, site: Name) -> Option<&mut Debt> {
        self.debts.iter_mut().find(|debt| debt.site == site)
    }

    /// The stream says: go on.
    pub(super) fn drained(&mut self) {
        self.debts.clear();
        self.last_above = 0;
        if self.above_since.is_none() {
            self.over.clear();
        }
    }

    pub(super) fn corks(&mut self, at: Name) {
        self.corked += 1;
        if self.corked == 1 {
            self.corked_at = at;
        }
    }

    /// So often it is still corked.
    pub(super) fn uncorks(&mut self, left: u32) {
        self.corked = left;
        if left == 0 {
            self.debts.iter_mut().for_each(Debt::batch_ends);
        }
    }

    /// What this changes in the stream itself.
    pub(super) fn does(&mut self, line: &Line<'_>, at: Name) {
        match &*line.ev {
            "end" => {
                self.ended = true;
                self.uncorks(0);
                self.ends_by(Cause::End, at);
            }
            "destroy" => {
                self.destroyed = true;
                self.ends_by(Cause::Destroy, at);
            }
            "wcb" => self.callbacks = self.callbacks.saturating_sub(1),
            "sink" => self.sinking = true,
            "sinkcb" => self.sinking = false,
            "cork" => self.corks(at),
            "uncork" => self.uncorks(line.corked.unwrap_or(0).saturating_sub(1)),
            "wait" => self.waits_at = at,
            "waiting" => {
                self.waits = line.waits.unwrap_or(0);
                self.owed = line.owed.unwrap_or(false);
            }
            "destroyfn" => self.destroying = true,
            "destroycb" => self.destroying = false,
            "undestroy" => self.again(),
            _ => {}
        }
        if failed(line) {
            self.fails();
        }
    }

    /// No drain will come; the first reason is the one that counts.
    pub(super) fn ends_by(&mut self, cause: Cause, site: Name) {
        self.cause = self.cause.or(Some((cause, site)));
        self.debts.clear();
    }

    /// Something failed.
    pub(super) fn fails(&mut self) {
        self.failed = true;
        self.ends_by(Cause::Error, 0);
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

    /// Counts in this report for what is over: since it was told to pause.
    pub(super) fn counted_in(&mut self, report: usize) -> bool {
        let first = self.counts_in(report);
        if self.above_since.is_none() {
            for (known, above) in &mut self.reports {
                *above += if *known == report { self.last_above } else { 0 };
            }
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
        self.last_above = t.saturating_sub(since);
        for (report, above) in &mut self.reports {
            if self.over.contains(report) {
                *above += self.last_above;
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
        self.sinking = false;
        self.callbacks = 0;
        self.corked = 0;
        self.debts.clear();
    }
}

/// Whether what is owed is settled by this, and not by an end of the stream.
pub(super) fn settles(line: &Line<'_>) -> bool {
    match &*line.ev {
        "emit" => matches!(line.name.as_deref(), Some("drain" | "error" | "close")),
        "destroy" | "undestroy" => true,
        _ => failed(line),
    }
}

/// Whether one of the stream's own functions failed.
fn failed(line: &Line<'_>) -> bool {
    match &*line.ev {
        "sinkcb" | "finalcb" | "constructcb" => line.err.is_some(),
        "sink/r" | "final/r" | "construct/r" => line.threw.is_some(),
        _ => false,
    }
}
