//! What the system knows about this process: its memory. Linux tells; elsewhere every answer is `None`.

use std::fs;

use serde::{Deserialize, Serialize};

/// The memory of this process that lies in the machine's, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The most there has been: `VmHWM`.
    pub(crate) peak_kib: u64,
    /// What there is: `VmRSS`.
    pub(crate) now_kib: u64,
}

/// The memory of this process.
pub(crate) fn memory() -> Option<Memory> {
    Memory::parse(&fs::read_to_string("/proc/self/status").ok()?)
}

impl Memory {
    fn parse(status: &str) -> Option<Self> {
        Some(Self { peak_kib: number(status, "VmHWM")?, now_kib: number(status, "VmRSS")? })
    }
}

/// What stands behind `name:` in a status file.
fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

/// The number there, without its unit.
fn number(status: &str, name: &str) -> Option<u64> {
    field(status, name)?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Name:\thigh water\nPid:\t1234\nPPid:\t1\nVmPeak:\t  998877 kB\nVmHWM:\t    5120 kB\nVmRSS:\t    4096 kB\n\
                          voluntary_ctxt_switches:\t41\nnonvoluntary_ctxt_switches:\t2\n";

    #[test]
    fn a_status_file_is_read_by_whole_names() {
        assert_eq!(Memory::parse(STATUS), Some(Memory { peak_kib: 5120, now_kib: 4096 }));
    }

    #[test]
    fn what_is_missing_or_no_number_is_not_measured() {
        assert_eq!(Memory::parse("VmHWM:\t5120 kB\n"), None);
        assert_eq!(Memory::parse("VmHWM:\tmany kB\nVmRSS:\t1 kB\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_system_tells_of_memory() {
        let before = memory().unwrap();
        let touched = std::hint::black_box(vec![1_u8; 32 << 20]);
        let after = memory().unwrap();
        assert!(after.peak_kib >= before.now_kib + (16 << 10), "{before:?} {after:?} {}", touched.len());
    }
}
