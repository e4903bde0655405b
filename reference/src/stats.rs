//! Counters of one stream.

/// What one stream has done so far. A snapshot: the drain thread goes on while you look at it.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(std::io::sink())?;
/// let _ = writer.write("12345")?;
/// writer.flush().wait()?;
/// let stats = writer.stats();
/// assert_eq!((stats.accepted, stats.taken, stats.buffered), (5, 5, 0));
/// assert_eq!((stats.buffered_max, stats.sink_flushes), (5, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Bytes accepted and not taken by the sink. After an error or a destroy this stays at the number of bytes handed back.
    pub buffered: usize,
    /// The largest `buffered` there ever was, in bytes.
    pub buffered_max: usize,
    /// Bytes accepted.
    pub accepted: u64,
    /// Bytes the sink has taken.
    pub taken: u64,
    /// Writes answered [`Flow::Pause`](crate::Flow::Pause).
    pub pauses: u64,
    /// Writes refused with [`WriteError::Full`](crate::WriteError::Full).
    pub refusals: u64,
    /// Drains emitted.
    pub drains: u64,
    /// Calls begun of the sink's `write`, the interrupted ones included.
    pub sink_writes: u64,
    /// Calls begun of the sink's `flush`, the interrupted ones included.
    pub sink_flushes: u64,
}
