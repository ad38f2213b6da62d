//! Where a true share lies, seen from k of n: the exact interval of Clopper and Pearson.
//!
//! It does not know what was counted, nor when a count is too small to say anything ([`crate::Tally`]).

use std::fmt;

use serde::Serialize;
use statrs::function::beta::beta_reg;

/// The confidence of every interval here.
pub const LEVEL: f64 = 0.95;

/// Beyond this many, the interval is that of the same share of so many: wider than need be,
/// never narrower. The incomplete beta function we use is good to 1e-9 up to here and loses its
/// way at a hundred times as many.
const MOST: f64 = 1e6;

/// A share between 0 and 1, by its bounds. Both belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// The two-sided interval for `hits` of `hits + misses`, at [`LEVEL`]: whatever the true
    /// share is, at least that part of all samples has it inside (C. J. Clopper, E. S. Pearson:
    /// The use of confidence or fiducial limits illustrated in the case of the binomial,
    /// Biometrika 26, 1934).
    ///
    /// Counts need not be whole: an effective sample size is not ([`crate::Estimate`]). Of
    /// nothing at all the interval is everything.
    pub fn clopper_pearson(hits: f64, misses: f64) -> Self {
        let scale = (MOST / (hits + misses)).min(1.0);
        let (hits, misses) = (hits * scale, misses * scale);
        Self {
            low: lower(hits, misses),
            high: 1.0 - lower(misses, hits),
        }
    }

    pub fn covers(self, share: f64) -> bool {
        self.low <= share && share <= self.high
    }

    pub fn width(self) -> f64 {
        self.high - self.low
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}–{:.0} %", 100.0 * self.low, 100.0 * self.high)
    }
}

