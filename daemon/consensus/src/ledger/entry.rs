//! What is to be written once a verdict stands, or once somebody has said something.

use std::collections::BTreeSet;

use super::{Block, Entry, Standing};
use crate::anchor::Input;
use crate::finding::{Decision, Finding, Located};
use crate::settle::Disposition;
use crate::text::{Fingerprint, canonical};

/// Wordings kept of one matter. More would make it answer to anything.
const MOST_WORDINGS: usize = 16;

/// What was decided about a finding, and when.
#[derive(Debug, Clone)]
pub struct Decided<'a> {
    pub gate: &'a str,
    pub subject: &'a str,
    pub run: &'a str,
    /// Microseconds since 1970.
    pub at_us: i64,
    /// `content_hash` of the run's inputs.
    pub content_hash: &'a str,
    /// What a human said; without it, what was decided automatically counts.
    pub human: Option<Human<'a>>,
}

/// A human's word. Of a duplicate, the word on the original (`settle::word_on`): it decides for both.
#[derive(Debug, Clone)]
pub struct Human<'a> {
    pub disposition: &'a Disposition,
    pub by: &'a str,
    /// From where it was said.
    pub from: &'a str,
    /// Said of many at once.
    pub bulk: bool,
}

/// Hex SHA-256 over all inputs, whatever their order.
pub fn content_hash(inputs: &[Input]) -> String {
    let mut all: Vec<(&str, &str)> = inputs
        .iter()
        .map(|input| (input.path.as_str(), input.text.as_str()))
        .collect();
    all.sort_unstable();
    all.into_iter()
        .fold(
            Fingerprint::new("synod/inputs/v1"),
            |print, (path, text)| print.part(path).part(text),
        )
        .finish()
}

/// The entry to keep about a finding, or none: what is open, postponed or only noted leaves nothing, and what an
/// earlier entry settled stays as that entry says. `ledger` are the entries the finding was weighed with: the one
/// it met keeps its id.
pub fn entry_after(finding: &Finding, decided: &Decided<'_>, ledger: &[Entry]) -> Option<Entry> {
    let standing = standing(finding, decided)?;
    let known = finding
        .met
        .as_ref()
        .and_then(|id| ledger.iter().find(|entry| entry.id == *id));
    Some(entry(finding, decided, known, standing))
}

/// What another run is to know of a finding that a human is asked about: as the entry that an answer to it will leave.
pub fn entry_asked(finding: &Finding, decided: &Decided<'_>) -> Entry {
    let standing = Standing::Asked {
        options: finding.options.clone(),
        answer: finding.answer.clone(),
        at_us: decided.at_us,
    };
    entry(finding, decided, None, standing)
}

fn entry(
    finding: &Finding,
    decided: &Decided<'_>,
    known: Option<&Entry>,
    standing: Standing,
) -> Entry {
    let mut wordings: BTreeSet<String> = finding
        .voices
        .iter()
        .map(|voice| voice.claim.trim().to_owned())
        .collect();
    wordings.extend(
        known
            .iter()
            .flat_map(|entry| entry.wordings.iter().cloned()),
    );
    wordings.remove(&finding.text);
    Entry {
        id: matter(finding, decided.gate, decided.subject),
        kind: finding.kind.clone(),
        claim: finding.text.clone(),
        wordings: wordings.into_iter().take(MOST_WORDINGS).collect(),
        severity: finding.severity,
        blocks: finding.blocks.clone(),
        content_hash: decided.content_hash.to_owned(),
        run: decided.run.to_owned(),
        quote: match known {
            Some(entry) if !entry.quote.is_empty() => entry.quote.clone(),
            Some(_) | None => finding
                .anchors
                .first()
                .map(|anchor| anchor.quote.clone())
                .unwrap_or_default(),
        },
        located: located(finding, known),
        standing,
    }
}

/// Where it is now, called as it was first.
fn located(finding: &Finding, known: Option<&Entry>) -> Option<Located> {
    let first = known.and_then(|entry| entry.located.as_ref());
    match (&finding.located, first) {
        (Some(now), Some(first)) => Some(Located {
            fingerprint: first.fingerprint.clone(),
            ..now.clone()
        }),
        (Some(now), None) => Some(now.clone()),
        (None, first) => first.cloned(),
    }
}

fn standing(finding: &Finding, decided: &Decided<'_>) -> Option<Standing> {
    let at_us = decided.at_us;
    if let Some(human) = &decided.human {
        return Some(Standing::Settled {
            disposition: lasting(human.disposition, &finding.options)?,
            by: human.by.to_owned(),
            from: human.from.to_owned(),
            at_us,
            bulk: human.bulk,
        });
    }
    match finding.decision {
        Decision::Resolve => Some(Standing::Resolved {
            answer: finding.answer.clone(),
            at_us,
        }),
        Decision::Watch => Some(Standing::Watched {
            families: raisers(finding),
            at_us,
        }),
        Decision::Ask | Decision::Arbitrate | Decision::Note | Decision::Settled => None,
    }
}

/// Options are numbered anew in each run, so that what is kept is their words.
fn lasting(disposition: &Disposition, options: &[String]) -> Option<Disposition> {
    match disposition {
        Disposition::Later => None,
        Disposition::Answer(text) if text.trim().is_empty() => None,
        Disposition::Option(n) => options.get(*n).cloned().map(Disposition::Answer),
        Disposition::Answer(_)
        | Disposition::MustFix
        | Disposition::Dismiss
        | Disposition::DuplicateOf(_) => Some(disposition.clone()),
    }
}

/// Families that raised it or see it, sorted.
fn raisers(finding: &Finding) -> Vec<String> {
    let raised = finding.voices.iter().map(|voice| &voice.family);
    let all: BTreeSet<&String> = finding.families.iter().chain(raised).collect();
    all.into_iter().cloned().collect()
}

/// The id of the entry that a finding has, or will have: equal for findings of two runs only where the second met what
/// the first left or asks.
pub fn matter(finding: &Finding, gate: &str, subject: &str) -> String {
    if let Some(met) = &finding.met {
        return met.clone();
    }
    let place = |block: &Block| format!("{}\u{0}{}", block.path, block.hash);
    let blocks: Vec<String> = finding.blocks.iter().map(place).collect();
    Fingerprint::new("synod/entry/v1")
        .part(gate)
        .part(subject)
        .part(&finding.kind)
        .list(blocks.iter().map(String::as_str))
        .part(&canonical(&finding.text))
        // Two findings of a run may say the same of one block: what is said of one is not said of the other.
        .part(&finding.key)
        .finish()
}
