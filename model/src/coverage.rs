//! The kinds of step, and in which phases each is possible: a search that never took a possible one proved less than it seems.

use crate::contract::{Action, Answer, Call, Outcome, Phase, Sink, SinkAnswer, System};
use std::fmt;

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A write answered `Continue`.
    WriteContinue,
    /// A write answered `Pause`.
    WritePause,
    /// A write answered `Full`.
    WriteFull,
    /// A write answered `TooLarge`.
    WriteTooLarge,
    /// A write answered `AfterEnd`.
    WriteAfterEnd,
    /// A write answered `Destroyed`.
    WriteDestroyed,
    /// A write answered `Errored`.
    WriteErrored,
    /// A wait that was registered.
    WaitRegistered,
    /// A wait that was answered at once.
    WaitAnswered,
    /// A flush request that was registered.
    FlushRegistered,
    /// A flush request that was answered at once.
    FlushAnswered,
    /// A wait or flush request given up.
    Cancel,
    /// *Cork*.
    Cork,
    /// *Uncork*.
    Uncork,
    /// *End*.
    End,
    /// *Destroy*.
    Destroy,
    /// The sink is offered bytes.
    Offer,
    /// The sink is flushed.
    FlushSink,
    /// A drain.
    Drain,
    /// Close.
    Close,
    /// The sink took all it was offered.
    TookAll,
    /// The sink took a part of it.
    TookPart,
    /// The sink took nothing, without an error.
    TookNone,
    /// The sink claims more than it was offered.
    TookTooMuch,
    /// The sink's flush succeeded.
    Flushed,
    /// `Interrupted`.
    Interrupted,
    /// `WouldBlock`.
    WouldBlock,
    /// The sink failed.
    Failed,
    /// The sink panicked.
    Panicked,
}

impl Kind {
    /// All of them, in order.
    pub const ALL: [Self; 29] = [
        Self::WriteContinue,
        Self::WritePause,
        Self::WriteFull,
        Self::WriteTooLarge,
        Self::WriteAfterEnd,
        Self::WriteDestroyed,
        Self::WriteErrored,
        Self::WaitRegistered,
        Self::WaitAnswered,
        Self::FlushRegistered,
        Self::FlushAnswered,
        Self::Cancel,
        Self::Cork,
        Self::Uncork,
        Self::End,
        Self::Destroy,
        Self::Offer,
        Self::FlushSink,
        Self::Drain,
        Self::Close,
        Self::TookAll,
        Self::TookPart,
        Self::TookNone,
        Self::TookTooMuch,
        Self::Flushed,
        Self::Interrupted,
        Self::WouldBlock,
        Self::Failed,
        Self::Panicked,
    ];

    /// The kind of a step, the sink's call in progress before it being as told.
    #[must_use]
    pub fn of(action: Action, call: Sink, outcome: &Outcome) -> Self {
        match action {
            Action::Call(call) => Self::of_call(call, outcome.answer),
            Action::System(System::Offer(_)) => Self::Offer,
            Action::System(System::FlushSink) => Self::FlushSink,
            Action::System(System::Drain) => Self::Drain,
            Action::System(System::Close) => Self::Close,
            Action::Sink(SinkAnswer::Took(0)) => Self::TookNone,
            Action::Sink(SinkAnswer::Took(len)) => match call {
                Sink::Writing(offered) if len < offered => Self::TookPart,
                Sink::Writing(offered) if len > offered => Self::TookTooMuch,
                _ => Self::TookAll,
            },
            Action::Sink(SinkAnswer::Flushed) => Self::Flushed,
            Action::Sink(SinkAnswer::Interrupted) => Self::Interrupted,
            Action::Sink(SinkAnswer::WouldBlock) => Self::WouldBlock,
            Action::Sink(SinkAnswer::Failed) => Self::Failed,
            Action::Sink(SinkAnswer::Panicked) => Self::Panicked,
        }
    }

    fn of_call(call: Call, answer: Option<Answer>) -> Self {
        let registered = answer == Some(Answer::Registered);
        match call {
            Call::Write { .. } => match answer {
                Some(Answer::Pause) => Self::WritePause,
                Some(Answer::Full) => Self::WriteFull,
                Some(Answer::TooLarge) => Self::WriteTooLarge,
                Some(Answer::AfterEnd) => Self::WriteAfterEnd,
                Some(Answer::Destroyed) => Self::WriteDestroyed,
                Some(Answer::Errored(_)) => Self::WriteErrored,
                _ => Self::WriteContinue,
            },
            Call::Wait(_) if registered => Self::WaitRegistered,
            Call::Wait(_) => Self::WaitAnswered,
            Call::Flush(_) if registered => Self::FlushRegistered,
            Call::Flush(_) => Self::FlushAnswered,
            Call::Cancel(_) => Self::Cancel,
            Call::Cork => Self::Cork,
            Call::Uncork => Self::Uncork,
            Call::End => Self::End,
            Call::Destroy => Self::Destroy,
        }
    }

