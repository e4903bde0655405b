//! What an error must say.

use highwater::{SinkCall, SinkError, SinkErrorKind, WaitError, WriteError, Writer};
use std::io::{self, ErrorKind};

/// What a failure of the sink must be told as, to everyone.
pub(crate) struct Cause {
    pub(crate) kind: SinkErrorKind,
    pub(crate) call: SinkCall,
    pub(crate) io_kind: ErrorKind,
    /// The number of the system's error, where it is one.
    pub(crate) os: Option<i32>,
    pub(crate) text: String,
}

impl Cause {
    /// The sink's write answered with an error of this kind.
    pub(crate) fn write(io_kind: ErrorKind, text: &str) -> Self {
        let text = format!("the sink's write failed: {text}");
        Self { kind: SinkErrorKind::Failed, call: SinkCall::Write, io_kind, os: None, text }
    }

    /// The sink's write answered with this error of the system.
    pub(crate) fn os(number: i32, text: &str) -> Self {
        let io_kind = io::Error::from_raw_os_error(number).kind();
        Self { os: Some(number), ..Self::write(io_kind, &format!("{text} (os error {number})")) }
    }

    /// Fails unless `error` says all of this.
    pub(crate) fn is_told_by(&self, error: &SinkError) {
        assert_eq!((error.kind(), error.call()), (self.kind, self.call), "{error}");
        assert_eq!(error.io_error().kind(), self.io_kind, "{error}");
        if let Some(number) = self.os {
            assert_eq!(error.io_error().raw_os_error(), Some(number), "{error}");
        }
        assert_eq!(error.to_string(), self.text);
        let outside: io::Error = error.clone().into();
        assert_eq!((outside.kind(), outside.to_string()), (self.io_kind, self.text.clone()));
    }
}

/// Waits until the failed stream is closed. Everyone who asks then is given the same failure; each with the text that helps.
pub(crate) fn everyone_is_told<W: Send + 'static>(writer: &mut Writer<W>, cause: &Cause) -> SinkError {
    let error = match writer.closed().wait() {
        Err(WaitError::Errored(error)) => error,
        other => panic!("a stream whose sink failed is closed with {other:?}"),
    };
    cause.is_told_by(&error);
    for _ in 0..2 {
        assert_eq!(writer.write("late"), Err(WriteError::Errored(error.clone())), "W-10: each time");
        assert_eq!(writer.drained().wait(), Err(WaitError::Errored(error.clone())));
        assert_eq!(writer.flush().wait(), Err(WaitError::Errored(error.clone())));
    }
    let refused = WriteError::Errored(error.clone());
    let help = "get the sink and the untaken bytes back with `finish` or `recover`";
    assert_eq!(refused.to_string(), format!("{}; {help}", cause.text));
    assert_eq!(io::Error::from(refused).kind(), cause.io_kind);
    error
}
