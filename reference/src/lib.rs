//! A buffered writer that never blocks the caller on its sink, is bounded in memory and cannot lose bytes silently.
//!
//! A [`Writer`] stands between a producer and a *sink*, anything that implements [`std::io::Write`]. [`Writer::write`] copies a chunk
//! into memory and returns at once; a thread of the writer's own, the *drain thread*, hands the bytes to the sink.
//!
//! **What it does**
//! - **Backpressure.** `write` answers [`Flow::Continue`] or [`Flow::Pause`]. After `Pause` the producer waits for [`Writer::drained`].
//!   The compiler warns whoever ignores the answer.
//! - **A bound on memory.** No more than the capacity is ever buffered, whatever the producers do; a chunk beyond it is refused, and stays
//!   with its producer.
//! - **No silent loss.** A failing, panicking or lying sink is an error that gives back the sink and every byte it did not take.
//! - **One noun, three ways to wait.** Drain, flush, finish and close are futures for any executor, blocking waits, and waits with a limit.
//!
//! **What it does not**
//! - It makes nothing durable unless it is told to: `finish` flushes the sink, and syncs a file only as a [final step](Builder::spawn_with_final).
//! - It cannot interrupt a sink call: a sink that never returns keeps its thread, and whoever waits for it.
//! - It catches no panic of a sink where the program is built with `panic = "abort"`, and bytes still buffered when the process exits or is killed are gone.
//!
//! **When not to use it.** Times per write are ratios to a [`std::io::BufWriter`] with 8 KiB, on two cores; `docs/COMPARE.md` of the repository has every row.
//!
//! | you have | take | because |
//! |---|---|---|
//! | a sink that costs next to nothing | `BufWriter` | ours takes 1.19 times as long at 16 B, 1.84 at 1 KiB, 166 at 64 KiB, which a `BufWriter` hands on uncopied |
//! | a file, and chunks of 64 KiB | `BufWriter`, or the `File` | 1.53 times; but 0.37 to 0.51 from 16 B to 1 KiB |
//! | a program that only copies lines into a file | `BufWriter` with 512 KiB | 0.86 for both, and it needs no thread |
//! | values that are not bytes, `select!` | a channel | |
//! | thousands of writers | small marks and `Builder::drive`, or the runtime's own | a writer takes 512 KiB at once, and a thread unless a task drives it |
//! | a record that must survive a crash before you go on | a `File` and `sync_data` | a write returns before the sink has it |
//!
//! What it buys is the stall: with a mark of 1 MiB, at 50 MB/s into a sink that sleeps 5 ms every MiB, one write in a thousand takes longer than 1.4 µs, with a `BufWriter` than 5,102 µs.
//!
//! ```
//! use highwater::Writer;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = std::env::temp_dir().join(format!("highwater-doc-{}", std::process::id()));
//! let mut writer = Writer::builder().high_water_mark(64 * 1024).spawn(std::fs::File::create(&path)?)?;
//! for i in 0..1000 {
//!     if writer.write(format!("Line {i}\n"))?.is_pause() {
//!         writer.drained().wait()?; // or `.await`, or `.wait_timeout(limit)`
//!     }
//! }
//! match writer.finish().wait() {
//!     Ok(file) => file.sync_all()?,
//!     Err(failed) => {
//!         let (error, _file, unwritten) = failed.into_parts();
//!         eprintln!("{error}; {unwritten}"); // and the bytes are in `unwritten.bytes()`
//!     }
//! }
//! # std::fs::remove_file(&path)?;
//! # Ok(())
//! # }
//! ```
//!
//! [`cookbook`] has fourteen recipes, from a log that cannot stall to object storage; [`migrating`] says what to write in place of a `BufWriter`, tracing-appender, tokio's `BufWriter` and Node's `Writable`;
//! [`sinks`] how to end each usual sink.
//!
//! # Which type for what
//!
//! | you have | use |
//! |---|---|
//! | one producer | [`Writer`] |
//! | several producers | [`SharedWriter`], from [`Writer::into_shared`] |
//! | an observer or a sink that needs its own stream | [`WeakSharedWriter`], from [`SharedWriter::downgrade`] |
//! | code that wants a [`std::io::Write`] | [`Blocking`], from [`Writer::blocking`] |
//! | code that wants an `AsyncWrite` of tokio or futures, or a `Sink` | `Async`, from `Writer::into_async`, with the feature `tokio`, `futures-io` or `futures-sink` |
//! | a sink that is asynchronous: a socket of tokio, a TLS stream | `Builder::drive`, with the feature `tokio` or `futures-io`: a task takes the place of the drain thread |
//! | a [`std::io::Read`] to copy from | [`Writer::pipe_from`] |
//! | events to count or log | an [`Observer`] |
//! | a log, of `tracing` or the crate `log` | [`LogWriter`] and its guard, from [`SharedWriter::into_log`] |
//!
//! # The three marks
//!
//! All are numbers of bytes *buffered*: accepted and not yet taken by the sink. A byte counts until the sink's answer says it was taken.
//!
//! | mark | default | a write that ... |
//! |---|---|---|
//! | [`high_water_mark`](Builder::high_water_mark) | 256 KiB, or half the capacity if that is less | leaves at least so many buffered answers `Pause` |
//! | [`low_water_mark`](Builder::low_water_mark) | the high-water mark - 1 | (a drain comes once at most so many are buffered) |
//! | [`capacity`](Builder::capacity) | twice the high-water mark | would leave more than so many buffered is refused |
//!
//! Each can be set alone: those that are not set follow.
//! While a drain is owed to one producer, every producer is told to pause. One drain wakes them all.
//!
//! # Memory
//!
//! A ring, taken when the writer is made: twice the high-water mark or the capacity, whichever is less, rounded up to a power of two, and 4 MiB at most.
//! With the default marks that is 512 KiB. What does not fit into it goes into two buffers, one being filled and one being written, which together never
//! hold more than twice the capacity, and are cut back to twice the high-water mark once they are written.
//!
//! # Pace
//!
//! A byte that comes after a linger time without any wakes the drain thread; a new writer begins with such a time, so its first bytes may wait as well. Others are handed on when another [`batch`](Builder::batch) of them
//! has come or somebody waits for them, and otherwise within the [`linger`](Builder::linger) time, so that few wake-ups and few calls of the sink serve many
//! writes. When nothing happens for that long, no thread wakes until something does.
//!
//! # Without `unsafe`
//!
//! The feature `ring`, on by default, is one file with `unsafe`: a write to a [`Writer`] that leaves less than the mark copies its bytes and, as a rule, takes no lock;
//! on Linux it needs no fence either. Without it
//! (`default-features = false`) every write takes a lock, and the crate is safe code alone and depends on nothing.
//!
//! # What happened
//!
//! [`Writer::stats`] counts, and times what was waited for; a gauge of `metrics` or Prometheus is a field of it, asked for when it is scraped.
//!
//! The feature `tracing`, off by default, makes each stream a span of the target `highwater`, named by its thread, with its marks, and tells these events in it. They hold the bytes
//! concerned, and times in microseconds (`_us`):
//!
//! | event | level | when, and on which thread |
//! |---|---|---|
//! | `pause` | debug | a drain becomes owed: once, on the thread whose write it was, also while the sink is stuck |
//! | `drain` | debug | it comes; `paused_us` is how long that took |
//! | `error` | error | the sink fails |
//! | `close` | debug | the stream is over: all of [`Stats`] |
//! | `lost` | warn | a drop has lost bytes or an error, as [`Observer::lost`] is told |
//!
//! None is told under a lock, and none a write. The drain thread tells all but the first, and sees the global subscriber alone. A stream that is a log
//! ([`SharedWriter::into_log`]) tells nothing: it would be written into itself.
//!
//! The feature `trace`, off by default, records what a stream does, each call and event a line of JSON, for `highwater trace` to judge: see `Builder::trace`.
//!
//! # Threads, panics and processes
//!
//! One thread a stream. It ends when the stream is closed; [`Finish::wait`] and a drop with [`OnDrop::Finish`] wait for its end. A drop that waits blocks
//! its thread, also in async code: `.await` the finish first, or set [`OnDrop::Detach`].
//!
//! The last owner's drop ends the stream, and a clone of a [`SharedWriter`] inside the stream's own observer or sink is an owner: see [`WeakSharedWriter`]. A `static`
//! is never dropped: end a stream in one with [`SharedWriter::finish`] before `main` returns.
//!
//! Panics of sinks, observers and wakers are caught; the panic hook still prints them. A [`std::process::exit`] or a return from `main` while
//! a detached stream is still writing loses what it had not written.

