//! A sum over bytes that can be put together from the sums of its parts: whoever knows the sums and lengths of `a` and `b` knows that of `a` and `b` in
//! one piece. So a reader of the trace can compare what was written, chunk by chunk, with what the sink was offered, however that is cut.
//!
//! The bytes, each plus 1, are the digits of a number in base [`BASE`], modulo 2^61 - 1.

const PRIME: u64 = (1 << 61) - 1;
/// Any number of high order; the reader uses the same.
const BASE: u64 = 0x0a57_91d3_4c8e_62b5;
/// `POWERS[i]` is the base to the power of `i`.
const POWERS: [u64; 9] = powers();

const fn powers() -> [u64; 9] {
    let mut powers = [1; 9];
    let mut at = 1;
    while at < 9 {
        powers[at] = reduce(powers[at - 1] as u128 * BASE as u128);
        at += 1;
    }
    powers
}

/// `number`, which must be below 2^124, modulo the prime.
#[allow(clippy::cast_possible_truncation)] // the parts are below 2^64
const fn reduce(number: u128) -> u64 {
    let sum = (number as u64 & PRIME) + (number >> 61) as u64;
    let sum = (sum & PRIME) + (sum >> 61);
    if sum >= PRIME { sum - PRIME } else { sum }
}

pub(super) fn sum(bytes: &[u8]) -> u64 {
    let mut sum = 0;
    let mut pieces = bytes.chunks_exact(8);
    for piece in &mut pieces {
        let digits = piece.iter().zip(POWERS[..8].iter().rev());
        let digits = digits.map(|(byte, power)| u128::from(*power) * (u128::from(*byte) + 1)).sum::<u128>();
        sum = reduce(u128::from(sum) * u128::from(POWERS[8]) + digits);
    }
    for byte in pieces.remainder() {
        sum = reduce(u128::from(sum) * u128::from(BASE) + u128::from(*byte) + 1);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digit_by_digit(bytes: &[u8]) -> u64 {
        let add = |sum: u64, byte: &u8| {
            let sum = u128::from(sum) * u128::from(BASE) + u128::from(*byte) + 1;
            u64::try_from(sum % u128::from(PRIME)).expect("below the prime")
        };
        bytes.iter().fold(0, add)
    }

    #[test]
    fn a_sum_is_that_of_its_digits() {
        let bytes: Vec<u8> = (0..100_u8).map(|i| i.wrapping_mul(37)).collect();
        for len in 0..bytes.len() {
            assert_eq!(sum(&bytes[..len]), digit_by_digit(&bytes[..len]), "{len} bytes");
        }
        assert_ne!(sum(b"\0"), sum(b"\0\0"));
        assert_eq!(sum(b"highwater"), 186_283_082_917_548_529); // as in the reader's test
    }
}
