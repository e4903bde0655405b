//! The step function, case by case: each call in each phase, and each answer of the sink to each call in each phase.

use highwater_model::contract::{
    Action, Answer, Call, Cause, Event, FlushRequest, Outcome, Params, Phase, Run, Sink, SinkAnswer, State,
    System, Wake, step, system_actions,
};

const PARAMS: Params =
    Params { high_water_mark: 4, low_water_mark: 2, capacity: 6, retry_would_block: false };

/// One chunk of so many bytes, and nothing else.
fn holding(len: usize) -> State {
    State { queue: vec![Run { producer: 0, seq: 0, from: 0, len }], ..State::new() }
}

fn write(len: usize) -> Action {
    Action::Call(Call::Write { producer: 1, seq: 7, len })
}

fn take(state: &State, action: Action) -> Outcome {
    step(&PARAMS, state, action).expect("the step is possible")
}

fn answer(state: &State, call: Call) -> Answer {
    take(state, Action::Call(call)).answer.expect("a call is answered")
}

/// The phases in which nothing is accepted any more, and what a write is then told.
const OVER: [(Phase, Answer); 4] = [
    (Phase::Ending, Answer::AfterEnd),
    (Phase::Finished, Answer::AfterEnd),
    (Phase::Destroyed, Answer::Destroyed),
    (Phase::Failed(Cause::WriteZero), Answer::Errored(Cause::WriteZero)),
];

#[test]
fn a_write_is_answered_by_what_is_buffered() {
    // Already buffered, owed, length; answer, buffered and owed and r afterwards.
    let cases = [
        (0, false, 3, Answer::Continue, 3, false, 0),
        (0, false, 4, Answer::Pause, 4, true, 0),
        (3, false, 1, Answer::Pause, 4, true, 0),
        (3, false, 3, Answer::Pause, 6, true, 0),
        (3, false, 4, Answer::Full, 3, true, 4),
        (0, false, 6, Answer::Pause, 6, true, 0),
        (0, false, 7, Answer::TooLarge, 0, false, 0),
        (6, true, 7, Answer::TooLarge, 6, true, 0),
        (1, true, 1, Answer::Pause, 2, true, 0),
        (0, false, 0, Answer::Continue, 0, false, 0),
        (6, true, 0, Answer::Pause, 6, true, 0),
    ];
    for (before, owed, len, wanted, after, owed_after, refused) in cases {
        let mut state = if before > 0 { holding(before) } else { State::new() };
        state.drain_owed = owed;
        let out = take(&state, write(len));
        let found = (out.answer, out.state.buffered(), out.state.drain_owed, out.state.refused);
        assert_eq!(found, (Some(wanted), after, owed_after, refused), "{before} buffered, {len} written");
        assert!(out.events.is_empty() && out.wakes.is_empty() && out.taken.is_empty());
    }
}

#[test]
fn the_longest_refusal_is_held_until_the_drain() {
    let refused = |state: &State, len| take(state, write(len)).state;
    let state = refused(&refused(&refused(&holding(5), 2), 4), 3);
    assert_eq!(state.refused, 4);
    let low = State { queue: holding(2).queue, ..state };
    let drained = take(&low, Action::System(System::Drain));
    assert_eq!((drained.state.refused, drained.state.drain_owed), (0, false));
    assert_eq!(drained.events, [Event::Drain]);
    let not_low_enough = State { queue: holding(2).queue, refused: 5, ..low };
    assert_eq!(step(&PARAMS, &not_low_enough, Action::System(System::Drain)), None);
}

#[test]
fn the_largest_capacity_is_no_limit_but_arithmetic_s_own() {
    let params = Params { capacity: usize::MAX, ..PARAMS };
    let answer = |len| step(&params, &holding(usize::MAX - 1), write(len)).unwrap().answer;
    assert_eq!(answer(1), Some(Answer::Pause));
    assert_eq!(answer(2), Some(Answer::Full), "b + len is more than the largest integer, not equal to it");
}

#[test]
fn a_write_after_the_end_is_refused_and_changes_nothing() {
    for (phase, wanted) in OVER {
        for closed in [false, true] {
            let state = State { phase, closed, ..holding(1) };
            for len in [0, 1, 7] {
                let out = take(&state, write(len));
                assert_eq!((out.answer, &out.state), (Some(wanted), &state));
            }
        }
    }
}

