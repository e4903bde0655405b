//! Runs of bytes compared, however they are cut.

use crate::vocabulary::Run;

/// How many bytes `runs` are.
pub(super) fn len_of(runs: &[Run]) -> usize {
    runs.iter().fold(0, |sum, run| sum.saturating_add(run.len))
}

/// Whether `runs` are the first bytes of `queue`, however either is cut.
pub(super) fn starts_with(queue: &[Run], runs: &[Run]) -> bool {
    let mut queue = queue.iter().copied();
    let mut front = None;
    for run in runs {
        let mut run = *run;
        while run.len > 0 {
            let Some(mut have) = front.take().or_else(|| queue.next()) else { return false };
            if (have.producer, have.seq, have.from) != (run.producer, run.seq, run.from) {
                return false;
            }
            let part = run.len.min(have.len);
            run = skip(run, part);
            have = skip(have, part);
            front = (have.len > 0).then_some(have);
        }
    }
    true
}

fn skip(run: Run, part: usize) -> Run {
    Run { from: run.from + part, len: run.len - part, ..run }
}

pub(super) fn same_bytes(a: &[Run], b: &[Run]) -> bool {
    len_of(a) == len_of(b) && starts_with(a, b)
}

/// Appends `run`, as part of the last one if it goes on where that ends.
pub(super) fn append(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        Some(last)
            if (last.producer, last.seq, last.from + last.len) == (run.producer, run.seq, run.from) =>
        {
            last.len += run.len;
        }
        _ => runs.push(run),
    }
}
