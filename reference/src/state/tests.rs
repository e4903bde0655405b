//! The bookkeeping alone: each test names its clauses.

use super::*;
use crate::error::{SinkCall, SinkErrorKind};
use std::io::{Error, ErrorKind};

fn state(high: usize, low: usize, capacity: usize) -> State {
    State::new(Params { high, low, capacity, retry_would_block: false })
}

fn written(high: usize, low: usize, capacity: usize, lens: &[usize]) -> State {
    let mut state = state(high, low, capacity);
    for len in lens {
        let _ = state.write(*len);
    }
    state
}

/// One whole sink call: whatever the writer has to do now, answered so.
fn call(state: &mut State, answer: SinkAnswer) -> Noted {
    match state.work() {
        Work::Write => {
            let offered = state.buffered();
            state.begin_write(offered);
        }
        Work::Flush => state.begin_flush(),
        other => panic!("the sink is not to be called now: {other:?}"),
    }
    assert_eq!(state.work(), Work::Nothing, "O-05: one call at a time");
    state.note(answer)
}

fn ticket(asked: Asked) -> Ticket {
    match asked {
        Asked::Registered(ticket) => ticket,
        Asked::Ready(outcome) => panic!("answered at once: {outcome:?}"),
    }
}

fn ready(asked: &Asked) -> Result<(), WaitError> {
    match asked {
        Asked::Registered(ticket) => panic!("not answered at once: {ticket:?}"),
        Asked::Ready(outcome) => outcome.clone(),
    }
}

fn events(state: &mut State) -> Vec<Event> {
    state.take_events().into()
}

fn errored(state: &State) -> SinkError {
    state.failure().expect("the stream failed")
}

#[test]
fn w_03_pause_exactly_at_the_mark() {
    let mut state = state(4, 3, 8);
    assert_eq!(state.write(3), Ok(Flow::Continue));
    assert_eq!(state.write(1), Ok(Flow::Pause));
    assert_eq!(state.stats().pauses, 1);
}

#[test]
fn w_04_the_answer_stays_pause_while_a_drain_is_owed() {
    let mut state = written(4, 0, 8, &[4]);
    call(&mut state, SinkAnswer::Took(3));
    assert_eq!(state.write(1), Ok(Flow::Pause), "b is 2, below the mark, but the drain is owed");
}

#[test]
fn w_05_w_06_d_01_full_owes_a_drain_and_too_large_does_not() {
    let mut state = state(4, 3, 8);
    assert_eq!(state.write(9), Err(WriteError::TooLarge { len: 9, capacity: 8 }));
    assert_eq!(ready(&state.ask_drained()), Ok(()));
    assert_eq!(state.write(3), Ok(Flow::Continue));
    assert_eq!(state.write(6), Err(WriteError::Full { len: 6, buffered: 3, capacity: 8 }));
    ticket(state.ask_drained());
    assert_eq!((state.buffered(), state.stats().refusals), (3, 1));
}

#[test]
fn w_07_an_empty_chunk_changes_nothing() {
    let mut state = state(1, 0, 1);
    assert_eq!(state.write(0), Ok(Flow::Continue));
    assert_eq!(state.work(), Work::Nothing);
}

#[test]
fn w_08_w_09_w_10_refusals_after_the_end() {
    let mut ended = state(4, 3, 8);
    ended.end();
    assert_eq!(ended.write(1), Err(WriteError::AfterEnd));
    let mut destroyed = state(4, 3, 8);
    destroyed.destroy();
    assert_eq!(destroyed.write(1), Err(WriteError::Destroyed));
    let mut failed = written(4, 3, 8, &[1]);
    call(&mut failed, SinkAnswer::Error(Error::other("no")));
    let cause = errored(&failed);
    assert_eq!(failed.write(1), Err(WriteError::Errored(cause.clone())));
    assert_eq!(failed.write(0), Err(WriteError::Errored(cause)), "the same one each time");
}

#[test]
fn capacity_without_limit_does_not_overflow() {
    let mut state = state(usize::MAX, usize::MAX - 1, usize::MAX);
    assert_eq!(state.write(usize::MAX / 2), Ok(Flow::Continue));
    assert_eq!(state.write(usize::MAX / 2), Ok(Flow::Continue));
    assert_eq!(state.write(1), Ok(Flow::Pause));
    assert_eq!(
        state.write(1),
        Err(WriteError::Full { len: 1, buffered: usize::MAX, capacity: usize::MAX }),
        "b + len is beyond the largest integer"
    );
}

