//! The judge of a Node trace: which lines no run of the machine explains.
//!
//! For each stream it keeps every machine that may be the stream, which differ only in whether ticks that leave no line have run; most of the time
//! there is one. A line that none of them explains is rejected, and with it the rest of its stream; the other streams are judged on.

use super::describe;
use super::event::{What, made, what};
use super::explain::explain;
use super::machine::{Machine, Place};
use super::rules::Wrong;
use super::vocabulary::Version;
use crate::trace::{Event, Line, NewLine};
use std::collections::{HashMap, VecDeque};

/// How many machines may be the stream at once. Real runs need a handful.
const MACHINES_MAX: usize = 256;
/// How many closed streams are remembered, in case that something is still called back.
const CLOSED_MAX: usize = 10_000;

/// A line that no run of the machine explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The stream.
    pub stream: u32,
    /// Its class.
    pub class: String,
    /// The number of the line.
    pub line: u64,
    /// The line.
    pub event: String,
    /// What could have come instead, for each machine that might have been the stream.
    pub possible: Vec<String>,
    /// The states they were in.
    pub states: Vec<String>,
}

/// What was judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// How many lines.
    pub events: u64,
    /// How many streams.
    pub streams: u64,
    /// How many of them could not be judged: they were in the middle of something when the recorder was loaded, or did something unknown.
    pub unjudged: u64,
    /// Up to how many machines were kept for a stream.
    pub widest: usize,
    /// The first rejected line of each stream that has one.
    pub rejected: Vec<Rejected>,
    /// Whether the trace ends with the process, with nothing left to do: then what was still owed is missing.
    pub natural: bool,
    /// The name of the first event that is not known, and its line.
    pub unknown: Option<(u64, String)>,
}

#[derive(Debug)]
struct Stream {
    class: String,
    machines: Vec<Machine>,
    over: bool,
}

/// Judges the events of one process, one after the other.
#[derive(Debug)]
pub struct Judge {
    version: Version,
    wrong: Option<Wrong>,
    turn: u32,
    streams: HashMap<u32, Stream>,
    closed: VecDeque<u32>,
    /// Listeners of `exit` run.
    exits: bool,
    judged: Judged,
}

impl Judge {
    /// A judge who knows these rules.
    #[must_use]
    pub fn new(version: Version) -> Self {
        Self {
            version,
            wrong: None,
            turn: 0,
            streams: HashMap::new(),
            closed: VecDeque::new(),
            exits: false,
            judged: Judged::default(),
        }
    }

    /// The same with one rule wrong.
    #[must_use]
    pub fn with(mut self, wrong: Wrong) -> Self {
        self.wrong = Some(wrong);
        self
    }

    /// The next event of the trace.
    pub fn event(&mut self, event: &Event<'_, '_>) {
        match event {
            Event::New(stream, new) => self.made(*stream, new),
            Event::Line(number, line, text) => self.see(*number, line, text),
        }
    }

    /// A stream is seen for the first time.
    pub fn made(&mut self, stream: u32, new: &NewLine<'_>) {
        self.judged.events += 1;
        // What is no stream has other rules; its socket is judged.
        if new.message {
            return;
        }
        self.judged.streams += 1;
        let made = made(new, self.version);
        if made.late.is_some_and(|late| late.len != 0 || (late.ending && !late.finished)) {
            self.judged.unjudged += 1;
            return;
        }
        let mut machine = Machine::new(&made);
        if let Some(wrong) = self.wrong {
            machine = machine.with(wrong);
        }
        self.streams
            .insert(stream, Stream { class: new.class.to_string(), machines: vec![machine], over: false });
    }

