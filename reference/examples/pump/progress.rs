//! A bar on a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Lines between two updates.
const STEP: u64 = 4096;

pub(crate) enum Progress {
    Bar(ProgressBar),
    Plain { lines: u64, told: u64 },
}

impl Progress {
    pub(crate) fn new(lines: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Plain { lines, told: 0 };
        }
        let template = "{bar:40} {human_pos}/{human_len} lines, {per_sec}, {eta} left";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self::Bar(ProgressBar::new(lines).with_style(style))
    }

    pub(crate) fn at(&mut self, line: u64) {
        if !line.is_multiple_of(STEP) {
            return;
        }
        match self {
            Self::Bar(bar) => bar.set_position(line),
            Self::Plain { lines, told } => {
                let tenths = line.saturating_mul(10) / (*lines).max(1);
                if tenths > *told {
                    *told = tenths;
                    eprintln!("pump: {line} of {lines} lines");
                }
            }
        }
    }

    pub(crate) fn finish(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
