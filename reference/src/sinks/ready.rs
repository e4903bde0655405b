//! A descriptor that may be set not to block.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

/// How long one call may wait: so long it takes at most until a destroy is noticed.
const WAIT_MAX: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// How long to leave a descriptor alone that says it can be written, and cannot.
const PAUSE: Duration = Duration::from_millis(1);

/// A sink whose descriptor may not block: where a call would block, it waits until the descriptor can be written, asleep, and then writes.
///
/// Whether a descriptor blocks is no property of a process: who shares it, as a shell and the programs it starts share a terminal, can change it for all of them. So the output of a
/// process should always be written in this way. [`Builder::retry_would_block`](crate::Builder::retry_would_block) is not needed for it. Of a stream that is destroyed meanwhile, the sink comes back within 50 ms.
///
/// Available on Unix, with the feature `ready`.
///
/// # Examples
/// ```
/// use highwater::sinks::Ready;
/// use std::io::{self, Write};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(Ready::new(io::stdout()))?;
/// writeln!(writer.blocking(), "written, whatever else writes to this terminal")?;
/// writer.finish().wait()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Ready<W>(W);

impl<W: Write + AsFd> Ready<W> {
    /// In front of anything with a descriptor: an output of this process, a pipe, a socket, a terminal.
    pub fn new(sink: W) -> Self {
        Self(sink)
    }

    /// What it stands in front of.
    pub fn get_ref(&self) -> &W {
        &self.0
    }

    /// What it stands in front of, for a final step.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.0
    }

    /// What it stood in front of.
    pub fn into_inner(self) -> W {
        self.0
    }

    /// Makes the call, and once more if the descriptor can be written by then. `Interrupted`, after which it is to be made again, if it cannot.
    fn call<R>(&mut self, mut call: impl FnMut(&mut W) -> io::Result<R>) -> io::Result<R> {
        match call(&mut self.0) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            answer => return answer,
        }
        let mut waits_for = [PollFd::new(&self.0, PollFlags::OUT)];
        if poll(&mut waits_for, Some(&WAIT_MAX))? == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        // An error of the descriptor ends the wait too, and is what the call answers then.
        match call(&mut self.0) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(PAUSE); // a device that cannot be waited for says that it is ready
                Err(ErrorKind::Interrupted.into())
            }
            answer => answer,
        }
    }
}

/// `Interrupted` says that it waited in vain for as long as a call may, and is to be called again, as every writer does that is one.
impl<W: Write + AsFd> Write for Ready<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.call(|sink| sink.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.call(W::flush)
    }
}
