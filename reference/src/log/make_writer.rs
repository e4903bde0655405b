//! The feature `tracing-subscriber`.

use super::{LogEvent, LogWriter};
use tracing_subscriber::fmt::MakeWriter;

/// With the feature `tracing-subscriber`.
///
/// # Examples
/// ```
/// use highwater::{OnFull, Writer};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (log, guard) = Writer::builder().spawn(Vec::new())?.into_shared().into_log(OnFull::DropAndReport);
/// let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log).finish();
/// tracing::subscriber::set_global_default(subscriber)?;
///
/// tracing::info!(port = 8080, "listening");
///
/// assert!(String::from_utf8(guard.finish()?)?.ends_with("listening port=8080\n"));
/// # Ok(())
/// # }
/// ```
impl<'a, W: Send + 'static> MakeWriter<'a> for LogWriter<W> {
    type Writer = LogEvent<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        self.event()
    }
}
