//! What only a stream that is driven by a task does.

use super::{Lockstep, same};
use crate::driving::{Driving, Executor};
use highwater_model::contract::{Action, Call, Phase, Sink, SinkAnswer, System, system_actions};

impl Lockstep {
    /// The stream was destroyed: a call that is pending has taken nothing, and is not waited for.
    pub(super) fn give_up_what_is_pending(&mut self) -> Result<(), String> {
        if self.driving == Driving::Pending && self.state.sink != Sink::Idle {
            self.gate.is_given_up();
            self.model(Action::Sink(SinkAnswer::Interrupted))?;
        }
        Ok(())
    }

    /// Drops the driver: the sink's next call fails without it, and one is asked for if there is none.
    pub(super) fn abandon(&mut self) -> Result<(), String> {
        self.executor.take().into_iter().for_each(Executor::drop_driver);
        if !self.state.is_live() {
            return Ok(());
        }
        if self.state.sink == Sink::Idle {
            if self.due_call().is_none() {
                let waiter = self.new_waiter();
                self.model(Action::Call(Call::Flush(waiter)))?;
            }
            let call = self.due_call().ok_or("a flush was asked for, and nothing is due")?;
            self.model(Action::System(call))?;
            self.gate.is_passed_by();
        } else {
            self.gate.is_given_up();
        }
        self.model(Action::Sink(SinkAnswer::Failed)).map(|_| ())
    }

    /// A call that was pending was polled again as the same call, and the last flush was followed by a shutdown.
    pub(super) fn compare_polls(&self) -> Result<(), String> {
        same("what is wrong in any case", &self.gate.wrong(), &None)?;
        let shut_down = self.driving != Driving::Thread && self.state.phase == Phase::Finished;
        same("how often the sink was shut down", &self.gate.shutdowns(), &usize::from(shut_down))
    }

    /// The call of the sink that is due; a write of all there is.
    fn due_call(&self) -> Option<System> {
        let mut able = system_actions(&self.params, &self.state, true).into_iter();
        able.rfind(|system| matches!(system, System::Offer(_) | System::FlushSink))
    }
}
