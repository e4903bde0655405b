//! The state diagram, drawn from [`contract::step`](crate::contract::step) itself: every state of a small stream is visited, and what a picture does not
//! tell apart is folded together. A transition that the contract gains or loses therefore shows in the picture.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::fmt::{self, Write as _};

use crate::contract::{
    Action, Call, Event, Outcome, Params, Phase, Run, Sink, SinkAnswer, State, System, step, system_actions,
};

/// How much a [`Diagram`] tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The phases of SPEC.md section 3.
    Phases,
    /// The phases, what the sink is doing, and whether a drain is owed or due.
    Full,
}

/// The language a [`Diagram`] is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A mermaid `stateDiagram-v2`.
    Mermaid,
    /// Graphviz.
    Dot,
}

/// The phases, and *closed* beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "SPEC.md section 3 says what each phase means")]
pub enum Place {
    Open,
    Ending,
    Finished,
    Failed,
    Destroyed,
    Closed,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Ending => "ending",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Destroyed => "destroyed",
            Self::Closed => "closed",
        })
    }
}

/// One box of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The phase.
    pub place: Place,
    /// What the sink is doing, where the level tells it.
    pub sink: Option<&'static str>,
    /// Whether a drain is owed or due, where the level tells it and one is.
    pub drain: Option<&'static str>,
}

impl Node {
    fn of(params: &Params, state: &State, level: Level) -> Self {
        let place = match state.phase {
            _ if state.closed => Place::Closed,
            Phase::Open => Place::Open,
            Phase::Ending => Place::Ending,
            Phase::Finished => Place::Finished,
            Phase::Failed(_) => Place::Failed,
            Phase::Destroyed => Place::Destroyed,
        };
        if level == Level::Phases || matches!(place, Place::Finished | Place::Failed | Place::Closed) {
            return Self { place, sink: None, drain: None };
        }
        let sink = match state.sink {
            Sink::Idle => "idle",
            Sink::Writing(_) => "writing",
            Sink::Flushing => "flushing",
        };
        let drain = state.drain_owed.then(|| if state.drain_due(params) { "due" } else { "owed" });
        Self { place, sink: Some(sink), drain }
    }

    fn id(&self) -> String {
        let parts = [self.sink, self.drain].into_iter().flatten();
        parts.fold(self.place.to_string(), |id, part| id + "_" + part)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        self.sink.map_or(Ok(()), |sink| write!(f, ", sink {sink}"))?;
        self.drain.map_or(Ok(()), |drain| write!(f, ", drain {drain}"))
    }
}

/// A step, without its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the variants are those of Action, and Display says the rest")]
pub enum Kind {
    Write,
    Wait,
    Flush,
    Cancel,
    Cork,
    Uncork,
    End,
    Destroy,
    Offer,
    FlushSink,
    Drain,
    Close,
    Takes,
    Flushed,
    Again,
    Fails,
    Returns,
}

impl Kind {
    fn of(action: Action, before: &State, after: &Outcome) -> Self {
        let failed = after.events.iter().any(|event| matches!(event, Event::Error(_)));
        match action {
            Action::Call(Call::Write { .. }) => Self::Write,
            Action::Call(Call::Wait(_)) => Self::Wait,
            Action::Call(Call::Flush(_)) => Self::Flush,
            Action::Call(Call::Cancel(_)) => Self::Cancel,
            Action::Call(Call::Cork) => Self::Cork,
            Action::Call(Call::Uncork) => Self::Uncork,
            Action::Call(Call::End) => Self::End,
            Action::Call(Call::Destroy) => Self::Destroy,
            Action::System(System::Offer(_)) => Self::Offer,
            Action::System(System::FlushSink) => Self::FlushSink,
            Action::System(System::Drain) => Self::Drain,
            Action::System(System::Close) => Self::Close,
            Action::Sink(_) if before.phase == Phase::Destroyed => Self::Returns,
            Action::Sink(_) if failed => Self::Fails,
            Action::Sink(SinkAnswer::Took(_)) => Self::Takes,
            Action::Sink(SinkAnswer::Flushed) => Self::Flushed,
            Action::Sink(_) => Self::Again,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Write => "write",
            Self::Wait => "wait",
            Self::Flush => "flush request",
            Self::Cancel => "give up",
            Self::Cork => "cork",
            Self::Uncork => "uncork",
            Self::End => "end",
            Self::Destroy => "destroy",
            Self::Offer => "sink is offered bytes",
            Self::FlushSink => "sink is flushed",
            Self::Drain => "drain",
            Self::Close => "close",
            Self::Takes => "sink takes bytes",
            Self::Flushed => "flush succeeds",
            Self::Again => "sink is interrupted",
            Self::Fails => "sink fails",
            Self::Returns => "sink call returns",
        })
    }
}

