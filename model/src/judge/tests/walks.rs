//! Random runs of the contract, logged as late and as overlapping as real threads would: the judge must accept every one, and must miss no event.

use crate::contract::{Action, Answer, Call, Event, Params, Phase, Run, SinkAnswer, State, Waiter, Wake};
use crate::contract::{System, step, system_actions};
use crate::judge::{Verdict, judge};
use crate::record::{Ev, HandedBack, Op, Over, Record, Ret};

pub(super) const WALKS: u64 = 400;
const STEPS: usize = 120;

/// What the sink is in the middle of, as seen by the log.
enum Port {
    Idle,
    Begun(Ev),
    Called,
    Answered(SinkAnswer),
}

struct Open {
    q: u64,
    op: Op,
    answer: Option<Answer>,
    was_told: bool,
}

pub(super) struct Walk {
    rng: u64,
    params: Params,
    state: State,
    open: Vec<Open>,
    told: Vec<(Waiter, Option<Wake>)>,
    untold: Vec<Event>,
    port: Port,
    calls: u64,
    recovered: bool,
    log: Vec<Record>,
}

impl Walk {
    pub(super) fn new(seed: u64) -> Self {
        let mut walk = Self {
            rng: seed,
            params: Params::new(1, 0, 1).expect("valid"),
            state: State::new(),
            open: Vec::new(),
            told: Vec::new(),
            untold: Vec::new(),
            port: Port::Idle,
            calls: 0,
            recovered: false,
            log: Vec::new(),
        };
        let high = 1 + walk.below(4);
        let (low, capacity) = (walk.below(high), high + walk.below(4));
        walk.params = Params::new(high, low, capacity).expect("the marks are in range");
        walk.params.retry_would_block = walk.below(2) == 0;
        walk.record(Ev::New(walk.params));
        walk
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.rng = self.rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.rng >> 33).unwrap_or_default() % limit.max(1)
    }

    fn record(&mut self, ev: Ev) {
        self.log.push(Record { n: self.log.len() as u64, t: 0, s: 0, ev });
    }

    fn take(&mut self, action: Action) -> Option<Answer> {
        let out = step(&self.params, &self.state, action)?;
        for (waiter, wake) in out.wakes {
            self.told.iter_mut().filter(|told| told.0 == waiter).for_each(|told| told.1 = Some(wake));
        }
        self.untold.extend(out.events);
        self.state = out.state;
        out.answer
    }

    fn told(&self, waiter: Waiter) -> Option<Wake> {
        self.told.iter().find(|told| told.0 == waiter).and_then(|told| told.1)
    }

    fn begin(&mut self) {
        self.calls += 1;
        let q = self.calls;
        let name = usize::try_from(q).unwrap_or_default();
        let busy: Vec<Waiter> = self.open.iter().filter_map(|open| waiter_of(open.op)).collect();
        let free = self.told.iter().map(|told| told.0).find(|waiter| !busy.contains(waiter));
        let op = match (self.below(40), free) {
            (0..18, _) => {
                let (producer, len) = (self.below(2), self.below(self.params.capacity + 2));
                Op::Call(Call::Write { producer, seq: name, len })
            }
            (18..22, _) => Op::Call(Call::Wait(name)),
            (22..25, _) => Op::Call(Call::Flush(name)),
            (25..32, Some(waiter)) => Op::Await(waiter),
            (32..34, Some(waiter)) => Op::Call(Call::Cancel(waiter)),
            (34, _) => Op::Call(Call::Cork),
            (35, _) => Op::Call(Call::Uncork),
            (36, _) => Op::Call(Call::End),
            (37, _) if self.below(3) == 0 => Op::Call(Call::Destroy),
            _ => Op::Closed,
        };
        let was_told = waiter_of(op).map_or(self.state.closed, |waiter| self.told(waiter).is_some());
        self.open.push(Open { q, op, answer: None, was_told });
        self.record(Ev::Call { q, op });
    }

    /// Lets an open call take effect, or return if it can.
    fn go_on(&mut self, index: usize) {
        let Some(Open { q, op, answer, was_told }) = self.open.get(index) else { return };
        let (q, op, was_told) = (*q, *op, *was_told);
        let ret = match (op, *answer) {
            (Op::Call(call), None) => {
                let answer = self.take(Action::Call(call));
                if let Call::Cancel(waiter) = call {
                    self.told.retain(|told| told.0 != waiter);
                }
                if let (Call::Wait(waiter) | Call::Flush(waiter), Some(answer)) = (call, answer) {
                    self.told
                        .push((waiter, if let Answer::Ready(wake) = answer { Some(wake) } else { None }));
                }
                self.open[index].answer = answer;
                return;
            }
            (Op::Call(Call::Write { .. }), Some(answer)) => Ret::Wrote(answer),
            (Op::Call(_), Some(_)) => Ret::Done,
            _ if !was_told && self.below(8) == 0 => Ret::TimedOut,
            (Op::Await(waiter), _) => match self.told(waiter) {
                Some(wake) => Ret::Woken(wake),
                None => return,
            },
            (Op::Closed, _) => match self.state.phase {
                _ if !self.state.closed => return,
                Phase::Failed(cause) => Ret::Over(Over::Errored(cause)),
                Phase::Destroyed => Ret::Over(Over::Destroyed),
                _ => Ret::Over(Over::Finished),
            },
        };
        if let (Op::Await(waiter), Ret::Woken(_)) = (op, ret) {
            self.told.retain(|told| told.0 != waiter);
        }
        self.open.remove(index);
        self.record(Ev::Return { q, ret });
    }

    fn sink(&mut self) {
        match std::mem::replace(&mut self.port, Port::Idle) {
            Port::Idle => {}
            Port::Begun(ev) => {
                self.record(ev);
                self.port = Port::Called;
            }
            Port::Called => {
                let answer = self.sink_answer();
                self.record(Ev::SinkReturn(answer));
                self.port = Port::Answered(answer);
            }
            Port::Answered(answer) => {
                self.take(Action::Sink(answer));
            }
        }
    }

    fn sink_answer(&mut self) -> SinkAnswer {
        let offered = if let crate::contract::Sink::Writing(offered) = self.state.sink { offered } else { 0 };
        match self.below(40) {
            0 => SinkAnswer::Failed,
            1 => SinkAnswer::Panicked,
            2 | 3 => SinkAnswer::Interrupted,
            4 => SinkAnswer::WouldBlock,
            _ if offered == 0 => SinkAnswer::Flushed,
            5 => SinkAnswer::Took(0),
            6 => SinkAnswer::Took(offered + 1),
            _ => SinkAnswer::Took(1 + self.below(offered)),
        }
    }

    fn own_step(&mut self) {
        let able = system_actions(&self.params, &self.state, false);
        if able.is_empty() {
            return;
        }
        let system = able[self.below(able.len())];
        match system {
            System::Offer(len) => self.port = Port::Begun(Ev::Sink(front(&self.state.queue, len))),
            System::FlushSink => self.port = Port::Begun(Ev::SinkFlush),
            System::Drain | System::Close => {}
        }
        self.take(Action::System(system));
    }

    fn tell(&mut self) {
        if !self.untold.is_empty() {
            let event = self.untold.remove(0);
            self.record(Ev::Emit(event));
        }
    }

    fn recover(&mut self) {
        if self.state.closed && !self.recovered {
            self.recovered = true;
            let error =
                if let Phase::Failed(cause) = self.state.phase { Some(cause) } else { self.state.held_back };
            let bytes = self.state.queue.clone();
            self.record(Ev::Recovered(HandedBack { bytes, unknown: self.state.unknown, error }));
        }
    }

    pub(super) fn run(mut self) -> Vec<Record> {
        for _ in 0..STEPS {
            match self.below(11) {
                0 | 1 if self.open.len() < 5 => self.begin(),
                2..=4 => {
                    let index = self.below(self.open.len());
                    self.go_on(index);
                }
                5 | 6 => self.sink(),
                7 | 8 => self.own_step(),
                9 => self.tell(),
                _ => self.recover(),
            }
        }
        for _ in 0..10 * STEPS {
            self.sink();
            self.own_step();
            self.tell();
            (0..self.open.len()).rev().for_each(|index| self.go_on(index));
        }
        self.record(Ev::Quiesce);
        self.log
    }
}

