//! `highwater explore`: stateright's Explorer in a browser.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};

use highwater_model::contract::{Action, Phase, Run};
use highwater_model::describe;
use highwater_model::plot::{self, Axis, Happened, Marks, Sample};
use highwater_model::properties;
use highwater_model::world::{World, WorldState};
use stateright::{Model, Path, Property};

use super::config::{self, Chosen};
use super::output::{self, Trouble, Verdict};

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Where to listen; port 0 is any free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
    addr: String,
    /// Walk through this mutant of the contract.
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,
    #[command(flatten)]
    chosen: Chosen,
}

pub(super) fn run(options: &Options, as_json: bool) -> Result<Verdict, Trouble> {
    let mutant = options.mutant.as_deref().map(config::mutant).transpose()?;
    let config = match mutant {
        Some(mutant) if options.chosen.is_nothing() => config::named(mutant.config)?,
        _ => options.chosen.config()?,
    };
    let contract = Contract(config::world(config, mutant));
    let addr = free_address(&options.addr)?;
    if as_json {
        output::print_json(&serde_json::json!({ "url": format!("http://{addr}/") }))?;
    } else {
        let of = mutant.map_or("the contract", |mutant| mutant.name);
        let name = &contract.0.config.name;
        output::print(&format!(
            "http://{addr}/#/steps/0 shows {of} in configuration {name}.\nChoose steps on its left side; Ctrl-C here stops it.\n"
        ))?;
    }
    contract.checker().serve(addr);
    Ok(Verdict::Conforms)
}

/// Stateright panics where it cannot listen, so that is tried first. Between the two somebody else could take the port: then it does panic.
fn free_address(wanted: &str) -> Result<SocketAddr, Trouble> {
    let help = "give HOST:PORT, such as 127.0.0.1:3000";
    let mut addresses = wanted
        .to_socket_addrs()
        .map_err(|error| Trouble(format!("--addr '{wanted}' is no address ({error}); {help}")))?;
    let addr = addresses.next().ok_or_else(|| Trouble(format!("--addr '{wanted}' names no host; {help}")))?;
    match TcpListener::bind(addr).and_then(|listener| listener.local_addr()) {
        Ok(addr) => Ok(addr),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let (port, host) = (addr.port(), addr.ip());
            Err(Trouble(format!(
                "port {port} of {host} is in use; choose another with --addr, or --addr {host}:0 for any"
            )))
        }
        Err(error) => Err(Trouble(format!("cannot listen on --addr '{wanted}': {error}"))),
    }
}

/// The world as the Explorer's page should show it. The page lists every property above the steps, so there is one for each group of
/// clauses: with one for each clause nobody would find the steps.
#[derive(Debug)]
struct Contract(World);

/// A state and the text it is shown as.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Shown {
    state: WorldState,
    text: String,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Contract {
    fn show(&self, state: WorldState) -> Shown {
        let mut text = describe::state(&self.0.config, &state);
        for (heading, runs) in
            [("buffered", &state.monitor.pending), ("the writer's buffer", &state.stream.queue)]
        {
            // The second is the writer's own account of the first; the two differ under a mutant that loses bytes.
            if !runs.is_empty() && (heading == "buffered" || *runs != state.monitor.pending) {
                let runs: Vec<String> = runs.iter().map(run_line).collect();
                text = format!("{text}\n{heading}: {}", runs.join(", "));
            }
        }
        if !state.violated.is_empty() {
            text = format!("{text}\nbroken on the way here: {}", super::trail::ids(state.violated));
        }
        Shown { state, text }
    }
}

fn run_line(run: &Run) -> String {
    let Run { producer, seq, from, len } = run;
    format!("bytes {from}..{} of producer {producer}'s chunk {seq}", from + len)
}

/// Whether no clause whose id begins so is broken in this state, or was on the way to it.
fn unbroken<const LETTER: char>(contract: &Contract, shown: &Shown) -> bool {
    let broken = shown.state.violated.union(properties::stuck_clauses(&contract.0, &shown.state));
    !broken.iter().any(|clause| clause.id.starts_with(LETTER))
}

impl Model for Contract {
    type State = Shown;
    type Action = Action;

    fn init_states(&self) -> Vec<Shown> {
        vec![self.show(self.0.initial())]
    }

    fn actions(&self, shown: &Shown, actions: &mut Vec<Action>) {
        self.0.actions(&shown.state, actions);
    }

    fn next_state(&self, before: &Shown, action: Action) -> Option<Shown> {
        self.0.take(&before.state, action).map(|taken| self.show(taken.after))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::<Self>::always("W: write", unbroken::<'W'>),
            Property::<Self>::always("D: drain", unbroken::<'D'>),
            Property::<Self>::always("O: order and conservation", unbroken::<'O'>),
            Property::<Self>::always("L: nothing owed when nothing can happen", unbroken::<'L'>),
            Property::<Self>::always("E: end, finish, close", unbroken::<'E'>),
            Property::<Self>::always("X: error, destroy, the sink's answers", unbroken::<'X'>),
        ]
    }

    fn format_action(&self, action: &Action) -> String {
        describe::action(&self.0.config, *action)
    }

    fn format_step(&self, before: &Shown, action: Action) -> Option<String> {
        let taken = self.0.take(&before.state, action)?;
        let line = describe::step(&self.0, &before.state, action, &taken);
        Some(format!("{line}\n\n{}", self.show(taken.after).text))
    }

    fn as_svg(&self, path: Path<Shown, Action>) -> Option<String> {
        let states = path.into_states();
        let mut samples = Vec::with_capacity(states.len());
        let mut owed = false;
        for (at, shown) in (0_u64..).zip(&states) {
            let is = &shown.state.monitor;
            let event = match (owed, is.owed) {
                (false, true) => Happened::Pause,
                (true, false) if is.phase == Phase::Open => Happened::Drain,
                _ => Happened::Other,
            };
            owed = is.owed;
            samples.push(Sample { t_ns: at, buffered: is.buffered() as u64, event });
        }
        // Every step but the last holds its height until the next one; so shall the last.
        samples.extend(samples.last().map(|last| Sample {
            t_ns: last.t_ns + 1,
            event: Happened::Other,
            ..*last
        }));
        let params = self.0.config.params;
        let marks = Marks {
            high: params.high_water_mark as u64,
            low: Some(params.low_water_mark as u64),
            capacity: Some(params.capacity as u64).filter(|_| params.capacity < usize::MAX),
        };
        Some(plot::sawtooth(&samples, marks, Axis::Steps, "Buffered bytes, step by step"))
    }
}
