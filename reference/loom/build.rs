//! Turns on the one configuration flag that `sync.rs` reads: this package is the writer built against loom.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(highwater_loom)");
    // A feature of `highwater` that this package does not have: what it adds calls the stream from outside, and is not searched.
    println!("cargo::rustc-check-cfg=cfg(feature, values(\"tracing-subscriber\"))");
    println!("cargo::rustc-cfg=highwater_loom");
}
