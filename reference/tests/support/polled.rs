//! An asynchronous sink that does what the test says.

use super::Reply;
use futures_io::AsyncWrite;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

#[derive(Debug, Default)]
struct Script {
    replies: VecDeque<Reply>,
    open: bool,
    calls: Vec<String>,
    pending: bool,
    waker: Option<Waker>,
    taken: Vec<u8>,
    dropped: bool,
}

/// The test's end of a [`Polled`] sink.
#[derive(Clone, Debug, Default)]
pub struct Hand(Arc<Mutex<Script>>);

/// A sink whose every call is pending until the test lets it answer.
#[derive(Debug)]
pub struct Polled(Hand);

impl Hand {
    pub fn new() -> (Self, Polled) {
        let hand = Self::default();
        (hand.clone(), Polled(hand))
    }

    /// A hand that answers every call with [`Reply::All`], after these.
    pub fn opened(replies: &[Reply]) -> (Self, Polled) {
        let (hand, sink) = Self::new();
        hand.lock().replies.extend(replies);
        hand.open();
        (hand, sink)
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Script)) {
        let mut script = self.lock();
        change(&mut script);
        let waker = script.waker.take();
        drop(script);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Answers the call that is pending, or the next one.
    pub fn reply(&self, reply: Reply) {
        self.change(|script| script.replies.push_back(reply));
    }

    /// Answers every call from now on with [`Reply::All`], after the replies already given.
    pub fn open(&self) {
        self.change(|script| script.open = true);
    }

    /// All calls begun, as `write 3`, `flush` or `close`.
    pub fn calls(&self) -> Vec<String> {
        self.lock().calls.clone()
    }

    /// The bytes the sink says it took.
    pub fn taken(&self) -> Vec<u8> {
        self.lock().taken.clone()
    }

    /// Whether the sink was dropped.
    pub fn dropped(&self) -> bool {
        self.lock().dropped
    }

    fn poll(&self, context: &mut Context<'_>, name: String, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut script = self.lock();
        if !std::mem::replace(&mut script.pending, true) {
            script.calls.push(name);
        }
        let reply = match script.replies.pop_front() {
            Some(reply) => reply,
            None if script.open => Reply::All,
            None => {
                script.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
        };
        script.pending = false;
        let taken = match reply {
            Reply::Take(len) => len.min(bytes.len()),
            Reply::All => bytes.len(),
            Reply::Claim(len) => return Poll::Ready(Ok(len)),
            Reply::Error(kind) => return Poll::Ready(Err(kind.into())),
            Reply::Panic => {
                drop(script);
                panic!("scripted panic")
            }
        };
        script.taken.extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }
}

impl AsyncWrite for Polled {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll(context, format!("write {}", bytes.len()), bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll(context, "flush".to_owned(), &[]).map_ok(|_| ())
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll(context, "close".to_owned(), &[]).map_ok(|_| ())
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        self.0.lock().dropped = true;
    }
}
