//! The wake protocol: every configuration holds, every mutant is caught, every race is met, and the numbers are what they were.
//!
//! `cargo test -p highwater-model --test wake -- --nocapture` prints the tables. `HIGHWATER_WAKE=no-heavy-fence`, or the name of another mutant, also prints
//! the shortest run that shows what is wrong with it.

use highwater_model::contract::Params;
use highwater_model::wake::config::{CONFIGS, Fences, Freedom, Order, Variant, WakeConfig, find};
use highwater_model::wake::describe;
use highwater_model::wake::fair::{self, DUTIES, Duty};
use highwater_model::wake::graph::Graph;
use highwater_model::wake::model::WakeModel;
use highwater_model::wake::mutants::Mutant;
use highwater_model::wake::properties::SAFETY;
use highwater_model::wake::races::Race;
use stateright::{Checker, Model};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// No configuration is nearly as large.
const STATES_MAX: usize = 1_000_000;

/// What became of one configuration.
struct Survey {
    name: &'static str,
    states: usize,
    arrows: usize,
    broken: Option<String>,
    races: Vec<u64>,
    /// For an endless one: by duty, in how many states it is owed, and a run that neglects it.
    duties: Vec<(usize, Option<String>)>,
}

fn survey(config: &'static str) -> Survey {
    let model = WakeModel::new(find(config).expect("the table has it"));
    let graph = Graph::search(&model, None, STATES_MAX).expect("all states fit");
    let broken = graph.broken.map(|(at, rule)| format!("{config}: {rule}\n{}", graph.tell(at)));
    let duties = if model.config.chunks.is_none() && broken.is_none() {
        DUTIES.iter().map(|duty| attend(&model, &graph, duty)).collect()
    } else {
        Vec::new()
    };
    let arrows = graph.arrows.iter().map(Vec::len).sum();
    Survey { name: config, states: graph.states.len(), arrows, broken, races: graph.races, duties }
}

fn attend(model: &WakeModel, graph: &Graph, duty: &Duty) -> (usize, Option<String>) {
    let owed = graph.states.iter().filter(|state| (duty.owed)(model, state)).count();
    let neglected = fair::neglected(model, graph, duty);
    (owed, neglected.map(|at| format!("{}: {}\n{}", model.config.name, duty.name, graph.tell(at))))
}

/// Every configuration, searched once for all tests here.
fn surveys() -> &'static [Survey] {
    static SURVEYS: OnceLock<Vec<Survey>> = OnceLock::new();
    SURVEYS.get_or_init(|| {
        std::thread::scope(|scope| {
            let half = |odd: usize| CONFIGS.iter().skip(odd).step_by(2).map(|config| survey(config.name));
            let other = scope.spawn(move || half(1).collect::<Vec<_>>());
            let mut surveys: Vec<Survey> = half(0).collect();
            surveys.extend(other.join().expect("no search panics"));
            surveys.sort_by_key(|survey| CONFIGS.iter().position(|config| config.name == survey.name));
            surveys
        })
    })
}

#[test]
fn every_configuration_holds() {
    for survey in surveys() {
        assert!(survey.broken.is_none(), "{}", survey.broken.as_deref().unwrap_or_default());
    }
}

