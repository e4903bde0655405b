//! Handles that own the stream they belong to, and handles that do not.

#![allow(clippy::unwrap_used)] // the lint knows test functions, not what they call

mod support;

use highwater::{Flow, Observer, OnDrop, SharedWriter, WaitError, WeakSharedWriter, WriteError, Writer};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use support::{Events, Gate, Gated, Reply, eventually, within_limit};

/// An observer with a handle of its own stream, which writes a line of its own at the first drain.
struct Holder<H: Send + Sync + 'static> {
    held: OnceLock<H>,
    events: Events,
    on_drain: fn(&H),
}

impl<H: Send + Sync + 'static> Holder<H> {
    fn new(on_drain: fn(&H)) -> Arc<Self> {
        Arc::new(Self { held: OnceLock::new(), events: Events::default(), on_drain })
    }
}

impl<H: Send + Sync + 'static> Observer for Holder<H> {
    fn drain(&self) {
        (self.on_drain)(self.held.get().unwrap());
    }
    fn finish(&self) {
        self.events.finish();
    }
    fn close(&self) {
        self.events.close();
    }
    fn lost(&self, lost: &highwater::Lost) {
        self.events.lost(lost);
    }
}

fn silent<H>(_: &H) {}

type HeldWeakly = Arc<Holder<WeakSharedWriter<Gated>>>;

/// A stream with `policy` whose observer holds it weakly, and whose sink was offered "1234" and has not answered.
fn weakly_held(policy: OnDrop) -> (Gate, HeldWeakly, SharedWriter<Gated>, WeakSharedWriter<Gated>) {
    let (gate, sink) = Gate::new();
    let holder = Holder::new(silent);
    let builder = Writer::builder().on_drop(policy).observer(Arc::clone(&holder));
    let shared = builder.spawn(sink).unwrap().into_shared();
    let weak = shared.downgrade();
    assert!(holder.held.set(weak.clone()).is_ok());
    let _ = shared.write("1234").unwrap();
    gate.wait_inside();
    (gate, holder, shared, weak)
}

#[test]
fn an_observer_with_a_weak_handle_leaves_the_drop_policy_as_it_is() {
    within_limit(|| {
        let (gate, holder, shared, weak) = weakly_held(OnDrop::Finish);
        gate.open();
        drop(shared); // waits
        assert_eq!(gate.taken(), b"1234");
        assert!(gate.dropped());
        assert_eq!(holder.events.log(), ["finish", "close"]);
        assert!(weak.upgrade().is_none());

        let (gate, holder, shared, weak) = weakly_held(OnDrop::Discard);
        drop(shared);
        assert!(weak.upgrade().is_none());
        gate.reply(Reply::Take(1));
        eventually("close", || holder.events.log() == ["lost \"234\" None", "close"]);
        assert!(gate.dropped());
    });
}

#[test]
fn an_observer_and_its_weak_handle_go_with_the_stream() {
    within_limit(|| {
        let (gate, holder, shared, weak) = weakly_held(OnDrop::Detach);
        let watch = Arc::downgrade(&holder);
        drop(holder);
        drop(shared);
        gate.open();
        eventually("the observer is dropped", || watch.strong_count() == 0);
        assert!(gate.dropped() && weak.upgrade().is_none());
    });
}

/// What the documentation warns of: no drop ends this stream.
#[test]
fn a_clone_in_the_observer_is_an_owner_and_keeps_the_stream_open() {
    within_limit(|| {
        let (gate, sink) = Gate::opened();
        let holder = Holder::new(silent::<SharedWriter<Gated>>);
        let shared = Writer::builder().observer(Arc::clone(&holder)).spawn(sink).unwrap().into_shared();
        assert!(holder.held.set(shared.clone()).is_ok());
        let weak = shared.downgrade();
        let _ = shared.write("1234").unwrap();
        drop(shared); // not the last, so it does not wait
        eventually("the sink has it", || gate.taken() == b"1234");
        assert_eq!(weak.upgrade().unwrap().write("5"), Ok(Flow::Continue), "nobody has ended it");
        assert!(!gate.calls().contains(&"flush".to_owned()) && !gate.dropped());
        weak.upgrade().unwrap().finish().wait().unwrap();
        assert_eq!(gate.taken(), b"12345");
        drop(holder);
        eventually("all is gone", || gate.dropped() && weak.upgrade().is_none());
    });
}

