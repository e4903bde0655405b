//! The protocol as a stateright [`Model`]: which steps there are, and what a [`Turn`] makes of one.

use super::config::{Fences, Variant, WakeConfig};
use super::memory::{NEVER, NOT_OPEN, OWED, Place, Pos, Store, Who};
use super::mutants::Mutant;
use super::properties;
use super::races::{Race, Races};
use super::refine::Claim;
use super::state::{DPc, Doze, PPc, WakeState};
use crate::contract::{Phase, Waiter, Wake};
use stateright::{Model, Property};

/// What P may begin between two calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Write so many bytes.
    Write(Pos),
    /// Wait for the owed drain.
    Drained,
    /// Ask for a flush.
    Flush,
    /// Wait for it.
    Flushed,
    /// Hold the bytes back.
    Cork,
    /// Let them go.
    Uncork,
    /// No more chunks come.
    End,
    /// Give the stream up.
    Destroy,
    /// Wait for `close` and take what is handed back.
    Closed,
}

/// How the sink's call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// So many bytes taken.
    Took(Pos),
    /// Flushed.
    Flushed,
    /// Interrupted.
    Interrupted,
    /// Would have blocked.
    WouldBlock,
    /// Failed.
    Failed,
    /// Not now, which only a call of P's is told.
    NotNow,
}

/// How D passes the time when it has nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rest {
    /// Look again.
    Spin,
    /// With a time limit, woken early by a batch.
    Linger,
    /// Without one, woken by a byte.
    Deep,
    /// Without one, woken by no byte: the bytes are held by a cork.
    Held,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// P begins a call.
    Call(Call),
    /// Another handle of a shared writer ends or destroys the stream, holding the producers' lock: P is between writes.
    Other(Call),
    /// P stops waiting for what it is parked for.
    GiveUp,
    /// This thread's next instruction.
    Next(Who),
    /// D has nothing to do and decides how to pass the time.
    Rest(Rest),
    /// The sink's call returns, and D notes the answer under the lock.
    Sink(Answer),
    /// P, on its way to wake a D that lingers, takes the sink instead.
    Try,
    /// P's call of the sink returns, and P notes the answer under the lock.
    Tried(Answer),
    /// D's time limit is over.
    TimeOut,
    /// A wait of this thread returns without a reason.
    Spurious(Who),
    /// The store at this place of the thread's buffer becomes visible.
    Leave(Who, usize),
    /// The machine reads `wake_at` for P ahead of the program.
    ReadAhead,
}

/// The protocol in one configuration, or a mutant of it.
#[derive(Clone, Debug)]
pub struct WakeModel {
    /// What is assumed.
    pub config: WakeConfig,
    /// What is wrong with it.
    pub mutant: Option<Mutant>,
}

/// One step being taken.
#[derive(Debug)]
pub struct Turn<'a> {
    /// The protocol.
    pub model: &'a WakeModel,
    /// The state, as far as it is changed.
    pub now: WakeState,
    /// Which races it met.
    pub races: Races,
    /// Which steps of the contract this is.
    pub(super) claims: Vec<Claim>,
    /// What P was told, and as which waiter.
    pub(super) told: Option<(Waiter, Wake)>,
    /// The bytes that the sink was given and took.
    pub(super) read: Vec<Pos>,
}

impl WakeModel {
    /// The protocol itself.
    #[must_use]
    pub fn new(config: WakeConfig) -> Self {
        Self { config, mutant: None }
    }

    /// Whether this is that mutant.
    #[must_use]
    pub fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    /// Takes a step and judges it, without shortening positions.
    #[must_use]
    pub fn turn(&self, before: &WakeState, action: Action) -> Turn<'_> {
        let mut turn = Turn {
            model: self,
            now: before.clone(),
            races: Races::default(),
            claims: Vec::new(),
            told: None,
            read: Vec::new(),
        };
        match action {
            Action::Call(call) => turn.begin(call),
            Action::Other(call) => turn.other_handle(call),
            Action::GiveUp => turn.give_up(),
            Action::Next(Who::P) => turn.producer(),
            Action::Next(Who::D) => turn.drainer(),
            Action::Rest(rest) => turn.rest(rest),
            Action::Sink(answer) => turn.note(answer),
            Action::Try => turn.attempt(),
            Action::Tried(answer) => turn.attempted(answer),
            Action::TimeOut => turn.time_out(),
            Action::Spurious(Who::P) => turn.unparked(),
            Action::Spurious(Who::D) => turn.awake(),
            Action::Leave(who, index) => turn.leave(who, index),
            Action::ReadAhead => turn.now.p.early = Some(turn.now.memory.load(Who::P, Place::WakeAt)),
        }
        turn.judge(before);
        turn
    }

    /// The state after a step: positions are kept small if P never runs out of chunks.
    #[must_use]
    pub fn after(&self, turn: Turn<'_>) -> WakeState {
        let mut now = turn.now;
        if self.config.chunks.is_none() {
            now.rebase(self.config.marks().2);
        }
        now
    }

    /// The only initial state.
    #[must_use]
    pub fn initial(&self) -> WakeState {
        WakeState::new(self.config.chunks.unwrap_or(0))
    }
}