    /// Whether the contract allows a step of this kind in this phase (in a world whose sink may do anything).
    #[must_use]
    pub fn is_possible_in(self, phase: PhaseName) -> bool {
        use PhaseName::{Destroyed, Ending, Failed, Finished, Open};
        match self {
            Self::WriteContinue
            | Self::WritePause
            | Self::WriteFull
            | Self::WriteTooLarge
            | Self::WaitRegistered
            | Self::Drain => phase == Open,
            Self::WriteAfterEnd => matches!(phase, Ending | Finished),
            Self::WriteDestroyed => phase == Destroyed,
            Self::WriteErrored => phase == Failed,
            Self::FlushRegistered | Self::Cancel | Self::Offer | Self::FlushSink => {
                matches!(phase, Open | Ending)
            }
            Self::FlushAnswered | Self::Close => matches!(phase, Finished | Failed | Destroyed),
            Self::WaitAnswered | Self::Cork | Self::Uncork | Self::End | Self::Destroy => true,
            Self::TookAll
            | Self::TookPart
            | Self::TookNone
            | Self::TookTooMuch
            | Self::Flushed
            | Self::Interrupted
            | Self::WouldBlock
            | Self::Failed
            | Self::Panicked => matches!(phase, Open | Ending | Destroyed),
        }
    }
}

/// A phase, whatever the cause of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseName {
    /// Open.
    Open,
    /// Ending.
    Ending,
    /// Finished.
    Finished,
    /// Failed.
    Failed,
    /// Destroyed.
    Destroyed,
}

impl PhaseName {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Open, Self::Ending, Self::Finished, Self::Failed, Self::Destroyed];

    /// The name of a phase.
    #[must_use]
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::Open => Self::Open,
            Phase::Ending => Self::Ending,
            Phase::Finished => Self::Finished,
            Phase::Failed(_) => Self::Failed,
            Phase::Destroyed => Self::Destroyed,
        }
    }
}

/// How many (kind, phase) pairs there are.
pub const CELLS: usize = Kind::ALL.len() * PhaseName::ALL.len();

/// The place of a pair among all of them.
#[must_use]
pub fn cell(kind: Kind, phase: PhaseName) -> usize {
    kind as usize * PhaseName::ALL.len() + phase as usize
}

/// Every pair, in the order of their places.
pub fn cells() -> impl Iterator<Item = (Kind, PhaseName)> {
    Kind::ALL.into_iter().flat_map(|kind| PhaseName::ALL.into_iter().map(move |phase| (kind, phase)))
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::WriteContinue => "write -> Continue",
            Self::WritePause => "write -> Pause",
            Self::WriteFull => "write -> Full",
            Self::WriteTooLarge => "write -> TooLarge",
            Self::WriteAfterEnd => "write -> AfterEnd",
            Self::WriteDestroyed => "write -> Destroyed",
            Self::WriteErrored => "write -> Errored",
            Self::WaitRegistered => "wait, registered",
            Self::WaitAnswered => "wait, answered at once",
            Self::FlushRegistered => "flush request, registered",
            Self::FlushAnswered => "flush request, answered at once",
            Self::Cancel => "give up",
            Self::Cork => "cork",
            Self::Uncork => "uncork",
            Self::End => "end",
            Self::Destroy => "destroy",
            Self::Offer => "offer to the sink",
            Self::FlushSink => "flush the sink",
            Self::Drain => "drain",
            Self::Close => "close",
            Self::TookAll => "sink took all",
            Self::TookPart => "sink took part",
            Self::TookNone => "sink took 0 bytes",
            Self::TookTooMuch => "sink claimed too much",
            Self::Flushed => "sink flushed",
            Self::Interrupted => "sink was interrupted",
            Self::WouldBlock => "sink would block",
            Self::Failed => "sink failed",
            Self::Panicked => "sink panicked",
        })
    }
}

impl fmt::Display for PhaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Open => "open",
            Self::Ending => "ending",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Destroyed => "destroyed",
        })
    }
}
