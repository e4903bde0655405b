//! The records that wait to be judged, until enough is known of those behind them.
//!
//! Two things are wanted of the future, and both come soon: the next call of the sink, because a guess begins no other, and of writes that overlap which
//! one's bytes the sink is shown first, because otherwise each such pair would double the guesses until it is. A record is let go when it has both,
//! so what waits is about as long as what is buffered; and after [`RECORDS_MAX`] records in any case, with what is known then.

use super::bytes::{append, len_of};
use super::guess::Verb;
use super::names::UNSEEN;
use crate::contract::Answer;
use crate::record::{Ev, Op, Record, Ret};
use crate::vocabulary::{Call, Event, Run};
use std::collections::{HashMap, VecDeque};

/// At most so many records wait.
const RECORDS_MAX: usize = 1 << 20;

type Chunk = (usize, usize);

/// In which order the sink, or who is handed the rest, is shown the first bytes of chunks.
#[derive(Default)]
pub(super) struct Order {
    ranks: HashMap<Chunk, u64>,
    next: u64,
    /// Ranks below this are of records that were judged.
    passed: u64,
    /// Whether there is nothing behind the records that wait: what has no rank is never shown.
    is_whole: bool,
}

impl Order {
    pub(super) fn rank(&self, chunk: Chunk) -> Option<u64> {
        self.ranks.get(&chunk).copied()
    }

    /// Bytes that are never shown need no identity: guesses that differ in their order alone are one.
    pub(super) fn rename(&self, call: Call, queue: &mut Vec<Run>) {
        let Call::Write { producer, seq, len } = call else { return };
        if !self.is_whole || len == 0 || self.ranks.contains_key(&(producer, seq)) {
            return;
        }
        if let Some(run) = queue.pop() {
            let from =
                queue.last().map_or(0, |last| if last.producer == UNSEEN { last.from + last.len } else { 0 });
            append(queue, Run { producer: UNSEEN, seq: 0, from, len: run.len });
        }
    }

    fn show(&mut self, runs: &[Run]) {
        for run in runs {
            self.ranks.entry((run.producer, run.seq)).or_insert(self.next);
            self.next += 1;
        }
    }
}

/// See the top of the file.
#[derive(Default)]
pub(super) struct Window {
    records: VecDeque<Record>,
    /// The index of the first of them in the log.
    base: usize,
    /// The calls of the sink among them, and how many bytes each offers.
    verbs: VecDeque<(usize, usize)>,
    order: Order,
    /// Writes that were begun and have not returned, going by the records that were judged.
    open: HashMap<u64, (Chunk, usize)>,
    /// How many calls of the sink are in progress, going by the same.
    busy: usize,
    /// Whether `close` was emitted, going by the same: no call of the sink can come.
    is_closed: bool,
}

/// A call of the sink that is ahead: its index in the log, how many bytes it offers, and which.
#[derive(Clone, Copy)]
pub(super) struct NextVerb<'a> {
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) verb: Verb<'a>,
}

impl Window {
    pub(super) fn push(&mut self, record: Record) {
        match &record.ev {
            Ev::Sink(runs) => {
                self.verbs.push_back((self.base + self.records.len(), len_of(runs)));
                self.order.show(runs);
            }
            Ev::SinkFlush => self.verbs.push_back((self.base + self.records.len(), 0)),
            Ev::Recovered(back) => self.order.show(&back.bytes),
            _ => {}
        }
        self.records.push_back(record);
    }

    /// No record comes any more.
    pub(super) fn finish(&mut self) {
        self.order.is_whole = true;
    }

    /// Whether enough is known to judge the first record.
    pub(super) fn is_ready(&self) -> bool {
        let Some(first) = self.records.front() else { return false };
        if self.order.is_whole || self.records.len() >= RECORDS_MAX {
            return true;
        }
        match &first.ev {
            Ev::New(_) | Ev::Call { .. } | Ev::SinkReturn(_) | Ev::Sink(_) | Ev::SinkFlush => true,
            Ev::Return { q, ret } => self.knows_verb() && (self.open.len() < 2 || self.is_ranked(*q, *ret)),
            _ => self.knows_verb(),
        }
    }

    /// Whether the next call of the sink is known, or of no interest.
    fn knows_verb(&self) -> bool {
        self.busy > 0 || self.is_closed || !self.verbs.is_empty()
    }

    fn is_ranked(&self, q: u64, ret: Ret) -> bool {
        match (self.open.get(&q), ret) {
            (Some((chunk, 1..)), Ret::Wrote(Answer::Continue | Answer::Pause)) => {
                self.order.ranks.contains_key(chunk)
            }
            _ => true,
        }
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter()
    }

    pub(super) fn first(&self) -> Option<&Record> {
        self.records.front()
    }

    pub(super) fn order(&self) -> &Order {
        &self.order
    }

    /// The next call of the sink, `skip` records behind the first.
    pub(super) fn verb(&self, skip: usize) -> Option<NextVerb<'_>> {
        let (at, len) = *self.verbs.iter().find(|(at, _)| *at >= self.base + skip)?;
        let verb = match &self.records.get(at - self.base)?.ev {
            Ev::Sink(runs) => Verb::Write(runs),
            _ => Verb::Flush,
        };
        Some(NextVerb { at, len, verb })
    }

    /// Takes out the first record, which was judged.
    pub(super) fn pop(&mut self) -> Option<Record> {
        let record = self.records.pop_front()?;
        if self.verbs.front().is_some_and(|(at, _)| *at == self.base) {
            self.verbs.pop_front();
        }
        self.base += 1;
        match &record.ev {
            Ev::Call { q, op: Op::Call(Call::Write { producer, seq, len }) } => {
                self.open.insert(*q, ((*producer, *seq), *len));
            }
            Ev::Return { q, .. } => {
                if let Some((chunk, _)) = self.open.remove(q)
                    && self.order.rank(chunk).is_some_and(|rank| rank < self.order.passed)
                {
                    self.order.ranks.remove(&chunk);
                }
            }
            Ev::Sink(runs) => {
                self.busy += 1;
                self.pass(runs);
            }
            Ev::SinkFlush => self.busy += 1,
            Ev::SinkReturn(_) => self.busy = self.busy.saturating_sub(1),
            Ev::Recovered(back) => self.pass(&back.bytes),
            Ev::Emit(Event::Close) => self.is_closed = true,
            _ => {}
        }
        Some(record)
    }

    /// These bytes were shown: every guess that is left has accepted them, unless their write is still under way.
    fn pass(&mut self, runs: &[Run]) {
        for run in runs {
            let chunk = (run.producer, run.seq);
            let Some(rank) = self.order.rank(chunk) else { continue };
            self.order.passed = self.order.passed.max(rank + 1);
            if !self.open.values().any(|(open, _)| *open == chunk) {
                self.order.ranks.remove(&chunk);
            }
        }
    }
}
