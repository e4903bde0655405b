//! A sink that keeps its own account, and sinks that misbehave.

use crate::case::{Rng, eventually};
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a [`Watched`] sink was asked and answered. Bytes it took are copied, so the account does not rest on the writer's.
#[derive(Default)]
struct Seen {
    taken: Vec<u8>,
    writes: usize,
    flushes: usize,
    short: usize,
    would_block: usize,
    interrupted: usize,
    offered: usize,
    in_call: bool,
    failed: bool,
    called_after_failure: usize,
    dropped: bool,
}

/// A sink around a sink, that keeps account of it.
pub(crate) struct Watched<S> {
    inner: S,
    watch: Watch,
    _dropped: Dropped,
}

/// The account of a [`Watched`] sink.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Seen>>);

struct Dropped(Watch);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.lock().dropped = true;
    }
}

/// `inner`, with an account of it.
pub(crate) fn watched<S>(inner: S) -> (Watched<S>, Watch) {
    let watch = Watch::default();
    (Watched { inner, watch: watch.clone(), _dropped: Dropped(watch.clone()) }, watch)
}

/// For `expect_err`, which shows what it did not expect.
impl<S> std::fmt::Debug for Watched<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the sink")
    }
}

impl<S> Watched<S> {
    pub(crate) fn into_inner(self) -> S {
        self.inner
    }
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every byte the sink took.
    pub(crate) fn taken(&self) -> Vec<u8> {
        self.lock().taken.clone()
    }

    /// How many bytes the sink took.
    pub(crate) fn len(&self) -> u64 {
        self.lock().taken.len() as u64
    }

    pub(crate) fn writes(&self) -> usize {
        self.lock().writes
    }

    pub(crate) fn flushes(&self) -> usize {
        self.lock().flushes
    }

    /// How many writes were answered with fewer bytes than were offered, but some.
    pub(crate) fn short_writes(&self) -> usize {
        self.lock().short
    }

    pub(crate) fn would_block(&self) -> usize {
        self.lock().would_block
    }

    pub(crate) fn interrupted(&self) -> usize {
        self.lock().interrupted
    }

    pub(crate) fn in_call(&self) -> bool {
        self.lock().in_call
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.lock().dropped
    }

    /// Waits until the sink is in a write that was offered at least `len` bytes. If no pipe or socket holds as many, it stays there until
    /// somebody reads.
    pub(crate) fn wait_until_stuck(&self, len: usize) {
        eventually("the sink is in a call that cannot end", || {
            let seen = self.lock();
            seen.in_call && seen.offered >= len
        });
    }

    /// Fails if the sink was called again after it had failed.
    pub(crate) fn was_left_alone(&self) {
        let calls = self.lock().called_after_failure;
        assert_eq!(calls, 0, "calls of the sink after its failure");
    }

    fn begin(&self, offered: Option<usize>) {
        let mut seen = self.lock();
        assert!(!seen.in_call, "two calls of one sink at once");
        seen.in_call = true;
        seen.called_after_failure += usize::from(seen.failed);
        match offered {
            Some(offered) => {
                seen.writes += 1;
                seen.offered = offered;
            }
            None => seen.flushes += 1,
        }
    }

    fn end(&self, offered: &[u8], answer: &io::Result<usize>) {
        let mut seen = self.lock();
        seen.in_call = false;
        match answer {
            Ok(len) if (1..=offered.len()).contains(len) => {
                seen.taken.extend_from_slice(&offered[..*len]);
                seen.short += usize::from(*len < offered.len());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => seen.interrupted += 1,
            Err(error) if error.kind() == ErrorKind::WouldBlock => seen.would_block += 1,
            Ok(_) | Err(_) => seen.failed = true,
        }
    }
}

/// A call that ends by a panic ends too.
struct InCall<'a>(&'a Watch);

impl Drop for InCall<'_> {
    fn drop(&mut self) {
        let mut seen = self.0.lock();
        seen.failed |= seen.in_call;
        seen.in_call = false;
    }
}

impl<S: Write> Write for Watched<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watch.begin(Some(bytes.len()));
        let _in_call = InCall(&self.watch);
        let answer = self.inner.write(bytes);
        self.watch.end(bytes, &answer);
        answer
    }

    fn flush(&mut self) -> io::Result<()> {
        self.watch.begin(None);
        let _in_call = InCall(&self.watch);
        let answer = self.inner.flush();
        let mut seen = self.watch.lock();
        seen.in_call = false;
        seen.failed |= answer.as_ref().is_err_and(|error| error.kind() != ErrorKind::Interrupted);
        drop(seen);
        answer
    }
}

/// Takes a random part of what it is offered, and is interrupted now and then.
pub(crate) struct Splitting<S> {
    pub(crate) inner: S,
    pub(crate) rng: Rng,
    pub(crate) most: usize,
}

impl<S: Write> Write for Splitting<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.rng.between(0, 3) == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        let len = self.rng.between(1, self.most.min(bytes.len()));
        self.inner.write(&bytes[..len])
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.rng.between(0, 1) == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        self.inner.flush()
    }
}

/// What a [`Turning`] sink does when its turn has come.
pub(crate) enum Turn {
    /// Takes so many bytes and panics.
    Panic { after: usize },
    /// Takes all it is offered, and claims this many more.
    Claim { more: usize },
    /// Takes nothing.
    Zero,
}

/// What a [`Turning`] sink says when it panics.
pub(crate) const LAST_WORDS: &str = "the disk caught fire";

/// A good sink for a number of writes, and then not.
pub(crate) struct Turning<S> {
    pub(crate) inner: S,
    pub(crate) good_writes: usize,
    pub(crate) turn: Turn,
}

impl<S: Write> Write for Turning<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(left) = self.good_writes.checked_sub(1) {
            self.good_writes = left;
            self.inner.write_all(bytes)?;
            return Ok(bytes.len());
        }
        match self.turn {
            Turn::Panic { after } => {
                self.inner.write_all(&bytes[..after])?;
                // Past the panic hook, which ends the process: this panic is part of the test.
                std::panic::resume_unwind(Box::new(LAST_WORDS))
            }
            Turn::Claim { more } => {
                self.inner.write_all(bytes)?;
                Ok(bytes.len().saturating_add(more))
            }
            Turn::Zero => Ok(0),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