/// Name, states, arrows. A number that moved is a change of the protocol or of a configuration: say which, then change it here.
const COUNTS: &[(&str, usize, usize)] = &[
    ("polite", 67_616, 158_299),
    ("impolite", 58_311, 130_614),
    ("shared", 338_417, 830_156),
    ("flush-and-cork", 108_645, 248_173),
    ("giving-up", 131_049, 307_613),
    ("batch-over-mark", 107_624, 246_620),
    ("odd-lengths", 23_903, 53_330),
    ("endless", 23_692, 55_352),
    ("endless-impolite", 22_040, 49_061),
    ("polite-weak", 119_399, 342_279),
    ("impolite-weak", 166_611, 466_551),
    ("shared-weak", 166_644, 478_058),
    ("endless-weak", 9_595, 24_186),
    ("polite-plain", 55_835, 123_720),
    ("impolite-plain-weak", 137_960, 354_924),
    ("endless-plain-weak", 49_508, 124_886),
    ("waker-resets-nothing", 59_792, 133_885),
    ("notify-after-unlock", 60_281, 135_335),
    ("fence-unlocked", 57_693, 129_962),
    ("fence-unlocked-weak", 158_137, 441_145),
    ("endless-fence-unlocked", 24_764, 59_124),
    ("endless-waker-resets-nothing", 25_008, 58_532),
    ("try", 51_872, 118_683),
    ("try-shared", 233_365, 566_375),
    ("try-cork", 81_783, 187_516),
    ("try-weak", 65_639, 182_111),
    ("try-shared-weak", 135_047, 395_192),
    ("try-waker-resets-nothing", 259_940, 640_156),
    ("endless-try", 50_522, 127_798),
];

#[test]
fn the_counts_are_what_they_were() {
    let counts: Vec<_> = surveys().iter().map(|survey| (survey.name, survey.states, survey.arrows)).collect();
    for (name, states, arrows) in &counts {
        println!("{name:30} {states:7} states {arrows:7} arrows");
    }
    println!("{:30} {:7} states", "all", counts.iter().map(|count| count.1).sum::<usize>());
    assert_eq!(counts, COUNTS);
}

#[test]
fn every_race_is_met() {
    for race in Race::ALL {
        let times: u64 = surveys().iter().map(|survey| survey.races[*race as usize]).sum();
        println!("{times:8} times: {}", race.describe().trim());
        assert!(times > 0, "no search meets this race, so none says anything about it: {race:?}");
    }
}

#[test]
fn nothing_stays_owed_for_ever() {
    let endless: Vec<_> = surveys().iter().filter(|survey| !survey.duties.is_empty()).collect();
    assert!(endless.len() >= 4, "the endless configurations are gone");
    for (which, duty) in DUTIES.iter().enumerate() {
        let owed: usize = endless.iter().map(|survey| survey.duties[which].0).sum();
        println!("{owed:8} states owe this: {}", duty.name);
        assert!(owed > 0, "never owed, so never checked: {}", duty.name);
        for survey in &endless {
            assert!(
                survey.duties[which].1.is_none(),
                "{}",
                survey.duties[which].1.as_deref().unwrap_or_default()
            );
        }
    }
}

#[test]
fn each_duty_can_be_neglected() {
    let neglects = [
        (Mutant::LingersForEver, "endless", fair::BYTES_TAKEN),
        (Mutant::DueBeforeHead, "endless", fair::DRAINS_EMITTED),
        (Mutant::DrainWakesNobody, "endless", fair::WAITS_RETURN),
        (Mutant::HandleNotPutBack, "endless", fair::WAITS_RETURN),
        (Mutant::FlushOnlyAfterBytes, "endless", fair::FLUSHES_ANSWERED),
        (Mutant::SpinWithLock, "endless-impolite", fair::WRITES_RETURN),
    ];
    for (mutant, config, name) in neglects {
        let model = WakeModel { config: find(config).unwrap(), mutant: Some(mutant) };
        let graph = search_without_rules(&model);
        let duty = DUTIES.iter().find(|duty| duty.name == name).unwrap();
        assert!(fair::neglected(&model, &graph, duty).is_some(), "{} keeps: {name}", mutant.name());
    }
    for duty in DUTIES {
        assert!(neglects.iter().any(|(_, _, name)| *name == duty.name), "no mutant neglects: {}", duty.name);
    }
}

/// The whole graph of a mutant, whatever rules about single states it breaks.
fn search_without_rules(model: &WakeModel) -> Graph {
    Graph::search(model, Some("no rule"), STATES_MAX).expect("all states fit")
}

