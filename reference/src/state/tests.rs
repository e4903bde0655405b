//! The bookkeeping alone, one clause a test.

use super::*;

fn state(high: usize, low: usize, capacity: usize) -> State {
    State::new(Params { high, low, capacity, retry_would_block: false })
}

#[test]
fn w_03_pause_exactly_at_the_mark() {
    let mut state = state(4, 3, 8);
    assert_eq!(state.write(3), Ok(Flow::Continue));
    assert_eq!(state.write(1), Ok(Flow::Pause));
}
