//! Who goes on writing when told to pause.

use super::{Story, blame};

const A: &str = "at=a.js:1:1";
const B: &str = "at=b.js:2:2";

#[test]
fn a_line_that_goes_on_is_blamed_for_what_it_wrote_since() {
    let mut story = Story::new();
    story.write(12, A).write(5, A).write(3, A).drain().write(4, A).drain().close().quiesce(true);
    let report = story.report();
    let [site] = &report.sites[..] else { panic!("{report}") };
    assert_eq!(
        (site.at.as_str(), site.class.as_str(), site.streams, site.stream),
        ("a.js:1:1", "Sink", 1, 1)
    );
    assert_eq!((site.writes, site.units, site.peak, site.mark), (2, 8, 20, 10));
    // From the return of the first write at 30 to the sink's return at 110.
    assert_eq!(site.above, 80);
    assert!(report.facts.is_empty());
    let text = report.to_string();
    assert!(text.starts_with("a.js:1:1 goes on writing to Sink #1 when told to pause\n"), "{text}");
    assert!(text.contains("\n  2 writes, 8 bytes, made while a drain was owed\n"), "{text}");
    assert!(
        text.contains("at most 20 bytes buffered, 2.0 times the mark of 10; 0.0 ms above it\n"),
        "{text}"
    );
    assert_eq!(text.matches("\n  fix: ").count(), 1, "{text}");
}

/// B is told by A's answer only if it asks; its own first false comes later.
#[test]
fn two_lines_that_share_a_stream_and_wait_are_not_blamed() {
    let mut story = Story::new();
    story.write(12, A).write(3, B).drain().write(12, B).write(3, A).drain();
    story.close().quiesce(true).is_silent();
}

#[test]
fn of_two_lines_the_one_that_goes_on_is_blamed() {
    let mut story = Story::new();
    story.write(12, A).write(3, B).write(3, B).drain().close();
    let report = story.report();
    assert_eq!(
        report.sites.iter().map(|site| (site.at.as_str(), site.writes)).collect::<Vec<_>>(),
        [("b.js:2:2", 1)]
    );
}

/// The peak is that of the write which was answered false, if the buffer has run down since.
#[test]
fn the_peak_counts_the_write_that_was_answered_false() {
    let mut story = Story::new();
    story.write(40, A).line("sinkcb").line("sinkcb/r len=3");
    story.len = 3;
    story.write(2, A).drain().close();
    let report = story.report();
    assert_eq!((report.sites[0].writes, report.sites[0].peak), (1, 40));
    // From the return of the first write at 30 to the sink's return at 50.
    assert_eq!(report.sites[0].above, 20);
}

#[test]
fn what_held_little_can_be_left_out() {
    let mut story = Story::new();
    story.write(12, A).write(8, A).drain().close();
    assert_eq!(story.report().above(1.9).sites.len(), 1);
    assert_eq!(story.report().above(2.0).sites.len(), 0);
}

/// A helper is one line for all who call it.
#[test]
fn the_callers_of_a_helper_are_named() {
    let mut story = Story::new();
    story.write(12, "at=a.js:1:1 from=b.js:5:5");
    for from in ["b.js:5:5", "c.js:6:6", "c.js:6:6", "d.js:7:7", "e.js:8:8"] {
        story.write(1, &format!("at=a.js:1:1 from={from}"));
    }
    let text = story.drain().close().report().to_string();
    let callers = "
  called from c.js:6:6: 2 writes
  called from b.js:5:5: 1 write
  called from d.js:7:7: 1 write
  called from 1 line more
";
    assert!(text.contains(callers), "{text}");
}

/// What a response holds is told of the response; its socket is written by Node's `http` alone.
#[test]
fn a_response_is_blamed_and_not_its_socket() {
    let mut story = Story::of("class=ServerResponse message=true high_water_mark=10");
    story.lines.push("15 2 new class=Socket high_water_mark=10 duplex=true".to_owned());
    for _ in 0..9 {
        story.line("write len=8 at=a.js:1:1");
        story.lines.push(format!("{} 2 write len=8 cb=0 in=node:_http_outgoing", story.t));
        story.lines.push(format!("{} 2 write/r ret=false len=80", story.t));
        story.line("write/r ret=false len=80");
    }
    let report = story.report();
    let [site] = &report.sites[..] else { panic!("{report}") };
    assert_eq!((site.class.as_str(), site.writes, site.message), ("ServerResponse", 8, true));
    assert!(site.fix().contains("pipeline(source, res)"), "{report}");
}

#[test]
fn what_node_writes_alone_is_its_own_affair() {
    let mut story = Story::new();
    for _ in 0..20 {
        story.write(12, "in=node:internal/streams/readable");
    }
    story.drain().close().quiesce(true).is_silent();
}

/// `source.on('data', w.write.bind(w))` has no line of the program below it, and is its fault nevertheless.
#[test]
fn a_write_that_was_handed_over_is_blamed() {
    let mut story = Story::new();
    story.write(12, "in=node:events").write(3, "in=node:events").drain().close();
    let report = story.report();
    assert_eq!((report.sites[0].at.as_str(), report.sites[0].writes), ("node:events", 1));
    assert!(report.to_string().starts_with("node:events, to which write() was handed, goes on"), "{report}");
    // With a line below it the line is named, and there is no framing to excuse.
    let mut story = Story::new();
    story.write(12, "at=a.js:1:1 in=node:internal/timers").write(3, "at=a.js:1:1 in=node:internal/timers");
    assert_eq!((story.report().sites[0].at.as_str(), story.report().sites[0].writes), ("a.js:1:1", 1));
}

