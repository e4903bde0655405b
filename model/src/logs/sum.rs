//! The sums over bytes that a trace holds, put together: the sum of two pieces in one is known from theirs.
//!
//! The bytes, each plus 1, are the digits of a number in base [`BASE`], modulo 2^61 - 1. Written here a second time, from `docs/TRACE.md`.

const PRIME: u128 = (1 << 61) - 1;
const BASE: u64 = 0x0a57_91d3_4c8e_62b5;

/// The sum over some bytes, and how many they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) value: u64,
    pub(super) len: usize,
}

impl Sum {
    /// The sum of these bytes and those of `next` behind them.
    pub(super) fn then(self, next: Self) -> Self {
        let moved = times(self.value, power(next.len));
        let value = (u128::from(moved) + u128::from(next.value)) % PRIME;
        Self { value: u64::try_from(value).unwrap_or_default(), len: self.len + next.len }
    }
}

fn times(a: u64, b: u64) -> u64 {
    u64::try_from(u128::from(a) * u128::from(b) % PRIME).unwrap_or_default()
}

/// The base to the power of `exponent`.
fn power(mut exponent: usize) -> u64 {
    let (mut power, mut square) = (1, BASE);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = times(power, square);
        }
        square = times(square, square);
        exponent /= 2;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(bytes: &[u8]) -> Sum {
        let digit = |byte: &u8| Sum { value: u64::from(*byte) + 1, len: 1 };
        bytes.iter().fold(Sum::default(), |sum, byte| sum.then(digit(byte)))
    }

    #[test]
    fn the_sum_of_two_pieces_is_known_from_theirs() {
        let bytes = b"whatever is written, and however it is cut";
        for at in 0..=bytes.len() {
            let (a, b) = bytes.split_at(at);
            assert_eq!(sum(a).then(sum(b)), sum(bytes));
        }
        assert_ne!(sum(b"ab"), sum(b"ba"));
        assert_eq!(sum(b"highwater").value, 186_283_082_917_548_529); // as in the writer's test
    }
}
