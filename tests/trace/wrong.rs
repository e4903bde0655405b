//! Traces that are wrong in one place each: the judge must say which line, and which clause.

use highwater::{Trace, Writer};
use highwater_model::logs::{self, BadInput};
use highwater_tests::lines::Lines;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

/// Slow, so that a drain is owed for a while.
struct Slow;

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        thread::sleep(Duration::from_micros(200));
        Ok(bytes.len().min(100))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines of a run of two producers that are told to pause, and pause, many times.
fn recorded() -> Vec<String> {
    let lines = Lines::default();
    let trace = Trace::new(lines.clone());
    let builder = Writer::builder().trace(&trace).high_water_mark(256).capacity(1024).batch(1);
    let writer = builder.spawn(Slow).expect("a stream").into_shared();
    thread::scope(|scope| {
        for producer in 0..2 {
            let writer = writer.clone();
            scope.spawn(move || {
                for i in 0..200 {
                    if writer.write(format!("{producer} writes {i}\n")).expect("there is room").is_pause() {
                        writer.drained().wait().expect("nobody ends it yet");
                    }
                }
            });
        }
    });
    writer.finish().wait().expect("finished");
    drop(writer);
    trace.quiesce().expect("memory takes it");
    let text = String::from_utf8(lines.bytes()).expect("text");
    text.lines().map(str::to_owned).collect()
}

