//! Where a place in generated JavaScript comes from, by the source map that lies beside it when the trace is judged.

mod found;

use found::Found;
use oxc_sourcemap::{JSONSourceMap, SourceMap};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// The original places of those in a trace. Each file is read once.
#[derive(Debug, Default)]
pub struct Originals {
    files: HashMap<PathBuf, File>,
    warnings: Vec<String>,
}

/// A generated file as it is now.
#[derive(Debug, Default)]
struct File {
    /// How long each line is, in UTF-16 units as V8 counts them.
    lines: Vec<usize>,
    map: Option<Map>,
    /// It has been said that a place is not in it.
    is_other: bool,
}

/// A source map: its parts, each with the place where it begins. Most have one.
#[derive(Debug)]
struct Map {
    folder: PathBuf,
    parts: Vec<(Offset, SourceMap<'static>)>,
}

/// From 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Offset {
    line: u32,
    column: u32,
}

impl Originals {
    /// The original `file:line:column` of a place, if the file has a source map that knows it.
    pub fn of(&mut self, at: &str) -> Option<String> {
        let (path, line, column) = split(at)?;
        let Self { files, warnings } = self;
        let file = files.entry(PathBuf::from(path)).or_insert_with_key(|path| {
            File::read(path).unwrap_or_else(|why| {
                warnings.push(why);
                File::default()
            })
        });
        if file.lines.is_empty() {
            return None;
        }
        let length = file.lines.get(line as usize - 1);
        if length.is_none_or(|length| column as usize > length + 1) {
            if !std::mem::replace(&mut file.is_other, true) {
                warnings.push(format!(
                    "{at} is not in that file as it is now: it has changed since, or a loader such as tsx translated it; \
                     to see the right lines record compiled files that have source maps"
                ));
            }
            return None;
        }
        file.map.as_ref()?.original(Offset { line: line - 1, column: column - 1 })
    }

    /// What was wrong with maps since this was last asked, one line each.
    pub fn warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}

/// The path, the line and the column, both from 1.
fn split(at: &str) -> Option<(&str, u32, u32)> {
    let mut parts = at.rsplitn(3, ':');
    let (column, line, path) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    (line > 0 && column > 0 && !path.is_empty() && !path.starts_with("node:")).then_some((path, line, column))
}

impl File {
    /// As it is now, and what its source map says; nothing of both if there is none.
    fn read(path: &Path) -> Result<Self, String> {
        let Some(text) = found::read(path)? else {
            return Ok(Self::default());
        };
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().map(|line| line.encode_utf16().count()).collect();
        let broken = |name: String, why: &str| {
            format!(
                "{name}: this is no source map: {why}; the places in '{}' stay those of the generated code",
                path.display()
            )
        };
        let map = match found::map_of(path, &text)? {
            None => None,
            Some(Found { name, folder, text }) => {
                let text = text.map_err(|why| broken(name.clone(), &why))?;
                let parts = parts(&text).map_err(|why| broken(name, &why))?;
                Some(Map { folder, parts })
            }
        };
        Ok(Self { lines, map, is_other: false })
    }
}

/// The parts of a map in JSON. An indexed map, as some bundlers make, has several.
fn parts(text: &[u8]) -> Result<Vec<(Offset, SourceMap<'static>)>, String> {
    #[derive(Deserialize)]
    struct Shape {
        sections: Option<Vec<Section>>,
    }
    #[derive(Deserialize)]
    struct Section {
        offset: Offset,
        map: serde_json::Value,
    }
    // Servers put this before JSON so that no page can run it.
    let text = match text.strip_prefix(b")]}'") {
        Some(rest) => rest.split_at(rest.iter().position(|byte| *byte == b'\n').unwrap_or(0)).1,
        None => text,
    };
    let shape: Shape = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let decode = |map: JSONSourceMap| SourceMap::from_json(map).map_err(|error| error.to_string());
    let Some(sections) = shape.sections else {
        let map = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        return Ok(vec![(Offset::default(), decode(map)?)]);
    };
    let part = |section: Section| {
        let map = serde_json::from_value(section.map).map_err(|error| error.to_string())?;
        Ok((section.offset, decode(map)?))
    };
    sections.into_iter().map(part).collect()
}

impl Map {
    fn original(&self, place: Offset) -> Option<String> {
        let (offset, map) =
            self.parts.iter().filter(|(offset, _)| *offset <= place).max_by_key(|(offset, _)| *offset)?;
        let line = place.line - offset.line;
        let column = if line == 0 { place.column - offset.column } else { place.column };
        let token = map
            .get_tokens()
            .filter(|token| token.get_dst_line() == line && token.get_dst_col() <= column)
            .max_by_key(oxc_sourcemap::Token::get_dst_col)?;
        let source = map.get_source(token.get_source_id()?)?;
        let source = located(&self.folder, map.get_source_root().unwrap_or(""), source);
        let from_one = |number: u32| u64::from(number) + 1;
        Some(format!("{source}:{}:{}", from_one(token.get_src_line()), from_one(token.get_src_col())))
    }
}

/// A source is named by a path as seen from the map, or by an address.
fn located(folder: &Path, root: &str, source: &str) -> String {
    let is_address = |text: &str| text.contains("://");
    let whole = match root.trim_end_matches('/') {
        _ if is_address(source) || Path::new(source).is_absolute() || root.is_empty() => source.to_owned(),
        root => format!("{root}/{source}"),
    };
    let path = match whole.strip_prefix("file://") {
        Some(path) => PathBuf::from(found::decoded(path)),
        None if is_address(&whole) => return whole,
        None => found::there(folder, &whole),
    };
    simple(&path).display().to_string()
}

/// Without `.` and `..`, as a reader would write it. Links are not looked at.
fn simple(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
