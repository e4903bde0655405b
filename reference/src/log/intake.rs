//! Where events enter the stream of a log, and those that do not are counted.
//!
//! Locks, in the order in which they are taken: `whole`, `counts`, the producers' lock, the stream's. Only `whole` is held while a thread waits, and the drain
//! thread, which it would wait for, never waits for `whole`.

use super::{EventTally, OnFull};
use crate::error::{SinkError, WaitError, WriteError};
use crate::shared::SharedWriter;
use crate::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

/// Changed by whoever hands over an event or a report.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) dropped: EventTally,
    pub(super) lost: EventTally,
    /// Dropped since the log last said so.
    unreported: EventTally,
    /// How the log is to say so, if not in our words.
    pub(super) report: Option<String>,
}

impl Counts {
    fn line(&self) -> String {
        let gap = self.unreported;
        let mut line = if let Some(report) = &self.report {
            report.replace("{events}", &gap.events.to_string()).replace("{bytes}", &gap.bytes.to_string())
        } else {
            let verb = if gap.events == 1 { "was" } else { "were" };
            format!("highwater: {gap} {verb} dropped here, because the log was full")
        };
        line.push('\n');
        line
    }
}

pub(super) struct Intake<W: Send + 'static> {
    /// Taken in `drop` alone.
    shared: Option<SharedWriter<W>>,
    pub(super) on_full: OnFull,
    pub(super) counts: Mutex<Counts>,
    /// Whether a report is due; changed with `counts` locked.
    has_gap: AtomicBool,
    /// Held for reading while an event is handed over that may wait, and for writing while one is handed over in parts.
    whole: RwLock<()>,
    error: OnceLock<SinkError>,
    /// Whether the guard's time was over before the stream was: then nobody is to wait for it any more.
    pub(super) gave_up: AtomicBool,
}

impl<W: Send + 'static> Intake<W> {
    pub(super) fn new(shared: SharedWriter<W>, on_full: OnFull) -> Self {
        shared.silence();
        Self {
            shared: Some(shared),
            on_full,
            counts: Mutex::new(Counts::default()),
            has_gap: AtomicBool::new(false),
            whole: RwLock::new(()),
            error: OnceLock::new(),
            gave_up: AtomicBool::new(false),
        }
    }

    pub(super) fn shared(&self) -> &SharedWriter<W> {
        let Some(shared) = &self.shared else { unreachable!("it is taken in `drop` alone") };
        shared
    }

    /// Takes an event or counts it. `Ok` unless the stream is over.
    pub(super) fn take(&self, event: &[u8]) -> Result<(), WaitError> {
        if event.is_empty() {
            return Ok(());
        }
        match self.on_full {
            OnFull::Block => self.wait_and_take(event),
            OnFull::Drop => self.take_or_drop(event),
            OnFull::DropAndReport if !self.has_gap.load(Ordering::Acquire) => self.take_or_drop(event),
            OnFull::DropAndReport => self.report_and_take(event),
        }
    }

    fn wait_and_take(&self, event: &[u8]) -> Result<(), WaitError> {
        let shared = self.shared();
        let taken = if event.len() > shared.capacity() {
            if shared.is_on_drain_thread() {
                return self.take_or_drop(event);
            }
            let _alone = self.whole.write().unwrap_or_else(PoisonError::into_inner);
            shared.write_all_waiting(event)
        } else {
            let Some(_among_others) = self.enter() else { return self.take_or_drop(event) };
            shared.write_all_waiting(event)
        };
        match taken {
            Err(WaitError::WouldDeadlock) => self.take_or_drop(event), // none of it was accepted
            Err(error) => Err(self.lose(event, error)),
            Ok(()) => Ok(()),
        }
    }

    /// `None` on the drain thread, where an event that is handed over in parts would be waited for, and that waits for the drain thread.
    fn enter(&self) -> Option<RwLockReadGuard<'_, ()>> {
        match self.whole.try_read() {
            Ok(entered) => Some(entered),
            Err(_) if self.shared().is_on_drain_thread() => None,
            Err(_) => Some(self.whole.read().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn take_or_drop(&self, event: &[u8]) -> Result<(), WaitError> {
        match self.try_take(event) {
            Err(refused) => self.account(&mut self.counts.lock(), event, refused),
            Ok(()) => Ok(()),
        }
    }

    fn try_take(&self, bytes: &[u8]) -> Result<(), WriteError> {
        self.shared().write(bytes).map(|_flow| ()) // who drops where there is no room need not pause before it
    }

    fn report_and_take(&self, event: &[u8]) -> Result<(), WaitError> {
        let mut counts = self.counts.lock();
        let refused = match self.report_to(&mut counts) {
            Ok(()) | Err(WriteError::TooLarge { .. }) => self.try_take(event).err(),
            Err(refused) => Some(refused), // an event must not come before the report of those dropped before it
        };
        refused.map_or(Ok(()), |refused| self.account(&mut counts, event, refused))
    }

    /// Writes the report that is due, if one is.
    pub(super) fn report(&self) -> Result<(), WriteError> {
        self.report_to(&mut self.counts.lock())
    }

    fn report_to(&self, counts: &mut Counts) -> Result<(), WriteError> {
        if counts.unreported.events == 0 {
            return Ok(());
        }
        let line = counts.line();
        // While a drain is owed there may be room for this line and little more: each event that happens to fit would have a line of its own.
        if self.shared().owes_drain() {
            let (buffered, capacity) = (self.shared().stats().buffered, self.shared().capacity());
            return Err(WriteError::Full { len: line.len(), buffered, capacity });
        }
        self.try_take(line.as_bytes())?;
        counts.unreported = EventTally::default();
        self.has_gap.store(false, Ordering::Release);
        Ok(())
    }

    /// Counts an event that was refused.
    fn account(&self, counts: &mut Counts, event: &[u8], refused: WriteError) -> Result<(), WaitError> {
        let why_over = match refused {
            WriteError::Full { .. } | WriteError::TooLarge { .. } => {
                counts.dropped.add(event);
                if self.on_full == OnFull::DropAndReport {
                    counts.unreported.add(event);
                    self.has_gap.store(true, Ordering::Release);
                }
                return Ok(());
            }
            WriteError::AfterEnd => WaitError::AfterEnd,
            WriteError::Destroyed => WaitError::Destroyed,
            WriteError::Errored(error) => WaitError::Errored(error),
        };
        self.note(&why_over); // before it is counted: who sees the count can ask why
        counts.lost.add(event);
        Err(why_over)
    }

    fn lose(&self, event: &[u8], why_over: WaitError) -> WaitError {
        self.note(&why_over);
        self.counts.lock().lost.add(event);
        why_over
    }

    fn note(&self, why_over: &WaitError) {
        if let WaitError::Errored(error) = why_over {
            let _ = self.error.set(error.clone()); // every one of a stream is the same
        }
    }

    pub(super) fn error(&self) -> Option<SinkError> {
        if self.error.get().is_none()
            && let Err(why_over) = self.shared().closed().wait_timeout(Duration::ZERO)
        {
            self.note(&why_over);
        }
        self.error.get().cloned()
    }
}

impl<W: Send + 'static> Drop for Intake<W> {
    fn drop(&mut self) {
        if self.gave_up.load(Ordering::Acquire)
            && let Some(shared) = self.shared.take()
        {
            shared.detach();
        }
    }
}
