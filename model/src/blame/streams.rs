//! What each stream was told, and by whom it was written while it had asked for a pause.

use super::report::{Fact, Report, Site};
use crate::trace::{Line, NewLine, Text};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// How many writes Node's own code may make out of one `write` of the user: headers, the length of a chunk, the chunk, the line end.
const FRAMING: u32 = 4;

/// Follows the events of one process.
#[derive(Debug, Default)]
pub struct Blame {
    streams: HashMap<u32, Stream>,
    sites: HashMap<(u32, Arc<str>), Site>,
    facts: Vec<Fact>,
    names: HashMap<String, Arc<str>>,
    with_sites: bool,
    now: u64,
}

#[derive(Debug, Default)]
struct Stream {
    class: String,
    mark: u64,
    object_mode: bool,
    standard: bool,
    len: i64,
    peak: i64,
    above_since: Option<u64>,
    /// The sites that were told to pause and by how much they went on since, until the next drain.
    told: HashMap<Arc<str>, u32>,
    /// The writes that have not returned yet, innermost last.
    open: Vec<Arc<str>>,
    ended_at: Option<Arc<str>>,
    ended: bool,
    finished: bool,
    closed: bool,
}

impl Blame {
    /// Nobody is to blame yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A stream is seen for the first time.
    pub fn made(&mut self, stream: u32, new: &NewLine<'_>) {
        let made = Stream {
            class: new.class.to_string(),
            mark: new.high_water_mark,
            object_mode: new.object_mode,
            standard: new.fd.is_some_and(|fd| fd == 1 || fd == 2),
            len: new.len,
            ..Stream::default()
        };
        self.streams.insert(stream, made);
    }

    /// Something happens.
    pub fn see(&mut self, line: &Line<'_>) {
        self.now = line.t;
        if line.ev == "quiesce" {
            return self.quiesce(line.natural);
        }
        let site = self.site(line.at.as_ref());
        let Entry::Occupied(mut entry) = self.streams.entry(line.s) else {
            return;
        };
        let stream = entry.get_mut();
        match &*line.ev {
            "write" => {
                let internal = line.inside.is_some();
                let breach = stream.breach(&site, internal);
                if let Some(more) = breach {
                    let blamed = self.sites.entry((line.s, Arc::clone(&site))).or_insert_with(|| {
                        Site::new(line.s, &stream.class, &site, stream.mark, stream.object_mode)
                    });
                    blamed.writes += u64::from(more);
                    blamed.units += line.len.map_or(0, |len| u64::try_from(len).unwrap_or(0));
                    blamed.peak = blamed.peak.max(stream.len + line.len.unwrap_or(0));
                    blamed.inside = line.inside.as_deref().map(str::to_owned);
                }
                stream.open.push(site);
            }
            "write/r" => {
                let site = stream.open.pop();
                stream.is(line.len, line.t, line.s, &mut self.sites);
                if line.ret == Some(false)
                    && let Some(site) = site
                    && !stream.ended
                {
                    stream.told.entry(site).or_insert(0);
                }
            }
            "end" => {
                stream.ended = true;
                stream.ended_at = Some(site);
            }
            "emit" if line.name.as_deref() == Some("drain") => stream.told.clear(),
            "emit" if line.name.as_deref() == Some("finish") => stream.finished = true,
            "emit" if line.name.as_deref() == Some("close") => stream.closed = true,
            _ => stream.is(line.len, line.t, line.s, &mut self.sites),
        }
        self.facts(line);
        if self.streams.get(&line.s).is_some_and(|stream| stream.closed && stream.len == 0) {
            self.streams.remove(&line.s);
        }
    }

