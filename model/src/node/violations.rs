//! Every setting searched, and of what they find only what no smaller setting finds.

use super::action::Action;
use super::machine::Place;
use super::promises::Promise;
use super::setting::Setting;
use super::settings::settings;
use super::shortest::{Searched, search};
use super::vocabulary::Version;
use super::world::Search;
use stateright::Model as _;

/// A broken promise and the shortest run that breaks it in the smallest setting in which it is broken.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The setting in which it was found.
    pub setting: Setting,
    /// What of it the run needs.
    pub needed: Setting,
    /// The promises that this run is the shortest to break.
    pub promises: Vec<Promise>,
    /// The run.
    pub run: Vec<Action>,
}

/// All settings of a version, searched by two threads.
///
/// # Panics
/// If a search does.
#[must_use]
pub fn search_all(version: Version) -> Vec<(Setting, Searched)> {
    search_these(&settings(version))
}

/// These settings, searched by two threads.
///
/// # Panics
/// If a search does.
#[must_use]
pub fn search_these(all: &[Setting]) -> Vec<(Setting, Searched)> {
    let half = |odd: usize| {
        let mine: Vec<Setting> = all.iter().skip(odd).step_by(2).copied().collect();
        std::thread::spawn(move || {
            mine.into_iter().map(|setting| (setting, search(&Search(setting)))).collect::<Vec<_>>()
        })
    };
    let mut halves = [half(0), half(1)].map(|half| half.join().expect("a search that ends").into_iter());
    (0..all.len()).filter_map(|at| halves[at % 2].next()).collect()
}

/// What was found, less what user code that does less can bring about too. `known`: of another version, not to be said again.
#[must_use]
pub fn violations(found: &[(Setting, Searched)], known: &[Violation]) -> Vec<Violation> {
    let mut all: Vec<Violation> = Vec::new();
    for (setting, searched) in found {
        for (promise, run) in &searched.broken {
            let needed = setting.needed_by(run);
            let run = to_rest(setting, run);
            all.push(Violation { setting: *setting, needed, promises: vec![*promise], run });
        }
    }
    // The simplest first, of equals the shortest.
    all.sort_by_key(|violation| (violation.needed.weight(), violation.run.len()));
    let mut kept: Vec<Violation> = Vec::new();
    for mut violation in all {
        let promise = violation.promises[0];
        let is_known = kept.iter().chain(known).any(|known| {
            let mut theirs = known.needed;
            theirs.options.version = violation.setting.options.version;
            known.promises.contains(&promise) && theirs.is_within(&violation.setting)
        });
        if is_known {
            continue;
        }
        let same = |known: &&mut Violation| known.needed == violation.needed && known.run == violation.run;
        if let Some(known) = kept.iter_mut().find(same) {
            known.promises.push(promise);
        } else {
            violation.setting = named(found, &violation);
            kept.push(violation);
        }
    }
    kept
}

/// The first setting that allows all that the run needs.
fn named(found: &[(Setting, Searched)], violation: &Violation) -> Setting {
    let mut settings = found.iter().map(|(setting, _)| setting);
    let same = |setting: &&Setting| {
        setting.options == violation.setting.options
            && setting.end_callbacks == violation.setting.end_callbacks
            && (setting.producers > 0) == (violation.setting.producers > 0)
            && setting.writes >= violation.needed.writes
            && (setting.silent || !violation.needed.silent)
            && violation.needed.is_within(setting)
    };
    settings.find(same).copied().unwrap_or(violation.setting)
}

/// The run, and then nothing but what the stream does by itself until it rests.
fn to_rest(setting: &Setting, run: &[Action]) -> Vec<Action> {
    let mut run = run.to_vec();
    let mut worlds = Search(*setting).init_states();
    let Some(world) = worlds.first_mut() else {
        return run;
    };
    for action in &run {
        world.act(*action, &mut |_| {});
    }
    loop {
        let action = match world.place() {
            Place::User(_) => Action::Leave,
            _ if world.machine.rests() => return run,
            _ => Action::Tick,
        };
        world.act(action, &mut |_| {});
        run.push(action);
    }
}
