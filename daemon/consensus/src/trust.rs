//! The line a verdict opens with: who answered, how independent they are, what was done.
//!
//! Counts only. No confidence the agents claim for themselves, no learnt weights.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::RULES;
use crate::finding::{Decision, Finding};
use crate::settle::Missing;

/// How alike the mistakes of two families are taken to be, in hundredths, until audited items
/// say otherwise (2-gates, "Weights and calibration").
const CORRELATION: usize = 45;

/// Who of the roster gave a valid answer, and what is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quorum {
    /// Valid answers that count towards the quorum.
    pub valid: usize,
    pub needed: usize,
    /// Valid answers of anybody.
    pub answered: usize,
    pub roster: usize,
    /// Families with a valid answer, sorted.
    pub families: Vec<String>,
    pub missing: Vec<Missing>,
}

impl Quorum {
    /// Whether every seat of the declared roster answered.
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.answered >= self.roster
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    pub line: String,
    /// `n / (1 + (n − 1)·0.45)` over the families that answered, in tenths.
    pub independent_votes_tenths: usize,
    pub resolved: usize,
    pub asked: usize,
    pub arbitrated: usize,
    pub watched: usize,
    pub noted: usize,
    /// What else a reader must know, as sentences.
    pub notes: Vec<String>,
}

impl Trust {
    pub(crate) fn of(quorum: &Quorum, findings: &[Finding], notes: Vec<String>) -> Self {
        let count = |decision| findings.iter().filter(|f| f.decision == decision).count();
        let mut trust = Self {
            line: String::new(),
            independent_votes_tenths: independent_votes_tenths(quorum.families.len()),
            resolved: count(Decision::Resolve),
            asked: count(Decision::Ask),
            arbitrated: count(Decision::Arbitrate),
            watched: count(Decision::Watch),
            noted: count(Decision::Note),
            notes,
        };
        trust.line = trust.write(quorum);
        trust
    }

    fn write(&self, quorum: &Quorum) -> String {
        let voices = match quorum.families.as_slice() {
            [] => "nobody's word to go by".to_owned(),
            [only] if only == RULES => {
                "rules only, one voice together: no model has looked".to_owned()
            }
            families => format!(
                "{} {} ≈ {}.{} independent votes",
                families.len(),
                if families.len() == 1 {
                    "family"
                } else {
                    "families"
                },
                self.independent_votes_tenths / 10,
                self.independent_votes_tenths % 10,
            ),
        };
        let mut done = format!(
            "{} resolved without you, {} for you",
            self.resolved, self.asked
        );
        for (n, what) in [
            (self.arbitrated, "for the arbiter"),
            (self.watched, "watched"),
        ] {
            if n > 0 {
                // Writing to a String cannot fail.
                let _ = write!(done, ", {n} {what}");
            }
        }
        let (answered, roster) = (quorum.answered, quorum.roster);
        format!(
            "{answered} of {roster} answered, {voices}; {done}, {} noted",
            self.noted
        )
    }
}

fn independent_votes_tenths(n: usize) -> usize {
    let correlated = 100 + n.saturating_sub(1) * CORRELATION;
    (1000 * n + correlated / 2) / correlated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlated_families_count_for_less_than_their_number() {
        let tenths: Vec<_> = [0, 1, 2, 3, 4, 7].map(independent_votes_tenths).to_vec();
        assert_eq!(tenths, [0, 10, 14, 16, 17, 19]);
    }
}
