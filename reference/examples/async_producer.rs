//! Two async producers on one stream, on an executor of fifty lines: the writer's futures need no runtime.
//!
//! ```sh
//! cargo run -p highwater --example async_producer
//! ```

use highwater::{SharedWriter, WaitError, WriteError, Writer};
use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

const LINES: usize = 20_000;

/// Marks one task as ready and wakes the executor's thread.
struct Ready {
    is_ready: AtomicBool,
    executor: Thread,
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.is_ready.store(true, Ordering::Release); // read by `run_all`, which takes it back before it polls
        self.executor.unpark();
    }
}

/// Runs all tasks on this thread until each is done. A task is polled only after it was woken.
fn run_all<T>(tasks: Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> Vec<T> {
    let mut running: Vec<_> = tasks
        .into_iter()
        .map(|task| {
            let ready = Arc::new(Ready { is_ready: AtomicBool::new(true), executor: thread::current() });
            (task, ready)
        })
        .collect();
    let mut results = Vec::new();
    while !running.is_empty() {
        running.retain_mut(|(task, ready)| {
            if !ready.is_ready.swap(false, Ordering::Acquire) {
                return true;
            }
            let waker = Waker::from(Arc::clone(ready));
            match task.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(result) => {
                    results.push(result);
                    false
                }
                Poll::Pending => true,
            }
        });
        if !running.iter().any(|(_, ready)| ready.is_ready.load(Ordering::Acquire)) && !running.is_empty() {
            thread::park(); // a wake-up since then left its token behind
        }
    }
    results
}

/// Writes its lines, and gives way to the others whenever it is told to pause. Returns how often that was.
async fn produce(name: char, shared: SharedWriter<SlowSink>) -> Result<usize, Box<dyn std::error::Error>> {
    let mut waits = 0;
    for i in 0..LINES {
        let line = format!("{name} {i}\n");
        loop {
            match shared.write(&line) {
                Ok(flow) if flow.is_continue() => break,
                Ok(_pause) => {
                    waits += 1;
                    shared.drained().await?;
                    break;
                }
                Err(WriteError::Full { .. }) => shared.drained().await?, // another producer took the room
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(waits)
}

/// Takes its time.
struct SlowSink(Vec<u8>);

impl Write for SlowSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        thread::sleep(Duration::from_micros(100));
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let shared = Writer::builder().high_water_mark(4096).spawn(SlowSink(Vec::new()))?.into_shared();
    let results =
        run_all(vec![Box::pin(produce('a', shared.clone())), Box::pin(produce('b', shared.clone()))]);
    let mut waits = 0;
    for result in results {
        waits += result?;
    }
    let finished: Vec<Result<(), WaitError>> = run_all(vec![Box::pin(shared.finish())]);
    finished.into_iter().collect::<Result<(), _>>()?;

    let stats = shared.stats();
    let Some(recovered) = shared.recover() else { return Err("the sink was not handed back".into()) };
    let text = String::from_utf8(recovered.sink.0)?;
    for name in ['a', 'b'] {
        let own = text.lines().filter(|line| line.starts_with(name));
        if !own.eq((0..LINES).map(|i| format!("{name} {i}"))) {
            return Err(format!("the lines of producer {name} did not all arrive once and in order").into());
        }
    }
    println!(
        "two producers wrote {LINES} lines each: {} bytes arrived, each producer's in order",
        stats.taken
    );
    println!(
        "they waited {waits} times for {} drains; {} bytes buffered at most",
        stats.drains, stats.buffered_max
    );
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("async_producer: {error}");
            ExitCode::FAILURE
        }
    }
}
