//! Of two polite producers one can wait for ever: the run that shows it comes back to where it was.

use highwater_model::node::{Action, Search, Version, World, settings};
use stateright::Model;

/// N-02. Everything that decides what the stream does next is the same after each round, but for the numbers of the chunks.
#[test]
fn a_round_leaves_the_stream_as_it_was_and_the_first_producer_waiting() {
    let name = "two polite producers, mark 3";
    let mut setting = settings(Version::V20).into_iter().find(|setting| setting.name == name).expect(name);
    setting.writes = 20;
    let mut world = Search(setting).init_states().remove(0);
    let write = |by| Action::Write { empty: false, callback: true, by };
    let act = |world: &mut World, action| world.act(action, &mut |_| {});
    let leave = |world: &mut World| {
        let mut actions = Vec::new();
        while {
            actions.clear();
            Search(setting).actions(world, &mut actions);
            actions.contains(&Action::Leave)
        } {
            world.act(Action::Leave, &mut |_| {});
        }
    };
    for _ in 0..3 {
        act(&mut world, write(1));
        leave(&mut world);
    }
    act(&mut world, Action::Done(false));
    leave(&mut world);
    for round in 0..8 {
        assert!(world.waits(1) && !world.waits(2), "round {round}");
        assert_eq!(world.length(), 2, "round {round}");
        act(&mut world, Action::Done(false));
        leave(&mut world);
        // The sink has taken one and one is left: producer 2 is told to go on.
        let mut answers = Vec::new();
        world.act(write(2), &mut |output| answers.push(output));
        leave(&mut world);
        assert!(format!("{answers:?}").contains("Answer(true)"), "{answers:?}");
    }
}
