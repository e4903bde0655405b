//! Random calls and sink answers on the real writer, with the contract as the reference, shrunk when they differ.
//!
//! The reference machine only *chooses* steps that make sense: it takes the contract through them as a writer would that always offers what it can.
//! What is compared is the contract that [`Lockstep`] takes through the same steps, which reads off the writer how many bytes it did offer. Where the
//! two disagree on that, a sink's answer may be chosen for a sink that was not called; it is then left out, and counted.
//!
//! | variable | means |
//! |---|---|
//! | `HIGHWATER_CASES` | how many cases, 10,000 by default |
//! | `HIGHWATER_SEED` | the seed to start from; without it a new one, which is printed |
//!
//! A failing case is shrunk and kept in `random.regressions`, which is run first from then on.

use highwater_model::contract::{
    Action, Call, Params, Sink, SinkAnswer, State, System, step as contract_step, system_actions,
};
use highwater_tests::driving::Driving;
use highwater_tests::lockstep::{Coverage, Lockstep, Remains, Reply, Retry, Step, Way};
use highwater_tests::rng::Rng;
use highwater_tests::watchdog;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestError, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::time::Instant;

const CASES: u32 = 10_000;
const STEPS_MAX: usize = 40;
/// Short, because a test that is at rest waits it out.
const LINGER: Duration = Duration::from_micros(20);
const SHRINK_MS_MAX: u32 = 60_000;

/// The contract on its own, to choose sensible steps.
#[derive(Clone, Debug)]
struct Guide {
    params: Params,
    retry: Retry,
    remains: Remains,
    lingers: bool,
    driving: Driving,
    /// Whether the driver was dropped.
    is_abandoned: bool,
    state: State,
    /// What is left of the bytes that the writer swapped out last: it offers those before it looks again.
    batch: usize,
    /// Whether the sink would block and is not called again before a destroy.
    is_pausing: bool,
}

impl Guide {
    fn take(&mut self, action: Action) {
        let Some(out) = contract_step(&self.params, &self.state, action) else { return };
        let taken: usize = out.taken.iter().map(|run| run.len).sum();
        self.batch -= taken.min(self.batch);
        self.is_pausing |= self.retry == Retry::TooLate && action == Action::Sink(SinkAnswer::WouldBlock);
        self.state = out.state;
    }

    fn come_to_rest(&mut self) {
        while let Some(system) = system_actions(&self.params, &self.state, true).last() {
            let system = match *system {
                System::Offer(_) | System::FlushSink if self.is_pausing => break,
                System::Offer(all) => {
                    self.batch = if self.batch == 0 { all } else { self.batch };
                    System::Offer(self.batch.min(all))
                }
                system => system,
            };
            self.take(Action::System(system));
        }
    }

    fn action(&self, step: Step) -> Option<Action> {
        let waiters =
            || self.state.waits.iter().copied().chain(self.state.flushes.iter().map(|flush| flush.waiter));
        let call = match step {
            Step::Sink(reply) => return Some(Action::Sink(reply.of(self.state.sink)?)),
            Step::Write(len) => Call::Write { producer: 0, seq: 0, len },
            Step::Wait(_) => Call::Wait(waiters().max().unwrap_or_default() + 1),
            Step::Flush(_) => Call::Flush(waiters().max().unwrap_or_default() + 1),
            Step::Cancel(which) => Call::Cancel(waiters().nth(which % waiters().count().max(1))?),
            Step::Cork => Call::Cork,
            Step::Uncork => Call::Uncork,
            Step::End => Call::End,
            // To the guide, which has no driver, the one is like the other: nothing is called afterwards.
            Step::Destroy | Step::Abandon => Call::Destroy,
        };
        Some(Action::Call(call))
    }
}

