//! One stream of a trace: its events in the words of the judge, and the judge.

use super::bytes::{Bytes, Claim, Sums};
use super::line::Line;
use super::report::{Finding, Stopped};
use super::{BadInput, outcome, told};
use crate::contract::{Answer, Call, Cause, Event, Params, SinkAnswer, Wake};
use crate::judge::Judge;
use crate::record::{Ev, HandedBack, Op, Over, Record, Ret};

#[derive(Debug, Default)]
pub(super) struct Stream {
    bytes: Bytes,
    judge: Judge,
    records: u64,
    /// What ended the judging.
    stopped: Option<Stopped>,
}

impl Stream {
    /// Goes on with the next record, which is on this line of the file.
    pub(super) fn see(&mut self, record: Record, number: u64) -> Result<(), BadInput> {
        if self.stopped.is_none() {
            self.records += 1;
            self.judge.see(record).map_err(|malformed| told(malformed, number))?;
        }
        Ok(())
    }

    pub(super) fn finish(self, s: u32) -> Result<Finding, BadInput> {
        let Self { judge, records, stopped, .. } = self;
        let verdict =
            judge.finish().map_err(|malformed| BadInput::line(0, format!("stream {s}: {malformed}")))?;
        Ok(Finding { stream: s, records, outcome: outcome(verdict), stopped })
    }

    /// The event in the words of the judge. None if it is not known: the stream is judged no further.
    pub(super) fn translate(&mut self, line: &Line<'_>) -> Result<Option<Ev>, String> {
        let ev = match &*line.ev {
            "new" => Ev::New(params(line)?),
            "write" => self.write(line)?,
            "write/r" => self.wrote(line)?,
            "wait" => call(line, Op::Call(Call::Wait(line.wait()?)))?,
            "flush" => call(line, Op::Call(Call::Flush(line.wait()?)))?,
            "cancel" => call(line, Op::Call(Call::Cancel(line.wait()?)))?,
            "cork" => call(line, Op::Call(Call::Cork))?,
            "uncork" => call(line, Op::Call(Call::Uncork))?,
            "end" => call(line, Op::Call(Call::End))?,
            "destroy" => call(line, Op::Call(Call::Destroy))?,
            "await" => call(line, Op::Await(line.wait()?))?,
            "closed" => call(line, Op::Closed)?,
            "wait/r" | "flush/r" | "cancel/r" | "cork/r" | "uncork/r" | "end/r" | "destroy/r" => {
                Ev::Return { q: line.q()?, ret: Ret::Done }
            }
            "await/r" => Ev::Return { q: line.q()?, ret: woken(line)? },
            "closed/r" => Ev::Return { q: line.q()?, ret: over(line)? },
            "sink" => Ev::Sink(self.bytes.offered(&claim(line)?)),
            "sinkflush" => Ev::SinkFlush,
            "sink/r" | "sinkflush/r" => Ev::SinkReturn(self.answered(line)?),
            "emit" => Ev::Emit(event(line)?),
            "recovered" => self.recovered(line)?,
            unknown => {
                let unknown = unknown.to_owned();
                self.stopped.get_or_insert(Stopped { n: line.n, ev: unknown });
                return Ok(None);
            }
        };
        Ok(Some(ev))
    }

    fn write(&mut self, line: &Line<'_>) -> Result<Ev, String> {
        let (q, len) = (line.q()?, line.len()?);
        self.bytes.written(q, line.th, line.sum(len)?);
        let seq = usize::try_from(q).map_err(|_| format!("{q} is too large for a `q`"))?;
        call(line, Op::Call(Call::Write { producer: line.th, seq, len }))
    }

    fn wrote(&mut self, line: &Line<'_>) -> Result<Ev, String> {
        let q = line.q()?;
        let answer = match line.ret()? {
            "continue" => Answer::Continue,
            "pause" => Answer::Pause,
            "full" => Answer::Full,
            "too_large" => Answer::TooLarge,
            "after_end" => Answer::AfterEnd,
            "destroyed" => Answer::Destroyed,
            "errored" => Answer::Errored(cause(line)?),
            other => return Err(no_ret(line, other)),
        };
        if !matches!(answer, Answer::Continue | Answer::Pause) {
            self.bytes.refused(q);
        }
        Ok(Ev::Return { q, ret: Ret::Wrote(answer) })
    }

