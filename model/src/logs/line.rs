//! One line of a trace.

use super::sum::Sum;
use serde::Deserialize;
use std::borrow::Cow;

/// The fields of all events; which one has which is for `stream.rs` to know. Unknown fields are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Line<'a> {
    pub(super) n: u64,
    pub(super) t: u64,
    pub(super) s: Option<u32>,
    #[serde(borrow)]
    pub(super) ev: Cow<'a, str>,
    pub(super) th: usize,
    pub(super) q: Option<u64>,
    pub(super) wait: Option<usize>,
    #[serde(borrow)]
    pub(super) ret: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) cause: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) len: Option<usize>,
    #[serde(borrow)]
    sum: Option<Cow<'a, str>>,
    pub(super) of: Vec<u64>,
    pub(super) from: usize,
    pub(super) cut: usize,
    #[serde(borrow)]
    cut_sum: Option<Cow<'a, str>>,
    pub(super) unknown: usize,
    pub(super) high_water_mark: usize,
    pub(super) low_water_mark: usize,
    pub(super) capacity: usize,
    pub(super) retry_would_block: bool,
}

#[derive(Deserialize)]
struct Header {
    highwater: u64,
    source: String,
}

/// Who wrote the trace, from its first line.
pub(super) fn source(text: &[u8]) -> Result<String, String> {
    let header: Header =
        serde_json::from_slice(text).map_err(|error| format!("this is no header of a trace: {error}"))?;
    if header.highwater != 1 {
        return Err(format!("the format is version {}, and only 1 is known", header.highwater));
    }
    if !header.source.starts_with("highwater ") {
        return Err(format!("the source is {:?}, not our writer", header.source));
    }
    Ok(header.source)
}

impl<'a> Line<'a> {
    pub(super) fn parse(text: &'a [u8]) -> Result<Self, String> {
        serde_json::from_slice(text).map_err(|error| format!("this is no event: {error}"))
    }

    pub(super) fn q(&self) -> Result<u64, String> {
        self.q.ok_or_else(|| self.lacks("q"))
    }

    pub(super) fn wait(&self) -> Result<usize, String> {
        self.wait.ok_or_else(|| self.lacks("wait"))
    }

    pub(super) fn len(&self) -> Result<usize, String> {
        self.len.ok_or_else(|| self.lacks("len"))
    }

    pub(super) fn ret(&self) -> Result<&str, String> {
        self.ret.as_deref().ok_or_else(|| self.lacks("ret"))
    }

    /// The sum over `len` bytes.
    pub(super) fn sum(&self, len: usize) -> Result<Sum, String> {
        self.read_sum("sum", self.sum.as_deref(), len)
    }

    /// The sum over the bytes behind the last end of a chunk.
    pub(super) fn cut_sum(&self) -> Result<Sum, String> {
        if self.cut == 0 {
            Ok(Sum::default())
        } else {
            self.read_sum("cut_sum", self.cut_sum.as_deref(), self.cut)
        }
    }

    pub(super) fn has_sum(&self) -> bool {
        self.sum.is_some()
    }

    fn read_sum(&self, field: &str, text: Option<&str>, len: usize) -> Result<Sum, String> {
        let text = text.ok_or_else(|| self.lacks(field))?;
        let value = u64::from_str_radix(text, 16).map_err(|_| format!("{text:?} is no `{field}`"))?;
        Ok(Sum { value, len })
    }

    fn lacks(&self, field: &str) -> String {
        format!("`{}` needs a `{field}`", self.ev)
    }
}
