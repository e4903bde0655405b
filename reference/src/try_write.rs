//! Sinks that can say "not now".

use std::io;

/// A sink that can be written without blocking, whether or not its descriptor is set to block: for [`Builder::spawn_direct`](crate::Builder::spawn_direct).
///
/// On Linux, with the feature `ring`, it is implemented for pipes, sockets, the input of child processes, and files, by a write that the system is told not to block in
/// (`RWF_NOWAIT`). A `File` may be a pipe or a device; a regular file answers `Unsupported`. The descriptor's own flags, which other processes may share, are neither needed nor changed.
///
/// # Examples
/// ```
/// # #[cfg(all(target_os = "linux", feature = "ring"))]
/// # fn main() -> std::io::Result<()> {
/// use highwater::TryWrite;
/// let (_reader, mut pipe) = std::io::pipe()?; // which would block
/// let mut taken = 0;
/// let error = loop {
///     match pipe.try_write(&[b'.'; 4096]) {
///         Ok(len) => taken += len,
///         Err(error) => break error,
///     }
/// };
/// assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
/// assert!(taken >= 4096);
/// # Ok(())
/// # }
/// # #[cfg(not(all(target_os = "linux", feature = "ring")))]
/// # fn main() {}
/// ```
pub trait TryWrite: io::Write {
    /// Writes some of `bytes`, which are not empty, and returns how many, as [`write`](io::Write::write) does; but at once. It is called on the
    /// producer's thread, so it must not touch the stream that it is the sink of.
    ///
    /// # Errors
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) when it can take no byte now, which fails nothing: the drain thread will write it, and may block.
    /// [`Unsupported`](io::ErrorKind::Unsupported) when it never can, which also fails nothing: it is not asked again. Any other error as of `write`.
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize>;
}

// Without the ring, rustix is no dependency either.
#[cfg(all(target_os = "linux", feature = "ring", not(highwater_loom)))]
mod linux {
    use super::TryWrite;
    use rustix::io::{Errno, ReadWriteFlags, pwritev2};
    use std::fs::File;
    use std::io::{self, IoSlice};
    use std::net::TcpStream;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;
    use std::process::ChildStdin;

    /// The offset that stands for the descriptor's own position.
    const HERE: u64 = u64::MAX;

    fn write_at_once(to: &impl AsFd, bytes: &[u8]) -> io::Result<usize> {
        match pwritev2(to, &[IoSlice::new(bytes)], HERE, ReadWriteFlags::NOWAIT) {
            // A file, or a kernel too old for the flag or the call.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Err(io::ErrorKind::Unsupported.into()),
            other => Ok(other?),
        }
    }

    macro_rules! try_write {
        ($($sink:ty)*) => {$(
            impl TryWrite for $sink {
                fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                    write_at_once(self, bytes)
                }
            }
        )*};
    }

    try_write!(File io::PipeWriter ChildStdin TcpStream UnixStream);
}