#![cfg_attr(not(feature = "ring"), forbid(unsafe_code))]
#![cfg_attr(docsrs, feature(doc_cfg), doc(auto_cfg(hide(highwater_loom))))]

#[cfg(any(feature = "tokio", feature = "futures-io", feature = "futures-sink"))]
mod async_io;
mod blocking;
mod buffer;
mod builder;
#[cfg(not(highwater_loom))]
#[doc = include_str!("../docs/cookbook.md")]
#[cfg_attr(feature = "tokio", doc = include_str!("../docs/cookbook_tokio.md"))]
pub mod cookbook {}
mod direct;
mod drain;
#[cfg(any(feature = "tokio", feature = "futures-io"))]
mod driver;
mod error;
mod final_step;
mod finish;
mod flow;
mod handback;
mod handle;
mod inner;
mod log;
mod marks;
#[cfg(not(highwater_loom))]
#[doc = include_str!("../docs/migrating.md")]
#[cfg_attr(feature = "tokio", doc = include_str!("../docs/migrating_tokio.md"))]
#[doc = include_str!("../docs/migrating_node.md")]
pub mod migrating {}
#[cfg(not(feature = "ring"))]
mod no_ring;
mod observe;
mod on_drop;
mod pace;
mod pipe;
#[cfg(feature = "ring")]
mod ring;
mod shared;
mod shell;
mod signals;
pub mod sinks;
mod sleep;
#[cfg_attr(not(feature = "tracing"), path = "no_span.rs")]
mod span;
mod spawn_error;
mod spill;
mod state;
mod stats;
mod stopwatch;
mod sync;
#[cfg_attr(not(any(feature = "tokio", feature = "futures-io")), path = "no_task.rs")]
mod task;
#[cfg_attr(not(feature = "trace"), path = "no_trace.rs")]
mod trace;
mod try_write;
mod vocabulary;
mod wait;
mod writer;

