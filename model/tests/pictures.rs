//! The generated pictures say what the text says: the diagram against SPEC.md's table, the chart and the plot against hand-made runs.

use std::collections::BTreeSet;

use highwater_model::chart::{Charted, sequence};
use highwater_model::contract::{Action, Call, Params, SinkAnswer, State, System, step};
use highwater_model::diagram::{Diagram, Format, Level};
use highwater_model::plot::{Axis, Happened, Marks, Panel, Unit, panels, parse_samples, sawtooth};

/// (from, to, event) of every row of "Transitions" in SPEC.md.
fn transitions_of_the_text() -> BTreeSet<(String, String, String)> {
    let spec = include_str!("../../SPEC.md");
    let (_, table) = spec.split_once("### Transitions").expect("the heading");
    let (table, _) = table.split_once("\n## ").expect("the heading after it");
    let rows = table.lines().filter(|row| row.starts_with("| ") && !row.starts_with("| in phase"));
    let mut all = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [from, _, _, to, event] = cells[..] else { panic!("five cells in: {row}") };
        for from in from.split(", ") {
            let to = if to == "same" { from } else { to };
            all.insert((from.to_owned(), to.to_owned(), event.trim_matches('`').to_owned()));
        }
    }
    all
}

#[test]
fn the_diagram_has_the_transitions_of_the_text() {
    let drawn: BTreeSet<_> = Diagram::walk(Level::Phases)
        .arrows()
        .map(|(from, to, event, _)| {
            (from.place.to_string(), to.place.to_string(), event.unwrap_or_default().to_owned())
        })
        // The sink call in progress at destroy returns: nothing of the phase changes, and the text's table leaves such calls out.
        .filter(|arrow| *arrow != ("destroyed".to_owned(), "destroyed".to_owned(), String::new()))
        .collect();
    assert_eq!(drawn, transitions_of_the_text());
}

#[test]
fn the_full_diagram_tells_owed_from_due() {
    let text = Diagram::walk(Level::Full).render(Format::Dot);
    assert!(text.contains("open_idle_owed"), "{text}");
    assert!(text.contains("open_idle_due -> open_idle [label=\"drain\"]"), "{text}");
    assert!(
        !text.contains("open_idle_owed -> open_idle ["),
        "a drain that is not due is never emitted:\n{text}"
    );
}

#[test]
fn a_chart_shows_who_said_what() {
    let params = Params::new(2, 0, 4).expect("valid marks");
    let actions = [
        Action::Call(Call::Write { producer: 0, seq: 0, len: 2 }),
        Action::Call(Call::Wait(7)),
        Action::System(System::Offer(2)),
        Action::Sink(SinkAnswer::Took(2)),
        Action::System(System::Drain),
        Action::Call(Call::Destroy),
    ];
    let mut states = vec![State::new()];
    let mut outcomes = Vec::new();
    for action in actions {
        let before = states.last().expect("one state at least");
        let outcome = step(&params, before, action).expect("possible");
        states.push(outcome.state.clone());
        outcomes.push(outcome);
    }
    let steps: Vec<Charted<'_>> = (0..actions.len())
        .map(|at| Charted { before: &states[at], action: actions[at], outcome: &outcomes[at] })
        .collect();
    let text = sequence(&steps, 1, |waiter| (waiter == 7).then_some(0), Some("so far; so good"));
    let expected = "sequenceDiagram
    participant P0 as producer 0
    participant O as owner
    participant W as writer
    participant D as drain thread
    participant S as sink
    P0->>W: write chunk 0, 2 bytes
    W-->>P0: Pause
    Note right of W: b = 2, drain owed
    P0->>W: wait for the drain
    D->>S: write 2 bytes
    S-->>D: took 2 of 2
    Note right of W: b = 0, drain owed
    Note over W,D: event drain
    D-)P0: wakes, told drained
    Note right of W: b = 0
    loop for ever
    O->>W: destroy
    end
    Note over W,S: so far, so good
";
    assert_eq!(text, expected);
}

#[test]
fn a_plot_shades_pauses_and_dots_drains() {
    let text = "t_ns,buffered_bytes,event\n0,0,\n1000,10,\n2000,64,pause\n3000,80,pause\n4000,8,drain\n5000,0,finish\n";
    let samples = parse_samples(text).expect("valid samples");
    assert_eq!(samples.len(), 6);
    assert_eq!(samples[2].event, Happened::Pause);
    let marks = Marks { high: 64, low: Some(0), capacity: Some(128) };
    let svg = sawtooth(&samples, marks, Axis::Time, "pump <one & all>");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert!(svg.contains("pump &lt;one &amp; all&gt;"), "{svg}");
    assert_eq!(svg.matches("<circle").count(), 1, "{svg}");
    assert!(svg.contains("from Pause (2) to the drain; dots: drains (1)"), "{svg}");
    for word in ["high-water mark, 64 B", "low-water mark, 0 B", "capacity, 128 B"] {
        assert!(svg.contains(word), "{word} in {svg}");
    }
    assert_eq!(svg, sawtooth(&samples, marks, Axis::Time, "pump <one & all>"));
}

