//! What a run's state becomes, given what humans have said so far about its questions.
//!
//! Fails closed: without a quorum nothing passes, and a disposition that decides nothing (a blank
//! answer, an option that does not exist, duplicates in a circle) leaves its question open.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decide::Outcome;
use crate::finding::{Basis, Decision, Finding};
use crate::trust::Quorum;

/// What a human said about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// The decision, in their own words. It is recorded; the documents are theirs to edit.
    Answer(String),
    /// One of the finding's options, counted from 0.
    Option(usize),
    /// The documents must change before this may pass.
    MustFix,
    /// Not an issue.
    Dismiss,
    /// Postponed: still open, ranked last.
    Later,
    /// The same matter as another finding, which decides for both.
    DuplicateOf(String),
}

/// A member of the roster without a valid answer, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    pub agent: String,
    /// A word from the published table of reasons.
    pub reason: String,
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum RunEnd {
    NoQuorum {
        valid: usize,
        needed: usize,
        missing: Vec<Missing>,
    },
    AwaitingHuman {
        open: Vec<String>,
    },
    /// Keys of what is to be fixed.
    Rejected {
        must_fix: Vec<String>,
    },
    Passed,
    PassedDegraded {
        missing: Vec<Missing>,
    },
}

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Open,
    Closed,
    MustFix,
}

pub fn settle(outcome: &Outcome, answers: &BTreeMap<String, Disposition>) -> RunEnd {
    end(&outcome.quorum, &outcome.findings, answers)
}

pub(crate) fn end(
    quorum: &Quorum,
    findings: &[Finding],
    answers: &BTreeMap<String, Disposition>,
) -> RunEnd {
    if !quorum.is_met() {
        return RunEnd::NoQuorum {
            valid: quorum.valid,
            needed: quorum.needed,
            missing: quorum.missing.clone(),
        };
    }
    let keys = |wanted: Standing| {
        let standing = |f: &&Finding| standing(f, findings, answers) == wanted;
        findings
            .iter()
            .filter(standing)
            .map(|f| f.key.clone())
            .collect::<Vec<_>>()
    };
    let (open, must_fix) = (keys(Standing::Open), keys(Standing::MustFix));
    if !open.is_empty() {
        RunEnd::AwaitingHuman { open }
    } else if !must_fix.is_empty() {
        RunEnd::Rejected { must_fix }
    } else if quorum.is_whole() {
        RunEnd::Passed
    } else {
        RunEnd::PassedDegraded {
            missing: quorum.missing.clone(),
        }
    }
}

/// What the dispositions so far make of a finding.
pub(crate) fn standing(
    finding: &Finding,
    all: &[Finding],
    answers: &BTreeMap<String, Disposition>,
) -> Standing {
    let undecided = undecided(finding);
    let mut current = finding;
    // More steps than findings means a circle, in which nobody decides anything.
    for _ in 0..=all.len() {
        let Some(disposition) = answers.get(&current.key) else {
            // An original stands on the list itself, and is open or to be fixed there if it is.
            return if current.key == finding.key {
                undecided
            } else {
                Standing::Closed
            };
        };
        match disposition {
            Disposition::Answer(text) if text.trim().is_empty() => return undecided,
            Disposition::Option(n) if *n >= current.options.len() => return undecided,
            Disposition::Later => return undecided,
            Disposition::Answer(_) | Disposition::Option(_) | Disposition::Dismiss => {
                return Standing::Closed;
            }
            Disposition::MustFix => return Standing::MustFix,
            Disposition::DuplicateOf(key) => match all.iter().find(|f| f.key == *key) {
                Some(original) => current = original,
                None => return undecided,
            },
        }
    }
    undecided
}

/// How a finding stands before anybody has said anything in this run.
fn undecided(finding: &Finding) -> Standing {
    match (&finding.decision, &finding.basis) {
        (Decision::Ask | Decision::Arbitrate, _) => Standing::Open,
        (Decision::Settled, Some(Basis::Ledger { entry })) if entry.standing.must_fix() => {
            Standing::MustFix
        }
        (Decision::Resolve | Decision::Watch | Decision::Note | Decision::Settled, _) => {
            Standing::Closed
        }
    }
}

/// The word that decides about a finding: its own, or of a duplicate that of its original, an option in its words.
/// `None` while nothing is said that decides anything. A duplicate of what was decided without a word stays that.
pub fn word_on(
    finding: &Finding,
    all: &[Finding],
    answers: &BTreeMap<String, Disposition>,
) -> Option<Disposition> {
    let mut current = finding;
    for _ in 0..=all.len() {
        let said = answers.get(&current.key)?;
        match said {
            Disposition::Later => return None,
            Disposition::Answer(text) if text.trim().is_empty() => return None,
            Disposition::Option(n) => {
                let words = current.options.get(*n)?;
                return Some(Disposition::Answer(words.clone()));
            }
            Disposition::DuplicateOf(key) => {
                let original = all.iter().find(|f| f.key == *key)?;
                if !answers.contains_key(key) {
                    return (!original.decision.is_open()).then(|| said.clone());
                }
                current = original;
            }
            Disposition::Answer(_) | Disposition::MustFix | Disposition::Dismiss => {
                return Some(said.clone());
            }
        }
    }
    None
}
