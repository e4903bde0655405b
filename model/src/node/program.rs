//! A run of the search as a program for the real Node: what user code does in each turn, and inside each call that the stream makes.

use super::machine::Place;
use super::vocabulary::{Hook, Output, Returned, Version};
use super::world::{Action, Search, Setting, World};
use stateright::Model;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fmt::Write as _;

/// The program. `about` is a comment at its top.
#[must_use]
pub fn program(setting: &Setting, run: &[Action], about: &str) -> String {
    let script = Script::of(setting, run);
    let mut text = String::from("'use strict';\n");
    for line in about.lines() {
        let _ = writeln!(text, "// {line}");
    }
    let _ = writeln!(text, "require('./harness.cjs')({{\n  options: {},", options(setting));
    text += "  turns: [\n";
    for turn in &script.turns {
        let _ = writeln!(text, "    (w) => {{ {} }},", turn.join(" "));
    }
    text += "  ],\n  inside: {\n";
    for (key, calls) in script.inside.values() {
        let _ = writeln!(text, "    '{key}': (w) => {{ {} }},", calls.join(" "));
    }
    text += "  },\n});\n";
    text
}

fn options(setting: &Setting) -> String {
    let options = &setting.options;
    let mut said = vec![format!("highWaterMark: {}", options.high_water_mark)];
    let flags = [
        (options.object_mode, "objectMode: true"),
        (!options.emit_close, "emitClose: false"),
        (!options.auto_destroy, "autoDestroy: false"),
        (options.has_writev, "writev: true"),
        (options.has_final, "final: true"),
        (options.has_construct, "construct: true"),
        (options.duplex, "duplex: true"),
    ];
    said.extend(flags.iter().filter(|(on, _)| *on).map(|(_, text)| (*text).to_owned()));
    format!("{{ {} }}", said.join(", "))
}

/// The statements of each turn, and of each call of user code by its name and its place in time.
#[derive(Debug, Default)]
struct Script {
    turns: Vec<Vec<String>>,
    inside: BTreeMap<usize, (String, Vec<String>)>,
    counts: HashMap<String, usize>,
    stack: Vec<usize>,
    made: usize,
    ticked: bool,
}

impl Script {
    fn of(setting: &Setting, run: &[Action]) -> Self {
        let mut script = Self { turns: vec![Vec::new()], ..Self::default() };
        let mut worlds = Search(*setting).init_states();
        let Some(world) = worlds.first_mut() else {
            return script;
        };
        for action in run {
            script.does(*action, world);
            let mut outputs = Vec::new();
            world.act(*action, &mut |output| outputs.push(output));
            for output in outputs {
                script.sees(output);
            }
            if world.place() == Place::Idle {
                script.stack.clear();
            }
        }
        script.inside.retain(|_, (_, calls)| !calls.is_empty());
        script
    }

    fn does(&mut self, action: Action, world: &World) {
        let number = world.next_chunk();
        let fails = |failed: bool| if failed { "true" } else { "" };
        let statement = match action {
            Action::Tick => {
                self.ticked = true;
                return;
            }
            Action::Leave => {
                self.stack.pop();
                return;
            }
            Action::Throw => "w.throws();".to_owned(),
            Action::Write { empty, callback } => {
                let len = if empty { 0 } else { number };
                format!("w.write({len}{});", if callback { format!(", {number}") } else { String::new() })
            }
            Action::End => "w.end();".to_owned(),
            Action::Cork => "w.cork();".to_owned(),
            Action::Uncork => "w.uncork();".to_owned(),
            Action::Destroy(failed) => format!("w.destroy({});", fails(failed)),
            Action::Done(failed) => format!("w.done({});", fails(failed)),
            Action::Constructed(failed) => format!("w.constructed({});", fails(failed)),
            Action::Finalized(failed) => format!("w.finalized({});", fails(failed)),
            Action::Destroyed => "w.destroyed();".to_owned(),
        };
        if let Some(top) = self.stack.last() {
            if let Some((_, calls)) = self.inside.get_mut(top) {
                calls.push(statement);
            }
        } else {
            if std::mem::take(&mut self.ticked) {
                self.turns.push(Vec::new());
            }
            if let Some(turn) = self.turns.last_mut() {
                turn.push(statement);
            }
        }
        if action == Action::Throw {
            self.stack.pop();
        }
    }

