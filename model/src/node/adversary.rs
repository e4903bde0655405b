//! What user code can do where a [`World`] stands, as a stateright `Model`.

use super::action::{Action, Again};
use super::machine::Place;
use super::promises::Promise;
use super::setting::Setting;
use super::world::{Search, World};
use stateright::{Model, Property};

impl Search {
    fn calls(&self, world: &World, actions: &mut Vec<Action>) {
        let left = &world.left;
        if left.writes > 0 && (self.0.late || !world.seen.ended) {
            for by in writers(&self.0) {
                if by == 0 || !world.seen.waits(by) {
                    self.writes(world, by, actions);
                }
            }
        }
        if left.ends > 0 {
            actions.push(Action::End);
        }
        if left.corks > 0 {
            actions.push(Action::Cork);
        }
        if world.machine.is_corked() {
            actions.push(Action::Uncork);
        }
        if left.destroys > 0 {
            actions.push(Action::Destroy(false));
            if left.failures > 0 {
                actions.push(Action::Destroy(true));
            }
        }
    }

    fn writes(&self, world: &World, by: u8, actions: &mut Vec<Action>) {
        for callback in [true, false] {
            if callback || self.0.silent {
                actions.push(Action::Write { empty: false, callback, by });
                if world.left.empty {
                    actions.push(Action::Write { empty: true, callback, by });
                }
            }
        }
    }

    /// The callbacks that user code owes, and those that it does not.
    fn completions(&self, world: &World, actions: &mut Vec<Action>) {
        let mut both = |make: fn(bool) -> Action| {
            actions.push(make(false));
            if world.left.failures > 0 {
                actions.push(make(true));
            }
        };
        if world.may_complete(&self.0) {
            both(Action::Done);
        }
        if world.construct.open {
            both(Action::Constructed);
        }
        if world.finalizing.open {
            both(Action::Finalized);
        }
        if world.destroying.open && !self.0.mute_destroy {
            actions.push(Action::Destroyed);
        }
        if world.left.again > 0 {
            let done = [
                (world.seen.completed, Again::Sink),
                (world.construct.done, Again::Construct),
                (world.finalizing.done, Again::Final),
                (world.destroying.done, Again::Destroy),
            ];
            let again = done.into_iter().filter(|(done, _)| *done);
            actions.extend(again.map(|(_, who)| Action::Again(who)));
        }
    }
}

fn writers(setting: &Setting) -> std::ops::RangeInclusive<u8> {
    u8::from(setting.producers > 0)..=setting.producers
}

impl Model for Search {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(&self.0)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let may_call = world.may_call(&self.0);
        if may_call {
            self.calls(world, actions);
        }
        // Whoever has to call back may do so from inside any call that the stream makes.
        if may_call || matches!(world.place(), Place::User(_)) {
            self.completions(world, actions);
        }
        match world.place() {
            Place::User(_) => {
                actions.push(Action::Leave);
                if world.left.throws > 0 {
                    actions.push(Action::Throw);
                }
            }
            Place::Idle if !world.machine.rests() => actions.push(Action::Tick),
            _ => {}
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        next.act(action, &mut |_| {});
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("promises", |_: &Self, world: &World| {
            Promise::ALL.iter().all(|promise| !world.has_broken(*promise))
        })]
    }
}
