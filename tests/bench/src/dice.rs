//! Chance that is the same at each run: splitmix64.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of numbers that look drawn and follow from the seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The numbers that follow from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Numbers that no other call gives, in this run or another: for keys that must be fresh.
    pub(crate) fn fresh() -> Self {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let moment = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Self(
            (moment << 24)
                .wrapping_add(CALLS.fetch_add(1, Ordering::Relaxed))
                .wrapping_mul(0xd134_2543_de82_ef95),
        )
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but not including `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}
