//! A run as a numbered list of steps, and the command that shows it again.

use std::fmt::Write as _;

use highwater_model::config::Config;
use highwater_model::describe;
use highwater_model::mutants::Mutant;
use highwater_model::path::{self, Replay};
use highwater_model::properties::{Clause, ClauseSet};
use highwater_model::search::{Counterexample, Ending};

use super::output::Trouble;
use super::{config, table};

/// The run, from its heading to the command that shows it again.
pub(super) fn text(found: &Counterexample) -> Result<String, Trouble> {
    let mutant = found.mutant.as_deref().map(config::mutant).transpose()?;
    let world = config::world(config::named(&found.config)?, mutant);
    let replay = path::replay(&world, &found.path)
        .map_err(|error| Trouble(format!("the run of {} cannot be walked again: {error}", found.clause)))?;
    let mut out = heading(found, mutant);
    out.push_str(&steps(&replay, None));
    out.push_str(&ending(found.ending, &found.clause));
    let _ = writeln!(out, "  Again, with the state after each step:\n    {}", command(found));
    Ok(out)
}

fn heading(found: &Counterexample, mutant: Option<&Mutant>) -> String {
    let steps = table::count(found.length as u64, "step");
    if found.ending == Ending::Reached {
        return format!("Reached in {steps}, in configuration {}:\n", found.config);
    }
    let (by, about) = mutant.map_or_else(Default::default, |mutant| {
        (format!(" by the mutant {}", mutant.name), table::wrap(&format!("The mutant: {}", mutant.about), 2))
    });
    let sentence =
        Clause::find(&found.clause).map(|clause| table::wrap(clause.sentence, 2)).unwrap_or_default();
    format!(
        "{} is broken{by} in {steps}, in configuration {}:\n{sentence}{about}",
        found.clause, found.config
    )
}

/// The steps by number; with a configuration, each is followed by the state it leads to.
pub(super) fn steps(replay: &Replay, states: Option<&Config>) -> String {
    let mut out = String::new();
    let once = replay.steps.len() - replay.repeated.min(replay.steps.len());
    for (index, step) in replay.steps.iter().enumerate() {
        let repeated = if index >= once { "*" } else { " " };
        let _ = write!(out, "  {:>3}.{repeated}{}", index + 1, table::wrap(&step.line, 7).trim_start());
        if let Some(config) = states {
            out.push_str(&table::wrap(&describe::state(config, &step.taken.after), 9));
            if !step.taken.broken.is_empty() {
                let _ = writeln!(out, "         BROKEN HERE: {}", ids(step.taken.broken));
            }
        }
    }
    if replay.repeated > 0 {
        out.push_str("  Steps marked * can be repeated for ever, fairly: nothing that stays possible is put off for ever.\n");
    }
    out
}

fn ending(ending: Ending, clause: &str) -> String {
    match ending {
        Ending::Step => format!("  The last step breaks {clause}.\n"),
        Ending::Stuck => format!(
            "  Now nothing can happen by itself any more, and what {clause} promises is still owed.\n"
        ),
        Ending::Starved => format!("  All the while what {clause} promises is owed, and it never comes.\n"),
        Ending::Reached => String::new(),
    }
}

/// What the walk has shown, or `None` if it broke nothing.
pub(super) fn findings(replay: &Replay) -> Option<String> {
    let mut out = String::new();
    for (what, clauses) in [
        ("broken by a step", replay.broken),
        ("broken, because nothing can happen by itself any more and something is still owed", replay.stuck),
        ("broken, because the repeated steps can go on for ever while something stays owed", replay.starved),
    ] {
        for clause in clauses.iter() {
            let _ = writeln!(out, "{} is {what}:\n{}", clause.id, table::wrap(clause.sentence, 2).trim_end());
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The ids, joined by commas.
pub(super) fn ids(clauses: ClauseSet) -> String {
    clauses.iter().map(|clause| clause.id).collect::<Vec<_>>().join(", ")
}

/// The whole command that walks the run again.
pub(super) fn command(found: &Counterexample) -> String {
    let mutant = found.mutant.as_ref().map(|name| format!(" --mutant {name}")).unwrap_or_default();
    format!("highwater replay '{}' --config {}{mutant}", found.path, found.config)
}
