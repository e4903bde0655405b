//! Arguments, and which command they ask for.

mod blamed;
mod check;
mod clauses;
mod config;
mod diagram;
mod explore;
mod output;
mod own;
mod progress;
mod replay;
mod report;
mod table;
mod trace;
mod traces;
mod trail;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use output::{Trouble, Verdict};

/// The writable-stream backpressure contract: check it, walk through it, draw it.
///
/// Without a command: `highwater check`, which searches the default matrix of configurations.
/// Exit codes: 0 conforms, 1 a violation, 2 wrong input or a failed read or write.
#[derive(Debug, Parser)]
#[command(name = "highwater", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Search every state of the contract for a violation, and every seeded bug for its own.
    Check(check::Options),
    /// Walk through the states in a browser.
    Explore(explore::Options),
    /// Show a path, or a saved counterexample, step by step.
    Replay(replay::Options),
    /// Draw the state diagram that the contract's step function implies.
    Diagram(diagram::Options),
    /// Judge recorded runs, or say which line of a Node program ignores backpressure.
    ///
    /// Exit codes: 0 nothing to say, 1 the runtime breaks its rules or (with --blame) the program is to blame, 2 a trace that cannot be read, or only in part.
    /// docs/TRACE.md is the format, how to record, and what is not seen.
    Trace(trace::Options),
    /// List what SPEC.md says and what checks it.
    Clauses(clauses::Options),
}

/// Runs the command and says on standard error what was wrong with it.
pub(crate) fn run() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => dispatch(&cli).map_or_else(ExitCode::from, ExitCode::from),
        Err(error) => refused(&error),
    }
}

fn dispatch(cli: &Cli) -> Result<Verdict, Trouble> {
    match &cli.command {
        Some(Command::Diagram(options)) => diagram::run(options, cli.json),
        Some(Command::Check(options)) => check::run(options, cli.json),
        Some(Command::Explore(options)) => explore::run(options, cli.json),
        Some(Command::Replay(options)) => replay::run(options, cli.json),
        Some(Command::Trace(options)) => trace::run(options, cli.json),
        Some(Command::Clauses(options)) => clauses::run(options, cli.json),
        None => check::run(&check::Options::default(), cli.json),
    }
}

/// Help and version are asked for; anything else is told in one line.
fn refused(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return output::print(&error.render().to_string())
            .map_or_else(ExitCode::from, |()| ExitCode::SUCCESS);
    }
    let text = error.render().to_string();
    let said: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let said = said.join(" ");
    Trouble(format!("{}; `highwater --help` lists what there is", said.trim_start_matches("error: "))).into()
}
