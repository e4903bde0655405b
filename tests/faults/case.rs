//! Each test in a process of its own.
//!
//! A test calls [`isolated`]: the test binary starts itself again for that one test, so that limits, signals and killed processes concern
//! nobody else, and so that every thread and every descriptor that is left at its end is the test's own. The first process is the watchdog
//! (`watchdog.rs`). Inside, a test may start further processes of itself that play a *role*: the reader that is killed, for instance.

use crate::held::Held;
use crate::watchdog;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

/// What a test comes to; an error fails it.
pub(crate) type Checked = Result<(), Box<dyn Error>>;

pub(crate) const CASE: &str = "HIGHWATER_FAULTS_CASE";
pub(crate) const SCRATCH: &str = "HIGHWATER_FAULTS_SCRATCH";
pub(crate) const SEED: &str = "HIGHWATER_FAULTS_SEED";
const ROLE: &str = "HIGHWATER_FAULTS_ROLE";

/// Begins a line that the watchdog passes on to the user.
pub(crate) const NOT_CHECKED: &str = "not checked on this system: ";

/// How long to wait for something that must come, before the test fails by saying what did not come. Generous: it is no measurement.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs `body` in a process of its own, under the watchdog, and checks that it leaves no thread, no descriptor and no process behind; and then again, its streams driven by a task.
pub(crate) fn isolated<B: FnOnce(&Case) -> Checked>(body: B) {
    isolated_by(&["thread", "task"], body);
}

/// As `isolated`, once, for what only a stream with a drain thread does: its drop waits, it keeps a pause, its thread has a name.
pub(crate) fn isolated_on_a_thread<B: FnOnce(&Case) -> Checked>(body: B) {
    isolated_by(&["thread"], body);
}

fn isolated_by<B: FnOnce(&Case) -> Checked>(drivings: &[&str], body: B) {
    let name = test_name::<B>();
    if env::var(CASE).is_ok_and(|inside| inside == name) {
        inside(&Case::from_environment(name), body);
        return;
    }
    for driving in drivings {
        watchdog::supervise(&name, driving);
    }
}

/// The name by which the test harness knows the test whose body `B` is: the closure's path without the crate.
fn test_name<B>() -> String {
    let path = std::any::type_name::<B>().trim_end_matches("::{{closure}}");
    path.split_once("::").map_or(path, |(_, name)| name).to_owned()
}

fn inside(case: &Case, body: impl FnOnce(&Case) -> Checked) {
    fail_at_once();
    watchdog::die_with_parent();
    let before = Held::now();
    if let Err(error) = body(case) {
        panic!("{error}");
    }
    before.nothing_more_is_left();
    println!("\n{}", case.done(case.role.as_deref()));
}

/// A failed assertion ends the process: unwinding would drop writers that are stuck, and the test would seem to hang instead of to fail.
fn fail_at_once() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        print(panic);
        std::process::exit(101);
    }));
}

/// One test, seen from inside its process.
pub(crate) struct Case {
    name: String,
    role: Option<String>,
    scratch: PathBuf,
}

impl Case {
    fn from_environment(name: String) -> Self {
        let scratch = env::var_os(SCRATCH).expect("the watchdog says where the scratch folder is").into();
        Self { name, role: env::var(ROLE).ok(), scratch }
    }

    /// A file of this test's own.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.scratch.join(file)
    }

    /// Whether this process plays `role`.
    pub(crate) fn is(&self, role: &str) -> bool {
        self.role.as_deref() == Some(role)
    }

    /// The line that says that a process has done all it had to do.
    fn done(&self, role: Option<&str>) -> String {
        done_line(&self.name, role)
    }

    /// Starts this test once more in another process, to play `role`.
    pub(crate) fn start(&self, role: &str, stdin: impl Into<Stdio>) -> io::Result<Child> {
        again(Command::new(env::current_exe()?), &self.name)
            .env(SCRATCH, &self.scratch)
            .env(ROLE, role)
            .stdin(stdin)
            .spawn()
    }

    /// Runs this test to its end in another process, as `role`, by way of a command that starts what its last arguments say.
    /// `Err` says why the command itself did not get that far.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_through(&self, command: &[&str], role: &str) -> Result<(), String> {
        let (program, arguments) = command.split_first().expect("a command has a program");
        let mut through = Command::new(program);
        through.args(arguments).arg(env::current_exe().map_err(|error| error.to_string())?);
        let output = again(through, &self.name)
            .env(SCRATCH, &self.scratch)
            .env(ROLE, role)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{program}: {error}"))?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if text.contains("running 1 test") {
            println!("\n{text}");
            assert!(
                output.status.success() && text.contains(&self.done(Some(role))),
                "as `{role}` it failed"
            );
            return Ok(());
        }
        Err(format!("`{}` {}: {}", command.join(" "), output.status, text.trim()))
    }

    /// Tells the user what this system does not let the test check.
    #[cfg(target_os = "linux")]
    #[allow(clippy::unused_self)] // only a test may say so
    pub(crate) fn not_checked(&self, why: &str) {
        println!("\n{NOT_CHECKED}{}", why.replace('\n', "; "));
    }

    /// Random numbers, the same in every run of this test unless the seed is set.
    pub(crate) fn rng(&self) -> Rng {
        Rng(seed()
            .wrapping_add(self.name.bytes().fold(0, |sum, byte| sum.wrapping_mul(31) + u64::from(byte))))
    }
}

pub(crate) fn done_line(name: &str, role: Option<&str>) -> String {
    format!("faults: {name}{} is done", role.map(|role| format!(" as `{role}`")).unwrap_or_default())
}

/// `command` with the arguments that make the test binary run the one test `name` in this very process.
pub(crate) fn again(mut command: Command, name: &str) -> Command {
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]).env(CASE, name);
    command
}

/// From the environment, or always the same.
pub(crate) fn seed() -> u64 {
    env::var(SEED).map_or(0x5EED, |text| text.parse().expect("HIGHWATER_FAULTS_SEED is a decimal number"))
}

/// Sebastiano Vigna's splitmix64.
pub(crate) struct Rng(u64);

impl Rng {
    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        low + usize::try_from(crate::stream::mix(self.0) >> 33).unwrap_or(0) % (high - low + 1)
    }
}

/// Waits until `true_now`; fails with what was waited for if that takes far too long.
pub(crate) fn eventually(what: &str, mut true_now: impl FnMut() -> bool) {
    let start = Instant::now();
    while !true_now() {
        assert!(start.elapsed() < PATIENCE, "waited {} s in vain until {what}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The length of a file, 0 if there is none, in bytes.
pub(crate) fn len_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}
