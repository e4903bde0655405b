//! scratch
use highwater_model::{node::*, trace::*};
use std::io::BufReader;
fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    for wrong in Wrong::ALL {
        let mut n = 0;
        let mut first = String::new();
        let mut per = vec![];
        for f in &files {
            let mut r = Reader::new(BufReader::new(std::fs::File::open(f).unwrap())).unwrap();
            let mut j = Judge::new(Version::of(&r.header.source).unwrap()).with(*wrong);
            r.each(|e| j.event(&e)).unwrap();
            let v = j.verdict();
            n += v.rejected.len();
            per.push(v.rejected.len());
            if first.is_empty()
                && let Some(r) = v.rejected.first()
            {
                first = format!("{}", r.line);
            }
        }
        println!("{:24} {n} {per:?} {first}", wrong.name());
    }
}
