//! The files that `highwater trace` is to read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::output::{self, Trouble};

/// The files meant: a directory stands for the traces in it and in the directories below.
pub(super) fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        below(path, &mut files)?;
        if files.len() == before {
            let why = "there is no .jsonl file in it; was the program run with HIGHWATER_TRACE set to it?";
            return Err(Trouble(format!("cannot judge '{}': {why}", path.display())));
        }
    }
    Ok(files)
}

/// The traces in a directory, by name, then those in each directory of it.
fn below(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let failed = |error: io::Error| Trouble::file("read", directory, &error);
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        inside.push((path.is_dir(), path));
    }
    inside.sort();
    for (is_directory, path) in inside {
        if is_directory && path.is_symlink() {
            // It may lead back here.
            let why = "it is a link to a directory; name that itself to have it read";
            output::warn(&Trouble(format!("'{}' is left out: {why}", path.display())));
        } else if is_directory {
            below(&path, files)?;
        } else if [".jsonl", ".jsonl.gz"].iter().any(|end| path.to_string_lossy().ends_with(end)) {
            files.push(path);
        }
    }
    Ok(())
}

pub(super) fn open(path: &Path) -> Result<Box<dyn BufRead>, Trouble> {
    const BUFFER: usize = 1 << 18;
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).map_err(|error| Trouble::file("read", path, &error))?;
        if path.extension().is_some_and(|end| end == "gz") {
            Box::new(flate2::read::MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        }
    };
    let mut input = BufReader::with_capacity(BUFFER, input);
    // Editors and shells on Windows put a mark before the text, or write two bytes a letter.
    match input.fill_buf() {
        Ok([0xEF, 0xBB, 0xBF, ..]) => input.consume(3),
        Ok([0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) => {
            let why = "the file is in UTF-16, as a redirection by PowerShell writes it; a trace is UTF-8";
            return Err(Trouble(format!("{}:1: {why}", path.display())));
        }
        Ok(_) => {}
        Err(error) => return Err(Trouble(format!("{}:1: cannot be read: {error}", path.display()))),
    }
    Ok(Box::new(input))
}