    /// What is not a matter of a site that writes too much.
    fn facts(&mut self, line: &Line<'_>) {
        let Some(stream) = self.streams.get(&line.s) else {
            return;
        };
        let fact =
            |what: String, fix: &'static str| Fact { stream: line.s, class: stream.class.clone(), what, fix };
        let waits = line.waits.unwrap_or(0);
        if waits > 0 && matches!(&*line.ev, "end/r" | "destroy/r") && !stream.told.is_empty() {
            let after = if line.ev == "end/r" { "end()" } else { "destroy() or an error" };
            let at = stream.ended_at.as_deref().filter(|at| line.ev == "end/r" && !at.is_empty());
            let at = at.map_or_else(String::new, |at| format!(" ({at})"));
            self.facts.push(fact(
                format!("{waits} waits for a drain that can never come after {after}{at}"),
                "wait for 'drain' before end(), and for 'close' beside 'drain': stream.finished or an AbortSignal",
            ));
        } else if line.ev == "emit/r" && line.heard == Some(false) && line.name.as_deref() == Some("error") {
            let what = line.threw.as_ref().map_or_else(String::new, |err| format!(": {}", err.message));
            self.facts.push(fact(
                format!("an error nobody listened to{what}"),
                "add .on('error', …), or use stream.pipeline, which reports it",
            ));
        }
    }

    fn quiesce(&mut self, natural: bool) {
        let mut left: Vec<_> = self.streams.iter().filter(|(_, stream)| stream.is_left()).collect();
        left.sort_unstable_by_key(|(id, _)| **id);
        for (id, stream) in left {
            let unit = if stream.object_mode { "objects" } else { "bytes" };
            let how = if stream.ended { "ended but never finished" } else { "neither ended nor destroyed" };
            let exit =
                if natural { "when the program had nothing left to do" } else { "when the program exited" };
            self.facts.push(Fact {
                stream: *id,
                class: stream.class.clone(),
                what: format!("{how} {exit}, with {} {unit} not written", stream.len),
                fix: "wait for 'finish' (stream.finished or pipeline) before the program exits, and see that the sink calls back",
            });
        }
    }

    /// The report. `None` of it if there is nothing to say.
    #[must_use]
    pub fn report(self) -> Report {
        let mut sites: Vec<Site> = self.sites.into_values().collect();
        sites.sort_by(|a, b| b.peak.cmp(&a.peak).then(a.stream.cmp(&b.stream)).then(a.at.cmp(&b.at)));
        Report { sites, facts: self.facts, with_sites: self.with_sites }
    }

    fn site(&mut self, at: Option<&Text<'_>>) -> Arc<str> {
        let at = at.map_or("", |at| &**at);
        self.with_sites |= !at.is_empty();
        if let Some(name) = self.names.get(at) {
            return Arc::clone(name);
        }
        let name: Arc<str> = Arc::from(at);
        self.names.insert(at.to_owned(), Arc::clone(&name));
        name
    }
}

impl Stream {
    /// Whether a write by this site is one too many, and how many it makes: what was excused as framing counts when it turns out to be none.
    fn breach(&mut self, site: &Arc<str>, internal: bool) -> Option<u32> {
        let since = self.told.get_mut(site)?;
        *since += 1;
        match (internal, *since) {
            (false, _) => Some(1),
            (true, since) if since <= FRAMING => None,
            (true, since) if since == FRAMING + 1 => Some(since),
            (true, _) => Some(1),
        }
    }

    /// So much is buffered now.
    fn is(&mut self, len: Option<i64>, t: u64, id: u32, sites: &mut HashMap<(u32, Arc<str>), Site>) {
        let Some(len) = len else {
            return;
        };
        self.len = len;
        self.peak = self.peak.max(len);
        let above = u64::try_from(len).unwrap_or(0) > self.mark;
        match (above, self.above_since) {
            (true, None) => self.above_since = Some(t),
            (false, Some(since)) => {
                self.above_since = None;
                for site in sites.iter_mut().filter(|((stream, _), _)| *stream == id).map(|(_, site)| site) {
                    site.above += t.saturating_sub(since);
                }
            }
            _ => {}
        }
    }

    fn is_left(&self) -> bool {
        !self.closed && !self.finished && !self.standard && self.len > 0
    }
}
