//! What the contract has promised so far, deduced from what can be seen from outside alone: calls, answers, events, wakes, sink calls and taken bytes.
//!
//! The clauses compare what the stream does with this, never with the stream's own notes: a stream that forgets an owed drain still owes it.
//! In a stream that keeps the contract every field here equals one of [`State`]'s, so that carrying the monitor along makes no further states.

use crate::contract::{
    Action, Answer, Call, Cause, Event, Outcome, Params, Phase, Run, Sink, SinkAnswer, State, System, Waiter,
    Wake,
};

/// A set of waiters. Worlds name few, so that a word holds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Waiters(u16);

impl Waiters {
    /// Waiters are numbered below this.
    pub const MAX: usize = 16;

    /// Waiter 0 alone, or nobody.
    #[must_use]
    pub fn zero_if(owed: bool) -> Self {
        Self(u16::from(owed))
    }

    /// These.
    #[must_use]
    pub fn of(waiters: impl Iterator<Item = Waiter>) -> Self {
        let mut set = Self::default();
        waiters.for_each(|waiter| set.insert(waiter));
        set
    }

    /// Those in both.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it holds this one.
    #[must_use]
    pub fn contains(self, waiter: Waiter) -> bool {
        self.0 & Self::bit(waiter) != 0
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many it holds.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    fn bit(waiter: Waiter) -> u16 {
        debug_assert!(waiter < Self::MAX, "a world names its waiters from 0");
        1 << (waiter % Self::MAX)
    }

    fn insert(&mut self, waiter: Waiter) {
        self.0 |= Self::bit(waiter);
    }

    fn remove(&mut self, waiter: Waiter) {
        self.0 &= !Self::bit(waiter);
    }
}

/// The promises.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Monitor {
    /// The phase, from *end*, *destroy*, `finish` and `error`.
    pub phase: Phase,
    /// Whether `close` was seen.
    pub closed: bool,
    /// The bytes accepted and not taken, from answers and from what the sink took.
    pub pending: Vec<Run>,
    /// The sink call begun and not returned.
    pub call: Sink,
    /// Whether some answer promised a drain that has not come.
    pub owed: bool,
    /// `r`, from `Full` answers.
    pub refused: usize,
    /// *Corks* not undone.
    pub corked: usize,
    /// Waits registered, not woken and not given up.
    pub waits: Waiters,
    /// Flush requests registered, not told and not given up, each with how many bytes before it are not taken.
    pub flushes: Vec<(Waiter, usize)>,
    /// How many bytes at the front have an unknown fate, from the sink's answers.
    pub unknown: usize,
    /// What went wrong in the sink call that was in progress at *destroy*.
    pub held_back: Option<Cause>,
}

impl Monitor {
    /// Nothing happened yet.
    #[must_use]
    pub fn new() -> Self {
        let State { phase, closed, queue, sink, .. } = State::new();
        Self {
            phase,
            closed,
            pending: queue,
            call: sink,
            owed: false,
            refused: 0,
            corked: 0,
            waits: Waiters::default(),
            flushes: Vec::new(),
            unknown: 0,
            held_back: None,
        }
    }

