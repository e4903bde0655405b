//! How many states there are, exactly: a change of the contract, of a world or of the search that loses or adds some is seen here.

use highwater_model::check::{Judgement, Plan, check};
use highwater_model::matrix;
use highwater_model::search::{Target, breadth_first};
use highwater_model::world::World;

/// Unique states, steps and depth of each configuration of the default matrix.
const COUNTS: [(&str, u64, u64, usize); 31] = [
    ("one-l2", 5_922, 30_795, 17),
    ("one-l0", 5_860, 30_167, 17),
    ("one-unbounded-l2", 5_922, 30_795, 17),
    ("one-unbounded-l0", 5_860, 30_167, 17),
    ("one-tight-l3", 25_273, 131_723, 13),
    ("one-tight-l0", 24_899, 127_849, 13),
    ("one-all-l2", 19_881, 231_703, 15),
    ("one-all-l0", 16_910, 188_374, 15),
    ("one-retry-l1", 2_503, 22_742, 14),
    ("pair-l2", 216_026, 1_364_425, 18),
    ("pair-l0", 205_172, 1_288_007, 18),
    ("pair-unbounded-l2", 200_650, 1_282_007, 17),
    ("pair-tight-l2", 171_990, 1_054_757, 19),
    ("pair-tight-l0", 154_258, 925_621, 19),
    ("pair-all-l1", 85_167, 939_841, 17),
    ("pair-all-l0", 58_189, 637_751, 16),
    ("impolite-l1", 7_951, 95_423, 15),
    ("impolite-l0", 7_919, 94_783, 15),
    ("mixed-l1", 330_795, 4_132_555, 23),
    ("mixed-l0", 276_639, 3_423_610, 23),
    ("three-l1", 864_964, 5_716_760, 21),
    ("three-l0", 563_704, 3_702_413, 20),
    ("endless-one-l2", 8_295, 80_724, 16),
    ("endless-one-l0", 6_839, 66_355, 15),
    ("endless-pair-l2", 12_233, 89_436, 14),
    ("endless-pair-l0", 11_717, 85_824, 15),
    ("endless-pair-all-l1", 15_628, 151_449, 16),
    ("endless-pair-all-l0", 11_840, 113_665, 17),
    ("endless-three-l1", 132_397, 969_293, 23),
    ("endless-three-l0", 85_867, 619_250, 25),
    ("endless-mixed-l0", 63_498, 748_814, 21),
];

/// Those of them that are small enough for every test run.
fn small() -> impl Iterator<Item = (&'static str, u64, u64, usize)> {
    COUNTS.into_iter().filter(|(_, states, ..)| *states < 90_000)
}

/// Searches these, and compares. Every clause must be put to the test by them.
fn compare(counts: &[(&str, u64, u64, usize)]) {
    let configs =
        counts.iter().map(|(name, ..)| matrix::find(name).expect("a configuration of the matrix")).collect();
    let report = check(&Plan::contract(configs, 2), &|_| {});
    let found: Vec<_> = (report.configs.iter())
        .map(|config| (config.name.as_str(), config.states, config.steps, config.depth))
        .collect();
    assert_eq!(found, counts);
    assert_eq!(
        report.judgement,
        Judgement::Holds,
        "vacuous {:?}, untaken {:?}",
        report.vacuous,
        report.untaken
    );
}

#[test]
fn the_small_configurations_have_exactly_so_many_states() {
    compare(&small().collect::<Vec<_>>());
}

#[test]
#[ignore = "takes some 20 s in a release build: cargo test --release -p highwater-model --test counts -- --ignored"]
fn the_default_matrix_has_exactly_so_many_states() {
    let names: Vec<_> = matrix::default_matrix().into_iter().map(|config| config.name).collect();
    assert_eq!(names, COUNTS.map(|(name, ..)| name));
    assert!(COUNTS.iter().map(|(_, states, ..)| states).sum::<u64>() >= 2_000_000);
    compare(&COUNTS);
}

/// The two searches share the world, but neither the walk nor the fingerprints.
#[test]
fn our_own_search_finds_the_states_that_stateright_finds() {
    for (name, states, _, depth) in small() {
        let found = breadth_first(&World::new(matrix::find(name).unwrap()), Target::Everything, usize::MAX);
        assert_eq!((found.states, found.depth, found.complete), (states, depth, true), "{name}");
        assert!(found.broken.is_empty(), "{name}: {:?}", found.broken);
    }
}

#[test]
fn counts_do_not_depend_on_the_threads() {
    let config = matrix::find("pair-all-l0").unwrap();
    let [one, two] = [1, 2].map(|threads| check(&Plan::single(config.clone(), threads), &|_| {}));
    let [one, two] = [&one.configs[0], &two.configs[0]];
    assert_eq!((one.states, one.steps), (two.states, two.steps));
    assert_eq!(one.premises, two.premises);
    assert_eq!(one.coverage, two.coverage);
}

#[test]
fn the_default_matrix_is_within_a_deep_one() {
    let deep = matrix::deep_matrix();
    let default = matrix::default_matrix();
    assert!(default.iter().all(|config| deep.contains(config)));
    assert!(deep.len() > default.len());
}
