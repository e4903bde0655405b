//! Logs of writers that are wrong in one way each: the judge must name the record and the clause.

use super::{Log, bytes};
use crate::record::{Ev, Op, Over, Ret};
use crate::vocabulary::{Answer::*, Call, Cause, Event, Run, SinkAnswer, Wake};

#[test]
fn write_answers() {
    Log::new().write(4, Continue).rejected("W-03");
    Log::new().write(3, Pause).rejected("W-03");
    Log::new().write(4, Pause).write(1, Continue).rejected("W-04");
    Log::new().write(0, Full).rejected("W-07");
    Log::new().write(8, Full).rejected("W-02");
    Log::new().write(8, Pause).write(1, Pause).rejected("W-02");
    Log::new().write(9, Full).rejected("W-05");
    Log::new().write(8, Pause).write(1, TooLarge).rejected("W-05");
    Log::new().call(Call::End).write(1, Continue).rejected("W-08");
    Log::new().call(Call::Destroy).write(1, Continue).rejected("W-09");
    Log::new().call(Call::Destroy).write(1, AfterEnd).rejected("W-09");
    Log::new().write(1, AfterEnd).rejected("W-02");
}

#[test]
fn the_cause_of_an_error_stays_the_same() {
    let mut log = Log::new();
    log.write(1, Continue).sink(1, 0, 1).answers(SinkAnswer::Failed).emit(Event::Error(Cause::Failed));
    log.write(1, Errored(Cause::Failed)).write(1, Errored(Cause::WriteZero)).rejected("W-10");
}

#[test]
fn bytes_of_a_refused_write_may_not_reach_the_sink() {
    let mut log = Log::new();
    log.call(Call::End).write(1, AfterEnd).sink(1, 0, 1).rejected("O-01");
}

#[test]
fn drains() {
    Log::new().emit(Event::Drain).rejected("D-02");
    Log::new().write(4, Pause).emit(Event::Drain).rejected("D-03");
    Log::new().write(4, Pause).sink(1, 0, 4).emit(Event::Drain).rejected("D-03");
    Log::with(4, 0, 8).write(4, Pause).sink(1, 0, 4).took(3).emit(Event::Drain).rejected("D-03");
    let mut refused = Log::with(4, 3, 4);
    refused.write(4, Pause).write(3, Full).sink(1, 0, 4).took(2).emit(Event::Drain).rejected("D-04");
    let mut twice = Log::new();
    twice
        .write(4, Pause)
        .write(1, Pause)
        .sink(1, 0, 4)
        .took(4)
        .emit(Event::Drain)
        .emit(Event::Drain)
        .rejected("D-05");
    let mut late = Log::new();
    late.write(4, Pause).call(Call::End).sink(1, 0, 4).took(4).emit(Event::Drain).rejected("D-06");
}

#[test]
fn waits() {
    let paused = || {
        let mut log = Log::new();
        log.write(4, Pause).wait(1);
        log
    };
    paused().awaits(1, Ret::Woken(Wake::Drained)).rejected("D-08");
    paused().call(Call::Destroy).awaits(1, Ret::Woken(Wake::Drained)).rejected("D-09");
    paused().awaits(1, Ret::Woken(Wake::AfterEnd)).rejected("D-09");
    Log::new().wait(1).awaits(1, Ret::Woken(Wake::AfterEnd)).rejected("D-09");
    let mut lost = paused();
    lost.begin(Op::Await(1));
    lost.sink(1, 0, 4).took(4).emit(Event::Drain).quiesce().rejected("L-06");
    let mut told_too_late = paused();
    told_too_late.sink(1, 0, 4).took(4).emit(Event::Drain).awaits(1, Ret::TimedOut).rejected("D-07");
    let mut one_of_two = paused();
    one_of_two.wait(2).begin(Op::Await(1));
    let second = one_of_two.begin(Op::Await(2));
    one_of_two.sink(1, 0, 4).took(4).emit(Event::Drain).end_of(second, Ret::Woken(Wake::Drained));
    one_of_two.quiesce().rejected("L-06");
}

