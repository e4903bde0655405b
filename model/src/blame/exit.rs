//! What is left when a stream closes, or the process exits.

use super::facts::Kind;
use super::stream::{Cause, Stream};
use super::streams::Blame;

impl Blame {
    /// A drain that is waited for although none can come, once that is settled.
    pub(super) fn lost_wait(&mut self, id: u32, stream: &Stream) {
        let Some((cause, at)) = stream.cause.filter(|_| stream.waits > 0) else {
            return;
        };
        let at = self.names.text(at);
        let by = if at.is_empty() { String::new() } else { format!(" ({at})") };
        let after = match cause {
            Cause::End => format!("end(){by}"),
            Cause::Destroy => format!("destroy(){by}"),
            Cause::Error => "an error".to_owned(),
        };
        let after = self.names.id(&after);
        let key = (Kind::LostWait, stream.class, stream.last_told, after);
        self.facts.add(key, id, u64::from(stream.waits), stream.object_mode, String::new, &self.names);
    }

    /// The process is about to exit.
    pub(super) fn quiesce(&mut self, natural: bool) {
        let mut left: Vec<(u32, Stream)> = self.streams.drain().collect();
        left.sort_unstable_by_key(|(id, _)| *id);
        for (id, mut stream) in left {
            self.comes_down(&mut stream);
            self.lost_wait(id, &stream);
            if let Some(kind) = stream.left(natural) {
                let at = match stream.cause {
                    Some((_, at)) => at,
                    None => stream.writer.unwrap_or(0),
                };
                let exit = self.names.id(if natural {
                    "when the program had nothing left to do"
                } else {
                    "when the program exited"
                });
                let units = u64::try_from(stream.len).unwrap_or(0);
                let key = (kind, stream.class, at, exit);
                self.facts.add(key, id, units, stream.object_mode, String::new, &self.names);
            }
        }
    }
}

impl Stream {
    /// What it did not come to, at exit.
    fn left(&self, natural: bool) -> Option<Kind> {
        if self.closed || self.finished || self.standard {
            return None;
        }
        if self.destroyed {
            return (natural && self.destroying).then_some(Kind::Unclosed);
        }
        // Its error was told, or counts as one that nobody heard.
        if self.failed {
            return None;
        }
        if self.ended {
            return (natural || self.len > 0).then_some(Kind::Unfinished);
        }
        // Sockets and pipes of Node's own stay open with nothing in them, and nobody minds.
        let idle = natural && !self.duplex && self.writer.is_some();
        (self.len > 0 || idle).then_some(Kind::Unended)
    }
}
