//! Traces that are wrong: one line that names the file, the line and what is wrong with it, exit code 2; and what comes before is judged.

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
    let events = if name == "newer-event" { 9 } else { 7 };
    let judged = format!("{file}: node 20.20.2, {events} events of 1 streams");
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
            "Sink #1, written at a.js:7:1",
            "high-water mark, 4 B",
            "from Pause (2) to the drain; dots: drains (0)",
        ] {
            assert!(drawn.contains(says), "{says}: {drawn}");
        }
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

#[cfg(target_os = "linux")]
mod long {
    use super::Folder;
    use std::fs;
    use std::io::{BufWriter, Read as _, Write as _};
    use std::process::{Command, Stdio};
    use std::time::Instant;

    /// A trace of so many bytes, through a pipe: each stream is written to, drained, ended and closed, and the last line of the file is garbage.
    fn peak_memory(bytes: u64) -> (u64, String, String) {
        let folder = Folder::new(&format!("large-{bytes}"));
        let svg = folder.0.join("out.svg");
        let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
        command.args(["trace", "--blame", "-", "--plot"]).arg(&svg);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut pipe = BufWriter::with_capacity(1 << 16, child.stdin.take().expect("a pipe"));
        pipe.write_all(b"{\"highwater\":1,\"source\":\"node 20.20.2\"}\n").expect("it reads");
        let (mut written, mut n, mut s) = (0, 0_u64, 0);
        let mut line = |pipe: &mut BufWriter<_>, text: &str, s: u64| {
            n += 1;
            let line = format!("{{\"n\":{n},\"t\":{},\"s\":{s},{text}}}\n", n * 100);
            pipe.write_all(line.as_bytes()).expect("it reads on");
            line.len() as u64
        };
        let write = "\"ev\":\"write\",\"len\":5000,\"cb\":0,\"at\":\"/app/server.js:10:5\"";
        let ends = [
            "\"ev\":\"end\",\"cb\":0",
            "\"ev\":\"end/r\",\"len\":0",
            "\"ev\":\"emit\",\"name\":\"finish\"",
            "\"ev\":\"emit/r\",\"heard\":true",
            "\"ev\":\"emit\",\"name\":\"close\"",
            "\"ev\":\"emit/r\",\"heard\":true",
        ];
        while written < bytes {
            s += 1;
            written += line(&mut pipe, "\"ev\":\"new\",\"class\":\"Socket\",\"high_water_mark\":16384", s);
            for _ in 0..2 {
                for len in [5000, 10_000, 15_000, 20_000, 25_000] {
                    written += line(&mut pipe, write, s);
                    written += line(
                        &mut pipe,
                        &format!("\"ev\":\"write/r\",\"ret\":{},\"len\":{len}", len < 16_384),
                        s,
                    );
                }
                written += line(&mut pipe, "\"ev\":\"sinkcb\"", s);
                written += line(&mut pipe, "\"ev\":\"emit\",\"name\":\"drain\"", s);
                written += line(&mut pipe, "\"ev\":\"emit/r\",\"heard\":true", s);
                written += line(&mut pipe, "\"ev\":\"sinkcb/r\",\"len\":0", s);
            }
            written += ends.iter().map(|text| line(&mut pipe, text, s)).sum::<u64>();
        }
        pipe.flush().expect("it reads on");
        // All but the last of it has been read, and it waits for more.
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
        pipe.write_all(b"garbage\n").and_then(|()| pipe.flush()).expect("it reads on");
        drop(pipe);
        let mut text = (String::new(), String::new());
        child.stdout.take().expect("piped").read_to_string(&mut text.0).expect("text");
        child.stderr.take().expect("piped").read_to_string(&mut text.1).expect("text");
        assert_eq!(child.wait().expect("waited for").code(), Some(2), "{}", text.1);
        assert!(svg.exists());
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
        let kib = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        (kib, text.0, text.1)
    }

    /// Memory is bounded by what is open, not by the length of the trace.
    #[test]
    fn a_long_trace_takes_little_memory() {
        let (small, ..) = peak_memory(1 << 20);
        let (large, out, err) = peak_memory(50 << 20);
        assert!(large < small + 4096, "{small} KiB for 1 MiB, {large} KiB for 50 MiB");
        assert!(out.contains("/app/server.js:10:5 goes on writing to"), "{out}");
        assert!(
            err.starts_with("highwater: -:") && err.contains(": this is not an event of a trace: "),
            "{err}"
        );
    }

    /// As above, as long as asked for: `HIGHWATER_TRACE_BYTES=2147483648 cargo test --release -p highwater-model --test trace_bad -- --nocapture`.
    #[test]
    fn a_trace_of_any_size_takes_little_memory() {
        let Some(bytes) =
            std::env::var("HIGHWATER_TRACE_BYTES").ok().and_then(|text| text.parse::<u64>().ok())
        else {
            return;
        };
        let begun = Instant::now();
        let (kib, out, err) = peak_memory(bytes);
        println!("{bytes} bytes: {kib} KiB, {:.1} s\n{out}{err}", begun.elapsed().as_secs_f64());
        assert!(kib < 65_536, "{kib} KiB");
    }
}