#[test]
fn a_wait_is_registered_only_for_an_owed_drain() {
    let owing = State { drain_owed: true, ..holding(5) };
    let out = take(&owing, Action::Call(Call::Wait(3)));
    assert_eq!((out.answer, out.state.waits), (Some(Answer::Registered), vec![3]));
    assert_eq!(answer(&holding(1), Call::Wait(3)), Answer::Ready(Wake::Drained));
    let told = [Wake::AfterEnd, Wake::AfterEnd, Wake::Destroyed, Wake::Errored(Cause::WriteZero)];
    for ((phase, _), wake) in OVER.into_iter().zip(told) {
        assert_eq!(answer(&State { phase, ..State::new() }, Call::Wait(3)), Answer::Ready(wake));
    }
}

#[test]
fn a_flush_request_is_registered_while_the_sink_may_be_called() {
    for phase in [Phase::Open, Phase::Ending] {
        let out = take(&State { phase, ..holding(3) }, Action::Call(Call::Flush(5)));
        assert_eq!(out.answer, Some(Answer::Registered));
        assert_eq!(out.state.flushes, [FlushRequest { waiter: 5, left: 3 }]);
    }
    let at_once = |phase| answer(&State { phase, ..State::new() }, Call::Flush(5));
    assert_eq!(at_once(Phase::Finished), Answer::Ready(Wake::Flushed));
    assert_eq!(at_once(Phase::Destroyed), Answer::Ready(Wake::Destroyed));
    assert_eq!(at_once(Phase::Failed(Cause::Panicked)), Answer::Ready(Wake::Errored(Cause::Panicked)));
}

#[test]
fn giving_up_leaves_the_others() {
    let flush = |waiter| FlushRequest { waiter, left: 1 };
    let state =
        State { drain_owed: true, waits: vec![0, 1], flushes: vec![flush(2), flush(3)], ..holding(5) };
    let out = take(&state, Action::Call(Call::Cancel(0)));
    assert_eq!(out.state, State { waits: vec![1], ..state.clone() });
    let out = take(&state, Action::Call(Call::Cancel(3)));
    assert_eq!(out.state, State { flushes: vec![flush(2)], ..state });
}

#[test]
fn corks_count_in_phase_open_only() {
    let corked = |state: &State, call| take(state, Action::Call(call)).state.corked;
    assert_eq!(corked(&State { corked: 1, ..State::new() }, Call::Cork), 2);
    assert_eq!(corked(&State { corked: 2, ..State::new() }, Call::Uncork), 1);
    assert_eq!(corked(&State::new(), Call::Uncork), 0);
    for (phase, _) in OVER {
        assert_eq!(corked(&State { phase, ..State::new() }, Call::Cork), 0);
    }
    for call in [Call::End, Call::Destroy] {
        assert_eq!(corked(&State { corked: 2, ..State::new() }, call), 0);
    }
}

/// An open stream with everything pending.
fn busy() -> State {
    let flushes = vec![FlushRequest { waiter: 2, left: 1 }];
    State { drain_owed: true, refused: 3, corked: 1, waits: vec![0, 1], flushes, ..holding(5) }
}

#[test]
fn end_tells_the_waits_and_keeps_the_bytes_and_the_flush_requests() {
    let out = take(&busy(), Action::Call(Call::End));
    assert_eq!(out.wakes, [(0, Wake::AfterEnd), (1, Wake::AfterEnd)]);
    assert!(out.events.is_empty());
    let wanted = State { phase: Phase::Ending, flushes: busy().flushes, ..holding(5) };
    assert_eq!(out.state, wanted);
    for (phase, _) in OVER {
        let state = State { phase, ..holding(1) };
        assert_eq!(take(&state, Action::Call(Call::End)).state, state);
    }
}

#[test]
fn destroy_tells_everybody_and_keeps_the_bytes() {
    let out = take(&busy(), Action::Call(Call::Destroy));
    assert_eq!(out.wakes, [(0, Wake::Destroyed), (1, Wake::Destroyed), (2, Wake::Destroyed)]);
    assert_eq!(out.state, State { phase: Phase::Destroyed, ..holding(5) });
    for phase in [Phase::Finished, Phase::Failed(Cause::Failed), Phase::Destroyed] {
        let state = State { phase, ..holding(1) };
        assert_eq!(take(&state, Action::Call(Call::Destroy)).state, state);
    }
}

