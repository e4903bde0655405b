//! Every ordering and fence of the ring is needed: without any one of them some scenario fails.

use crate::driver::search_apart;

/// What is taken away, what that does to the writer, and the scenario that must show it.
const KEEPERS: &[(&str, &str, &str)] = &[
    ("PublishTail", "the tail is stored Relaxed, not Release", "ring_without_a_log"),
    ("ReadTail", "the tail is loaded Relaxed, not Acquire", "ring_without_a_log"),
    ("PublishHead", "the head is stored Relaxed, not Release", "ring_without_a_log"),
    ("ReadHead", "the head is loaded Relaxed, not Acquire", "ring_without_a_log"),
    ("LightFence", "no fence after a write", "write_wakes_a_sleeper"),
    ("HeavyFence", "no fence before a sleep", "write_wakes_a_sleeper"),
    ("LightFence", "no fence after a write", "task/write_wakes_a_sleeper"),
    ("HeavyFence", "no fence before a task's sleep", "task/write_wakes_a_sleeper"),
];

/// Searches without each of them and prints what came of it; whether every search failed, as it must.
pub(crate) fn all_are_missed() -> bool {
    println!("\nEvery ordering and fence taken away, one at a time: a search must fail without it.\n");
    let mut all = true;
    for (keeper, what, scenario) in KEEPERS {
        let verdict = match search_apart(scenario, Some(keeper)) {
            Ok(output) if output.status.code() == Some(1) => {
                let text = String::from_utf8_lossy(&output.stderr);
                format!("missed: {}", text.lines().next().unwrap_or("it says nothing").trim())
            }
            Ok(output) => {
                all = false;
                format!("NOT MISSED ({})", output.status)
            }
            Err(error) => {
                all = false;
                format!("FAILED: its process could not be started: {error}")
            }
        };
        println!("{what:42} {scenario:28} {verdict}");
    }
    all
}