/// What leads from one box to another: the event that observers are told, if any, and the steps that do it.
type Arrows = BTreeMap<(Node, Node, Option<&'static str>), BTreeSet<Kind>>;

/// The picture before it is written down.
#[derive(Clone, Debug)]
pub struct Diagram {
    start: Node,
    nodes: BTreeSet<Node>,
    arrows: Arrows,
}

impl Diagram {
    /// Walks the contract.
    #[must_use]
    pub fn walk(level: Level) -> Self {
        let mut arrows = Arrows::new();
        let mut nodes = BTreeSet::new();
        for params in small_streams() {
            for (before, action, after) in transitions(&params) {
                let (from, to) = (Node::of(&params, &before, level), Node::of(&params, &after.state, level));
                nodes.extend([from, to]);
                let event = after.events.first().copied().map(event_name);
                arrows.entry((from, to, event)).or_default().insert(Kind::of(action, &before, &after));
            }
        }
        let start = Node::of(&small_streams()[0], &State::new(), level);
        Self { start, nodes, arrows }
    }

    /// The arrows: from, to, the event if one is emitted, and the steps.
    pub fn arrows(&self) -> impl Iterator<Item = (Node, Node, Option<&'static str>, &BTreeSet<Kind>)> {
        self.arrows.iter().map(|((from, to, event), kinds)| (*from, *to, *event, kinds))
    }

    /// The picture as text.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Mermaid => self.mermaid(),
            Format::Dot => self.dot(),
        }
    }

    /// Steps that stay in a box and tell nobody are listed inside it: as arrows they would hide the others.
    fn inside(&self, node: Node, newline: &str) -> String {
        let mut out = String::new();
        let mut width = 0;
        for kind in self.arrows.get(&(node, node, None)).into_iter().flatten() {
            let (kind, separator) = (kind.to_string(), if out.is_empty() { "" } else { ", " });
            if out.is_empty() || width + kind.len() > 26 {
                width = 0;
                out += separator.trim_end();
                out += newline;
            } else {
                out += separator;
            }
            width += kind.len();
            out += &kind;
        }
        out
    }

    fn drawn(&self) -> impl Iterator<Item = (String, String, String)> {
        self.arrows().filter(|(from, to, event, _)| from != to || event.is_some()).map(
            |(from, to, event, kinds)| {
                // A step named like its event would only repeat it.
                let told = event
                    .filter(|event| kinds.len() != 1 || list(kinds) != *event)
                    .map(|event| format!(" / {event}"))
                    .unwrap_or_default();
                (from.id(), to.id(), list(kinds) + &told)
            },
        )
    }

    fn mermaid(&self) -> String {
        let mut out = String::from("stateDiagram-v2\n");
        for node in &self.nodes {
            let inside = self.inside(*node, "<br/>");
            let _ = writeln!(out, "    state \"{}{inside}\" as {}", node, node.id());
        }
        let _ = writeln!(out, "    [*] --> {}", self.start.id());
        for (from, to, label) in self.drawn() {
            let _ = writeln!(out, "    {from} --> {to} : {label}");
        }
        for node in self.nodes.iter().filter(|node| node.place == Place::Closed) {
            let _ = writeln!(out, "    {} --> [*]", node.id());
        }
        out
    }

    fn dot(&self) -> String {
        let mut out =
            String::from("digraph highwater {\n    rankdir=LR;\n    node [shape=box, style=rounded];\n");
        for node in &self.nodes {
            let inside = self.inside(*node, "\\n");
            let bold = if *node == self.start { ", penwidth=2" } else { "" };
            let _ = writeln!(out, "    {} [label=\"{}{inside}\"{bold}];", node.id(), node);
        }
        for (from, to, label) in self.drawn() {
            let _ = writeln!(out, "    {from} -> {to} [label=\"{label}\"];");
        }
        out.push_str("}\n");
        out
    }
}

fn list(kinds: &BTreeSet<Kind>) -> String {
    kinds.iter().map(Kind::to_string).collect::<Vec<_>>().join(", ")
}

fn event_name(event: Event) -> &'static str {
    match event {
        Event::Drain => "drain",
        Event::Finish => "finish",
        Event::Error(_) => "error",
        Event::Close => "close",
    }
}

/// A mark of 3 under a capacity of 4 is the smallest stream that can also go on during a sink call, pause, refuse, and owe a drain that is not due.
fn small_streams() -> Vec<Params> {
    let mut all = Vec::new();
    for low_water_mark in [0, 2] {
        for retry_would_block in [false, true] {
            all.push(Params { high_water_mark: 3, low_water_mark, capacity: 4, retry_would_block });
        }
    }
    all
}

/// Every transition of a stream with at most one cork, one wait and one flush request, except those that change nothing.
fn transitions(params: &Params) -> Vec<(State, Action, Outcome)> {
    let mut seen = HashSet::from([State::new()]);
    let mut frontier = VecDeque::from([State::new()]);
    let mut found = Vec::new();
    while let Some(state) = frontier.pop_front() {
        for action in actions(params, &state) {
            let Some(mut outcome) = step(params, &state, action) else { continue };
            forget_identity(&mut outcome.state);
            if outcome.state == state && outcome.events.is_empty() {
                continue;
            }
            if seen.insert(outcome.state.clone()) {
                frontier.push_back(outcome.state.clone());
            }
            found.push((state.clone(), action, outcome));
        }
    }
    found
}

fn actions(params: &Params, state: &State) -> Vec<Action> {
    let mut calls = vec![Call::Cancel(0), Call::Uncork, Call::End, Call::Destroy];
    calls.extend((0..=params.capacity + 1).map(|len| Call::Write { producer: 0, seq: 0, len }));
    calls.extend((state.corked == 0).then_some(Call::Cork));
    calls.extend(state.waits.is_empty().then_some(Call::Wait(0)));
    calls.extend(state.flushes.is_empty().then_some(Call::Flush(0)));
    let answers = [SinkAnswer::Flushed, SinkAnswer::Interrupted, SinkAnswer::WouldBlock]
        .into_iter()
        .chain([SinkAnswer::Failed, SinkAnswer::Panicked])
        .chain((0..=params.capacity + 1).map(SinkAnswer::Took));
    let mut all: Vec<Action> = calls.into_iter().map(Action::Call).collect();
    all.extend(system_actions(params, state, false).into_iter().map(Action::System));
    all.extend(answers.map(Action::Sink));
    all
}

/// The contract does not look at who wrote a byte, so for a picture all bytes are the same.
fn forget_identity(state: &mut State) {
    let len = state.buffered();
    state.queue = if len == 0 { Vec::new() } else { vec![Run { producer: 0, seq: 0, from: 0, len }] };
}
