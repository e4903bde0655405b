//! The words of a Node stream: what it was made with, what user code does to it, what it does to user code.

/// Which of the two sets of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// Node 18, and the package `readable-stream` 4.
    V18,
    /// Node 20 and later.
    V20,
}

impl Version {
    /// The rules of a source as a trace names it, `node 20.20.2`. `None` for one older than 18, or for something else.
    #[must_use]
    pub fn of(source: &str) -> Option<Self> {
        let major = source.strip_prefix("node ")?.split('.').next()?;
        match major.parse::<u32>().ok()? {
            0..18 => None,
            18..20 => Some(Self::V18),
            _ => Some(Self::V20),
        }
    }
}

/// What a stream was made with.
// Each is an independent switch of Node's own.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Whose rules.
    pub version: Version,
    /// `write` answers `false` from this length on.
    pub high_water_mark: u64,
    /// Chunks count 1 each.
    pub object_mode: bool,
    /// Whether `close` is emitted.
    pub emit_close: bool,
    /// Whether the stream destroys itself after `finish` and after an error.
    pub auto_destroy: bool,
    /// Whether there is a `_writev`.
    pub has_writev: bool,
    /// Whether there is a `_final`.
    pub has_final: bool,
    /// Whether there is a `_construct`, so that nothing is written before it has called back.
    pub has_construct: bool,
    /// Whether it has a readable side too.
    pub duplex: bool,
    /// A Duplex whose writable side was switched off when it was made.
    pub switched_off: bool,
    /// Its class overrides `destroy`, so that the stream's own call of it is first of all a call of user code.
    pub own_destroy: bool,
}

/// A stream as it is first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it was made with.
    pub options: Options,
    /// Its constructor has still to ask for `_construct`: a signal that was aborted already destroys the stream before.
    pub unregistered: bool,
    /// How it was found, if it is older than the recorder.
    pub late: Option<Late>,
}

/// How a stream was found that is older than the recorder.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// `writableLength`.
    pub len: i64,
    /// How often it was corked.
    pub corked: u32,
    /// Whether it owes a drain.
    pub need_drain: bool,
    /// Whether `end` was called.
    pub ending: bool,
    /// Whether it has finished.
    pub finished: bool,
    /// Whether it is destroyed.
    pub destroyed: bool,
    /// Whether it is closed.
    pub closed: bool,
}

/// A function that user code gave to `write` or `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Callback {
    /// None was given.
    Nop,
    /// The function with this number.
    User(u32),
    /// The stream's own: calls each callback of the chunks in this array.
    Batch(usize),
}

/// An error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// One that was seen in the trace, by its number.
    Seen(u32),
    /// One that Node made itself and that nobody has seen yet. Two with the same number are the same; 0 is like no other.
    Fresh(Code, u32),
}

/// What Node calls an error it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// `ERR_STREAM_WRITE_AFTER_END`
    WriteAfterEnd,
    /// `ERR_STREAM_DESTROYED`
    Destroyed,
    /// `ERR_STREAM_ALREADY_FINISHED`
    AlreadyFinished,
    /// `ERR_MULTIPLE_CALLBACK`
    MultipleCallback,
    /// `ERR_STREAM_NULL_VALUES`
    NullValues,
    /// `ERR_INVALID_ARG_TYPE`
    ArgumentType,
    /// `ERR_UNKNOWN_ENCODING`
    UnknownEncoding,
    /// An `AggregateError`: destroyed before construction, which then failed too.
    Aggregate,
    /// A `TypeError` out of Node's own code, which reads a chunk that it has already taken.
    Internal,
}

