//! What the system knows about this process: its memory, its threads, its time on a processor. Linux tells; elsewhere every answer is `None`.

use std::fs;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The memory of this process that lies in the machine's, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The most there has been: `VmHWM`.
    pub(crate) peak_kib: u64,
    /// What there is: `VmRSS`.
    pub(crate) now_kib: u64,
}

/// One thread of this process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) id: u32,
    pub(crate) name: String,
    /// How often it has left a processor, because it waited or because it had to: so often it had got one.
    pub(crate) scheduled: u64,
}

/// The memory of this process.
pub(crate) fn memory() -> Option<Memory> {
    Memory::parse(&fs::read_to_string("/proc/self/status").ok()?)
}

/// All threads of this process, by number; the first is the one that began.
pub(crate) fn threads() -> Option<Vec<Thread>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc/self/task").ok()? {
        // A thread may end between the listing and the reading.
        if let Ok(status) = fs::read_to_string(entry.ok()?.path().join("status")) {
            all.push(Thread::parse(&status)?);
        }
    }
    all.sort_by_key(|thread| thread.id);
    Some(all)
}

/// The time that all threads of this process together have had on a processor. By the clock rather than `/proc/self/stat`, which
/// counts in hundredths of a second.
pub(crate) fn processor_time() -> Option<Duration> {
    #[cfg(target_os = "linux")]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
    }
    #[cfg(not(target_os = "linux"))]
    None
}

impl Memory {
    fn parse(status: &str) -> Option<Self> {
        Some(Self { peak_kib: number(status, "VmHWM")?, now_kib: number(status, "VmRSS")? })
    }
}

impl Thread {
    fn parse(status: &str) -> Option<Self> {
        Some(Self {
            id: u32::try_from(number(status, "Pid")?).ok()?,
            name: field(status, "Name")?.to_owned(),
            scheduled: number(status, "voluntary_ctxt_switches")?
                + number(status, "nonvoluntary_ctxt_switches")?,
        })
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
        let thread = Thread { id: 1234, name: "high water".into(), scheduled: 43 };
        assert_eq!(Thread::parse(STATUS), Some(thread));
    }

    #[test]
    fn what_is_missing_or_no_number_is_not_measured() {
        assert_eq!(Memory::parse("VmHWM:\t5120 kB\n"), None);
        assert_eq!(Memory::parse("VmHWM:\tmany kB\nVmRSS:\t1 kB\n"), None);
        assert_eq!(Thread::parse("Name:\tx\nPid:\t1\nvoluntary_ctxt_switches:\t41\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_system_tells_of_memory_threads_and_time() {
        let before = memory().unwrap();
        let touched = std::hint::black_box(vec![1_u8; 32 << 20]);
        let after = memory().unwrap();
        assert!(after.peak_kib >= before.now_kib + (16 << 10), "{before:?} {after:?} {}", touched.len());
        let (said, listening) = std::sync::mpsc::channel::<()>();
        let name = "a-name-of-mine";
        let body = move || listening.recv().is_ok();
        let thread = std::thread::Builder::new().name(name.into()).spawn(body).unwrap();
        // The name is set by the new thread itself, so it may take a moment.
        while !threads().unwrap().iter().any(|thread| thread.name == name) {
            std::thread::yield_now();
        }
        drop(said);
        thread.join().unwrap();
        assert!(processor_time().unwrap() > Duration::ZERO);
    }
}