fn waiter_of(op: Op) -> Option<Waiter> {
    match op {
        Op::Await(waiter) | Op::Call(Call::Wait(waiter) | Call::Flush(waiter) | Call::Cancel(waiter)) => {
            Some(waiter)
        }
        _ => None,
    }
}

/// The first `len` bytes of `queue`.
fn front(queue: &[Run], len: usize) -> Vec<Run> {
    let mut left = len;
    let cut = queue.iter().map(|run| {
        let part = run.len.min(left);
        left -= part;
        Run { len: part, ..*run }
    });
    cut.filter(|run| run.len > 0).collect()
}

fn breaks(log: &[Record]) -> bool {
    matches!(judge(log), Ok(Verdict::Breaks(_)))
}

#[test]
fn every_run_of_the_contract_is_accepted_and_its_last_events_are_missed() {
    let (mut ended, mut widest) = (0, 0);
    for seed in 0..WALKS {
        let log = Walk::new(seed).run();
        match judge(&log) {
            Ok(Verdict::Conforms(conforms)) => widest = widest.max(conforms.widest),
            Ok(Verdict::Breaks(violation)) => panic!("seed {seed}: {violation}"),
            Err(malformed) => panic!("seed {seed}: {malformed}"),
        }
        let last =
            |record: &Record| matches!(record.ev, Ev::Emit(Event::Finish | Event::Error(_) | Event::Close));
        for at in (0..log.len()).filter(|at| last(&log[*at])) {
            ended += 1;
            let without = [&log[..at], &log[at + 1..]].concat();
            let twice = [&log[..=at], &log[at..]].concat();
            // A destroy that came first explains that there was no finish and no error.
            let destroyed =
                log.iter().any(|record| matches!(record.ev, Ev::Call { op: Op::Call(Call::Destroy), .. }));
            let closes = log[at].ev == Ev::Emit(Event::Close);
            assert!(breaks(&without) || (destroyed && !closes), "seed {seed} without record {at}");
            assert!(breaks(&twice), "seed {seed} with record {at} twice");
        }
    }
    assert!(ended > WALKS && widest > 10, "{ended} last events, at most {widest} guesses at once");
}
