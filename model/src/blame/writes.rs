//! Writes, and which of them are a breach.

use super::caller::Caller;
use super::debt::Written;
use super::names::{Name, Names};
use super::report::Site;
use super::stream::{Open, Stream};
use crate::trace::Line;
use std::collections::HashMap;

/// How many writes are excused of a line at which somebody waits: as many as Node lets listen before it warns of a leak.
const CROWD: u32 = 10;
/// The same of a stream that may have more listeners because the program says so.
const CROWD_MAX: u32 = 100;

/// The reports of all call sites, each by its line, the way it writes, the class of the stream, and who had corked that.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) list: Vec<Site>,
    by_key: HashMap<(Name, Name, Name, Option<Name>), usize>,
    /// How many writes of each report came from where.
    callers: HashMap<(usize, Name), u64>,
}

impl Sites {
    /// So much is a breach by these. Answers which report it counts in.
    fn count(
        &mut self,
        (site, inside, batch): (Name, Name, bool),
        written: Written,
        stream: &Stream,
        names: &Names,
    ) -> usize {
        let corked = batch.then_some(stream.corked_at);
        let index = *self.by_key.entry((site, inside, stream.class, corked)).or_insert_with(|| {
            let text = |name| names.text(name).to_owned();
            self.list.push(Site {
                at: text(site),
                inside: (inside != 0).then(|| text(inside)),
                message: stream.message,
                class: text(stream.class),
                corked: corked.map(text),
                ..Site::default()
            });
            self.list.len() - 1
        });
        for (from, writes) in written.from {
            *self.callers.entry((index, from)).or_default() += writes;
        }
        self.list[index].writes += written.writes;
        self.list[index].units += written.units;
        index
    }

    /// All of them, each with its callers.
    pub(super) fn into_vec(mut self, names: &Names) -> Vec<Site> {
        for ((index, from), writes) in self.callers {
            self.list[index].callers.push((names.text(from).to_owned(), writes));
        }
        for site in &mut self.list {
            site.callers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        self.list
    }

    /// Of several streams the one that was above the mark for longest is told.
    pub(super) fn settle(&mut self, stream: &Stream) {
        for (index, above) in stream.above() {
            self.list[index].above = self.list[index].above.max(above);
        }
    }
}

impl Stream {
    pub(super) fn writes(&mut self, line: &Line<'_>, caller: Caller, sites: &mut Sites, names: &Names) {
        let mut open = Open { site: caller.site, blamed: None };
        if caller.inside == 0 {
            self.writer = caller.site.or(self.writer);
        }
        // A terminal or a file takes standard output at once; that a drain is owed for one more tick is a formality.
        let formal = self.standard && self.len == 0;
        let mark = self.mark;
        // Whoever gives `write` a callback may wait for that, so that few are ever outstanding, whether a drain comes or not.
        let by_callback = line.cb.unwrap_or(0) > 0 && line.arg.is_none() && {
            self.callbacks += 1;
            let most = mark.saturating_mul(u64::from(CROWD) + 1);
            self.callbacks <= CROWD && u64::try_from(self.len).unwrap_or(0) <= most
        };
        if let Some(debt) = caller.site.and_then(|site| self.debt(site))
            && line.arg.is_none()
            && !formal
            && !by_callback
        {
            let crowd = line.waits.map_or(0, |waits| waits.clamp(CROWD, CROWD_MAX));
            let slack = caller.framing + crowd;
            let units = line.len.map_or(0, |len| u64::try_from(len).unwrap_or(0));
            let breach = debt.writes(&caller, slack, units, mark);
            let whose = debt.whose();
            if breach.writes > 0 {
                let index = sites.count(whose, breach, self, names);
                sites.list[index].streams += u64::from(self.counts_in(index));
                open.blamed = Some(index);
            }
        }
        self.open.push(open);
    }

    pub(super) fn wrote(&mut self, id: u32, line: &Line<'_>, sites: &mut Sites) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let (Some(site), None) = (open.site, &line.threw) else {
            return;
        };
        let len = line.len.unwrap_or(self.len);
        if line.ret == Some(false) && self.lives() {
            self.tell(site);
        }
        if let Some(debt) = self.debt(site) {
            debt.peak = debt.peak.max(len);
            let peak = debt.peak;
            if let Some(index) = open.blamed {
                sites.list[index].reached(peak, id, self);
            }
        }
    }

    /// What is owed is settled, and not by an end of the stream: a few writes too many were a breach after all.
    pub(super) fn collect(&mut self, id: u32, sites: &mut Sites, names: &Names) {
        for at in 0..self.debts.len() {
            let Some(written) = self.debts[at].due() else {
                continue;
            };
            let (whose, peak) = (self.debts[at].whose(), self.debts[at].peak);
            let index = sites.count(whose, written, self, names);
            sites.list[index].streams += u64::from(self.counted_in(index));
            sites.list[index].reached(peak, id, self);
            sites.settle(self);
        }
    }
}
