//! `highwater trace` from outside: what it prints, and how it exits.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A file with these lines that is gone with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, lines: &[&str]) -> Self {
        let path = std::env::temp_dir().join(format!("highwater-cli-{}-{name}.jsonl", std::process::id()));
        fs::write(&path, lines.join("\n") + "\n").expect("written");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

const HEADER: &str = r#"{"highwater":1,"source":"highwater 0.1.0"}"#;
const NEW: &str = r#"{"n":1,"t":0,"s":1,"ev":"new","high_water_mark":4,"low_water_mark":3,"capacity":8}"#;
const DRAIN: &str = r#"{"n":2,"t":1,"s":1,"ev":"emit","name":"drain"}"#;

fn trace(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_highwater"))
        .arg("trace")
        .args(arguments)
        .output()
        .expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_trace_that_conforms_exits_0() {
    let file = Scratch::new("right", &[HEADER, NEW]);
    let (code, out, err) = trace(&[file.path()]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with(&format!("{}: highwater 0.1.0; streams: 1, events: 1\n", file.path())), "{out}");
    assert!(out.contains("stream 1: 1 record, conforms so far"), "{out}");
}

#[test]
fn a_violation_exits_1_and_names_the_line_and_the_clause() {
    let (right, wrong) = (Scratch::new("one", &[HEADER, NEW]), Scratch::new("two", &[HEADER, NEW, DRAIN]));
    let (code, out, err) = trace(&[right.path(), wrong.path()]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    assert!(out.contains("stream 1: line 3 breaks D-02 at record 1: 2: emit Drain\n"), "{out}");
    assert!(out.contains("  no drain is owed\n  possible instead: nothing\n  before: Open, b = 0"), "{out}");
    let (code, out, _) = trace(&["--json", wrong.path()]);
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let violation = &value[0]["streams"][0]["violation"];
    assert_eq!((code, &violation["line"], &violation["clause"]), (Some(1), &3.into(), &"D-02".into()));
    assert_eq!(value[0]["file"], wrong.path());
}

#[test]
fn wrong_input_exits_2_and_says_where() {
    let file = Scratch::new("bad", &[HEADER, NEW, "{"]);
    let (code, out, err) = trace(&[file.path()]);
    // What was before the line is judged all the same.
    assert!(code == Some(2) && out.contains("stream 1: 1 record, conforms so far"), "{out}");
    assert!(err.starts_with(&format!("highwater: {}:3: this is no event: ", file.path())), "{err}");
    let (code, _, err) = trace(&["/no/such/file"]);
    assert!(code == Some(2) && err.starts_with("highwater: cannot read '/no/such/file': "), "{err}");
    assert_eq!(trace(&[]).0, Some(2));
}
