//! Random numbers that need not be secret.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A random number: the keys of the standard library's hash tables are random.
pub(crate) fn random() -> u32 {
    let number = RandomState::new().build_hasher().finish();
    u32::try_from(number >> 32).expect("32 bits")
}

/// A random number from 0 to 1.
pub(crate) fn random_fraction() -> f64 {
    f64::from(random()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_spread_evenly() {
        let mut tenths = [0_u32; 10];
        for _ in 0..10_000 {
            let number = (u64::from(random()) * 10) >> 32;
            tenths[usize::try_from(number).unwrap()] += 1;
        }
        // Each has 1,000 give or take 30 (one standard deviation).
        assert!(random_fraction() <= 1.0 && tenths.iter().all(|tenth| (800..1200).contains(tenth)), "{tenths:?}");
    }
}
