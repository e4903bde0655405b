//! `cargo bench --bench programs`: whole programs side by side, as processes of their own. See `README.md` beside this file.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    highwater_benches::programs::main(Path::new(env!("CARGO_TARGET_TMPDIR")))
}