#[test]
fn the_writer_does_what_the_transition_table_says() {
    let able = |state: &State| system_actions(&PARAMS, state, true);
    let offer = |len| vec![System::Offer(len)];
    assert_eq!(able(&State::new()), []);
    assert_eq!(able(&holding(3)), offer(3));
    assert_eq!(system_actions(&PARAMS, &holding(3), false), [1, 2, 3].map(System::Offer));
    assert_eq!(able(&State { corked: 1, ..holding(3) }), [], "corked");
    assert_eq!(
        able(&State { corked: 1, drain_owed: true, ..holding(3) }),
        offer(3),
        "a drain is owed, not due"
    );
    assert_eq!(
        able(&State { corked: 1, drain_owed: true, ..holding(2) }),
        [System::Drain],
        "due: corked again"
    );
    let flushing = |left| vec![FlushRequest { waiter: 2, left }];
    assert_eq!(
        able(&State { corked: 1, flushes: flushing(1), ..holding(2) }),
        offer(2),
        "a flush is pending"
    );
    assert_eq!(able(&State { flushes: flushing(0), ..holding(2) }), [System::FlushSink], "a flush is due");
    assert_eq!(able(&State { phase: Phase::Ending, ..holding(2) }), offer(2));
    assert_eq!(able(&State { phase: Phase::Ending, ..State::new() }), [System::FlushSink]);
    for (phase, _) in OVER.into_iter().skip(1) {
        assert_eq!(able(&State { phase, ..holding(2) }), [System::Close]);
        assert_eq!(able(&State { phase, closed: true, ..holding(2) }), []);
    }
    for sink in [Sink::Writing(2), Sink::Flushing] {
        assert_eq!(
            able(&State { sink, drain_owed: true, ..holding(2) }),
            [System::Drain],
            "a drain needs no sink"
        );
        assert_eq!(able(&State { sink, phase: Phase::Destroyed, ..holding(2) }), [], "close does");
    }
}

#[test]
fn what_the_writer_cannot_do_is_no_step() {
    let actions = [System::Offer(0), System::Offer(3), System::FlushSink, System::Drain, System::Close];
    for action in actions {
        assert_eq!(step(&PARAMS, &holding(2), Action::System(action)), None, "{action:?}");
    }
    let took = |state: &State, answer| step(&PARAMS, state, Action::Sink(answer));
    for answer in [SinkAnswer::Took(1), SinkAnswer::Flushed, SinkAnswer::Failed, SinkAnswer::Panicked] {
        assert_eq!(took(&holding(2), answer), None, "the sink was not called");
    }
    assert_eq!(took(&State { sink: Sink::Writing(2), ..holding(2) }, SinkAnswer::Flushed), None);
    assert_eq!(took(&State { sink: Sink::Flushing, ..holding(2) }, SinkAnswer::Took(1)), None);
}

