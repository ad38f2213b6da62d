//! So many of so many, and how to say it.
//!
//! Nothing is claimed of fewer than [`FEWEST`]. What a hit is, the counter knows.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

use crate::Interval;

/// Below this, a count is shown and nothing is concluded from it (2-gates, "Weights and
/// calibration").
pub const FEWEST: u64 = 5;

#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Tally {
    pub hits: u64,
    pub misses: u64,
}

impl Tally {
    pub const HIT: Self = Self { hits: 1, misses: 0 };
    pub const MISS: Self = Self { hits: 0, misses: 1 };

    /// All that were counted.
    pub fn of(self) -> u64 {
        self.hits.saturating_add(self.misses)
    }

    /// Where the true share lies, at [`crate::interval::LEVEL`]; none when too few were counted.
    pub fn interval(self) -> Option<Interval> {
        let enough = self.of() >= FEWEST;
        enough.then(|| Interval::clopper_pearson(self.hits as f64, self.misses as f64))
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            hits: self.hits.saturating_add(other.hits),
            misses: self.misses.saturating_add(other.misses),
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interval() {
            Some(interval) => write!(f, "{}/{}, {interval}", self.hits, self.of()),
            None => write!(f, "{}/{}, too few", self.hits, self.of()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_reads_as_the_design_writes_it() {
        let said = |hits, misses| Tally { hits, misses }.to_string();
        assert_eq!(said(8, 2), "8/10, 44–97 %");
        assert_eq!(said(5, 0), "5/5, 48–100 %");
        assert_eq!(said(0, 5), "0/5, 0–52 %");
        assert_eq!(said(4, 0), "4/4, too few");
        assert_eq!(said(0, 0), "0/0, too few");
    }

    #[test]
    fn nothing_is_concluded_from_fewer_than_five() {
        for hits in 0..FEWEST {
            assert_eq!(
                Tally {
                    hits,
                    misses: FEWEST - 1 - hits
                }
                .interval(),
                None
            );
            assert!(
                Tally {
                    hits,
                    misses: FEWEST - hits
                }
                .interval()
                .is_some()
            );
        }
    }

    #[test]
    fn counts_add_up_and_stay_when_they_are_full() {
        let all: Tally = [Tally::HIT, Tally::MISS, Tally::HIT].into_iter().sum();
        assert_eq!((all.hits, all.of()), (2, 3));
        let (hits, misses) = (u64::MAX, u64::MAX);
        let full = Tally { hits, misses } + Tally::HIT;
        assert_eq!((full.hits, full.of()), (u64::MAX, u64::MAX));
        assert!(full.interval().unwrap().covers(0.5));
    }
}
