//! `highwater check`: the matrix, the seeded bugs and the experiments, or the part of them that was asked for.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use highwater_model::check::{self, Fate, Judgement, MutantReport, Plan, Report};
use highwater_model::mutants::{MUTANTS, Mutant};
use highwater_model::properties::{CLAUSES, Clause};
use highwater_model::search::Counterexample;
use serde_json::{Value, json};

use super::config::{self, Chosen};
use super::output::{self, Trouble, Verdict};
use super::progress::Progress;
use super::{report, table, trail};

#[derive(clap::Args, Debug, Default)]
pub(super) struct Options {
    #[command(flatten)]
    chosen: Chosen,
    /// Search one seeded bug instead of the contract, or `all` of them.
    #[arg(long, value_name = "NAME|all", conflicts_with_all = [
        "deep", "config", "high_water_mark", "low_water_mark", "capacity", "producers", "chunks"
    ])]
    mutant: Option<String>,
    /// Judge this clause alone, and the seeded bugs that name it.
    #[arg(long, value_name = "CLAUSE")]
    only: Option<String>,
    /// How many threads search at once [default: one for each core].
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Search the deep matrix: at least ten times as many states.
    #[arg(long, conflicts_with_all = ["config", "high_water_mark", "low_water_mark", "capacity", "producers", "chunks"])]
    deep: bool,
    /// Save every counterexample as a file in this directory, for `highwater replay`.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    let only = options.only.as_deref().map(config::clause).transpose()?;
    let plan = plan(options, only)?;
    if let Some(folder) = &options.save {
        fs::create_dir_all(folder).map_err(|error| Trouble::file("make the directory", folder, &error))?;
    }
    let found = {
        let progress = Progress::start();
        check::check(&plan, &|at| progress.see(at))
    };
    let saved = options.save.as_deref().map_or(Ok(Vec::new()), |folder| save(folder, &found))?;
    if as_json {
        output::print_json(&as_value(&found)?)?;
    } else {
        output::print(&text(&plan, &found, only, &saved)?)?;
    }
    Ok(verdict(&found, only))
}

fn plan(options: &Options, only: Option<&'static Clause>) -> Result<Plan, Trouble> {
    let threads =
        options.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let names_it = |mutant: &&'static Mutant| only.is_none_or(|only| mutant.clause == only.id);
    match options.mutant.as_deref() {
        Some("all") => Ok(Plan::mutants(MUTANTS.iter().filter(names_it).collect(), threads)),
        Some(name) => {
            let mutant = config::mutant(name)?;
            match only.filter(|only| only.id != mutant.clause) {
                Some(only) => {
                    Err(Trouble(format!("the mutant '{name}' does not name {}; leave --only out", only.id)))
                }
                None => Ok(Plan::mutants(vec![mutant], threads)),
            }
        }
        None if !options.chosen.is_nothing() => Ok(Plan::single(options.chosen.config()?, threads)),
        None => {
            let mut plan = if options.deep { Plan::deep(threads) } else { Plan::everything(threads) };
            if only.is_some() {
                plan.mutants.retain(names_it);
                plan.experiments.clear();
            }
            Ok(plan)
        }
    }
}

const NEXT: &str = "Next: `highwater check --mutant NAME` shows how a seeded bug is caught, `highwater explore` walks through the \
                    states in a browser, and `highwater clauses` lists what was checked.";

fn text(plan: &Plan, found: &Report, only: Option<&Clause>, saved: &[PathBuf]) -> Result<String, Trouble> {
    let mut out = String::new();
    if let ([], [mutant]) = (plan.configs.as_slice(), found.mutants.as_slice()) {
        out.push_str(&one_mutant(mutant)?);
    } else {
        out.push_str(&report::tables(found, only));
        for run in to_be_shown(found, only) {
            let _ = writeln!(out, "{}", trail::text(run)?);
        }
        out.push_str(&report::verdict(found, only));
    }
    for file in saved {
        let _ = writeln!(out, "Saved: {}", file.display());
    }
    if !plan.configs.is_empty() {
        out.push_str(&table::wrap(NEXT, 0));
    }
    Ok(out)
}

/// Violations of the contract itself, and what was seen of mutants that got away.
fn to_be_shown<'a>(found: &'a Report, only: Option<&'a Clause>) -> impl Iterator<Item = &'a Counterexample> {
    let configs = found.configs.iter().flat_map(|config| &config.counterexamples);
    let mutants = found.mutants.iter().filter(|mutant| mutant.fate != Fate::Caught);
    configs
        .filter(move |run| only.is_none_or(|only| only.id == run.clause))
        .chain(mutants.filter_map(|mutant| mutant.counterexample.as_ref()))
}

fn one_mutant(mutant: &MutantReport) -> Result<String, Trouble> {
    let mut out = String::new();
    if let Some(run) = &mutant.counterexample {
        let _ = writeln!(out, "{}", trail::text(run)?);
    }
    let (name, clause) = (mutant.name, mutant.clause);
    let fate = match mutant.fate {
        Fate::Caught => format!("The mutant {name} is caught by {clause}, the clause it names.\n"),
        Fate::CaughtByAnother => format!(
            "The mutant {name} SURVIVES {clause}, the clause it names, though it breaks {}: the check has a hole.\n",
            mutant.broken.join(", ")
        ),
        Fate::Survived => {
            format!("The mutant {name} SURVIVES: {clause} should have caught it. The check has a hole.\n")
        }
    };
    out.push_str(&fate);
    Ok(out)
}

fn verdict(found: &Report, only: Option<&Clause>) -> Verdict {
    let escaped = found.mutants.iter().any(|mutant| mutant.fate != Fate::Caught);
    let holds = only.map_or(found.judgement == Judgement::Holds, |only| {
        let searched = found.configs.iter().all(|config| config.complete);
        !escaped && (found.configs.is_empty() || (searched && report::standing(found, only) == "holds"))
    });
    if holds { Verdict::Conforms } else { Verdict::Violation }
}

fn save(folder: &Path, found: &Report) -> Result<Vec<PathBuf>, Trouble> {
    let configs = found.configs.iter().flat_map(|config| &config.counterexamples);
    let mutants = found.mutants.iter().filter_map(|mutant| mutant.counterexample.as_ref());
    let examples = found.experiments.iter().flat_map(|experiment| &experiment.examples);
    let mut files = Vec::new();
    for run in configs.chain(mutants).chain(examples) {
        let by = run.mutant.as_ref().unwrap_or(&run.config);
        let file = folder.join(format!("{}-{by}.json", run.clause));
        let text = serde_json::to_string_pretty(run).map_err(|error| Trouble(error.to_string()))?;
        fs::write(&file, text + "\n").map_err(|error| Trouble::file("write", &file, &error))?;
        files.push(file);
    }
    Ok(files)
}

fn as_value(found: &Report) -> Result<Value, Trouble> {
    let mut value = serde_json::to_value(found).map_err(|error| Trouble(error.to_string()))?;
    if !found.configs.is_empty() {
        let clauses = CLAUSES.iter().map(|clause| {
            let premises = found.premises(clause.index());
            json!({ "id": clause.id, "premises": premises, "verdict": report::standing(found, clause) })
        });
        value["clauses"] = clauses.collect();
    }
    Ok(value)
}