/// The share under which `hits` or more have a chance of just (1 − [`LEVEL`]) / 2.
///
/// That chance is the regularised incomplete beta function `I_x(hits, misses + 1)`. It rises with
/// `x`, so halving finds its root and always ends; the inverse that statrs offers does neither
/// for every argument (its issue 435).
fn lower(hits: f64, misses: f64) -> f64 {
    const TAIL: f64 = (1.0 - LEVEL) / 2.0;
    if hits <= 0.0 {
        return 0.0;
    }
    if misses <= 0.0 {
        return (TAIL.ln() / hits).exp();
    }
    // Among as many as were seen, as many hits or more are no rare event: the root lies below.
    let (mut low, mut high) = (0.0, hits / (hits + misses));
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return low;
        }
        if beta_reg(hits, misses + 1.0, middle) < TAIL {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(hits: u32, of: u32, low: f64, high: f64, within: f64) {
        let (hits, misses) = (f64::from(hits), f64::from(of - hits));
        let found = Interval::clopper_pearson(hits, misses);
        assert!(
            (found.low - low).abs() <= within && (found.high - high).abs() <= within,
            "{hits} of {of}: {found:?}, expected {low} to {high}"
        );
    }

    /// R's manual of `binom.test` (Conover's Mendelian cross), and `binom.test` for small counts.
    #[test]
    fn the_bounds_are_those_that_r_prints() {
        check(682, 925, 0.707_668_3, 0.765_406_6, 5e-8);
        check(8, 10, 0.443_904_5, 0.974_789_3, 5e-8);
        check(1, 10, 0.002_528_579, 0.445_016_117, 5e-10);
        check(5, 10, 0.187_086_0, 0.812_914_0, 5e-8);
        check(3, 20, 0.032_070_94, 0.378_926_83, 5e-9);
    }

    /// Reference: Boost's `ibeta_inv`, as `scipy.special.betaincinv` 1.17.1 gives it.
    #[test]
    fn the_bounds_hold_to_nine_digits_up_to_a_million() {
        check(
            7_000,
            10_000,
            0.690_911_003_024_000,
            0.708_972_388_690_106,
            1e-9,
        );
        check(
            70_000,
            100_000,
            0.697_148_971_318_926,
            0.702_839_424_599_435,
            1e-9,
        );
        check(
            500_000,
            1_000_000,
            0.499_019_519_195_312,
            0.500_980_480_804_688,
            1e-9,
        );
        check(
            700_000,
            1_000_000,
            0.699_100_753_357_746,
            0.700_898_088_066_418,
            1e-9,
        );
        check(
            999_000,
            1_000_000,
            0.998_936_081_892_681,
            0.999_060_998_792_050,
            1e-9,
        );
        check(
            100,
            1_000_000,
            8.136_470_874_160e-5,
            1.216_254_785_712e-4,
            1e-9,
        );
        check(
            1,
            1_000_000,
            2.531_780_766_379e-8,
            5.571_630_655_167e-6,
            1e-13,
        );
    }

    #[test]
    fn none_and_all_have_the_closed_form() {
        for of in [1, 5, 10, 50, 1_000, 1_000_000] {
            let far = 0.025_f64.powf(1.0 / f64::from(of));
            check(0, of, 0.0, 1.0 - far, 1e-15);
            check(of, of, far, 1.0, 1e-15);
        }
    }

    #[test]
    fn of_nothing_everything_is_possible() {
        let (low, high) = (0.0, 1.0);
        assert_eq!(Interval::clopper_pearson(0.0, 0.0), Interval { low, high });
    }

    #[test]
    fn beyond_a_million_it_is_not_narrower_than_it_should_be() {
        let million = Interval::clopper_pearson(7e5, 3e5);
        assert_eq!(Interval::clopper_pearson(7e12, 3e12), million);
        let most = u64::MAX as f64;
        let all = Interval::clopper_pearson(most, 0.0);
        assert!(all.low > 0.999_996 && all.high >= 1.0, "{all:?}");
    }

    #[test]
    fn it_reads_in_whole_percent() {
        assert_eq!(Interval::clopper_pearson(8.0, 2.0).to_string(), "44–97 %");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_lies_within_0_and_1_around_the_share(of in 1_u32..20_000, part in 0.0_f64..=1.0) {
            let hits = (f64::from(of) * part).round();
            let misses = f64::from(of) - hits;
            let found = Interval::clopper_pearson(hits, misses);
            prop_assert!(0.0 <= found.low && found.high <= 1.0, "{:?}", found);
            prop_assert!(found.covers(hits / f64::from(of)), "{:?}", found);
            // Nothing is said of misses that is not said of hits.
            let mirrored = Interval::clopper_pearson(misses, hits);
            prop_assert!((mirrored.low - (1.0 - found.high)).abs() < 1e-12);
        }

        #[test]
        fn one_hit_more_moves_both_bounds_up(of in 1_u32..5_000, part in 0.0_f64..1.0) {
            let hits = (f64::from(of) * part).floor();
            let fewer = Interval::clopper_pearson(hits, f64::from(of) - hits);
            let more = Interval::clopper_pearson(hits + 1.0, f64::from(of) - hits - 1.0);
            prop_assert!(fewer.low < more.low && fewer.high < more.high, "{:?} {:?}", fewer, more);
        }

        #[test]
        fn ten_times_as_much_of_the_same_says_more(hits in 0_u32..500, misses in 0_u32..500) {
            prop_assume!(hits + misses > 0);
            let (hits, misses) = (f64::from(hits), f64::from(misses));
            let some = Interval::clopper_pearson(hits, misses);
            let more = Interval::clopper_pearson(10.0 * hits, 10.0 * misses);
            prop_assert!(more.width() < some.width());
            prop_assert!(some.low <= more.low && more.high <= some.high);
        }

        #[test]
        fn parts_of_a_count_lie_between_whole_counts(of in 5_u32..400, part in 0.0_f64..1.0) {
            let (of, hits) = (f64::from(of), f64::from(of) * part);
            let at = |hits: f64| Interval::clopper_pearson(hits, of - hits);
            let (floor, found, ceil) = (at(hits.floor()), at(hits), at(hits.ceil()));
            prop_assert!(floor.low <= found.low && found.low <= ceil.low);
            prop_assert!(floor.high <= found.high && found.high <= ceil.high);
        }
    }
}