impl Code {
    /// The `code` of the error, or its name if it has none.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WriteAfterEnd => "ERR_STREAM_WRITE_AFTER_END",
            Self::Destroyed => "ERR_STREAM_DESTROYED",
            Self::AlreadyFinished => "ERR_STREAM_ALREADY_FINISHED",
            Self::MultipleCallback => "ERR_MULTIPLE_CALLBACK",
            Self::NullValues => "ERR_STREAM_NULL_VALUES",
            Self::ArgumentType => "ERR_INVALID_ARG_TYPE",
            Self::UnknownEncoding => "ERR_UNKNOWN_ENCODING",
            Self::Aggregate => "AggregateError",
            Self::Internal => "TypeError",
        }
    }
}

/// What is wrong with the arguments of a `write` or `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Argument {
    /// `null`
    Null,
    /// Neither string nor bytes.
    Type,
    /// No such encoding.
    Encoding,
}

/// Something that user code does to the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// `write`: the size of the chunk, and the callback.
    Write(Result<u64, Argument>, Callback),
    /// `end`, perhaps with a chunk, perhaps with a callback.
    End(Option<Result<u64, Argument>>, Option<u32>),
    /// `cork`
    Cork,
    /// `uncork`, and how often the stream was corked if that was seen: Node's `http` sets it by hand.
    Uncork(Option<u32>),
    /// `destroy`
    Destroy(Option<Fault>),
    /// `_undestroy`, which sockets use to connect anew.
    Undestroy,
    /// The sink calls back.
    SinkDone(Option<Fault>),
    /// `_construct` calls back.
    ConstructDone(Option<Fault>),
    /// `_final` calls back.
    FinalDone(Option<Fault>),
    /// `_destroy` calls back.
    DestroyDone(Option<Fault>),
}

/// Which call has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// `write`
    Write,
    /// `end`
    End,
    /// `cork`
    Cork,
    /// `uncork`
    Uncork,
    /// `destroy`
    Destroy,
    /// `_undestroy`
    Undestroy,
    /// The sink's callback.
    SinkDone,
    /// `_construct`'s callback.
    ConstructDone,
    /// `_final`'s callback.
    FinalDone,
    /// `_destroy`'s callback.
    DestroyDone,
}

impl Input {
    /// Which call this is.
    #[must_use]
    pub fn name(&self) -> Name {
        match self {
            Self::Write(..) => Name::Write,
            Self::End(..) => Name::End,
            Self::Cork => Name::Cork,
            Self::Uncork(_) => Name::Uncork,
            Self::Destroy(_) => Name::Destroy,
            Self::Undestroy => Name::Undestroy,
            Self::SinkDone(_) => Name::SinkDone,
            Self::ConstructDone(_) => Name::ConstructDone,
            Self::FinalDone(_) => Name::FinalDone,
            Self::DestroyDone(_) => Name::DestroyDone,
        }
    }
}

/// User code that the stream calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hook {
    /// `_write` with a chunk of this size.
    Write(u64),
    /// `_writev` with the chunks of this array.
    Writev(usize),
    /// `_construct`
    Construct,
    /// `_final`
    Final,
    /// `_destroy`
    Destroy(Option<Fault>),
    /// The callback of a `write`: its number, what it is told, and with how many arguments.
    WriteCallback(u32, Option<Fault>, u8),
    /// The callback of an `end`, likewise.
    EndCallback(u32, Option<Fault>, u8),
    /// `drain` is emitted.
    Drain,
    /// `prefinish` is emitted.
    Prefinish,
    /// `finish` is emitted.
    Finish,
    /// `error` is emitted.
    Error(Fault),
    /// `close` is emitted.
    Close,
}

/// A call of one of the stream's own methods by the stream itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SelfCall {
    /// `this.destroy(err)`
    Destroy(Option<Fault>),
}

/// How a call of the user ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Returned {
    /// With nothing to look at.
    Plainly,
    /// With this answer (`write`).
    Answer(bool),
    /// By an exception.
    Threw(Fault),
}

/// What the stream does next, which is the only thing it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// It calls user code.
    Call(Hook),
    /// It calls itself.
    SelfCall(SelfCall),
    /// A call of the user returns.
    Return(Name, Returned),
}
