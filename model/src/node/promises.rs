//! What a stream promises, seen from outside alone: which chunks it accepted, which the sink got, who was called back.

use super::vocabulary::{Hook, Name, Output, Returned};

/// A promise of our contract, as far as it makes sense for a Node stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Promise {
    /// The sink gets the chunks in the order of their writes, each once.
    Order,
    /// When nothing moves any more, every accepted chunk was given to the sink or the stream has failed.
    Delivered,
    /// No callback is called twice.
    CallbackOnce,
    /// When nothing moves any more, every callback was called.
    CallbackComes,
    /// A callback that is told of success belongs to a chunk that the sink has taken.
    SuccessIsTrue,
    /// `finish` means that the sink has taken everything, and that the stream has neither failed nor been destroyed.
    FinishIsTrue,
    /// A drain that is owed comes, or the stream ends, fails or is destroyed first.
    DrainComes,
    /// The sink is not written after it has failed.
    NothingAfterFailure,
    /// A sink that calls back twice for one write is noticed.
    TwiceIsNoticed,
    /// When nothing moves any more, an ended stream has finished or failed.
    EndComes,
}

impl Promise {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Order,
        Self::Delivered,
        Self::CallbackOnce,
        Self::CallbackComes,
        Self::SuccessIsTrue,
        Self::FinishIsTrue,
        Self::DrainComes,
        Self::NothingAfterFailure,
        Self::TwiceIsNoticed,
        Self::EndComes,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Delivered => "delivered",
            Self::CallbackOnce => "callback once",
            Self::CallbackComes => "callback comes",
            Self::SuccessIsTrue => "success is true",
            Self::FinishIsTrue => "finish is true",
            Self::DrainComes => "drain comes",
            Self::NothingAfterFailure => "nothing after a failure",
            Self::TwiceIsNoticed => "twice is noticed",
            Self::EndComes => "end comes",
        }
    }

    /// The clauses of SPEC.md that promise it of our writer.
    #[must_use]
    pub fn clauses(self) -> &'static str {
        match self {
            Self::Order => "O-01",
            Self::Delivered => "O-02, L-01",
            Self::CallbackOnce | Self::SuccessIsTrue => "E-07",
            Self::CallbackComes => "L-05, E-08",
            Self::FinishIsTrue => "E-03, X-02",
            Self::DrainComes => "L-02",
            Self::NothingAfterFailure => "X-03",
            Self::TwiceIsNoticed => "X-10",
            Self::EndComes => "L-03",
        }
    }

    fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

/// A chunk that was accepted. Its number is its place in the list, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Chunk {
    len: u64,
    callback: bool,
    given: bool,
    taken: bool,
    called_back: u8,
}

/// What was seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    chunks: Vec<Chunk>,
    /// The calls of the sink that have not called back, oldest first: the chunks of each.
    pub(super) in_sink: Vec<Vec<u8>>,
    pub(super) sink_failed: bool,
    pub(super) drain_owed: bool,
    pub(super) ended: bool,
    pub(super) over: bool,
    pub(super) failed: bool,
    finished: bool,
    twice: bool,
    /// A bit for each promise broken.
    pub(super) broken: u16,
}

impl Seen {
    fn breaks(&mut self, promise: Promise) {
        self.broken |= promise.bit();
    }

    pub(super) fn has_broken(&self, promise: Promise) -> bool {
        self.broken & promise.bit() != 0
    }

    /// The number that the next chunk will have.
    pub(super) fn next_number(&self) -> u32 {
        u32::try_from(self.chunks.len()).unwrap_or(u32::MAX) + 1
    }

    pub(super) fn accepted(&mut self, len: u64, callback: bool) {
        self.chunks.push(Chunk { len, callback, ..Chunk::default() });
    }

    /// What the stream does is seen.
    pub(super) fn sees(&mut self, output: Output, sizes: &[u64]) {
        match output {
            Output::Call(Hook::Write(_) | Hook::Writev(_)) => self.given(sizes),
            Output::Call(Hook::WriteCallback(id, fault, _)) => self.called_back(id, fault.is_none()),
            Output::Call(Hook::Drain) => self.drain_owed = false,
            Output::Call(Hook::Finish) => {
                self.finished = true;
                if self.failed || self.over || self.chunks.iter().any(|chunk| !chunk.taken) {
                    self.breaks(Promise::FinishIsTrue);
                }
            }
            Output::Call(Hook::Error(_)) => self.failed = true,
            Output::Return(Name::Write, Returned::Answer(false)) => self.drain_owed = true,
            _ => {}
        }
    }

    /// The sink is given chunks of these sizes. Each size belongs to one chunk alone, so that they tell which.
    fn given(&mut self, sizes: &[u64]) {
        if self.sink_failed {
            self.breaks(Promise::NothingAfterFailure);
        }
        let mut call = Vec::new();
        for size in sizes {
            let Some(at) = self.chunks.iter().position(|chunk| chunk.len == *size) else {
                continue;
            };
            if self.chunks[at].given || self.chunks[..at].iter().any(|earlier| !earlier.given) {
                self.breaks(Promise::Order);
            }
            self.chunks[at].given = true;
            call.push(u8::try_from(at).unwrap_or(u8::MAX));
        }
        self.in_sink.push(call);
    }

    /// The sink calls back, for the oldest of its calls that is still open.
    pub(super) fn sink_called_back(&mut self, failed: bool) {
        if self.in_sink.is_empty() {
            self.twice = true;
            return;
        }
        let call = self.in_sink.remove(0);
        if failed {
            self.sink_failed = true;
            return;
        }
        for at in call {
            self.chunks[usize::from(at)].taken = true;
        }
    }

    fn called_back(&mut self, id: u32, success: bool) {
        let Some(chunk) = self.chunks.get_mut(id as usize - 1) else {
            return;
        };
        chunk.called_back += 1;
        let (again, untrue) = (chunk.called_back > 1, success && !chunk.taken);
        if again {
            self.breaks(Promise::CallbackOnce);
        }
        if untrue {
            self.breaks(Promise::SuccessIsTrue);
        }
    }

    /// Nothing moves any more: no code runs, nothing is put off, the sink owes no callback, and nothing holds the stream back.
    pub(super) fn rests(&mut self) {
        let gone = self.over || self.failed;
        if !gone && self.chunks.iter().any(|chunk| !chunk.given) {
            self.breaks(Promise::Delivered);
        }
        if self.chunks.iter().any(|chunk| chunk.callback && chunk.called_back == 0) {
            self.breaks(Promise::CallbackComes);
        }
        if self.drain_owed && !gone && !self.ended {
            self.breaks(Promise::DrainComes);
        }
        if self.twice && !gone {
            self.breaks(Promise::TwiceIsNoticed);
        }
        if self.ended && !self.finished && !gone {
            self.breaks(Promise::EndComes);
        }
    }
}
