//! What a test's sink does with the answer it was told to give.

use highwater_model::contract::SinkAnswer;
use std::io;

/// What a panicking sink says.
pub const PANIC_MESSAGE: &str = "the sink panicked as it was told to";

/// Gives `answer` as a sink's write or flush would; a flush ignores the count.
///
/// # Errors
/// As the answer says.
///
/// # Panics
/// If the answer is to panic. The panic hook is not called: it would fill the test's output.
pub fn give(answer: SinkAnswer) -> io::Result<usize> {
    match answer {
        SinkAnswer::Took(len) => Ok(len),
        SinkAnswer::Flushed => Ok(0),
        SinkAnswer::Interrupted => Err(io::ErrorKind::Interrupted.into()),
        SinkAnswer::WouldBlock => Err(io::ErrorKind::WouldBlock.into()),
        SinkAnswer::Failed => Err(io::Error::other("the sink failed as it was told to")),
        SinkAnswer::Panicked => std::panic::resume_unwind(Box::new(PANIC_MESSAGE)),
    }
}
