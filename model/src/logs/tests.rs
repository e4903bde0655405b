//! Small traces by hand.

use super::sum::Sum;
use super::{BadInput, Report, judge};

const HEADER: &str =
    r#"{"highwater":1,"source":"highwater 0.1.0","started":"2026-01-31T12:00:00.000Z","pid":1,"thread":0}"#;

/// A stream of one write of the byte `a`, up to its close. The sum over one byte is the byte plus 1.
const EVENTS: [&str; 16] = [
    r#""s":1,"ev":"new","high_water_mark":4,"low_water_mark":3,"capacity":8,"retry_would_block":false"#,
    r#""s":1,"ev":"write","th":0,"q":1,"len":1,"sum":"62""#,
    r#""s":1,"ev":"write/r","th":0,"q":1,"ret":"continue""#,
    r#""s":1,"ev":"sink","len":1,"of":[1],"from":0,"sum":"62""#,
    r#""s":1,"ev":"sink/r","ret":"took","len":1"#,
    r#""s":1,"ev":"end","th":0,"q":2"#,
    r#""s":1,"ev":"end/r","th":0,"q":2"#,
    r#""s":1,"ev":"closed","th":0,"q":3"#,
    r#""s":1,"ev":"sinkflush""#,
    r#""s":1,"ev":"sinkflush/r","ret":"interrupted""#,
    r#""s":1,"ev":"sinkflush""#,
    r#""s":1,"ev":"sinkflush/r","ret":"flushed""#,
    r#""s":1,"ev":"emit","name":"finish""#,
    r#""s":1,"ev":"emit","name":"close""#,
    r#""s":1,"ev":"closed/r","th":0,"q":3,"ret":"finished""#,
    r#""ev":"quiesce""#,
];

