//! What each version of Node prints for each program: kept in `printed.json`, and asked of the Nodes that are there.

use super::document::{Finding, Program};
use super::{blesses, folder, up_to_date};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Per program, per version of Node, the lines.
pub(crate) type Printed = BTreeMap<String, BTreeMap<String, Vec<String>>>;

const FILE: &str = "model/node/findings/printed.json";

/// What is kept, but of programs that have changed, compared with what the Nodes of this machine print, or made so.
pub(crate) fn printed(findings: &[Finding], changed: &BTreeSet<String>) -> Printed {
    let mut kept = read();
    let programs: Vec<&Program> = findings.iter().flat_map(|finding| &finding.programs).collect();
    kept.retain(|file, _| !changed.contains(file) && programs.iter().any(|program| program.file == *file));
    let nodes = nodes();
    if nodes.is_empty() {
        println!("no node in the PATH: the programs were compared with what is kept of earlier runs alone");
    }
    for (node, version) in nodes {
        for program in &programs {
            let lines = run(&node, &program.file);
            let of_program = kept.entry(program.file.clone()).or_default();
            if blesses() {
                let major = major(&version);
                of_program.retain(|other, _| self::major(other) != major);
                of_program.insert(version.clone(), lines);
                continue;
            }
            let known = of_program.iter().find(|(other, _)| major(other) == major(&version));
            if let Some((other, known)) = known {
                assert_eq!(
                    &lines, known,
                    "{} prints something else in Node {version} than in {other}",
                    program.file
                );
            }
        }
        println!("Node {version} ran {} programs and printed what is kept", programs.len());
    }
    let text: BTreeMap<&String, Vec<Value>> =
        kept.iter().map(|(file, of_program)| (file, grouped(of_program))).collect();
    let text = serde_json::to_string_pretty(&text).expect("JSON") + "\n";
    up_to_date(FILE, &text);
    kept
}

/// Versions that print the same are kept together.
fn grouped(of_program: &BTreeMap<String, Vec<String>>) -> Vec<Value> {
    let mut groups: Vec<(Vec<&String>, &Vec<String>)> = Vec::new();
    for (version, lines) in of_program {
        match groups.iter_mut().find(|(_, known)| *known == lines) {
            Some((versions, _)) => versions.push(version),
            None => groups.push((vec![version], lines)),
        }
    }
    let value = |(versions, lines): (Vec<&String>, &Vec<String>)| {
        let versions: Vec<&str> = versions.iter().map(|version| version.as_str()).collect();
        serde_json::json!({ "versions": versions.join(" "), "printed": lines.join("\n") })
    };
    groups.into_iter().map(value).collect()
}

fn read() -> Printed {
    let text = std::fs::read_to_string(super::root().join(FILE)).unwrap_or_else(|_| "{}".to_owned());
    let value: BTreeMap<String, Vec<BTreeMap<String, String>>> =
        serde_json::from_str(&text).expect("printed.json");
    let mut kept = Printed::new();
    for (file, groups) in value {
        for group in groups {
            for version in group["versions"].split(' ') {
                let lines = group["printed"].lines().map(str::to_owned).collect();
                kept.entry(file.clone()).or_default().insert(version.to_owned(), lines);
            }
        }
    }
    kept
}

/// The Nodes of this machine, with their versions.
fn nodes() -> Vec<(String, String)> {
    let more = std::env::var("HIGHWATER_NODES").unwrap_or_default();
    let named = more.split(':').filter(|path| !path.is_empty());
    let mut found: Vec<(String, String)> = Vec::new();
    for node in std::iter::once("node").chain(named) {
        let version = Command::new(node).arg("--version").output();
        let version = version.ok().filter(|output| output.status.success());
        let Some(version) = version else {
            assert_eq!(node, "node", "HIGHWATER_NODES names {node}, which does not run");
            continue;
        };
        let version = String::from_utf8_lossy(&version.stdout).trim().trim_start_matches('v').to_owned();
        if major(&version) < 18 {
            println!("Node {version} is too old for the rules that are modelled, and was not asked");
        } else if found.iter().all(|(_, other)| *other != version) {
            found.push((node.to_owned(), version));
        }
    }
    found
}

fn run(node: &str, file: &str) -> Vec<String> {
    let output = Command::new(node).arg(folder().join(file)).env_remove("NODE_OPTIONS").output();
    let output = output.expect("node runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{file}: {errors}");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

pub(crate) fn major(version: &str) -> u32 {
    version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0)
}

/// Whether these lines say that every promise which the program is to break is broken.
pub(crate) fn confirms(program: &Program, lines: &[String]) -> bool {
    let Some(broken) = lines.last().and_then(|last| last.strip_prefix("broken: ")) else {
        return false;
    };
    let broken: Vec<&str> = broken.split(", ").collect();
    program.promises.iter().all(|promise| broken.contains(&promise.name()))
}

/// A counterexample that the real Node does not show is a bug of the profile.
pub(crate) fn is_confirmed(findings: &[Finding], printed: &Printed) {
    for program in findings.iter().flat_map(|finding| &finding.programs) {
        let of_program = printed.get(&program.file).unwrap_or_else(|| panic!("{} never ran", program.file));
        let mut asked = 0;
        for (version, lines) in of_program {
            if (major(version) == 18) != program.only_18 {
                continue;
            }
            asked += 1;
            assert!(confirms(program, lines), "Node {version} does not show {}", program.file);
            let told = &lines[..lines.len() - 1];
            assert_eq!(told, program.story, "Node {version} goes another way in {}", program.file);
        }
        assert!(asked > 0, "no Node that is to show it has run {}", program.file);
    }
}
