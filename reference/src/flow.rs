//! What an accepted write answers.

/// Whether the producer may go on: the answer of an accepted [`Writer::write`](crate::Writer::write).
///
/// The chunk was accepted in both cases. After [`Flow::Pause`] a polite producer waits for
/// [`drained()`](crate::Writer::drained) before it writes again; one that does not is refused with
/// [`WriteError::Full`](crate::WriteError::Full) once the capacity is reached.
///
/// Ignoring the answer is a compiler warning, also behind `?`, and an error where warnings are denied:
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
/// writer.write("a line\n")?; // error: unused `Flow` that must be used
/// # Ok(())
/// # }
/// ```
///
/// # Examples
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut writer = highwater::Writer::builder().spawn(Vec::new())?;
/// if writer.write("a line\n")?.is_pause() {
///     writer.drained().wait()?;
/// }
/// assert_eq!(writer.finish().wait()?, b"a line\n");
/// # Ok(())
/// # }
/// ```
#[must_use = "a producer that ignores `Pause` fills the buffer: wait for `drained()` when `is_pause()`"]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// Accepted, and there is room: go on.
    Continue,
    /// Accepted, and a drain is owed: wait for it before writing again.
    Pause,
}

impl Flow {
    /// Whether this is [`Flow::Continue`].
    ///
    /// # Examples
    /// ```
    /// assert!(highwater::Flow::Continue.is_continue());
    /// ```
    #[must_use]
    pub const fn is_continue(self) -> bool {
        matches!(self, Self::Continue)
    }

    /// Whether this is [`Flow::Pause`].
    ///
    /// # Examples
    /// ```
    /// assert!(highwater::Flow::Pause.is_pause());
    /// ```
    #[must_use]
    pub const fn is_pause(self) -> bool {
        matches!(self, Self::Pause)
    }
}