    /// Something happens. `number` is that of the line, `text` the line itself.
    pub fn see(&mut self, number: u64, line: &Line<'_>, text: &[u8]) {
        self.judged.events += 1;
        match &*line.ev {
            "tick" => return self.turn += 1,
            "exit" => return self.exit(number, line.natural, text),
            "quiesce" => {
                self.judged.natural = line.natural;
                if !self.exits {
                    self.exit(number, line.natural, text);
                }
                return;
            }
            // Whatever it means, no stream can be judged that may depend on it.
            _ if line.s == 0 => {
                self.judged.unknown.get_or_insert_with(|| (number, line.ev.to_string()));
                self.judged.unjudged += self.streams.len() as u64;
                return self.streams.clear();
            }
            _ => {}
        }
        let Some(stream) = self.streams.get_mut(&line.s) else {
            return;
        };
        let Some(what) = what(line) else {
            if self.judged.unknown.is_none() {
                self.judged.unknown = Some((number, line.ev.to_string()));
            }
            self.judged.unjudged += 1;
            self.streams.remove(&line.s);
            return;
        };
        match stream.explain(&what, self.turn) {
            Ok(widest) => {
                self.judged.widest = self.judged.widest.max(widest);
                if !stream.over && matches!(what, What::Left { .. }) && stream.machines[0].is_over() {
                    stream.over = true;
                    self.is_over(line.s);
                }
            }
            Err(failed) => {
                self.judged.rejected.push(rejected(line.s, &stream.class, number, text, &failed));
                self.streams.remove(&line.s);
            }
        }
    }

    /// What there is to say.
    #[must_use]
    pub fn verdict(self) -> Judged {
        self.judged
    }

    fn is_over(&mut self, stream: u32) {
        self.closed.push_back(stream);
        if self.closed.len() > CLOSED_MAX
            && let Some(oldest) = self.closed.pop_front()
        {
            self.streams.remove(&oldest);
        }
    }

    /// No tick will run any more. If nothing was left to do, whatever a stream was about to do should have been seen, and what listeners of `exit` start
    /// is not judged.
    fn exit(&mut self, number: u64, natural: bool, text: &[u8]) {
        self.exits = true;
        if !natural {
            return;
        }
        let mut left: Vec<_> = self.streams.drain().collect();
        left.sort_unstable_by_key(|(id, _)| *id);
        for (id, mut stream) in left {
            for machine in &mut stream.machines {
                machine.run_ticks();
            }
            if stream.machines.iter().all(|machine| matches!(machine.place(), Place::Must(_))) {
                self.judged.rejected.push(rejected(id, &stream.class, number, text, &stream.machines));
            }
        }
    }
}

impl Stream {
    /// Takes every machine past the line. How many there are then, or those that failed if none is left.
    fn explain(&mut self, what: &What<'_>, turn: u32) -> Result<usize, Vec<Machine>> {
        let mut others = Vec::new();
        if let [machine] = &mut self.machines[..] {
            if !explain(machine, what, turn, &mut others) {
                return Err(std::mem::take(&mut self.machines));
            }
            if others.is_empty() {
                return Ok(1);
            }
        } else {
            let mut failed = Vec::new();
            self.machines.retain_mut(|machine| {
                let explained = explain(machine, what, turn, &mut others);
                if !explained {
                    failed.push(machine.clone());
                }
                explained
            });
            if self.machines.is_empty() && others.is_empty() {
                return Err(failed);
            }
        }
        for other in others {
            if !self.machines.contains(&other) {
                self.machines.push(other);
            }
        }
        self.machines.dedup();
        self.machines.truncate(MACHINES_MAX);
        Ok(self.machines.len())
    }
}

fn rejected(stream: u32, class: &str, line: u64, text: &[u8], machines: &[Machine]) -> Rejected {
    let mut possible: Vec<String> = machines.iter().map(describe::next).collect();
    possible.dedup();
    let mut states: Vec<String> = machines.iter().map(describe::state).collect();
    states.dedup();
    Rejected {
        stream,
        class: class.to_owned(),
        line,
        event: String::from_utf8_lossy(text).trim_end().to_owned(),
        possible,
        states,
    }
}