#[test]
fn w_13_w_14_e_10_what_a_cork_holds_back() {
    let mut state = written(4, 1, 8, &[1]);
    state.cork();
    state.cork();
    state.uncork();
    assert_eq!(state.work(), Work::Nothing, "still one cork");
    let flush = ticket(state.ask_flushed());
    assert_eq!(state.work(), Work::Write, "E-10");
    state.give_up(&flush);
    assert_eq!(state.work(), Work::Nothing, "a flush request given up lets nothing pass");
    assert_eq!(state.write(3), Ok(Flow::Pause));
    assert_eq!(state.work(), Work::Write, "an owed drain");
    call(&mut state, SinkAnswer::Took(3));
    assert_eq!(events(&mut state), [Event::Drain]);
    assert_eq!(state.work(), Work::Nothing, "drained, so corked again");
    state.end();
    assert_eq!(state.work(), Work::Write, "end undoes all corks");
    state.uncork();
    assert_eq!(state.work(), Work::Write, "an uncork without a cork changes nothing");
}

#[test]
fn d_03_d_05_one_drain_at_the_low_mark_for_many_pauses() {
    let mut state = written(4, 1, 8, &[4, 1, 1]);
    call(&mut state, SinkAnswer::Took(4));
    assert!(events(&mut state).is_empty(), "b is 2, above the low mark");
    call(&mut state, SinkAnswer::Took(1));
    assert_eq!(events(&mut state), [Event::Drain]);
    call(&mut state, SinkAnswer::Took(1));
    assert!(events(&mut state).is_empty(), "nothing is owed any more");
    assert_eq!(state.stats().drains, 1);
}

#[test]
fn d_04_no_drain_until_the_longest_refused_chunk_fits() {
    let mut state = written(4, 3, 8, &[4, 6, 7, 5]);
    call(&mut state, SinkAnswer::Took(2));
    assert!(events(&mut state).is_empty(), "2 + 7 > 8");
    call(&mut state, SinkAnswer::Took(1));
    assert_eq!(events(&mut state), [Event::Drain]);
    assert_eq!(state.write(7), Ok(Flow::Pause));
    call(&mut state, SinkAnswer::Took(5));
    assert_eq!(events(&mut state), [Event::Drain], "the refusal was forgotten with the drain: 3 + 7 > 8");
}

#[test]
fn d_06_d_09_the_end_of_phase_open_tells_waits_why_and_emits_no_drain() {
    let mut state = written(4, 3, 8, &[4]);
    let wait = ticket(state.ask_drained());
    state.end();
    call(&mut state, SinkAnswer::Took(4));
    assert!(events(&mut state).is_empty());
    assert_eq!(state.outcome(&wait), Some(Err(WaitError::AfterEnd)));
    state.destroy();
    assert_eq!(state.outcome(&wait), Some(Err(WaitError::AfterEnd)), "the reason is the first one");
    assert_eq!(ready(&state.ask_drained()), Err(WaitError::Destroyed), "a new wait is told how things are");
}

#[test]
fn d_07_a_satisfied_wait_stays_satisfied_and_a_later_one_waits_for_the_next() {
    let mut state = written(4, 3, 8, &[4]);
    let (one, two) = (ticket(state.ask_drained()), ticket(state.ask_drained()));
    assert_eq!(state.outcome(&one), None);
    call(&mut state, SinkAnswer::Took(4));
    let _ = state.write(4);
    let three = ticket(state.ask_drained());
    state.destroy();
    assert_eq!(state.outcome(&one), Some(Ok(())));
    assert_eq!(state.outcome(&two), Some(Ok(())));
    assert_eq!(state.outcome(&three), Some(Err(WaitError::Destroyed)));
}

#[test]
fn e_04_finish_needs_a_flush_after_the_last_byte() {
    let mut state = written(4, 3, 8, &[2]);
    state.end();
    let closed = ticket(state.ask_closed());
    call(&mut state, SinkAnswer::Took(2));
    assert!(events(&mut state).is_empty());
    assert_eq!(state.work(), Work::Flush);
    call(&mut state, SinkAnswer::Flushed);
    assert_eq!(events(&mut state), [Event::Finish]);
    assert_eq!((state.work(), state.outcome(&closed)), (Work::Close, None), "E-05: finish is not close");
    state.close();
    state.close();
    assert_eq!(events(&mut state), [Event::Close]);
    assert_eq!(state.outcome(&closed), Some(Ok(())));
}

#[test]
fn e_01_a_second_end_and_an_end_or_destroy_after_the_end_change_nothing() {
    let mut state = written(4, 3, 8, &[]);
    state.end();
    state.end();
    call(&mut state, SinkAnswer::Flushed);
    state.destroy();
    state.close();
    assert_eq!(events(&mut state), [Event::Finish, Event::Close]);
    assert_eq!(ready(&state.ask_closed()), Ok(()));
    assert_eq!(ready(&state.ask_flushed()), Ok(()));
    assert_eq!(ready(&state.ask_drained()), Err(WaitError::AfterEnd));
}

