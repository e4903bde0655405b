//! `cargo bench`: criterion measures and compares with its last run; at the end come the tables, and `highwater-bench.json`.
//!
//! Criterion's own arguments hold: a filter, `--quick`, `--list`, `--test`, `--save-baseline`. See `README.md`.

use std::env;
use std::io;
use std::num::NonZero;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput};
use highwater_benches::ledger::{Ledger, Ratio, Stall};
use highwater_benches::measure::{Measured, Pair, Round, clock_cost_ns};
use highwater_benches::peers::{self, BASELINE, BASELINE_OF_MANY};
use highwater_benches::sinks::{self, Destination, Null};
use highwater_benches::stream::Stream;
use highwater_benches::{plan, table, units, verdict};

/// Criterion is told the time for this many bytes, whatever the size of the batch was, so that its figures compare from run to run.
const REPORTED_BYTES: u64 = 1 << 20;

/// What criterion was asked to do, as far as it matters here. The rule is criterion's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Measure, and print tables.
    Measure,
    /// Run everything once and small.
    Test,
    /// Neither: `--list` and the like.
    Other,
}

impl Mode {
    fn of(arguments: &[String]) -> Self {
        let given = |name: &str| arguments.iter().any(|argument| argument.split('=').next() == Some(name));
        if ["--list", "--load-baseline", "--ignored", "--help", "-h"].into_iter().any(given) {
            Self::Other
        } else if given("--bench") && !given("--test") {
            Self::Measure
        } else {
            Self::Test
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let mode = Mode::of(&arguments);
    say_criterions_panics_in_one_line();
    match run(configured(), mode) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// Criterion answers a bad value, or a baseline it does not have, with a panic; it becomes one line. Other panics stay what they are.
fn say_criterions_panics_in_one_line() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("criterion")) {
            return usual(panic);
        }
        let text = panic.payload().downcast_ref::<String>().map(String::as_str);
        let said =
            text.or_else(|| panic.payload().downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        eprintln!("error: criterion refused an argument: {said}; see `cargo bench -- --help`");
        process::exit(2)
    }));
}

fn configured() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(plan::TIME)
        .sample_size(10)
        .nresamples(10_000)
        .noise_threshold(0.05)
        .without_plots()
        .configure_from_args()
}

fn run(mut criterion: Criterion, mode: Mode) -> Result<(), String> {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let ledger = measure(&mut criterion, mode, temporary)
        .map_err(|error| format!("cannot start a thread for a contender: {error}"))?;
    criterion.final_summary();
    if mode != Mode::Measure {
        return Ok(());
    }
    if ledger.is_empty() {
        return Err("no benchmark matches the filter: `cargo bench -- --list` names them all".into());
    }
    let baseline = peers::Contender::name(&BASELINE);
    println!("{}", table::render(&ledger, &baseline, "highwater", clock_cost_ns()));
    let saved = save(&ledger, temporary).map_err(|error| format!("cannot write the figures: {error}"))?;
    println!("all figures: {}", saved.display());
    Ok(())
}

fn measure(criterion: &mut Criterion, mode: Mode, temporary: &Path) -> io::Result<Ledger> {
    let mut ledger = Ledger::default();
    let (contenders, rivals) = (peers::all()?, peers::rivals()?);
    for sink in sinks::all(temporary) {
        for chunk in plan::CHUNKS {
            let mut turns = turns(&contenders, plan::TIME, sink.as_ref());
            if plan::rivals_at(sink.name(), chunk) {
                turns.extend(self::turns(&rivals, plan::RIVALS_TIME, sink.as_ref()));
            }
            let group = format!("{}/{}", sink.name(), units::bytes(chunk as u64));
            ledger.ratios.extend(ratios(criterion, mode, &group, &turns, sink.as_ref(), chunk));
        }
    }
    for producers in plan::PRODUCERS {
        let sharing = peers::sharing(producers)?;
        let turns = turns(&sharing, plan::RIVALS_TIME, &Null);
        let group = format!("many/{}", units::threads(producers).replace(' ', "-"));
        let cells = ratios(criterion, mode, &group, &turns, &Null, plan::SHARED_CHUNK);
        ledger.many.extend(cells.into_iter().map(|cell| Ratio { producers, ..cell }));
    }
    ledger.stalls = stalls(criterion, mode)?;
    Ok(ledger)
}

