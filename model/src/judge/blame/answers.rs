//! Why a call may not have returned this.

use super::{Case, Reason, because};
use crate::contract::{Action, Answer, Call, Phase, Wake, step};
use crate::judge::guess::Guess;
use crate::record::{Op, Over, Ret};
use crate::vocabulary::Waiter;

impl Case<'_> {
    pub(super) fn returned(&self, guess: &Guess, q: u64, ret: Ret) -> Reason {
        let Some(open) = guess.open.iter().find(|open| open.q == q) else {
            return because(0, "W-01", "the call was not made");
        };
        match (open.op, ret) {
            (Op::Call(call @ Call::Write { len, .. }), Ret::Wrote(got)) => match open.answer {
                Some(answer) => wrote(answer, got, false, len, 2),
                None => self.would_write(guess, call, got, len),
            },
            (Op::Await(waiter), ret) => self.awaited(guess, waiter, ret),
            (Op::Closed, Ret::Over(got)) => over(guess, got),
            (Op::Closed, _) => because(2, "L-04", "the stream was closed before the wait began"),
            (Op::Call(_), _) => because(0, "W-01", "the call has not taken effect"),
        }
    }

    fn would_write(&self, guess: &Guess, call: Call, got: Answer, len: usize) -> Reason {
        let answer = step(self.params, &guess.state, Action::Call(call)).and_then(|out| out.answer);
        let rank = if guess.state.phase == Phase::Open { 4 } else { 3 };
        answer.map_or_else(
            || because(0, "W-01", "the call has not taken effect"),
            |answer| wrote(answer, got, guess.state.drain_owed, len, rank),
        )
    }

    fn awaited(&self, guess: &Guess, waiter: Waiter, ret: Ret) -> Reason {
        let told = guess.wake_of(waiter);
        let is_flush = self.past.flushes.contains(&waiter);
        let got = match ret {
            Ret::Woken(wake) => wake,
            _ if is_flush => {
                return because(2, "L-05", "the flush request was answered before its time was up");
            }
            _ => return because(2, "D-07", "the wait was woken before its time was up"),
        };
        let Some(told) = told else {
            let pending = if is_flush { "flush request" } else { "wait" };
            let why = format!("the {pending} is registered and nothing that answers it has happened");
            return match got {
                Wake::Flushed => because(4, "E-07", why),
                Wake::Drained => because(4, "D-08", why),
                _ if is_flush => because(4, "E-08", why),
                _ => because(4, "D-09", why),
            };
        };
        let clause = match (is_flush, got) {
            (true, Wake::Flushed) => "E-07",
            (true, _) => "E-08",
            (false, _) => "D-09",
        };
        because(3, clause, format!("it was told {told:?}"))
    }
}

/// The clause by which a write of `len` bytes answers `answer` and not `got`.
fn wrote(answer: Answer, got: Answer, owed_before: bool, len: usize, rank: u8) -> Reason {
    use Answer::{AfterEnd, Continue, Destroyed, Errored, Full, Pause, TooLarge};
    let clause = match (answer, got) {
        (Continue, _) if len == 0 && got != Pause => "W-07",
        (Pause, Continue) if owed_before => "W-04",
        (Continue, Pause) | (Pause, Continue) => "W-03",
        (Continue | Pause, _) | (Full, Continue | Pause) => "W-02",
        (TooLarge, _) | (_, TooLarge) => "W-05",
        (Full, _) => "W-06",
        (AfterEnd, _) => "W-08",
        (Destroyed, _) => "W-09",
        (Errored(_), _) => "W-10",
        _ => "W-01",
    };
    because(rank, clause, format!("the answer must be {answer:?}"))
}

fn over(guess: &Guess, got: Over) -> Reason {
    match guess.state.phase {
        _ if !guess.state.closed => because(1, "E-05", "the stream is not closed"),
        Phase::Failed(_) if got == Over::Finished => because(2, "X-02", "the stream failed"),
        Phase::Failed(cause) => because(2, "W-10", format!("the stream failed with {cause:?}")),
        Phase::Destroyed => because(2, "X-11", "the stream was destroyed"),
        phase => because(2, "E-02", format!("the stream is in phase {phase:?}")),
    }
}