#[test]
fn e_07_e_09_a_flush_covers_what_was_accepted_before_it_and_comes_before_more_bytes() {
    let mut state = written(9, 8, 9, &[2]);
    let two = ticket(state.ask_flushed());
    let _ = state.write(3);
    let five = ticket(state.ask_flushed());
    call(&mut state, SinkAnswer::Took(3));
    assert_eq!(state.work(), Work::Flush, "E-09");
    let _ = state.write(1);
    call(&mut state, SinkAnswer::Flushed);
    assert_eq!((state.outcome(&two), state.outcome(&five)), (Some(Ok(())), None));
    call(&mut state, SinkAnswer::Took(3));
    call(&mut state, SinkAnswer::Flushed);
    state.destroy();
    assert_eq!(state.outcome(&five), Some(Ok(())), "what was reached first counts");
}

#[test]
fn e_07_a_request_made_when_all_is_flushed_wants_a_flush_of_its_own() {
    let mut state = written(9, 8, 9, &[2]);
    let one = ticket(state.ask_flushed());
    call(&mut state, SinkAnswer::Took(2));
    call(&mut state, SinkAnswer::Flushed);
    let two = ticket(state.ask_flushed());
    assert_eq!((state.outcome(&one), state.outcome(&two)), (Some(Ok(())), None));
    call(&mut state, SinkAnswer::Flushed);
    assert_eq!(state.outcome(&two), Some(Ok(())));
}

#[test]
fn e_08_pending_flush_requests_are_told_why() {
    let mut failed = written(9, 8, 9, &[2]);
    let flush = ticket(failed.ask_flushed());
    call(&mut failed, SinkAnswer::Took(0));
    let cause = errored(&failed);
    assert_eq!(failed.outcome(&flush), Some(Err(WaitError::Errored(cause.clone()))));
    assert_eq!(ready(&failed.ask_flushed()), Err(WaitError::Errored(cause)));
}

#[test]
fn x_03_x_04_x_11_destroy_during_a_call() {
    let mut state = written(4, 3, 8, &[4]);
    state.begin_write(4);
    state.destroy();
    assert_eq!(state.work(), Work::Nothing, "close waits for the call");
    state.note(SinkAnswer::Panicked("late".to_owned()));
    assert!(events(&mut state).is_empty(), "X-11: no error after destroy");
    assert_eq!(state.failure().map(|error| error.kind()), Some(SinkErrorKind::Panicked));
    assert_eq!((state.unknown(), state.work()), (4, Work::Close));
    state.close();
    assert_eq!(ready(&state.ask_closed()), Err(WaitError::Destroyed));
}

#[test]
fn x_04_a_flush_that_succeeds_after_destroy_finishes_nothing() {
    let mut state = written(4, 3, 8, &[]);
    state.end();
    let flush = ticket(state.ask_flushed());
    state.begin_flush();
    state.destroy();
    state.note(SinkAnswer::Flushed);
    assert!(!state.is_finished());
    assert_eq!(state.outcome(&flush), Some(Err(WaitError::Destroyed)), "E-08: it was told already");
    assert!(events(&mut state).is_empty());
}

#[test]
fn x_05_x_07_interrupted_is_called_again_and_would_block_only_where_allowed() {
    let mut state = written(4, 3, 8, &[1]);
    let noted = call(&mut state, SinkAnswer::Error(ErrorKind::Interrupted.into()));
    assert!(noted.taken == 0 && !noted.pause && noted.ignored.is_some());
    call(&mut state, SinkAnswer::Error(ErrorKind::WouldBlock.into()));
    assert_eq!(errored(&state).kind(), SinkErrorKind::WouldBlock);
    let mut state = State::new(Params { high: 4, low: 3, capacity: 8, retry_would_block: true });
    let _ = state.write(1);
    assert!(call(&mut state, SinkAnswer::Error(ErrorKind::WouldBlock.into())).pause);
    assert_eq!(state.work(), Work::Write);
}

#[test]
fn x_06_x_08_x_09_x_10_what_each_bad_answer_is_and_how_many_bytes_it_leaves_unknown() {
    let cases = [
        (SinkAnswer::Took(0), SinkErrorKind::WriteZero, 0),
        (SinkAnswer::Error(Error::other("no")), SinkErrorKind::Failed, 0),
        (SinkAnswer::Panicked("ah".to_owned()), SinkErrorKind::Panicked, 3),
        (SinkAnswer::Took(4), SinkErrorKind::InvalidData, 3),
    ];
    for (answer, kind, unknown) in cases {
        let mut state = written(4, 3, 8, &[3]);
        assert_eq!(call(&mut state, answer).taken, 0);
        let error = errored(&state);
        assert_eq!((error.kind(), error.call(), state.unknown()), (kind, SinkCall::Write, unknown));
        assert_eq!(events(&mut state), [Event::Error(error)], "{kind:?}");
        assert_eq!((state.buffered(), state.work()), (3, Work::Close), "{kind:?}");
    }
}

#[test]
fn x_09_a_panic_in_flush_leaves_no_byte_unknown() {
    let mut state = written(4, 3, 8, &[]);
    state.end();
    call(&mut state, SinkAnswer::Panicked("ah".to_owned()));
    assert_eq!((errored(&state).call(), state.unknown()), (SinkCall::Flush, 0));
}
