//! The races the protocol is about. A search that never meets one of them says nothing about it, so each is counted.

macro_rules! races {
    ($($(#[doc = $doc:literal])+ $race:ident),+ $(,)?) => {
        /// Something that happens only if both threads are at the right place.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Race {
            $($(#[doc = $doc])+ $race),+
        }

        impl Race {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$race),+];

            /// What happens, in words.
            #[must_use]
            pub fn describe(self) -> &'static str {
                match self {
                    $(Self::$race => concat!($($doc),+)),+
                }
            }
        }
    };
}

races! {
    /// D announces its sleep while a store of P is in P's buffer.
    StoreBufferedAtAnnounce,
    /// The heavy fence makes a tail visible that was in P's buffer.
    HeavyFencePublishes,
    /// The heavy fence makes P's machine forget a `wake_at` that it had read ahead and that is not the one announced.
    HeavyFenceForgets,
    /// P finds D awake although D has announced that it is not.
    TargetNotSeen,
    /// D sees in its second look at `tail` that it must not sleep.
    RecheckSeesTail,
    /// P has to wake D and D holds the lock until it waits.
    WakerWaitsForLock,
    /// P comes to wake D and somebody has done so, or D has run since.
    WokenAlready,
    /// P comes to wake D, which has stopped waiting by itself and has no lock yet.
    WokeByItself,
    /// D lets go of the lock around the fence and is woken before it waits.
    WokenBeforeAsleep,
    /// D stops waiting and there is nothing to do.
    WokenForNothing,
    /// D's time limit ends with fewer bytes in the ring than a batch.
    TimeOutWithBytes,
    /// D's time limit ends with a batch in the ring: lingering, it has no fence, and P did not see whom to wake.
    TargetMissed,
    /// D finds a batch when it has spun.
    SpinSeesBatch,
    /// D offers fewer bytes than a batch right after a sink call, because it has seen them before.
    RestAtOnce,
    /// `head` has moved since P cached it.
    HeadMovedSinceCached,
    /// The slow path finds under the lock that there is room, and answers `Continue`.
    SlowPathContinues,
    /// A write is told to pause while the sink is being written.
    PauseDuringSinkCall,
    /// A write is told to pause for a new drain while D has yet to unpark P for the last one.
    PauseWhileDrainIsTold,
    /// A write is told to pause while D sleeps over bytes held by a cork.
    PauseThroughCork,
    /// The drain is emitted between P's being told to pause and its wait.
    DrainBeforeWait,
    /// P asks to wait when nothing is owed any more.
    DrainedBeforeWait,
    /// P gives a wait up while D, having taken its handle, has yet to unpark it: the token comes late, to the next park.
    GivenUpBeforeUnpark,
    /// P stops parking and what it waits for has not come.
    UnparkedInVain,
    /// P comes to hear why its wait is over, and the stream has gone on to another phase since.
    ReasonKept,
    /// The sink fails while P is in a fast write that has found the stream open.
    FailureDuringWrite,
    /// P stores `tail` after the sink has failed.
    WriteAfterFailure,
    /// P stores `tail` after `close`.
    WriteAfterClose,
    /// The stream is destroyed while the sink is being written.
    DestroyDuringSinkCall,
    /// The sink fails after *destroy*.
    FailureAfterDestroy,
    /// Another handle ends or destroys the stream while P waits.
    OtherHandleWhileParked,
    /// A flush is due and bytes written after it wait.
    FlushBeforeLaterBytes,
    /// An offer ends where the ring does, and bytes wait behind it.
    OfferEndsAtWrap,
    /// P takes the sink in place of a D that has stopped lingering and has no lock yet.
    TimeOutBeforeTry,
    /// D's time limit ends while P has the sink.
    TimeOutDuringTry,
    /// D comes to look for work and P has the sink.
    SinkBusy,
    /// The stream is destroyed while P has the sink.
    DestroyDuringTry,
    /// The stream is ended while P has the sink.
    EndDuringTry,
    /// A flush is asked for while P has the sink.
    FlushDuringTry,
    /// The sink tells P: not now.
    TriedNotNow,
    /// The sink takes a part of what P offers.
    TryTakesPart,
    /// P offers the bytes up to the end of the ring, and some wait behind it.
    TryEndsAtWrap,
    /// The sink fails in P's call.
    TryFails,
    /// P has left nothing, and D lingers on.
    LingersOn,
    /// `attention` becomes visible before a head stored earlier.
    AttentionBeforeHead,
}

/// A set of races.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Races(u64);

impl Races {
    /// This set and one more.
    #[must_use]
    pub fn with(self, race: Race) -> Self {
        Self(self.0 | 1 << race as u64)
    }

    /// Whether it is in the set.
    #[must_use]
    pub fn has(self, race: Race) -> bool {
        self.0 & (1 << race as u64) != 0
    }
}
