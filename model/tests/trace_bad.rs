//! Traces that are wrong: one line that names the file, the line and what is wrong with it, exit code 2; and what comes before is judged.

#[cfg(target_os = "linux")]
#[path = "trace_bad/long.rs"]
mod long;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder for one test, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("highwater-trace-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("written");
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn highwater(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
    let Output { status, stdout, stderr } =
        command.args(arguments).stdin(Stdio::null()).output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

/// A process whose line 7:1 goes on writing although told to pause. What becomes of its stream is left open.
fn impolite() -> Vec<String> {
    [
        "{\"highwater\":1,\"source\":\"node 20.20.2\",\"pid\":4711}",
        "{\"n\":1,\"t\":1,\"s\":1,\"ev\":\"new\",\"class\":\"Sink\",\"high_water_mark\":4,\"has_write\":true}",
        "{\"n\":2,\"t\":2,\"s\":1,\"ev\":\"write\",\"len\":5,\"cb\":0,\"at\":\"a.js:7:1\"}",
        "{\"n\":3,\"t\":2,\"s\":1,\"ev\":\"sink\",\"v\":false,\"lens\":[5]}",
        "{\"n\":4,\"t\":2,\"s\":1,\"ev\":\"sink/r\"}",
        "{\"n\":5,\"t\":2,\"s\":1,\"ev\":\"write/r\",\"ret\":false,\"len\":5}",
        "{\"n\":6,\"t\":3,\"s\":1,\"ev\":\"write\",\"len\":5,\"cb\":0,\"at\":\"a.js:7:1\"}",
        "{\"n\":7,\"t\":3,\"s\":1,\"ev\":\"write/r\",\"ret\":false,\"len\":10}",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn joined(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_was_before_is_judged() {
    let folder = Folder::new("wrong");
    let after = |more: &str| joined(&impolite()) + more;
    let quiesce = "{\"n\":8,\"t\":9,\"ev\":\"quiesce\",\"code\":0,\"natural\":false}\n";
    let header = "{\"highwater\":1,\"source\":\"node 20.20.2\",\"pid\":4712}\n";
    for (name, text, at, says) in [
        (
            "cut",
            after("{\"n\":8,\"t\":4,\"s\":1,\"ev\":\"sin"),
            9,
            "the trace ends in the middle of this line",
        ),
        (
            "garbage",
            after("what?\n"),
            9,
            "this is not an event of a trace: expected value at line 1 column 1",
        ),
        ("binary", after("\u{0}\u{1}\n"), 9, "this is not an event of a trace: "),
        ("blank", after("\n"), 9, "this is not an event of a trace: "),
        ("other", after("{\"n\":8,\"t\":4}\n"), 9, "an event needs \"ev\""),
        (
            "again",
            after("{\"n\":7,\"t\":4,\"s\":1,\"ev\":\"cork\"}\n"),
            9,
            "\"n\" is 7 after 7; the lines of a process are numbered one by one, so some are missing, out of order or of another process",
        ),
        ("missing", after("{\"n\":9,\"t\":4,\"s\":1,\"ev\":\"cork\"}\n"), 9, "\"n\" is 9 after 7; "),
        (
            "interleaved",
            after(header),
            9,
            "another header before the trace has come to its quiesce: two processes or threads have written into this file at once; give each its own",
        ),
        (
            "newer-event",
            after(
                &("{\"n\":8,\"t\":4,\"s\":1,\"ev\":\"teleport\"}\n".to_owned() + &quiesce.replace('8', "9")),
            ),
            9,
            "the event 'teleport' is not known; is this `highwater` older than the recorder?",
        ),
        (
            "newer-event-of-no-stream",
            after(&("{\"n\":8,\"t\":4,\"ev\":\"teleport\"}\n".to_owned() + &quiesce.replace('8', "9"))),
            9,
            "the event 'teleport' is not known; is this `highwater` older than the recorder?",
        ),
        (
            "bad-new",
            after("{\"n\":8,\"t\":4,\"s\":2,\"ev\":\"new\",\"class\":7}\n"),
            9,
            "this is no \"new\": ",
        ),
        (
            "wrong-kind",
            after("{\"n\":8,\"t\":4,\"s\":1,\"ev\":\"write\",\"len\":\"x\"}\n"),
            9,
            "this is not an event of a trace: ",
        ),
        ("long", after(&"x".repeat(17 << 20)), 9, "the line is longer than 16777216 bytes"),
    ] {
        wrong(&folder, name, &text, at, says);
    }
}

/// The blame and the judge both say so, and what they know until then.
fn wrong(folder: &Folder, name: &str, text: &str, at: u64, says: &str) {
    let file = folder.file(&format!("{name}.jsonl"), text);
    let (code, out, err) = highwater(&["trace", "--blame", &file]);
    let expected = format!("highwater: {file}:{at}: {says}");
    assert!(
        code == Some(2) && err.lines().count() == 1 && err.starts_with(&expected),
        "{name}: {code:?} {err}"
    );
    let blamed = format!(
        "{file}, process 4711:\na.js:7:1 goes on writing to Sink #1 when told to pause\n  1 write, 5 bytes, made"
    );
    assert!(out.starts_with(&blamed), "{name}: {out}");

    let (code, out, err) = highwater(&["trace", &file]);
    assert!(code == Some(2) && err.starts_with(&expected), "{name}: {code:?} {err}");
    let events = if name.starts_with("newer-event") { 9 } else { 7 };
    let judged = format!("{file}: node 20.20.2, {events} events of 1 stream (1 Sink)");
    assert!(out.starts_with(&judged) && out.contains(": every line explained so far"), "{name}: {out}");

    let (code, out, _) = highwater(&["trace", "--blame", "--json", &file]);
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &value[0]["sites"][0]["writes"]), (Some(2), &serde_json::json!(1)), "{name}");
}

#[test]
fn a_file_that_is_no_trace_is_told() {
    let folder = Folder::new("none");
    for (name, text, says) in [
        ("empty", "", "the file is empty; was the program run with HIGHWATER_TRACE set?"),
        ("blank", "\n", "this is not the header of a trace, {\"highwater\":1,\"source\":…}: "),
        ("text", "Hello.\n", "this is not the header of a trace, {\"highwater\":1,\"source\":…}: "),
        ("cut", "{\"highwater\":1,\"sou", "this is not the header of a trace, "),
        ("event", "{\"n\":1,\"t\":1,\"s\":1,\"ev\":\"cork\"}\n", "this is not the header of a trace, "),
        (
            "newer",
            "{\"highwater\":2,\"source\":\"node 30.0.0\"}\n",
            "version 2 of the format is not known, only 1; is this `highwater` older than the recorder?",
        ),
        ("source", "{\"highwater\":1,\"source\":\"cobol 3\"}\n", "the rules of 'cobol 3' are not known"),
    ] {
        let file = folder.file(name, text);
        for blame in [&["trace", &file][..], &["trace", "--blame", &file]] {
            let (code, out, err) = highwater(blame);
            let expected = format!("highwater: {file}:1: {says}");
            assert!(code == Some(2) && err.starts_with(&expected), "{name}: {code:?} {err}");
            assert_eq!((out.as_str(), err.lines().count()), ("", 1), "{name}");
        }
    }
    let wide: Vec<u8> = "\u{FEFF}{\"highwater\":1}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = folder.file("wide", "");
    fs::write(&file, wide).expect("written");
    let (code, _, err) = highwater(&["trace", &file]);
    assert_eq!(
        (code, err),
        (
            Some(2),
            format!(
                "highwater: {file}:1: the file is in UTF-16, as a redirection by PowerShell writes it; a trace is UTF-8\n"
            )
        )
    );
    let missing = folder.0.join("missing").to_string_lossy().into_owned();
    let (code, _, err) = highwater(&["trace", &missing]);
    assert!(code == Some(2) && err.starts_with(&format!("highwater: cannot read '{missing}': ")), "{err}");
    let gz = folder.file("not.gz", "Hello.\n");
    let (code, _, err) = highwater(&["trace", &gz]);
    assert!(code == Some(2) && err.starts_with(&format!("highwater: {gz}:1: cannot be read: ")), "{err}");
}

/// The one file is wrong; the other is judged, and what it says is not lost behind that.
#[test]
fn one_wrong_file_does_not_keep_the_others_from_being_judged() {
    let folder = Folder::new("others");
    folder.file("a.jsonl", "");
    folder.file("b.jsonl", &joined(&impolite()));
    let (code, out, err) = highwater(&["trace", "--blame", &folder.0.to_string_lossy()]);
    assert_eq!((code, err.lines().count()), (Some(2), 1), "{err}");
    assert!(out.contains("a.js:7:1 goes on writing"), "{out}");
}

/// A mark before the text is no part of it.
#[test]
fn a_byte_order_mark_is_no_matter() {
    let folder = Folder::new("mark");
    for (name, text) in [
        ("node", joined(&impolite())),
        ("own", "{\"highwater\":1,\"source\":\"highwater 0.1.0\"}\n".to_owned()),
    ] {
        let (plain, marked) =
            (folder.file("plain.jsonl", &text), folder.file("marked.jsonl", &format!("\u{FEFF}{text}")));
        let said = |file: &str| {
            let (code, out, err) = highwater(&["trace", file]);
            (code, out.replace(file, "it"), err)
        };
        assert_eq!(said(&plain), said(&marked), "{name}");
        assert_eq!(said(&plain).0, Some(0), "{name}");
    }
}

#[test]
fn directories_below_are_read_too() {
    let folder = Folder::new("below");
    fs::create_dir_all(folder.0.join("b/c")).expect("folders");
    for name in ["z.jsonl", "b/y.jsonl", "b/c/x.jsonl", "b/notes.txt"] {
        folder.file(name, &joined(&impolite()));
    }
    let here = folder.0.to_string_lossy().into_owned();
    let (code, out, err) = highwater(&["trace", &here]);
    let files: Vec<&str> =
        out.lines().filter_map(|line| line.split_once(": node ")).map(|(file, _)| file).collect();
    let expected = ["z.jsonl", "b/y.jsonl", "b/c/x.jsonl"].map(|name| format!("{here}/{name}"));
    assert_eq!(
        (code, files, err.as_str()),
        (Some(0), expected.iter().map(String::as_str).collect(), ""),
        "{out}"
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&here, folder.0.join("b/again")).expect("a link");
        let (code, again, err) = highwater(&["trace", &here]);
        assert_eq!((code, again), (Some(0), out));
        let expected = format!("highwater: '{here}/b/again' is left out: it is a link to a directory; ");
        assert!(err.starts_with(&expected) && err.lines().count() == 1, "{err}");
    }
}

#[test]
fn blame_is_silent_about_a_correct_program_and_exits_1_about_another() {
    let folder = Folder::new("codes");
    let polite = folder.file("polite.jsonl", &joined(&impolite()[..6]));
    assert_eq!(highwater(&["trace", "--blame", &polite]), (Some(0), String::new(), String::new()));
    let impolite = folder.file("impolite.jsonl", &joined(&impolite()));
    let (code, out, err) = highwater(&["trace", "--blame", &impolite]);
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    let (code, out, _) = highwater(&["trace", "--blame", "--json", &polite, &impolite]);
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let site = &value[1]["sites"][0];
    assert_eq!((code, value[0]["sites"].as_array().map(Vec::len)), (Some(1), Some(0)));
    assert_eq!((&site["at"], &site["peak"], &site["mark"]), (&"a.js:7:1".into(), &10.into(), &4.into()));
    assert!(site["fix"].as_str().is_some_and(|fix| fix.contains("drain")), "{site}");
}

#[test]
fn a_picture_is_drawn_of_the_worst_or_of_one() {
    let folder = Folder::new("plot");
    let trace = folder.file("t.jsonl", &joined(&impolite()));
    let svg = folder.0.join("out.svg").to_string_lossy().into_owned();
    for one in [&[][..], &["--stream", "1"]] {
        let (code, _, err) = highwater(&[&["trace", "--blame", "--plot", &svg, &trace], one].concat());
        assert_eq!(code, Some(1), "{err}");
        let drawn = fs::read_to_string(&svg).expect("drawn");
        for says in [
            &format!(">Sink #1 of process 4711, {trace}</text>"),
            ">written at a.js:7:1</text>",
            "high-water mark, 4 B",
            "from Pause (2) to the drain; dots: drains (0)",
        ] {
            assert!(drawn.contains(says), "{says}: {drawn}");
        }
    }
    // Another that stays far below its mark would only take up room, and its own is all that there is to see of a process that has no other.
    let write = joined(&impolite()[2..4])
        + "{\"n\":4,\"t\":2,\"s\":1,\"ev\":\"sink/r\"}\n{\"n\":5,\"t\":2,\"s\":1,\"ev\":\"write/r\",\"ret\":true,\"len\":5}\n";
    let low = ["4711", "4712"].map(|process| {
        let begin = joined(&impolite()[..2]).replace("4711", process).replace("\":4,", "\":99,");
        folder.file(&format!("low-{process}.jsonl"), &(begin + &write))
    });
    for (files, drawn, says) in [
        (vec![&trace, &low[0]], 1, "Not drawn: 1 stream that never came to half the mark."),
        (vec![&low[0], &low[1]], 1, "No stream came to half its mark; this one came nearest"),
    ] {
        let files: Vec<&str> = files.into_iter().map(String::as_str).collect();
        highwater(&[&["trace", "--plot", &svg], &files[..]].concat());
        let picture = fs::read_to_string(&svg).expect("drawn");
        assert!(picture.matches("<g ").count() == drawn && picture.contains(says), "{says}: {picture}");
    }
    let (code, _, err) = highwater(&["trace", "--plot", &svg, "--stream", "2", &trace]);
    assert_eq!(
        (code, err.as_str()),
        (Some(2), "highwater: no stream #2 was written to, so there is nothing to draw\n")
    );
    let (code, _, err) = highwater(&["trace", "--plot", "/no/such/folder/out.svg", &trace]);
    assert!(
        code == Some(2) && err.starts_with("highwater: cannot write '/no/such/folder/out.svg': "),
        "{err}"
    );
}