/// A benchmark whose bytes do not arrive has no time, and a run without it has no table.
fn or_stop<T>(outcome: io::Result<T>, id: &str) -> T {
    outcome.unwrap_or_else(|error| {
        eprintln!("\nerror: {id}: {error}");
        process::exit(1)
    })
}

/// Who is measured beside the first one in a group, and for how long.
struct Turn<'a> {
    contender: &'a dyn Measured,
    time: Duration,
}

fn turns<'a>(contenders: &'a [Box<dyn Measured>], time: Duration, sink: &dyn Destination) -> Vec<Turn<'a>> {
    let fit = contenders.iter().filter(|contender| contender.takes(sink));
    fit.map(|contender| Turn { contender: contender.as_ref(), time }).collect()
}

fn ratios(
    criterion: &mut Criterion,
    mode: Mode,
    group_name: &str,
    turns: &[Turn<'_>],
    sink: &dyn Destination,
    chunk: usize,
) -> Vec<Ratio> {
    // Not `&BASELINE`: a second vtable made in this crate is a second copy of the loop, and two copies of one loop
    // have been seen to differ by 40 %. The first row of each table shows that they do not here.
    let Some(baseline) = turns.first().map(|turn| turn.contender) else { return Vec::new() };
    let mut cells = Vec::new();
    let mut group = criterion.benchmark_group(group_name);
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(REPORTED_BYTES));
    for Turn { contender, time } in turns {
        let id = format!("{group_name}/{}", contender.name());
        let mut rounds: Vec<Round> = Vec::new();
        let mut pair: Option<Pair<'_>> = None;
        group.measurement_time(*time);
        group.bench_function(contender.name(), |bencher| {
            let pair = pair.get_or_insert_with(|| {
                let fresh = Pair::new(*contender, baseline, sink, chunk);
                or_stop(prepared(fresh, mode), &id)
            });
            bencher.iter_custom(|batches| {
                let round = or_stop(pair.round(batches), &id);
                rounds.push(round);
                let bytes = round.writes as f64 / batches as f64 * chunk as f64;
                round.contender.mul_f64(REPORTED_BYTES as f64 / bytes)
            });
        });
        cells.extend(Ratio::of(sink.name(), chunk, contender.name(), &rounds));
    }
    group.finish();
    cells
}

fn prepared(mut pair: Pair<'_>, mode: Mode) -> io::Result<Pair<'_>> {
    pair.rehearse()?;
    if mode == Mode::Measure {
        pair.calibrate()?;
    }
    Ok(pair)
}

/// Criterion is told the time spent inside `write`.
fn stalls(criterion: &mut Criterion, mode: Mode) -> io::Result<Vec<Stall>> {
    let contenders = peers::against_stalls()?;
    let mut rows = Vec::new();
    let stream = Stream::new(plan::STALL_CHUNK, if mode == Mode::Measure { plan::STALL_LAPS } else { 1 });
    let mut group = criterion.benchmark_group("stall");
    group.sampling_mode(SamplingMode::Flat).measurement_time(plan::STALL_TIME);
    for contender in &contenders {
        let id = format!("stall/{}", contender.name());
        let mut took = Vec::new();
        group.bench_function(contender.name(), |bencher| {
            bencher.iter_custom(|runs| {
                let mut spent = Duration::ZERO;
                for _ in 0..runs {
                    let calls = or_stop(contender.pace(&plan::STALLING, &stream, plan::STALL_INTERVAL), &id);
                    spent += Duration::from_nanos(calls.iter().sum());
                    took.extend(calls);
                }
                spent
            });
        });
        rows.extend(Stall::of(contender.name(), took));
    }
    group.finish();
    Ok(rows)
}

/// Beside the directory for temporary files lies everything else that is built.
fn save(ledger: &Ledger, temporary: &Path) -> io::Result<PathBuf> {
    let path = temporary.parent().unwrap_or(temporary).join("highwater-bench.json");
    let figures = serde_json::json!({
        "highwater_bench": 1,
        "baseline": peers::Contender::name(&BASELINE),
        "cores": std::thread::available_parallelism().map_or(0, NonZero::get),
        "os": env::consts::OS,
        "arch": env::consts::ARCH,
        "stall_conditions": plan::stall_conditions(),
        "ratios": ledger.ratios,
        "baseline_of_many": BASELINE_OF_MANY.0,
        "many": ledger.many,
        "stalls": ledger.stalls,
        "targets": verdict::judge(ledger),
    });
    let text = serde_json::to_string_pretty(&figures)?;
    std::fs::write(&path, text + "\n")
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    Ok(path)
}