/// How many steps the shortest run has that shows what is wrong, and that run.
fn caught(mutant: Mutant) -> Option<(usize, String)> {
    let model = mutant.model().unwrap_or_else(|| panic!("{} names no configuration", mutant.name()));
    if SAFETY.iter().any(|rule| rule.name == mutant.rule()) {
        let graph = Graph::search(&model, Some(mutant.rule()), STATES_MAX).expect("all states fit");
        graph.broken.map(|(at, _)| (graph.way_to(at).len(), graph.tell(at)))
    } else {
        let duty = DUTIES.iter().find(|duty| duty.name == mutant.rule()).expect("a rule or a duty");
        let graph = search_without_rules(&model);
        let at = fair::neglected(&model, &graph, duty)?;
        Some((
            graph.way_to(at).len(),
            graph.tell(at) + "\n     and from here a fair run can leave it at that",
        ))
    }
}

/// Name, steps of the shortest run that the named rule rejects.
const CAUGHT: &[(&str, usize)] = &[
    ("no-heavy-fence", 8),
    ("fence-of-one-side", 9),
    ("no-recheck", 8),
    ("recheck-before-fence", 9),
    ("no-light-fence", 9),
    ("no-plain-fence-in-write", 9),
    ("no-plain-fence-in-sleep", 9),
    ("tail-relaxed", 6),
    ("notify-without-lock", 10),
    ("unlock-before-wait", 11),
    ("relock-trusts", 23),
    ("wake-at-not-checked", 9),
    ("wake-at-after", 9),
    ("recheck-after", 9),
    ("reset-without-notify", 10),
    ("reset-after-unlock", 23),
    ("asleep-by-wake-at", 9),
    ("time-out-does-not-look", 14),
    ("wake-is-trusted", 6),
    ("end-does-not-wake", 6),
    ("destroy-does-not-wake", 6),
    ("flush-does-not-wake", 6),
    ("uncork-does-not-wake", 9),
    ("pause-does-not-wake", 12),
    ("owed-without-attention", 15),
    ("end-keeps-attention", 4),
    ("failure-keeps-attention", 13),
    ("drain-keeps-attention", 12),
    ("attention-after-unlock", 21),
    ("due-before-head", 17),
    ("drain-wakes-nobody", 18),
    ("failure-wakes-nobody", 5),
    ("handle-not-put-back", 20),
    ("wait-is-no-loop", 11),
    ("phase-before-generation", 16),
    ("reason-by-phase", 14),
    ("sleep-with-lock", 10),
    ("deep-over-bytes", 10),
    ("lingers-for-ever", 6),
    ("flush-waits-for-silence", 7),
    ("flush-only-after-bytes", 6),
    ("spin-with-lock", 4),
    ("spins-for-ever", 5),
    ("mark-not-checked", 7),
    ("stale-head-under-lock", 13),
    ("head-before-sink-call", 9),
    ("hand-back-at-close", 25),
    ("busy-not-checked", 11),
    ("busy-not-woken", 13),
    ("busy-looks-lingering", 17),
    ("sink-not-given-back", 12),
    ("tries-while-deep", 15),
    ("tries-through-cork", 10),
    ("tries-nothing", 17),
    ("not-now-is-taken", 10),
    ("try-failure-wakes-nobody", 13),
    ("try-failure-keeps-attention", 16),
];

#[test]
fn every_mutant_is_caught_by_the_rule_it_names() {
    let asked = std::env::var("HIGHWATER_WAKE").unwrap_or_default();
    let mut found = Vec::new();
    let mut kinds = BTreeSet::new();
    for mutant in Mutant::ALL {
        let Some((steps, run)) = caught(*mutant) else {
            panic!("{} survives in {}: {}", mutant.name(), mutant.config(), mutant.describe());
        };
        println!("{:26} {steps:3} steps, {:35} {}", mutant.name(), mutant.rule(), mutant.describe());
        if asked == mutant.name() {
            println!("{run}");
        }
        kinds.extend(run.rsplit_once("BROKEN: ").map(|(_, kind)| kind.to_owned()));
        found.push((mutant.name(), steps));
    }
    assert_eq!(found, CAUGHT);
    let all = ["Answer", "Bytes", "HandedBack", "State", "Step", "Told"];
    assert!(kinds.iter().eq(all), "some way of breaking the refinement is never found: {kinds:?}");
}

