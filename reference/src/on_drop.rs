//! The drop policy.

/// What becomes of the stream when its last owner is dropped without `finish` or `destroy`.
///
/// - The owners are the [`Writer`](crate::Writer), or every clone of a [`SharedWriter`](crate::SharedWriter), **those inside the stream's own observer or sink included**:
///   while such a clone is held the stream stays, and no policy applies. A [`WeakSharedWriter`](crate::WeakSharedWriter) there does not.
/// - A [`Finish`](crate::Finish) that is dropped detaches, whatever the policy: `drop(writer)` waits with [`OnDrop::Finish`], `drop(writer.finish())` does not.
/// - A drop returns no error. If the sink fails, or with [`OnDrop::Discard`], what was lost and why is told to [`Observer::lost`](crate::Observer::lost) and, without an
///   observer, to nobody: call [`Writer::finish`](crate::Writer::finish) where that matters.
/// - A stream that a task drives, as of `Builder::drive`, is never waited for in a drop: there [`OnDrop::Finish`] is [`OnDrop::Detach`].
///
/// # Examples
/// ```
/// use highwater::{OnDrop, Writer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// assert_eq!(OnDrop::default(), OnDrop::Finish);
/// let path = std::env::temp_dir().join(format!("highwater-on-drop-{}", std::process::id()));
/// let mut writer = Writer::builder().spawn(std::fs::File::create(&path)?)?;
/// let _ = writer.write("nothing is lost")?;
/// drop(writer); // waits
/// assert_eq!(std::fs::read(&path)?, b"nothing is lost");
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnDrop {
    /// End the stream and block until it is closed and its thread has ended: nothing is lost unless the sink fails. The default.
    /// It blocks for as long as the sink does. On the drain thread itself, as `Detach`.
    #[default]
    Finish,
    /// End the stream and do not wait: the drain thread goes on by itself. What the sink has not taken when the process exits is lost.
    Detach,
    /// Destroy the stream and do not wait: what the sink has not taken is lost.
    Discard,
}
