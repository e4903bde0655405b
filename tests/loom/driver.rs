//! Searches every scenario in a process of its own, as many at once as there are cores, and prints the table.

use crate::arguments::Arguments;
use crate::keepers;
use crate::scenarios::Play;
use crate::search::{self, Bound, Found};
use std::process::{Command, ExitCode, Output};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use std::{env, thread};

/// How deep every scenario is searched: 1, 2, 3 or `none`.
const BOUND: &str = "HIGHWATER_LOOM_BOUND";
/// Set for a process that searches one scenario: its name.
const SCENARIO: &str = "HIGHWATER_LOOM_SCENARIO";
/// What keeps the threads of the writer in order and is taken away in that process, by name.
const TAKE_AWAY: &str = "HIGHWATER_LOOM_TAKE_AWAY";
/// A scenario that takes longer than this is given up, which is a failure.
const TIME_MAX: Duration = Duration::from_secs(300);
/// As `TIME_MAX`, where the bound is the user's.
const TIME_MAX_DEEP: Duration = Duration::from_secs(4 * 3600);

/// What was found of one scenario.
#[derive(Default)]
struct Report {
    found: Vec<(Bound, Found)>,
    /// Distinct logs, at all bounds together.
    logs: u64,
    /// Waits ended for no reason.
    spurious: u64,
    time: Duration,
    failure: Option<String>,
}

pub(crate) fn main() -> ExitCode {
    let bound = match env::var(BOUND).ok().map(|text| text.parse::<Bound>()).transpose() {
        Ok(bound) => bound,
        Err(error) => {
            eprintln!("{BOUND}: {error}");
            return ExitCode::from(2);
        }
    };
    if let Ok(name) = env::var(SCENARIO) {
        return search_one(&name, bound);
    }
    let arguments = Arguments::parse(env::args().skip(1));
    let chosen = arguments.choose();
    if arguments.list {
        for play in chosen {
            println!("{}: test", play.name());
        }
        return ExitCode::SUCCESS;
    }
    if run_all(&chosen, bound) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The process of one scenario: prints a line for each bound, and then the number of logs.
fn search_one(name: &str, bound: Option<Bound>) -> ExitCode {
    let Some(play) = Play::all().find(|play| play.name() == name) else {
        eprintln!("{SCENARIO}: there is no scenario {name:?}");
        return ExitCode::from(2);
    };
    if let Ok(keeper) = env::var(TAKE_AWAY) {
        highwater_loom::take_away(&keeper);
    }
    let limit = if bound.is_some() { TIME_MAX_DEEP } else { TIME_MAX };
    thread::spawn(move || {
        thread::sleep(limit);
        search::fail(&format!("the search was given up unfinished after {} s", limit.as_secs()));
    });
    search::exit_on_panic();
    play.driving.is_of_this_process();
    let logs = search::run(play.scenario, bound.unwrap_or(play.bound()), |bound, found| {
        println!("{bound} {} {}", found.executions, found.logs);
    });
    println!("logs {logs}\nspurious {}", highwater_loom::spurious_wakeups());
    ExitCode::SUCCESS
}

/// Runs that process.
pub(crate) fn search_apart(scenario: &str, take_away: Option<&str>) -> std::io::Result<Output> {
    let mut command = Command::new(env::current_exe()?);
    command.env(SCENARIO, scenario).env_remove(TAKE_AWAY);
    command.envs(take_away.map(|keeper| (TAKE_AWAY, keeper))).output()
}

/// Runs that process and reads what it prints.
fn report(play: Play) -> Report {
    let started = Instant::now();
    let output = search_apart(&play.name(), None);
    let mut report = Report { time: started.elapsed(), ..Report::default() };
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            report.failure = Some(format!("its process could not be started: {error}"));
            return report;
        }
    };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["logs", count] => report.logs = count.parse().unwrap_or_default(),
            ["spurious", count] => report.spurious = count.parse().unwrap_or_default(),
            [bound, executions, logs] => {
                if let (Ok(bound), Ok(executions), Ok(logs)) =
                    (bound.parse(), executions.parse(), logs.parse())
                {
                    report.found.push((bound, Found { executions, logs }));
                }
            }
            _ => {}
        }
    }
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        report.failure = Some(format!("{}\n{}", text.trim_end(), output.status));
    }
    report
}

