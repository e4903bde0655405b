//! The sink is stuck in a full pipe, and somebody gives up: with destroy, with a time limit, or because the reader goes.

use crate::case::{eventually, isolated};
use crate::causes::everyone_is_told;
use crate::drive::Start;
use crate::pipe::broken_pipe;
use crate::seen::Seen;
use crate::sinks::watched;
use crate::stream::{Producer, bytes, is_stream};
use highwater::{SharedWriter, WaitError, WriteError, Writer};
use std::future::Future;
use std::io::{self, Read, Write};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

/// Long enough to see that something does not happen, short enough to wait for it in every run.
const A_WHILE: Duration = Duration::from_millis(30);

/// More than a pipe holds by default, in bytes.
const TOO_MUCH: usize = 300_000;

/// Destroy takes effect at once; close, and with it the sink, comes when the call in progress ends, and no call is begun after it. Catches a
/// writer that waits for the call where it need not, one that closes while the call still runs, and one that goes on writing afterwards.
#[test]
fn destroy_waits_for_the_call_in_progress_and_for_nothing_else() {
    isolated(|case| {
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let writer = Writer::builder().high_water_mark(1 << 20).start(sink)?.into_shared();
        assert!(writer.write(bytes(0, TOO_MUCH))?.is_continue());
        watch.wait_until_stuck(TOO_MUCH);
        assert!(writer.write(bytes(TOO_MUCH as u64, 50_000))?.is_continue());
        writer.destroy();
        assert_eq!(writer.write("late"), Err(WriteError::Destroyed));
        assert_eq!(writer.flush().wait(), Err(WaitError::Destroyed));
        assert_eq!(writer.closed().wait_timeout(A_WHILE), Err(WaitError::TimedOut));
        assert!(writer.recover().is_none() && watch.in_call(), "the sink is still in its call");
        let mut got = vec![0; TOO_MUCH];
        reader.read_exact(&mut got)?;
        assert_eq!(writer.closed().wait(), Err(WaitError::Destroyed));
        let recovered = writer.recover().ok_or("a closed stream gives its sink back")?;
        assert!(writer.recover().is_none(), "once");
        assert_eq!((recovered.error, watch.writes(), watch.flushes()), (None, 1, 0));
        let mut pipe = recovered.sink.into_inner();
        pipe.write_all(recovered.unwritten.bytes())?;
        drop(pipe);
        reader.read_to_end(&mut got)?;
        assert_eq!(got.len(), TOO_MUCH + 50_000);
        is_stream("what arrived, the last of it by hand", 0, &got);
        Producer { accepted: 350_000 }.is_complete(case, &watch, recovered.unwritten)
    });
}

/// The call in progress fails after destroy. Catches a writer that tells the observer of an error then, and one that drops the error.
#[test]
fn destroy_while_the_call_in_progress_fails() {
    isolated(|case| {
        let (reader, mut pipe) = io::pipe()?;
        let full = rustix::pipe::fcntl_getpipe_size(&pipe)?;
        pipe.write_all(&vec![0; full])?; // so that the call takes nothing, and its failure is told at once
        let (sink, watch) = watched(pipe);
        let seen = Seen::default();
        let mut writer = Writer::builder().observer(seen.clone()).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, 10_000)?.is_continue());
        watch.wait_until_stuck(10_000);
        let flushed = writer.flush();
        let destroying = thread::spawn(move || writer.destroy());
        assert_eq!(
            flushed.wait(),
            Err(WaitError::Destroyed),
            "it has taken effect, whatever the sink is doing"
        );
        thread::sleep(A_WHILE);
        assert!(!destroying.is_finished(), "the sink cannot be handed back yet");
        drop(reader);
        let destroyed = destroying.join().expect("destroy does not panic");
        broken_pipe().is_told_by(&destroyed.error.ok_or("what the call answered is handed back")?);
        assert_eq!(watch.len(), 0);
        producer.is_complete(case, &watch, destroyed.unwritten)?;
        seen.were(&["close"]);
        Ok(())
    });
}

