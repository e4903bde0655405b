//! A sink that can be closed while its owner still holds it.

use std::io::{self, Write};

/// A sink that closes at the end of its stream, by dropping what it holds: the input of a child process, or a pipe, whose reader then reads the end.
///
/// Without it the reader reads the end when the sink that [`Finish`](crate::Finish) hands back is dropped, which is late for who calls
/// [`end`](crate::Writer::end), keeps the `Writer` and waits for the child: both would wait for ever.
///
/// # Examples
/// ```
/// # #[cfg(unix)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use highwater::sinks::Closing;
/// use std::process::{Command, Stdio};
///
/// let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
/// let stdin = child.stdin.take().ok_or("its input is a pipe")?;
/// let mut writer = highwater::Writer::builder().spawn_with_final(Closing::new(stdin), Closing::close)?;
/// let _ = writer.write("all that it gets")?;
/// writer.end();
/// assert_eq!(child.wait_with_output()?.stdout, b"all that it gets");
/// writer.finish().wait()?;
/// # Ok(())
/// # }
/// # #[cfg(not(unix))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct Closing<W>(Option<W>);

impl<W> Closing<W> {
    /// One that is open.
    pub fn new(sink: W) -> Self {
        Self(Some(sink))
    }

    /// Drops what it holds. A second call does nothing.
    ///
    /// # Errors
    /// None: an error of the drop itself, such as that of closing a file, is one that Rust does not tell. It returns a `Result` to be a final step.
    pub fn close(&mut self) -> io::Result<()> {
        self.0 = None;
        Ok(())
    }

    /// What it holds, if it is still open.
    pub fn into_inner(self) -> Option<W> {
        self.0
    }

    fn open(&mut self) -> io::Result<&mut W> {
        let text = "the sink was closed by its final step";
        self.0.as_mut().ok_or_else(|| io::Error::new(io::ErrorKind::BrokenPipe, text))
    }
}

/// Each call fails with `BrokenPipe` once it is closed.
impl<W: Write> Write for Closing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}
