//! What a line that goes on is excused of, and where that ends.

use super::Story;

const A: &str = "at=a.js:1:1";
const HTTP: &str = "at=a.js:1:1 in=node:_http_outgoing";

/// Three producers run the same line, and each listens for the drain once it is told.
#[test]
fn producers_at_one_line_that_wait_are_not_blamed() {
    let mut story = Story::new();
    for _ in 0..3 {
        story.write(12, A).write(3, "at=a.js:1:1 waits=1").write(3, "at=a.js:1:1 waits=2").drain();
    }
    story.close().quiesce(true).is_silent();
}

/// `drained ??= once(w, 'drain')`: six producers wait, and there is one listener.
#[test]
fn producers_that_share_one_wait_are_not_blamed() {
    let mut story = Story::new();
    story.write(12, A);
    for _ in 0..5 {
        story.write(3, "at=a.js:1:1 waits=1");
    }
    story.drain().close().quiesce(true).is_silent();
}

/// `if (!w.write(x)) once(w, 'drain')`, with the `await` forgotten: a listener more at each turn, of which the recorder tells as many as there
/// may be: 10, if the program does not say otherwise.
#[test]
fn listeners_without_end_are_no_excuse() {
    let turns = |last: u64, most: u64| {
        let mut story = Story::new();
        story.write(12, A);
        for waits in 1..=last {
            story.write(1, &format!("at=a.js:1:1 waits={}", waits.min(most)));
        }
        story.drain().close();
        story.report()
    };
    assert!(turns(10, 10).is_empty());
    assert_eq!((turns(11, 10).sites[0].writes, turns(11, 10).sites[0].units), (11, 11));
    // Twenty producers at one line, of a program that has raised the limit.
    assert!(turns(20, 20).is_empty());
    // It was raised to silence the warning.
    assert_eq!(turns(101, u64::MAX).sites[0].writes, 101);
}

/// A header, a body, a footer, and the end: all of it fits in three chunks more.
#[test]
fn a_few_writes_before_the_end_are_excused_by_it() {
    let story = |writes: u64, end: bool| {
        let mut story = Story::new();
        story.write(12, A);
        for _ in 0..writes {
            story.write(3, A);
        }
        if end {
            story.close().quiesce(true);
        } else {
            story.drain().close().quiesce(true);
        }
        story.report().sites.iter().map(|site| (site.writes, site.peak)).collect::<Vec<_>>()
    };
    assert_eq!(story(3, true), []);
    assert_eq!(story(4, true), [(4, 24)]);
    // What comes before a drain was not about to end.
    assert_eq!(story(1, false), [(1, 15)]);
}

/// What is written while the stream is corked is one write, if it is no more than one may be.
#[test]
fn a_corked_batch_is_like_one_write() {
    let batch = |writes: u64| {
        let mut story = Story::new();
        story.line("cork at=a.js:7:7").line("cork/r len=0");
        for _ in 0..writes {
            story.write(5, A);
        }
        story.line("uncork corked=1").line("uncork/r len=0").drain().close();
        story.report()
    };
    // The second is answered false at 10; 10 more are as much as the mark.
    assert!(batch(4).is_empty());
    let report = batch(5);
    let [site] = &report.sites[..] else { panic!("{report}") };
    assert_eq!((site.writes, site.units, site.peak), (3, 15, 25));
    assert!(report.to_string().contains("cork() had been called (a.js:7:7)"), "{report}");
    assert!(site.fix().starts_with("uncork() as often as cork()"), "{report}");
    // Once it is uncorked the stream can drain, and what is written then is no part of it.
    let mut story = Story::new();
    story.line("cork at=a.js:7:7").line("cork/r len=0").write(12, A).write(3, A);
    story.line("uncork corked=1").line("uncork/r len=15");
    for _ in 0..4 {
        story.write(1, A);
    }
    let sites = story.report().sites;
    assert_eq!((sites.len(), sites[0].writes, sites[0].corked.as_deref()), (1, 4, None));
    // A batch that begins when a pause is owed is none the better for it.
    let mut story = Story::new();
    story.write(12, A).line("cork at=a.js:7:7").line("cork/r len=12").write(3, A);
    story.line("uncork corked=1").line("uncork/r len=15").drain().close();
    assert_eq!(story.report().sites[0].writes, 1);
}

/// Twice corked and once uncorked it is corked still.
#[test]
fn a_batch_lasts_until_the_last_uncork() {
    let mut story = Story::new();
    story.line("cork at=a.js:7:7").line("cork/r len=0").line("cork at=a.js:7:9").line("cork/r len=0");
    story.write(12, A).line("uncork corked=2").line("uncork/r len=12");
    for _ in 0..4 {
        story.write(3, A);
    }
    let report = story.report();
    assert_eq!(report.sites.iter().map(|site| site.writes).collect::<Vec<_>>(), [4]);
    assert_eq!(report.sites[0].corked.as_deref(), Some("a.js:7:7"));
}

/// Told by the line end behind its chunk, `res.write` makes four writes more before it hears of it.
#[test]
fn the_framing_of_http_is_excused() {
    let mut story = Story::new();
    for _ in 0..2 {
        story
            .write(8, HTTP)
            .write(2, HTTP)
            .write(2, HTTP)
            .write(2, HTTP)
            .write(8, HTTP)
            .write(2, HTTP)
            .drain();
    }
    story.close().quiesce(true).is_silent();
}

#[test]
fn more_than_framing_is_the_fault_of_the_line_and_counts_in_full() {
    let mut story = Story::new();
    story.write(12, HTTP);
    for _ in 0..5 {
        story.write(2, HTTP);
    }
    story.drain().close();
    let report = story.report();
    assert_eq!((report.sites[0].writes, report.sites[0].units), (5, 10));
    assert_eq!(report.sites[0].inside.as_deref(), Some("node:_http_outgoing"));
    assert!(report.sites[0].fix().contains("pipeline(source, res)"), "{report}");
}

/// Three large chunks before the end, and a burst at each drain by who only listens, are no small matter.
#[test]
fn no_more_is_excused_than_the_mark_for_each_write() {
    let mut story = Story::new();
    story.write(12, A).write(6, A).write(5, A).close().quiesce(true);
    assert_eq!((story.report().sites[0].writes, story.report().sites[0].peak), (2, 23));
    let burst = |len: u64| {
        let mut story = Story::new();
        story.write(12, A);
        for _ in 0..10 {
            story.write(len, "at=a.js:1:1 waits=1");
        }
        story.drain().close().quiesce(true).report().sites.len()
    };
    assert_eq!((burst(11), burst(12)), (0, 1));
}

/// `await promisify(w.write)(chunk)`: each producer waits until its own chunk is written, and no drain ever comes.
#[test]
fn producers_that_wait_for_their_callback_are_not_blamed() {
    let turns = |outstanding: u64| {
        let mut story = Story::new();
        // One that throws for its arguments never calls back, and is not waited for.
        for _ in 0..20 {
            story.line("write len=0 cb=1 arg=null at=a.js:1:1").line("write/r throw={\"id\":1} len=0");
        }
        story.write(12, A);
        for turn in 0..50 {
            story.line("write len=3 cb=1 at=a.js:1:1").line("write/r ret=false len=20");
            if turn + 1 >= outstanding {
                story.line("wcb cb=1 argc=0").line("wcb/r");
            }
        }
        story.drain().close().quiesce(true).report().sites.len()
    };
    assert_eq!((turns(10), turns(11), turns(99)), (0, 1, 1));
}