#[cfg(any(feature = "tokio", feature = "futures-io", feature = "futures-sink"))]
pub use async_io::Async;
#[cfg(feature = "futures-sink")]
pub use async_io::SendError;
pub use blocking::Blocking;
pub use builder::Builder;
#[cfg(feature = "futures-io")]
pub use driver::FuturesIo;
#[cfg(feature = "tokio")]
pub use driver::Tokio;
#[cfg(any(feature = "tokio", feature = "futures-io"))]
pub use driver::{AsyncSink, Driver};
pub use error::{SinkCall, SinkError, SinkErrorKind, WaitError, WriteError};
pub use finish::Finish;
pub use flow::Flow;
pub use handback::{Destroyed, FinishError, Recovered, Unwritten};
pub use log::{EventTally, LogError, LogEvent, LogGuard, LogWriter, OnFull};
pub use observe::{Lost, Observer};
pub use on_drop::OnDrop;
pub use pipe::{PipeError, PipeErrorCause};
pub use shared::{SharedWriter, WeakSharedWriter};
pub use spawn_error::{SpawnError, SpawnErrorReason};
pub use stats::Stats;
/// The examples of the README run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[doc(hidden)]
pub use sync::spurious_wakeups;
#[cfg(highwater_loom)]
#[doc(hidden)]
pub use sync::take_away;
#[cfg(feature = "trace")]
pub use trace::Trace;
#[doc(hidden)]
pub use try_write::TryWrite;
pub use wait::{Closed, Drained, Flush};
pub use writer::Writer;
