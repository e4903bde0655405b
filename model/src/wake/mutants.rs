//! Wrong protocols, each one instruction away from the right one, and the rule that catches it.

use super::config::find;
use super::fair::{BYTES_TAKEN, FLUSHES_ANSWERED, WRITES_RETURN};
use super::model::WakeModel;
use super::properties::{FLAGS, NO_LOST_WAKE, QUIET, REFINES};

macro_rules! mutants {
    ($($(#[doc = $doc:literal])+ $mutant:ident = $name:literal in $config:literal: $rule:ident),+ $(,)?) => {
        /// A wrong protocol.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Mutant {
            $($(#[doc = $doc])+ $mutant),+
        }

        impl Mutant {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$mutant),+];

            /// Its name, in kebab case.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$mutant => $name),+
                }
            }

            /// What is wrong with it.
            #[must_use]
            pub fn describe(self) -> &'static str {
                match self {
                    $(Self::$mutant => concat!($($doc),+).trim_ascii()),+
                }
            }

            /// The rule that must catch it.
            #[must_use]
            pub fn rule(self) -> &'static str {
                match self {
                    $(Self::$mutant => $rule),+
                }
            }

            /// The configuration in which it is searched for.
            #[must_use]
            pub fn config(self) -> &'static str {
                match self {
                    $(Self::$mutant => $config),+
                }
            }
        }
    };
}

