//! Environment variables that change what a test does.

/// The number that a variable holds, if it is set.
///
/// # Panics
/// If it holds something else: a test that was asked for something must not do something else.
#[must_use]
pub fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not {text:?}")))
}
