//! Logs that the judge must accept, most of them because of what may overlap.

use super::{Log, bytes};
use crate::record::{Ev, Op, Over, Ret};
use crate::vocabulary::{Answer::*, Call, Cause, Event, Run, SinkAnswer, Wake};

#[test]
fn a_whole_life() {
    let mut log = Log::new();
    log.write(2, Continue).write(2, Pause).wait(1);
    let q = log.begin(Op::Await(1));
    log.sinks(&[bytes(1, 0, 2), bytes(2, 0, 1)])
        .took(1)
        .emit(Event::Drain)
        .end_of(q, Ret::Woken(Wake::Drained));
    log.sinks(&[bytes(1, 1, 2), bytes(2, 0, 2)]).took(3).call(Call::End).flushes();
    log.emit(Event::Finish).emit(Event::Close).closed(Over::Finished).recovered(&[], 0, None).quiesce();
    assert!(log.accepted() < 10);
}

#[test]
fn an_offer_may_be_logged_after_a_destroy_that_came_first() {
    // The writer let go of its lock, then the owner destroyed, then the sink was called.
    let mut log = Log::new();
    log.write(2, Continue).call(Call::Destroy).sink(1, 0, 2).took(1);
    log.emit(Event::Close).closed(Over::Destroyed).recovered(&[bytes(1, 1, 2)], 0, None).quiesce().accepted();
}

#[test]
fn an_offer_may_be_logged_after_an_uncork_was_undone_again() {
    let mut log = Log::new();
    log.call(Call::Cork).write(1, Continue).call(Call::Uncork).call(Call::Cork).sink(1, 0, 1).took(1);
    log.quiesce().accepted();
}

#[test]
fn overlapping_writes_take_effect_in_either_order() {
    for first in [0, 1] {
        let mut log = Log::new();
        let a = log.begin(Op::Call(Call::Write { producer: 0, seq: 1, len: 2 }));
        let b = log.begin(Op::Call(Call::Write { producer: 1, seq: 1, len: 2 }));
        let order = [first, 1 - first].map(|producer| Run { producer, seq: 1, from: 0, len: 2 });
        log.sinks(&order).end_of(a, Ret::Wrote(if first == 0 { Continue } else { Pause }));
        log.end_of(b, Ret::Wrote(if first == 0 { Pause } else { Continue })).took(4);
        log.emit(Event::Drain).quiesce().accepted();
    }
}

#[test]
fn the_drain_may_be_told_long_after_the_end() {
    let mut log = Log::new();
    log.write(4, Pause).sink(1, 0, 4).took(4).wait(1).awaits(1, Ret::Woken(Wake::Drained)).call(Call::End);
    log.emit(Event::Drain).flushes().emit(Event::Finish).emit(Event::Close).quiesce().accepted();
}

#[test]
fn an_end_may_come_before_a_drain_that_was_about_to_be_due() {
    let mut log = Log::new();
    log.write(4, Pause).wait(1).sink(1, 0, 4).took(4).call(Call::End).awaits(1, Ret::Woken(Wake::AfterEnd));
    log.flushes().emit(Event::Finish).emit(Event::Close).quiesce().accepted();
}

#[test]
fn a_full_write_during_the_sinks_call_owes_a_drain_until_it_fits() {
    let mut log = Log::with(1, 0, 2);
    log.write(2, Pause).sink(1, 0, 2).write(1, Full).wait(1);
    log.took(1)
        .sink(1, 1, 2)
        .took(1)
        .emit(Event::Drain)
        .awaits(1, Ret::Woken(Wake::Drained))
        .quiesce()
        .accepted();
}

#[test]
fn time_may_be_up_just_before_the_wake() {
    let mut log = Log::new();
    log.write(4, Pause).wait(1);
    let q = log.begin(Op::Await(1));
    log.sink(1, 0, 4).took(4).emit(Event::Drain).end_of(q, Ret::TimedOut);
    log.awaits(1, Ret::Woken(Wake::Drained)).quiesce().accepted();
}

#[test]
fn each_way_of_failing() {
    let faults = [
        (SinkAnswer::Took(0), Cause::WriteZero, 0),
        (SinkAnswer::Took(9), Cause::InvalidData, 3),
        (SinkAnswer::Failed, Cause::Failed, 0),
        (SinkAnswer::WouldBlock, Cause::WouldBlock, 0),
        (SinkAnswer::Panicked, Cause::Panicked, 3),
    ];
    for (answer, cause, unknown) in faults {
        let mut log = Log::new();
        log.write(3, Continue).call(Call::Flush(1)).sink(1, 0, 3).answers(answer);
        log.awaits(1, Ret::Woken(Wake::Errored(cause))).emit(Event::Error(cause)).write(1, Errored(cause));
        log.emit(Event::Close).closed(Over::Errored(cause)).recovered(
            &[bytes(1, 0, 3)],
            unknown,
            Some(cause),
        );
        log.quiesce().accepted();
    }
}

#[test]
fn what_fails_after_destroy_is_handed_back() {
    let mut log = Log::new();
    log.write(3, Continue)
        .sink(1, 0, 3)
        .call(Call::Destroy)
        .write(1, Destroyed)
        .answers(SinkAnswer::Panicked);
    log.emit(Event::Close).recovered(&[bytes(1, 0, 3)], 3, Some(Cause::Panicked)).quiesce().accepted();
}

#[test]
fn interrupted_and_retried_calls_are_made_again() {
    let mut log = Log::retrying();
    log.write(3, Continue).sink(1, 0, 3).answers(SinkAnswer::Interrupted).sink(1, 0, 2);
    log.answers(SinkAnswer::WouldBlock).sink(1, 0, 3).took(3).call(Call::Flush(1));
    log.ev(Ev::SinkFlush).answers(SinkAnswer::Interrupted).flushes();
    log.awaits(1, Ret::Woken(Wake::Flushed)).quiesce().accepted();
}

#[test]
fn a_cork_holds_bytes_back_for_as_long_as_nobody_needs_them() {
    let mut log = Log::new();
    log.call(Call::Cork).write(2, Continue).quiesce(); // L-01 does not hold for a corked stream.
    log.write(2, Pause).sinks(&[bytes(1, 0, 2), bytes(2, 0, 2)]).took(1).emit(Event::Drain).quiesce();
    log.call(Call::Flush(1)).sinks(&[bytes(1, 1, 2), bytes(2, 0, 2)]).took(3).flushes();
    log.awaits(1, Ret::Woken(Wake::Flushed)).quiesce().accepted();
}

#[test]
fn a_sink_that_hangs_leaves_the_rest_undone() {
    let mut log = Log::new();
    log.write(4, Pause).wait(1).sink(1, 0, 4);
    log.begin(Op::Await(1));
    log.quiesce().accepted();
}

#[test]
fn a_wait_that_was_given_up_owes_nothing() {
    let mut log = Log::new();
    log.write(4, Pause).wait(1).awaits(1, Ret::TimedOut).call(Call::Cancel(1)).sink(1, 0, 4).took(4);
    log.emit(Event::Drain).quiesce().accepted();
}

#[test]
fn empty_chunks_and_chunks_that_never_fit() {
    let mut log = Log::new();
    log.write(0, Continue).write(9, TooLarge).write(4, Pause).write(0, Pause).write(9, TooLarge);
    log.sink(3, 0, 4).took(4).emit(Event::Drain).quiesce().accepted();
}
