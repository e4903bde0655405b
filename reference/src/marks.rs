//! The three marks of a stream, from those that a builder was given. Pure.

use crate::spawn_error::SpawnErrorReason;

/// The high-water mark where nothing asks for another, in bytes.
const HIGH_WATER_MARK: usize = 256 * 1024;

/// The high-water mark, the low-water mark and the capacity. What was not given follows what was, and is never why a stream is refused.
pub(crate) fn resolve(
    high: Option<usize>,
    low: Option<usize>,
    capacity: Option<usize>,
) -> Result<(usize, usize, usize), SpawnErrorReason> {
    match (high, low, capacity) {
        (Some(0), ..) => Err(SpawnErrorReason::ZeroMark),
        (None, _, Some(0)) => Err(SpawnErrorReason::ZeroCapacity),
        (Some(high), Some(low), _) if low >= high => Err(SpawnErrorReason::LowNotBelowHigh { low, high }),
        (Some(high), _, Some(capacity)) if capacity < high => {
            Err(SpawnErrorReason::CapacityBelowMark { capacity, high })
        }
        (None, Some(low), _) if low >= capacity.unwrap_or(usize::MAX) => {
            Err(SpawnErrorReason::LowNotBelowCapacity { low, capacity: capacity.unwrap_or(usize::MAX) })
        }
        _ => {
            let high = high.unwrap_or_else(|| {
                // Half, so that the rest is room for a chunk that is written just below the mark: who heeds `Pause` is not refused then.
                let within = capacity.map_or(HIGH_WATER_MARK, |capacity| capacity.div_ceil(2));
                HIGH_WATER_MARK.min(within).max(low.map_or(0, |low| low + 1))
            });
            Ok((high, low.unwrap_or(high - 1), capacity.unwrap_or(high.saturating_mul(2))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: usize = 1024;
    const SIZES: [usize; 10] =
        [0, 1, 2, 3, 100, 256 * KIB, 300 * KIB, 1024 * KIB, usize::MAX - 1, usize::MAX];

    fn given_or_not() -> impl Iterator<Item = Option<usize>> {
        SIZES.into_iter().map(Some).chain([None])
    }

    #[test]
    fn what_was_not_given_follows_what_was() {
        let cases = [
            ((None, None, None), (256 * KIB, 256 * KIB - 1, 512 * KIB)),
            ((None, None, Some(64 * KIB)), (32 * KIB, 32 * KIB - 1, 64 * KIB)),
            ((None, None, Some(300 * KIB)), (150 * KIB, 150 * KIB - 1, 300 * KIB)),
            ((None, None, Some(usize::MAX)), (256 * KIB, 256 * KIB - 1, usize::MAX)),
            ((None, None, Some(1)), (1, 0, 1)),
            ((None, None, Some(3)), (2, 1, 3)),
            ((None, Some(0), None), (256 * KIB, 0, 512 * KIB)),
            ((None, Some(300 * KIB), None), (300 * KIB + 1, 300 * KIB, 600 * KIB + 2)),
            ((None, Some(60), Some(100)), (61, 60, 100)),
            ((Some(4), None, None), (4, 3, 8)),
            ((Some(4), None, Some(4)), (4, 3, 4)),
            ((Some(usize::MAX), None, None), (usize::MAX, usize::MAX - 1, usize::MAX)),
        ];
        for (given, expected) in cases {
            let (high, low, capacity) = given;
            assert_eq!(resolve(high, low, capacity).ok(), Some(expected), "{given:?}");
        }
    }

    /// Whatever is given is taken as it is, and refused only if no choice of the others would be in range.
    #[test]
    fn only_what_was_given_can_be_a_contradiction() {
        let fits = |high: usize, low: usize, capacity: usize| low < high && high <= capacity;
        for high in given_or_not() {
            for (low, capacity) in given_or_not().flat_map(|low| given_or_not().map(move |c| (low, c))) {
                let top = capacity.unwrap_or(usize::MAX);
                let any = fits(high.unwrap_or(top), low.unwrap_or(0), top);
                let given = (high, low, capacity);
                match resolve(high, low, capacity) {
                    Ok((h, l, c)) => {
                        assert!(fits(h, l, c), "{given:?} came to {h}, {l}, {c}");
                        let kept = (high.unwrap_or(h), low.unwrap_or(l), capacity.unwrap_or(c));
                        assert_eq!(kept, (h, l, c), "{given:?}");
                    }
                    Err(reason) => assert!(!any, "{given:?} was refused: {reason}"),
                }
            }
        }
    }
}