fn trace(events: &[&str]) -> String {
    let mut text = format!("{HEADER}\n");
    for (at, event) in events.iter().enumerate() {
        text.push_str(&[r#"{"n":"#, &(at + 1).to_string(), r#","t":7,"#, event, "}\n"].concat());
    }
    text
}

fn report(events: &[&str]) -> Report {
    judge(trace(events).as_bytes()).unwrap_or_else(|bad| panic!("{bad}"))
}

/// The trace with one event in place of another; the line of the violation, and its clause.
fn broken_by(at: usize, event: &str) -> Option<(u64, &'static str)> {
    let mut events = EVENTS;
    events[at] = event;
    let violation = report(&events).findings.remove(0).outcome.err()?;
    Some((violation.record.n + 1, violation.clause))
}

#[track_caller]
fn bad(text: &str, line: u64, words: &str) {
    let bad = judge(text.as_bytes()).expect_err("it is no trace");
    assert!(matches!(&bad, BadInput::Line { number, .. } if *number == line), "{bad}");
    assert!(bad.to_string().contains(words), "{bad}");
}

#[test]
fn a_small_trace_conforms() {
    let report = report(&EVENTS);
    assert_eq!(
        report.to_string(),
        "highwater 0.1.0; streams: 1, events: 16\nstream 1: 16 records, conforms (at most 4 guesses at once)\n"
    );
    assert_eq!(report.to_json()["streams"][0]["complete"], true);
}

#[test]
fn wrong_events_are_named_by_their_line() {
    assert_eq!(broken_by(2, r#""s":1,"ev":"write/r","th":0,"q":1,"ret":"pause""#), Some((4, "W-03")));
    assert_eq!(broken_by(3, r#""s":1,"ev":"sink","len":1,"of":[1],"from":0,"sum":"63""#), Some((5, "O-01")));
    assert_eq!(broken_by(3, r#""s":1,"ev":"sink","len":1,"of":[2],"from":0,"sum":"62""#), Some((5, "O-01")));
    assert_eq!(broken_by(4, r#""s":1,"ev":"sink/r","ret":"took","len":0"#), Some((10, "X-03")));
    assert_eq!(broken_by(11, r#""s":1,"ev":"sinkflush/r","ret":"failed""#), Some((14, "E-04")));
    let text = report(&EVENTS[..3]).to_string();
    assert!(text.contains("conforms so far"), "{text}");
}

#[test]
fn a_violation_is_told_with_its_line_and_what_could_have_been() {
    let mut events = EVENTS;
    events[12] = r#""s":1,"ev":"emit","name":"drain""#;
    let report = report(&events);
    let text = report.to_string();
    assert!(text.contains("stream 1: line 14 breaks D-06 at record 12: 13: emit Drain\n"), "{text}");
    assert!(text.contains("possible instead: ") && text.contains("before: "), "{text}");
    let violation = &report.to_json()["streams"][0]["violation"];
    assert_eq!((&violation["line"], &violation["clause"]), (&14.into(), &"D-06".into()));
}

#[test]
fn bytes_that_were_cut_are_compared_when_the_chunk_ends() {
    // "ab", of which the sink takes the first byte, and is then offered another second one.
    let ab = Sum { value: 0x62, len: 1 }.then(Sum { value: 0x63, len: 1 }).value;
    let write = format!(r#""s":1,"ev":"write","th":0,"q":1,"len":2,"sum":"{ab:x}""#);
    let whole = format!(r#""s":1,"ev":"sink","len":2,"of":[1],"from":0,"sum":"{ab:x}""#);
    let part = r#""s":1,"ev":"sink/r","ret":"took","len":1,"sum":"0","cut":1,"cut_sum":"62""#;
    let rest = |sum: &str| {
        let rest = format!(r#""s":1,"ev":"sink","len":1,"of":[1],"from":1,"sum":"{sum}""#);
        let events = [EVENTS[0], &write, EVENTS[2], &whole, part, &rest];
        let violation = report(&events).findings.remove(0).outcome.err()?;
        Some((violation.record.n + 1, violation.clause))
    };
    assert_eq!(rest("63"), None);
    assert_eq!(rest("64"), Some((7, "O-01")));
}

#[test]
fn what_is_no_trace() {
    bad("", 1, "no header");
    bad("hello\n", 1, "no header");
    bad(&HEADER.replace(":1,", ":2,"), 1, "no header");
    bad(&(HEADER.replace("\"highwater\":1", "\"highwater\":2") + "\n"), 1, "version 2");
    bad(&(HEADER.replace("highwater 0", "node 0") + "\n"), 1, "not our writer");
    let with = |at: usize, event: &str| {
        let mut events = EVENTS;
        events[at] = event;
        trace(&events)
    };
    bad(
        &trace(&EVENTS).replace("\"n\":5,", "\"n\":6,"),
        6,
        "`n` is 6, but the event before was 4: a line is missing",
    );
    bad(&trace(&EVENTS).replace("\"n\":5,\"t\":7", "\"n\":5,\"t\":6"), 6, "`t` is 6, less than 7");
    bad(&trace(&EVENTS).replace("\"n\":5,", "n"), 6, "this is no event");
    bad(&with(1, r#""ev":"end","q":1"#), 3, "needs an `s`");
    bad(&with(1, r#""s":1,"ev":"write","len":1,"sum":"62""#), 3, "`write` needs a `q`");
    bad(&with(1, r#""s":1,"ev":"write","q":1,"len":1"#), 3, "needs a `sum`");
    bad(&with(1, r#""s":1,"ev":"write","q":1,"len":1,"sum":"xyz""#), 3, "is no `sum`");
    bad(&with(2, r#""s":1,"ev":"write/r","q":1,"ret":"maybe""#), 4, "is no `ret` of `write/r`");
    bad(&with(2, r#""s":1,"ev":"write/r","q":9,"ret":"pause""#), 4, "call 9 was not made");
    bad(&with(0, r#""s":1,"ev":"new","high_water_mark":0"#), 2, "high-water mark is 0");
    bad(
        &with(0, r#""s":2,"ev":"new","high_water_mark":4,"low_water_mark":3,"capacity":8"#),
        3,
        "must be new",
    );
    bad(&with(12, r#""s":1,"ev":"emit","name":"prefinish""#), 14, "no event that our writer emits");
    bad(&with(12, r#""s":1,"ev":"emit","name":"error","cause":"bad luck""#), 14, "is no `cause` of `emit`");
}

#[test]
fn an_unknown_event_ends_the_judging_of_its_stream_and_unknown_fields_do_not() {
    let mut events = EVENTS;
    events[1] = r#""s":1,"ev":"write","th":0,"q":1,"len":1,"sum":"62","colour":"red""#;
    assert!(report(&events).findings[0].stopped.is_none());
    events[5] = r#""s":1,"ev":"splice","q":2"#;
    events[6] = r#""s":1,"ev":"emit","name":"finish""#;
    let text = report(&events).to_string();
    assert!(text.contains("judged up to line 7 only, whose event \"splice\" is not known"), "{text}");
}
