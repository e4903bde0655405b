//! A long run of four producers, in a file.

use highwater::{SharedWriter, Trace, Writer};
use highwater_model::logs;
use highwater_tests::rng::Rng;
use highwater_tests::settings::number;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

const PRODUCERS: u64 = 4;

/// A file of this name that is gone with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("highwater-{name}-{}.jsonl", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn produce(writer: &SharedWriter<std::io::Sink>, producer: u64, lines: u64) {
    let mut rng = Rng::new(producer);
    for i in 0..lines {
        let line = format!("{producer} writes line {i} {}\n", "-".repeat(rng.below(40)));
        while let Err(refused) = writer.write(&line) {
            assert!(matches!(refused, highwater::WriteError::Full { .. }), "{refused}");
            writer.drained().wait().expect("nobody ends it yet");
        }
        if rng.chance(1) {
            writer.flush().wait().expect("nobody ends it yet");
        }
        if writer.stats().buffered >= writer.high_water_mark() {
            writer.drained().wait().expect("nobody ends it yet");
        }
    }
}

#[test]
fn a_long_run_of_four_producers_conforms() {
    let lines = number("HIGHWATER_WRITES").unwrap_or(50_000);
    let file = Scratch::new("long");
    let trace = Trace::create(&file.0).expect("a temporary file");
    let began = Instant::now();
    let writer = Writer::builder().trace(&trace).spawn(std::io::sink()).expect("a stream").into_shared();
    let threads: Vec<_> = (0..PRODUCERS)
        .map(|producer| {
            let writer = writer.clone();
            thread::spawn(move || produce(&writer, producer, lines / PRODUCERS))
        })
        .collect();
    for thread in threads {
        thread.join().expect("a producer panicked");
    }
    writer.finish().wait().expect("finished");
    drop(writer);
    trace.quiesce().expect("recorded");
    let recorded = began.elapsed();
    let began = Instant::now();
    let report = logs::judge_file(&file.0).expect("a trace");
    let length = fs::metadata(&file.0).expect("the trace").len();
    println!(
        "{lines} writes in {:.2} s, {length} bytes of trace, judged in {:.2} s\n{report}",
        recorded.as_secs_f64(),
        began.elapsed().as_secs_f64()
    );
    assert!(report.conforms() && !report.is_truncated, "{report}");
    let finding = &report.findings[0];
    assert!(finding.outcome.as_ref().is_ok_and(|conforms| conforms.complete) && finding.records >= 2 * lines);
}
