//! The line a verdict opens with: who answered, how independent they are, what was done.
//!
//! Counts only. No confidence the agents claim for themselves, no learnt weights.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::RULES;
use crate::finding::{Agreement, Decision, Finding};
use crate::record::TrackRecord;
use crate::settle::Missing;

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
    /// Whether enough answered for anything to be decided.
    pub fn is_met(&self) -> bool {
        self.valid > 0 && self.valid >= self.needed
    }

    /// Whether every seat of the declared roster answered.
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.answered >= self.roster
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    pub line: String,
    /// `n / (1 + (n − 1)·ρ)` over the families that answered, in tenths; ρ is 0.45 until it was measured.
    pub independent_votes_tenths: usize,
    pub resolved: usize,
    pub asked: usize,
    pub arbitrated: usize,
    pub watched: usize,
    pub noted: usize,
    /// By decisions of earlier runs that stand.
    #[serde(default)]
    pub settled: usize,
    /// Of those asked, how many check on decisions made without a human.
    #[serde(default)]
    pub audited: usize,
    /// The second round, if it was held.
    #[serde(default)]
    pub ballot: Option<Balloted>,
    /// The third round, if it was held.
    #[serde(default)]
    pub arbiter: Option<Arbitrated>,
    /// What else a reader must know, as sentences.
    pub notes: Vec<String>,
}

/// The second round, and what it changed: the benefit to be set against its cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balloted {
    /// Agents that were asked for a ballot.
    pub asked: usize,
    /// Ballots that count.
    pub valid: usize,
    /// Findings that it joined to others.
    pub merged: usize,
    /// What the first round alone would have decided about the members' findings, with the same ledger, before any
    /// arbitration or audit.
    pub before: Counts,
    /// The same with the ballots.
    pub after: Counts,
}

/// The third round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arbitrated {
    pub agent: String,
    /// Findings that were put to the arbiter.
    pub put: usize,
    /// Of those, how many its rulings decided.
    pub ruled: usize,
}

/// Findings by what was decided, how many of them two families see, and how many a family denies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub resolved: usize,
    pub asked: usize,
    pub arbitrated: usize,
    pub watched: usize,
    pub noted: usize,
    pub settled: usize,
    pub confirmed: usize,
    #[serde(default)]
    pub contested: usize,
}

impl Counts {
    pub fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            let decided = match finding.decision {
                Decision::Resolve => &mut counts.resolved,
                Decision::Ask => &mut counts.asked,
                Decision::Arbitrate => &mut counts.arbitrated,
                Decision::Watch => &mut counts.watched,
                Decision::Note => &mut counts.noted,
                Decision::Settled => &mut counts.settled,
            };
            *decided += 1;
            counts.confirmed += usize::from(finding.agreement == Agreement::Confirmed);
            counts.contested += usize::from(finding.agreement == Agreement::Contested);
        }
        counts
    }
}

impl Trust {
    pub(crate) fn of(
        quorum: &Quorum,
        record: &TrackRecord,
        findings: &[Finding],
        ballot: Option<Balloted>,
        arbiter: Option<Arbitrated>,
        notes: Vec<String>,
    ) -> Self {
        let counts = Counts::of(findings.iter());
        let mut trust = Self {
            line: String::new(),
            independent_votes_tenths: record.independent_votes_tenths(quorum.families.len()),
            resolved: counts.resolved,
            asked: counts.asked,
            arbitrated: counts.arbitrated,
            watched: counts.watched,
            noted: counts.noted,
            settled: counts.settled,
            audited: findings.iter().filter(|f| f.audited.is_some()).count(),
            ballot,
            arbiter,
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
        let mut rounds = String::new();
        // Writing to a String cannot fail.
        if let Some(Balloted { asked, valid, .. }) = &self.ballot
            && *asked > 0
        {
            let _ = write!(rounds, "; ballot: {valid} of {asked}");
        }
        if let Some(Arbitrated { put, ruled, .. }) = &self.arbiter
            && *put > 0
        {
            let _ = write!(rounds, "; arbiter: {ruled} of {put} decided");
        }
        let mut done = format!(
            "{} resolved without you, {} for you",
            self.resolved, self.asked
        );
        if self.audited > 0 {
            let _ = write!(done, " ({} of them to check on us)", self.audited);
        }
        for (n, what) in [
            (self.arbitrated, "for the arbiter"),
            (self.settled, "settled earlier"),
            (self.watched, "watched"),
        ] {
            if n > 0 {
                let _ = write!(done, ", {n} {what}");
            }
        }
        let (answered, roster) = (quorum.answered, quorum.roster);
        format!(
            "{answered} of {roster} answered, {voices}{rounds}; {done}, {} noted",
            self.noted
        )
    }
}
