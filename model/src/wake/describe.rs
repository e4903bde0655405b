//! States and steps as lines a person can read.

use super::memory::{NEVER, Pos, Who, attention};
use super::model::{Action, Answer, Call, Rest};
use super::state::{DPc, Doze, Flush, PPc, Park, Wait, WakeState};
use std::fmt::Write;

/// A step by itself.
#[must_use]
pub fn action(action: Action) -> String {
    match action {
        Action::Call(made) => format!("P calls: {}", call(made)),
        Action::Other(made) => format!("another handle calls: {}", call(made)),
        Action::GiveUp => "P gives its wait up".to_owned(),
        Action::Next(who) => format!("{who:?} runs its next instruction"),
        Action::Rest(Rest::Spin) => "D looks again before it sleeps".to_owned(),
        Action::Rest(rest) => format!("D announces: asleep, {}", resting(rest)),
        Action::Sink(Answer::Took(len)) => format!("the sink took {len}; D notes it"),
        Action::Sink(Answer::Flushed) => "the sink flushed; D notes it".to_owned(),
        Action::Sink(Answer::Interrupted) => "the sink was interrupted; D notes it".to_owned(),
        Action::Sink(Answer::WouldBlock) => "the sink would block; D notes it and pauses".to_owned(),
        Action::Sink(Answer::Failed) => "the sink failed; D notes it".to_owned(),
        Action::Sink(Answer::NotNow) => "the sink says: not now; D notes it".to_owned(),
        Action::Try => "P locks, takes the sink in D's place, unlocks".to_owned(),
        Action::Tried(Answer::Took(len)) => format!("the sink took {len} from P; P notes it"),
        Action::Tried(Answer::Failed) => "the sink failed; P notes it".to_owned(),
        Action::Tried(_) => "the sink says: not now; P notes it".to_owned(),
        Action::TimeOut => "D's time limit is over".to_owned(),
        Action::Spurious(who) => format!("{who:?}'s wait returns without a reason"),
        Action::Leave(who, index) => format!("store {index} of {who:?}'s buffer becomes visible"),
        Action::ReadAhead => "P's machine reads wake_at ahead of the program".to_owned(),
    }
}

/// A step in the state in which it is taken.
#[must_use]
pub fn step(before: &WakeState, taken: Action) -> String {
    match taken {
        Action::Next(Who::P) if matches!(before.p.pc, PPc::Parked(_)) => "P is unparked".to_owned(),
        Action::Next(Who::P) => format!("P {}", producer(before.p.pc)),
        Action::Next(Who::D) => format!("D {}", drainer(before.d.pc)),
        Action::Leave(who, index) => {
            let store = before.memory.buffers[who as usize].get(index);
            format!("{who:?}'s store {} becomes visible", store.map_or_else(String::new, ToString::to_string))
        }
        taken => action(taken),
    }
}

fn call(call: Call) -> String {
    match call {
        Call::Write(len) => format!("write {len}"),
        Call::Drained => "wait for the drain".to_owned(),
        Call::Flush => "ask for a flush".to_owned(),
        Call::Flushed => "wait for the flush".to_owned(),
        Call::Cork => "cork".to_owned(),
        Call::Uncork => "uncork".to_owned(),
        Call::End => "end".to_owned(),
        Call::Destroy => "destroy".to_owned(),
        Call::Closed => "wait for close".to_owned(),
    }
}

fn resting(rest: Rest) -> &'static str {
    match rest {
        Rest::Spin => "not at all",
        Rest::Linger => "with a time limit, until a batch",
        Rest::Deep => "until a byte",
        Rest::Held => "over corked bytes",
    }
}

fn parked(park: Park) -> &'static str {
    match park {
        Park::Drain => "the drain",
        Park::Flush => "the flush",
        Park::Close => "close",
    }
}