/// Prints a line for each scenario, in order, then what failed, then the totals; answers whether nothing failed.
fn run_all(chosen: &[Play], bound: Option<Bound>) -> bool {
    let started = Instant::now();
    let next = Mutex::new(0..chosen.len());
    let take = || next.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    let mut reports: Vec<Option<Report>> = chosen.iter().map(|_| None).collect();
    let mut printed = 0;
    if chosen.is_empty() {
        println!("\nno scenario is called that\n0 passed, 0 failed");
        return true;
    }
    println!(
        "\nEvery interleaving of each scenario with at most so many preemptions: executions/distinct logs.\n"
    );
    println!("{}", row("scenario", &Bound::ALL.map(|bound| bound.to_string()), "time", ""));
    thread::scope(|scope| {
        let (done, reported) = channel();
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let done = done.clone();
            scope.spawn(move || {
                while let Some(index) = take() {
                    let _ = done.send((index, report(chosen[index])));
                }
            });
        }
        drop(done);
        for (index, report) in reported {
            reports[index] = Some(report);
            while let Some(Some(report)) = reports.get(printed) {
                println!("{}", line(&chosen[printed].name(), report));
                printed += 1;
            }
        }
    });
    let reports: Vec<Report> = reports.into_iter().flatten().collect();
    for (play, report) in chosen.iter().zip(&reports) {
        if let Some(why) = &report.failure {
            println!("\n---- {} ----\n{why}\n\nto see it again:\n{}", play.name(), again(*play, bound));
        }
    }
    // Asked for some scenarios, it runs those alone; and without the ring nothing is kept.
    let all_kept = env::args().len() > 1 || cfg!(not(feature = "ring")) || keepers::all_are_missed();
    totals(&reports, started.elapsed()) && all_kept
}

fn again(play: Play, bound: Option<Bound>) -> String {
    let variable = bound.map_or(String::new(), |bound| format!("{BOUND}={bound} "));
    format!("{variable}cargo test -p highwater-tests --test loom -- --exact {}", play.name())
}

fn row(name: &str, cells: &[String; 4], time: &str, end: &str) -> String {
    let [one, two, three, none] = cells;
    format!("{name:40} {one:>14} {two:>16} {three:>18} {none:>20} {time:>9}  {end}").trim_end().to_owned()
}

fn line(name: &str, report: &Report) -> String {
    let cells = Bound::ALL.map(|bound| {
        let found = report.found.iter().find(|(other, _)| *other == bound);
        found.map_or(String::new(), |(_, found)| format!("{}/{}", found.executions, found.logs))
    });
    let time = format!("{:.1} s", report.time.as_secs_f64());
    row(name, &cells, &time, if report.failure.is_some() { "FAILED" } else { "ok" })
}

fn totals(reports: &[Report], time: Duration) -> bool {
    let executions: u64 =
        reports.iter().flat_map(|report| &report.found).map(|(_, found)| found.executions).sum();
    let logs: u64 = reports.iter().map(|report| report.logs).sum();
    let failed = reports.iter().filter(|report| report.failure.is_some()).count();
    let spurious: u64 = reports.iter().map(|report| report.spurious).sum();
    println!(
        "\n{} scenarios in {:.1} s: {executions} executions, in which {spurious} waits ended for no reason.\n\
         Each of the {logs} distinct logs was judged by the model.",
        reports.len(),
        time.as_secs_f64()
    );
    println!("{} passed, {failed} failed", reports.len() - failed);
    failed == 0
}
