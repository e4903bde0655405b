//! A blamed line of compiled code is named by the line that it was made from: what real compilers wrote, what is missing, what is broken, and real Node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs in `model/node/compiled`, and the place in each that throws `write`'s answer away.
const COMPILED: [(&str, &str); 3] =
    [("tsc/impolite.js", "16:13"), ("esbuild/inline.mjs", "1:203"), ("esbuild/beside.cjs", "1:180")];

/// A folder for one test, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("highwater-maps-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("written");
        path.to_string_lossy().into_owned()
    }

    /// What is said of a program whose place `at` goes on writing: standard output and standard error.
    fn blame(&self, at: &str) -> (String, String) {
        let at = serde_json::to_string(at).expect("JSON");
        let write = |n: u32, len: u32| {
            format!(
                "{{\"n\":{n},\"t\":{n},\"s\":1,\"ev\":\"write\",\"len\":5,\"at\":{at}}}\n\
                 {{\"n\":{},\"t\":{n},\"s\":1,\"ev\":\"write/r\",\"ret\":false,\"len\":{len}}}\n",
                n + 1
            )
        };
        let new = "{\"n\":1,\"t\":1,\"s\":1,\"ev\":\"new\",\"class\":\"Sink\",\"high_water_mark\":4}\n";
        let trace =
            format!("{{\"highwater\":1,\"source\":\"node 20.20.2\"}}\n{new}{}{}", write(2, 5), write(4, 10));
        let (code, out, err) = highwater(&["trace", "--blame", &self.file("trace.jsonl", &trace)]);
        assert_eq!(code, Some(1), "{out}{err}");
        (out.split_once('\n').expect("two lines").1.to_owned(), err)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn highwater(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_highwater")).args(arguments).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn compiled() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("node/compiled")
}

fn original() -> String {
    compiled().join("src/impolite.ts").display().to_string()
}

#[test]
fn what_compilers_wrote_leads_back_to_the_line() {
    let text = fs::read_to_string(original()).expect("the source");
    assert!(text.lines().nth(16).is_some_and(|line| line.starts_with("    out.write(")), "line 17 of {text}");
    let folder = Folder::new("compiled");
    for (program, place) in COMPILED {
        let at = format!("{}:{place}", compiled().join(program).display());
        let (out, err) = folder.blame(&at);
        let expected = format!("{}:17:9 (in {at}) goes on writing to Sink #1", original());
        assert!(out.starts_with(&expected) && err.is_empty(), "{program}: {out}{err}");
    }
}

#[test]
fn json_has_both_places() {
    let folder = Folder::new("json");
    let at = format!("{}:16:13", compiled().join("tsc/impolite.js").display());
    folder.blame(&at);
    let trace = folder.0.join("trace.jsonl").display().to_string();
    let (_, out, _) = highwater(&["trace", "--blame", "--json", &trace]);
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let site = &value[0]["sites"][0];
    assert_eq!((&site["at"], &site["original"]), (&at.into(), &format!("{}:17:9", original()).into()));
}

/// Nothing is said of a map that is not there, or of one that does not know the place.
#[test]
fn without_a_map_the_place_stays() {
    let folder = Folder::new("without");
    folder.file("plain.js", "a.write(1);\n");
    folder.file("gone.js", "a.write(1);\n//# sourceMappingURL=gone.js.map\n");
    folder.file("server.js", "a.write(1);\n//# sourceMappingURL=https://example.org/server.js.map\n");
    folder.file("knows.js", "\n\na.write(1);\n//# sourceMappingURL=data:application/json,{\"version\":3,\"sources\":[\"x.ts\"],\"mappings\":\"AAAA\"}\n");
    for (at, place) in [
        ("plain.js", "1:3"),
        ("gone.js", "1:3"),
        ("server.js", "1:3"),
        ("knows.js", "3:3"),
        ("never-was.js", "1:3"),
    ] {
        let at = format!("{}:{place}", folder.0.join(at).display());
        let (out, err) = folder.blame(&at);
        assert!(out.starts_with(&format!("{at} goes on writing")) && err.is_empty(), "{out}{err}");
    }
    // Nor is anything read that is no file.
    for at in ["/dev/zero:1:1", "/:1:1", "<anonymous>", "evalmachine.<anonymous>:1:1"] {
        let (out, err) = folder.blame(at);
        assert!(out.starts_with(&format!("{at} goes on writing")) && err.is_empty(), "{out}{err}");
    }
}

#[test]
fn a_broken_map_is_one_warning_and_the_place_stays() {
    let folder = Folder::new("broken");
    let data = "//# sourceMappingURL=data:application/json";
    for (name, text, map, says) in [
        ("json.js", "//# sourceMappingURL=json.js.map", "{\"version\":3,", "EOF while parsing"),
        (
            "version.js",
            "//# sourceMappingURL=version.js.map",
            "{\"version\":2,\"sources\":[],\"mappings\":\"\"}",
            "version: 2",
        ),
        ("empty.js", "", "", "EOF while parsing"),
        (
            "segment.js",
            "",
            "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AA\"}",
            "segment had an unsupported size",
        ),
        ("source.js", "", "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AEAA\"}", "non-existing source"),
        ("base64.js", &format!("{data};base64,!!!"), "", "base64.js': this is no source map: "),
        ("comma.js", data, "", "a comma is missing"),
    ] {
        let file = folder.file(name, &format!("a.write(1);\n{text}\n"));
        if !text.starts_with(data) {
            folder.file(&format!("{name}.map"), map);
        }
        let at = format!("{file}:1:3");
        let (out, err) = folder.blame(&at);
        assert!(out.starts_with(&format!("{at} goes on writing")), "{name}: {out}");
        let whole =
            err.starts_with("highwater: ") && err.contains("this is no source map: ") && err.contains(says);
        assert!(whole && err.lines().count() == 1 && err.contains(&file), "{name}: {err}");
    }
}

#[test]
fn a_map_may_be_indexed_and_name_its_sources_in_many_ways() {
    let folder = Folder::new("ways");
    fs::create_dir_all(folder.0.join("my src")).expect("a folder");
    folder.file("my src/a b.ts", "");
    let here = folder.0.display().to_string();
    // The second line of the map, from its seventh column on, is line 3, column 2 of the source; from its eighth on, column 3.
    let map = |more: &str| format!("{{\"version\":3,{more},\"mappings\":\";MAEC,CAAC\"}}");
    let plain = map("\"sources\":[\"x.ts\"]");
    for (name, map, original) in [
        (
            "relative",
            map("\"sources\":[\"./my%20src/../my%20src/a%20b.ts\"]"),
            format!("{here}/my src/a b.ts:3:2"),
        ),
        (
            "root",
            map("\"sourceRoot\":\"my src/\",\"sources\":[\"a b.ts\"]"),
            format!("{here}/my src/a b.ts:3:2"),
        ),
        ("absolute", map("\"sourceRoot\":\"x\",\"sources\":[\"/s/a.ts\"]"), "/s/a.ts:3:2".to_owned()),
        ("file", map("\"sources\":[\"file:///s/a%20b.ts\"]"), "/s/a b.ts:3:2".to_owned()),
        ("webpack", map("\"sources\":[\"webpack:///./src/a.ts\"]"), "webpack:///./src/a.ts:3:2".to_owned()),
        ("guarded", format!(")]}}'\n{plain}"), format!("{here}/x.ts:3:2")),
        (
            "indexed",
            format!(
                "{{\"version\":3,\"sections\":[{{\"offset\":{{\"line\":0,\"column\":0}},\"map\":{plain}}},\
                 {{\"offset\":{{\"line\":1,\"column\":2}},\"map\":{{\"version\":3,\"sources\":[\"y.ts\"],\"mappings\":\"IAIA,CAAC\"}}}}]}}"
            ),
            format!("{here}/y.ts:5:1"),
        ),
    ] {
        let file = folder.file(
            &format!("{name}.js"),
            &format!("\n    a.write(1);\n//# sourceMappingURL={name}%20it.map\n"),
        );
        folder.file(&format!("{name} it.map"), &map);
        let (out, err) = folder.blame(&format!("{file}:2:7"));
        assert!(
            out.starts_with(&format!("{original} (in {file}:2:7) goes on")) && err.is_empty(),
            "{name}: {out}{err}"
        );
    }
}

/// A program that was translated as it was loaded has places that are in no file.
#[test]
fn a_place_that_is_not_in_the_file_is_told() {
    let folder = Folder::new("other");
    let file = folder.file("short.ts", "out.write(1);\n");
    for place in ["2:1", "1:15"] {
        let (out, err) = folder.blame(&format!("{file}:{place}"));
        assert!(out.starts_with(&format!("{file}:{place} goes on writing")), "{out}");
        let expected = format!("highwater: {file}:{place} is not in that file as it is now: ");
        assert!(err.starts_with(&expected) && err.lines().count() == 1, "{err}");
    }
    assert_eq!(folder.blame(&format!("{file}:1:14")).1, "");
}

/// What the recorder sees are the places of the generated code, even where Node maps those in its own stacks.
#[test]
fn compiled_programs_on_the_real_node() {
    if Command::new("node").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: there is no node in the path");
        return;
    }
    let folder = Folder::new("live");
    for (number, (program, place)) in COMPILED.iter().enumerate() {
        for options in [&[][..], &["--enable-source-maps"]] {
            let traces = folder.0.join(format!("{number}{}", options.len()));
            let at = compiled().join(program);
            let ran = Command::new("node")
                .args(options)
                .arg("--require")
                .arg(compiled().with_file_name("record.cjs"))
                .arg(&at)
                .env("HIGHWATER_TRACE", &traces)
                .env("HIGHWATER_SITES", "1")
                .status()
                .expect("node can be run");
            assert!(ran.success(), "{program}: {ran}");
            let (code, out, err) = highwater(&["trace", "--blame", &traces.to_string_lossy()]);
            let expected = format!("{}:17:9 (in {}:{place}) goes on writing", original(), at.display());
            assert!(
                code == Some(1) && out.contains(&expected) && err.is_empty(),
                "{program} {options:?}: {out}{err}"
            );
        }
    }
}
