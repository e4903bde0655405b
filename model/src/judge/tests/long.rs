//! Logs with more buffered, more writes at once and more records than a list of guesses could hold one by one.

use super::Log;
use crate::record::{Ev, Op, Record, Ret};
use crate::vocabulary::{Answer::*, Call, Event, Run, SinkAnswer};

fn chunk(producer: usize, seq: usize) -> Run {
    Run { producer, seq, from: 0, len: 2 }
}

/// `rounds` times four writes at once, of two bytes each, which are accepted last first.
fn crowd(log: &mut Log, rounds: usize) -> Vec<Run> {
    let mut order = Vec::new();
    for seq in 1..=rounds {
        let calls = [0, 1, 2, 3].map(|producer| log.begin(Op::Call(Call::Write { producer, seq, len: 2 })));
        for q in calls {
            log.end_of(q, Ret::Wrote(Continue));
        }
        order.extend([3, 2, 1, 0].map(|producer| chunk(producer, seq)));
    }
    order
}

#[test]
fn what_the_sink_is_shown_later_says_which_write_came_first() {
    let mut log = Log::with(1_000_000, 0, 2_000_000);
    let order = crowd(&mut log, 5_000);
    log.sinks(&order[..12_000]).took(23_999).sinks(&[Run { from: 1, len: 1, ..order[11_999] }]).took(1);
    log.sinks(&order[12_000..]).took(16_000).quiesce();
    assert!(log.accepted() < 200);
}

#[test]
fn the_first_wrong_byte_among_many_is_found() {
    for wrong in [0, 17, 9_999] {
        let mut log = Log::with(1_000_000, 0, 2_000_000);
        let mut order = crowd(&mut log, 5_000);
        // Two rounds apart: the one had returned before the other was begun.
        order.swap(wrong, wrong + 8);
        log.sinks(&order[..10_008]).rejected("O-01");
    }
}

/// In which order bytes were accepted that nobody ever sees makes no difference.
#[test]
fn a_log_may_end_with_any_number_of_bytes_on_their_way() {
    let mut log = Log::with(1_000_000, 0, 2_000_000);
    crowd(&mut log, 2_000);
    assert!(log.accepted() < 200);
    log.call(Call::Destroy).emit(Event::Close).quiesce();
    assert!(log.accepted() < 200);
}

/// But it makes one who was told to pause.
#[test]
fn nor_does_it_excuse_a_wrong_answer() {
    let mut log = Log::with(16_000, 0, 32_000);
    crowd(&mut log, 1_999);
    let last = log.begin(Op::Call(Call::Write { producer: 0, seq: 2_000, len: 8 }));
    log.end_of(last, Ret::Wrote(Continue)).rejected("W-03");
}

#[test]
fn a_long_log_is_judged_with_few_guesses() {
    let mut log = Log::with(64, 32, 128);
    let mut order = Vec::new();
    for seq in 1..=20_000 {
        let a = log.begin(Op::Call(Call::Write { producer: 0, seq, len: 2 }));
        let b = log.begin(Op::Call(Call::Write { producer: 1, seq, len: 2 }));
        log.end_of(b, Ret::Wrote(Continue)).end_of(a, Ret::Wrote(Continue));
        order.extend([chunk(1, seq), chunk(0, seq)]);
        if seq % 10 == 0 {
            log.sinks(&order).took(order.iter().map(|run| run.len).sum());
            order.clear();
        }
    }
    log.quiesce();
    assert!(log.accepted() < 100);
    // Far into it the record is still named.
    let at = log.records.len() - 100;
    let early = Record { n: 0, t: 0, s: 0, ev: Ev::Emit(Event::Drain) };
    log.records.insert(at, early);
    log.rejected_at(at, "D-02");
}

/// The judge needs no memory of calls and waits that are over; a number is used once all the same.
#[test]
fn numbers_are_used_once() {
    let mut log = Log::new();
    for waiter in [5, 1, 3, 2, 4, 9, 7] {
        log.wait(waiter);
    }
    log.wait(3).malformed("name 3 was given");
    let mut twice = Log::new();
    twice.call(Call::Cork);
    twice.ev(Ev::Call { q: 1, op: Op::Call(Call::Cork) }).malformed("number 1 was given");
    let mut reserved = Log::new();
    reserved.begin(Op::Call(Call::Write { producer: usize::MAX, seq: 1, len: 1 }));
    reserved.malformed("no producer");
    let mut of_nobody = Log::new();
    of_nobody.sinks(&[Run { producer: usize::MAX, seq: 0, from: 0, len: 1 }]).answers(SinkAnswer::Failed);
    of_nobody.malformed("of nobody");
}
