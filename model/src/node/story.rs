//! What could be seen of a run, a line each: what `node/findings/harness.cjs` prints if the real stream does the same.

use super::action::{Action, Again};
use super::machine::Place;
use super::setting::Setting;
use super::vocabulary::{Hook, Output, Returned};
use super::world::{OBJECT, Search, World};
use stateright::Model;

/// The lines. What happens inside something is indented by two more.
#[must_use]
pub fn story(setting: &Setting, run: &[Action]) -> Vec<String> {
    let mut story = Story::default();
    let mut worlds = Search(*setting).init_states();
    let Some(world) = worlds.first_mut() else {
        return story.lines;
    };
    for action in run {
        story.does(*action, world);
        let mut outputs = Vec::new();
        world.act_with_sizes(*action, &mut |output, sizes| outputs.push((output, sizes.to_vec())));
        for (output, sizes) in outputs {
            story.sees(output, &sizes);
        }
        if world.place() == Place::Idle {
            story.open.clear();
        }
    }
    story.lines
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Call,
    User,
}

#[derive(Default)]
struct Story {
    lines: Vec<String>,
    open: Vec<Open>,
}

impl Story {
    fn say(&mut self, what: &str) {
        self.lines.push(format!("{}{what}", "  ".repeat(self.open.len())));
    }

    fn does(&mut self, action: Action, world: &World) {
        let with = |what: &str, failed: bool| {
            if failed { format!("{what} with an error") } else { what.to_owned() }
        };
        let what = match action {
            Action::Write { empty, callback, by } => {
                let len = if empty { 0 } else { world.next_chunk() };
                let silent = if callback { "" } else { ", no callback" };
                let by = if by > 0 { format!(" by producer {by}") } else { String::new() };
                format!("write {len}{by}{silent}")
            }
            Action::End => "end".to_owned(),
            Action::Cork => "cork".to_owned(),
            Action::Uncork => "uncork".to_owned(),
            Action::Destroy(failed) => with("destroy", failed),
            Action::Done(failed) => with("sink calls back", failed),
            Action::Constructed(failed) => with("construct calls back", failed),
            Action::Finalized(failed) => with("final calls back", failed),
            Action::Destroyed => "destroy calls back".to_owned(),
            Action::Again(Again::Sink) => "sink calls back again".to_owned(),
            Action::Again(Again::Construct) => "construct calls back again".to_owned(),
            Action::Again(Again::Final) => "final calls back again".to_owned(),
            Action::Again(Again::Destroy) => "destroy calls back again".to_owned(),
            Action::Throw => {
                self.say("an exception");
                self.leaves(Open::User);
                return;
            }
            Action::Leave => return self.leaves(Open::User),
            Action::Tick => return,
        };
        self.say(&what);
        self.open.push(Open::Call);
    }

    /// The innermost of this kind is over, and whatever it had begun.
    fn leaves(&mut self, kind: Open) {
        while let Some(top) = self.open.pop() {
            if top == kind {
                return;
            }
        }
    }

    fn sees(&mut self, output: Output, sizes: &[u64]) {
        match output {
            Output::Call(hook) => {
                self.say(&said(hook, sizes));
                self.open.push(Open::User);
            }
            Output::Return(_, returned) => {
                // An exception leaves every user code between it and the call that it ends.
                self.leaves(Open::Call);
                match returned {
                    Returned::Plainly => {}
                    Returned::Answer(answer) => self.say(&format!("= {answer}")),
                    Returned::Threw(_) => self.say("= the exception"),
                }
            }
            Output::SelfCall(_) => {}
        }
    }
}

/// The line of a call of user code.
pub(super) fn said(hook: Hook, sizes: &[u64]) -> String {
    let told = |failed: bool| if failed { "error" } else { "success" };
    match hook {
        Hook::Write(_) | Hook::Writev(_) => {
            let sizes: Vec<String> = sizes.iter().map(|size| (size % OBJECT).to_string()).collect();
            format!("sink gets {}", sizes.join(", "))
        }
        Hook::Construct => "construct".to_owned(),
        Hook::Final => "final".to_owned(),
        Hook::Destroy(_) => "destroy hook".to_owned(),
        Hook::WriteCallback(id, fault, _) => format!("callback of {id}: {}", told(fault.is_some())),
        Hook::EndCallback(id, fault, _) => format!("callback of end {id}: {}", told(fault.is_some())),
        Hook::Drain => "drain".to_owned(),
        Hook::Prefinish => "prefinish".to_owned(),
        Hook::Finish => "finish".to_owned(),
        Hook::Error(_) => "error".to_owned(),
        Hook::Close => "close".to_owned(),
    }
}