impl Turn<'_> {
    /// Whether this is that mutant.
    pub(super) fn is(&self, mutant: Mutant) -> bool {
        self.model.is(mutant)
    }

    /// Whether the sink took bytes.
    #[must_use]
    pub fn took(&self) -> bool {
        !self.read.is_empty()
    }

    /// A race was met.
    pub(super) fn met(&mut self, race: Race) {
        self.races = self.races.with(race);
    }

    pub(super) fn store(&mut self, who: Who, place: Place, value: Pos) {
        let release = match place {
            Place::Tail => !self.is(Mutant::TailRelaxed),
            Place::Head => true,
            Place::WakeAt | Place::Attention | Place::Cell(_) => false,
        };
        self.now.memory.store(who, Store { place, value, release });
    }

    fn leave(&mut self, who: Who, index: usize) {
        let store = self.now.memory.leave(who, index);
        let older = &self.now.memory.buffers[who as usize][..index];
        if store.place == Place::Attention && older.iter().any(|store| store.place == Place::Head) {
            self.met(Race::AttentionBeforeHead);
        }
    }

    /// What `attention` must be, by what the lock guards. Whoever changes that stores this, before unlocking.
    pub(super) fn attention(&self) -> Pos {
        let owed = if self.now.guarded.owed { OWED } else { 0 };
        let over = if self.now.guarded.phase == Phase::Open { 0 } else { NOT_OPEN };
        owed | over
    }

    /// Wakes D if it is asleep. The lock is held.
    pub(super) fn wake_drainer(&mut self, who: Who) {
        let by_wake_at = self.is(Mutant::SlowPathTrustsWakeAt);
        let asleep = if by_wake_at {
            self.now.memory.load(who, Place::WakeAt) != NEVER
        } else {
            self.now.guarded.asleep()
        };
        if !asleep {
            return;
        }
        if self.model.config.variant == Variant::WakerResetsNothing {
            self.now.guarded.doze = Doze::Asleep;
        } else {
            self.now.guarded.doze = Doze::Awake;
            self.store(who, Place::WakeAt, NEVER);
        }
        self.notify_work();
    }

    /// Notifies `work`: D stops waiting if it waits, and nothing happens otherwise.
    pub(super) fn notify_work(&mut self) {
        if matches!(self.now.d.pc, DPc::Asleep { .. }) {
            self.awake();
        }
    }

    /// D's wait is over, for whatever reason: it has to get the lock, and looks.
    pub(super) fn awake(&mut self) {
        self.now.d.pc = DPc::Look;
    }

    /// P's park is over, for whatever reason.
    pub(super) fn unparked(&mut self) {
        if let PPc::Parked(park) = self.now.p.pc {
            self.now.p.token = false;
            self.now.p.pc = PPc::Unparked(park);
        }
    }

    /// Whether the fences are plain ones.
    pub(super) fn plain(&self) -> bool {
        self.model.config.fences == Fences::Plain
    }
}

impl Model for WakeModel {
    type State = WakeState;
    type Action = Action;

    fn init_states(&self) -> Vec<WakeState> {
        vec![self.initial()]
    }

    fn actions(&self, state: &WakeState, actions: &mut Vec<Action>) {
        actions.extend(self.steps(state));
    }

    fn next_state(&self, before: &WakeState, action: Action) -> Option<WakeState> {
        Some(self.after(self.turn(before, action)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::SAFETY.iter().map(|rule| Property::<Self>::always(rule.name, rule.holds)).collect()
    }

    fn format_action(&self, action: &Action) -> String {
        super::describe::action(*action)
    }

    fn format_step(&self, before: &WakeState, action: Action) -> Option<String> {
        let after = self.next_state(before, action)?;
        Some(super::describe::line(&after))
    }
}
