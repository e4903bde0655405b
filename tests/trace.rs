//! Traces of our own writer, recorded by its feature `trace` and judged as `highwater trace` judges a file.
//!
//! | variable | means |
//! |---|---|
//! | `HIGHWATER_WRITES` | how many writes the long run has, 50,000 by default |

#[path = "trace/long.rs"]
mod long;
#[path = "trace/ways.rs"]
mod ways;
#[path = "trace/wrong.rs"]
mod wrong;
