//! `highwater diagram`.

use clap::ValueEnum;
use highwater_model::diagram as drawing;
use serde_json::json;

use super::output::{self, Trouble, Verdict};

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// The language of the drawing.
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    /// How much it tells apart: the phases, or also what the sink does and whether a drain is owed.
    #[arg(long, value_enum, default_value_t = Level::Phases)]
    level: Level,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Mermaid,
    Dot,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Phases,
    Full,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    let level = match options.level {
        Level::Phases => drawing::Level::Phases,
        Level::Full => drawing::Level::Full,
    };
    let diagram = drawing::Diagram::walk(level);
    if as_json {
        let arrows: Vec<_> = diagram
            .arrows()
            .map(|(from, to, event, kinds)| {
                let steps: Vec<String> = kinds.iter().map(ToString::to_string).collect();
                json!({ "from": from.to_string(), "to": to.to_string(), "event": event, "steps": steps })
            })
            .collect();
        output::print_json(&json!({ "arrows": arrows }))?;
    } else {
        let format = match options.format {
            Format::Mermaid => drawing::Format::Mermaid,
            Format::Dot => drawing::Format::Dot,
        };
        output::print(&diagram.render(format))?;
    }
    Ok(Verdict::Conforms)
}
