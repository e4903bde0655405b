//! What a call site owes to a stream that told it to pause: to write no more until the drain.

use super::caller::Caller;
use super::names::Name;

/// How many writes behind the answer are no breach if the stream is ended then: a header, a body and a footer are three.
pub(super) const TAIL: u32 = 3;

/// A site that was told to pause, until the next drain.
#[derive(Debug)]
pub(super) struct Debt {
    pub(super) site: Name,
    /// Node's own function through which it wrote last.
    pub(super) inside: Name,
    /// How many writes it has made since, and of how much.
    since: u32,
    units: u64,
    /// How many of them are excused.
    allowed: u32,
    /// Those that no report counts yet.
    held: Written,
    /// The most that was buffered since, the write that was answered false included.
    pub(super) peak: i64,
    /// It was told while the stream was corked, and that has not ended.
    batch: bool,
}

/// So many writes, of so many bytes or objects.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) writes: u64,
    pub(super) units: u64,
    /// How many of them from which line, if the site is called by others.
    pub(super) from: Vec<(Name, u64)>,
}

impl Debt {
    pub(super) fn new(site: Name, batch: bool) -> Self {
        Self { site, inside: 0, since: 0, units: 0, allowed: 0, held: Written::default(), peak: 0, batch }
    }

    /// It writes again. What is a breach by now; nothing as long as it may be excused.
    pub(super) fn writes(&mut self, caller: &Caller, slack: u32, units: u64, mark: u64) -> Written {
        self.since = self.since.saturating_add(1);
        self.units = self.units.saturating_add(units);
        self.allowed = self.allowed.max(slack);
        self.inside = caller.inside;
        self.held.writes += 1;
        self.held.units += units;
        if caller.from != 0 {
            match self.held.from.iter_mut().find(|(from, _)| *from == caller.from) {
                Some((_, writes)) => *writes += 1,
                None => self.held.from.push((caller.from, 1)),
            }
        }
        // A batch is there to be gathered, and is like one write if it is not larger than a chunk may be.
        // Node's own framing is as large as it is; what the program is excused for is bounded as the buffer is.
        let bounded = self.units <= mark.saturating_mul(u64::from(self.allowed) + 1);
        let excused = if self.batch {
            self.units <= mark
        } else {
            self.since <= caller.framing || (self.since <= self.allowed + TAIL && bounded)
        };
        if excused { Written::default() } else { std::mem::take(&mut self.held) }
    }

    /// The stream goes on without having been ended: what only an end would have excused.
    pub(super) fn due(&mut self) -> Option<Written> {
        let due = !self.batch && self.since > self.allowed && self.held.writes > 0;
        due.then(|| std::mem::take(&mut self.held))
    }

    /// The stream is uncorked: all that was written meanwhile was one write.
    pub(super) fn batch_ends(&mut self) {
        if std::mem::take(&mut self.batch) {
            self.since = 0;
            self.units = 0;
            self.held = Written::default();
        }
    }

    /// Whose it is: the site, the way it writes, and whether the stream was corked.
    pub(super) fn whose(&self) -> (Name, Name, bool) {
        (self.site, self.inside, self.batch)
    }
}
