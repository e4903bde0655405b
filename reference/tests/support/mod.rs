//! A sink that does what the test says, when the test says so, and what else the tests share.
#![allow(dead_code, unreachable_pub)] // each test file uses its own part of this one

#[cfg(feature = "futures-io")]
mod polled;

#[cfg(feature = "futures-io")]
#[allow(unused_imports)]
pub use polled::{Hand, Polled};
use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, ErrorKind, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

/// Long enough for any machine; a test that needs it hangs.
const HANG: Duration = Duration::from_secs(30);

/// Runs a test on a thread of its own, so that one that hangs fails.
pub fn within_limit(test: impl FnOnce() + Send + 'static) {
    let (done, finished) = channel();
    let running = thread::spawn(move || {
        test();
        let _ = done.send(());
    });
    match finished.recv_timeout(HANG) {
        Ok(()) | Err(RecvTimeoutError::Disconnected) => {
            if let Err(panic) = running.join() {
                std::panic::resume_unwind(panic);
            }
        }
        Err(RecvTimeoutError::Timeout) => panic!("the test hangs"),
    }
}

/// Asks again and again until it is so.
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !condition() {
        assert!(start.elapsed() < HANG, "this never came about: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// How the sink answers one call.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    /// Takes so many bytes of a write.
    Take(usize),
    /// Takes all bytes of a write, or succeeds in a flush.
    All,
    /// Claims so many bytes and takes none.
    Claim(usize),
    Error(ErrorKind),
    Panic,
}

#[derive(Debug, Default)]
struct Script {
    replies: VecDeque<Reply>,
    open: bool,
    calls: Vec<String>,
    inside: bool,
    taken: Vec<u8>,
    dropped: bool,
}

/// The test's end of a [`Gated`] sink.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<Script>, Condvar)>);

/// A sink whose every call blocks until the test lets it answer.
#[derive(Debug)]
pub struct Gated(Gate);

impl Gate {
    pub fn new() -> (Self, Gated) {
        let gate = Self::default();
        (gate.clone(), Gated(gate))
    }

    /// A gate that answers every call with [`Reply::All`].
    pub fn opened() -> (Self, Gated) {
        let (gate, sink) = Self::new();
        gate.open();
        (gate, sink)
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the call in progress, or the next one.
    pub fn reply(&self, reply: Reply) {
        self.lock().replies.push_back(reply);
        self.0.1.notify_all();
    }

    /// Answers every call from now on with [`Reply::All`], after the replies already given.
    pub fn open(&self) {
        self.lock().open = true;
        self.0.1.notify_all();
    }

    /// Blocks until a call is in progress and has no reply yet.
    pub fn wait_inside(&self) {
        let mut script = self.lock();
        while !(script.inside && script.replies.is_empty()) {
            let (next, timeout) = self.0.1.wait_timeout(script, HANG).unwrap_or_else(PoisonError::into_inner);
            assert!(!timeout.timed_out(), "the sink is never called");
            script = next;
        }
    }

    /// All calls begun, as `write 3` or `flush`.
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

    fn call(&self, name: String) -> Reply {
        let mut script = self.lock();
        script.calls.push(name);
        script.inside = true;
        self.0.1.notify_all();
        let reply = loop {
            if let Some(reply) = script.replies.pop_front() {
                break reply;
            }
            if script.open {
                break Reply::All;
            }
            script = self.0.1.wait(script).unwrap_or_else(PoisonError::into_inner);
        };
        script.inside = false;
        reply
    }
}

impl Write for Gated {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = match self.0.call(format!("write {}", bytes.len())) {
            Reply::Take(len) => len.min(bytes.len()),
            Reply::All => bytes.len(),
            Reply::Claim(len) => return Ok(len),
            Reply::Error(kind) => return Err(kind.into()),
            Reply::Panic => panic!("scripted panic"),
        };
        self.0.lock().taken.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.succeed("flush")
    }
}

impl Gated {
    /// A final step of it, scripted as its calls are.
    pub fn finalize(&mut self) -> io::Result<()> {
        self.succeed("final")
    }

    fn succeed(&mut self, name: &str) -> io::Result<()> {
        match self.0.call(name.to_owned()) {
            Reply::Take(_) | Reply::All | Reply::Claim(_) => Ok(()),
            Reply::Error(kind) => Err(kind.into()),
            Reply::Panic => panic!("scripted panic"),
        }
    }
}

impl Drop for Gated {
    fn drop(&mut self) {
        self.0.lock().dropped = true;
    }
}

/// A stream that owes a drain: its sink was offered 4 bytes and has not answered.
pub fn paused() -> (Gate, highwater::Writer<Gated>) {
    let (gate, sink) = Gate::new();
    let mut writer = highwater::Writer::builder().high_water_mark(4).capacity(8).spawn(sink).unwrap();
    assert!(writer.write("1234").unwrap().is_pause());
    gate.wait_inside();
    (gate, writer)
}

/// Keeps every event, in order.
#[derive(Debug, Default)]
pub struct Events(Mutex<Vec<String>>);

impl Events {
    pub fn log(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, event: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event.into());
    }
}

impl highwater::Observer for Events {
    fn drain(&self) {
        self.add("drain");
    }

    fn finish(&self) {
        self.add("finish");
    }

    fn error(&self, error: &highwater::SinkError) {
        self.add(format!("error {:?}", error.kind()));
    }

    fn close(&self) {
        self.add("close");
    }

    fn pipe(&self) {
        self.add("pipe");
    }

    fn unpipe(&self) {
        self.add("unpipe");
    }

    fn lost(&self, lost: &highwater::Lost) {
        let text = String::from_utf8_lossy(lost.unwritten().bytes()).into_owned();
        let kind = lost.error().map(highwater::SinkError::kind);
        self.add(format!("lost {text:?} {kind:?}"));
    }
}

/// A waker that counts, and unparks the thread that made it.
pub struct Alarm {
    thread: thread::Thread,
    rung: AtomicBool,
    pub count: AtomicUsize,
}

impl Alarm {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { thread: thread::current(), rung: AtomicBool::new(false), count: AtomicUsize::new(0) })
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
        self.count.fetch_add(1, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// Polls once.
pub fn poll_once<F: Future + Unpin>(future: &mut F, alarm: &Arc<Alarm>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(alarm));
    std::pin::Pin::new(future).poll(&mut Context::from_waker(&waker))
}

/// The smallest executor: polls only after a wake-up, so that a wake-up that never comes is a hang.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let alarm = Alarm::new();
    let waker = Waker::from(Arc::clone(&alarm));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !alarm.rung.swap(false, Ordering::SeqCst) {
            thread::park();
        }
    }
}
