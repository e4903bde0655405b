//! What else is told: lost waits, unheard errors, streams that did not come to their end.

use super::super::Kind;
use super::{Story, blame};

const A: &str = "at=a.js:1:1";

fn kinds(story: &Story) -> Vec<Kind> {
    story.report().facts.iter().map(|fact| fact.kind).collect()
}

#[test]
fn a_drain_awaited_after_end_is_told_when_the_stream_closes() {
    let mut story = Story::new();
    story.write(12, A).line("end cb=0 at=a.js:9:9").line("end/r len=12 waits=1");
    let ended = story.lines.len();
    story.line("emit name=finish").line("emit/r heard=true waits=1");
    story.line("emit name=close").line("emit/r heard=false waits=1").quiesce(true);
    let report = story.report();
    let [fact] = &report.facts[..] else { panic!("{report}") };
    assert_eq!((fact.kind, fact.at.as_str(), fact.stream), (Kind::LostWait, "a.js:1:1", 1));
    assert_eq!(
        report.to_string().lines().next(),
        Some("a.js:1:1: Sink #1: a drain is waited for that can never come after end() (a.js:9:9)")
    );
    // Whoever gives up when the stream closes has waited correctly.
    story.lines.truncate(ended);
    story.line("emit name=finish").line("emit/r heard=true waits=1");
    story.line("emit name=close").line("emit/r heard=true").quiesce(true).is_silent();
}

/// `await once(w, 'drain')` is left by the error itself, which is emitted after `destroy` has returned.
#[test]
fn a_wait_that_an_error_ends_is_not_lost() {
    let failing = |waits: &str| {
        let mut story = Story::new();
        story
            .write(12, A)
            .line("sinkcb err={\"id\":1}")
            .line("destroy")
            .line("destroyfn")
            .line("destroyfn/r");
        story
            .line("destroycb")
            .line("destroycb/r len=0")
            .line("destroy/r len=12 waits=1")
            .line("sinkcb/r len=0");
        story.line("emit name=error err={\"id\":1}").line(&format!("emit/r heard=true{waits}"));
        story.line("emit name=close").line(&format!("emit/r heard=false{waits}")).quiesce(true);
        kinds(&story)
    };
    assert_eq!(failing(""), []);
    assert_eq!(failing(" waits=1"), [Kind::LostWait]);
}

#[test]
fn a_drain_awaited_for_ever_is_told_at_exit() {
    let mut story = Story::new();
    story.write(12, A).line("end cb=0").line("end/r len=12 waits=2").quiesce(true);
    assert_eq!(kinds(&story), [Kind::LostWait, Kind::Unfinished]);
    assert!(story.report().to_string().contains("2 wait for a drain that can never come after end()\n"));
    // A stream that does not emit `close` says no more than this.
    let mut story = Story::of("class=Sink high_water_mark=10 emit_close=false");
    story.write(12, A).line("destroy at=a.js:8:8").line("destroyfn").line("destroyfn/r");
    story.line("destroy/r len=12 waits=1").line("destroycb").line("destroycb/r len=0").quiesce(true);
    assert_eq!(kinds(&story), [Kind::LostWait]);
}

/// `await once(w, 'drain')` after a write that returned true, or while the stream is corked: the program just ends.
#[test]
fn a_wait_for_a_drain_that_is_not_owed_is_told_at_exit() {
    let waiting = |before: &[&str], after: &str, natural: bool| {
        let mut story = Story::new();
        for line in before {
            story.line(line);
        }
        story.write(4, A).line("wait at=a.js:2:2").line("sinkcb").line("sinkcb/r len=0");
        story.line(after).quiesce(natural).report()
    };
    let report = waiting(&[], "waiting waits=1 owed=false corked=0", true);
    let [fact] = &report.facts[..] else { panic!("{report}") };
    assert_eq!((fact.kind, fact.at.as_str()), (Kind::NotOwed, "a.js:2:2"));
    assert!(report.to_string().contains("that nobody owes: write() had returned true"), "{report}");
    let corked = ["cork at=a.js:3:3", "cork/r len=0"];
    let report = waiting(&corked, "waiting waits=2 owed=true corked=1", true);
    let [fact] = &report.facts[..] else { panic!("{report}") };
    assert_eq!((fact.kind, fact.units), (Kind::CorkedWait, 2));
    assert!(report.to_string().contains("cannot come while the stream is corked (a.js:3:3)"), "{report}");
    // One that is owed may have been on its way, and so may one of a program that was ended.
    for (after, natural) in
        [("waiting waits=1 owed=true corked=0", true), ("waiting waits=1 owed=false corked=0", false)]
    {
        let kinds: Vec<Kind> = waiting(&[], after, natural).facts.iter().map(|fact| fact.kind).collect();
        assert!(!kinds.contains(&Kind::NotOwed), "{after} {kinds:?}");
    }
}

/// The client has gone: a response is closed without having been ended, and whoever waits for it waits for ever.
#[test]
fn a_drain_awaited_of_a_response_that_closed_is_told() {
    let mut story = Story::of("class=ServerResponse message=true high_water_mark=10");
    story
        .write(12, A)
        .line("wait at=a.js:2:2")
        .line("emit name=close")
        .line("emit/r heard=false waits=1 len=12");
    let report = story.report();
    assert_eq!(
        report.to_string().lines().next(),
        Some("a.js:2:2: ServerResponse #1: a drain is waited for that can never come after 'close'")
    );
}

