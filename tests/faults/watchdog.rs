//! The process around a test: it names the test that hangs, kills it, and relays what the test could not check.

use crate::case::{NOT_CHECKED, SCRATCH, SEED, again, done_line, seed};
use crate::drive::DRIVING;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The longest a test may take, in seconds. The slowest takes about one; this is only for those that hang.
const LIMIT_S: u64 = 120;
const LIMIT: &str = "HIGHWATER_FAULTS_LIMIT_S";

/// Runs the test `name` in a process of its own, its streams driven in this way.
pub(crate) fn supervise(name: &str, driving: &str) {
    let scratch = Scratch::new(name).expect("a scratch folder in the target directory");
    let output = scratch.0.join("output");
    let mut child = start(name, driving, &scratch.0, &output).expect("the test binary starts itself");
    let limit = std::env::var(LIMIT).ok().and_then(|text| text.parse().ok()).unwrap_or(LIMIT_S);
    let status = wait(&mut child, Duration::from_secs(limit)).expect("a child can be waited for");
    let threads = if status.is_none() { threads_of(child.id()) } else { String::new() };
    let processes_left = kill_all(&mut child);
    let text = String::from_utf8_lossy(&fs::read(&output).unwrap_or_default()).into_owned();
    relay(name, &text);
    let replay = format!(
        "replay: {SEED}={} cargo test -p highwater-tests --test faults -- --exact {name}\n{text}",
        seed()
    );
    match status {
        None => panic!("{name} hangs on a {driving}: it is not done after {limit} s\n{threads}{replay}"),
        Some(status) if !status.success() => panic!("{name} failed on a {driving} ({status})\n{replay}"),
        Some(_) if !text.contains(&done_line(name, None)) => panic!("{name} did not run\n{replay}"),
        Some(_) => assert!(!processes_left, "{name} left a process behind\n{replay}"),
    }
}

fn start(name: &str, driving: &str, scratch: &Path, output: &Path) -> io::Result<Child> {
    let output = File::create(output)?;
    let mut command = again(Command::new(std::env::current_exe()?), name);
    command
        .env(SCRATCH, scratch)
        .env(DRIVING, driving)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        let status = child.try_wait()?;
        if status.is_some() || start.elapsed() >= limit {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Prints past the harness, which keeps what a passing test prints to itself.
fn relay(name: &str, text: &str) {
    for line in text.lines().filter(|line| line.starts_with(NOT_CHECKED)) {
        let _ = writeln!(io::stderr(), "{name}: {line}");
    }
}

/// Kills the test and the processes it started; says whether it had left any of those behind by itself.
#[cfg(target_os = "linux")]
fn kill_all(child: &mut Child) -> bool {
    use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
    let ended_by_itself = matches!(child.try_wait(), Ok(Some(_)));
    let group = Pid::from_child(child);
    let left = ended_by_itself && test_kill_process_group(group).is_ok();
    let _ = kill_process_group(group, Signal::KILL); // an empty group is no error worth telling
    let _ = child.wait();
    left
}

#[cfg(not(target_os = "linux"))]
fn kill_all(child: &mut Child) -> bool {
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// What the threads of a process that hangs are doing.
#[cfg(target_os = "linux")]
fn threads_of(pid: u32) -> String {
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return String::new() };
    let mut lines = Vec::new();
    for thread in threads.flatten().map(|thread| thread.path()) {
        lines.push(format!("thread `{}` is in {}\n", read(thread.join("comm")), read(thread.join("wchan"))));
    }
    lines.concat()
}

#[cfg(not(target_os = "linux"))]
fn threads_of(_pid: u32) -> String {
    String::new()
}

/// The test is killed if its watchdog is, so that interrupting `cargo test` leaves nothing running.
pub(crate) fn die_with_parent() {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .expect("Linux takes this signal");
}

/// A folder for one test, removed afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> io::Result<Self> {
        let folder = format!("faults-{}-{}", std::process::id(), name.replace("::", "-"));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // what is left lies in the target directory
    }
}
