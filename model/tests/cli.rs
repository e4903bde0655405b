//! The binary from outside: what it prints, where, and how it exits.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use highwater_model::mutants::{MUTANTS, Mutant};
use highwater_model::properties::CLAUSES;
use serde_json::Value;

/// A configuration small enough to be searched in no time.
const SMALL: [&str; 6] = ["--high-water-mark", "2", "--producers", "1", "--chunks", "2"];

/// No command here takes nearly as long: one that does hangs.
const PATIENCE: Duration = Duration::from_secs(60);

fn highwater(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
    finished(command.args(arguments).stdout(Stdio::piped()))
}

/// Runs the command to its end, and ends it if it hangs.
fn finished(command: &mut Command) -> Output {
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let (out, err) = (child.stdout.take().map(collected), child.stderr.take().map(collected));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("waited for") {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{command:?} hangs");
        }
        thread::sleep(Duration::from_millis(2));
    };
    let text =
        |reader: Option<JoinHandle<Vec<u8>>>| reader.map_or_else(Vec::new, |it| it.join().expect("read"));
    Output { status, stdout: text(out), stderr: text(err) }
}

/// Reads to the end, so that the child is never held up by a full pipe.
fn collected(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).map_or_else(|_| Vec::new(), |_| bytes)
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Runs a command that must exit with this code and say nothing on standard error but how far it is; answers what it printed.
fn printed(code: i32, arguments: &[&str]) -> String {
    let output = highwater(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    let said = text(&output.stderr);
    assert!(said.lines().all(|line| line.starts_with('[')), "{arguments:?}: {said}");
    text(&output.stdout)
}

/// Runs a command that must exit with 2; answers the one line on standard error.
fn refused(arguments: &[&str]) -> String {
    let output = highwater(arguments);
    let line = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {line}");
    assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
    assert!(line.starts_with("highwater: ") && !line.contains("panicked"), "{arguments:?}: {line}");
    line
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("highwater-cli-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

#[test]
fn every_wrong_input_gets_one_line_that_names_it() {
    for (arguments, says) in [
        (&["check", "--high-water-mark", "0"][..], "the high-water mark is 0"),
        (&["check", "--high-water-mark", "4", "--low-water-mark", "4"], "low-water mark (4) must be below"),
        (&["check", "--high-water-mark", "4", "--capacity", "3"], "capacity (3) must be at least"),
        (&["check", "--high-water-mark", "four"], "invalid value 'four' for '--high-water-mark <BYTES>'"),
        (&["check", "--producers", "0"], "0 producers asked for"),
        (&["check", "--producers", "99"], "99 producers asked for"),
        (&["check", "--chunks", "0"], "0 chunks asked for"),
        (&["check", "--threads", "0"], "invalid value '0' for '--threads <N>'"),
        (&["check", "--config", "no-such-thing"], "no configuration named 'no-such-thing'"),
        (&["check", "--config", "x", "--chunks", "2"], "cannot be used with"),
        (&["check", "--mutant", "no-such-thing"], "no mutant named 'no-such-thing'"),
        (&["check", "--only", "Q-01"], "no clause 'Q-01'"),
        (&["check", "--only", "N-01"], "no clause 'N-01'"),
        (&["check", "--no-such-option"], "unexpected argument '--no-such-option'"),
        (&["no-such-command"], "unrecognized subcommand 'no-such-command'"),
        (&["replay"], "the following required arguments were not provided: <PATH|STEPS>"),
        (&["replay", "w0:1.gibberish"], "step 2: \"gibberish\" is no step"),
        (&["replay", ""], "the path is empty"),
        (&["replay", "(w0:1"], "parentheses"),
        (&["replay", "no/such/file"], "cannot read 'no/such/file'"),
        (&["replay", "missing.json"], "cannot read 'missing.json'"),
        (&["replay", "w0:1", "--chart", "/no/such/folder/out.mmd"], "cannot write '/no/such/folder/out.mmd'"),
        (&["explore", "--addr", "nonsense"], "--addr 'nonsense' is no address"),
        (&["diagram", "--format", "png"], "invalid value 'png' for '--format <FORMAT>'"),
    ] {
        let line = refused(arguments);
        assert!(line.contains(says), "{arguments:?} says: {line}");
    }
}

#[test]
fn a_misspelt_name_is_put_right() {
    let mutant = MUTANTS[0].name;
    let misspelt = format!("{mutant}x");
    assert!(refused(&["check", "--mutant", &misspelt]).contains(&format!("did you mean '{mutant}'?")));
    assert!(refused(&["check", "--only", "W-0"]).contains("did you mean 'W-"));
}

#[test]
fn a_step_that_is_not_possible_is_named_with_those_that_are() {
    let output = highwater(&["replay", "w0:1.took1", "--high-water-mark", "2"]);
    assert_eq!(output.status.code(), Some(2));
    let line = text(&output.stderr);
    assert!(
        line.contains("step 2: \"took1\" is not possible here; possible are ") && line.contains("offer1"),
        "{line}"
    );
    assert!(text(&output.stdout).contains("1. producer 0 writes chunk 0"), "the steps before it are shown");
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("its address");
    let line = refused(&["explore", "--addr", &addr.to_string()]);
    assert!(line.contains(&format!("port {} of 127.0.0.1 is in use", addr.port())), "{line}");
}

#[test]
fn a_file_that_is_no_counterexample_is_told() {
    let folder = folder("garbage");
    let file = folder.join("garbage.json");
    fs::write(&file, "{\"clause\": 7").expect("written");
    assert!(refused(&["replay", &file.to_string_lossy()]).contains("is no saved counterexample"));
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn a_small_check_holds_and_fits_the_terminal() {
    let output = highwater(&[&["check"], &SMALL[..]].concat());
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{out}{}", text(&output.stderr));
    assert!(out.contains("HOLDS. ") && out.contains("unique states"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    assert!(!out.contains('\u{1b}'), "no colour in a pipe");
    let rows = out
        .lines()
        .filter(|line| CLAUSES.iter().any(|clause| line.starts_with(&format!("  {} ", clause.id))));
    assert_eq!(rows.count(), CLAUSES.len(), "{out}");
}

#[test]
fn a_small_check_as_json() {
    let out = printed(0, &[&["check", "--json"], &SMALL[..]].concat());
    let value: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(value["judgement"], "holds");
    assert_eq!(value["clauses"].as_array().map(Vec::len), Some(CLAUSES.len()));
    assert!(value["configs"][0]["states"].as_u64().is_some_and(|states| states > 10), "{value}");
}

#[test]
fn one_clause_alone() {
    let out = printed(0, &[&["check", "--only", "w-03"], &SMALL[..]].concat());
    assert!(out.contains("HOLDS. W-03 holds"), "{out}");
    assert_eq!(out.lines().filter(|line| line.starts_with("  W-")).count(), 1, "{out}");
}

/// Counterexamples whose last step breaks a clause, that end stuck, and that repeat for ever.
#[test]
fn mutants_are_caught_and_their_counterexamples_walked_again() {
    for name in ["no-sticky-rule", "never-drains", "node-rule"] {
        caught_and_walked_again(Mutant::find(name).expect("a mutant"));
    }
}

/// The counterexample as text, the command in it, and the same from a saved file, all tell the same.
fn caught_and_walked_again(mutant: &Mutant) {
    let folder = folder(mutant.name);
    let out = printed(0, &["check", "--mutant", mutant.name, "--save", &folder.to_string_lossy()]);
    assert!(out.contains(&format!("is caught by {}, the clause it names", mutant.clause)), "{out}");
    assert!(out.contains("    1. "), "{out}");
    let command =
        out.lines().find_map(|line| line.trim().strip_prefix("highwater replay '")).expect("a command");
    let (path, rest) = command.split_once("' ").expect("its end");
    let mut again = vec!["replay", path];
    again.extend(rest.split(' '));
    let walked = printed(1, &again);
    assert!(walked.contains(&format!("{} is broken", mutant.clause)), "{walked}");

    let file = fs::read_dir(&folder).expect("the folder").flatten().next().expect("a file").path();
    let (file, chart) = (file.to_string_lossy().into_owned(), folder.join("out.mmd"));
    let from_file = printed(1, &["replay", &file, "--chart", &chart.to_string_lossy()]);
    assert_eq!(from_file, walked);
    let drawn = fs::read_to_string(&chart).expect("the chart");
    assert!(
        drawn.starts_with("sequenceDiagram\n")
            && drawn.contains(": broken: ")
            && drawn.contains(mutant.clause),
        "{drawn}"
    );

    // The contract itself breaks nothing on this path; it may not even allow it.
    let without = highwater(&["replay", path, "--config", mutant.config]);
    assert!(matches!(without.status.code(), Some(0 | 2)), "{}", text(&without.stdout));
    fs::remove_dir_all(folder).expect("removed");
}

/// Asked for all of them, it shows each run and not only that there is one.
#[test]
fn all_mutants_are_shown_with_their_runs() {
    let text = printed(0, &["check", "--mutant", "all", "--only", "W-01"]);
    let wanted = MUTANTS.iter().filter(|mutant| mutant.clause == "W-01").count();
    assert!(wanted > 1);
    assert_eq!(text.matches("    1. ").count(), wanted, "{text}");
    assert_eq!(text.matches("highwater replay ").count(), wanted, "{text}");
}

#[test]
fn a_path_that_breaks_nothing_conforms() {
    let out = printed(0, &["replay", "w0:1.offer1.took1", "--high-water-mark", "2"]);
    assert!(out.contains("3. the sink takes 1 byte; b = 0"), "{out}");
    let json = printed(0, &["replay", "w0:1.offer1.took1", "--high-water-mark", "2", "--json"]);
    let value: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["steps"].as_array().map(Vec::len), Some(3));
}

#[test]
fn clauses_and_diagrams_are_printed() {
    let table = printed(0, &["clauses"]);
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    let value: Value = serde_json::from_str(&printed(0, &["clauses", "--json"])).expect("JSON");
    assert_eq!(value.as_array().map(Vec::len), Some(CLAUSES.len()));
    assert!(printed(0, &["diagram"]).starts_with("stateDiagram-v2\n"));
    assert!(printed(0, &["diagram", "--level", "full", "--format", "dot"]).starts_with("digraph "));
    let value: Value = serde_json::from_str(&printed(0, &["diagram", "--json"])).expect("JSON");
    assert!(value["arrows"].as_array().is_some_and(|arrows| arrows.len() > 10));
    assert!(printed(0, &["--help"]).contains("Exit codes: 0 conforms"));
    assert!(printed(0, &["--version"]).starts_with("highwater "));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
    let output = finished(command.args(["clauses", "--markdown"]).stdout(writer));
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_a_failure() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
    let output = finished(command.arg("clauses").stdout(full));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("highwater: cannot write to standard output: "));
}
