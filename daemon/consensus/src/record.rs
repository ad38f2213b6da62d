//! What was known of the families when a run was submitted: how alike they err, and how often each was right.
//!
//! It puts questions in order and preselects answers to them. No decision takes it: what the table asks about is
//! asked about, whatever stands here (2-gates, "Weights and calibration"). How it is counted is not here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{Decision, Finding};
use crate::text::canonical;

/// How alike the mistakes of two families are taken to be, in thousandths, until audited items say otherwise.
const ASSUMED: u32 = 450;

/// What a family that sees a matter adds to its rank.
const POINTS: u64 = 30;

/// Kept with the run, so that its verdict can be computed again whatever is counted later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackRecord {
    /// The correlation of two families' mistakes, 0 to 1000; absent until it was measured.
    #[serde(default)]
    pub correlation_permille: Option<u32>,
    /// Each family's weight in thousandths of the heaviest one's, 500 to 1000; empty until every family of the roster
    /// has been judged by people often enough.
    #[serde(default)]
    pub weights_permille: BTreeMap<String, u32>,
}

impl TrackRecord {
    /// `n / (1 + (n − 1)·ρ)`, in tenths.
    pub(crate) fn independent_votes_tenths(&self, n: usize) -> usize {
        let correlation = self.correlation_permille.unwrap_or(ASSUMED).min(1000) as usize;
        let correlated = 1000 + n.saturating_sub(1) * correlation;
        (10_000 * n + correlated / 2) / correlated
    }

    /// What these families add to the rank of what they see: [`POINTS`] each, weighed if there are weights. The mean of
    /// the weights counts as one, and so does a family without a weight.
    pub(crate) fn points(&self, families: &[String]) -> i64 {
        let all: u64 = self.weights_permille.values().copied().map(u64::from).sum();
        let points = families.iter().map(|family| {
            let weight = self.weights_permille.get(family).copied().map(u64::from);
            match weight {
                Some(weight) if all > 0 => {
                    100 * POINTS * weight * self.weights_permille.len() as u64 / all
                }
                Some(_) | None => 100 * POINTS,
            }
        });
        let hundredths: u64 = points.sum();
        i64::try_from((hundredths + 50) / 100).unwrap_or(i64::MAX)
    }

    /// Recommends the answer of the heavier families where families that see a matter answer differently and a human
    /// is asked. Nothing where they weigh the same. `said` are the families by the canonical form of what they answer.
    pub(crate) fn preselect(&self, finding: &mut Finding, said: &BTreeMap<String, Vec<String>>) {
        let open = finding.decision == Decision::Ask && finding.audited.is_none();
        if !open || finding.answer.is_some() || self.weights_permille.is_empty() {
            return;
        }
        let weight = |families: &Vec<String>| -> Option<u32> {
            let weights = families
                .iter()
                .map(|family| self.weights_permille.get(family).copied());
            weights.sum()
        };
        let mut weighed: Vec<(u32, &String)> = said
            .iter()
            .filter_map(|(form, families)| Some((weight(families)?, form)))
            .collect();
        weighed.sort_unstable();
        let heaviest = match weighed.as_slice() {
            [.., (second, _), (first, form)] if first > second => *form,
            _ => return,
        };
        finding.answer = finding
            .options
            .iter()
            .find(|option| canonical(option) == *heaviest)
            .cloned();
    }

    /// What a reader of a verdict has to know of it, as sentences.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(correlation) = self.correlation_permille {
            notes.push(format!(
                "independent votes: the families' mistakes were measured to be alike by {:.2}",
                f64::from(correlation) / 1000.0
            ));
        }
        if !self.weights_permille.is_empty() {
            let weights: Vec<String> = self
                .weights_permille
                .iter()
                .map(|(family, weight)| format!("{family} {}", (weight + 5) / 10))
                .collect();
            notes.push(format!(
                "questions are put in order, and answers in dispute preselected, by how often each family was right \
                 here (the best counts 100: {}); nothing is decided by it",
                weights.join(", ")
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(weights: &[(&str, u32)]) -> TrackRecord {
        TrackRecord {
            correlation_permille: None,
            weights_permille: weights
                .iter()
                .map(|&(family, weight)| (family.to_owned(), weight))
                .collect(),
        }
    }

    fn names(families: &[&str]) -> Vec<String> {
        families.iter().map(|&family| family.to_owned()).collect()
    }

    #[test]
    fn correlated_families_count_for_less_than_their_number() {
        let of = |correlation_permille| TrackRecord {
            correlation_permille,
            ..TrackRecord::default()
        };
        let tenths =
            |record: TrackRecord| [0, 1, 2, 3, 4, 7].map(|n| record.independent_votes_tenths(n));
        assert_eq!(tenths(of(None)), [0, 10, 14, 16, 17, 19]);
        assert_eq!(tenths(of(Some(450))), tenths(of(None)));
        assert_eq!(tenths(of(Some(0))), [0, 10, 20, 30, 40, 70]);
        assert_eq!(tenths(of(Some(1000))), [0, 10, 10, 10, 10, 10]);
    }

    #[test]
    fn without_weights_each_family_adds_thirty_and_with_them_their_mean_does() {
        let none = TrackRecord::default();
        assert_eq!(none.points(&names(&["a", "b"])), 60);
        let record = weighed(&[("a", 1000), ("b", 500)]);
        assert_eq!(record.points(&names(&["a"])), 40);
        assert_eq!(record.points(&names(&["b"])), 20);
        assert_eq!(record.points(&names(&["a", "b"])), 60);
        assert_eq!(record.points(&names(&["rules"])), 30);
    }
}
