//! Goes through a trace line by line, whatever its size, and says what is wrong with it and where.

use super::line::{Header, Line, NewLine};
use std::fmt;
use std::io::BufRead;

/// A line longer than this is no line of a trace.
const LINE_MAX: usize = 16 << 20;

/// Why a trace cannot be read on. What was before can still be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The number of the line, from 1.
    pub line: u64,
    /// What is wrong, and what to do.
    pub why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for Broken {}

/// One event, with `new` told apart, which has fields of its own.
#[derive(Debug)]
pub enum Event<'a, 'b> {
    /// A stream is seen for the first time.
    New(u32, &'a NewLine<'b>),
    /// Anything else: the number of the line, the line, and its text.
    Line(u64, &'a Line<'b>, &'b [u8]),
}

/// The number of a line, the line, and its text.
pub type Numbered<'b> = (u64, Line<'b>, &'b [u8]);

/// The lines of one trace.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    /// The first line.
    pub header: Header,
    following: Option<Header>,
    line: u64,
    n: u64,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line.
    ///
    /// # Errors
    /// There is none, or it is not the header of a trace of a known version.
    pub fn new(mut input: R) -> Result<Self, Broken> {
        let mut text = Vec::new();
        let broken = |why: String| Broken { line: 1, why };
        if !next_line(&mut input, 1, &mut text)? {
            return Err(broken(
                "the file is empty; was the program run with HIGHWATER_TRACE set?".to_owned(),
            ));
        }
        let header = read_header(&text).map_err(broken)?;
        Ok(Self { input, header, following: None, line: 1, n: 0, ended: false })
    }

    /// Goes on to the trace of another process, if one follows in the same input: `cat *.jsonl` is as good as one file each.
    pub fn another(&mut self) -> bool {
        let Some(header) = self.following.take() else {
            return false;
        };
        self.header = header;
        self.n = 0;
        self.ended = false;
        true
    }

    /// The next event, its line's number, and its text; `None` at the end of the trace. `text` is the memory it is read into.
    ///
    /// # Errors
    /// The line is no event, or not the next one.
    pub fn next<'b>(&mut self, text: &'b mut Vec<u8>) -> Result<Option<Numbered<'b>>, Broken> {
        self.line += 1;
        if !next_line(&mut self.input, self.line, text)? {
            return Ok(None);
        }
        let whole = text.last() == Some(&b'\n');
        let line: Line<'b> = match serde_json::from_slice(text) {
            Ok(line) => line,
            Err(_) if !whole => return Err(self.broken("the trace ends in the middle of this line")),
            Err(error) => return Err(self.broken(&format!("this is not an event of a trace: {error}"))),
        };
        if line.ev.is_empty() {
            // Every field of an event may be absent, so that a header looks like one.
            if let Ok(header) = read_header(text) {
                return self.next_header(header).map(|()| None);
            }
            return Err(self.broken("an event needs \"ev\""));
        }
        if line.n != self.n + 1 {
            let why = format!(
                "\"n\" is {} after {}; the lines of a process are numbered one by one, so some are missing, out of order or of another process",
                line.n, self.n
            );
            return Err(self.broken(&why));
        }
        self.n = line.n;
        self.ended = line.ev == "quiesce";
        Ok(Some((self.line, line, text)))
    }

    /// Goes through all that is left.
    ///
    /// # Errors
    /// As [`next`](Self::next). What was seen before stays seen.
    pub fn each(&mut self, mut see: impl FnMut(Event<'_, '_>)) -> Result<(), Broken> {
        let mut text = Vec::new();
        while let Some((number, line, raw)) = self.next(&mut text)? {
            if line.ev == "new" {
                let new: NewLine<'_> = serde_json::from_slice(raw)
                    .map_err(|error| Broken { line: number, why: format!("this is no \"new\": {error}") })?;
                see(Event::New(line.s, &new));
            } else if line.ev == "plain" {
                for part in &line.parts_of_plain() {
                    see(Event::Line(number, part, raw));
                }
            } else {
                see(Event::Line(number, &line, raw));
            }
        }
        Ok(())
    }

    /// How many events there were so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.n
    }

    fn next_header(&mut self, header: Header) -> Result<(), Broken> {
        if !self.ended {
            let why = "another header before the trace has come to its quiesce: two processes or threads have written into this file at once; give each its own";
            return Err(self.broken(why));
        }
        self.following = Some(header);
        Ok(())
    }

    fn broken(&self, why: &str) -> Broken {
        Broken { line: self.line, why: why.to_owned() }
    }
}

fn read_header(text: &[u8]) -> Result<Header, String> {
    let header: Header = serde_json::from_slice(text).map_err(|error| {
        format!("this is not the header of a trace, {{\"highwater\":1,\"source\":…}}: {error}")
    })?;
    if header.highwater == 1 {
        return Ok(header);
    }
    let version = header.highwater;
    Err(format!(
        "version {version} of the format is not known, only 1; is this `highwater` older than the recorder?"
    ))
}

/// Reads to the end of the line; false at the end of the file.
fn next_line(input: &mut impl BufRead, line: u64, text: &mut Vec<u8>) -> Result<bool, Broken> {
    text.clear();
    let mut limited = std::io::Read::take(&mut *input, LINE_MAX as u64);
    match limited.read_until(b'\n', text) {
        Ok(0) => Ok(false),
        Ok(LINE_MAX) => Err(Broken { line, why: format!("the line is longer than {LINE_MAX} bytes") }),
        Ok(_) => Ok(true),
        Err(error) => Err(Broken { line, why: format!("cannot be read: {error}") }),
    }
}