#[test]
fn bytes_lost_doubled_swapped_changed() {
    let two = || {
        let mut log = Log::new();
        log.write(2, Continue).write(1, Continue);
        log
    };
    two().sink(2, 0, 1).rejected("O-01");
    two().sinks(&[bytes(2, 0, 1), bytes(1, 0, 2)]).rejected("O-01");
    two().sink(1, 1, 2).rejected("O-01");
    two().sink(1, 0, 2).took(2).sink(1, 0, 2).rejected("O-04");
    two().sink(1, 0, 2).took(1).sink(1, 0, 2).rejected("O-04");
    two().sinks(&[bytes(1, 0, 2), bytes(2, 0, 1), bytes(3, 0, 1)]).rejected("O-04");
    two().ev(Ev::Sink(Vec::new())).rejected("O-04");
    two().sink(1, 0, 2).sink(2, 0, 1).rejected("O-05");
    two().sinks(&[Run { producer: 1, seq: 1, from: 0, len: 1 }]).rejected("O-01");
}

#[test]
fn handed_back() {
    let destroyed = || {
        let mut log = Log::new();
        log.write(2, Continue).sink(1, 0, 2).call(Call::Destroy).took(1).emit(Event::Close);
        log
    };
    destroyed().recovered(&[], 0, None).rejected("O-03");
    destroyed().recovered(&[bytes(1, 0, 2)], 0, None).rejected("O-03");
    destroyed().recovered(&[bytes(1, 1, 2)], 1, None).rejected("X-09");
    destroyed().recovered(&[bytes(1, 1, 2)], 0, Some(Cause::Failed)).rejected("X-11");
    let failed = |answer, cause| {
        let mut log = Log::new();
        log.write(2, Continue).sink(1, 0, 2).answers(answer).emit(Event::Error(cause)).emit(Event::Close);
        log
    };
    let all = [bytes(1, 0, 2)];
    failed(SinkAnswer::Panicked, Cause::Panicked).recovered(&all, 0, Some(Cause::Panicked)).rejected("X-09");
    let claimed = || failed(SinkAnswer::Took(3), Cause::InvalidData);
    claimed().recovered(&all, 0, Some(Cause::InvalidData)).rejected("X-10");
    claimed().recovered(&[], 0, Some(Cause::InvalidData)).rejected("O-03");
    claimed().recovered(&all, 2, None).rejected("W-10");
    Log::new().call(Call::End).recovered(&[], 0, None).rejected("E-05");
}

#[test]
fn finish_and_close() {
    let ended = || {
        let mut log = Log::new();
        log.write(1, Continue).call(Call::End).sink(1, 0, 1);
        log
    };
    Log::new().write(1, Continue).sink(1, 0, 1).took(1).ev(Ev::SinkFlush).rejected("E-07");
    Log::new().call(Call::Flush(1)).flushes().emit(Event::Finish).rejected("E-02");
    ended().emit(Event::Finish).rejected("E-03");
    ended().took(1).emit(Event::Finish).rejected("E-04");
    ended().took(1).emit(Event::Close).rejected("E-05");
    ended().took(1).flushes().emit(Event::Close).rejected("E-05");
    ended().took(1).flushes().emit(Event::Finish).emit(Event::Finish).rejected("E-02");
    let closed = || {
        let mut log = ended();
        log.took(1).flushes().emit(Event::Finish).emit(Event::Close);
        log
    };
    closed().emit(Event::Close).rejected("E-05");
    closed().ev(Ev::SinkFlush).rejected("E-06");
    closed().closed(Over::Destroyed).rejected("E-02");
    ended().closed(Over::Finished).rejected("E-05");
    ended().call(Call::Destroy).emit(Event::Close).rejected("X-04");
    ended().call(Call::Destroy).took(1).emit(Event::Finish).rejected("X-04");
}