/// Catches a wait that is lost when its time is over, one that says "done" then, and a `finish` that cannot be waited for twice.
#[test]
fn waits_with_a_limit_on_a_stuck_sink() {
    isolated(|case| {
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let mut writer =
            Writer::builder().high_water_mark(100_000).capacity(400_000).low_water_mark(0).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, TOO_MUCH)?.is_pause());
        watch.wait_until_stuck(TOO_MUCH);
        let (mut drained, mut flushed) = (writer.drained(), writer.flush());
        for _ in 0..2 {
            assert_eq!(drained.wait_timeout(A_WHILE), Err(WaitError::TimedOut));
            assert_eq!(flushed.wait_timeout(A_WHILE), Err(WaitError::TimedOut));
        }
        let mut got = vec![0; TOO_MUCH];
        reader.read_exact(&mut got)?;
        drained.wait()?;
        flushed.wait()?;
        assert!(producer.write(&mut writer, TOO_MUCH)?.is_pause());
        let mut finish = writer.finish();
        for _ in 0..2 {
            assert!(finish.wait_timeout(A_WHILE).is_none());
        }
        let reading = thread::spawn(move || reader.read_to_end(&mut got).map(|_| got));
        let (sink, unwritten) = (finish.wait()?, highwater::Unwritten::default());
        drop(sink);
        let got = reading.join().expect("the reader came to the end")?;
        assert_eq!(got, watch.taken());
        producer.is_complete(case, &watch, unwritten)
    });
}

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Waits of every kind are pending, in threads and as futures, when the reader goes. Catches a writer that wakes one of them only, wakes none of
/// some kind, or wakes them as if the stream had drained or was flushed.
#[test]
fn everyone_who_waits_is_told_of_the_failure() {
    isolated(|case| {
        let (reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(1000).capacity(1 << 20).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, TOO_MUCH)?.is_pause());
        watch.wait_until_stuck(TOO_MUCH);
        let (first, second) = (Arc::new(Woken::default()), Arc::new(Woken::default()));
        let (mut drained, mut flushed) = (pin!(writer.drained()), pin!(writer.flush()));
        assert!(drained.as_mut().poll(&mut Context::from_waker(&Waker::from(first.clone()))).is_pending());
        assert!(flushed.as_mut().poll(&mut Context::from_waker(&Waker::from(second.clone()))).is_pending());
        let threads = start_waiting(&mut writer);
        assert!(threads.iter().all(|thread| !thread.is_finished()));
        drop(reader);
        let error = everyone_is_told(&mut writer, &broken_pipe());
        for thread in threads {
            let told = thread.join().expect("a wait does not panic");
            assert_eq!(told, Err(WaitError::Errored(error.clone())));
        }
        eventually("both futures are woken", || {
            [&first, &second].iter().all(|woken| woken.0.load(Ordering::SeqCst) > 0)
        });
        let mut context = Context::from_waker(Waker::noop());
        let told = Poll::Ready(Err(WaitError::Errored(error)));
        assert_eq!(
            (drained.as_mut().poll(&mut context), flushed.as_mut().poll(&mut context)),
            (told.clone(), told)
        );
        let (_, _, unwritten) = writer.finish().wait().expect_err("nobody reads").into_parts();
        producer.is_complete(case, &watch, unwritten)
    });
}

type Waiting = thread::JoinHandle<Result<(), WaitError>>;

/// Two threads that wait for a drain, two for a flush and two for the close.
fn start_waiting<W: Send + 'static>(writer: &mut Writer<W>) -> Vec<Waiting> {
    let mut threads = Vec::new();
    for _ in 0..2 {
        let (drained, flushed, closed) = (writer.drained(), writer.flush(), writer.closed());
        threads.push(thread::spawn(move || drained.wait()));
        threads.push(thread::spawn(move || flushed.wait()));
        threads.push(thread::spawn(move || closed.wait()));
    }
    threads
}

