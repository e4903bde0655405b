//! What user code can do to a stream.

/// What user code does, or that a tick runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// `write` of the next chunk. `empty`: of size 0.
    Write {
        /// Whether it has size 0.
        empty: bool,
        /// Whether it has a callback.
        callback: bool,
        /// Which polite producer writes, from 1; 0 if there are none.
        by: u8,
    },
    /// `end`
    End,
    /// `cork`
    Cork,
    /// `uncork`
    Uncork,
    /// `destroy`, with an error or without.
    Destroy(bool),
    /// The sink calls back, with an error or without.
    Done(bool),
    /// `_construct` calls back.
    Constructed(bool),
    /// `_final` calls back.
    Finalized(bool),
    /// `_destroy` calls back.
    Destroyed,
    /// One of them calls back once more, without an error.
    Again(Again),
    /// The user code that runs returns.
    Leave,
    /// The user code that runs throws.
    Throw,
    /// The next tick runs.
    Tick,
}

/// Who calls back once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Again {
    /// The sink.
    Sink,
    /// `_construct`
    Construct,
    /// `_final`
    Final,
    /// `_destroy`
    Destroy,
}
