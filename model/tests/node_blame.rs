//! Blame of real programs, recorded live: the ones that ignore backpressure are blamed at their line, the others are not. Without a `node` in the path
//! this says so and does nothing.

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

fn has_node() -> bool {
    let found = Command::new("node").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !found {
        println!("skipped: there is no node in the path");
    }
    found
}

/// What `highwater trace --blame` says of a program, and its exit code.
fn blame(program: &str, arguments: &[&str]) -> (String, Option<i32>) {
    // Two tests record the same program at once.
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("highwater-blame-{}-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let ran = Command::new("node")
        .arg("--require")
        .arg(home().join("record.cjs"))
        .arg(home().join("programs").join(program))
        .args(arguments)
        .env("HIGHWATER_TRACE", &folder)
        .env("HIGHWATER_SITES", "1")
        .stdout(Stdio::null())
        .status()
        .expect("node can be run");
    assert!(ran.success(), "{program}: {ran}");
    let said = Command::new(env!("CARGO_BIN_EXE_highwater"))
        .args(["trace", "--blame"])
        .arg(&folder)
        .output()
        .expect("highwater can be run");
    let _ = std::fs::remove_dir_all(&folder);
    (String::from_utf8_lossy(&said.stdout).into_owned(), said.status.code())
}

#[test]
fn the_line_that_ignores_backpressure_is_named() {
    if !has_node() {
        return;
    }
    for (program, option, line) in IMPOLITE {
        let arguments: &[&str] = if option.is_empty() { &[] } else { &[option, "20000"] };
        let (said, code) = blame(program, arguments);
        assert_eq!(code, Some(1), "{program}: {said}");
        assert!(said.contains(&format!("{program}:{line}:")), "{program}:{line} is not named:\n{said}");
        assert!(said.contains("goes on writing"), "{said}");
    }
    println!("{} impolite programs blamed at their lines", IMPOLITE.len());
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
    if !has_node() {
        return;
    }
    let root = home().parent().and_then(Path::parent).expect("the workspace").display().to_string();
    let Ok(readme) = std::fs::read_to_string(format!("{root}/README.md")) else {
        return; // A checkout without its front page.
    };
    let shown = readme.split("```text\n").find(|part| part.contains("lines.cjs:18:32")).expect("the output");
    let shown = shown.split("```").next().expect("its end");
    let (said, _) = blame("lines.cjs", &["--lines", "20000"]);
    let (file, said) = said.split_once('\n').expect("several lines");
    // The test has its folder, the reader another.
    let name = file.rsplit_once('/').expect("a path").1;
    let said = format!("before/{name}\n{}", said.replace(&root, "/home/me/highwater"));
    assert!(shown.contains("18:32") && said.contains("18:32"), "{said}");
    assert_eq!(without_numbers(shown), without_numbers(&said));
}

#[test]
fn nobody_is_blamed_who_waits() {
    if !has_node() {
        return;
    }
    for program in POLITE {
        let (said, code) = blame(program, &[]);
        assert_eq!((said.as_str(), code), ("", Some(0)), "{program}");
    }
    let (said, code) = blame("lines.cjs", &["--polite", "--lines", "20000"]);
    assert_eq!((said.as_str(), code), ("", Some(0)), "lines.cjs --polite");
    println!("{} polite programs, and nothing said", POLITE.len() + 1);
}