#[test]
fn without_lines_a_stream_is_one_site() {
    let mut story = Story::new();
    story.write(12, "");
    for _ in 0..4 {
        story.write(3, "");
    }
    story.drain();
    let polite = story.report();
    assert!(polite.is_empty(), "{polite}");
    story.write(12, "");
    for _ in 0..5 {
        story.write(3, "");
    }
    let report = story.report();
    assert_eq!((report.sites[0].at.as_str(), report.sites[0].writes, report.with_sites), ("", 5, false));
    assert!(report.to_string().contains("\nrecord with HIGHWATER_SITES=1 to see which lines\n"), "{report}");
}

#[test]
fn after_end_destroy_and_error_there_is_no_drain_to_wait_for() {
    for dead in [
        "end cb=0",
        "destroy",
        "sinkcb err={\"id\":1}",
        "emit name=error err={\"id\":1}",
        "sink/r throw={\"id\":1}",
    ] {
        let mut story = Story::new();
        story.write(12, A).line(dead).write(3, A).write(3, A);
        let report = story.report();
        assert!(report.sites.is_empty(), "{dead}: {report}");
    }
    // An `end` that throws for its arguments changes nothing.
    let mut story = Story::new();
    story.write(12, A).line("end cb=0 arg=type").line("end/r throw={\"id\":1} len=12").write(3, A);
    assert_eq!(story.report().sites.len(), 1);
}

#[test]
fn a_write_that_throws_for_its_arguments_is_none() {
    let mut story = Story::new();
    story.write(12, A).line("write len=0 cb=0 arg=null at=a.js:1:1").line("write/r throw={\"id\":1} len=12");
    story.drain().close().quiesce(true).is_silent();
}

#[test]
fn a_socket_that_connects_again_is_a_new_stream() {
    let mut story = Story::new();
    story.write(12, A).line("destroy").line("undestroy").write(3, A).write(3, A).drain();
    assert_eq!(story.report().sites[0].writes, 1);
}

#[test]
fn above_the_mark_until_the_end_of_the_trace() {
    let mut story = Story::new();
    story.write(12, A).write(5, A).line("sinkcb").line("sinkcb/r len=11");
    // The write returned at 30; the last line is at 70.
    assert_eq!(story.report().sites[0].above, 40);
    story.quiesce(false);
    assert_eq!(story.report().sites[0].above, 50);
}

#[test]
fn exactly_the_mark_is_not_above_it() {
    let mut story = Story::new();
    story.write(10, A).write(0, A).line("sinkcb").line("sinkcb/r len=4");
    let report = story.report();
    assert_eq!((report.sites[0].writes, report.sites[0].above, report.sites[0].peak), (1, 0, 10));
}

#[test]
fn a_mark_of_0_and_objects() {
    let mut story = Story::of("class=Sink high_water_mark=0 object_mode=true");
    story.line("write len=1 at=a.js:1:1").line("write/r ret=false len=1");
    story.line("write len=1 at=a.js:1:1").line("write/r ret=false len=2");
    let report = story.report();
    let text = report.to_string();
    assert!(text.contains("  1 write, 1 object, made"), "{text}");
    assert!(text.contains("at most 2 objects buffered, the mark is 0; "), "{text}");
}

/// A thousand sockets that the same line writes to are one report, which names the worst.
#[test]
fn a_line_is_reported_once_for_all_streams() {
    let mut lines = Vec::new();
    for s in 1..=1000_u64 {
        let peak = if s == 700 { 99 } else { 15 };
        lines.push(format!("{s} {s} new class=Socket high_water_mark=10"));
        for (len, all) in [(12, 12), (peak - 12, peak)] {
            lines.push(format!("{s} {s} write len={len} at=a.js:1:1"));
            lines.push(format!("{s} {s} write/r ret=false len={all}"));
        }
        lines.push(format!("{} {s} sinkcb/r len=0", s + s % 7));
        lines.push(format!("{} {s} emit name=close", s + 7));
        lines.push(format!("{} {s} emit/r heard=true", s + 7));
    }
    let lines: Vec<String> = lines;
    let report = blame(&lines);
    assert_eq!(report.sites.len(), 1);
    let site = &report.sites[0];
    assert_eq!((site.streams, site.writes, site.stream, site.peak, site.above), (1000, 1000, 700, 99, 6));
    assert!(report.to_string().contains("goes on writing to 1,000 streams (Socket #700 …) when"), "{report}");
}

#[test]
fn the_highest_above_its_mark_comes_first() {
    let mut lines = vec![
        "1 1 new class=A high_water_mark=1000".to_owned(),
        "1 2 new class=B high_water_mark=10".to_owned(),
    ];
    for (s, len, all) in [(1, 1000, 1000), (1, 500, 1500), (2, 10, 10), (2, 90, 100)] {
        lines.push(format!("2 {s} write len={len} at={s}.js:1:1"));
        lines.push(format!("2 {s} write/r ret=false len={all}"));
    }
    let order: Vec<String> = blame(&lines).sites.into_iter().map(|site| site.at).collect();
    assert_eq!(order, ["2.js:1:1", "1.js:1:1"]);
}

/// On Node 18 a terminal answers false although it has taken everything.
#[test]
fn standard_output_that_holds_nothing_is_not_waited_for() {
    let told = |fd: &str| {
        let mut story = Story::of(&format!("class=WriteStream high_water_mark=10{fd}"));
        for _ in 0..9 {
            story.line("write len=20 at=a.js:1:1").line("write/r ret=false len=0");
        }
        story.report().sites.len()
    };
    assert_eq!((told(" fd=1"), told("")), (0, 1));
}
