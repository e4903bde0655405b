//! The house rules, as tests: every clause has all its sides, everything that names a clause names one that exists, and every file can
//! be read in one sitting.

use highwater_model::properties::CLAUSES;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A file longer than this is two files.
const FILE_LINES_MAX: usize = 350;
/// A function longer than this is two functions.
const FUNCTION_LINES_MAX: usize = 70;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace").to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("a folder that is read while nobody changes it").path()).collect()
}

fn from_root(path: &Path) -> String {
    path.strip_prefix(root()).expect("only what lies below the root is read").display().to_string()
}

/// Every file below `folder` whose name ends in `.{extension}`, with its path from the root, sorted.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut pending = vec![root().join(folder)];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            let skipped = path.file_name().is_some_and(|name| name == "target" || name == "node_modules");
            if !skipped {
                pending.extend(list(&path));
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            let name = from_root(&path);
            found.push((name.clone(), read(&name)));
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    ["model", "reference", "tests", "benches"].iter().flat_map(|folder| files(folder, "rs")).collect()
}

/// The clauses of SPEC.md: id and sentence.
fn clauses() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in read("SPEC.md").lines() {
        let Some((id, sentence)) = line.strip_prefix("- **").and_then(|rest| rest.split_once("** ")) else {
            continue;
        };
        assert!(found.insert(id.to_owned(), sentence.to_owned()).is_none(), "SPEC.md has {id} twice");
    }
    assert!(
        found.len() > 50,
        "SPEC.md has only {} clauses: is it still written as `- **X-01** ...`?",
        found.len()
    );
    found
}

/// Everything in `text` that has the form of a clause id.
fn ids_in(text: &str) -> BTreeSet<String> {
    let bytes = text.as_bytes();
    let word = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let is_id = |at: usize| {
        b"WDOLEXN".contains(&bytes[at])
            && bytes[at + 1] == b'-'
            && bytes[at + 2].is_ascii_digit()
            && bytes[at + 3].is_ascii_digit()
            && !word(at + 4)
            && (at == 0 || !word(at - 1))
    };
    (0..bytes.len().saturating_sub(3)).filter(|at| is_id(*at)).map(|at| text[at..at + 4].to_owned()).collect()
}

/// The ids that the names of functions begin with or hold, as in `fn w_05_w_06_full_and_too_large`.
fn ids_in_names(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in text.lines().filter_map(|line| line.trim_start().strip_prefix("fn ")) {
        let words: Vec<&str> = name.split(['_', '(']).collect();
        found.extend(words.windows(2).map(|pair| format!("{}-{}", pair[0].to_uppercase(), pair[1])));
    }
    found
}

fn report(what: &str, complaints: &[String]) {
    assert!(complaints.is_empty(), "{what}:\n  {}", complaints.join("\n  "));
}

#[test]
fn every_clause_has_a_property_with_its_sentence() {
    let spec = clauses();
    let mut complaints = Vec::new();
    for (id, sentence) in spec.iter().filter(|(id, _)| !id.starts_with('N')) {
        match CLAUSES.iter().find(|clause| clause.id == id) {
            None => complaints.push(format!("{id} has no property in model/src/properties")),
            Some(clause) if clause.sentence != sentence => {
                complaints.push(format!("{id} reads differently in model/src/properties/table.rs"));
            }
            Some(_) => {}
        }
    }
    for clause in CLAUSES.iter().filter(|clause| !spec.contains_key(clause.id)) {
        complaints.push(format!("{} has a property, but SPEC.md does not know it", clause.id));
    }
    report("SPEC.md and model/src/properties differ", &complaints);
}

#[test]
fn every_clause_has_a_seeded_bug_that_it_must_catch() {
    let caught: BTreeSet<&str> =
        highwater_model::mutants::MUTANTS.iter().map(|mutant| mutant.clause).collect();
    let without: Vec<String> =
        clauses().into_keys().filter(|id| !id.starts_with('N') && !caught.contains(id.as_str())).collect();
    report("clauses that no mutant in model/src/mutants names", &without);
}

/// A test speaks of a clause by its id: in its name, in a comment or in what it asserts.
#[test]
fn every_clause_is_named_by_a_test() {
    let mut named = BTreeSet::new();
    for (path, text) in sources() {
        let only_tests = path.contains("tests/") || path.ends_with("tests.rs");
        let from = if only_tests { Some(0) } else { text.find("#[cfg(test)]\nmod tests {") };
        if let Some(from) = from.filter(|_| path != "tests/tidy.rs") {
            named.extend(ids_in(&text[from..]));
            named.extend(ids_in_names(&text[from..]));
        }
    }
    let without: Vec<String> =
        clauses().into_keys().filter(|id| !id.starts_with('N') && !named.contains(id)).collect();
    report("clauses that no test names", &without);
}

/// What the writer does by itself (liveness) and what its callers do (W-12) is no branch of its bookkeeping.
#[test]
fn every_clause_about_a_step_is_named_in_the_writer() {
    let mut named = BTreeSet::new();
    for (path, text) in files("reference/src", "rs") {
        if !path.ends_with("tests.rs") {
            named.extend(ids_in(&text));
        }
    }
    let about_producers = ["W-12"];
    let without: Vec<String> = clauses()
        .into_keys()
        .filter(|id| !id.starts_with(['N', 'L']) && !about_producers.contains(&id.as_str()))
        .filter(|id| !named.contains(id))
        .collect();
    report("clauses that no branch in reference/src names", &without);
}