/// The event of a line.
fn ev(line: &str) -> &str {
    line.split("\"ev\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// The first line from `from` on, counted from 1, whose event is `name` and that has `part` in it.
fn find(lines: &[String], from: usize, name: &str, part: &str) -> usize {
    let found = (from..=lines.len()).find(|at| ev(&lines[at - 1]) == name && lines[at - 1].contains(part));
    found.unwrap_or_else(|| panic!("no {name} with {part:?} from line {from} on"))
}

/// The lines in a new order: their numbers and times are set right, so that it is the contract that is broken and not the format.
fn renumbered(lines: &[String]) -> String {
    let mut text = format!("{}\n", lines[0]);
    for (at, line) in lines.iter().enumerate().skip(1) {
        let rest = line
            .split_once(",\"t\":")
            .and_then(|(_, rest)| rest.split_once(','))
            .map_or("", |(_, rest)| rest);
        let _ = writeln!(text, "{{\"n\":{at},\"t\":{at},{rest}");
    }
    text
}

/// The line of the first violation, and its clause.
fn broken(lines: &[String]) -> Option<(u64, &'static str)> {
    let report = logs::judge(renumbered(lines).as_bytes()).unwrap_or_else(|bad| panic!("{bad}"));
    let violation = report.findings.into_iter().find_map(|finding| finding.outcome.err())?;
    Some((violation.record.n + 1, violation.clause))
}

/// The same as [`broken`] says.
fn at(line: usize, clause: &'static str) -> (u64, &'static str) {
    (line as u64, clause)
}

#[test]
fn as_it_is_it_conforms() {
    assert_eq!(broken(&recorded()), None);
}

#[test]
fn an_answer_that_was_changed() {
    let mut lines = recorded();
    let line = find(&lines, 200, "write/r", "\"pause\"");
    lines[line - 1] = lines[line - 1].replace("pause", "continue");
    let found = broken(&lines).expect("Continue while a drain is owed, or at the mark");
    assert!(found == (line as u64, "W-03") || found == (line as u64, "W-04"), "{found:?}, line {line}");
}

/// A write that is told to pause while the sink is in a call that began before it: no drain can come before that call returns.
fn pause_in_a_call(lines: &[String]) -> usize {
    let mut sink = find(lines, 50, "sink", "");
    loop {
        let answer = find(lines, sink, "sink/r", "");
        let number = |line: &str| {
            line.split_once("\"q\":").map(|(_, q)| q.split([',', '}']).next().map(str::to_owned))
        };
        let begun: Vec<_> =
            lines[sink..answer].iter().filter(|line| ev(line) == "write").map(|line| number(line)).collect();
        let is_it = |at: &usize| {
            let line = &lines[at - 1];
            ev(line) == "write/r" && line.contains("\"pause\"") && begun.contains(&number(line))
        };
        if let Some(at) = (sink..answer).find(is_it) {
            return at;
        }
        sink = find(lines, answer, "sink", "");
    }
}

#[test]
fn a_drain_that_comes_too_early() {
    let mut lines = recorded();
    let pause = pause_in_a_call(&lines);
    let drain = lines.remove(find(&lines, pause, "emit", "\"drain\"") - 1);
    lines.insert(pause, drain);
    assert_eq!(broken(&lines), Some(at(pause + 1, "D-03")));
}

#[test]
fn drains_that_nobody_is_told_of() {
    let mut lines = recorded();
    let pause = pause_in_a_call(&lines);
    let rest = lines.split_off(pause);
    lines.extend(rest.into_iter().filter(|line| ev(line) != "emit" || !line.contains("\"drain\"")));
    let finish = find(&lines, pause, "emit", "\"finish\"");
    // The producer that was told to pause went on, so there was one.
    assert_eq!(broken(&lines).map(|(line, _)| line), Some(finish as u64));
}

#[test]
fn two_calls_of_the_sink_in_the_wrong_order() {
    let mut lines = recorded();
    let first = find(&lines, 200, "sink", "");
    let second = find(&lines, first + 1, "sink", "");
    lines.swap(first - 1, second - 1);
    assert_eq!(broken(&lines), Some(at(first, "O-01")));
}

#[test]
fn bytes_that_are_not_those_that_were_written() {
    let mut lines = recorded();
    let sink = find(&lines, 200, "sink", "");
    let digits = lines[sink - 1].find("\"sum\":\"").expect("a sum") + 10;
    let other = if &lines[sink - 1][digits..=digits] == "7" { "8" } else { "7" };
    lines[sink - 1].replace_range(digits..=digits, other);
    assert_eq!(broken(&lines), Some(at(sink, "O-01")));
}

#[test]
fn bytes_that_are_missing_at_the_sink() {
    let mut lines = recorded();
    let sink = find(&lines, 300, "sink", "");
    let answer = find(&lines, sink, "sink/r", "");
    lines.remove(answer - 1);
    lines.remove(sink - 1);
    let next = find(&lines, sink, "sink", "");
    let (line, clause) = broken(&lines).expect("the bytes never came to the sink");
    assert!(line <= next as u64, "line {line} {clause}, the next call of the sink is on line {next}");
}

#[test]
fn a_chunk_that_the_sink_never_gets() {
    let mut lines = recorded();
    let mut sink = find(&lines, 200, "sink", "");
    let chunks = |line: &str| line.split(['[', ']']).nth(1).map_or(0, |of| of.split(',').count());
    while chunks(&lines[sink - 1]) < 2 {
        sink = find(&lines, sink + 1, "sink", "");
    }
    let of = lines[sink - 1].find('[').expect("chunks") + 1;
    let end = lines[sink - 1][of..].find(',').expect("more than one") + of + 1;
    lines[sink - 1].replace_range(of..end, "");
    assert_eq!(broken(&lines), Some(at(sink, "O-01")));
}

#[test]
fn a_finish_before_the_last_byte() {
    let mut lines = recorded();
    let last = (2..=lines.len()).rev().find(|at| ev(&lines[at - 1]) == "sink").expect("a call of the sink");
    let finish = lines.remove(find(&lines, last, "emit", "\"finish\"") - 1);
    lines.insert(last - 1, finish);
    let (line, clause) = broken(&lines).expect("bytes are not taken yet");
    assert!(line == last as u64 && ["E-03", "E-02"].contains(&clause), "line {line} {clause}, not {last}");
}

#[test]
fn a_line_that_was_dropped_is_missed() {
    let mut lines = recorded();
    let line = find(&lines, 100, "write/r", "");
    lines.remove(line - 1);
    let bad = logs::judge((lines.join("\n") + "\n").as_bytes()).expect_err("a number is missing");
    assert!(matches!(&bad, BadInput::Line { number, .. } if *number == line as u64), "{bad}, line {line}");
}

#[test]
fn a_file_that_ends_in_the_middle_of_a_line_is_judged_up_to_there() {
    let lines = recorded();
    let text = lines[..lines.len() / 2].join("\n");
    let report = logs::judge(&text.as_bytes()[..text.len() - 10]).expect("a trace");
    assert!(report.is_truncated && report.conforms(), "{report}");
    let finding = report.findings[0].outcome.as_ref().expect("it conforms so far");
    assert!(!finding.complete);
}