    /// `b`, in bytes.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.pending.iter().map(|run| run.len).sum()
    }

    /// Whether an owed drain may come now.
    #[must_use]
    pub fn drain_due(&self, params: &Params) -> bool {
        let b = self.buffered();
        let fits = b.checked_add(self.refused).is_some_and(|sum| sum <= params.capacity);
        self.owed && b <= params.low_water_mark && fits
    }

    /// Whether every byte before some flush request has been taken.
    #[must_use]
    pub fn flush_due(&self) -> bool {
        self.flushes.iter().any(|(_, left)| *left == 0)
    }

    /// Whether the stream is open or ending.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ending)
    }

    /// The cause of the error seen.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        match self.phase {
            Phase::Failed(cause) => Some(cause),
            _ => None,
        }
    }

    /// What is promised after one more step.
    #[must_use]
    pub fn after(&self, params: &Params, action: Action, outcome: &Outcome) -> Self {
        let mut next = self.clone();
        match action {
            Action::Call(call) => next.called(call, outcome.answer),
            Action::System(System::Offer(len)) => next.call = Sink::Writing(len),
            Action::System(System::FlushSink) => next.call = Sink::Flushing,
            Action::System(System::Drain | System::Close) => {}
            Action::Sink(answer) => next.answered(params, answer),
        }
        for (waiter, _) in &outcome.wakes {
            next.forget(*waiter);
        }
        for event in &outcome.events {
            next.saw(*event);
        }
        next
    }

    fn called(&mut self, call: Call, answer: Option<Answer>) {
        match (call, answer) {
            (Call::Write { producer, seq, len }, Some(answer)) => {
                if len > 0 && matches!(answer, Answer::Continue | Answer::Pause) {
                    self.pending.push(Run { producer, seq, from: 0, len });
                }
                if answer == Answer::Full {
                    self.refused = self.refused.max(len);
                }
                self.owed |= matches!(answer, Answer::Pause | Answer::Full);
            }
            (Call::Wait(waiter), Some(Answer::Registered)) => self.waits.insert(waiter),
            (Call::Flush(waiter), Some(Answer::Registered)) => self.flushes.push((waiter, self.buffered())),
            (Call::Cancel(waiter), _) => self.forget(waiter),
            (Call::Cork, _) if self.phase == Phase::Open => self.corked += 1,
            (Call::Uncork, _) => self.corked = self.corked.saturating_sub(1),
            (Call::End, _) if self.phase == Phase::Open => self.leave_open(Phase::Ending),
            (Call::Destroy, _) if self.is_live() => self.leave_open(Phase::Destroyed),
            _ => {}
        }
    }

    /// What the sink took is what it says it took, whatever the stream makes of that.
    fn answered(&mut self, params: &Params, answer: SinkAnswer) {
        let failure = self.failure(params, answer);
        self.took(self.taken_by(answer));
        if let (Sink::Writing(offered), Some(Cause::Panicked | Cause::InvalidData)) = (self.call, failure) {
            self.unknown = offered;
        }
        if self.phase == Phase::Destroyed {
            self.held_back = failure;
        }
        self.call = Sink::Idle;
    }

    /// How many bytes of the call in progress the sink has, by this answer.
    #[must_use]
    pub fn taken_by(&self, answer: SinkAnswer) -> usize {
        match (answer, self.call) {
            (SinkAnswer::Took(len), Sink::Writing(offered)) if len <= offered => len,
            _ => 0,
        }
    }

    fn saw(&mut self, event: Event) {
        match event {
            Event::Drain => {
                self.owed = false;
                self.refused = 0;
            }
            Event::Finish => self.phase = Phase::Finished,
            Event::Error(cause) => self.leave_open(Phase::Failed(cause)),
            Event::Close => self.closed = true,
        }
    }

    /// No drain is promised any more, and no cork counts. Waits and flush requests stay until they are told.
    fn leave_open(&mut self, phase: Phase) {
        self.phase = phase;
        self.owed = false;
        self.refused = 0;
        self.corked = 0;
    }

    fn took(&mut self, len: usize) {
        let mut left = len;
        self.pending.retain_mut(|run| {
            let part = left.min(run.len);
            left -= part;
            run.from += part;
            run.len -= part;
            run.len > 0
        });
        for (_, before) in &mut self.flushes {
            *before = before.saturating_sub(len);
        }
    }

    fn forget(&mut self, waiter: Waiter) {
        self.waits.remove(waiter);
        self.flushes.retain(|(w, _)| *w != waiter);
    }

    /// Whether this sink answer, given now, makes the stream fail, and with which cause.
    #[must_use]
    pub fn failure(&self, params: &Params, answer: SinkAnswer) -> Option<Cause> {
        match (answer, self.call) {
            (SinkAnswer::Took(0), _) => Some(Cause::WriteZero),
            (SinkAnswer::Took(len), Sink::Writing(offered)) if len > offered => Some(Cause::InvalidData),
            (SinkAnswer::WouldBlock, _) if !params.retry_would_block => Some(Cause::WouldBlock),
            (SinkAnswer::Failed, _) => Some(Cause::Failed),
            (SinkAnswer::Panicked, _) => Some(Cause::Panicked),
            _ => None,
        }
    }

    /// What a wait is told that cannot be registered now.
    #[must_use]
    pub fn wait_answer(&self) -> Wake {
        match self.phase {
            Phase::Open => Wake::Drained,
            Phase::Ending | Phase::Finished => Wake::AfterEnd,
            Phase::Failed(cause) => Wake::Errored(cause),
            Phase::Destroyed => Wake::Destroyed,
        }
    }
}

impl Default for Monitor {
    fn default() -> Self {
        Self::new()
    }
}