#[test]
fn flush_requests() {
    let asked = || {
        let mut log = Log::new();
        log.write(2, Continue).call(Call::Flush(1));
        log
    };
    asked().awaits(1, Ret::Woken(Wake::Flushed)).rejected("E-07");
    asked().sink(1, 0, 2).took(2).awaits(1, Ret::Woken(Wake::Flushed)).rejected("E-07");
    asked().sink(1, 0, 2).took(1).ev(Ev::SinkFlush).rejected("E-07");
    asked().sink(1, 0, 2).took(2).write(1, Continue).sink(2, 0, 1).rejected("E-09");
    asked().call(Call::Destroy).awaits(1, Ret::Woken(Wake::Flushed)).rejected("E-07");
    asked().call(Call::End).awaits(1, Ret::Woken(Wake::Destroyed)).rejected("E-08");
    asked().sink(1, 0, 2).took(2).quiesce().rejected("L-05");
    let mut never_told = asked();
    never_told.begin(Op::Await(1));
    never_told.sink(1, 0, 2).took(2).flushes().quiesce().rejected("L-05");
    let mut corked = Log::new();
    corked.call(Call::Cork).write(2, Continue).call(Call::Flush(1)).quiesce().rejected("L-01");
}

#[test]
fn corks() {
    Log::new().call(Call::Cork).write(1, Continue).sink(1, 0, 1).rejected("W-13");
    let mut due = Log::with(2, 1, 4);
    due.call(Call::Cork)
        .write(2, Pause)
        .sink(1, 0, 2)
        .took(1)
        .emit(Event::Drain)
        .sink(1, 1, 2)
        .rejected("W-13");
    Log::new()
        .call(Call::Cork)
        .call(Call::Cork)
        .call(Call::Uncork)
        .write(1, Continue)
        .sink(1, 0, 1)
        .rejected("W-13");
    Log::new().call(Call::Cork).write(1, Continue).call(Call::End).quiesce().rejected("L-01");
}

#[test]
fn errors() {
    let offered = || {
        let mut log = Log::retrying();
        log.write(2, Continue).sink(1, 0, 2);
        log
    };
    let error = Event::Error;
    offered().emit(error(Cause::Failed)).rejected("X-01");
    offered().answers(SinkAnswer::Interrupted).emit(error(Cause::Failed)).rejected("X-05");
    offered().answers(SinkAnswer::WouldBlock).emit(error(Cause::WouldBlock)).rejected("X-07");
    offered().took(0).emit(error(Cause::Failed)).rejected("X-06");
    offered().took(0).sink(1, 0, 2).rejected("X-03");
    offered().took(3).sink(1, 0, 2).rejected("X-03");
    offered().answers(SinkAnswer::Panicked).emit(error(Cause::Failed)).rejected("X-09");
    offered().call(Call::Destroy).answers(SinkAnswer::Failed).emit(error(Cause::Failed)).rejected("X-11");
    let failed = || {
        let mut log = offered();
        log.answers(SinkAnswer::Failed).emit(error(Cause::Failed));
        log
    };
    failed().emit(error(Cause::Failed)).rejected("X-01");
    failed().sink(1, 0, 2).rejected("X-03");
    failed().ev(Ev::SinkFlush).rejected("X-03");
    failed().emit(Event::Drain).rejected("D-06");
    failed().emit(Event::Finish).rejected("X-02");
    failed().emit(Event::Close).emit(error(Cause::Failed)).rejected("X-01");
    failed().emit(Event::Close).closed(Over::Finished).rejected("X-02");
}

#[test]
fn what_is_owed_and_never_comes() {
    Log::new().write(1, Continue).quiesce().rejected("L-01");
    Log::new().write(4, Pause).sink(1, 0, 4).took(4).quiesce().rejected("L-02");
    Log::new().call(Call::End).quiesce().rejected("L-03");
    Log::new().call(Call::End).flushes().quiesce().rejected("L-03");
    Log::new().call(Call::End).flushes().emit(Event::Finish).quiesce().rejected("L-04");
    Log::new().call(Call::Destroy).quiesce().rejected("L-04");
    let mut waits_for_close = Log::new();
    waits_for_close.begin(Op::Closed);
    waits_for_close.call(Call::Destroy).emit(Event::Close).quiesce().rejected("L-04");
    let mut hangs = Log::new();
    hangs.begin_write(1);
    hangs.quiesce().rejected("W-01");
}

/// The first record that cannot be explained is named, not a later one that cannot either.
#[test]
fn the_first_wrong_record_is_named() {
    let mut log = Log::new();
    log.write(4, Pause)
        .emit(Event::Drain)
        .emit(Event::Drain)
        .emit(Event::Finish)
        .quiesce()
        .rejected_at(3, "D-03");
}
