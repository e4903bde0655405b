//! Draws samples `t_ns,buffered_bytes,event` as the sawtooth of buffered bytes over time.
//!
//! `pump --samples run.csv` writes such samples; then
//! `cargo run -p highwater-model --example sawtooth -- run.csv --high-water-mark 262144 > sawtooth.svg`

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use highwater_model::plot::{Axis, Marks, parse_samples, sawtooth};

#[derive(Parser)]
struct Options {
    /// The samples; `-` reads standard input.
    samples: PathBuf,
    /// The high-water mark, in bytes.
    #[arg(long, value_name = "BYTES")]
    high_water_mark: u64,
    /// The low-water mark, in bytes, if it is to be drawn.
    #[arg(long, value_name = "BYTES")]
    low_water_mark: Option<u64>,
    /// The capacity, in bytes, if it is to be drawn.
    #[arg(long, value_name = "BYTES")]
    capacity: Option<u64>,
    /// What stands above the picture.
    #[arg(long, default_value = "Bytes accepted and not yet taken")]
    title: String,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match draw(&options)
        .and_then(|svg| io::stdout().write_all(svg.as_bytes()).map_err(|error| error.to_string()))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("sawtooth: {}: {trouble}", options.samples.display());
            ExitCode::from(2)
        }
    }
}

fn draw(options: &Options) -> Result<String, String> {
    let mut text = String::new();
    let read = if options.samples.as_os_str() == "-" {
        io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(&options.samples).map(|all| text = all)
    };
    read.map_err(|error| error.to_string())?;
    let samples = parse_samples(&text).map_err(|error| error.to_string())?;
    let marks =
        Marks { high: options.high_water_mark, low: options.low_water_mark, capacity: options.capacity };
    Ok(sawtooth(&samples, marks, Axis::Time, &options.title))
}
