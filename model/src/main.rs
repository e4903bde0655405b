//! The command line. `cli` holds one file a command; everything it prints is computed by the library.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
