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
        if plan.configs.is_empty() {
            for mutant in &found.mutants {
                let _ = writeln!(out, "{}", one_mutant(mutant)?);
            }
        }
        out.push_str(&report::tables(found, only));
        for run in to_be_shown(plan, found, only) {
            let _ = writeln!(out, "{}", trail::text(run)?);
        }
        out.push_str(&report::verdict(found, only, verdict(found, only)));
    }
    for file in saved {
        let _ = writeln!(out, "Saved: {}", file.display());
    }
    if !plan.configs.is_empty() {
        out.push_str(&table::wrap(NEXT, 0));
    }
    Ok(out)
}

/// Violations of the contract itself, and what was seen of mutants that got away, unless all mutants were asked for and are shown above.
fn to_be_shown<'a>(
    plan: &Plan,
    found: &'a Report,
    only: Option<&'a Clause>,
) -> impl Iterator<Item = &'a Counterexample> + use<'a> {
    let configs = found.configs.iter().flat_map(|config| &config.counterexamples);
    let is_new = !plan.configs.is_empty();
    let mutants = found.mutants.iter().filter(move |mutant| is_new && mutant.fate != Fate::Caught);
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
    let broken = configs.chain(mutants).map(|run| {
        let by = run.mutant.as_ref().unwrap_or(&run.config);
        (format!("{}-{by}.json", run.clause), run)
    });
    let answers = found.experiments.iter().flat_map(|experiment| {
        experiment.examples.iter().map(|run| (format!("{}-{}-steps.json", experiment.name, run.length), run))
    });
    let mut files = Vec::new();
    for (name, run) in broken.chain(answers) {
        let file = folder.join(name);
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

#[cfg(test)]
mod tests {
    use super::*;
    use highwater_model::check::ConfigReport;
    use highwater_model::search::Ending;

    fn run_of(clause: &str, mutant: Option<&str>) -> Counterexample {
        Counterexample {
            clause: clause.to_owned(),
            config: "one-l2".to_owned(),
            mutant: mutant.map(str::to_owned),
            ending: Ending::Step,
            path: "w0:1.offer1".to_owned(),
            length: 2,
        }
    }

    fn config(counterexamples: Vec<Counterexample>, complete: bool) -> ConfigReport {
        ConfigReport {
            name: "one-l2".to_owned(),
            states: 1_234,
            steps: 5_678,
            depth: 9,
            elapsed_ms: 10,
            complete,
            premises: vec![1; CLAUSES.len()],
            coverage: Vec::new(),
            liveness_states: 0,
            counterexamples,
        }
    }

    fn mutant(fate: Fate) -> MutantReport {
        MutantReport {
            name: "no-sticky-rule",
            about: "about",
            clause: "W-04",
            config: "one-l2",
            fate,
            counterexample: (fate != Fate::Survived).then(|| run_of("W-03", Some("no-sticky-rule"))),
            broken: vec!["W-03"],
            states: 1,
            elapsed_ms: 1,
        }
    }

    fn report(configs: Vec<ConfigReport>, mutants: Vec<MutantReport>, judgement: Judgement) -> Report {
        let (experiments, vacuous, untaken) = (Vec::new(), Vec::new(), Vec::new());
        Report { configs, mutants, experiments, vacuous, untaken, elapsed_ms: 1, judgement }
    }

    /// What is printed, on one line, and how it exits.
    fn told(found: &Report, only: Option<&Clause>) -> (String, Verdict) {
        let plan = if found.configs.is_empty() { Plan::mutants(Vec::new(), 1) } else { Plan::everything(1) };
        let text = text(&plan, found, only, &[]).expect("it can be walked");
        (text.split_whitespace().collect::<Vec<_>>().join(" "), verdict(found, only))
    }

    #[test]
    fn a_broken_contract_is_shown_with_its_run_and_the_command_that_walks_it() {
        let found = report(vec![config(vec![run_of("W-03", None)], true)], Vec::new(), Judgement::Violated);
        let (text, verdict) = told(&found, None);
        assert_eq!(verdict, Verdict::Violation);
        for words in [
            "VIOLATED. W-03 broken, over 1,234 unique states in 1 configuration.",
            "W-03 is broken in 2 steps, in configuration one-l2:",
            "1. producer 0 writes chunk 0 (1 byte)",
            "2. the writer offers the sink 1 byte",
            "highwater replay 'w0:1.offer1' --config one-l2 ",
            " 55/56 ",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        let (_, another) = told(&found, Clause::find("W-01"));
        assert_eq!(another, Verdict::Conforms, "another clause alone still holds");
        assert_eq!(told(&found, Clause::find("W-03")).1, Verdict::Violation);
    }

    #[test]
    fn a_search_that_was_cut_off_does_not_pass() {
        let found = report(vec![config(Vec::new(), false)], Vec::new(), Judgement::Incomplete);
        let (text, verdict) = told(&found, None);
        assert_eq!(verdict, Verdict::Violation);
        assert!(text.contains("INCOMPLETE. No clause is broken"), "{text}");
        assert!(text.contains("but 1 configuration not searched to the end."), "{text}");
        assert_eq!(told(&found, Clause::find("W-01")).1, Verdict::Violation);
    }

    #[test]
    fn a_clause_whose_premise_was_never_true_does_not_hold() {
        let mut silent = config(Vec::new(), true);
        silent.premises[0] = 0;
        let found = report(vec![silent], Vec::new(), Judgement::Holds);
        assert_eq!(told(&found, Some(&CLAUSES[0])).1, Verdict::Violation);
        assert_eq!(told(&found, Some(&CLAUSES[1])).1, Verdict::Conforms);
    }

    #[test]
    fn a_mutant_that_survives_is_a_failure() {
        for (fate, words, expected) in [
            (Fate::Caught, "is caught by W-04, the clause it names.", Verdict::Conforms),
            (
                Fate::CaughtByAnother,
                "SURVIVES W-04, the clause it names, though it breaks W-03",
                Verdict::Violation,
            ),
            (Fate::Survived, "SURVIVES: W-04 should have caught it.", Verdict::Violation),
        ] {
            let judgement = if fate == Fate::Caught { Judgement::Holds } else { Judgement::Violated };
            let found = report(Vec::new(), vec![mutant(fate)], judgement);
            let (text, verdict) = told(&found, None);
            assert!(text.contains(words) && verdict == expected, "{text}");
            let all = report(vec![config(Vec::new(), true)], vec![mutant(fate)], judgement);
            assert_eq!(told(&all, None).1, expected);
        }
    }
}
