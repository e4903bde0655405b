//! Whole checks: the matrix, the liveness of its cyclic worlds, the mutants and the experiments.

mod config;
mod mutant;
mod progress;
mod report;

pub use progress::{Progress, Watch};
pub use report::{ConfigReport, Fate, Judgement, MutantReport, Report};

use crate::config::{Config, Supply};
use crate::experiments::{EXPERIMENTS, Experiment, ExperimentReport};
use crate::matrix;
use crate::mutants::{MUTANTS, Mutant};
use crate::world::World;
use progress::{Board, Desk};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What is to be checked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The configurations, under the contract itself.
    pub configs: Vec<Config>,
    /// The mutants.
    pub mutants: Vec<&'static Mutant>,
    /// The experiments.
    pub experiments: Vec<&'static Experiment>,
    /// How many threads search at once: each takes another configuration, mutant or experiment.
    pub threads: usize,
    /// How many steps of one configuration are taken before its search counts as incomplete.
    pub steps_max: usize,
    /// Whether a clause whose premise was never true, or a kind of step never taken, makes the check incomplete. Not so for a single configuration.
    pub wants_all_premises: bool,
}

impl Plan {
    /// More than any matrix needs. A state waiting to be searched takes about a KiB, and one that was searched some 40 bytes.
    pub const STEPS_MAX: usize = 200_000_000;

    /// The default matrix, every mutant and every experiment.
    #[must_use]
    pub fn everything(threads: usize) -> Self {
        Self {
            mutants: MUTANTS.iter().collect(),
            experiments: EXPERIMENTS.iter().collect(),
            ..Self::contract(matrix::default_matrix(), threads)
        }
    }

    /// The same with the deep matrix.
    #[must_use]
    pub fn deep(threads: usize) -> Self {
        Self { configs: matrix::deep_matrix(), ..Self::everything(threads) }
    }

    /// A matrix, and nothing else.
    #[must_use]
    pub fn contract(configs: Vec<Config>, threads: usize) -> Self {
        Self {
            configs,
            mutants: Vec::new(),
            experiments: Vec::new(),
            threads,
            steps_max: Self::STEPS_MAX,
            wants_all_premises: true,
        }
    }

    /// One configuration, whose premises need not all be true.
    #[must_use]
    pub fn single(config: Config, threads: usize) -> Self {
        Self { wants_all_premises: false, ..Self::contract(vec![config], threads) }
    }

    /// Mutants, and nothing else.
    #[must_use]
    pub fn mutants(mutants: Vec<&'static Mutant>, threads: usize) -> Self {
        Self { mutants, wants_all_premises: false, ..Self::contract(Vec::new(), threads) }
    }
}

/// One search of a plan.
#[derive(Clone, Copy, Debug)]
enum Task<'a> {
    Config(&'a Config),
    Mutant(&'static Mutant),
    Experiment(&'static Experiment),
}

impl Task<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Config(config) => &config.name,
            Self::Mutant(mutant) => mutant.name,
            Self::Experiment(experiment) => experiment.name,
        }
    }

    /// Long searches are begun first, so that no thread is left with one at the end.
    fn weight(&self) -> usize {
        match self {
            Self::Config(config) => {
                let chunks = match config.supply {
                    Supply::Chunks(n) => n,
                    Supply::Endless(_) => 2,
                };
                let calls = 2 + chunks + config.owner.corks + config.owner.flushes;
                config.producers.iter().fold(1, |weight, _| weight * calls)
            }
            Self::Mutant(_) | Self::Experiment(_) => 0,
        }
    }

    fn run(&self, plan: &Plan, desk: &Desk) -> Found {
        match self {
            Self::Config(config) => {
                let threads = if plan.configs.len() == 1 { plan.threads } else { 1 };
                Found::Config(config::search(&World::new((*config).clone()), threads, plan.steps_max, desk))
            }
            Self::Mutant(mutant) => Found::Mutant(mutant::search(mutant)),
            Self::Experiment(experiment) => Found::Experiment(experiment.run()),
        }
    }
}

enum Found {
    Config(ConfigReport),
    Mutant(MutantReport),
    Experiment(ExperimentReport),
}

impl Found {
    fn states(&self) -> u64 {
        match self {
            Self::Config(report) => report.states,
            Self::Mutant(report) => report.states,
            Self::Experiment(report) => report.states,
        }
    }
}

/// Checks all of it. `watch` is called on this thread.
#[must_use]
pub fn check(plan: &Plan, watch: Watch<'_>) -> Report {
    let began = Instant::now();
    let tasks: Vec<Task<'_>> = (plan.configs.iter().map(Task::Config))
        .chain(plan.mutants.iter().copied().map(Task::Mutant))
        .chain(plan.experiments.iter().copied().map(Task::Experiment))
        .collect();
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(tasks.get(*index).map(Task::weight)));
    let found = Mutex::new(Vec::with_capacity(tasks.len()));
    let board = Board::new(plan.threads.max(1), tasks.len());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for desk in board.desks() {
            let (order, tasks, found, next) = (&order, &tasks, &found, &next);
            scope.spawn(move || {
                let take = || order.get(next.fetch_add(1, Ordering::Relaxed)).copied();
                let _seat = desk.sit_down();
                while let Some((index, task)) = take().and_then(|index| Some((index, tasks.get(index)?))) {
                    desk.begin(task.name());
                    let result = task.run(plan, desk);
                    desk.end(result.states());
                    found.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                }
            });
        }
        board.report_until_all_have_left(watch);
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(index, _)| *index);
    report::gather(plan, found.into_iter().map(|(_, result)| result), began.elapsed())
}
