//! The threads and descriptors a process holds.

/// By number: the name of a thread, or what a descriptor is of.
#[cfg(target_os = "linux")]
type Numbered = std::collections::BTreeMap<String, String>;

/// What this process holds at one moment.
pub(crate) struct Held {
    #[cfg(target_os = "linux")]
    threads: Numbered,
    #[cfg(target_os = "linux")]
    files: Numbered,
}

#[cfg(target_os = "linux")]
impl Held {
    pub(crate) fn now() -> Self {
        use std::fs;
        use std::path::Path;
        let listed = |folder: &str| -> Vec<_> {
            let folder = fs::read_dir(folder).expect("Linux lists what a process holds");
            folder.flatten().map(|entry| entry.path()).collect()
        };
        let number = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = |thread: &Path| fs::read_to_string(thread.join("comm")).ok();
        // The descriptor that the listing itself went through is closed again by now, and so not found.
        let file = |path: &Path| fs::read_link(path).ok().map(|target| target.to_string_lossy().into_owned());
        let threads = listed("/proc/self/task");
        let files = listed("/proc/self/fd");
        Self {
            threads: threads
                .iter()
                .filter_map(|path| Some((number(path), name(path)?.trim().to_owned())))
                .collect(),
            files: files.iter().filter_map(|path| Some((number(path), file(path)?))).collect(),
        }
    }

    /// How many threads there are.
    pub(crate) fn threads(&self) -> usize {
        self.threads.len()
    }

    /// Fails if there is a thread or a descriptor now that was not there before.
    pub(crate) fn nothing_more_is_left(&self) {
        // A thread that was joined or detached may still be listed for a moment. One that stays was left behind.
        let mut now = Self::now();
        let start = std::time::Instant::now();
        while more(&now.threads, &self.threads) != Numbered::new() && start.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(1));
            now = Self::now();
        }
        let threads = more(&now.threads, &self.threads);
        assert!(threads.is_empty(), "threads were left behind: {threads:?}");
        let files = more(&now.files, &self.files);
        assert!(files.is_empty(), "descriptors were left behind: {files:?}");
    }
}

#[cfg(target_os = "linux")]
fn more(now: &Numbered, before: &Numbered) -> Numbered {
    let new = now.iter().filter(|(number, _)| !before.contains_key(*number));
    new.map(|(number, name)| (number.clone(), name.clone())).collect()
}

#[cfg(not(target_os = "linux"))]
impl Held {
    pub(crate) fn now() -> Self {
        Self {}
    }

    pub(crate) fn nothing_more_is_left(&self) {
        println!("\n{}threads and descriptors left behind: only Linux lists them", crate::case::NOT_CHECKED);
    }
}
