//! A builder's marks are checked and its stream begins, on a thread or without one.

use super::Builder;
use crate::direct::TryWriteFn;
use crate::drain;
use crate::final_step::FinalStep;
use crate::handle::Handle;
use crate::marks;
use crate::pace::Pacing;
use crate::shell::{Setup, Shell};
use crate::span::Span;
use crate::spawn_error::{SpawnError, SpawnErrorReason};
use crate::state::Params;
use crate::sync::{self, Arc, Barrier};
use crate::writer::Writer;
use std::io::Write;
use std::time::Duration;

/// How many bytes are worth a call of the sink by the producer: few enough to be still in its own cache.
const DIRECT_BATCH: usize = 16 * 1024;
/// How long fewer bytes than a batch wait for more, in a builder that was not told another time.
const LINGER: Duration = Duration::from_millis(1);

/// What the thread is called, and the span, in a builder that was not told another name.
const NAME: &str = "highwater";

impl Builder {
    pub(crate) fn start<W: Write + Send + 'static>(
        self,
        try_write: Option<TryWriteFn<W>>,
        final_step: Option<FinalStep<W>>,
        sink: W,
    ) -> Result<Writer<W>, SpawnError<W>> {
        let params = match self.params() {
            Ok(params) => params,
            Err(reason) => return Err(SpawnError { reason, sink }),
        };
        let name = self.thread_name.clone().unwrap_or_else(|| NAME.to_owned());
        if name.contains('\0') {
            return Err(SpawnError { reason: SpawnErrorReason::ThreadName, sink });
        }
        let (on_drop, pacing) = (self.on_drop, self.pacing(params.high, try_write.is_some()));
        let (shell, producer) = Shell::new(self.set_up(params, pacing), try_write, sink);
        let shell = Arc::new(shell);
        let drained = Arc::clone(&shell);
        match sync::spawn(Some(name), move || drain::run(&drained, final_step)) {
            Ok(thread) => {
                shell.lock().thread = Some(thread);
                Ok(Writer { handle: Handle { shell, on_drop }, producer })
            }
            Err(error) => {
                let sink =
                    shell.lock().slot.take().expect("a thread that was not started has not touched the sink");
                Err(SpawnError { reason: SpawnErrorReason::Thread(error), sink: *sink })
            }
        }
    }

    pub(crate) fn set_up(self, params: Params, pacing: Pacing) -> Setup {
        Setup {
            params,
            pacing,
            would_block_pause: self.would_block_pause,
            observer: self.observer,
            tracer: self.trace.begin(&params),
            span: Span::begin(&params, self.thread_name.as_deref().unwrap_or(NAME)),
            barrier: if self.plain_fences { Barrier::Plain } else { Barrier::choose() },
        }
    }

    fn pacing(&self, high: usize, is_direct: bool) -> Pacing {
        let usual = if is_direct { DIRECT_BATCH.min(high / 4) } else { high / 4 };
        let batch = self.batch.unwrap_or(usual).clamp(1, high);
        Pacing { batch, linger: self.linger.unwrap_or(LINGER).min(sync::LINGER_MAX), spins: !is_direct }
    }

    pub(crate) fn params(&self) -> Result<Params, SpawnErrorReason> {
        let (high, low, capacity) = marks::resolve(self.high, self.low, self.capacity)?;
        Ok(Params { high, low, capacity, retry_would_block: self.would_block_pause.is_some() })
    }
}