/// The sink took a chunk, and nothing is left that could say that it is done.
#[test]
fn a_sink_that_never_calls_back_is_told() {
    let sinking = |natural: bool| {
        let mut story = Story::new();
        story
            .line("write len=4 cb=0 at=a.js:1:1")
            .line("sink v=false")
            .line("sink/r")
            .line("write/r ret=true len=4");
        story.quiesce(natural);
        kinds(&story)
    };
    assert_eq!(sinking(true), [Kind::SinkSilent]);
    assert_eq!(sinking(false), [Kind::Unended]);
}

#[test]
fn an_error_is_told_if_nobody_heard_it() {
    let failing = |heard: bool| {
        let mut story = Story::new();
        story.line("destroy at=a.js:4:4 err={\"id\":1}").line("destroy/r len=0");
        story.line(
            "emit name=error err={\"id\":1,\"name\":\"Error\",\"code\":\"EPIPE\",\"message\":\"gone\"}",
        );
        story.line(&format!("emit/r heard={heard}")).line("emit name=close").line("emit/r heard=false");
        story.quiesce(false).report()
    };
    assert!(failing(true).is_empty());
    let report = failing(false);
    assert_eq!(
        report.to_string().lines().next(),
        Some("a.js:4:4: Sink #1: an error nobody listened to: Error EPIPE: gone")
    );
    // That `close` was not heard is no matter.
    assert_eq!(report.facts.len(), 1);
}

#[test]
fn streams_that_did_not_come_to_their_end() {
    for (lines, natural, kind, what) in [
        (
            &["end cb=0 at=a.js:9:9", "end/r len=12"][..],
            true,
            Some(Kind::Unfinished),
            "a.js:9:9: Sink #1: ended but not finished when the program had nothing left to do, 12 bytes not written",
        ),
        (
            &["end cb=0 at=a.js:9:9", "end/r len=12"],
            false,
            Some(Kind::Unfinished),
            "when the program exited, 12 bytes",
        ),
        // What is ended and written, and only not confirmed when the program exits, is lost to nobody.
        (&["sinkcb/r len=0", "end cb=0", "end/r len=0"], false, None, ""),
        (&["sinkcb/r len=0", "end cb=0", "end/r len=0"], true, Some(Kind::Unfinished), "0 bytes"),
        (
            &[],
            false,
            Some(Kind::Unended),
            "a.js:1:1: Sink #1: neither ended nor destroyed when the program exited, 12 bytes not written",
        ),
        (&["sinkcb/r len=0"], true, Some(Kind::Unended), "0 bytes not written"),
        (&["sinkcb/r len=0"], false, None, ""),
        (
            &["destroy", "destroyfn", "destroyfn/r", "destroy/r len=12"],
            true,
            Some(Kind::Unclosed),
            "destroyed but not closed",
        ),
        (&["destroy", "destroyfn", "destroyfn/r", "destroy/r len=12"], false, None, ""),
        (&["destroy", "destroyfn", "destroycb", "destroycb/r", "destroy/r len=12"], true, None, ""),
        (&["emit name=finish", "emit/r heard=true"], true, None, ""),
    ] {
        let mut story = Story::new();
        story.write(12, A);
        for line in lines {
            story.line(line);
        }
        story.quiesce(natural);
        let report = story.report();
        assert_eq!(kinds(&story), kind.into_iter().collect::<Vec<_>>(), "{lines:?}: {report}");
        assert!(report.to_string().contains(what), "{lines:?}: {report}");
    }
}

/// Sockets of a pool stay open when the program ends; standard output is never ended.
#[test]
fn what_nobody_has_to_end_is_not_told() {
    for new in [
        "class=Socket high_water_mark=10 duplex=true",
        "class=Out high_water_mark=10 fd=2",
        "class=SyncWriteStream",
    ] {
        let mut story = Story::of(new);
        story.write(4, A).line("sinkcb/r len=0").quiesce(true).is_silent();
    }
    // One that nobody wrote to, and one that only Node did.
    Story::new().quiesce(true).is_silent();
    let mut story = Story::new();
    story.write(4, "at=a.js:1:1 in=node:internal/streams/readable").line("sinkcb/r len=0").quiesce(true);
    story.is_silent();
}

/// A trace that ends early says nothing of how its streams ended.
#[test]
fn without_an_end_of_the_process_nothing_is_left() {
    let mut story = Story::new();
    story.write(12, A).line("end cb=0").line("end/r len=12 waits=1").is_silent();
}

#[test]
fn many_streams_are_one_fact() {
    let mut lines = Vec::new();
    for s in 1..=500 {
        lines.push(format!("1 {s} new class=Sink high_water_mark=10"));
        lines.push(format!("1 {s} write len=4 at=a.js:1:1"));
        lines.push(format!("1 {s} write/r ret=true len=4"));
    }
    lines.push("2 0 quiesce code=1 natural=false".to_owned());
    let report = blame(&lines);
    let [fact] = &report.facts[..] else { panic!("{report}") };
    assert_eq!((fact.streams, fact.stream, fact.units), (500, 1, 2000));
    assert!(report.to_string().starts_with("a.js:1:1: 500 streams (Sink #1 …): neither ended"), "{report}");
}

#[test]
fn what_is_unknown_ends_its_stream_only() {
    let mut story = Story::new();
    story.line("fancy");
    story.lines.push("60 2 new class=Other high_water_mark=10".to_owned());
    for _ in 0..2 {
        story.write(12, A);
        story.lines.push("70 2 write len=12 at=b.js:1:1".to_owned());
        story.lines.push("70 2 write/r ret=false len=12".to_owned());
    }
    story.lines.sort_by_key(|line| line.split(' ').next().and_then(|t| t.parse::<u64>().ok()));
    let report = story.report();
    assert_eq!(
        report.sites.iter().map(|site| site.at.as_str()).collect::<Vec<_>>(),
        ["b.js:1:1"],
        "{report}"
    );
}
