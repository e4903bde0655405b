//! Paths: every step has a token of its own, and what cannot be walked is refused in one line.

use highwater_model::matrix::{self, Choice};
use highwater_model::path::{self, ActionPath, ReplayError};
use highwater_model::world::World;
use std::collections::BTreeSet;

fn world(config: &str) -> World {
    World::new(matrix::find(config).expect("a configuration of the matrix"))
}

/// Walks on for many steps, choosing in turn, and walks the same by its tokens.
#[test]
fn tokens_lead_along_the_same_way() {
    for config in ["one-all-l2", "pair-all-l1", "mixed-l0", "endless-three-l1", "one-retry-l1"] {
        let world = world(config);
        for seed in 0_usize..200 {
            let (mut at, mut steps) = (world.initial(), Vec::new());
            for turn in 0..25 {
                let possible = world.steps(&at);
                let tokens: BTreeSet<_> =
                    possible.iter().map(|step| path::token(&world.config, *step)).collect();
                assert_eq!(tokens.len(), possible.len(), "{config}: two steps are written alike in {at:?}");
                let Some(step) = possible.get((seed * 31 + turn * 17 + seed * turn) % possible.len().max(1))
                else {
                    break;
                };
                at = world.take(&at, *step).unwrap().after;
                steps.push(*step);
            }
            let tokens = ActionPath::once(steps).tokens(&world.config);
            let walk = path::replay(&world, &tokens).unwrap();
            assert_eq!(walk.steps.last().unwrap().taken.after, at, "{config}: {tokens}");
            assert!(walk.broken.is_empty() && walk.stuck.is_empty(), "{config}: {tokens}");
        }
    }
}

fn refused(path: &str) -> String {
    path::replay(&world("one-all-l2"), path).expect_err("no such way").to_string()
}

#[test]
fn what_cannot_be_walked_is_refused() {
    assert_eq!(path::replay(&world("one-l2"), " ").unwrap_err(), ReplayError::Empty);
    assert_eq!(refused("w0:2.(w0:1"), ReplayError::Parentheses.to_string());
    assert_eq!(refused("(w0:2).w0:1"), ReplayError::Parentheses.to_string());
    assert_eq!(refused("w0:1).w0:1)"), ReplayError::Parentheses.to_string());
    assert!(refused("w0:2.jump").starts_with("step 2: \"jump\" is no step"));
    assert!(refused("w0:2.took").starts_with("step 2: \"took\" is no step"));
    assert!(refused("cork1").starts_with("step 1: \"cork1\" is no step"));
    assert!(
        refused("w0:2.drain")
            .starts_with("step 2: \"drain\" is not possible here; possible are offer1, offer2, ")
    );
    assert!(refused("w1:2").starts_with("step 1: \"w1:2\" is not possible here"));
    assert_eq!(refused("w0:2.(w0:1)"), ReplayError::NoCycle.to_string());
}

#[test]
fn steps_read_as_sentences() {
    let walk =
        path::replay(&world("one-all-l2"), "w0:2.w0:2.wait0.flush0.offer3.took3.drain.end.offer1.took0")
            .unwrap();
    let lines: Vec<_> = walk.steps.iter().map(|step| step.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "producer 0 writes chunk 0 (2 bytes) -> Continue; b = 2",
            "producer 0 writes chunk 1 (2 bytes) -> Pause; b = 4, a drain is owed",
            "producer 0 asks to be woken by the next drain -> registered",
            "the owner makes flush request 0 -> registered",
            "the writer offers the sink 3 bytes",
            "the sink takes 3 bytes; b = 1",
            "the writer emits the owed drain; drain; producer 0 is told drained; no drain is owed",
            "the owner ends the stream",
            "the writer offers the sink 1 byte",
            "the sink takes 0 bytes; error (WriteZero); flush request 0 is told that the stream failed (WriteZero)",
        ]
    );
}

#[test]
fn custom_configurations_are_found_by_their_names() {
    let choice = Choice { high_water_mark: Some(4), producers: Some(2), ..Choice::default() };
    let config = matrix::custom(choice).unwrap();
    assert_eq!(config.name, "custom-h4-l3-c8-p2-n3");
    assert_eq!(matrix::find(&config.name), Ok(config));
    for wrong in ["custom-", "custom-h4", "custom-h4-l3-c8-p2-n3-x", "custom-h04-l3-c8-p2-n3", "nonsense"] {
        assert_eq!(
            matrix::find(wrong).unwrap_err().to_string(),
            format!("there is no configuration named \"{wrong}\"")
        );
    }
    let wrong = |choice| matrix::custom(choice).unwrap_err().to_string();
    assert!(wrong(Choice { high_water_mark: Some(0), ..Choice::default() }).contains("high-water mark is 0"));
    assert!(wrong(Choice { low_water_mark: Some(3), ..Choice::default() }).contains("must be below"));
    assert!(wrong(Choice { capacity: Some(2), ..Choice::default() }).contains("must be at least"));
    assert!(wrong(Choice { producers: Some(5), ..Choice::default() }).contains("1 to 4"));
    assert!(wrong(Choice { chunks: Some(0), ..Choice::default() }).contains("at least 1"));
}
