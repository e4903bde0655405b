//! scratch
use highwater_model::node::*;
fn main() {
    let out = std::env::args().nth(1);
    for version in [Version::V20, Version::V18] {
        let all = settings(version);
        let mut n = 0;
        for setting in &all {
            let t = std::time::Instant::now();
            let searched = search(&Search(*setting));
            println!("{version:?} {}: {} states, {:?}", setting.name, searched.states, t.elapsed());
            for (promise, run) in searched.broken {
                println!("   {}: {} {:?}", promise.name(), run.len(), run);
                n += 1;
                if let Some(out) = &out {
                    let about = format!("{}\n{}", promise.name(), setting.name);
                    std::fs::write(format!("{out}/{version:?}-{n:02}.cjs"), program(setting, &run, &about))
                        .unwrap();
                }
            }
        }
    }
}
