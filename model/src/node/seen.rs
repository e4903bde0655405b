//! What was seen of a stream from outside alone, and which promises that breaks. `node/findings/harness.cjs` does the same around a real stream.

use super::promises::{Promise, Promises};
use super::vocabulary::{Code, Fault, Hook, Name, Options, Output, Returned};
use std::hash::{Hash, Hasher};

// Each is a thing seen by itself.
#[allow(clippy::struct_excessive_bools)]
/// A chunk that was accepted. Its number is its place in the list, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Chunk {
    len: u64,
    callback: bool,
    given: bool,
    taken: bool,
    told: u8,
    told_failure: bool,
}

/// Which promises the last step put to the test. It says nothing of what comes, so two states that differ in it alone are one.
#[derive(Clone, Copy, Debug, Default)]
struct Tested(Promises);

impl PartialEq for Tested {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Tested {}

impl Hash for Tested {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// What was seen so far.
// Each is a thing seen by itself.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    chunks: Vec<Chunk>,
    /// How often the callback of each `end` was called.
    ends: Vec<u8>,
    /// The calls of the sink that have not called back, oldest first: the chunks of each.
    pub(super) in_sink: Vec<Vec<u8>>,
    /// Some call of the sink has called back.
    pub(super) completed: bool,
    pub(super) ended: bool,
    /// Destroyed, by whomever.
    pub(super) over: bool,
    /// Destroyed by user code.
    by_user: bool,
    /// The sink has failed, or `_final` or `_construct` has, while the stream was not destroyed.
    trouble: bool,
    sink_failed: bool,
    /// `error` was emitted.
    failed: bool,
    finished: bool,
    closed: bool,
    twice: bool,
    drain_owed: bool,
    /// A drain was owed at some time.
    owed_once: bool,
    /// Some event has come since the drain became owed.
    news: bool,
    /// The polite producers that wait for a drain, a bit each.
    waiting: u8,
    broken: Promises,
    tested: Tested,
}

impl Seen {
    pub(super) fn broken(&self) -> Promises {
        self.broken
    }

    pub(super) fn tested(&self) -> Promises {
        self.tested.0
    }

    /// A new step begins.
    pub(super) fn begin(&mut self) {
        self.tested = Tested::default();
    }

    /// The promise is put to the test, and kept or not.
    fn test(&mut self, promise: Promise, kept: bool) {
        self.tested.0.add(promise);
        if !kept {
            self.broken.add(promise);
        }
    }

    /// The number that the next chunk will have.
    pub(super) fn next_number(&self) -> u32 {
        u32::try_from(self.chunks.len()).unwrap_or(u32::MAX) + 1
    }

    pub(super) fn waits(&self, producer: u8) -> bool {
        self.waiting & (1 << producer) != 0
    }

    /// `write` is called.
    pub(super) fn write_called(&mut self, len: u64, callback: bool) {
        if !self.ended && !self.over {
            self.chunks.push(Chunk { len, callback, ..Chunk::default() });
        }
    }

    /// `end` is called. The number of its callback.
    pub(super) fn end_called(&mut self, callback: bool) -> Option<u32> {
        self.ended = true;
        if !callback {
            return None;
        }
        self.ends.push(0);
        u32::try_from(self.ends.len()).ok()
    }

    pub(super) fn destroy_called(&mut self) {
        self.by_user |= !self.over;
        self.over = true;
    }

    /// `_construct` or `_final` calls back for the first time.
    pub(super) fn hook_called_back(&mut self, failed: bool) {
        self.trouble |= failed && !self.over;
    }

    /// What the stream does is seen. `sizes`: of the chunks that the sink gets; `writer`: the polite producer whose write returns.
    pub(super) fn sees(&mut self, output: Output, sizes: &[u64], writer: Option<u8>) {
        match output {
            Output::Call(hook) => self.called(hook, sizes),
            Output::Return(Name::Write, Returned::Answer(go_on)) => self.answered(go_on, writer),
            _ => {}
        }
    }

    fn called(&mut self, hook: Hook, sizes: &[u64]) {
        if matches!(hook, Hook::Drain | Hook::Finish | Hook::Error(_) | Hook::Close) {
            if hook != Hook::Close {
                self.test(Promise::CloseIsLast, !self.closed);
            }
            self.news = true;
        }
        match hook {
            Hook::Write(_) | Hook::Writev(_) => self.given(sizes),
            Hook::WriteCallback(id, fault, _) => self.called_back(id, fault.is_none()),
            Hook::EndCallback(id, fault, _) => self.end_called_back(id, fault.is_none()),
            Hook::Drain => {
                self.test(Promise::DrainIsOwed, self.drain_owed && !self.ended && !self.over);
                self.drain_owed = false;
                self.waiting = 0;
            }
            Hook::Finish => {
                let all = self.chunks.iter().all(|chunk| chunk.taken);
                self.test(Promise::FinishIsTrue, all && !self.failed && !self.over);
                self.test(Promise::EventsOnce, !self.finished);
                self.finished = true;
            }
            Hook::Error(fault) => {
                self.test(Promise::EventsOnce, !self.failed);
                self.test(Promise::ErrorOrFinish, !self.finished);
                if matches!(fault, Fault::Fresh(Code::WriteAfterEnd, _)) {
                    let all = self.chunks.iter().all(|chunk| chunk.taken);
                    self.test(Promise::LateWriteIsHarmless, all);
                }
                self.failed = true;
            }
            Hook::Close => {
                self.test(Promise::EventsOnce, !self.closed);
                self.closed = true;
            }
            Hook::Destroy(_) => self.over = true,
            Hook::Construct | Hook::Final | Hook::Prefinish => {}
        }
    }

