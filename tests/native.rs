//! Threads that race for real, on sinks that do as they please; every run is recorded by the writer's feature `trace`, and what it recorded is judged.
//!
//! A seed decides what each thread does and how the sink answers, not how the threads meet. A failure prints the seed, and
//! `HIGHWATER_SEED=<seed> cargo test -p highwater-tests --test native` repeats what it decides, as often as there are runs by default.
//!
//! | variable | means |
//! |---|---|
//! | `HIGHWATER_RUNS` | how many runs, 2,000 by default |
//! | `HIGHWATER_SEED` | the seed of every run; without it each run has a new one |

#[path = "native/hands.rs"]
mod hands;
#[path = "native/plan.rs"]
mod plan;
#[path = "native/tally.rs"]
mod tally;

use highwater::Trace;
use highwater_tests::lines::Lines;
use highwater_tests::rng::Rng;
use highwater_tests::settings::number;
use highwater_tests::watchdog;
use plan::Plan;
use std::time::Instant;
use tally::Tally;

const RUNS: u64 = 2_000;

/// One run. When it hangs, the judge is asked what is owed: every thread waits, or it would have gone on.
fn run(seed: u64) -> Result<Tally, String> {
    let lines = Lines::default();
    let trace = Trace::new(lines.clone());
    let theirs = (trace.clone(), lines.clone());
    watchdog::guard(move || Plan::of(seed).run(&theirs.0, &theirs.1)).unwrap_or_else(|why| {
        let _ = watchdog::guard(move || trace.quiesce());
        Err(format!(
            "{why}; {}",
            Tally::of(&lines.bytes(), None).err().unwrap_or("all it did conforms".to_owned())
        ))
    })
}

#[test]
fn every_log_of_racing_threads_conforms() {
    let runs = number("HIGHWATER_RUNS").unwrap_or(RUNS);
    let fixed = number("HIGHWATER_SEED");
    let mut seeds = Rng::new(Rng::seed_of_the_day());
    let began = Instant::now();
    let mut total = Tally::default();
    for _ in 0..runs {
        let seed = fixed.unwrap_or_else(|| seeds.bits());
        match run(seed) {
            Ok(tally) => total.add(&tally),
            Err(why) => {
                panic!("{why}\n  replay: HIGHWATER_SEED={seed} cargo test -p highwater-tests --test native")
            }
        }
    }
    println!("{runs} runs in {:.1} s: {total}", began.elapsed().as_secs_f64());
    if fixed.is_none() && runs >= RUNS {
        assert_eq!(total.missing(), [""; 0], "no run had any of these");
    }
}