#[test]
fn a_short_write_takes_the_front_across_chunks() {
    let run = |seq, from, len| Run { producer: 0, seq, from, len };
    let flushes = vec![FlushRequest { waiter: 2, left: 2 }, FlushRequest { waiter: 3, left: 4 }];
    let queue = vec![run(0, 1, 2), run(1, 0, 2)];
    let state = State { queue, flushes, sink: Sink::Writing(4), ..State::new() };
    let out = take(&state, Action::Sink(SinkAnswer::Took(3)));
    assert_eq!(out.taken, [run(0, 1, 2), run(1, 0, 1)]);
    assert_eq!(out.state.queue, [run(1, 1, 1)]);
    assert_eq!(out.state.flushes.iter().map(|flush| flush.left).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(out.state.sink, Sink::Idle);
}

/// Answers that fail a stream whose sink was offered 2 bytes: the cause, and how many bytes have an unknown fate.
const FAILURES: [(SinkAnswer, Cause, usize); 5] = [
    (SinkAnswer::Took(0), Cause::WriteZero, 0),
    (SinkAnswer::Took(3), Cause::InvalidData, 2),
    (SinkAnswer::WouldBlock, Cause::WouldBlock, 0),
    (SinkAnswer::Failed, Cause::Failed, 0),
    (SinkAnswer::Panicked, Cause::Panicked, 2),
];

#[test]
fn a_failing_write_tells_everybody_and_keeps_the_bytes() {
    for (answer, cause, unknown) in FAILURES {
        let out = take(&State { sink: Sink::Writing(2), ..busy() }, Action::Sink(answer));
        let wake = Wake::Errored(cause);
        assert_eq!(out.wakes, [(0, wake), (1, wake), (2, wake)]);
        assert_eq!((out.events.as_slice(), out.taken.len()), ([Event::Error(cause)].as_slice(), 0));
        assert_eq!(out.state, State { phase: Phase::Failed(cause), unknown, ..holding(5) });
        let ending = State { phase: Phase::Ending, sink: Sink::Writing(2), ..holding(5) };
        let out = take(&ending, Action::Sink(answer));
        assert_eq!(out.state, State { phase: Phase::Failed(cause), unknown, ..holding(5) });
    }
}

#[test]
fn what_fails_after_destroy_is_held_back() {
    for (answer, cause, unknown) in FAILURES {
        let out = take(
            &State { phase: Phase::Destroyed, sink: Sink::Writing(2), ..holding(5) },
            Action::Sink(answer),
        );
        assert!(out.events.is_empty() && out.taken.is_empty());
        assert_eq!(
            out.state,
            State { phase: Phase::Destroyed, unknown, held_back: Some(cause), ..holding(5) }
        );
    }
    let out = take(
        &State { phase: Phase::Destroyed, sink: Sink::Writing(2), ..holding(5) },
        Action::Sink(SinkAnswer::Took(2)),
    );
    assert_eq!((out.state.buffered(), out.state.held_back), (3, None));
}

#[test]
fn a_failing_flush_leaves_no_bytes_unknown() {
    for answer in [SinkAnswer::WouldBlock, SinkAnswer::Failed, SinkAnswer::Panicked] {
        let out = take(&State { sink: Sink::Flushing, ..holding(2) }, Action::Sink(answer));
        assert!(matches!(out.state.phase, Phase::Failed(_)));
        assert_eq!((out.state.unknown, out.state.buffered()), (0, 2));
    }
}

#[test]
fn interrupted_and_retried_calls_become_possible_again() {
    let lenient = Params { retry_would_block: true, ..PARAMS };
    for sink in [Sink::Writing(2), Sink::Flushing] {
        for phase in [Phase::Open, Phase::Ending, Phase::Destroyed] {
            for answer in [SinkAnswer::Interrupted, SinkAnswer::WouldBlock] {
                let state = State { phase, sink, ..holding(2) };
                let out = step(&lenient, &state, Action::Sink(answer)).unwrap();
                assert_eq!(out.state, State { sink: Sink::Idle, ..state });
                assert!(out.events.is_empty() && out.wakes.is_empty());
            }
        }
    }
}

#[test]
fn a_successful_flush_completes_what_is_due_and_finishes_what_is_over() {
    let flushes = vec![FlushRequest { waiter: 2, left: 0 }, FlushRequest { waiter: 3, left: 1 }];
    let state = State { sink: Sink::Flushing, flushes, ..holding(1) };
    for phase in [Phase::Open, Phase::Ending] {
        let out = take(&State { phase, ..state.clone() }, Action::Sink(SinkAnswer::Flushed));
        assert_eq!(out.wakes, [(2, Wake::Flushed)]);
        assert_eq!((out.state.phase, out.state.flushes.len(), out.events.len()), (phase, 1, 0));
    }
    let over = State { phase: Phase::Ending, sink: Sink::Flushing, ..State::new() };
    let out = take(&over, Action::Sink(SinkAnswer::Flushed));
    assert_eq!((out.state.phase, out.events), (Phase::Finished, vec![Event::Finish]));
    let destroyed = State { phase: Phase::Destroyed, ..over };
    let out = take(&destroyed, Action::Sink(SinkAnswer::Flushed));
    assert_eq!((out.state.phase, out.events), (Phase::Destroyed, vec![]));
}
