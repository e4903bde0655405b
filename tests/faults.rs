//! Faults with real files, pipes, sockets and processes. Whatever goes wrong: the error names the cause, what was accepted is what was taken and
//! what came back, nothing hangs, and no thread, descriptor or process is left behind.
//!
//! Each test runs in a process of its own (`faults/case.rs`), and once more with its streams driven by a task (`faults/drive.rs`), and says which wrong writer it catches. What a system does not let a test check is
//! printed as "not checked on this system", with the reason.

// What only the tests for Linux use stands idle elsewhere.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

#[path = "faults/answers.rs"]
mod answers;
#[path = "faults/case.rs"]
mod case;
#[path = "faults/causes.rs"]
mod causes;
#[cfg(target_os = "linux")]
#[path = "faults/device.rs"]
mod device;
#[path = "faults/drive.rs"]
mod drive;
#[path = "faults/dropped.rs"]
mod dropped;
#[path = "faults/held.rs"]
mod held;
#[cfg(target_os = "linux")]
#[path = "faults/killed.rs"]
mod killed;
#[path = "faults/misuse.rs"]
mod misuse;
#[cfg(target_os = "linux")]
#[path = "faults/pipe.rs"]
mod pipe;
#[path = "faults/seen.rs"]
mod seen;
#[path = "faults/sinks.rs"]
mod sinks;
#[cfg(target_os = "linux")]
#[path = "faults/socket.rs"]
mod socket;
#[path = "faults/stream.rs"]
mod stream;
#[cfg(target_os = "linux")]
#[path = "faults/stuck.rs"]
mod stuck;
#[path = "faults/watchdog.rs"]
mod watchdog;

#[cfg(not(target_os = "linux"))]
#[test]
#[ignore = "written for Linux: full devices and disks, limits, broken and full pipes, sockets, killed processes, destroy of a stuck sink"]
fn the_faults_that_need_linux() {}
