//! The search of one scenario, in a process of its own: loom runs it once for every interleaving, and every log is judged.
//!
//! A failure ends the process at once. Loom reports a deadlock by a panic, and what is dropped on the way out would panic again and hide
//! the message; so the panic hook prints it with the log so far and exits.

use crate::scenarios::{Driving, Scenario};
use crate::stage::Stage;
use highwater_model::contract::Params;
use highwater_model::record::Ev;
use highwater_tests::recorder::Recorder;
use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::{panic, process, thread};

/// A search of more executions than this is given up, and that is a failure.
const EXECUTIONS_MAX: u64 = 50_000_000;
/// So is an execution with more points at which another thread could go on.
const BRANCHES_MAX: usize = 2_000;

/// How many times loom takes the processor from a thread that could go on, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bound {
    Preemptions(usize),
    None,
}

impl Bound {
    /// Those that are searched one after the other.
    pub(crate) const ALL: [Self; 4] =
        [Self::Preemptions(1), Self::Preemptions(2), Self::Preemptions(3), Self::None];
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preemptions(bound) => bound.fmt(f),
            Self::None => f.write_str("none"),
        }
    }
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|bound| bound.to_string() == text)
            .ok_or_else(|| format!("the bound is 1, 2, 3 or none, not {text:?}"))
    }
}

/// What a search at one bound came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) executions: u64,
    pub(crate) logs: usize,
}

/// Where the process is, for the panic hook.
struct Now {
    bound: Bound,
    execution: u64,
    recorder: Option<Recorder>,
}

static NOW: Mutex<Now> = Mutex::new(Now { bound: Bound::None, execution: 0, recorder: None });

fn now() -> MutexGuard<'static, Now> {
    NOW.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints what is wrong and where the search was, and ends the process.
pub(crate) fn fail(why: &str) -> ! {
    let now = now();
    eprintln!("at bound {}, in execution {}: {why}", now.bound, now.execution);
    process::exit(1);
}

/// Makes every panic that nobody asked for end the process. The panics of sinks and observers are resumed ones and call no hook.
pub(crate) fn exit_on_panic() {
    panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        let at = panic.location().map_or(String::new(), |at| format!(" ({at})"));
        let text = format!("{text}{at}");
        let log = now().recorder.as_ref().map_or(String::new(), |recorder| show(&recorder.events()));
        // A thread of loom's has a stack too small for what printing may need.
        let _ = thread::spawn(move || fail(&format!("{text}\nthe log so far:\n{log}"))).join();
    }));
}

fn show(log: &[Ev]) -> String {
    let mut text = String::new();
    for ev in log {
        let _ = writeln!(text, "  {ev}");
    }
    text
}

/// An execution that is over but for the threads that were still running when the scenario returned.
struct Execution {
    recorder: Recorder,
    alive: Weak<()>,
    observed: bool,
}

/// What is known after so many executions.
struct Search {
    scenario: &'static Scenario,
    executions: u64,
    last: Option<Execution>,
    /// The hashes of the logs seen at this bound, and of those judged at any.
    logs: HashSet<u64>,
    judged: HashSet<u64>,
    unseen: Vec<&'static str>,
}

/// Searches `scenario` at each bound up to `deepest`, and tells `found` what comes of each; answers the number of distinct logs.
pub(crate) fn run(scenario: &'static Scenario, deepest: Bound, mut found: impl FnMut(Bound, Found)) -> usize {
    let search = Arc::new(Mutex::new(Search {
        scenario,
        executions: 0,
        last: None,
        logs: HashSet::new(),
        judged: HashSet::new(),
        unseen: scenario.sees.to_vec(),
    }));
    for bound in Bound::ALL.into_iter().filter(|bound| *bound <= deepest) {
        now().bound = bound;
        at(&search, bound);
        let mut search = lock(&search);
        found(bound, Found { executions: search.executions, logs: search.logs.len() });
        search.executions = 0;
        search.logs.clear();
    }
    // Where a task drives, it may be that nobody waits but its executor.
    if highwater_loom::spurious_wakeups() == 0 && Driving::of_this_process() == Driving::Thread {
        fail("no wait ended for no reason: `sync.rs` does not inject that any more");
    }
    let search = lock(&search);
    if deepest >= scenario.bound && !search.unseen.is_empty() {
        fail(&format!("the search has finished, but no log of it shows: {}", search.unseen.join("; ")));
    }
    search.judged.len()
}

fn lock(search: &Mutex<Search>) -> MutexGuard<'_, Search> {
    search.lock().unwrap_or_else(PoisonError::into_inner)
}

fn at(search: &Arc<Mutex<Search>>, bound: Bound) {
    let mut loom = loom::model::Builder::new();
    loom.preemption_bound = match bound {
        Bound::Preemptions(bound) => Some(bound),
        Bound::None => None,
    };
    loom.max_branches = BRANCHES_MAX; // beyond them loom panics
    // Beyond these it would end the search and say nothing; our own limit does not.
    loom.max_permutations = None;
    loom.max_duration = None;
    loom.checkpoint_file = None;
    let shared = Arc::clone(search);
    loom.check(move || {
        let stage = lock(&shared).begin();
        (stage.scenario.run)(&stage.stage);
    });
    lock(search).over();
}

struct Begun {
    scenario: &'static Scenario,
    stage: Stage,
}

impl Search {
    /// The execution before is over, and with it all of its threads; the next one begins.
    fn begin(&mut self) -> Begun {
        self.over();
        self.executions += 1;
        let Scenario { marks: [high, low, capacity], retried, .. } = *self.scenario;
        let params =
            Params { high_water_mark: high, low_water_mark: low, capacity, retry_would_block: retried };
        let stage = Stage::new(params);
        self.last = Some(Execution {
            recorder: stage.recorder.clone(),
            alive: stage.alive(),
            observed: self.scenario.observed,
        });
        let mut now = now();
        now.execution = self.executions;
        now.recorder = Some(stage.recorder.clone());
        if self.executions > EXECUTIONS_MAX {
            drop(now);
            fail("the search was given up unfinished");
        }
        Begun { scenario: self.scenario, stage }
    }

    /// Judges the execution that is over now, unless its log was judged before.
    fn over(&mut self) {
        let Some(Execution { recorder, alive, observed }) = self.last.take() else { return };
        if observed {
            recorder.quiesce(); // without an observer the log never shows that the events were told
        }
        if alive.strong_count() > 0 {
            fail(&format!(
                "the sink or the observer was never dropped; the log:\n{}",
                show(&recorder.events())
            ));
        }
        let log = recorder.events();
        let text = show(&log);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        self.logs.insert(hash);
        if !self.judged.insert(hash) {
            return;
        }
        self.unseen.retain(|pattern| !shows(&text, pattern));
        let judged =
            thread::spawn(move || Stage::account_of_log(&log).and_then(|()| recorder.judge().map(drop)));
        match judged.join() {
            Ok(Ok(())) => {}
            Ok(Err(why)) => fail(&format!("{why}\nthe log:\n{text}")),
            Err(_) => fail("the judge panicked"),
        }
    }
}

/// Whether the parts of `pattern` that ` .. ` separates come in `text` one after the other.
fn shows(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    pattern.split(" .. ").all(|part| {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        true
    })
}
