//! What is left when a stream closes, or the process exits.

use super::facts::Kind;
use super::names::{Name, Names};
use super::stream::{Cause, Stream};
use super::streams::Blame;

impl Blame {
    /// A drain that is waited for although none can come, once that is settled: when the stream is closed, or when nothing is left to do.
    /// Answers whether there is one.
    pub(super) fn lost_wait(&mut self, id: u32, stream: &Stream, natural: bool) -> bool {
        if stream.waits == 0 {
            return false;
        }
        let by = |at: Name, names: &Names| match names.text(at) {
            "" => String::new(),
            at => format!(" ({at})"),
        };
        let (kind, detail) = match stream.cause {
            Some((cause, at)) => {
                let by = by(at, &self.names);
                let after = match cause {
                    Cause::End => format!("end(){by}"),
                    Cause::Destroy => format!("destroy(){by}"),
                    Cause::Error => "an error".to_owned(),
                    Cause::Close => "'close'".to_owned(),
                };
                (Kind::LostWait, after)
            }
            None if natural && stream.corked > 0 => {
                (Kind::CorkedWait, format!("corked{}", by(stream.corked_at, &self.names)))
            }
            None if natural && !stream.owed => (Kind::NotOwed, String::new()),
            None => return false,
        };
        let detail = self.names.id(&detail);
        let at = if stream.waits_at == 0 { stream.last_told } else { stream.waits_at };
        let key = (kind, stream.class, at, detail);
        self.facts.add(key, id, u64::from(stream.waits), stream.object_mode, String::new, &self.names);
        true
    }

    /// The process is about to exit.
    pub(super) fn quiesce(&mut self, natural: bool) {
        let mut left: Vec<(u32, Stream)> = self.streams.drain().collect();
        left.sort_unstable_by_key(|(id, _)| *id);
        for (id, mut stream) in left {
            self.leave(id, &mut stream);
            let waits = self.lost_wait(id, &stream, natural);
            if let Some(kind) = stream.left(natural)
                && !(waits && kind == Kind::Unended)
            {
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
        if natural && self.sinking {
            return Some(Kind::SinkSilent);
        }
        if self.ended {
            return ((natural && !self.message) || self.len > 0).then_some(Kind::Unfinished);
        }
        // Sockets and pipes of Node's own stay open with nothing in them, and nobody minds.
        let idle = natural && !self.duplex && !self.message && self.writer.is_some();
        (self.len > 0 || idle).then_some(Kind::Unended)
    }
}
