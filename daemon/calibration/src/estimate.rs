//! The share of right words over all items, from those a human saw and how these were drawn.
//!
//! Each item counts for as many as it stands for: what was asked anyway for itself, an audited
//! one for the reciprocal of its chance (Horvitz and Thompson), divided by the sum of the weights
//! (J. Hájek). It does not know items that had no chance at all; they must not be handed in.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::observation::Share;
use crate::tally::FEWEST;
use crate::{Interval, Tally};

/// What weighing gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// Estimated share of right words, 0 to 1.
    pub share: f64,
    pub interval: Interval,
    /// As many items, drawn evenly, would say as much.
    pub effective: f64,
}

impl Estimate {
    /// From the items asked anyway in runs with an audit, and the audited ones by the share that
    /// was drawn. None with fewer than [`FEWEST`] audited ones.
    ///
    /// The interval is that of Clopper and Pearson at an effective sample size, as E. L. Korn and
    /// B. I. Graubard proposed (Survey Methodology 24, 1998). The size is the smaller of two:
    /// L. Kish's `(Σw)² / Σw²` (Survey Sampling, 1965), and the one that the linearised variance
    /// `Σw²(y − p)² / (Σw)²` implies. Either alone is too bold somewhere: Kish's when audited
    /// items vary more than asked ones, the variance when it was seen in few items only.
    /// `tests/figures/weighing.rs` has the coverage of all three.
    pub fn weigh(asked: Tally, audited: &BTreeMap<Share, Tally>) -> Option<Self> {
        if audited.values().copied().sum::<Tally>().of() < FEWEST {
            return None;
        }
        let sums = Sums::of(asked, audited);
        let share = sums.hits / (sums.hits + sums.misses);
        let effective = sums.kish().min(sums.linearised(share));
        Some(Self {
            share,
            interval: Interval::clopper_pearson(share * effective, (1.0 - share) * effective),
            effective,
        })
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "≈ {:.0} %, {}", 100.0 * self.share, self.interval)
    }
}

/// Sums of weights over hits and misses, and of their squares.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    hits: f64,
    misses: f64,
    hits_squared: f64,
    misses_squared: f64,
}

impl Sums {
    fn of(asked: Tally, audited: &BTreeMap<Share, Tally>) -> Self {
        let mut sums = Self::default();
        sums.add(1.0, asked);
        for (share, tally) in audited {
            sums.add(share.weight(), *tally);
        }
        sums
    }

    fn add(&mut self, weight: f64, tally: Tally) {
        let (hits, misses) = (tally.hits as f64, tally.misses as f64);
        self.hits += weight * hits;
        self.misses += weight * misses;
        self.hits_squared += weight * weight * hits;
        self.misses_squared += weight * weight * misses;
    }

    fn total(&self) -> f64 {
        self.hits + self.misses
    }

    fn kish(&self) -> f64 {
        self.total().powi(2) / (self.hits_squared + self.misses_squared)
    }

    /// The size at which evenly drawn items have the variance seen here. Infinite when all were
    /// right or all wrong: no variance was seen.
    fn linearised(&self, share: f64) -> f64 {
        let wrong = 1.0 - share;
        let variance = (wrong.powi(2) * self.hits_squared + share.powi(2) * self.misses_squared)
            / self.total().powi(2);
        if variance > 0.0 {
            share * wrong / variance
        } else {
            f64::INFINITY
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(hits: u64, misses: u64) -> Tally {
        Tally { hits, misses }
    }

    fn audited(permille: u16, tally: Tally) -> BTreeMap<Share, Tally> {
        BTreeMap::from([(Share::of_permille(permille).unwrap(), tally)])
    }

    #[test]
    fn an_audited_item_counts_for_those_it_stands_for() {
        // 12 of 20 asked, 9 of 10 audited that stand for 100: 102 of 120.
        let found = Estimate::weigh(tally(12, 8), &audited(100, tally(9, 1))).unwrap();
        assert!((found.share - 0.85).abs() < 1e-12, "{found:?}");
        assert!(found.interval.covers(0.85));
        // (Σw)² / Σw² = 120² / (20 + 1000).
        assert!(
            (found.effective - 14_400.0 / 1020.0).abs() < 1e-9,
            "{found:?}"
        );
        assert_eq!(found.to_string(), "≈ 85 %, 57–98 %");
    }

    #[test]
    fn fewer_than_five_audited_say_nothing_about_the_rest() {
        let asked = tally(5_000, 5_000);
        assert_eq!(Estimate::weigh(asked, &BTreeMap::new()), None);
        assert_eq!(Estimate::weigh(asked, &audited(100, tally(4, 0))), None);
        assert!(Estimate::weigh(asked, &audited(100, tally(5, 0))).is_some());
    }

    #[test]
    fn shares_that_changed_over_time_are_each_weighed_by_their_own() {
        let both = BTreeMap::from([
            (Share::of_permille(100).unwrap(), tally(8, 2)),
            (Share::of_permille(500).unwrap(), tally(5, 5)),
        ]);
        // 80 of 100, and 10 of 20.
        let found = Estimate::weigh(Tally::default(), &both).unwrap();
        assert!((found.share - 0.75).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn where_audited_items_vary_more_the_interval_is_wider_than_kish_has_it() {
        let found = Estimate::weigh(tally(900, 0), &audited(100, tally(45, 45))).unwrap();
        let kish = 1800.0_f64.powi(2) / (900.0 + 9000.0);
        assert!(found.effective < 0.7 * kish, "{found:?} against {kish}");
    }

    #[test]
    fn all_right_is_not_certainty() {
        let found = Estimate::weigh(tally(90, 0), &audited(100, tally(5, 0))).unwrap();
        assert!(found.share >= 1.0 && found.interval.low < 0.9, "{found:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// An audit of everything is a census: weights of one, and the plain interval.
        #[test]
        fn an_audit_of_everything_gives_the_plain_count(
            right in 0_u64..200, wrong in 0_u64..200, more in 5_u64..200, less in 0_u64..200,
        ) {
            let found = Estimate::weigh(tally(right, wrong), &audited(1000, tally(more, less)));
            let (found, plain) = (found.unwrap(), tally(right + more, wrong + less));
            prop_assert!((found.effective - plain.of() as f64).abs() < 1e-6);
            let interval = plain.interval().unwrap();
            prop_assert!((found.interval.low - interval.low).abs() < 1e-9);
            prop_assert!((found.interval.high - interval.high).abs() < 1e-9);
        }

        #[test]
        fn it_lies_within_0_and_1_and_never_claims_more_than_was_seen(
            right in 0_u64..1000, wrong in 0_u64..1000,
            more in 5_u64..1000, less in 0_u64..1000, permille in 1_u16..=1000,
        ) {
            let seen = (right + wrong + more + less) as f64;
            let found = Estimate::weigh(tally(right, wrong), &audited(permille, tally(more, less)));
            let found = found.unwrap();
            prop_assert!((0.0..=1.0).contains(&found.share));
            prop_assert!(found.interval.covers(found.share), "{:?}", found);
            prop_assert!(found.effective > 0.0 && found.effective <= seen + 1e-6, "{:?}", found);
        }
    }
}