#[test]
fn what_upgrade_gives_is_an_owner() {
    within_limit(|| {
        let (gate, _holder, shared, weak) = weakly_held(OnDrop::Finish);
        let other = weak.upgrade().unwrap();
        drop(shared); // not the last: were it to wait, it would wait for ever
        assert_eq!(other.write("56"), Ok(Flow::Continue));
        gate.open();
        drop(other); // the last one: waits
        assert_eq!(gate.taken(), b"123456");
        assert!(gate.dropped() && weak.upgrade().is_none());
    });
}

#[test]
fn upgrade_gives_a_stream_that_is_over_as_long_as_it_has_an_owner() {
    within_limit(|| {
        let (gate, _holder, shared, weak) = weakly_held(OnDrop::Finish);
        shared.end();
        assert_eq!(weak.upgrade().unwrap().write("5"), Err(WriteError::AfterEnd));
        gate.open();
        weak.upgrade().unwrap().closed().wait().unwrap();
        let again = weak.upgrade().unwrap();
        assert!(again.recover().is_some());
        drop(shared);
        assert!(weak.upgrade().is_some(), "one owner is left");
        drop(again);
        assert!(weak.upgrade().is_none());
    });
}

#[test]
fn upgrade_gives_nothing_from_the_moment_the_last_owner_is_dropped() {
    within_limit(|| {
        let (gate, holder, shared, weak) = weakly_held(OnDrop::Finish);
        let dropping = thread::spawn(move || drop(shared));
        eventually("the drop began", || weak.upgrade().is_none());
        assert!(holder.events.log().is_empty() && !dropping.is_finished(), "it waits for the sink");
        gate.open();
        dropping.join().unwrap();
        assert_eq!(holder.events.log(), ["finish", "close"]);
    });
}

#[test]
fn an_observer_writes_through_its_weak_handle() {
    within_limit(|| {
        let (gate, sink) = Gate::new();
        let holder = Holder::new(|weak: &WeakSharedWriter<Gated>| {
            if let Some(shared) = weak.upgrade()
                && shared.stats().drains == 1
            {
                let _ = shared.write("56").unwrap();
                assert_eq!(shared.drained().wait(), Ok(()), "none is owed");
                assert_eq!(shared.closed().wait(), Err(WaitError::WouldDeadlock));
            }
        });
        let builder = Writer::builder().high_water_mark(4).observer(Arc::clone(&holder));
        let shared = builder.spawn(sink).unwrap().into_shared();
        assert!(holder.held.set(shared.downgrade()).is_ok());
        assert_eq!(shared.write("1234"), Ok(Flow::Pause));
        gate.reply(Reply::All);
        eventually("the observer has written", || shared.stats().accepted == 6);
        gate.open();
        shared.finish().wait().unwrap();
        assert_eq!(gate.taken(), b"123456");
    });
}

/// A sink that looks at its own stream with each call.
struct Introspective {
    own: Arc<OnceLock<WeakSharedWriter<Introspective>>>,
    seen: Arc<Mutex<Vec<Option<u64>>>>,
}

impl Write for Introspective {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let own = self.own.get().and_then(WeakSharedWriter::upgrade);
        self.seen.lock().unwrap().push(own.map(|own| own.stats().accepted));
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_with_a_weak_handle_does_not_keep_itself_alive() {
    within_limit(|| {
        let (own, seen) = (Arc::new(OnceLock::new()), Arc::default());
        let sink = Introspective { own: Arc::clone(&own), seen: Arc::clone(&seen) };
        let shared = Writer::builder().spawn(sink).unwrap().into_shared();
        assert!(own.set(shared.downgrade()).is_ok());
        let _ = shared.write("1234").unwrap();
        shared.flush().wait().unwrap();
        drop(shared); // waits until the sink is dropped
        assert_eq!(*seen.lock().unwrap(), [Some(4)]);
        assert_eq!(Arc::strong_count(&own), 1, "the sink is gone");
        assert!(own.get().unwrap().upgrade().is_none());
    });
}

#[test]
fn a_weak_handle_goes_wherever_a_shared_one_does_and_says_nothing_of_the_stream() {
    fn send_and_sync<T: Send + Sync + Clone + 'static>(_: &T) {}
    let weak = Writer::builder().spawn(Vec::new()).unwrap().into_shared().downgrade();
    send_and_sync(&weak);
    assert_eq!(format!("{weak:?}"), "WeakSharedWriter { .. }");
}
