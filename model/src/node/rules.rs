//! Wrong variants of Node's rules. Each has to be rejected by some recorded run; otherwise nothing recorded shows that the rule is right.

macro_rules! wrong {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// One thing wrong in Node's rules.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Wrong {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Wrong {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

wrong! {
    /// `write` answers true at the mark itself.
    AnswerTrueAtMark,
    /// Node 18 answers after the sink was called, later ones before.
    AnswerAtTheOtherTime,
    /// With nothing buffered `write` answers false if the mark is 0.
    AnswerFalseAtMarkZero,
    /// `write` may answer true on a stream that has failed or is destroyed.
    AnswerIgnoresError,
    /// An answer of true forgets the drain that is owed.
    AnswerClearsDrain,
    /// `drain` comes below the mark.
    DrainBelowMark,
    /// `drain` comes after `end`.
    DrainAfterEnd,
    /// `drain` comes after `destroy`.
    DrainAfterDestroy,
    /// `drain` comes after the callbacks.
    DrainAfterCallbacks,
    /// `drain` comes whenever nothing is buffered.
    DrainUnasked,
    /// `drain` stays owed.
    DrainStaysOwed,
    /// `drain` waits for chunks of length zero.
    DrainWaitsForQueue,
    /// `drain` never comes.
    DrainNever,
    /// A chunk stops counting when the sink gets it.
    LengthAtStart,
    /// A chunk is written while the stream is corked.
    CorkIgnored,
    /// One `uncork` is enough however often it was corked.
    UncorkAtOnce,
    /// `end` does not uncork.
    EndStaysCorked,
    /// `_writev` is never called.
    NoWritev,
    /// `_writev` is called for one queued chunk.
    WritevForOne,
    /// A chunk is written before construction is done.
    WrittenBeforeConstruct,
    /// Construction takes effect when `_construct` calls back.
    ConstructedAtOnce,
    /// A synchronous completion is told at once.
    SyncCallbackAtOnce,
    /// A synchronous failure is told at once.
    SyncFailureAtOnce,
    /// Node 18 tells a callback of success with an argument, later ones without.
    CallbackArguments,
    /// The callbacks of a `_writev` come last first.
    BatchBackwards,
    /// A sink that calls back twice is not noticed.
    SecondCallbackUnnoticed,
    /// `error` comes before the callback of the write that failed.
    ErrorBeforeCallback,
    /// Queued chunks are told that the stream was destroyed, whatever it failed of.
    QueuedToldDestroyed,
    /// Queued chunks are forgotten when a write fails.
    QueuedForgotten,
    /// Queued chunks fail although one is being written.
    DiscardWhileWriting,
    /// `destroy` leaves what is queued.
    DestroyLeavesQueue,
    /// `destroy` fails what is queued before it returns.
    QueuedFailAtOnce,
    /// A `write` after `end` is taken.
    WriteAfterEndTaken,
    /// A `write` after `destroy` is taken.
    WriteAfterDestroyTaken,
    /// A `write` after `end` does nothing to the stream.
    WriteAfterEndHarmless,
    /// `finish` does not wait for callbacks.
    FinishBeforeCallbacks,
    /// Node 18 finishes in a tick after an asynchronous write, later ones at once.
    FinishAtTheOtherTime,
    /// `finish` does not wait for what is queued with length zero.
    FinishLeavesQueue,
    /// `finish` does not wait for the write in progress.
    FinishWhileWriting,
    /// `prefinish` waits for the callbacks.
    PrefinishAfterCallbacks,
    /// `_final` is not called.
    FinalForgotten,
    /// `finish` comes as soon as `_final` has called back.
    FinishWithFinal,
    /// A `_final` that calls back twice is not noticed.
    SecondFinalUnnoticed,
    /// The callbacks of `end` come after `finish`.
    EndCallbackAfterFinish,
    /// The callbacks of `end` never come.
    EndCallbackForgotten,
    /// An `end` after `finish` is told of no error.
    EndAfterFinishPlain,
    /// The stream does not destroy itself after `finish`.
    NoAutoDestroy,
    /// The stream does not destroy itself after an error.
    NoDestroyOnError,
    /// A second `destroy` is a first.
    DestroyTwice,
    /// `_destroy` is called before construction is done.
    DestroyBeforeConstruct,
    /// The error that `_destroy` gives is lost.
    DestroyErrorLost,
    /// A `_destroy` that calls back twice is heard twice.
    SecondDestroyHeard,
    /// `close` comes before `error`.
    CloseBeforeError,
    /// `error` and `close` come when `_destroy` calls back.
    CloseAtOnce,
    /// `close` comes although `emitClose` is off.
    CloseUnasked,
    /// `error` comes more than once.
    ErrorTwice,
}