fn producer(pc: PPc) -> String {
    match pc {
        PPc::Idle => "is between calls".to_owned(),
        PPc::Check(len) => format!("(write {len}) loads attention; looks for room; copies"),
        PPc::Reload(len) => format!("(write {len}) loads head; looks for room; copies"),
        PPc::LookFirst(len) => format!("(write {len}) loads wake_at, too early"),
        PPc::Publish(len, _) => format!("(write {len}) stores tail"),
        PPc::Fence => "(write) fence(SeqCst)".to_owned(),
        PPc::Look => "(write) loads wake_at, compares".to_owned(),
        PPc::Wake => "(write) locks, wakes D if it sleeps, unlocks".to_owned(),
        PPc::Notify => "(write) notifies".to_owned(),
        PPc::ResetLate => "(write) stores wake_at, without the lock".to_owned(),
        PPc::Trying(len) => format!("is in the sink's write of {len}"),
        PPc::Slow(len) => format!("(write {len}) slow path: locks, decides, unlocks"),
        PPc::Parked(park) => format!("waits for {}", parked(park)),
        PPc::Unparked(park) => format!("locks, looks for {}, unlocks", parked(park)),
        PPc::Gone => "has finished".to_owned(),
    }
}

fn drainer(pc: DPc) -> String {
    match pc {
        DPc::Look => "locks, looks for work".to_owned(),
        DPc::Rest(_) => "decides how to rest".to_owned(),
        DPc::Fence(_) => "fence".to_owned(),
        DPc::Recheck(_) => "loads tail again, compares".to_owned(),
        DPc::Wait(_) => "unlocks and waits".to_owned(),
        DPc::WaitLate(_) => "waits, having unlocked before".to_owned(),
        DPc::Relock(_) => "locks again, looks at asleep and tail".to_owned(),
        DPc::Asleep { timed } => format!("sleeps{}", if timed { " with a time limit" } else { "" }),
        DPc::Writing(len) => format!("is in the sink's write of {len}"),
        DPc::Flushing => "is in the sink's flush".to_owned(),
        DPc::Settle(_) => "emits the drain if it is due".to_owned(),
        DPc::Unlock => "unlocks".to_owned(),
        DPc::AttentionLate => "stores attention, without the lock".to_owned(),
        DPc::Unpark => "unparks P".to_owned(),
        DPc::Gone => "has ended".to_owned(),
    }
}

fn position(at: Pos) -> String {
    if at == NEVER { "never".to_owned() } else { at.to_string() }
}

/// A state in one line.
#[must_use]
pub fn line(state: &WakeState) -> String {
    let (memory, guarded) = (&state.memory, &state.guarded);
    let mut line = format!(
        "tail {} head {} wake_at {} attention {}",
        memory.tail,
        memory.head,
        position(memory.wake_at),
        attention(memory.attention)
    );
    for who in [Who::P, Who::D] {
        let stores: Vec<String> = memory.buffers[who as usize].iter().map(ToString::to_string).collect();
        if !stores.is_empty() {
            let _ = write!(line, " {who:?}[{}]", stores.join(" "));
        }
    }
    let _ = write!(line, " | {:?}", guarded.phase);
    let words = [
        (guarded.closed, " closed"),
        (guarded.owed, " owed"),
        (guarded.corked > 0, " corked"),
        (guarded.doze == Doze::Asleep, " asleep"),
        (guarded.doze == Doze::Lingering, " lingering"),
        (guarded.trying, " trying"),
        (state.locked, " locked"),
        (guarded.wait != Wait::None, " wait"),
        (guarded.flush != Flush::None, " flush"),
        (guarded.handle.is_some(), " handle"),
        (state.p.token, " token"),
    ];
    for (_, word) in words.iter().filter(|(is, _)| *is) {
        line.push_str(word);
    }
    let _ = write!(line, " | P: {} | D: {}", producer(state.p.pc), drainer(state.d.pc));
    if let Some(broken) = state.broken {
        let _ = write!(line, " | BROKEN: {broken:?}");
    }
    line
}