mutants! {
    /// D announces its deep sleep with a light fence, or none: it orders D's own program, and publishes nothing.
    HeavyIsLight = "no-heavy-fence" in "polite": NO_LOST_WAKE,
    /// D's fence is a full one of its own thread, while P has only a compiler fence.
    HeavyIsOwn = "fence-of-one-side" in "polite": NO_LOST_WAKE,
    /// D does not look at `tail` again after the fence.
    NoRecheck = "no-recheck" in "polite": NO_LOST_WAKE,
    /// D looks at `tail` again before the fence, not after it.
    RecheckBeforeFence = "recheck-before-fence" in "polite": NO_LOST_WAKE,
    /// Nothing keeps the compiler from reading `wake_at` before `tail` is stored.
    NoLightFence = "no-light-fence" in "polite": NO_LOST_WAKE,
    /// Without an asymmetric fence: P has none after its store of `tail`.
    NoPlainFenceInWrite = "no-plain-fence-in-write" in "polite-plain": NO_LOST_WAKE,
    /// Without an asymmetric fence: D has none after its store of `wake_at`.
    NoPlainFenceInSleep = "no-plain-fence-in-sleep" in "polite-plain": NO_LOST_WAKE,
    /// P stores `tail` with `Relaxed`: it may be seen before the bytes.
    TailRelaxed = "tail-relaxed" in "polite-weak": REFINES,
    /// P notifies without having had the lock since it looked at `wake_at`.
    NotifyWithoutLock = "notify-without-lock" in "polite": NO_LOST_WAKE,
    /// D unlocks after its second look, and waits afterwards.
    UnlockBeforeWait = "unlock-before-wait" in "polite": NO_LOST_WAKE,
    /// The variant that unlocks around the fence does not look at `asleep` again.
    RelockTrusts = "relock-trusts" in "fence-unlocked": NO_LOST_WAKE,
    /// P does not look at `wake_at`.
    WakeAtNotChecked = "wake-at-not-checked" in "polite": NO_LOST_WAKE,
    /// P wakes D at `tail > wake_at`, not at `>=`.
    WakeAtAfter = "wake-at-after" in "polite": NO_LOST_WAKE,
    /// D's second look finds `tail > target`, not `>=`.
    RecheckAfter = "recheck-after" in "polite": NO_LOST_WAKE,
    /// P resets `wake_at` and `asleep`, and does not notify.
    ResetWithoutNotify = "reset-without-notify" in "polite": NO_LOST_WAKE,
    /// P resets `wake_at` after it has unlocked.
    ResetAfterUnlock = "reset-after-unlock" in "polite": NO_LOST_WAKE,
    /// Whether D sleeps is told by `wake_at` alone, which also says "never" while D sleeps over corked bytes.
    SlowPathTrustsWakeAt = "asleep-by-wake-at" in "batch-over-mark": NO_LOST_WAKE,
    /// After a time-out D goes to sleep without a limit, and does not look for bytes below the batch.
    TimeOutDoesNotLook = "time-out-does-not-look" in "polite": NO_LOST_WAKE,
    /// D takes a return from its wait for a reason, and offers what is not there.
    WakeIsTrusted = "wake-is-trusted" in "polite": REFINES,
    /// *End* does not wake D.
    EndDoesNotWake = "end-does-not-wake" in "shared": NO_LOST_WAKE,
    /// *Destroy* does not wake D.
    DestroyDoesNotWake = "destroy-does-not-wake" in "shared": NO_LOST_WAKE,
    /// A flush request does not wake D.
    FlushDoesNotWake = "flush-does-not-wake" in "flush-and-cork": NO_LOST_WAKE,
    /// *Uncork* does not wake D.
    UncorkDoesNotWake = "uncork-does-not-wake" in "flush-and-cork": NO_LOST_WAKE,
    /// The slow path wakes D only by `wake_at`, not because a drain is owed.
    PauseDoesNotWake = "pause-does-not-wake" in "batch-over-mark": NO_LOST_WAKE,
    /// A write that makes a drain owed does not store `attention`.
    OwedWithoutAttention = "owed-without-attention" in "impolite": REFINES,
    /// *End* and *destroy* do not store `attention`.
    EndKeepsAttention = "end-keeps-attention" in "shared": REFINES,
    /// A failure of the sink does not store `attention`.
    FailureKeepsAttention = "failure-keeps-attention" in "impolite": REFINES,
    /// A drain does not store `attention`: no write is fast any more.
    DrainKeepsAttention = "drain-keeps-attention" in "polite": FLAGS,
    /// D clears `attention` after it has unlocked, over what P has stored meanwhile.
    AttentionAfterUnlock = "attention-after-unlock" in "odd-lengths": REFINES,
    /// D asks whether the drain is due before it has counted the bytes just taken.
    DueBeforeHead = "due-before-head" in "polite": NO_LOST_WAKE,
    /// D emits the drain and does not unpark who waits.
    DrainWakesNobody = "drain-wakes-nobody" in "polite": QUIET,
    /// D notes a failure and does not unpark who waits.
    FailureWakesNobody = "failure-wakes-nobody" in "shared": QUIET,
    /// P takes its handle when it is unparked, and parks again without leaving it: the deadlock of the prototype.
    HandleNotPutBack = "handle-not-put-back" in "polite": QUIET,
    /// P takes a return from its park for the drain: `if` where `while` belongs.
    WaitIsNoLoop = "wait-is-no-loop" in "polite": REFINES,
    /// P looks at the phase before the drain generation, and is told of a failure when it was told of a drain.
    PhaseBeforeGeneration = "phase-before-generation" in "shared": REFINES,
    /// P asks the phase of now why its wait is over: after *end* and a failure it is told of the failure, when it was told of *end*.
    ReasonByPhase = "reason-by-phase" in "shared": REFINES,
    /// D keeps the lock while it sleeps.
    SleepWithLock = "sleep-with-lock" in "polite": QUIET,
    /// D goes to rest without a limit over fewer bytes than a batch, which it has seen.
    DeepOverBytes = "deep-over-bytes" in "polite": NO_LOST_WAKE,
    /// D lingers again and again over the same bytes: it does not note that it has slept.
    LingersForEver = "lingers-for-ever" in "endless": BYTES_TAKEN,
    /// D takes a flush for done only if nothing was written since it was asked for.
    FlushWaitsForSilence = "flush-waits-for-silence" in "flush-and-cork": REFINES,
    /// D looks for a due flush only when it comes from a sink call.
    FlushOnlyAfterBytes = "flush-only-after-bytes" in "endless": FLUSHES_ANSWERED,
    /// D spins under the lock.
    SpinWithLock = "spin-with-lock" in "endless-impolite": WRITES_RETURN,
    /// D spins again and again over the same bytes: it does not note that it has spun.
    SpinsForEver = "spins-for-ever" in "endless-impolite": BYTES_TAKEN,
    /// The fast path asks only whether the chunk fits, not whether it reaches the mark.
    MarkNotChecked = "mark-not-checked" in "impolite": REFINES,
    /// The slow path answers by the cached head, not by the one under the lock.
    StaleHeadUnderLock = "stale-head-under-lock" in "polite": REFINES,
    /// D stores `head` before the sink has answered, and P writes over bytes that the sink is reading.
    HeadBeforeSinkCall = "head-before-sink-call" in "impolite": REFINES,
    /// D reads at `close` where the bytes end, while P may still be in a write that it will be told was accepted.
    HandBackAtClose = "hand-back-at-close" in "impolite": REFINES,
    /// D does not ask whether P has the sink: two calls at once.
    BusyNotChecked = "busy-not-checked" in "try": REFINES,
    /// P's note does not wake a D that it has kept from the sink: only one that lingers.
    BusyNotWoken = "busy-not-woken" in "try": NO_LOST_WAKE,
    /// A D that is kept from the sink looks to P as if it still lingered.
    BusyLooksLingering = "busy-looks-lingering" in "try": NO_LOST_WAKE,
    /// P never gives the sink back.
    SinkNotGivenBack = "sink-not-given-back" in "try": NO_LOST_WAKE,
    /// P takes the sink while D sleeps without a limit, and lets it sleep until there is a batch.
    TriesWhileDeep = "tries-while-deep" in "try": NO_LOST_WAKE,
    /// P takes the sink although a cork holds the bytes.
    TriesThroughCork = "tries-through-cork" in "try-cork": REFINES,
    /// P does not ask under the lock whether D has taken the bytes meanwhile.
    TriesNothing = "tries-nothing" in "try": REFINES,
    /// P takes "not now" for everything taken.
    NotNowIsTaken = "not-now-is-taken" in "try": REFINES,
    /// P notes a failure and does not wake D to close.
    TryFailureWakesNobody = "try-failure-wakes-nobody" in "try": NO_LOST_WAKE,
    /// P notes a failure and does not store `attention`.
    TryFailureKeepsAttention = "try-failure-keeps-attention" in "try": REFINES,
}

impl Mutant {
    /// The wrong protocol in its configuration; `None` if the table names none that exists.
    #[must_use]
    pub fn model(self) -> Option<WakeModel> {
        Some(WakeModel { config: find(self.config())?, mutant: Some(self) })
    }
}