impl ReferenceStateMachine for Guide {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        let marks = (1..=6_usize).prop_flat_map(|high| (Just(high), 0..high, high..=high + 6));
        let retry = prop_oneof![Just(Retry::Never), Just(Retry::AtOnce), Just(Retry::TooLate)];
        let remains = prop_oneof![Just(Remains::Recovered), Just(Remains::Dropped)];
        let driving = prop_oneof![2 => Just(Driving::Thread), 1 => Just(Driving::Blocking), 2 => Just(Driving::Pending)];
        (marks, retry, remains, any::<bool>(), driving)
            .prop_map(|((high, low, capacity), retry, remains, lingers, driving)| {
                // A task keeps no pause.
                let retry =
                    if driving != Driving::Thread && retry == Retry::TooLate { Retry::AtOnce } else { retry };
                let marks = Params::new(high, low, capacity).expect("the marks are in range");
                let params = Params { retry_would_block: retry != Retry::Never, ..marks };
                let (state, batch, is_pausing, is_abandoned) = (State::new(), 0, false, false);
                Self { params, retry, remains, lingers, driving, is_abandoned, state, batch, is_pausing }
            })
            .boxed()
    }

    fn transitions(guide: &Self) -> BoxedStrategy<Step> {
        let way = prop_oneof![Just(Way::Poll), Just(Way::Glance), Just(Way::Block)];
        let lives = guide.state.is_live();
        let any_waiter = !guide.state.waits.is_empty() || !guide.state.flushes.is_empty();
        let calls = prop_oneof![
            12 => (0..=guide.params.capacity + 1).prop_map(Step::Write),
            6 => (1..=2_usize).prop_map(Step::Write),
            4 => way.clone().prop_map(Step::Wait),
            3 => way.prop_map(Step::Flush),
            if any_waiter { 4 } else { 0 } => (0..4_usize).prop_map(Step::Cancel),
            3 => Just(Step::Cork),
            3 => Just(Step::Uncork),
            if lives { 1 } else { 2 } => Just(Step::End),
            1 => Just(Step::Destroy),
            u32::from(guide.driving == Driving::Pending && !guide.is_abandoned) => Just(Step::Abandon),
        ];
        if guide.state.sink == Sink::Idle {
            return calls.boxed();
        }
        let replies = prop_oneof![
            24 => Just(Reply::TakeAll),
            24 => (1..=4_usize).prop_map(Reply::Take),
            4 => Just(Reply::Interrupted),
            if guide.retry == Retry::AtOnce { 3 } else { 1 } => Just(Reply::WouldBlock),
            1 => Just(Reply::Take(0)),
            1 => Just(Reply::Claim),
            1 => Just(Reply::Failed),
            1 => Just(Reply::Panicked),
        ];
        prop_oneof![calls, replies.prop_map(Step::Sink)].boxed()
    }

    fn preconditions(guide: &Self, step: &Step) -> bool {
        guide.action(*step).is_some()
    }

    fn apply(mut guide: Self, step: &Step) -> Self {
        if let Some(action) = guide.action(*step) {
            guide.take(action);
        }
        guide.is_abandoned |= *step == Step::Abandon;
        // A call that is pending is given up at once.
        if matches!(step, Step::Destroy | Step::Abandon) && guide.driving == Driving::Pending {
            guide.take(Action::Sink(SinkAnswer::Interrupted));
        }
        guide.come_to_rest();
        guide
    }
}

/// The writer and the contract together.
struct Subject {
    lockstep: Lockstep,
    /// Answers chosen for the sink, and those of them that were left out.
    answers: u64,
    left_out: u64,
}

static TOTAL: Mutex<Option<Coverage>> = Mutex::new(None);
static ANSWERS: AtomicU64 = AtomicU64::new(0);
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

impl StateMachineTest for Subject {
    type SystemUnderTest = Self;
    type Reference = Guide;

    fn init_test(guide: &Guide) -> Self {
        let linger = if guide.lingers { LINGER } else { Duration::ZERO };
        Self {
            lockstep: Lockstep::lingering(guide.params, guide.retry, linger, guide.driving),
            answers: 0,
            left_out: 0,
        }
    }

    fn apply(mut subject: Self, _after: &Guide, step: Step) -> Self {
        let is_answer = matches!(step, Step::Sink(_));
        subject.left_out += u64::from(is_answer && !subject.lockstep.is_possible(step));
        subject.answers += u64::from(is_answer);
        subject.lockstep.apply(step).unwrap_or_else(|why| panic!("after {step:?}: {why}"));
        subject
    }

    fn teardown(subject: Self, guide: Guide) {
        let coverage =
            subject.lockstep.finish(guide.remains).unwrap_or_else(|why| panic!("at the end: {why}"));
        ANSWERS.fetch_add(subject.answers, Ordering::Relaxed);
        LEFT_OUT.fetch_add(subject.left_out, Ordering::Relaxed);
        TOTAL.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().add(&coverage);
    }
}

fn number<T: std::str::FromStr>(variable: &str) -> Option<T> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not {text:?}")))
}

#[test]
fn random_steps_do_what_the_contract_says() {
    let cases = number("HIGHWATER_CASES").unwrap_or(CASES);
    let seed = number("HIGHWATER_SEED").unwrap_or_else(Rng::seed_of_the_day);
    println!("seed {seed}");
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        max_shrink_time: SHRINK_MS_MAX,
        ..Config::default()
    };
    let began = Instant::now();
    let steps = Guide::sequential_strategy(1..=STEPS_MAX);
    let result = TestRunner::new(config.clone()).run(&steps, |(guide, steps, seen)| {
        let config = config.clone();
        watchdog::guard(move || Subject::test_sequential(config, guide, steps, seen))
            .map_err(TestCaseError::fail)
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(why, (guide, steps, _))) => panic!(
            "{why}\n  with {:?}, {:?}, {:?}, {:?}\n  after {steps:?}\n  replay: \
             HIGHWATER_SEED={seed} HIGHWATER_CASES={cases} cargo test -p highwater-tests --test random",
            guide.params, guide.driving, guide.retry, guide.remains
        ),
        Err(TestError::Abort(why)) => panic!("proptest gave up: {why}; seed {seed}"),
    }
    let coverage = TOTAL.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
    println!(
        "{cases} cases, {} steps of the contract, {} of {} sink answers left out, {:.1} s",
        coverage.steps(),
        LEFT_OUT.load(Ordering::Relaxed),
        ANSWERS.load(Ordering::Relaxed),
        began.elapsed().as_secs_f64()
    );
    if cases >= CASES {
        assert!(coverage.missing().is_empty(), "steps never taken: {:?}; seed {seed}", coverage.missing());
    }
}
