//! Long traces take little memory.

use super::Folder;
use std::fs;
use std::io::{BufWriter, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A trace of so many bytes, through a pipe: each stream is written to, drained, ended and closed, and the last line of the file is garbage.
fn peak_memory(bytes: u64) -> (u64, String, String) {
    let folder = Folder::new(&format!("large-{bytes}"));
    let svg = folder.0.join("out.svg");
    let mut command = Command::new(env!("CARGO_BIN_EXE_highwater"));
    command.args(["trace", "--blame", "-", "--plot"]).arg(&svg);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut pipe = BufWriter::with_capacity(1 << 16, child.stdin.take().expect("a pipe"));
    pipe.write_all(b"{\"highwater\":1,\"source\":\"node 20.20.2\"}\n").expect("it reads");
    let (mut written, mut n, mut s) = (0, 0_u64, 0);
    let mut line = |pipe: &mut BufWriter<_>, text: &str, s: u64| {
        n += 1;
        let line = format!("{{\"n\":{n},\"t\":{},\"s\":{s},{text}}}\n", n * 100);
        pipe.write_all(line.as_bytes()).expect("it reads on");
        line.len() as u64
    };
    let write = "\"ev\":\"write\",\"len\":5000,\"cb\":0,\"at\":\"/app/server.js:10:5\"";
    let ends = [
        "\"ev\":\"end\",\"cb\":0",
        "\"ev\":\"end/r\",\"len\":0",
        "\"ev\":\"emit\",\"name\":\"finish\"",
        "\"ev\":\"emit/r\",\"heard\":true",
        "\"ev\":\"emit\",\"name\":\"close\"",
        "\"ev\":\"emit/r\",\"heard\":true",
    ];
    while written < bytes {
        s += 1;
        written += line(&mut pipe, "\"ev\":\"new\",\"class\":\"Socket\",\"high_water_mark\":16384", s);
        for _ in 0..2 {
            for len in [5000, 10_000, 15_000, 20_000, 25_000] {
                written += line(&mut pipe, write, s);
                written +=
                    line(&mut pipe, &format!("\"ev\":\"write/r\",\"ret\":{},\"len\":{len}", len < 16_384), s);
            }
            written += line(&mut pipe, "\"ev\":\"sinkcb\"", s);
            written += line(&mut pipe, "\"ev\":\"emit\",\"name\":\"drain\"", s);
            written += line(&mut pipe, "\"ev\":\"emit/r\",\"heard\":true", s);
            written += line(&mut pipe, "\"ev\":\"sinkcb/r\",\"len\":0", s);
        }
        written += ends.iter().map(|text| line(&mut pipe, text, s)).sum::<u64>();
    }
    pipe.flush().expect("it reads on");
    // All but the last of it has been read, and it waits for more.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    pipe.write_all(b"garbage\n").and_then(|()| pipe.flush()).expect("it reads on");
    drop(pipe);
    let mut text = (String::new(), String::new());
    child.stdout.take().expect("piped").read_to_string(&mut text.0).expect("text");
    child.stderr.take().expect("piped").read_to_string(&mut text.1).expect("text");
    assert_eq!(child.wait().expect("waited for").code(), Some(2), "{}", text.1);
    assert!(svg.exists());
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    let kib = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    (kib, text.0, text.1)
}

/// Memory is bounded by what is open, not by the length of the trace.
#[test]
fn a_long_trace_takes_little_memory() {
    let (small, ..) = peak_memory(1 << 20);
    let (large, out, err) = peak_memory(50 << 20);
    assert!(large < small + 4096, "{small} KiB for 1 MiB, {large} KiB for 50 MiB");
    assert!(out.contains("/app/server.js:10:5 goes on writing to"), "{out}");
    assert!(err.starts_with("highwater: -:") && err.contains(": this is not an event of a trace: "), "{err}");
}

/// As above, as long as asked for: `HIGHWATER_TRACE_BYTES=2147483648 cargo test --release -p highwater-model --test trace_bad -- --nocapture`.
#[test]
fn a_trace_of_any_size_takes_little_memory() {
    let Some(bytes) = std::env::var("HIGHWATER_TRACE_BYTES").ok().and_then(|text| text.parse::<u64>().ok())
    else {
        return;
    };
    let begun = Instant::now();
    let (kib, out, err) = peak_memory(bytes);
    println!("{bytes} bytes: {kib} KiB, {:.1} s\n{out}{err}", begun.elapsed().as_secs_f64());
    assert!(kib < 65_536, "{kib} KiB");
}
