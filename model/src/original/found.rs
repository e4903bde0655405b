//! Finds the source map of a generated file: within it, where it says, or beside it.

use percent_encoding::percent_decode_str;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// A trace may name anything. What is larger than this, or no ordinary file, is not read.
const MOST: u64 = 256 << 20;

/// A source map that should be there.
pub(super) struct Found {
    /// What to call it when it is broken.
    pub(super) name: String,
    /// From where its sources are named.
    pub(super) folder: PathBuf,
    /// What is in it, or why that cannot be told.
    pub(super) text: Result<Vec<u8>, String>,
}

/// A whole file; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let failed =
        |error: &io::Error| format!("cannot read '{}' to look for a source map: {error}", path.display());
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(&error)),
    };
    if !about.is_file() {
        return Ok(None);
    }
    if about.len() > MOST {
        return Err(format!(
            "'{}' has more than {MOST} bytes and is not read to look for a source map",
            path.display()
        ));
    }
    let mut text = Vec::new();
    let file = fs::File::open(path).map_err(|error| failed(&error))?;
    file.take(MOST).read_to_end(&mut text).map_err(|error| failed(&error))?;
    Ok(Some(text))
}

/// The map of the file `path` with this text, if there is one.
pub(super) fn map_of(path: &Path, text: &str) -> Result<Option<Found>, String> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let map = match address(text) {
        Some(data) if data.starts_with("data:") => {
            let name = format!("the source map within '{}'", path.display());
            return Ok(Some(Found { name, folder, text: unpacked(data) }));
        }
        Some(address) => match address.strip_prefix("file://") {
            Some(path) => PathBuf::from(decoded(path)),
            // One that is on a server counts as missing.
            None if address.contains("://") => return Ok(None),
            None => there(&folder, address),
        },
        None => {
            let mut name = path.as_os_str().to_owned();
            name.push(".map");
            PathBuf::from(name)
        }
    };
    let name = map.display().to_string();
    let folder = map.parent().unwrap_or(Path::new("")).to_owned();
    Ok(read(&map)?.map(|text| Found { name, folder, text: Ok(text) }))
}

/// What the last comment for that purpose says, as Node itself looks for it.
fn address(text: &str) -> Option<&str> {
    const WORD: &str = "sourceMappingURL=";
    let comment = |at: usize| {
        let before = text[..at].trim_end_matches([' ', '\t']);
        ["//#", "//@", "/*#"].iter().any(|begin| before.ends_with(begin))
    };
    let (at, _) = text.rmatch_indices(WORD).find(|(at, _)| comment(*at))?;
    let address = text[at + WORD.len()..].split_ascii_whitespace().next()?;
    let address = address.trim_end_matches("*/");
    (!address.is_empty()).then_some(address)
}

/// What a `data:` address holds.
fn unpacked(address: &str) -> Result<Vec<u8>, String> {
    let (kind, data) = address.split_once(',').ok_or("a comma is missing in its data: address")?;
    if !kind.ends_with(";base64") {
        return Ok(percent_decode_str(data).collect());
    }
    base64_simd::forgiving_decode_to_vec(data.as_bytes()).map_err(|error| error.to_string())
}

/// The file with this relative name. Names are addresses, in which a space may be `%20`; many tools leave it as it is.
pub(super) fn there(folder: &Path, name: &str) -> PathBuf {
    let (plain, other) = (folder.join(name), folder.join(decoded(name)));
    if !plain.exists() && other.exists() { other } else { plain }
}

pub(super) fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}
