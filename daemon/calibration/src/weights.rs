//! How much a family's voice counts when things are put in order or an answer is preselected.
//!
//! A [`Weight`] compares one family with another and says nothing about whether something is
//! true: no verdict, table or decision takes it, and it cannot be turned into a probability. A
//! finding that the table asks about is asked about, whatever these weights are.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Tally;

/// The gate's pooled rate counts like so many outcomes of each family's own.
pub const PSEUDO_COUNTS: f64 = 20.0;

/// Human outcomes that *every* family needs before any of them is weighed.
pub const OUTCOMES: u64 = 30;

/// In permille of the heaviest family's: 500 to 1000, so that none counts for more than twice
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Weight(u16);

impl Weight {
    const LEAST: f64 = 500.0;
    const MOST: f64 = 1000.0;

    pub fn permille(self) -> u16 {
        self.0
    }
}

/// The families' weights within one gate, from their human outcomes there.
///
/// `families` has every family of the roster, those without outcomes too: until each has
/// [`OUTCOMES`] there are no weights. A family's weight is the mean of a Beta posterior whose
/// prior is centred on the pooled rate of all of them, so that a lucky dozen does not make a
/// favourite. (All numbers: 2-gates, "Weights and calibration".)
pub fn weights(families: &BTreeMap<String, Tally>) -> Option<BTreeMap<String, Weight>> {
    if families.is_empty() || families.values().any(|tally| tally.of() < OUTCOMES) {
        return None;
    }
    let all: Tally = families.values().copied().sum();
    let pooled = all.hits as f64 / all.of() as f64;
    let mean = |tally: Tally| {
        (PSEUDO_COUNTS * pooled + tally.hits as f64) / (PSEUDO_COUNTS + tally.of() as f64)
    };
    let best = families.values().copied().map(mean).fold(0.0, f64::max);
    let weight = |tally: Tally| {
        // Never right, any of them: nobody is better.
        let share = if best > 0.0 { mean(tally) / best } else { 1.0 };
        Weight(
            (Weight::MOST * share)
                .round()
                .clamp(Weight::LEAST, Weight::MOST) as u16,
        )
    };
    let named = families
        .iter()
        .map(|(name, tally)| (name.clone(), weight(*tally)));
    Some(named.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(tallies: &[(u64, u64)]) -> Option<Vec<u16>> {
        let name = |i: usize| format!("family-{i}");
        let tally = |&(hits, misses)| Tally { hits, misses };
        let families = tallies.iter().enumerate().map(|(i, t)| (name(i), tally(t)));
        let weights = weights(&families.collect())?;
        Some(weights.into_values().map(Weight::permille).collect())
    }

    #[test]
    fn until_every_family_has_thirty_outcomes_there_are_no_weights() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(900, 100), (29, 0)]), None);
        assert_eq!(of(&[(900, 100), (0, 0), (20, 10)]), None);
        assert!(of(&[(900, 100), (30, 0)]).is_some());
    }

    #[test]
    fn the_pooled_rate_counts_like_twenty_outcomes() {
        // Pooled 45 of 60; (15 + 27) / 50 and (15 + 18) / 50.
        assert_eq!(of(&[(27, 3), (18, 12)]), Some(vec![1000, 786]));
    }

    #[test]
    fn none_counts_for_more_than_twice_another() {
        assert_eq!(of(&[(1_000_000, 0), (0, 1_000_000)]), Some(vec![1000, 500]));
        assert_eq!(of(&[(0, 30), (0, 500)]), Some(vec![1000, 1000]));
    }

    proptest! {
        #[test]
        fn of_as_many_outcomes_more_right_ones_never_weigh_less(
            of_all in 30_u64..500, a in 0.0_f64..=1.0, b in 0.0_f64..=1.0,
        ) {
            let hits = |part: f64| (of_all as f64 * part) as u64;
            let (a, b) = (hits(a), hits(b));
            let found = of(&[(a, of_all - a), (b, of_all - b)]).unwrap();
            prop_assert_eq!(found.iter().max(), Some(&1000));
            prop_assert!(found.iter().all(|weight| (500..=1000).contains(weight)));
            prop_assert!(a < b || found[0] >= found[1]);
            prop_assert!(b < a || found[1] >= found[0]);
        }
    }
}