#[test]
fn a_plot_of_many_samples_stays_small() {
    let rows: Vec<String> = (0..200_000_u64).map(|t| format!("{},{},", t * 100, t % 1000)).collect();
    let samples = parse_samples(&rows.join("\n")).expect("valid samples");
    let svg = sawtooth(&samples, Marks { high: 1000, low: None, capacity: None }, Axis::Time, "many");
    assert!(svg.len() < 150_000, "{} bytes", svg.len());
}

#[test]
fn an_empty_plot_is_still_a_picture() {
    let svg = sawtooth(&[], Marks { high: 1, low: None, capacity: None }, Axis::Time, "none");
    assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{svg}");
}

#[test]
fn a_bad_sample_is_named_by_line() {
    for (text, says) in [
        ("0,1,\n5\n", "line 2: 1 fields instead of 3"),
        ("0,1,\n1,x,\n", "line 2: buffered is 'x'"),
        ("-1,1,\n", "line 1: t_ns is '-1'"),
        ("9,1,\n3,1,\n", "line 2: the time 3 lies before 9"),
    ] {
        let error = parse_samples(text).expect_err("no sample").to_string();
        assert!(error.starts_with(says), "{error}");
    }
}

#[test]
fn panels_stand_below_one_another_each_with_its_own_axes() {
    let panel = |title: &str, high: u64, unit: Unit| Panel {
        title: title.to_owned(),
        about: format!("written at {title}"),
        samples: parse_samples("0,0,\n10,64,pause\n20,0,drain\n").expect("valid samples"),
        marks: Marks { high, low: None, capacity: None },
        unit,
        counts: (700, 600),
    };
    let svg = panels(
        &[panel("a <b>", 2048, Unit::Bytes), panel("c", 16, Unit::Objects)],
        "both",
        "Not drawn: <2>.",
    );
    assert!(
        svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains("<title>both</title>"),
        "{svg}"
    );
    assert!(
        svg.contains("viewBox=\"0 0 920 618\" width=\"920\" height=\"618\"")
            && svg.contains("<g transform=\"translate(0 338)\">"),
        "{svg}"
    );
    assert_eq!(svg.matches("</g>").count(), 2, "{svg}");
    for says in [
        "a &lt;b&gt;",
        ">written at a &lt;b&gt;</text>",
        ">Not drawn: &lt;2&gt;.</text>",
        "high-water mark, 2 KiB",
        "high-water mark, 16</text>",
        "buffered objects over time",
        "from Pause (700) to the drain; dots: drains (600)",
    ] {
        assert!(svg.contains(says), "{says}: {svg}");
    }
    assert!(panels(&[], "nothing <here>", "").contains(">nothing &lt;here&gt;</text>"));
}

/// Where a mark is drawn, counted from the top of its picture.
fn height_of_the_mark(svg: &str) -> f64 {
    let (before, _) = svg.split_once("\" stroke=\"#d64545\"").expect("a mark");
    let (_, path) = before.rsplit_once("d=\"M78 ").expect("its path");
    path.split('H').next().expect("a number").parse().expect("a number")
}

/// Far below the peak it would lie on the bottom line, at 328 of 380.
#[test]
fn a_mark_is_seen_however_far_it_is_from_the_peak() {
    for (peak, high, wanted) in [
        (1 << 30, 16, 325.0..=325.0),
        (100, 100, 60.0..=70.0),
        (1, 1 << 30, 60.0..=70.0),
        (100, 0, 328.0..=328.0),
    ] {
        let samples = parse_samples(&format!("0,0,\n10,{peak},pause\n")).expect("valid samples");
        let svg = sawtooth(&samples, Marks { high, low: None, capacity: None }, Axis::Time, "mark");
        let y = height_of_the_mark(&svg);
        assert!(wanted.contains(&y), "{peak} {high}: {y}");
    }
}

#[test]
fn ticks_are_in_units_that_are_read() {
    for (peak, t_ns, says) in [
        (3 << 19, 3_000_000_u64, [">1.5 MiB</text>", ">1 MiB</text>", ">3 ms</text>"]),
        (12 << 20, 12_000_000_000, [">12 MiB</text>", ">8 MiB</text>", ">12 s</text>"]),
        (100, 5_000, [">96 B</text>", ">0 B</text>", ">5 µs</text>"]),
        (100, 0, [">96 B</text>", ">0 B</text>", ">0 ns</text>"]),
    ] {
        let samples = parse_samples(&format!("0,0,\n{t_ns},{peak},\n")).expect("valid samples");
        let svg = sawtooth(&samples, Marks { high: 1, low: None, capacity: None }, Axis::Time, "ticks");
        for word in says {
            assert!(svg.contains(word), "{word}: {svg}");
        }
        assert!(t_ns > 0 || !svg.contains("1 ns</text>"), "{svg}");
    }
}

#[test]
fn a_place_too_long_for_a_line_keeps_its_end() {
    let panel = Panel {
        title: "t".to_owned(),
        about: format!("written at /{}/end.js:7:1", "x".repeat(300)),
        samples: parse_samples("0,0,\n").expect("valid samples"),
        marks: Marks { high: 1, low: None, capacity: None },
        unit: Unit::Bytes,
        counts: (0, 0),
    };
    let svg = panels(&[panel], "", "");
    assert!(svg.contains(">written at /xxx") && svg.contains("xxx/end.js:7:1</text>"), "{svg}");
    assert!(!svg.contains(&"x".repeat(121)), "{svg}");
}