    fn answered(&mut self, go_on: bool, writer: Option<u8>) {
        // A write that was refused, or that hears of the end while it runs, is told false and owed nothing.
        if self.ended || self.over || self.failed {
            return;
        }
        if !go_on {
            self.news &= self.drain_owed;
            self.drain_owed = true;
            self.owed_once = true;
        }
        let Some(writer) = writer else {
            return;
        };
        if !go_on {
            self.waiting |= 1 << writer;
        } else if self.waiting & !(1 << writer) != 0 {
            self.test(Promise::NobodyOvertakes, false);
        }
        if self.waiting != 0 {
            self.test(Promise::NobodyOvertakes, true);
        }
    }

    /// The sink is given chunks of these sizes. Each size belongs to one chunk alone, so that they tell which.
    fn given(&mut self, sizes: &[u64]) {
        self.test(Promise::NothingAfterFailure, !self.sink_failed);
        self.test(Promise::NothingAfterDestroy, !self.over);
        self.test(Promise::CloseIsLast, !self.closed);
        self.test(Promise::OneCall, self.in_sink.is_empty());
        let mut call = Vec::new();
        for size in sizes {
            let Some(at) = self.chunks.iter().position(|chunk| chunk.len == *size) else {
                continue;
            };
            let in_order = !self.chunks[at].given && self.chunks[..at].iter().all(|earlier| earlier.given);
            self.test(Promise::Order, in_order);
            self.chunks[at].given = true;
            call.push(u8::try_from(at).unwrap_or(u8::MAX));
        }
        self.in_sink.push(call);
    }

    /// The sink calls back, for the oldest of its calls that is still open.
    pub(super) fn sink_called_back(&mut self, failed: bool) {
        let call = self.in_sink.remove(0);
        self.completed = true;
        if failed {
            self.sink_failed = true;
            self.trouble |= !self.over;
            return;
        }
        for at in call {
            let told_failure = self.chunks[usize::from(at)].told_failure;
            self.test(Promise::FailureIsTrue, !told_failure);
            self.chunks[usize::from(at)].taken = true;
        }
    }

    /// The sink calls back once more for a call for which it already has.
    pub(super) fn sink_called_back_again(&mut self) {
        self.twice |= !self.over;
    }

    fn called_back(&mut self, id: u32, success: bool) {
        let at = id as usize - 1;
        let Some(chunk) = self.chunks.get_mut(at) else {
            return;
        };
        chunk.told = chunk.told.saturating_add(1);
        chunk.told_failure |= !success;
        let chunk = *chunk;
        let earlier = &self.chunks[..at];
        let in_order = earlier.iter().all(|earlier| !earlier.callback || earlier.told > 0);
        self.test(Promise::CallbackOrder, in_order);
        self.test(Promise::CallbackOnce, chunk.told == 1);
        if success {
            self.test(Promise::SuccessIsTrue, chunk.taken);
        } else {
            self.test(Promise::FailureIsTrue, !chunk.taken);
        }
    }

    fn end_called_back(&mut self, id: u32, success: bool) {
        let Some(told) = self.ends.get_mut(id as usize - 1) else {
            return;
        };
        *told = told.saturating_add(1);
        let once = *told == 1;
        self.test(Promise::CallbackOnce, once);
        if success {
            let all = self.chunks.iter().all(|chunk| chunk.taken);
            self.test(Promise::SuccessIsTrue, all);
        }
    }

    /// Whether the stream has failed or was destroyed, so that it owes less.
    pub(super) fn is_gone(&self) -> bool {
        self.failed || self.by_user
    }

    /// Nothing moves any more: no code runs, nothing is put off, the sink owes no callback, and nothing holds the stream back.
    pub(super) fn rests(&mut self, options: &Options, length: i64) {
        let gone = self.is_gone();
        let some = !self.chunks.is_empty();
        if some && !gone {
            self.test(Promise::Delivered, self.chunks.iter().all(|chunk| chunk.given));
        }
        if !self.ends.is_empty() || self.chunks.iter().any(|chunk| chunk.callback) {
            let silent = |chunk: &Chunk| chunk.callback && chunk.told == 0;
            let missing = self.ends.contains(&0) || self.chunks.iter().any(silent);
            self.test(Promise::CallbackComes, !missing);
        }
        if self.owed_once && !gone && !self.ended {
            self.test(Promise::DrainComes, !self.drain_owed);
        }
        if self.drain_owed && (gone || self.ended) {
            self.test(Promise::WaiterIsTold, self.news);
        }
        if self.twice {
            self.test(Promise::TwiceIsNoticed, gone);
        }
        if self.ended {
            self.test(Promise::EndComes, self.finished || gone);
        }
        if self.trouble {
            self.test(Promise::FailureIsTold, gone);
        }
        let by_itself = options.auto_destroy && (self.failed || (self.finished && !options.duplex));
        if options.emit_close && (self.by_user || by_itself) {
            self.test(Promise::CloseComes, self.closed);
        }
        if some {
            self.test(Promise::LengthReturns, length == 0);
        }
    }
}