#[test]
fn stateright_agrees() {
    for name in ["polite", "odd-lengths", "endless", "endless-weak"] {
        let checker = WakeModel::new(find(name).unwrap()).checker().threads(2).spawn_dfs().join();
        checker.assert_properties();
        let survey = surveys().iter().find(|survey| survey.name == name).unwrap();
        assert_eq!(checker.unique_state_count(), survey.states, "{name}");
    }
    let mutant = Mutant::HeavyIsLight;
    let checker = mutant.model().unwrap().checker().spawn_bfs().join();
    assert!(checker.discovery(mutant.rule()).is_some(), "stateright does not catch {}", mutant.name());
}

/// Everything at once, which is too much for every run: `cargo test --release -p highwater-model --test wake -- --ignored`.
#[test]
#[ignore = "minutes"]
fn everything_at_once() {
    for (order, fences, variant) in [
        (Order::Weak, Fences::Asymmetric, Variant::AsStated),
        (Order::Weak, Fences::Asymmetric, Variant::FenceUnlocked),
        (Order::Weak, Fences::Plain, Variant::NotifyAfterUnlock),
    ] {
        let shared = find("shared").expect("the table has it");
        let params = Params { retry_would_block: true, ..shared.params };
        let freedoms = Freedom::ALL;
        let chunks = Some(5);
        let config =
            WakeConfig { name: "everything", params, chunks, freedoms, order, fences, variant, ..shared };
        let checker = WakeModel::new(config).checker().threads(2).spawn_dfs().join();
        checker.assert_properties();
        println!("{:?} {fences:?} {variant:?}: {} states", order, checker.unique_state_count());
    }
}

#[test]
fn a_lost_wake_up_reads_as_a_story() {
    let (_, run) = caught(Mutant::HeavyIsLight).unwrap();
    assert_eq!(run, STORY.trim_matches('\n'));
}

const STORY: &str = r"
     tail 0 head 0 wake_at never attention 0 | Open | P: is between calls | D: locks, looks for work
  1. P calls: write 1
     tail 0 head 0 wake_at never attention 0 | Open | P: (write 1) loads attention; looks for room; copies | D: locks, looks for work
  2. P (write 1) loads attention; looks for room; copies
     tail 0 head 0 wake_at never attention 0 | Open | P: (write 1) stores tail | D: locks, looks for work
  3. P (write 1) stores tail
     tail 0 head 0 wake_at never attention 0 P[tail=1] | Open | P: (write) loads wake_at, compares | D: locks, looks for work
  4. P (write) loads wake_at, compares
     tail 0 head 0 wake_at never attention 0 P[tail=1] | Open | P: is between calls | D: locks, looks for work
  5. D locks, looks for work
     tail 0 head 0 wake_at never attention 0 P[tail=1] | Open locked | P: is between calls | D: decides how to rest
  6. D announces: asleep, until a byte
     tail 0 head 0 wake_at never attention 0 P[tail=1] D[wake_at=1] | Open asleep locked | P: is between calls | D: loads tail again, compares
  7. D loads tail again, compares
     tail 0 head 0 wake_at never attention 0 P[tail=1] D[wake_at=1] | Open asleep locked | P: is between calls | D: unlocks and waits
  8. D unlocks and waits
     tail 0 head 0 wake_at 1 attention 0 P[tail=1] | Open asleep | P: is between calls | D: sleeps
";

#[test]
fn a_state_reads_as_one_line() {
    let model = WakeModel::new(CONFIGS[0].clone());
    for action in model.steps(&model.initial()) {
        let after = model.format_step(&model.initial(), action).unwrap();
        assert!(!after.contains('\n') && !describe::step(&model.initial(), action).contains('\n'), "{after}");
    }
}