/// A producer that ignores `Pause` gets as far as the capacity, and what is refused is not in the stream. Catches a writer that takes a chunk in
/// part (W-01), buffers without bound (W-11), or drains before the longest refused chunk fits (D-04).
#[test]
fn a_producer_that_ignores_pause() {
    const CAPACITY: usize = 400_000;
    const LONGEST: usize = 350_000;
    isolated(|case| {
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let mut writer = Writer::builder().high_water_mark(100_000).capacity(CAPACITY).start(sink)?;
        let mut producer = Producer::default();
        assert!(producer.write(&mut writer, TOO_MUCH)?.is_pause());
        watch.wait_until_stuck(TOO_MUCH);
        for _ in 0..14 {
            assert!(producer.write(&mut writer, 7000)?.is_pause());
        }
        let buffered = TOO_MUCH + 14 * 7000;
        let refused = producer.write(&mut writer, 7000).expect_err("there is no room");
        assert_eq!(refused, WriteError::Full { len: 7000, buffered, capacity: CAPACITY });
        let text = "no room for a chunk of 7000 bytes: 398000 of 400000 bytes are buffered; \
                    wait for `drained()` and write it again";
        assert_eq!(refused.to_string(), text);
        assert!(matches!(producer.write(&mut writer, LONGEST), Err(WriteError::Full { .. })));
        assert_eq!((writer.stats().refusals, writer.stats().buffered_max), (2, buffered));
        let mut got = vec![0; TOO_MUCH];
        reader.read_exact(&mut got)?;
        eventually("the first call has ended", || writer.stats().buffered == 14 * 7000);
        let mut drained = writer.drained();
        assert_eq!(
            drained.wait_timeout(A_WHILE),
            Err(WaitError::TimedOut),
            "below the mark, but it would not fit"
        );
        let reading = thread::spawn(move || reader.read_to_end(&mut got).map(|_| got));
        drained.wait()?;
        assert!(producer.write(&mut writer, LONGEST)?.is_pause(), "after the drain it fits");
        drop(writer.finish().wait()?);
        assert_eq!(reading.join().expect("the reader came to the end")?, watch.taken());
        producer.is_complete(case, &watch, highwater::Unwritten::default())
    });
}

/// Many clones write to one stuck sink. Catches a shared writer that hands the sink back twice, or to nobody, when its sink fails under load.
#[test]
fn producers_on_one_sink_that_fails() {
    isolated(|_case| {
        let (mut reader, pipe) = io::pipe()?;
        let (sink, watch) = watched(pipe);
        let writer = Writer::builder().high_water_mark(5000).start(sink)?.into_shared();
        let producers: Vec<_> = (0..4u8)
            .map(|number| {
                thread::spawn({
                    let writer = writer.clone();
                    move || write_until_told(&writer, number)
                })
            })
            .collect();
        let mut got = vec![0; 200_000];
        reader.read_exact(&mut got)?;
        drop(reader);
        let accepted: Vec<_> =
            producers.into_iter().map(|producer| producer.join().expect("it is told")).collect();
        let Err(WaitError::Errored(error)) = writer.finish().wait() else { panic!("the sink failed") };
        broken_pipe().is_told_by(&error);
        let recovered = writer.recover().ok_or("a closed stream gives its sink back")?;
        assert_eq!(recovered.error, Some(error));
        let all = [watch.taken(), recovered.unwritten.into_bytes()].concat();
        assert!(all.starts_with(&got));
        for (number, accepted) in (0u8..).zip(accepted) {
            // Each byte says its producer and, modulo 64, its chunk: what is accepted of one producer is in its order and complete.
            let own: Vec<u8> = all.iter().copied().filter(|byte| byte >> 6 == number).collect();
            assert!(own == accepted, "producer {number}");
        }
        assert!(
            all.chunks(100).all(|chunk| chunk.iter().all(|byte| *byte == chunk[0])),
            "W-01: chunks stay whole"
        );
        watch.was_left_alone();
        Ok(())
    });
}

/// Writes chunks of 100 equal bytes, politely, until the failure is told; returns what was accepted.
fn write_until_told<W: Send + 'static>(writer: &SharedWriter<W>, number: u8) -> Vec<u8> {
    let mut accepted = Vec::new();
    for chunk in (0..64).cycle() {
        let chunk = [number << 6 | chunk; 100];
        match writer.write(chunk) {
            Ok(flow) => {
                accepted.extend(chunk);
                if flow.is_pause() && writer.drained().wait().is_err() {
                    return accepted;
                }
            }
            Err(WriteError::Full { .. }) => drop(writer.drained().wait()),
            Err(WriteError::Errored(_)) => return accepted,
            Err(other) => panic!("{other}"),
        }
    }
    accepted
}
