//! What our contract promises, as far as it makes sense for a Node stream. `seen.rs` judges them.

macro_rules! promises {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $clauses:literal;)+) => {
        /// A promise of our contract, as far as it makes sense for a Node stream.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Promise {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Promise {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name, which the harness prints too.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it says.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)+
                }
            }

            /// The clauses of SPEC.md that promise it of our writer.
            #[must_use]
            pub fn clauses(self) -> &'static str {
                match self {
                    $(Self::$variant => $clauses,)+
                }
            }
        }
    };
}

promises! {
    /// The sink gets the chunks in the order of their writes, each once.
    Order = "order", "O-01";
    /// When nothing moves any more, every accepted chunk was given to the sink, or the stream has failed or was destroyed.
    Delivered = "delivered", "O-02, L-01";
    /// The sink is not called while it has still to call back.
    OneCall = "one call at a time", "O-05";
    /// No callback of a write or an end is called twice.
    CallbackOnce = "callback once", "E-07";
    /// When nothing moves any more, every callback of a write or an end was called.
    CallbackComes = "callback comes", "L-05, E-08";
    /// The callbacks of accepted writes come in the order of the writes.
    CallbackOrder = "callbacks in order", "O-01";
    /// A callback that is told of success belongs to a chunk that the sink has taken, or to an end after which all were.
    SuccessIsTrue = "success is true", "E-07";
    /// A callback that is told of a failure belongs to a chunk that the sink has not taken and does not take.
    FailureIsTrue = "failure is true", "X-08, O-03";
    /// `finish` means that the sink has taken everything, and that the stream has neither failed nor been destroyed.
    FinishIsTrue = "finish is true", "E-03, X-02, D-09";
    /// `finish`, `error` and `close` come once at most.
    EventsOnce = "events once", "E-02, E-05, X-01";
    /// No `error` comes after `finish`.
    ErrorOrFinish = "error or finish", "X-02";
    /// After `close` no event comes and the sink is not called.
    CloseIsLast = "close is last", "E-06";
    /// When nothing moves any more, a stream that finished or failed by its own doing, or was destroyed, has closed.
    CloseComes = "close comes", "L-04";
    /// When nothing moves any more, an ended stream has finished or failed, or was destroyed.
    EndComes = "end comes", "L-03";
    /// When nothing moves any more, a failure of the sink has led to `error`, unless user code destroyed the stream.
    FailureIsTold = "failure is told", "X-08, X-09";
    /// `drain` comes only when a write has answered false since the last, and not after end or destroy.
    DrainIsOwed = "drain is owed", "D-02, D-05, D-06";
    /// When nothing moves any more, an owed drain has come, unless the stream was ended, failed or was destroyed.
    DrainComes = "drain comes", "L-02";
    /// When nothing moves any more, whoever waits for a drain has seen it, or at least one of `finish`, `error` and `close`.
    WaiterIsTold = "waiter is told", "D-09, L-06";
    /// While one polite producer waits for a drain, no other is told to go on.
    NobodyOvertakes = "nobody overtakes", "W-04, L-06";
    /// The sink is not called after it has failed.
    NothingAfterFailure = "nothing after a failure", "X-03";
    /// The sink is not called after the stream was destroyed.
    NothingAfterDestroy = "nothing after destroy", "X-03";
    /// A sink that calls back twice for one call fails the stream, unless it is destroyed first.
    TwiceIsNoticed = "twice is noticed", "X-10";
    /// A write after the end does not cost an earlier one its chunk.
    LateWriteIsHarmless = "late write is harmless", "W-08";
    /// When nothing moves any more, `writableLength` is 0.
    LengthReturns = "length returns to 0", "O-02, O-03";
}

/// A set of promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Promises(u32);

impl Promises {
    /// Adds one.
    pub fn add(&mut self, promise: Promise) {
        self.0 |= 1 << (promise as u32);
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn has(self, promise: Promise) -> bool {
        self.0 & (1 << (promise as u32)) != 0
    }

    /// Those that are in it.
    pub fn iter(self) -> impl Iterator<Item = Promise> {
        Promise::ALL.iter().copied().filter(move |promise| self.has(*promise))
    }
}
