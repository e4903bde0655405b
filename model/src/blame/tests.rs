//! Each rule, on traces written by hand: `t s ev field=value …` a line.

mod excuses;
mod facts;
mod sites;

use super::{Blame, Report};
use crate::trace::Reader;
use std::fmt::Write as _;

/// The events of such lines as a trace. A word is a string; numbers, `true` and `false` are themselves.
fn trace(lines: &[String]) -> String {
    let mut text = "{\"highwater\":1,\"source\":\"node 20.20.2\"}\n".to_owned();
    for (index, line) in lines.iter().enumerate() {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("t, s and ev");
        let (t, s, ev) = (word(), word(), word());
        let _ = write!(text, "{{\"n\":{},\"t\":{t},\"s\":{s},\"ev\":\"{ev}\"", index + 1);
        for field in words {
            let (key, value) = field.split_once('=').expect("a field has a value");
            let plain = value.parse::<f64>().is_ok() || ["true", "false"].contains(&value);
            let quote = if plain || value.starts_with('{') { "" } else { "\"" };
            let _ = write!(text, ",\"{key}\":{quote}{value}{quote}");
        }
        text += "}\n";
    }
    text
}

fn blame(lines: &[String]) -> Report {
    let mut blame = Blame::new();
    let text = trace(lines);
    let mut reader = Reader::new(text.as_bytes()).expect("a header");
    reader.each(|event| blame.event(&event)).expect("a trace");
    blame.report()
}

/// A story of stream 1, of the class Sink with a mark of 10.
struct Story {
    lines: Vec<String>,
    t: u64,
    len: u64,
}

impl Story {
    fn new() -> Self {
        Self::of("class=Sink high_water_mark=10")
    }

    fn of(new: &str) -> Self {
        let mut story = Self { lines: Vec::new(), t: 0, len: 0 };
        story.line(&format!("new {new}"));
        story
    }

    /// Anything, 10 ns later.
    fn line(&mut self, rest: &str) -> &mut Self {
        self.t += 10;
        self.lines.push(format!("{} 1 {rest}", self.t));
        self
    }

    /// A write that is buffered; it answers false from 10 on.
    fn write(&mut self, len: u64, by: &str) -> &mut Self {
        self.len += len;
        let (all, ret) = (self.len, self.len < 10);
        self.line(format!("write len={len} cb=0 {by}").trim_end());
        self.line(&format!("write/r ret={ret} len={all}"))
    }

    /// The sink takes everything, and there is a drain.
    fn drain(&mut self) -> &mut Self {
        self.len = 0;
        self.line("sinkcb").line("emit name=drain").line("emit/r heard=true").line("sinkcb/r len=0")
    }

    /// All is taken, and the stream ends as it should.
    fn close(&mut self) -> &mut Self {
        self.line("end cb=0 at=a.js:9:9").line("end/r len=0");
        self.line("emit name=finish").line("emit/r heard=true");
        self.line("emit name=close").line("emit/r heard=false")
    }

    fn quiesce(&mut self, natural: bool) -> &mut Self {
        self.t += 10;
        self.lines.push(format!("{} 0 quiesce code=0 natural={natural}", self.t));
        self
    }

    fn report(&self) -> Report {
        blame(&self.lines)
    }

    fn is_silent(&self) {
        let report = self.report();
        assert!(report.is_empty(), "{report}");
        assert_eq!(report.to_string(), "");
    }
}

/// One producer that waits when told to, and again.
#[test]
fn a_correct_program_is_not_mentioned() {
    let mut story = Story::new();
    for _ in 0..3 {
        story.write(4, "at=a.js:1:1").write(8, "at=a.js:1:1").drain();
    }
    story.close().quiesce(true).is_silent();
}
