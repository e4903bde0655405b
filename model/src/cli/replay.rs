//! `highwater replay`: a path, step by step.

use std::fs;
use std::path::{Path, PathBuf};

use highwater_model::chart::{self, Charted};
use highwater_model::config::Config;
use highwater_model::describe;
use highwater_model::mutants::Mutant;
use highwater_model::path::{self, Replay, ReplayError};
use highwater_model::search::Counterexample;
use highwater_model::world::World;
use serde_json::json;

use super::config::{self, Chosen};
use super::output::{self, Trouble, Verdict};
use super::{table, trail};

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Steps, such as w0:2.offer2.took1, or the file of a saved counterexample.
    #[arg(value_name = "PATH|STEPS")]
    path: String,
    /// Walk it under this mutant of the contract.
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,
    /// Draw it as a mermaid sequence diagram into this file.
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    #[command(flatten)]
    chosen: Chosen,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    let saved = saved(&options.path)?;
    let config = match &saved {
        Some(found) if options.chosen.is_nothing() => config::named(&found.config)?,
        _ => options.chosen.config()?,
    };
    let mutant = options.mutant.as_deref().or(saved.as_ref().and_then(|found| found.mutant.as_deref()));
    let mutant = mutant.map(config::mutant).transpose()?;
    let steps = saved.as_ref().map_or(options.path.as_str(), |found| found.path.as_str());
    let world = config::world(config, mutant);
    let replay = path::replay(&world, steps).map_err(|error| stopped(&world, steps, &error, as_json))?;
    let findings = trail::findings(&replay);
    if let Some(file) = &options.chart {
        fs::write(file, drawn(&world.config, &replay))
            .map_err(|error| Trouble::file("write", file, &error))?;
    }
    if as_json {
        output::print_json(&as_value(&world, mutant, &replay))?;
    } else {
        let verdict = findings.clone().unwrap_or_else(|| "No clause is broken on this path.\n".to_owned());
        let steps = trail::steps(&replay, Some(&world.config));
        output::print(&format!("{}{steps}\n{verdict}", heading(&world.config, mutant)))?;
    }
    Ok(if findings.is_some() { Verdict::Violation } else { Verdict::Conforms })
}

/// The saved counterexample, if that is what the argument names: what looks like a file is one.
fn saved(argument: &str) -> Result<Option<Counterexample>, Trouble> {
    let file = Path::new(argument);
    let named_like_a_file =
        argument.contains(['/', '\\']) || file.extension().is_some_and(|extension| extension == "json");
    if !named_like_a_file && !file.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(file).map_err(|error| Trouble::file("read", file, &error))?;
    let found = serde_json::from_str(&text);
    found.map(Some).map_err(|error| {
        Trouble(format!(
            "'{argument}' is no saved counterexample: {error}; `highwater check --save DIR` writes them"
        ))
    })
}

/// Shows how far the path could be walked, and says why it ended there.
fn stopped(world: &World, steps: &str, error: &ReplayError, as_json: bool) -> Trouble {
    if let (ReplayError::Impossible { number, .. }, false) = (error, as_json) {
        let walked: Vec<&str> = steps.split(['.', '(', ')']).filter(|step| !step.trim().is_empty()).collect();
        if let Ok(replay) = path::replay(world, &walked[..number - 1].join(".")) {
            // If even this cannot be printed, the line about the path is still worth more.
            let _ = output::print(&trail::steps(&replay, Some(&world.config)));
        }
    }
    Trouble(error.to_string())
}

fn heading(config: &Config, mutant: Option<&Mutant>) -> String {
    let params = config.params;
    let capacity = match params.capacity {
        usize::MAX => "unbounded".to_owned(),
        bytes => bytes.to_string(),
    };
    let marks = format!(
        "configuration {}: high-water mark {}, low-water mark {}, capacity {capacity} (bytes), producers {}",
        config.name,
        params.high_water_mark,
        params.low_water_mark,
        config.producers.len()
    );
    let mutant = mutant.map(|mutant| table::wrap(&format!("mutant {}: {}", mutant.name, mutant.about), 0));
    table::wrap(&marks, 0) + &mutant.unwrap_or_default()
}

fn drawn(config: &Config, replay: &Replay) -> String {
    let steps: Vec<Charted<'_>> = replay
        .steps
        .iter()
        .map(|step| Charted {
            before: &step.before.stream,
            action: step.action,
            outcome: &step.taken.outcome,
        })
        .collect();
    let broken = trail::ids(replay.broken.union(replay.stuck).union(replay.starved));
    let verdict = (!broken.is_empty()).then(|| format!("broken: {broken}"));
    let producer_of = |waiter| (waiter < config.producers.len()).then_some(waiter);
    chart::sequence(&steps, replay.repeated, producer_of, verdict.as_deref())
}

fn as_value(world: &World, mutant: Option<&Mutant>, replay: &Replay) -> serde_json::Value {
    let steps: Vec<_> = replay
        .steps
        .iter()
        .map(|step| {
            json!({
                "step": step.token,
                "line": step.line,
                "state": describe::state(&world.config, &step.taken.after),
                "broken": list(step.taken.broken),
            })
        })
        .collect();
    json!({
        "config": world.config.name,
        "mutant": mutant.map(|mutant| mutant.name),
        "steps": steps,
        "repeated": replay.repeated,
        "broken": list(replay.broken),
        "stuck": list(replay.stuck),
        "starved": list(replay.starved),
    })
}

fn list(clauses: highwater_model::properties::ClauseSet) -> Vec<&'static str> {
    clauses.iter().map(|clause| clause.id).collect()
}
