//! What an owner holds, and what becomes of the stream when the last owner drops it.

use crate::inner::{HandBack, Inner};
use crate::observe::quietly;
use crate::on_drop::OnDrop;
use crate::shell::{Announced, Shell, wake_all};
use crate::state::Asked;
use crate::sync::Arc;
use crate::trace::Watch;
use crate::wait::{Closed, Drained, Flush};

/// The claim on one stream: dropping it applies the drop policy.
pub(crate) struct Handle<W> {
    pub(crate) shell: Arc<Shell<W>>,
    pub(crate) on_drop: OnDrop,
}

impl<W: Send + 'static> Handle<W> {
    #[cold] // next to the writes: it must not be why a producer's loop is not compiled into one piece
    pub(crate) fn drained(&self) -> Drained {
        let ask = || self.shell.update(|inner| inner.state.ask_drained());
        let (asked, watch) = self.shell.tracer.asked("wait", ask);
        Drained::new(&self.shell, asked.wake(), watch)
    }

    /// No write must be under way.
    pub(crate) fn ask_flushed(&self) -> Announced<(Asked, Watch)> {
        let ask = || self.shell.update(|inner| inner.state.ask_flushed());
        let (asked, watch) = self.shell.tracer.asked("flush", ask);
        asked.map(|asked| (asked, watch))
    }

    pub(crate) fn flush(&self, (asked, watch): (Asked, Watch)) -> Flush {
        Flush::new(&self.shell, asked, watch)
    }

    pub(crate) fn closed(&self) -> Closed {
        let asked = self.shell.update(|inner| inner.state.ask_closed()).wake();
        Closed::new(&self.shell, asked, self.shell.tracer.watch_close())
    }

    /// No write must be under way.
    pub(crate) fn end(&self) -> Announced<()> {
        self.shell.tracer.around("end", || self.shell.update(|inner| inner.state.end()))
    }

    /// No write must be under way.
    pub(crate) fn destroy(&self) -> Announced<()> {
        self.shell.tracer.around("destroy", || self.shell.update(|inner| inner.state.destroy()))
    }

    /// No write must be under way.
    pub(crate) fn cork(&self) -> Announced<()> {
        self.shell.tracer.around("cork", || self.shell.update(|inner| inner.state.cork()))
    }

    /// No write must be under way.
    pub(crate) fn uncork(&self) -> Announced<()> {
        let uncork = |inner: &mut Inner<W>| {
            inner.state.uncork();
            inner.is_nudged = true; // it may sleep over bytes that were held, until something other than a byte comes
        };
        self.shell.tracer.around("uncork", || self.shell.update(uncork))
    }

    /// Destroys the stream if it is not over, waits for the sink call in progress, closes, and takes everything out.
    ///
    /// # Panics
    /// In the sink's own call, which would have to end first, and when everything was taken out before.
    pub(crate) fn take_apart(&mut self) -> HandBack<W> {
        self.destroy().wake();
        let shell = Arc::clone(&self.shell);
        let mut inner = shell.lock();
        let hand_back = loop {
            assert!(!inner.claimed, "the stream was taken apart before: its sink was handed out already");
            if let Some(hand_back) = inner.claim() {
                break hand_back;
            }
            assert!(
                !inner.on_drain_thread(),
                "a stream cannot be taken apart from inside its own sink's call"
            );
            (inner, _) = shell.wait_for_news(inner, None); // the close, which follows the answer of the call in progress
        };
        inner.state.close();
        let join = inner.observer.is_none();
        let wakers = shell.announce(&mut inner);
        drop(inner);
        wake_all(wakers);
        self.on_drop = OnDrop::Detach; // nothing is left that could be waited for, but for an observer's call
        if join {
            shell.join();
        }
        shell.tracer.recovered(&hand_back.unwritten, hand_back.error.as_ref());
        hand_back
    }

    /// Once closed: what is handed back, to the first who asks. No write must be under way.
    pub(crate) fn claim_closed(&self) -> Option<HandBack<W>> {
        let mut inner = self.shell.lock();
        let hand_back = if inner.state.is_closed() { inner.claim() } else { None };
        drop(inner);
        if let Some(hand_back) = &hand_back {
            self.shell.tracer.recovered(&hand_back.unwritten, hand_back.error.as_ref());
        }
        hand_back
    }
}

impl<W> Drop for Handle<W> {
    fn drop(&mut self) {
        let name = if self.on_drop == OnDrop::Discard { "destroy" } else { "end" };
        let dropped = self.shell.tracer.around(name, || {
            self.shell.update(|inner| {
                match self.on_drop {
                    OnDrop::Finish | OnDrop::Detach => inner.state.end(),
                    OnDrop::Discard => inner.state.destroy(),
                }
                inner.abandoned = true; // from here on the drain thread lets go of the sink by itself, if it has not yet closed
                let closed = inner.state.is_closed();
                (if closed { inner.claim() } else { None }, inner.observer.clone(), inner.state.ask_closed())
            })
        });
        let (remains, observer, closed) = dropped.wake();
        if let Some(remains) = remains {
            self.shell.tracer.recovered(&remains.unwritten, remains.error.as_ref());
            self.shell.span.lost(&remains);
            remains.let_go(observer.as_ref());
        }
        quietly(move || drop(observer));
        if self.on_drop == OnDrop::Finish {
            let mut inner = self.shell.lock();
            if let Asked::Registered(ticket) = closed {
                while inner.state.outcome(&ticket).is_none() && !inner.on_drain_thread() {
                    (inner, _) = self.shell.wait_for_news(inner, None);
                }
            }
            drop(inner);
            self.shell.join();
        }
    }
}
