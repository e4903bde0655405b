//! What the search finds in Node's own rules: the programs in `model/node/findings` and the text `docs/NODE-FINDINGS.md` are what it says today, and
//! the real Node does what they say. `HIGHWATER_BLESS=1 cargo test -p highwater-model --test findings` rewrites them, and what each version prints: that of
//! the `node` in the PATH and of those that `HIGHWATER_NODES` names, separated by colons.

#[path = "findings/document.rs"]
mod document;
#[path = "findings/nodes.rs"]
mod nodes;
#[path = "findings/starving.rs"]
mod starving;
#[path = "findings/wrong.rs"]
mod wrong;

use document::Finding;
use highwater_model::node::{
    Promise, Searched, Setting, Version, Violation, large_settings, search_all, search_these, story,
    violations,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const BLESS: &str = "HIGHWATER_BLESS=1 cargo test -p highwater-model --test findings";

/// States of all settings, for the rules of Node 20 and later and for those of Node 18.
const STATES: [usize; 2] = [526_200, 565_765];

struct Search {
    late: Vec<(Setting, Searched)>,
    early: Vec<(Setting, Searched)>,
    /// Of Node 20 and later first, then what only Node 18 does.
    violations: Vec<Violation>,
}

fn searched() -> &'static Search {
    static SEARCH: OnceLock<Search> = OnceLock::new();
    SEARCH.get_or_init(|| {
        let (late, early) = (search_all(Version::V20), search_all(Version::V18));
        let mut found = violations(&late, &[]);
        found.extend(violations(&early, &found));
        Search { late, early, violations: found }
    })
}

fn findings() -> &'static [Finding] {
    static FINDINGS: OnceLock<Vec<Finding>> = OnceLock::new();
    FINDINGS.get_or_init(|| {
        let words = fs::read_to_string(folder().join("words.md")).expect("the words");
        document::findings(&words, &searched().violations)
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn folder() -> PathBuf {
    root().join("model/node/findings")
}

fn blesses() -> bool {
    std::env::var_os("HIGHWATER_BLESS").is_some()
}

/// Compares a file with what it should hold, or makes it so. Whether it had to.
fn up_to_date(name: &str, wanted: &str) -> bool {
    let file = root().join(name);
    if fs::read_to_string(&file).unwrap_or_default() == wanted {
        return false;
    }
    assert!(blesses(), "{name} is out of date: run `{BLESS}`");
    fs::write(&file, wanted).expect("written");
    true
}

#[test]
fn there_are_exactly_so_many_states() {
    let states = |found: &[(Setting, Searched)]| found.iter().map(|(_, found)| found.states).sum::<usize>();
    assert_eq!([states(&searched().late), states(&searched().early)], STATES);
}

/// A promise that nothing puts to the test is kept by anything.
#[test]
fn every_promise_is_put_to_the_test() {
    for found in [&searched().late, &searched().early] {
        for promise in Promise::ALL {
            let tested: u64 = found.iter().map(|(_, found)| found.tested[*promise as usize]).sum();
            assert!(tested > 0, "{}", promise.name());
        }
    }
}

/// What larger settings break, smaller ones break too.
#[test]
#[ignore = "takes a minute in a release build: cargo test --release -p highwater-model --test findings -- --ignored --nocapture"]
fn larger_settings_break_nothing_new() {
    let mut new = Vec::new();
    for version in [Version::V20, Version::V18] {
        let found = search_these(&large_settings(version));
        for (setting, found) in &found {
            println!("{version:?} {}: {} states", setting.name, found.states);
        }
        for violation in violations(&found, &searched().violations) {
            let names: Vec<&str> = violation.promises.iter().map(|promise| promise.name()).collect();
            let story = story(&violation.setting, &violation.run).join("\n    ");
            let needs = violation.needed.in_words();
            new.push(format!("{version:?} {names:?}: {needs}\n    {story}\n"));
        }
    }
    assert!(new.is_empty(), "{}", new.concat());
}

/// One after the other, because each reads what the one before may have written.
#[test]
fn the_programs_and_the_text_are_what_the_search_says() {
    let mut changed = BTreeSet::new();
    let mut wanted = BTreeSet::from(["harness.cjs".to_owned()]);
    for program in findings().iter().flat_map(|finding| &finding.programs) {
        if up_to_date(&format!("model/node/findings/{}", program.file), &program.text) {
            changed.insert(program.file.clone());
        }
        wanted.insert(program.file.clone());
    }
    for entry in fs::read_dir(folder()).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_program = entry.path().extension().is_some_and(|extension| extension == "cjs");
        if is_program && !wanted.contains(&name) {
            assert!(blesses(), "{name} is no counterexample any more: run `{BLESS}`");
            fs::remove_file(entry.path()).expect("removed");
        }
    }
    let printed = nodes::printed(findings(), &changed);
    let search = searched();
    let text = document::text(findings(), &printed, &search.late, &search.early);
    up_to_date("docs/NODE-FINDINGS.md", &text);
    nodes::is_confirmed(findings(), &printed);
}
