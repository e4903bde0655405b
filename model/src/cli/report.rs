//! What a check found, as tables and sentences.

use std::fmt::Write as _;
use std::time::Duration;

use highwater_model::check::{ConfigReport, Fate, Judgement, MutantReport, Report};
use highwater_model::coverage;
use highwater_model::properties::{CLAUSES, Clause};

use super::output::Verdict;
use super::table::{self, Table};
use super::trail;

/// All tables that the report fills.
pub(super) fn tables(report: &Report, only: Option<&Clause>) -> String {
    let mut out = String::new();
    if !report.configs.is_empty() {
        out.push_str(&configurations(report));
        out.push_str(&clauses(report, only));
        out.push_str(&searched(report));
    }
    if !report.mutants.is_empty() {
        out.push_str(&mutants(report));
    }
    if !report.experiments.is_empty() {
        out.push_str(&experiments(report));
    }
    out
}

fn configurations(report: &Report) -> String {
    let mut table = Table::new(&["configuration", ">unique states", ">depth", ">time", ">clauses holding"]);
    for config in &report.configs {
        let spoken_of = config.premises.iter().filter(|premises| **premises > 0).count();
        let holding = spoken_of.saturating_sub(config.counterexamples.len());
        let cut_off = if config.complete { "" } else { " (cut off)" };
        table.row([
            format!("{}{cut_off}", config.name),
            table::thousands(config.states),
            config.depth.to_string(),
            millis(config.elapsed_ms),
            format!("{holding}/{spoken_of}"),
        ]);
    }
    if report.configs.len() > 1 {
        table.row([
            "all".to_owned(),
            table::thousands(report.states()),
            report.configs.iter().map(|config| config.depth).max().unwrap_or(0).to_string(),
            millis(report.elapsed_ms),
            String::new(),
        ]);
    }
    format!(
        "Configurations (holding/spoken of: a clause is spoken of where its premise was true)\n{}\n",
        table.render()
    )
}

/// What the configurations say of a clause.
pub(super) fn standing(report: &Report, clause: &Clause) -> &'static str {
    let broken = report.configs.iter().flat_map(|config| &config.counterexamples);
    if broken.into_iter().any(|found| found.clause == clause.id) {
        "BROKEN"
    } else if report.premises(clause.index()) == 0 {
        "vacuous"
    } else {
        "holds"
    }
}

fn clauses(report: &Report, only: Option<&Clause>) -> String {
    let mut table = Table::new(&["clause", ">premise true", "verdict", "sentence"]);
    for clause in CLAUSES.iter().filter(|clause| only.is_none_or(|only| only.id == clause.id)) {
        table.row([
            clause.id.to_owned(),
            table::thousands(report.premises(clause.index())),
            standing(report, clause).to_owned(),
            clause.sentence.to_owned(),
        ]);
    }
    format!("Clauses (how often the premise of each was true, on a step or in a state)\n{}\n", table.render())
}

/// What was gone through besides states: kinds of step, and fair cycles.
fn searched(report: &Report) -> String {
    let possible: Vec<usize> = coverage::cells()
        .filter(|(kind, phase)| kind.is_possible_in(*phase))
        .map(|(kind, phase)| coverage::cell(kind, phase))
        .collect();
    let was_taken =
        |cell: &&usize| report.configs.iter().any(|c| c.coverage.get(**cell).is_some_and(|n| *n > 0));
    let (taken, possible) = (possible.iter().filter(was_taken).count(), possible.len());
    let mut out = format!(
        "Transitions: {taken} of {possible} kinds of step, each in each phase that allows it, were taken\n"
    );
    if !report.untaken.is_empty() {
        out.push_str(&table::wrap(&format!("never taken: {}", report.untaken.join(", ")), 2));
    }
    let cyclic: Vec<&ConfigReport> =
        report.configs.iter().filter(|config| config.liveness_states > 0).collect();
    if !cyclic.is_empty() {
        let mut table =
            Table::new(&["fair cycles searched in", ">nodes", ">edges", "something owed for ever"]);
        for config in cyclic {
            let starved: Vec<&str> = config
                .counterexamples
                .iter()
                .filter(|found| Clause::find(&found.clause).is_some_and(Clause::is_liveness))
                .map(|found| found.clause.as_str())
                .collect();
            let found = if starved.is_empty() { "none found".to_owned() } else { starved.join(", ") };
            let (nodes, edges) = (table::thousands(config.liveness_states), table::thousands(config.steps));
            table.row([config.name.clone(), nodes, edges, found]);
        }
        let _ = write!(out, "\n{}", table.render());
    }
    out + "\n"
}

