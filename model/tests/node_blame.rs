//! Blame of real programs, recorded live: the ones that ignore backpressure are blamed at their line, the others are not. Without a `node` in the path
//! this says so and does nothing; `HIGHWATER_NODES=/path/to/node:…` names more.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The programs that ignore backpressure, and the line that does.
const IMPOLITE: [(&str, &str, u32); 3] =
    [("lines.cjs", "--lines", 18), ("log-impolite.cjs", "", 12), ("slow-reader-impolite.cjs", "", 7)];

/// Programs that wait when they are told to, each in another way.
const POLITE: [&str; 10] = [
    "copy.cjs",
    "gzip.cjs",
    "http-download.cjs",
    "http2-response.cjs",
    "iterator.cjs",
    "log-polite.cjs",
    "once-drain.cjs",
    "readline-file.cjs",
    "slow-reader.cjs",
    "transform-chain.cjs",
];

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("node")
}

/// The `node` in the path, and those that are named.
fn nodes() -> Vec<String> {
    let named = std::env::var("HIGHWATER_NODES").unwrap_or_default();
    let mut nodes = vec!["node".to_owned()];
    nodes.extend(named.split(':').filter(|node| !node.is_empty()).map(str::to_owned));
    let runs = |node: &str| Command::new(node).arg("--version").stdout(Stdio::null()).status().is_ok();
    nodes.retain(|node| {
        assert!(node == "node" || runs(node), "HIGHWATER_NODES names {node}, which does not run");
        runs(node)
    });
    if nodes.is_empty() {
        println!("skipped: there is no node in the path");
    }
    nodes
}

/// What `highwater trace --blame` says of a program that exits so, and its exit code.
fn blame(node: &str, program: &Path, arguments: &[&str], exits: i32) -> (String, Option<i32>) {
    // Two tests record the same program at once.
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("highwater-blame-{}-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let ran = Command::new(node)
        .arg("--require")
        .arg(home().join("record.cjs"))
        .arg(program)
        .args(arguments)
        .env("HIGHWATER_TRACE", &folder)
        .env("HIGHWATER_SITES", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("node can be run");
    assert_eq!(ran.code(), Some(exits), "{}", program.display());
    let said = Command::new(env!("CARGO_BIN_EXE_highwater"))
        .args(["trace", "--blame"])
        .arg(&folder)
        .output()
        .expect("highwater can be run");
    let _ = std::fs::remove_dir_all(&folder);
    (String::from_utf8_lossy(&said.stdout).into_owned(), said.status.code())
}

fn program(name: &str) -> PathBuf {
    home().join("programs").join(name)
}

#[test]
fn the_line_that_ignores_backpressure_is_named() {
    for node in nodes() {
        for (name, option, line) in IMPOLITE {
            let arguments: &[&str] = if option.is_empty() { &[] } else { &[option, "20000"] };
            let (said, code) = blame(&node, &program(name), arguments, 0);
            assert_eq!(code, Some(1), "{node} {name}: {said}");
            assert!(
                said.contains(&format!("{name}:{line}:")),
                "{name}:{line} is not named by {node}:\n{said}"
            );
            assert!(said.contains("goes on writing"), "{said}");
        }
        println!("{node}: {} impolite programs blamed at their lines", IMPOLITE.len());
    }
}

/// Numbers as `#`, and so times, whose unit differs too.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '0'..='9' | ',' | '.' if out.ends_with('#') => {}
            '0'..='9' => out.push('#'),
            letter => out.push(letter),
        }
    }
    out.replace("# ms", "#").replace("# s ", "# ")
}

#[test]
fn the_readme_shows_what_is_printed() {
    if !nodes().iter().any(|node| node == "node") {
        return;
    }
    let root = home().parent().and_then(Path::parent).expect("the workspace").display().to_string();
    let Ok(readme) = std::fs::read_to_string(format!("{root}/README.md")) else {
        return; // A checkout without its front page.
    };
    let shown = readme.split("```text\n").find(|part| part.contains("lines.cjs:18:32")).expect("the output");
    let shown = shown.split("```").next().expect("its end");
    let (said, _) = blame("node", &program("lines.cjs"), &["--lines", "20000"], 0);
    let (file, said) = said.split_once('\n').expect("several lines");
    // The test has its folder, the reader another.
    let name = file.rsplit_once('/').expect("a path").1;
    let said = format!("before/{name}\n{}", said.replace(&root, "/home/me/highwater"));
    assert!(shown.contains("18:32") && said.contains("18:32"), "{said}");
    assert_eq!(without_numbers(shown), without_numbers(&said));
}

#[test]
fn nobody_is_blamed_who_waits() {
    for node in nodes() {
        for name in POLITE {
            let (said, code) = blame(&node, &program(name), &[], 0);
            assert_eq!((said.as_str(), code), ("", Some(0)), "{node} {name}");
        }
        let (said, code) = blame(&node, &program("lines.cjs"), &["--polite", "--lines", "20000"], 0);
        assert_eq!((said.as_str(), code), ("", Some(0)), "{node} lines.cjs --polite");
        println!("{node}: {} polite programs, and nothing said", POLITE.len() + 1);
    }
}

/// The programs in one folder of `manners/`, in order.
fn manners(kind: &str) -> Vec<(PathBuf, String)> {
    let folder = home().join("manners").join(kind);
    let mut programs: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .map(|path| (path.clone(), std::fs::read_to_string(&path).expect("a program")))
        .collect();
    programs.sort();
    assert!(programs.len() > 4, "{}", folder.display());
    programs
}

/// What comes behind this in a comment of the program.
fn note<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix("// ")?.strip_prefix(what)?.strip_prefix(": "))
}

/// Each bad program says in its comments which line is to be named and what is to be said of it.
#[test]
fn every_bad_manner_is_told_at_its_line() {
    for node in nodes() {
        for (path, text) in manners("bad") {
            let says = note(&text, "says").expect("a program says what it does").replace("#N", "#");
            let line = text.lines().position(|line| line.ends_with("// here")).expect("and where") + 1;
            let exits = note(&text, "exits").map_or(0, |code| code.parse().expect("a code"));
            let (said, code) = blame(&node, &path, &[], exits);
            let told = said.lines().any(|one| {
                // The number of a stream depends on what Node makes for itself.
                let plain: String = one
                    .split('#')
                    .map(|part| part.trim_start_matches(char::is_numeric))
                    .collect::<Vec<_>>()
                    .join("#");
                plain.contains(&says)
            });
            let name = path.file_name().expect("a name").to_string_lossy();
            assert!(told, "{node}: nothing is said like '{says}' of {name}:\n{said}");
            assert!(said.contains(&format!("{name}:{line}:")), "{node}: {name}:{line} is not named:\n{said}");
            assert!(
                said.matches("goes on writing").count() <= 1,
                "{node} {name}: one line is at fault\n{said}"
            );
            assert_eq!(code, Some(1), "{node} {name}");
        }
        println!("{node}: {} bad manners told", manners("bad").len());
    }
}

#[test]
fn good_manners_are_not_mentioned() {
    for node in nodes() {
        for (path, _) in manners("good") {
            let (said, code) = blame(&node, &path, &[], 0);
            assert_eq!((said.as_str(), code), ("", Some(0)), "{node} {}", path.display());
        }
        println!("{node}: {} good manners, and nothing said", manners("good").len());
    }
}
