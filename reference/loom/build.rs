//! Turns on the one configuration flag that `sync.rs` reads: this package is the writer built against loom.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(highwater_loom)");
    // Features of `highwater` that this package does not have: what they add calls the stream from outside, or is called by it without a lock, and is not searched.
    println!("cargo::rustc-check-cfg=cfg(feature, values(\"tracing\", \"tracing-subscriber\"))");
    println!("cargo::rustc-cfg=highwater_loom");
    // Features of `highwater` that this package does not have: what they add is other names for the same polls.
    println!("cargo::rustc-check-cfg=cfg(feature, values(\"tokio\", \"futures-sink\"))");
}
