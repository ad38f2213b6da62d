//! Random numbers that can be had again: every test that draws some prints its seed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Splitmix64: small, and good enough to choose moments by.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// From `SYNOD_SEED`, or from the clock. Says which.
    pub fn seeded(test: &str) -> Self {
        let given = std::env::var("SYNOD_SEED").ok();
        let seed = given.map_or_else(from_the_clock, |text| {
            text.parse().expect("SYNOD_SEED is a number")
        });
        eprintln!("{test}: SYNOD_SEED={seed}");
        Self(seed)
    }

    /// Another one that follows from this one, for another thread.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A moment to act at: nothing is waited for.
    pub fn pass_up_to(&mut self, ms: u64) {
        std::thread::sleep(Duration::from_micros(self.below(ms * 1000 + 1)));
    }
}

fn from_the_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_nanos() as u64 % 1_000_000_000
}
