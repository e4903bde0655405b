//! What a stream tells `tracing`: seen by a subscriber that calls the stream back, which would wait for ever if a lock were held.

#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{OnDrop, OnFull, SharedWriter, WaitError, WeakSharedWriter, Writer};
use std::collections::HashMap;
use std::fmt::{Debug, Write as _};
use std::io::{ErrorKind, Write as _};
use std::sync::{Mutex, Once};
use support::{Gate, Gated, Reply, eventually, within_limit};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// All that was told: of each span its fields, and of each event the span and its fields, in one line.
#[derive(Default)]
struct Told {
    spans: Vec<String>,
    events: Vec<(u64, String)>,
    /// Streams to be called back, by the name of their span.
    call_back: HashMap<String, WeakSharedWriter<Gated>>,
}

static TOLD: Mutex<Option<Told>> = Mutex::new(None);

fn with_told<R>(act: impl FnOnce(&mut Told) -> R) -> R {
    act(TOLD.lock().unwrap().get_or_insert_default())
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}{}", self.0);
        } else if field.name().ends_with("_us") || field.name() == "sink_writes" {
            write!(self.0, " {}", field.name()).unwrap(); // how long it took, and in how many parts, is another matter
        } else {
            write!(self.0, " {}={value:?}", field.name()).unwrap();
        }
    }
}

struct Capture;

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "highwater"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line::default();
        span.record(&mut line);
        let spans = with_told(|told| {
            told.spans.push(format!("{}{}", span.metadata().name(), line.0));
            told.spans.len() as u64
        });
        Id::from_u64(spans)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let level = event.metadata().level();
        let id = event.parent().map_or(0, Id::into_u64);
        let call_back = with_told(|told| {
            told.events.push((id, format!("{level} {}", line.0)));
            let name = told.spans.get(usize::try_from(id).unwrap() - 1).unwrap();
            let name = name.split_once("name=\"").unwrap().1.split_once('"').unwrap().0;
            told.call_back.get(name).and_then(WeakSharedWriter::upgrade)
        });
        if let Some(stream) = call_back {
            stream.uncork(); // takes the producers' lock and the stream's
        }
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

/// The subscriber is the process's, since the drain thread has to see it too: what is told is told apart by the name.
fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Capture).unwrap());
}

fn told(name: &str) -> Vec<String> {
    with_told(|told| {
        let name = format!("name=\"{name}\"");
        let id = told.spans.iter().position(|span| span.contains(&name)).expect("no such span") as u64 + 1;
        told.events.iter().filter(|(of, _)| *of == id).map(|(_, line)| line.clone()).collect()
    })
}

fn gated(name: &str) -> (Gate, SharedWriter<Gated>) {
    capture();
    let (gate, sink) = Gate::new();
    let builder = Writer::builder().high_water_mark(100).low_water_mark(10).capacity(200).thread_name(name);
    let shared = builder.spawn(sink).unwrap().into_shared();
    with_told(|told| told.call_back.insert(name.to_owned(), shared.downgrade()));
    (gate, shared)
}

#[test]
fn a_stream_is_a_span_with_its_marks() {
    capture();
    let builder = Writer::builder().high_water_mark(100).low_water_mark(10).capacity(200);
    let writer = builder.thread_name("the-marks").spawn(Vec::new()).unwrap();
    let span = "stream name=\"the-marks\" high_water_mark=100 low_water_mark=10 capacity=200";
    assert!(with_told(|told| told.spans.iter().any(|line| line == span)));
    drop(writer);
}

#[test]
fn a_pause_is_told_while_the_sink_is_stuck_and_nothing_is_told_of_a_write() {
    within_limit(|| {
        let (gate, shared) = gated("a-pause");
        (0..90).for_each(|_| assert!(!shared.write("x").unwrap().is_pause()));
        gate.wait_inside();
        assert_eq!(told("a-pause"), [""; 0]);
        (0..20).for_each(|_| assert!(shared.write("x").is_ok()));
        assert!(shared.write(vec![b'x'; 200]).is_err());
        let pause = "DEBUG pause buffered=100 accepted=100 taken=0";
        assert_eq!(told("a-pause"), [pause], "once, though told 11 times to pause and refused");
        gate.open();
        shared.drained().wait().unwrap();
        eventually("the drain is told", || told("a-pause").len() == 2);
        assert_eq!(told("a-pause")[1], "DEBUG drain buffered=0 paused_us");
        shared.finish().wait().unwrap();
        let close = "DEBUG close buffered=0 buffered_max=110 accepted=110 taken=110 pauses=11 refusals=1 drains=1 paused_us \
            sink_writes sink_flushes=1 sink_retries=0 sink_time_us";
        eventually("the close is told", || told("a-pause").len() == 3);
        assert_eq!(told("a-pause")[2], close);
    });
}

#[test]
fn every_way_to_write_tells_of_its_pause() {
    within_limit(|| {
        let (gate, shared) = gated("blocking");
        shared.blocking().write_all(&[b'x'; 100]).unwrap();
        assert_eq!(told("blocking"), ["DEBUG pause buffered=100 accepted=100 taken=0"]);
        gate.open();
        shared.drained().wait().unwrap();
        shared.pipe_from(&mut &[b'y'; 200][..]).unwrap();
        assert_eq!(told("blocking").iter().filter(|line| line.starts_with("DEBUG pause")).count(), 2);
        shared.finish().wait().unwrap();
        capture();
        let (gate, sink) = Gate::new();
        let builder = Writer::builder().high_water_mark(3).thread_name("alone");
        let mut writer = builder.spawn(sink).unwrap();
        assert!(writer.write("1234").unwrap().is_pause());
        assert_eq!(told("alone"), ["DEBUG pause buffered=4 accepted=4 taken=0"]);
        gate.open();
    });
}

#[test]
fn an_error_is_told_before_the_close_and_a_loss_after_it() {
    within_limit(|| {
        let (gate, shared) = gated("an-error");
        gate.reply(Reply::Error(ErrorKind::StorageFull));
        let _ = shared.write("lost").unwrap();
        assert!(matches!(shared.closed().wait(), Err(WaitError::Errored(_))));
        eventually("the close is told", || told("an-error").len() == 2);
        drop(shared);
        let told = told("an-error");
        assert!(
            told[0].starts_with("ERROR error error=") && told[0].ends_with(" buffered=4 accepted=4 taken=0")
        );
        assert!(told[1].starts_with("DEBUG close buffered=4 "), "{told:?}");
        assert!(told[2].starts_with("WARN lost bytes=4 error="), "{told:?}");
    });
}

#[test]
fn what_a_drop_discards_is_told() {
    within_limit(|| {
        capture();
        let builder = Writer::builder().on_drop(OnDrop::Discard).thread_name("discarded");
        let mut writer = builder.spawn(Vec::new()).unwrap();
        writer.cork();
        let _ = writer.write("important").unwrap();
        drop(writer);
        eventually("the loss is told", || told("discarded").iter().any(|line| line == "WARN lost bytes=9"));
    });
}

#[test]
fn a_stream_that_is_a_log_tells_nothing_which_would_go_into_itself() {
    within_limit(|| {
        let (gate, shared) = gated("a-log");
        let (log, guard) = shared.into_log(OnFull::Drop);
        log.event().write_all(&[b'x'; 200]).unwrap();
        log.event().write_all(&[b'x'; 200]).unwrap();
        gate.reply(Reply::Take(200));
        log.stream().drained().wait().unwrap();
        gate.reply(Reply::Panic);
        drop(guard.finish().unwrap_err());
        drop(log);
        assert_eq!(told("a-log"), [""; 0]);
    });
}
