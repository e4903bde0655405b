//! Every interleaving: the writer's source built against loom, in small scenarios that loom runs once for each order in which the threads
//! may come to the lock, to the condition variables and to the log.
//!
//! Every execution must end (a deadlock is an error), keep its own assertions, account for every byte, drop the sink and the observer, and
//! leave a log that the model's judge accepts, as complete: what was owed has come. `sync.rs` of the writer adds what loom leaves out: waits that
//! end for no reason, and deadlines that pass. Each scenario also says what some of its logs must show, so that none explores less than its name.
//!
//!     cargo test -p highwater-tests --test loom                   # all, as deep as is set for each
//!     cargo test -p highwater-tests --test loom -- two_waiters    # those whose name contains this
//!     HIGHWATER_LOOM_BOUND=3 cargo test -p highwater-tests --test loom -- --exact end_race
//!
//! The columns of the table are preemption bounds: how often loom takes the processor from a thread that could go on, at most; `none` is
//! every interleaving there is. A cell is `executions/distinct logs`. `HIGHWATER_LOOM_BOUND` is the deepest bound to search, 1, 2, 3 or `none`, instead
//! of the scenario's own; with `none` the large ones take hours, and a search that is not done after four of them counts as failed.
//! A search is deterministic, so the command that a failure prints shows it again, in the same execution.
//!
//! `task/` before a name says that a task drives the stream, on the executor of `loom/task.rs`; `pending/`, that its sink is also pending once in every call. What they
//! decide is what the thread decides, so they are searched less deep.
//!
//! Each scenario is searched in a process of its own, because a deadlock ends it.

#[path = "loom/arguments.rs"]
mod arguments;
#[path = "loom/driver.rs"]
mod driver;
#[path = "loom/keepers.rs"]
mod keepers;
#[path = "loom/scenarios/mod.rs"]
mod scenarios;
#[path = "loom/search.rs"]
mod search;
#[path = "loom/stage.rs"]
mod stage;
#[path = "loom/task.rs"]
mod task;

fn main() -> std::process::ExitCode {
    driver::main()
}
