//! What is waited for: a drain, a flush, the close. Each request is answered at once or registered, and is over at one moment, for one reason.

use super::{Asked, Awaited, FlushRequest, Phase, State, Ticket};
use crate::error::WaitError;

impl State {
    /// A wait for the next drain.
    pub(crate) fn ask_drained(&mut self) -> Asked {
        match &self.left_open {
            Some(_) => Asked::Ready(Err(self.why_over())), // D-08
            None if self.drain_owed => self.register(Awaited::Drain { after: self.drains }),
            None => Asked::Ready(Ok(())), // D-08
        }
    }

    /// A request to be told when all bytes accepted so far are taken and flushed.
    pub(crate) fn ask_flushed(&mut self) -> Asked {
        match &self.phase {
            Phase::Open | Phase::Ending => {
                let target = self.accepted;
                let asked = self.register(Awaited::Flush { after: self.flushed.count, target });
                if let Asked::Registered(Ticket { id, .. }) = asked {
                    self.flushes.push(FlushRequest { id, target });
                }
                asked
            }
            Phase::Finished => Asked::Ready(Ok(())), // E-04 has flushed everything
            Phase::Failed(_) | Phase::Destroyed => Asked::Ready(Err(self.why_over())), // E-08
        }
    }

    pub(crate) fn ask_closed(&mut self) -> Asked {
        let asked = self.register(Awaited::Close);
        match &asked {
            Asked::Registered(ticket) => self.outcome(ticket).map_or(asked, Asked::Ready),
            Asked::Ready(_) => asked,
        }
    }

    fn register(&mut self, awaited: Awaited) -> Asked {
        let id = self.next_id;
        self.next_id += 1;
        Asked::Registered(Ticket { id, awaited })
    }

    /// D-10: giving a wait up changes nothing, except that a flush request no longer overrides the cork.
    pub(crate) fn give_up(&mut self, ticket: &Ticket) {
        self.flushes.retain(|flush| flush.id != ticket.id);
    }

    /// What a registered wait is told, if it is over. What was reached first counts: a later end, error or destroy does not undo it.
    pub(crate) fn outcome(&self, ticket: &Ticket) -> Option<Result<(), WaitError>> {
        match ticket.awaited {
            Awaited::Drain { after } if self.drains > after => Some(Ok(())), // D-07
            Awaited::Drain { .. } => self.left_open.clone().map(Err),        // D-09
            Awaited::Flush { after, target }
                if self.flushed.count > after && self.flushed.taken >= target =>
            {
                Some(Ok(())) // E-07
            }
            Awaited::Flush { .. } => match &self.phase {
                Phase::Open | Phase::Ending | Phase::Finished => None,
                Phase::Failed(_) | Phase::Destroyed => Some(Err(self.why_over())), // E-08
            },
            Awaited::Close if !self.closed => None,
            Awaited::Close if matches!(self.phase, Phase::Finished) => Some(Ok(())),
            Awaited::Close => Some(Err(self.why_over())),
        }
    }

    /// Why the phase is not open any more.
    fn why_over(&self) -> WaitError {
        match &self.phase {
            Phase::Failed(error) => WaitError::Errored(error.clone()),
            Phase::Destroyed => WaitError::Destroyed,
            Phase::Open | Phase::Ending | Phase::Finished => WaitError::AfterEnd,
        }
    }
}
