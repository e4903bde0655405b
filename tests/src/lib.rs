//! Bridges.
