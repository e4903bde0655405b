//! The contract of SPEC.md as a pure function: [`step`] takes a state and an action and says what comes of it.
//!
//! Nothing here knows of threads, of stateright, or of who calls when: `world.rs` supplies every possible environment,
//! `judge.rs` the one that was recorded.

pub use crate::state::*;
pub use crate::vocabulary::*;

/// Everything that comes of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The state afterwards.
    pub state: State,
    /// What the caller is told, if the step was a call.
    pub answer: Option<Answer>,
    /// What observers are told, in order.
    pub events: Vec<Event>,
    /// Which waits and flush requests are woken, in order.
    pub wakes: Vec<(Waiter, Wake)>,
    /// The bytes the sink took, in order.
    pub taken: Vec<Run>,
}

impl Outcome {
    fn unchanged(state: &State) -> Self {
        Self { state: state.clone(), answer: None, events: Vec::new(), wakes: Vec::new(), taken: Vec::new() }
    }

    fn answered(mut self, answer: Answer) -> Self {
        self.answer = Some(answer);
        self
    }
}

/// Takes one step, or answers `None` if the action is not possible in this state. Calls are possible in every state.
#[must_use]
pub fn step(params: &Params, state: &State, action: Action) -> Option<Outcome> {
    match action {
        Action::Call(call) => Some(step_call(params, state, call)),
        Action::System(system) => step_system(params, state, system),
        Action::Sink(answer) => step_sink(params, state, answer),
    }
}

/// The steps the writer can take by itself now. It may offer any prefix; `whole` leaves all but the longest out.
#[must_use]
pub fn system_actions(params: &Params, state: &State, whole: bool) -> Vec<System> {
    let mut actions = Vec::new();
    let b = state.buffered();
    if can_offer(params, state) {
        let shortest = if whole { b } else { 1 };
        actions.extend((shortest..=b).map(System::Offer));
    }
    if can_flush(state) {
        actions.push(System::FlushSink);
    }
    if state.drain_due(params) {
        actions.push(System::Drain);
    }
    if can_close(state) {
        actions.push(System::Close);
    }
    actions
}

fn can_offer(params: &Params, state: &State) -> bool {
    state.is_live()
        && state.sink == Sink::Idle
        && !state.queue.is_empty()
        && !state.flush_due()
        && !state.held_by_cork(params)
}

fn can_flush(state: &State) -> bool {
    let last_flush = state.phase == Phase::Ending && state.queue.is_empty();
    state.is_live() && state.sink == Sink::Idle && (state.flush_due() || last_flush)
}

fn can_close(state: &State) -> bool {
    !state.is_live() && !state.closed && state.sink == Sink::Idle
}

fn step_call(params: &Params, state: &State, call: Call) -> Outcome {
    let mut out = Outcome::unchanged(state);
    match call {
        Call::Write { producer, seq, len } => {
            let answer = write(params, &mut out.state, Run { producer, seq, from: 0, len });
            out.answered(answer)
        }
        Call::Wait(waiter) => {
            let answer = wait(&mut out.state, waiter);
            out.answered(answer)
        }
        Call::Flush(waiter) => {
            let answer = flush(&mut out.state, waiter);
            out.answered(answer)
        }
        Call::Cancel(waiter) => {
            out.state.waits.retain(|w| *w != waiter);
            out.state.flushes.retain(|flush| flush.waiter != waiter);
            out.answered(Answer::Done)
        }
        Call::Cork => {
            if state.phase == Phase::Open {
                out.state.corked += 1;
            }
            out.answered(Answer::Done)
        }
        Call::Uncork => {
            out.state.corked = state.corked.saturating_sub(1);
            out.answered(Answer::Done)
        }
        Call::End => {
            if state.phase == Phase::Open {
                out.state.phase = Phase::Ending;
                leave_open(&mut out, Wake::AfterEnd);
            }
            out.answered(Answer::Done)
        }
        Call::Destroy => {
            if state.is_live() {
                out.state.phase = Phase::Destroyed;
                leave_open(&mut out, Wake::Destroyed);
                give_up_flushes(&mut out, Wake::Destroyed);
            }
            out.answered(Answer::Done)
        }
    }
}

fn write(params: &Params, state: &mut State, run: Run) -> Answer {
    match state.phase {
        Phase::Ending | Phase::Finished => return Answer::AfterEnd, // W-08
        Phase::Destroyed => return Answer::Destroyed,               // W-09
        Phase::Failed(cause) => return Answer::Errored(cause),      // W-10
        Phase::Open => {}
    }
    if run.len > params.capacity {
        return Answer::TooLarge; // W-05
    }
    if state.buffered().checked_add(run.len).is_none_or(|b| b > params.capacity) {
        state.drain_owed = true;
        state.refused = state.refused.max(run.len);
        return Answer::Full; // W-06
    }
    if run.len > 0 {
        state.queue.push(run); // W-01, W-07
    }
    if state.drain_owed || state.buffered() >= params.high_water_mark {
        state.drain_owed = true;
        Answer::Pause // W-03, W-04
    } else {
        Answer::Continue
    }
}

fn wait(state: &mut State, waiter: Waiter) -> Answer {
    match state.phase {
        Phase::Open if state.drain_owed => {
            state.waits.push(waiter);
            Answer::Registered
        }
        Phase::Open => Answer::Ready(Wake::Drained), // D-08
        Phase::Ending | Phase::Finished => Answer::Ready(Wake::AfterEnd),
        Phase::Failed(cause) => Answer::Ready(Wake::Errored(cause)),
        Phase::Destroyed => Answer::Ready(Wake::Destroyed),
    }
}

