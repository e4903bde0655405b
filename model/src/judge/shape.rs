//! Whether records are the log of a stream at all, whatever the stream did. What is wrong here is the recorder's fault.

use super::Malformed;
use super::names::UNSEEN;
use crate::contract::{Call, Params, SinkAnswer, Waiter};
use crate::record::{Ev, Op, Record, Ret};
use crate::vocabulary::Run;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the sink is in the middle of, going by the log alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Busy {
    Writing,
    Flushing,
}

/// What must be known of the records so far.
#[derive(Default)]
pub(super) struct Shape {
    open: HashMap<u64, Op>,
    numbers: Ranges,
    handles: HashSet<Waiter>,
    ever: Ranges,
    /// Two calls at once are the writer's fault (O-05) and not for this file to find.
    busy: Vec<Busy>,
}

/// Which numbers there were. Those that were given out one after the other take up no room.
#[derive(Default)]
struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    /// Whether the number is new.
    fn insert(&mut self, number: u64) -> bool {
        let before = self.0.range(..=number).next_back().map(|(first, last)| (*first, *last));
        if before.is_some_and(|(_, last)| number <= last) {
            return false;
        }
        let first = before.filter(|(_, last)| *last + 1 == number).map_or(number, |(first, _)| first);
        let last = number.checked_add(1).and_then(|next| self.0.remove(&next)).unwrap_or(number);
        self.0.insert(first, last);
        true
    }
}

/// The parameters that the first record of a log holds.
pub(super) fn begin(first: &Record) -> Result<Params, Malformed> {
    let Ev::New(params) = &first.ev else {
        return Err(Malformed { at: 0, why: NOT_NEW.to_owned() });
    };
    let (high, low, capacity) = (params.high_water_mark, params.low_water_mark, params.capacity);
    Params::new(high, low, capacity).map_err(|error| Malformed { at: 0, why: error.to_string() })?;
    Ok(*params)
}

pub(super) const NOT_NEW: &str = "the first record must be new";

impl Shape {
    /// Checks the next record.
    pub(super) fn take(&mut self, ev: &Ev) -> Result<(), String> {
        match ev {
            Ev::New(_) => Err("there is a second new; a log is of one stream".to_owned()),
            Ev::Call { q, op } => self.call(*q, *op),
            Ev::Return { q, ret } => self.returns(*q, *ret),
            Ev::Sink(runs) => {
                self.busy.push(Busy::Writing);
                runs_end(runs)
            }
            Ev::SinkFlush => {
                self.busy.push(Busy::Flushing);
                Ok(())
            }
            Ev::SinkReturn(answer) => self.sink_returns(*answer),
            Ev::Recovered(back) => runs_end(&back.bytes),
            Ev::Emit(_) | Ev::Quiesce => Ok(()),
        }
    }

    fn call(&mut self, q: u64, op: Op) -> Result<(), String> {
        if !self.numbers.insert(q) {
            return Err(format!("the number {q} was given to a call before"));
        }
        match op {
            Op::Call(Call::Write { producer, .. }) if producer >= UNSEEN => {
                return Err(format!("{producer} is no producer"));
            }
            Op::Call(Call::Wait(waiter) | Call::Flush(waiter)) if !self.ever.insert(waiter as u64) => {
                return Err(format!("the name {waiter} was given to a wait or flush request before"));
            }
            Op::Call(Call::Cancel(waiter)) if !self.handles.remove(&waiter) => {
                return Err(format!("there is no wait or flush request {waiter} to give up"));
            }
            Op::Await(waiter) if !self.handles.contains(&waiter) => {
                return Err(format!("there is no wait or flush request {waiter} to wait for"));
            }
            _ => {}
        }
        self.open.insert(q, op);
        Ok(())
    }

    fn returns(&mut self, q: u64, ret: Ret) -> Result<(), String> {
        let Some(op) = self.open.remove(&q) else {
            return Err(format!("call {q} was not made, or has returned"));
        };
        match (op, ret) {
            (Op::Call(Call::Write { .. }), Ret::Wrote(_))
            | (
                Op::Call(Call::Cancel(_) | Call::Cork | Call::Uncork | Call::End | Call::Destroy),
                Ret::Done,
            )
            | (Op::Await(_) | Op::Closed, Ret::TimedOut)
            | (Op::Closed, Ret::Over(_)) => Ok(()),
            (Op::Call(Call::Wait(waiter) | Call::Flush(waiter)), Ret::Done) => {
                self.handles.insert(waiter);
                Ok(())
            }
            (Op::Await(waiter), Ret::Woken(_)) => {
                self.handles.remove(&waiter);
                Ok(())
            }
            _ => Err(format!("{} cannot return {ret}", op.name())),
        }
    }

    fn sink_returns(&mut self, answer: SinkAnswer) -> Result<(), String> {
        let could_be = |busy: &Busy| match answer {
            SinkAnswer::Took(_) => *busy == Busy::Writing,
            SinkAnswer::Flushed => *busy == Busy::Flushing,
            _ => true,
        };
        match self.busy.iter().position(could_be) {
            Some(index) => {
                self.busy.remove(index);
                Ok(())
            }
            None => Err(format!("the sink answers {answer:?}, but no call in progress can end like this")),
        }
    }
}

/// A run that ends beyond the largest integer is no run.
fn runs_end(runs: &[Run]) -> Result<(), String> {
    match runs.iter().find(|run| run.from.checked_add(run.len).is_none() || run.producer >= UNSEEN) {
        Some(run) => Err(format!("{run:?} ends nowhere, or is of nobody")),
        None => Ok(()),
    }
}