fn mutants(report: &Report) -> String {
    let mut table = Table::new(&["seeded bug", "clause", "fate", ">steps", "what is wrong with it"]);
    for mutant in &report.mutants {
        let steps = mutant.counterexample.as_ref().map_or_else(String::new, |found| found.length.to_string());
        table.row([
            mutant.name.to_owned(),
            mutant.clause.to_owned(),
            fate(mutant).to_owned(),
            steps,
            mutant.about.to_owned(),
        ]);
    }
    format!(
        "Seeded bugs: {} of {} caught by the clause they name (steps: the shortest run that shows it)\n{}\n",
        caught(report),
        report.mutants.len(),
        table.render()
    )
}

/// What became of a mutant, in a word or two.
pub(super) fn fate(mutant: &MutantReport) -> &'static str {
    match mutant.fate {
        Fate::Caught => "caught",
        Fate::CaughtByAnother => "OTHER CLAUSE",
        Fate::Survived => "SURVIVED",
    }
}

fn caught(report: &Report) -> usize {
    report.mutants.iter().filter(|mutant| mutant.fate == Fate::Caught).count()
}

fn experiments(report: &Report) -> String {
    let mut out = String::from(
        "Questions put to the search (what each rule is needed for, and whether a bound is the best there is)\n",
    );
    for experiment in &report.experiments {
        let surprise = if experiment.as_expected { "" } else { "NOT THE ANSWER FOUND, though expected: " };
        out.push_str(&table::wrap(experiment.question, 2));
        out.push_str(&table::wrap(&format!("{surprise}{}", experiment.answer), 4));
        if let Some(example) = experiment.examples.first() {
            let _ = writeln!(out, "    {}", trail::command(example));
        }
    }
    out + "\n"
}

fn millis(ms: u64) -> String {
    table::seconds(Duration::from_millis(ms))
}

/// What it comes to, for somebody who has not read the tables.
pub(super) fn verdict(report: &Report, only: Option<&Clause>, verdict: Verdict) -> String {
    let mut said = vec![
        match (verdict, report.judgement) {
            (Verdict::Conforms, _) => "HOLDS.",
            (Verdict::Violation, Judgement::Incomplete) => "INCOMPLETE.",
            (Verdict::Violation, _) => "VIOLATED.",
        }
        .to_owned(),
    ];
    if !report.configs.is_empty() {
        said.push(of_the_contract(report, only));
    }
    if !report.mutants.is_empty() {
        let (caught, all) = (caught(report), report.mutants.len());
        said.push(if caught == all {
            format!("{} caught by the clause named.", all_of(all, "seeded bug"))
        } else {
            format!(
                "{} of {all} seeded bugs were NOT caught by the clause named: the check has a hole.",
                all - caught
            )
        });
    }
    let (all, surprises) = (report.experiments.len(), surprises(report));
    if surprises > 0 {
        said.push(format!(
            "{} answered otherwise than expected.",
            table::count(surprises as u64, "question")
        ));
    } else if all > 0 {
        said.push(format!("{} answered as expected.", all_of(all, "question")));
    }
    table::wrap(&said.join(" "), 0)
}

fn surprises(report: &Report) -> usize {
    report.experiments.iter().filter(|experiment| !experiment.as_expected).count()
}

fn all_of(all: usize, noun: &str) -> String {
    if all == 1 { format!("The {noun} was") } else { format!("All {all} {noun}s were") }
}

fn of_the_contract(report: &Report, only: Option<&Clause>) -> String {
    let asked = |clause: &&Clause| only.is_none_or(|only| only.id == clause.id);
    let broken: Vec<&str> = CLAUSES
        .iter()
        .filter(asked)
        .filter(|clause| standing(report, clause) == "BROKEN")
        .map(|clause| clause.id)
        .collect();
    let over = format!(
        "over {} in {}",
        table::count(report.states(), "unique state"),
        table::count(report.configs.len() as u64, "configuration")
    );
    if !broken.is_empty() {
        return format!("{} broken, {over}.", broken.join(", "));
    }
    let gaps = gaps(report, only);
    match (gaps.is_empty(), only) {
        (true, None) => {
            format!("Every clause whose premise was true holds, {over}, each searched to its end.")
        }
        (true, Some(only)) => format!("{} holds, {over}, each searched to its end.", only.id),
        (false, _) => format!("No clause is broken {over}, but {gaps}."),
    }
}

/// What a check that found nothing wrong has not looked at.
fn gaps(report: &Report, only: Option<&Clause>) -> String {
    let mut gaps = Vec::new();
    let cut_off = report.configs.iter().filter(|config| !config.complete).count();
    if cut_off > 0 {
        gaps.push(format!("{} not searched to the end", table::count(cut_off as u64, "configuration")));
    }
    let vacuous: Vec<&str> =
        report.vacuous.iter().copied().filter(|id| only.is_none_or(|only| only.id == *id)).collect();
    if !vacuous.is_empty() {
        gaps.push(format!("the premise of {} was never true", vacuous.join(", ")));
    }
    if only.is_none() && !report.untaken.is_empty() {
        gaps.push(format!("{} never taken", table::count(report.untaken.len() as u64, "kind of step")));
    }
    gaps.join(", and ")
}