#[test]
fn every_deviation_names_the_clause_in_its_place() {
    let spec = clauses();
    let mut complaints = Vec::new();
    for (id, sentence) in spec.iter().filter(|(id, _)| id.starts_with('N')) {
        let named = ids_in(sentence);
        if !named.iter().any(|other| !other.starts_with('N')) {
            complaints.push(format!("{id} does not say which clause takes the place of Node's rule"));
        }
    }
    report("deviations without a clause", &complaints);
}

#[test]
fn whoever_names_a_clause_names_one_that_exists() {
    let spec = clauses();
    let texts = sources().into_iter().chain(["", "docs"].iter().flat_map(|folder| markdown(folder)));
    let mut complaints = Vec::new();
    for (path, text) in texts.filter(|(path, _)| path != "tests/tidy.rs") {
        for id in ids_in(&text).into_iter().filter(|id| !spec.contains_key(id)) {
            complaints.push(format!("{path} names {id}, which SPEC.md does not have"));
        }
    }
    report("unknown clauses", &complaints);
}

/// The markdown files of one folder, not of those below it.
fn markdown(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in list(&root().join(folder)) {
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = from_root(&path);
            found.push((name.clone(), read(&name)));
        }
    }
    found
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    let complaints: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| text.lines().count() > FILE_LINES_MAX)
        .map(|(path, text)| format!("{path} has {} lines, at most {FILE_LINES_MAX}", text.lines().count()))
        .collect();
    report("files that are two files", &complaints);
}

/// The lines of each function, by the indentation that rustfmt gives its first and last line.
fn functions(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_function = code.split(' ').take_while(|word| !word.contains('(')).any(|word| word == "fn")
            || code.starts_with("fn ");
        if !is_function || code.starts_with("//") || code.ends_with(';') {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - code.len()]);
        if let Some(length) = lines[start..].iter().position(|line| *line == end) {
            found.push((code.to_owned(), length + 1));
        }
    }
    found
}

#[test]
fn every_function_can_be_seen_at_once() {
    let mut complaints = Vec::new();
    for (path, text) in sources() {
        for (name, length) in functions(&text) {
            if length > FUNCTION_LINES_MAX {
                complaints.push(format!("{path}: `{name}` has {length} lines, at most {FUNCTION_LINES_MAX}"));
            }
        }
    }
    report("functions that are two functions", &complaints);
}

#[test]
fn the_measuring_tools_of_this_file_measure() {
    assert_eq!(
        ids_in("W-01, (X-10) but not AW-01, W-1, W-011 or W-0x"),
        ["W-01", "X-10"].map(str::to_owned).into()
    );
    let text =
        "impl A {\n    pub fn long(\n        a: u8,\n    ) {\n        b();\n    }\n}\nfn short() {\n}\n";
    let lengths: Vec<usize> = functions(text).into_iter().map(|(_, length)| length).collect();
    assert_eq!(lengths, [5, 2]);
}

/// The two commands a stranger types are those that CI runs.
#[test]
fn the_readme_says_the_two_commands() {
    let readme = read("README.md");
    for command in ["cargo run --release", "cargo test"] {
        assert!(readme.lines().any(|line| line == command), "README.md does not have the line `{command}`");
    }
}

/// The model and the writer must be able to make the same mistake only by making it twice.
#[test]
fn the_model_and_the_writer_do_not_know_each_other() {
    for (manifest, other) in [("model/Cargo.toml", "highwater"), ("reference/Cargo.toml", "highwater-model")]
    {
        let text = read(manifest);
        let depends = text.lines().any(|line| {
            line.split(['=', '.', ' ']).next().is_some_and(|name| name == other) && !line.starts_with("name")
        });
        assert!(!depends, "{manifest} must not depend on {other}");
    }
}

/// The lint denies it everywhere; a file may still allow it to itself, and one does.
#[test]
fn unsafe_code_lives_in_one_file() {
    let found: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().any(|line| line.trim_start().starts_with("#![allow(unsafe_code)]")))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(found, ["reference/src/ring.rs"]);
    let (_, ring) =
        sources().into_iter().find(|(name, _)| name == "reference/src/ring.rs").expect("it was just found");
    let uses = ring.lines().filter(|line| {
        let code = line.split("//").next().unwrap_or_default();
        code.contains("unsafe {") || code.contains("unsafe impl")
    });
    assert_eq!(uses.count(), ring.matches("// SAFETY: ").count(), "each use says why it is sound");
}

/// A place kept for figures that were to come must not be published.
#[test]
fn no_page_has_a_hole() {
    let pages = files(".", "md");
    assert!(pages.iter().any(|(name, _)| name.ends_with("docs/COMPARE.md")), "the pages were not found");
    let holes: Vec<&String> =
        pages.iter().filter(|(_, text)| text.contains("@@")).map(|(name, _)| name).collect();
    assert!(holes.is_empty(), "a placeholder is left in {holes:?}");
}
