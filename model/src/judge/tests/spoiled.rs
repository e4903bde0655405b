//! Random runs, and runs made wrong, with foresight and without.

use super::walks::{WALKS, Walk};
use crate::contract::{Answer, SinkAnswer};
use crate::judge::search::{Search, Sight, TooWide};
use crate::judge::{judge, verbs_ahead};
use crate::record::{Ev, Record, Ret};

/// What the judge says when it looks at everything: the first record that cannot be explained, if there is one. An error if it is too much.
fn exactly(log: &[Record]) -> Result<Option<usize>, TooWide> {
    let Ev::New(params) = log[0].ev else { return Ok(Some(0)) };
    let records: Vec<&Record> = log.iter().collect();
    let verbs = verbs_ahead(&records);
    let mut search = Search::new(params, 100_000);
    for (at, record) in log.iter().enumerate().skip(1) {
        let sight = Sight { verb: verbs[at], verb_after: verbs.get(at + 1).copied().flatten(), order: None };
        if search.explain(&record.ev, sight)?.is_some() {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Does something to a log that may make it wrong.
fn spoil(log: &mut Vec<Record>, kind: usize, pick: usize, by: usize) {
    let places =
        |is_it: fn(&Ev) -> bool| -> Vec<usize> { (1..log.len()).filter(|at| is_it(&log[*at].ev)).collect() };
    let any = match kind {
        0 => places(|ev| matches!(ev, Ev::Return { ret: Ret::Wrote(Answer::Continue | Answer::Pause), .. })),
        1 => places(|ev| matches!(ev, Ev::Sink(_))),
        2 => places(|ev| matches!(ev, Ev::SinkReturn(SinkAnswer::Took(_)))),
        3 => places(|ev| matches!(ev, Ev::Emit(_) | Ev::Return { .. })),
        _ => return,
    };
    if any.len() < 2 {
        return;
    }
    let at = any[pick % any.len()];
    match (kind, &mut log[at].ev) {
        (0, Ev::Return { ret: Ret::Wrote(answer), .. }) => {
            *answer = if *answer == Answer::Pause { Answer::Continue } else { Answer::Pause };
        }
        (1, _) => log.swap(at, any[(pick + 1) % any.len()]),
        (2, Ev::SinkReturn(SinkAnswer::Took(len))) => *len = len.saturating_sub(1).max(1),
        _ => {
            let moved = log.remove(at);
            let to = (at + by).min(log.len());
            log.insert(to, moved);
        }
    }
}

/// To look ahead changes no verdict: not on a right log, nor on one whose records were moved, in which other things are wrong.
#[test]
fn foresight_changes_no_verdict() {
    let (mut wrong, mut right) = (0, 0);
    for seed in 0..WALKS {
        let mut walk = Walk::new(seed + 7_000);
        let (kind, pick, by) = (walk.below(5), walk.below(1_000), 1 + walk.below(30));
        let mut log = walk.run();
        spoil(&mut log, kind, pick, by);
        let Ok(verdict) = judge(&log) else { continue }; // moved so far that it is no log
        let Ok(wanted) = exactly(&log) else { continue };
        assert_eq!(verdict.violation().map(|violation| violation.at), wanted, "seed {seed}");
        wrong += usize::from(wanted.is_some());
        right += usize::from(wanted.is_none());
    }
    assert!(wrong > 50 && right > 50, "{wrong} wrong and {right} right");
}
