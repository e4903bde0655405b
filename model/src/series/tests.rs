//! What is drawn, on traces written by hand.

use super::{Drawn, POINTS, Series, WORST, came_near};
use crate::plot::{Happened, Panel, Unit};
use crate::trace::Reader;
use std::fmt::Write as _;

fn panels(only: Option<u32>, lines: &[String]) -> Vec<Panel> {
    drawn(only, lines).panels
}

fn drawn(only: Option<u32>, lines: &[String]) -> Drawn {
    let mut text = "{\"highwater\":1,\"source\":\"node 20.20.2\"}\n".to_owned();
    for (index, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "{{\"n\":{},{line}}}", index + 1);
    }
    let mut series = Series::new(only);
    let mut reader = Reader::new(text.as_bytes()).expect("a header");
    reader.each(|event| series.event(&event)).expect("a trace");
    series.drawn()
}

fn new(s: u32, more: &str) -> String {
    format!("\"t\":0,\"s\":{s},\"ev\":\"new\",\"class\":\"C\",\"high_water_mark\":10{more}")
}

fn write(t: u64, s: u32, len: u64, at: &str) -> [String; 2] {
    [
        format!("\"t\":{t},\"s\":{s},\"ev\":\"write\",\"len\":1,\"at\":\"{at}\""),
        format!("\"t\":{t},\"s\":{s},\"ev\":\"write/r\",\"ret\":{},\"len\":{len}", len < 10),
    ]
}

fn drain(t: u64, s: u32) -> [String; 2] {
    [
        format!("\"t\":{t},\"s\":{s},\"ev\":\"emit\",\"name\":\"drain\""),
        format!("\"t\":{t},\"s\":{s},\"ev\":\"sinkcb/r\",\"len\":0"),
    ]
}

/// However long it is, there are few points, and none of what matters is lost between them.
#[test]
fn few_points_keep_the_extremes_and_the_pauses() {
    let mut lines = vec![new(1, "")];
    for turn in 0..50_000_u64 {
        let high = if turn == 31_007 { 999 } else { 5 };
        lines.extend(write(turn * 10, 1, high, "a.js:1:1"));
        if high > 10 {
            lines.extend(drain(turn * 10 + 5, 1));
        }
    }
    let all = panels(None, &lines);
    let [panel] = &all[..] else { panic!("one stream") };
    let samples = &panel.samples;
    assert!((POINTS..=4 * POINTS).contains(&samples.len()), "{}", samples.len());
    assert!(samples.is_sorted_by_key(|sample| sample.t_ns));
    assert_eq!(samples.iter().map(|sample| sample.buffered).max(), Some(999));
    assert_eq!(samples.last().map(|sample| (sample.t_ns, sample.buffered)), Some((499_990, 5)));
    assert_eq!(panel.counts, (1, 1));
    let events: Vec<_> =
        samples.iter().map(|sample| sample.event).filter(|event| *event != Happened::Other).collect();
    assert_eq!(events, [Happened::Pause, Happened::Drain]);
}

#[test]
fn the_worst_ten_are_kept_whether_they_closed_or_not() {
    let mut lines: Vec<String> = Vec::new();
    for s in 1..=100 {
        lines.push(new(s, ""));
        lines.extend(write(u64::from(s), s, u64::from((s * 37) % 101), "a.js:1:1"));
        if s % 2 == 0 {
            lines.push(format!("\"t\":{s},\"s\":{s},\"ev\":\"emit\",\"name\":\"close\""));
        }
    }
    let peaks: Vec<u64> = panels(None, &lines)
        .iter()
        .map(|panel| panel.samples.iter().map(|sample| sample.buffered).max().unwrap_or(0))
        .collect();
    assert_eq!(peaks, (91..=100).rev().collect::<Vec<_>>());
    assert_eq!(peaks.len(), WORST);
    let one = panels(Some(4), &lines);
    assert_eq!(
        one.iter().map(|panel| (panel.title.as_str(), panel.about.as_str())).collect::<Vec<_>>(),
        [("C #4", "a.js:1:1")]
    );
    assert!(panels(Some(101), &lines).is_empty());
}

/// The site in the title is the first that was told to pause, and objects are no bytes.
#[test]
fn a_panel_says_whose_it_is() {
    let mut lines = vec![new(1, ",\"object_mode\":true"), new(2, "")];
    lines.extend(write(1, 1, 1, "a.js:1:1"));
    lines.extend(write(2, 1, 12, "b.js:1:1"));
    lines.extend(write(3, 1, 13, "c.js:1:1"));
    let all = panels(None, &lines);
    assert_eq!(all.len(), 1, "a stream that nobody wrote to is no picture");
    assert_eq!((all[0].about.as_str(), all[0].unit), ("b.js:1:1", Unit::Objects));
    // If none was told, it is the first to write.
    let mut lines = vec![new(1, "")];
    lines.extend(write(1, 1, 1, "a.js:1:1"));
    lines.extend(write(2, 1, 2, "b.js:1:1"));
    assert_eq!(panels(None, &lines)[0].about, "a.js:1:1");
}

/// One that was told to pause, or came to half its mark, is near; it counts whether it closed or not, and whether it is among the worst or not.
#[test]
fn those_that_came_near_are_counted() {
    let mut lines: Vec<String> = Vec::new();
    for (s, len) in [(1, 4), (2, 5), (3, 4), (4, 12), (5, 0)] {
        lines.push(new(s, ""));
        lines.extend(write(1, s, len, "a.js:1:1"));
    }
    lines.push(new(6, ""));
    for s in 3..=4 {
        lines.push(format!("\"t\":2,\"s\":{s},\"ev\":\"emit\",\"name\":\"close\""));
    }
    let Drawn { panels, written, near } = drawn(None, &lines);
    assert_eq!((written, near), (5, 2));
    let titles: Vec<&str> =
        panels.iter().filter(|panel| came_near(panel)).map(|panel| panel.title.as_str()).collect();
    assert_eq!(titles, ["C #4", "C #2"]);
}

/// A drain comes when nothing is buffered, though the next line may tell what its listeners wrote. One that somebody else emits says nothing.
#[test]
fn at_a_drain_nothing_is_buffered() {
    for (more, low) in [("", 0), (",\"foreign\":true", 12)] {
        let mut lines = vec![new(1, "")];
        lines.extend(write(1, 1, 12, "a.js:1:1"));
        lines.push(format!("\"t\":2,\"s\":1,\"ev\":\"emit\",\"name\":\"drain\"{more}"));
        lines.extend(write(3, 1, 12, "a.js:1:1"));
        let all = panels(None, &lines);
        let at_drain: Vec<u64> = (all[0].samples.iter())
            .filter(|sample| sample.event == Happened::Drain)
            .map(|sample| sample.buffered)
            .collect();
        assert_eq!(at_drain, [low], "{more}");
    }
}
