//! Whole programs measured side by side, each in a process of its own.
//!
//! Where the other bench times loops inside one process, this one starts programs in turn and looks at them from outside: how long from start to end,
//! how much memory, how often a thread was scheduled. One file an experiment; `README.md` in this folder says what each does and how to
//! read its tables.

mod arguments;
mod child;
mod gzip;
mod idle;
mod lines;
mod rounds;
mod show;
mod system;
mod ten_gigabytes;
mod text;
mod who;

use std::env;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Value, json};

use arguments::{Request, Run, Scale};
use show::Target;

/// Something that is tried out with whole programs.
trait Experiment {
    /// The name by which it is asked for.
    fn name(&self) -> &'static str;

    /// Starts the programs, and reports.
    fn run(&self, stage: &Stage) -> io::Result<Report>;

    /// Is one of the programs: does its task and returns what it measured.
    fn child(&self, task: &str) -> io::Result<Value>;
}

fn experiments() -> [&'static dyn Experiment; 4] {
    [&lines::Lines, &gzip::Gzip, &ten_gigabytes::TenGigabytes, &idle::Idle]
}

/// What all experiments of a run have in common.
struct Stage {
    scale: Scale,
    /// Where files may be written.
    directory: PathBuf,
    /// How long the long stream is, if that was said.
    gigabytes: Option<f64>,
}

/// What came of an experiment.
#[derive(Default)]
struct Report {
    text: String,
    figures: Vec<Value>,
    targets: Vec<Target>,
}

impl Report {
    /// Adds lines to the text.
    fn say(&mut self, lines: &str) {
        self.text.push_str(lines);
        self.text.push('\n');
    }

    fn figure(&mut self, figure: Value) {
        self.figures.push(figure);
    }

    fn target(&mut self, target: Target) {
        self.targets.push(target);
    }
}

/// Runs what the arguments of this process ask for; `temporary` is the build's directory for files of benches.
#[must_use]
pub fn main(temporary: &Path) -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let (outcome, failure) = match &arguments[..] {
        [first, experiment, task] if first == child::AS_CHILD => (be_child(experiment, task), 1),
        _ => match Request::parse(&arguments, &experiments().map(Experiment::name)) {
            Ok(request) => (serve(request, temporary), 1),
            Err(message) => (Err(io::Error::other(message)), 2),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(failure)
        }
    }
}

fn be_child(experiment: &str, task: &str) -> io::Result<()> {
    let found = experiments().into_iter().find(|candidate| candidate.name() == experiment);
    let found = found.ok_or_else(|| io::Error::other(format!("no experiment is called {experiment:?}")))?;
    eprintln!("{}", found.child(task)?);
    Ok(())
}

fn serve(request: Request, temporary: &Path) -> io::Result<()> {
    match request {
        Request::List => {
            for experiment in experiments() {
                println!("{}: benchmark", experiment.name());
            }
            Ok(())
        }
        Request::Help => {
            println!("cargo bench --bench programs -- [--quick | --test] [--gigabytes N] [EXPERIMENT...]");
            println!("experiments: {}", experiments().map(Experiment::name).join(", "));
            Ok(())
        }
        Request::Run(run) => run_all(&run, temporary),
    }
}

fn run_all(run: &Run, temporary: &Path) -> io::Result<()> {
    let start = Instant::now();
    let stage = Stage { scale: run.scale, directory: temporary.to_owned(), gigabytes: run.gigabytes };
    let mut reports = Vec::new();
    for experiment in experiments() {
        let name = experiment.name();
        if !run.wanted.contains(&name) {
            continue;
        }
        if run.scale != Scale::Tiny {
            eprintln!("{name} ...");
        }
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
        let report = experiment.run(&stage).map_err(named)?;
        if run.scale == Scale::Tiny {
            // Sizes like these measure nothing; what counts is that all programs ended well and wrote what they should.
            println!("{name}: all programs ended well, and every byte arrived");
            continue;
        }
        println!("\n{}", report.text.trim_end());
        println!("\n{}", show::targets(&report.targets).trim_end());
        reports.push((name, report));
    }
    if run.scale == Scale::Tiny {
        return Ok(());
    }
    println!("\nmedians (smallest..largest); the whole run took {:.0} s", start.elapsed().as_secs_f64());
    println!("all figures: {}", save(run.scale, &reports, temporary)?.display());
    Ok(())
}

/// Beside the directory for temporary files lies everything else that is built.
fn save(scale: Scale, reports: &[(&str, Report)], temporary: &Path) -> io::Result<PathBuf> {
    let path = temporary.parent().unwrap_or(temporary).join("highwater-programs.json");
    let by_name = reports.iter().map(|(name, report)| {
        ((*name).to_owned(), json!({ "figures": report.figures, "targets": report.targets }))
    });
    let figures = json!({
        "highwater_programs": 1,
        "scale": scale.name(),
        "cores": std::thread::available_parallelism().map_or(0, NonZero::get),
        "os": env::consts::OS,
        "arch": env::consts::ARCH,
        "experiments": by_name.collect::<serde_json::Map<_, _>>(),
    });
    let text = serde_json::to_string_pretty(&figures)?;
    std::fs::write(&path, text + "\n")
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    Ok(path)
}
