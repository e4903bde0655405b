//! `highwater clauses`: what SPEC.md says, what checks it, and which seeded bugs show that the check can fail.

use std::fmt::Write as _;

use highwater_model::mutants::MUTANTS;
use highwater_model::properties::{CLAUSES, Clause};
use serde_json::{Value, json};

use super::output::{self, Trouble, Verdict};
use super::table::{self, Table};

/// Which test files name which clause, as `model/tests/docs.rs` found them.
const TESTS: &str = include_str!("clause-tests.txt");

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Print a Markdown table with whole sentences.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    if as_json {
        output::print_json(&as_value())?;
    } else if options.markdown {
        output::print(&markdown())?;
    } else {
        output::print(&text())?;
    }
    Ok(Verdict::Conforms)
}

fn kind(clause: &Clause) -> &'static str {
    if clause.is_liveness() { "liveness" } else { "step" }
}

fn mutants(clause: &Clause) -> Vec<&'static str> {
    MUTANTS.iter().filter(|mutant| mutant.clause == clause.id).map(|mutant| mutant.name).collect()
}

fn tests(clause: &Clause) -> Vec<&'static str> {
    let line = TESTS.lines().find_map(|line| line.strip_prefix(clause.id)?.strip_prefix(':'));
    line.into_iter()
        .flat_map(|files| files.split(','))
        .map(str::trim)
        .filter(|file| !file.is_empty())
        .collect()
}

fn text() -> String {
    let mut out = String::new();
    for clause in &CLAUSES {
        let hung = table::wrap(clause.sentence, clause.id.len() + 2);
        let _ = write!(out, "{}  {}", clause.id, hung.trim_start());
        let mut checks = kind(clause).to_owned();
        for (what, names) in [("mutants", mutants(clause)), ("tests", tests(clause))] {
            if !names.is_empty() {
                let _ = write!(checks, "; {what}: {}", names.join(", "));
            }
        }
        out.push_str(&table::wrap(&checks, clause.id.len() + 2));
    }
    let _ = write!(out, "\n{}", legend());
    out
}

fn legend() -> String {
    let step = CLAUSES.iter().filter(|clause| !clause.is_liveness()).count();
    let mut table = Table::new(&["kind", ">clauses", "checked"]);
    let row = |kind: &str, number: usize, how: &str| [kind.to_owned(), number.to_string(), how.to_owned()];
    table.row(row("step", step, "on every step of every search"));
    table.row(row(
        "liveness",
        CLAUSES.len() - step,
        "in every state where nothing can happen, and on every fair cycle",
    ));
    table.render()
}

fn markdown() -> String {
    let mut out = String::from("| id | sentence | property | mutants | tests |\n|---|---|---|---|---|\n");
    for clause in &CLAUSES {
        let code =
            |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let sentence = clause.sentence.replace('|', "\\|");
        let (mutants, tests) = (code(mutants(clause)), code(tests(clause)));
        let _ = writeln!(out, "| {} | {sentence} | {} | {mutants} | {tests} |", clause.id, kind(clause));
    }
    out
}

fn as_value() -> Value {
    let clauses = CLAUSES.iter().map(|clause| {
        json!({
            "id": clause.id,
            "sentence": clause.sentence,
            "property": kind(clause),
            "mutants": mutants(clause),
            "tests": tests(clause),
        })
    });
    clauses.collect()
}
