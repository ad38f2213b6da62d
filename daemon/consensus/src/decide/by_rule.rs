//! Findings that no member raised: what the daemon itself found wrong with an input, and what earlier runs left to
//! be fixed.

use crate::RULES;
use crate::answer::{RawFinding, Resolvability, Severity};
use crate::decide::ground::Ground;
use crate::decide::weigh::options;
use crate::finding::{Agreement, Basis, Decision, Finding, Voice, key_of};
use crate::ledger::{Entry, Standing};
use crate::shape::Shape;
use crate::text::Fingerprint;

/// The kind of the finding that there was nothing to check.
const NO_REQUIREMENTS: &str = "no-requirements";

/// Asked, whatever a table says: a reviewer that was talked out of reporting cannot be outvoted by those who were.
pub(super) fn findings(by_rule: &[RawFinding], ground: &Ground) -> Vec<Finding> {
    let mut raws: Vec<&RawFinding> = by_rule.iter().collect();
    raws.sort_by_cached_key(|raw| raw.canonical_hash());
    raws.into_iter().map(|raw| finding(raw, ground)).collect()
}

fn finding(raw: &RawFinding, ground: &Ground) -> Finding {
    let placed = ground.place(raw);
    let anchors = placed.anchors;
    Finding {
        severity: raw.severity,
        severity_rank: raw.severity.weight() * 100,
        resolvability: raw.resolvability,
        families: vec![RULES.to_owned()],
        decision: Decision::Ask,
        answer: raw.answer.clone(),
        options: options(&[raw], &[]),
        unanchored: anchors.is_empty(),
        blocks: ground.blocks(&anchors),
        voices: vec![Voice {
            agent: "synod".to_owned(),
            family: RULES.to_owned(),
            execution_id: String::new(),
            attempt_id: String::new(),
            range: None,
            claim: raw.claim.clone(),
            severity: raw.severity,
            resolvability: raw.resolvability,
            answer: raw.answer.clone(),
            reasoning: raw.reasoning.clone(),
            suggested_fix: raw.suggested_fix.clone(),
        }],
        located: placed.located,
        matter: raw.matter.clone(),
        ..bare(
            key_of(&raw.kind, &[&raw.claim], &anchors),
            &raw.kind,
            &raw.claim,
            "raised by rule about an input: always asked",
            anchors,
        )
    }
}

/// Nobody was asked about anything: that is not to pass for nothing found.
pub(super) fn nothing_to_check(shape: Shape, ground: &Ground) -> Option<RawFinding> {
    let empty = match ground {
        Ground::Documents { .. } | Ground::Change { .. } => false,
        Ground::Requirements { list, .. } => list.is_empty(),
    };
    (shape == Shape::Checks && empty).then(|| RawFinding {
        kind: NO_REQUIREMENTS.to_owned(),
        claim: "No requirement was found in the inputs, so that nothing was checked".to_owned(),
        severity: Severity::Important,
        resolvability: Resolvability::NeedHuman,
        answer: None,
        options: Vec::new(),
        reasoning: Some(
            "A requirement opens with an id (FR-1), or stands under a heading such as Requirements.".to_owned(),
        ),
        suggested_fix: None,
        quotes: Vec::new(),
        about: None,
        matter: None,
        place: None,
    })
}

/// What somebody said must be fixed, or is still asked about, whose text stands as it did, and which nobody raised
/// again: not having been found again is neither having been fixed nor an answer.
pub(super) fn carried(entry: &Entry, ground: &Ground) -> Finding {
    let anchors: Vec<_> = entry
        .blocks
        .iter()
        .filter_map(|block| ground.find(block))
        .map(|anchor| anchor.narrowed(&entry.quote))
        .collect();
    let key = Fingerprint::new("synod/carried/v1")
        .part(&entry.id)
        .finish();
    // What a change does not touch never blocks it.
    let untouched = !anchors.is_empty() && anchors.iter().all(|anchor| ground.leaves(anchor));
    let (since, decision) = match &entry.standing {
        Standing::Asked { .. } => ("asked by an earlier run and not answered", Decision::Ask),
        Standing::Settled { .. } | Standing::Resolved { .. } | Standing::Watched { .. } => {
            ("to be fixed since an earlier run", Decision::Settled)
        }
    };
    let (decision, cell) = if untouched {
        (
            Decision::Note,
            format!("{since}; about lines that the change does not touch: noted"),
        )
    } else {
        (
            decision,
            format!("{since}; nobody raised it again, but its text has not changed"),
        )
    };
    let (options, answer, basis) = match &entry.standing {
        Standing::Asked {
            options, answer, ..
        } => (options.clone(), answer.clone(), None),
        Standing::Settled { .. } | Standing::Resolved { .. } | Standing::Watched { .. } => {
            let entry = Box::new(entry.clone());
            (Vec::new(), None, Some(Basis::Ledger { entry }))
        }
    };
    Finding {
        options,
        answer,
        severity: entry.severity,
        severity_rank: entry.severity.weight() * 100,
        decision,
        unanchored: anchors.is_empty(),
        blocks: entry.blocks.clone(),
        basis,
        met: Some(entry.id.clone()),
        ..bare(key, &entry.kind, &entry.claim, &cell, anchors)
    }
}

/// A finding nobody has said anything about yet.
fn bare(
    key: String,
    kind: &str,
    text: &str,
    cell: &str,
    anchors: Vec<crate::anchor::Anchor>,
) -> Finding {
    Finding {
        key,
        kind: kind.to_owned(),
        text: text.to_owned(),
        severity: Severity::Minor,
        severity_rank: 0,
        resolvability: Resolvability::NeedHuman,
        agreement: Agreement::Unconfirmed,
        families: Vec::new(),
        decision: Decision::Ask,
        cell: cell.to_owned(),
        answer: None,
        options: Vec::new(),
        anchors,
        unanchored: true,
        voices: Vec::new(),
        possibly_same: Vec::new(),
        contradicts: Vec::new(),
        rank: 0,
        question_hash: String::new(),
        ballots: Vec::new(),
        basis: None,
        audited: None,
        located: None,
        blocks: Vec::new(),
        matter: None,
        merged: Vec::new(),
        met: None,
    }
}