    fn answered(&mut self, line: &Line<'_>) -> Result<SinkAnswer, String> {
        Ok(match line.ret()? {
            "took" => {
                let len = line.len()?;
                let part = if line.has_sum() { Some(sums(line, len)?) } else { None };
                self.bytes.took(len, part);
                SinkAnswer::Took(len)
            }
            "flushed" => SinkAnswer::Flushed,
            "interrupted" => SinkAnswer::Interrupted,
            "would_block" => SinkAnswer::WouldBlock,
            "failed" => SinkAnswer::Failed,
            "panicked" => SinkAnswer::Panicked,
            other => return Err(no_ret(line, other)),
        })
    }

    fn recovered(&mut self, line: &Line<'_>) -> Result<Ev, String> {
        let bytes = self.bytes.handed_back(&claim(line)?);
        let error = if line.cause.is_some() { Some(cause(line)?) } else { None };
        Ok(Ev::Recovered(HandedBack { bytes, unknown: line.unknown, error }))
    }
}

fn params(line: &Line<'_>) -> Result<Params, String> {
    let params = Params::new(line.high_water_mark, line.low_water_mark, line.capacity);
    let params = params.map_err(|error| error.to_string())?;
    Ok(Params { retry_would_block: line.retry_would_block, ..params })
}

fn call(line: &Line<'_>, op: Op) -> Result<Ev, String> {
    Ok(Ev::Call { q: line.q()?, op })
}

fn claim<'a>(line: &'a Line<'_>) -> Result<Claim<'a>, String> {
    let len = line.len()?;
    Ok(Claim { len, of: &line.of, from: line.from, sums: sums(line, len)? })
}

fn sums(line: &Line<'_>, len: usize) -> Result<Sums, String> {
    let head =
        len.checked_sub(line.cut).ok_or_else(|| format!("`cut` is more than the {len} bytes there are"))?;
    Ok(Sums { head: line.sum(head)?, cut: line.cut_sum()? })
}

fn woken(line: &Line<'_>) -> Result<Ret, String> {
    Ok(match line.ret()? {
        "drained" => Ret::Woken(Wake::Drained),
        "flushed" => Ret::Woken(Wake::Flushed),
        "after_end" => Ret::Woken(Wake::AfterEnd),
        "destroyed" => Ret::Woken(Wake::Destroyed),
        "errored" => Ret::Woken(Wake::Errored(cause(line)?)),
        "timed_out" => Ret::TimedOut,
        other => return Err(no_ret(line, other)),
    })
}

fn over(line: &Line<'_>) -> Result<Ret, String> {
    Ok(match line.ret()? {
        "finished" => Ret::Over(Over::Finished),
        "destroyed" => Ret::Over(Over::Destroyed),
        "errored" => Ret::Over(Over::Errored(cause(line)?)),
        "timed_out" => Ret::TimedOut,
        other => return Err(no_ret(line, other)),
    })
}

fn event(line: &Line<'_>) -> Result<Event, String> {
    Ok(match line.name.as_deref() {
        Some("drain") => Event::Drain,
        Some("finish") => Event::Finish,
        Some("error") => Event::Error(cause(line)?),
        Some("close") => Event::Close,
        other => return Err(format!("{:?} is no event that our writer emits", other.unwrap_or_default())),
    })
}

fn cause(line: &Line<'_>) -> Result<Cause, String> {
    Ok(match line.cause.as_deref() {
        Some("failed") => Cause::Failed,
        Some("write_zero") => Cause::WriteZero,
        Some("would_block") => Cause::WouldBlock,
        Some("panicked") => Cause::Panicked,
        Some("invalid_data") => Cause::InvalidData,
        other => return Err(format!("{:?} is no `cause` of `{}`", other.unwrap_or_default(), line.ev)),
    })
}

fn no_ret(line: &Line<'_>, ret: &str) -> String {
    format!("{ret:?} is no `ret` of `{}`", line.ev)
}