fn flush(state: &mut State, waiter: Waiter) -> Answer {
    match state.phase {
        Phase::Open | Phase::Ending => {
            let left = state.buffered();
            state.flushes.push(FlushRequest { waiter, left });
            Answer::Registered
        }
        Phase::Finished => Answer::Ready(Wake::Flushed),
        Phase::Failed(cause) => Answer::Ready(Wake::Errored(cause)),
        Phase::Destroyed => Answer::Ready(Wake::Destroyed),
    }
}

/// What only an open stream has ends with phase open: the owed drain, the waits (D-09) and the corks (W-14).
fn leave_open(out: &mut Outcome, reason: Wake) {
    out.state.drain_owed = false;
    out.state.refused = 0;
    out.state.corked = 0;
    let waits = std::mem::take(&mut out.state.waits);
    out.wakes.extend(waits.into_iter().map(|waiter| (waiter, reason)));
}

/// E-08.
fn give_up_flushes(out: &mut Outcome, reason: Wake) {
    let flushes = std::mem::take(&mut out.state.flushes);
    out.wakes.extend(flushes.into_iter().map(|flush| (flush.waiter, reason)));
}

fn step_system(params: &Params, state: &State, system: System) -> Option<Outcome> {
    let mut out = Outcome::unchanged(state);
    match system {
        System::Offer(len) => {
            if !can_offer(params, state) || len == 0 || len > state.buffered() {
                return None;
            }
            out.state.sink = Sink::Writing(len);
        }
        System::FlushSink => {
            if !can_flush(state) {
                return None;
            }
            out.state.sink = Sink::Flushing;
        }
        System::Drain => {
            if !state.drain_due(params) {
                return None;
            }
            out.state.drain_owed = false; // D-05
            out.state.refused = 0;
            out.events.push(Event::Drain);
            let waits = std::mem::take(&mut out.state.waits); // D-07
            out.wakes.extend(waits.into_iter().map(|waiter| (waiter, Wake::Drained)));
        }
        System::Close => {
            if !can_close(state) {
                return None;
            }
            out.state.closed = true;
            out.events.push(Event::Close);
        }
    }
    Some(out)
}

fn step_sink(params: &Params, state: &State, answer: SinkAnswer) -> Option<Outcome> {
    let mut out = Outcome::unchanged(state);
    out.state.sink = Sink::Idle;
    let offered = match (state.sink, answer) {
        (Sink::Idle, _) | (Sink::Writing(_), SinkAnswer::Flushed) | (Sink::Flushing, SinkAnswer::Took(_)) => {
            return None;
        }
        (Sink::Writing(offered), _) => offered,
        (Sink::Flushing, _) => 0,
    };
    match answer {
        SinkAnswer::Took(0) => fail(&mut out, Cause::WriteZero, 0),
        SinkAnswer::Took(len) if len > offered => fail(&mut out, Cause::InvalidData, offered),
        SinkAnswer::Took(len) => take(&mut out, len),
        SinkAnswer::Flushed => flushed(&mut out),
        SinkAnswer::WouldBlock if !params.retry_would_block => fail(&mut out, Cause::WouldBlock, 0),
        SinkAnswer::Interrupted | SinkAnswer::WouldBlock => {} // the call becomes possible again.
        SinkAnswer::Failed => fail(&mut out, Cause::Failed, 0),
        SinkAnswer::Panicked => fail(&mut out, Cause::Panicked, offered),
    }
    Some(out)
}

/// Moves `len` bytes from the front of the queue to the sink (O-01) and nearer to every flush request.
fn take(out: &mut Outcome, len: usize) {
    let mut left = len;
    while left > 0 {
        let Some(front) = out.state.queue.first_mut() else { break };
        let part = left.min(front.len);
        out.taken.push(Run { len: part, ..*front });
        front.from += part;
        front.len -= part;
        left -= part;
        if front.len == 0 {
            out.state.queue.remove(0);
        }
    }
    for flush in &mut out.state.flushes {
        flush.left = flush.left.saturating_sub(len);
    }
}

/// E-07: nothing is taken while the sink flushes, so what was due before the flush is what is due after it.
fn flushed(out: &mut Outcome) {
    if !out.state.is_live() {
        return;
    }
    let (done, pending) = out.state.flushes.drain(..).partition(|flush| flush.left == 0);
    out.state.flushes = pending;
    let done: Vec<FlushRequest> = done;
    out.wakes.extend(done.into_iter().map(|flush| (flush.waiter, Wake::Flushed)));
    if out.state.phase == Phase::Ending && out.state.queue.is_empty() {
        out.state.phase = Phase::Finished; // E-02, E-03, E-04
        out.events.push(Event::Finish);
    }
}

/// when *destroy* came first.
fn fail(out: &mut Outcome, cause: Cause, unknown: usize) {
    out.state.unknown = unknown;
    if out.state.phase == Phase::Destroyed {
        out.state.held_back = Some(cause);
        return;
    }
    out.state.phase = Phase::Failed(cause);
    out.events.push(Event::Error(cause));
    leave_open(out, Wake::Errored(cause));
    give_up_flushes(out, Wake::Errored(cause));
}
