//! Node's rules with one thing wrong: does the search see it, by a promise that the right rules keep?

use super::searched;
use highwater_model::node::{Promise, Search, Setting, Wrong, search};

/// Wrong rules, the setting in which each breaks a promise that the right rules keep there, and that promise.
pub(crate) const CAUGHT: &[(Wrong, &str, Promise)] = &[
    (Wrong::AnswerAtTheOtherTime, "exceptions, end called back", Promise::DrainIsOwed),
    (Wrong::AnswerFalseAtMarkZero, "mark 0", Promise::DrainComes),
    (Wrong::AnswerClearsDrain, "from everywhere", Promise::DrainComes),
    (Wrong::DrainBelowMark, "mark 0", Promise::DrainComes),
    (Wrong::DrainAfterEnd, "final", Promise::DrainIsOwed),
    (Wrong::DrainAfterDestroy, "destroy that never calls back", Promise::DrainIsOwed),
    (Wrong::DrainAfterCallbacks, "from everywhere", Promise::DrainIsOwed),
    (Wrong::DrainUnasked, "one write, called back twice", Promise::DrainIsOwed),
    (Wrong::DrainStaysOwed, "final", Promise::DrainIsOwed),
    (Wrong::DrainWaitsForQueue, "exceptions, end called back", Promise::DrainComes),
    (Wrong::DrainNever, "final", Promise::DrainComes),
    (Wrong::LengthAtStart, "construct that calls", Promise::CallbackOrder),
    (Wrong::EndStaysCorked, "corked", Promise::EndComes),
    (Wrong::WritevForOne, "exceptions, writev", Promise::SuccessIsTrue),
    (Wrong::WrittenBeforeConstruct, "construct", Promise::Order),
    (Wrong::ConstructedAtOnce, "destroy, construct", Promise::DrainIsOwed),
    (Wrong::SyncCallbackAtOnce, "final", Promise::CallbackOrder),
    (Wrong::SyncFailureAtOnce, "failing sink, no autoDestroy, end called back", Promise::Delivered),
    (Wrong::BatchBackwards, "late sink, writev", Promise::CallbackOrder),
    (Wrong::SecondCallbackUnnoticed, "one write, called back twice", Promise::TwiceIsNoticed),
    (Wrong::ErrorBeforeCallback, "final that fails", Promise::CallbackOrder),
    (Wrong::QueuedForgotten, "destroy, construct", Promise::LengthReturns),
    (Wrong::DiscardWhileWriting, "destroy that never calls back", Promise::CallbackOnce),
    (Wrong::DestroyLeavesQueue, "construct that fails", Promise::CallbackComes),
    (Wrong::QueuedFailAtOnce, "destroy, construct", Promise::CallbackOrder),
    (Wrong::WriteAfterDestroyTaken, "final that fails", Promise::LengthReturns),
    (Wrong::FinishBeforeCallbacks, "final", Promise::FinishIsTrue),
    (Wrong::SecondFinalUnnoticed, "final that calls back twice", Promise::EventsOnce),
    (Wrong::EndCallbackForgotten, "final", Promise::CallbackComes),
    (Wrong::NoAutoDestroy, "final", Promise::CloseComes),
    (Wrong::NoDestroyOnError, "one write, called back twice", Promise::CloseComes),
    (Wrong::DestroyTwice, "destroy, construct", Promise::Delivered),
    (Wrong::DestroyErrorLost, "one write, called back twice", Promise::TwiceIsNoticed),
    (Wrong::SecondDestroyHeard, "exceptions, end called back", Promise::EventsOnce),
    (Wrong::CloseBeforeError, "one write, called back twice", Promise::CloseIsLast),
    (Wrong::CloseAtOnce, "destroy, final", Promise::CloseIsLast),
];

/// The settings that the sweep looks into.
const STATES_MAX: usize = 30_000;

/// The first promise that this wrong rule breaks in this setting and the right rules do not.
fn breaks(wrong: Wrong, name: &str) -> Option<Promise> {
    let (setting, right) =
        searched().late.iter().find(|(setting, _)| setting.name == name).expect("a setting");
    let found = search(&Search(Setting { wrong: Some(wrong), ..*setting }));
    let known = |promise: &Promise| right.broken.iter().any(|(known, _)| known == promise);
    found.broken.into_iter().map(|(promise, _)| promise).find(|promise| !known(promise))
}

#[test]
fn wrong_rules_break_promises_that_the_right_ones_keep() {
    for (wrong, setting, promise) in CAUGHT {
        assert_eq!(breaks(*wrong, setting), Some(*promise), "{} in {setting}", wrong.name());
    }
}

/// Prints the table above anew: what each wrong rule breaks in the smallest setting in which it breaks something.
#[test]
#[ignore = "takes half a minute in a release build: cargo test --release -p highwater-model --test findings -- --ignored --nocapture"]
fn the_smallest_setting_for_each_wrong_rule() {
    let mut small: Vec<_> = searched().late.iter().filter(|(_, right)| right.states < STATES_MAX).collect();
    small.sort_by_key(|(_, right)| right.states);
    let found = |wrong: Wrong| {
        small.iter().find_map(|(setting, _)| Some((setting.name, breaks(wrong, setting.name)?)))
    };
    let mut caught = Vec::new();
    for wrong in Wrong::ALL {
        if let Some((setting, promise)) = found(*wrong) {
            println!("    (Wrong::{}, \"{setting}\", Promise::{promise:?}),", wrong.name());
            caught.push(*wrong);
        }
    }
    assert_eq!(caught, CAUGHT.iter().map(|(wrong, ..)| *wrong).collect::<Vec<_>>());
}
