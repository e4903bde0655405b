//! The words of the contract: parameters, calls, what the writer and the sink do, answers and events. `contract.rs` says what they mean.

use std::fmt;

/// The three marks, in bytes, and whether the sink may say `WouldBlock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Params {
    /// `H`: a write that leaves at least this many bytes buffered answers [`Answer::Pause`].
    pub high_water_mark: usize,
    /// `L`: a drain is due when at most this many bytes are buffered.
    pub low_water_mark: usize,
    /// `C`: the most bytes that are ever buffered.
    pub capacity: usize,
    /// Whether [`SinkAnswer::WouldBlock`] is retried.
    pub retry_would_block: bool,
}

/// Why three marks are no valid [`Params`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamsError {
    /// The high-water mark is 0, so that no write could ever answer `Continue`.
    ZeroMark,
    /// The low-water mark is not below the high-water mark.
    LowNotBelowHigh {
        /// The low-water mark asked for, in bytes.
        low: usize,
        /// The high-water mark asked for, in bytes.
        high: usize,
    },
    /// The capacity is below the high-water mark.
    CapacityBelowMark {
        /// The capacity asked for, in bytes.
        capacity: usize,
        /// The high-water mark asked for, in bytes.
        high: usize,
    },
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroMark => write!(f, "the high-water mark is 0; it must be at least 1 byte"),
            Self::LowNotBelowHigh { low, high } => {
                write!(f, "the low-water mark ({low}) must be below the high-water mark ({high})")
            }
            Self::CapacityBelowMark { capacity, high } => {
                write!(f, "the capacity ({capacity}) must be at least the high-water mark ({high})")
            }
        }
    }
}

impl std::error::Error for ParamsError {}

impl Params {
    /// Checks the ranges of SPEC.md section 2. `WouldBlock` is not retried; set the field to change that.
    ///
    /// # Errors
    /// Says which range is broken, and by which values.
    pub fn new(high: usize, low: usize, capacity: usize) -> Result<Self, ParamsError> {
        if high == 0 {
            Err(ParamsError::ZeroMark)
        } else if low >= high {
            Err(ParamsError::LowNotBelowHigh { low, high })
        } else if capacity < high {
            Err(ParamsError::CapacityBelowMark { capacity, high })
        } else {
            Ok(Self { high_water_mark: high, low_water_mark: low, capacity, retry_would_block: false })
        }
    }
}

/// Consecutive bytes of one chunk: identity is (producer, sequence, offset), so that loss, duplication and reordering show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Run {
    /// Who wrote the chunk.
    pub producer: usize,
    /// Which of its chunks this is.
    pub seq: usize,
    /// The offset of the first byte in the chunk.
    pub from: usize,
    /// How many bytes.
    pub len: usize,
}

/// Names one wait or one flush request.
pub type Waiter = usize;

/// Why a stream failed. The contract tells causes apart so that W-10 can ask for the *same* one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The sink answered with an error of its own.
    Failed,
    /// The sink took nothing of a write that offered something.
    WriteZero,
    /// The sink would block and retries are not allowed.
    WouldBlock,
    /// The sink panicked.
    Panicked,
    /// The sink claimed more than it was given.
    InvalidData,
}

/// What a producer or the owner may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// Write the chunk `seq` of `producer`, of `len` bytes.
    Write {
        /// Who writes.
        producer: usize,
        /// Which of its chunks.
        seq: usize,
        /// How many bytes.
        len: usize,
    },
    /// Ask to be woken by the next drain.
    Wait(Waiter),
    /// Ask to be told when all bytes accepted so far are taken and flushed.
    Flush(Waiter),
    /// Give up a wait or a flush request.
    Cancel(Waiter),
    /// Hold the bytes back.
    Cork,
    /// Undo one cork.
    Uncork,
    /// Say that no more chunks come.
    End,
    /// Give the stream up.
    Destroy,
}

/// What the writer does by itself. Each is weakly fair: it may be late, but if it stays possible it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum System {
    /// Call the sink's write with so many of the buffered bytes.
    Offer(usize),
    /// Call the sink's flush.
    FlushSink,
    /// Emit a due drain.
    Drain,
    /// Let go of the sink and emit `close`.
    Close,
}

/// How the sink's call in progress ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SinkAnswer {
    /// A write returned this count: 0 is a fault, and so is more than was offered.
    Took(usize),
    /// A flush succeeded.
    Flushed,
    /// Interrupted by a signal.
    Interrupted,
    /// Would have blocked.
    WouldBlock,
    /// Any other error.
    Failed,
    /// The call panicked.
    Panicked,
}

/// One step of anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// A producer or the owner calls.
    Call(Call),
    /// The writer does something by itself.
    System(System),
    /// The sink answers.
    Sink(SinkAnswer),
}

/// What a call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// Accepted; go on.
    Continue,
    /// Accepted; wait for the drain.
    Pause,
    /// Refused for now; wait for the drain.
    Full,
    /// Refused for good: the chunk is longer than the capacity.
    TooLarge,
    /// Refused: *end* was called.
    AfterEnd,
    /// Refused: *destroy* was called.
    Destroyed,
    /// Refused: the sink failed.
    Errored(Cause),
    /// The call has no answer to give.
    Done,
    /// The wait or flush request is registered and will be woken.
    Registered,
    /// The wait or flush request is answered at once.
    Ready(Wake),
}

/// What a wait or flush request is told in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Wake {
    /// A drain was emitted, or none was owed.
    Drained,
    /// Everything accepted before is taken and flushed.
    Flushed,
    /// The stream was ended.
    AfterEnd,
    /// The stream was destroyed.
    Destroyed,
    /// The stream failed.
    Errored(Cause),
}

/// What observers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    /// Producers may go on.
    Drain,
    /// Every byte is taken and flushed.
    Finish,
    /// The sink failed.
    Error(Cause),
    /// The sink is let go of.
    Close,
}
