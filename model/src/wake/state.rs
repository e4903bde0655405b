//! The state of both threads and of what they share.
//!
//! | field of [`WakeState`] | changed by | valid when |
//! |---|---|---|
//! | `memory` | loads and stores without the lock; buffers flush at unlocks and fences | see `memory.rs` |
//! | `locked` | D, which may hold the lock over several steps; P's critical sections are single steps | |
//! | `guarded` | whoever holds the lock | |
//! | `p`, `d` | the thread itself; `p.token` by who unparks it, `d.pc` from asleep to awake by who notifies | |
//! | `broken` | a step that is no step of the contract; nothing happens after it | |

use super::memory::{Memory, Pos, lower};
pub use super::threads::{DPc, Drainer, PPc, Producer, Sleep};
use crate::contract::{Cause, Phase, Wake};

/// What the lock guards.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Guarded {
    /// Where in its life the stream is.
    pub phase: Phase,
    /// Whether D has let go of the sink.
    pub closed: bool,
    /// Whether a drain is owed.
    pub owed: bool,
    /// The longest chunk refused since the last drain, in bytes.
    pub refused: Pos,
    /// What a wait registered in phase open is told when that phase ends: the first reason stays.
    pub left_open: Option<Wake>,
    /// Open corks.
    pub corked: u8,
    /// The flush request.
    pub flush: Flush,
    /// The wait for a drain.
    pub wait: Wait,
    /// For what P has left a handle, to be unparked by.
    pub handle: Option<Park>,
    /// Whether D waits on `work`, or is about to, or has woken by itself and has not yet run: `asleep` and `lingering` in one.
    pub doze: Doze,
    /// Whether P has taken the sink: the call in progress is P's.
    pub trying: bool,
    /// How many bytes were taken: what was last stored in `head`.
    pub head: Pos,
    /// What D has done since the last sink call.
    pub pace: Pace,
    /// How the sink call in progress at *destroy* failed.
    pub held_back: Option<Cause>,
    /// What D believes is left at close: a mutant hands it back.
    pub rest: Option<Pos>,
}

impl Guarded {
    /// Whether D sleeps, in whichever way.
    #[must_use]
    pub fn asleep(&self) -> bool {
        self.doze != Doze::Awake
    }

    /// Whether a flush was asked for and is neither done nor given up.
    #[must_use]
    pub fn flush_pending(&self) -> bool {
        matches!(self.flush, Flush::Pending(_))
    }

    /// Whether a cork keeps the bytes from the sink. An owed drain is never due here: it is emitted with the bytes that make it due.
    #[must_use]
    pub fn held_by_cork(&self) -> bool {
        self.corked > 0 && !self.owed && !self.flush_pending()
    }
}

/// What the lock's holder knows of D's sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doze {
    /// It does not sleep, or was woken.
    Awake,
    /// It lingers: P may take the sink in its place.
    Lingering,
    /// It sleeps in another way.
    Asleep,
}

/// A flush request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flush {
    /// There is none.
    None,
    /// All bytes before this position are to be taken and flushed.
    Pending(Pos),
    /// What P will be told when it asks.
    Done(Wake),
}

/// A wait for a drain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// There is none.
    None,
    /// Registered, at the drain generation of now.
    Registered,
    /// The drain generation has changed since.
    Drained,
}

/// What P parks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Park {
    /// A drain.
    Drain,
    /// Its flush request.
    Flush,
    /// `close`.
    Close,
}

/// What D has done since the last sink call, which says what it may do before it offers fewer bytes than a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Nothing: it may spin, and it may linger.
    Fresh,
    /// It has spun, and may linger.
    Spun,
    /// It has slept, and waits for no more bytes than there are.
    Rested,
}

/// How a step broke the refinement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Broken {
    /// The contract does not allow what was done.
    Step,
    /// The contract gives another answer.
    Answer,
    /// The contract leads elsewhere.
    State,
    /// A wait or flush request is told something else, or at another time, than the contract tells it.
    Told,
    /// The sink was given other bytes than those accepted, or another order.
    Bytes,
    /// What is handed back is not what was accepted and not taken.
    HandedBack,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WakeState {
    /// What is seen without the lock.
    pub memory: Memory,
    /// Whether D holds the lock.
    pub locked: bool,
    /// What is seen with it.
    pub guarded: Guarded,
    /// The producer.
    pub p: Producer,
    /// The drain thread.
    pub d: Drainer,
    /// What went wrong on the way here.
    pub broken: Option<Broken>,
}

impl WakeState {
    /// An open stream with nothing in it; D has not looked yet.
    #[must_use]
    pub fn new(chunks: u8) -> Self {
        let guarded = Guarded {
            phase: Phase::Open,
            closed: false,
            owed: false,
            refused: 0,
            left_open: None,
            corked: 0,
            flush: Flush::None,
            wait: Wait::None,
            handle: None,
            doze: Doze::Awake,
            trying: false,
            head: 0,
            pace: Pace::Fresh,
            held_back: None,
            rest: None,
        };
        let p = Producer {
            pc: PPc::Idle,
            tail: 0,
            cached: 0,
            early: None,
            token: false,
            paused: false,
            over: false,
            chunks,
        };
        let d = Drainer { pc: DPc::Look, seen: 0, unpark: false };
        Self { memory: Memory::new(), locked: false, guarded, p, d, broken: None }
    }

    /// Whether P is between calls or parked, so that nothing but its own next call makes it do anything.
    #[must_use]
    pub fn p_is_at_rest(&self) -> bool {
        matches!(self.p.pc, PPc::Idle | PPc::Gone) || (matches!(self.p.pc, PPc::Parked(_)) && !self.p.token)
    }

    /// Whether P has yet to see by the tail it has stored whether to wake D, or to do so.
    #[must_use]
    pub fn p_may_wake(&self) -> bool {
        matches!(self.p.pc, PPc::Fence | PPc::Look | PPc::Wake | PPc::Notify)
    }

    /// Whether D waits on `work` with no time limit.
    #[must_use]
    pub fn d_sleeps_deep(&self) -> bool {
        self.d.pc == DPc::Asleep { timed: false }
    }

    /// Whether D has announced that it sleeps, and has not begun to wait.
    #[must_use]
    pub fn d_falls_asleep(&self) -> bool {
        matches!(
            self.d.pc,
            DPc::Fence(_) | DPc::Recheck(_) | DPc::Relock(_) | DPc::Wait(_) | DPc::WaitLate(_)
        )
    }

    /// The same state with positions counted from as far on as possible. A whole number of rounds, so that every byte keeps its cell.
    pub(super) fn rebase(&mut self, cells: Pos) {
        let by = self.p.cached / cells * cells;
        if by == 0 {
            return;
        }
        self.memory.shift(by);
        let mut positions =
            vec![&mut self.p.tail, &mut self.p.cached, &mut self.guarded.head, &mut self.d.seen];
        positions.extend(self.p.early.as_mut());
        positions.extend(self.guarded.rest.as_mut());
        if let Flush::Pending(end) = &mut self.guarded.flush {
            positions.push(end);
        }
        match &mut self.d.pc {
            DPc::Rest(tail) => positions.push(tail),
            DPc::Fence(sleep)
            | DPc::Recheck(sleep)
            | DPc::Wait(sleep)
            | DPc::WaitLate(sleep)
            | DPc::Relock(sleep) => positions.push(&mut sleep.target),
            _ => {}
        }
        for position in positions {
            lower(position, by);
        }
    }
}
