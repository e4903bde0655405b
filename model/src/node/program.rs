//! A run of the search as a program for the real Node: what user code does in each turn, and inside each call that the stream makes.

use super::action::{Action, Again};
use super::machine::Place;
use super::setting::Setting;
use super::story::said;
use super::vocabulary::{Hook, Output};
use super::world::{Search, World};
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
        let _ = writeln!(text, "{}", format!("// {line}").trim_end());
    }
    let _ = writeln!(text, "require('./harness.cjs')({{\n  options: {},", options(setting));
    text += "  turns: [\n";
    for turn in &script.turns {
        let _ = writeln!(text, "    {},", function(turn));
    }
    text += "  ],\n  inside: {\n";
    for (key, calls) in script.inside.values() {
        let _ = writeln!(text, "    '{key}': {},", function(calls));
    }
    text += "  },\n});\n";
    text
}

fn function(statements: &[String]) -> String {
    if statements.is_empty() {
        "() => {}".to_owned()
    } else {
        format!("(w) => {{ {} }}", statements.join(" "))
    }
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
        (setting.mute_destroy, "muteDestroy: true"),
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
    called: bool,
}

impl Script {
    fn of(setting: &Setting, run: &[Action]) -> Self {
        let mut script = Self { turns: vec![Vec::new()], ..Self::default() };
        let mut worlds = Search(*setting).init_states();
        let Some(world) = worlds.first_mut() else {
            return script;
        };
        for action in run {
            script.does(*action, world, setting);
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

    fn does(&mut self, action: Action, world: &World, setting: &Setting) {
        match action {
            Action::Tick => {
                self.ticked = true;
                return;
            }
            Action::Leave => {
                self.stack.pop();
                return;
            }
            _ => {}
        }
        let statement = statement(action, world, setting);
        if let Some(top) = self.stack.last() {
            if let Some((_, calls)) = self.inside.get_mut(top) {
                calls.push(statement);
            }
        } else {
            // The sink calls back in another turn, even where the stream has nothing to do in between.
            let another = matches!(action, Action::Done(_)) && self.called && !setting.same_turn;
            if std::mem::take(&mut self.ticked) || another {
                self.called = false;
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
            Hook::WriteCallback(id, ..) => format!("callback of {id}"),
            Hook::EndCallback(id, ..) => format!("callback of end {id}"),
            _ => said(hook, &[]),
        };
        self.called |= kind == "sink";
        let count = self.counts.entry(kind.clone()).or_insert(0);
        *count += 1;
        let key = if *count == 1 { kind } else { format!("{kind}, time {count}") };
        self.inside.insert(self.made, (key, Vec::new()));
        self.stack.push(self.made);
        self.made += 1;
    }
}

fn statement(action: Action, world: &World, setting: &Setting) -> String {
    let fails = |failed: bool| if failed { "true" } else { "" };
    match action {
        Action::Write { empty, callback, by } => {
            let len = if empty { 0 } else { world.next_chunk() };
            let mut with = Vec::new();
            if !callback {
                with.push("callback: false".to_owned());
            }
            if by > 0 {
                with.push(format!("by: {by}"));
            }
            if with.is_empty() {
                format!("w.write({len});")
            } else {
                format!("w.write({len}, {{ {} }});", with.join(", "))
            }
        }
        Action::End if setting.end_callbacks => "w.end({ callback: true });".to_owned(),
        Action::End => "w.end();".to_owned(),
        Action::Cork => "w.cork();".to_owned(),
        Action::Uncork => "w.uncork();".to_owned(),
        Action::Destroy(failed) => format!("w.destroy({});", fails(failed)),
        Action::Done(failed) => format!("w.done({});", fails(failed)),
        Action::Constructed(failed) => format!("w.constructed({});", fails(failed)),
        Action::Finalized(failed) => format!("w.finalized({});", fails(failed)),
        Action::Destroyed => "w.destroyed();".to_owned(),
        Action::Again(Again::Sink) => "w.again('sink');".to_owned(),
        Action::Again(Again::Construct) => "w.again('construct');".to_owned(),
        Action::Again(Again::Final) => "w.again('final');".to_owned(),
        Action::Again(Again::Destroy) => "w.again('destroy');".to_owned(),
        Action::Throw => "w.throws();".to_owned(),
        Action::Leave | Action::Tick => String::new(),
    }
}