    fn sees(&mut self, output: Output) {
        let Output::Call(hook) = output else {
            return;
        };
        let kind = match hook {
            Hook::Write(_) | Hook::Writev(_) => "sink".to_owned(),
            Hook::Construct => "construct".to_owned(),
            Hook::Final => "final".to_owned(),
            Hook::Destroy(_) => "destroy".to_owned(),
            Hook::WriteCallback(id, ..) => format!("callback {id}"),
            Hook::EndCallback(..) => "end callback".to_owned(),
            Hook::Drain => "drain".to_owned(),
            Hook::Prefinish => "prefinish".to_owned(),
            Hook::Finish => "finish".to_owned(),
            Hook::Error(_) => "error".to_owned(),
            Hook::Close => "close".to_owned(),
        };
        let count = self.counts.entry(kind.clone()).or_insert(0);
        *count += 1;
        let key = if *count == 1 { kind } else { format!("{kind}, time {count}") };
        self.inside.insert(self.made, (key, Vec::new()));
        self.stack.push(self.made);
        self.made += 1;
    }
}

/// What could be seen of a run, a line each.
#[must_use]
pub fn story(setting: &Setting, run: &[Action]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut worlds = Search(*setting).init_states();
    let Some(world) = worlds.first_mut() else {
        return lines;
    };
    for action in run {
        let number = world.next_chunk();
        let said = match action {
            Action::Write { empty, callback } => Some(format!(
                "write of {}{}",
                if *empty { 0 } else { number },
                if *callback { "" } else { ", no callback" }
            )),
            Action::End => Some("end".to_owned()),
            Action::Cork => Some("cork".to_owned()),
            Action::Uncork => Some("uncork".to_owned()),
            Action::Destroy(failed) => Some(with("destroy", *failed)),
            Action::Done(failed) => Some(with("the sink calls back", *failed)),
            Action::Constructed(failed) => Some(with("construct calls back", *failed)),
            Action::Finalized(failed) => Some(with("final calls back", *failed)),
            Action::Destroyed => Some("destroy calls back".to_owned()),
            Action::Throw => Some("an exception".to_owned()),
            Action::Tick => Some("a tick".to_owned()),
            Action::Leave => None,
        };
        lines.extend(said);
        world.act(*action, &mut |output| lines.extend(show(output)));
    }
    lines
}

fn with(what: &str, failed: bool) -> String {
    if failed { format!("{what}, with an error") } else { what.to_owned() }
}

fn show(output: Output) -> Option<String> {
    let hook = match output {
        Output::Call(hook) => hook,
        Output::Return(_, Returned::Answer(answer)) => return Some(format!("  write answers {answer}")),
        Output::Return(_, Returned::Threw(_)) => return Some("  the exception leaves the call".to_owned()),
        _ => return None,
    };
    Some(match hook {
        Hook::Write(len) => format!("  sink gets {len}"),
        Hook::Writev(_) => "  sink gets all that is queued".to_owned(),
        Hook::Construct => "  construct".to_owned(),
        Hook::Final => "  final".to_owned(),
        Hook::Destroy(_) => "  destroy hook".to_owned(),
        Hook::WriteCallback(id, fault, _) => {
            format!("  callback of {id}: {}", if fault.is_some() { "failed" } else { "success" })
        }
        Hook::EndCallback(..) => "  callback of end".to_owned(),
        Hook::Drain => "  drain".to_owned(),
        Hook::Prefinish => "  prefinish".to_owned(),
        Hook::Finish => "  finish".to_owned(),
        Hook::Error(_) => "  error".to_owned(),
        Hook::Close => "  close".to_owned(),
    })
}

impl Setting {
    /// Whether this lets user code do no more than `other` does.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let version = |setting: &Self| setting.options.version == Version::V18;
        let (a, b) = (self, other);
        version(a) == version(b)
            && a.options == b.options
            && a.writes <= b.writes
            && a.empty <= b.empty
            && a.silent <= b.silent
            && a.ends <= b.ends
            && a.destroys <= b.destroys
            && a.corks <= b.corks
            && a.failures <= b.failures
            && a.throws <= b.throws
            && a.extra <= b.extra
            && a.from_sink <= b.from_sink
            && a.from_callbacks <= b.from_callbacks
            && a.from_listeners <= b.from_listeners
    }
}
