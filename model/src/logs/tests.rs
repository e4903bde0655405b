//! Small traces by hand.
