//! What outlives a run: decisions, and questions that reports carry on.

use std::collections::BTreeSet;

use synod_consensus::ledger::{Entry, Standing};
use synod_core::entity::{Finding, LedgerEntry, Question, Run, Work, disposition_word};
use synod_proto::v1;

use super::{
    findings::{located, said},
    text, timestamp,
};

/// An entry of the ledger.
#[must_use]
pub fn ledger_entry(kept: &LedgerEntry, revision: u64) -> v1::LedgerEntry {
    v1::LedgerEntry {
        gate: kept.gate.clone(),
        subject: kept.subject.clone(),
        revision,
        ..entry_of(&kept.entry)
    }
}

/// What another run still asks people about, as a report carries it on: `open`, and in no ledger yet.
#[must_use]
pub fn asked_elsewhere(run: &Run, finding: &Finding, question: &Question) -> v1::LedgerEntry {
    let content = &finding.content;
    let paths: BTreeSet<&String> = content.blocks.iter().map(|block| &block.path).collect();
    v1::LedgerEntry {
        gate: match &run.work {
            Work::Gate(gate) => gate.gate.clone(),
            Work::Agent | Work::Command => String::new(),
        },
        subject: run.subject.clone(),
        standing: "open".to_owned(),
        kind: content.kind.clone(),
        claim: content.text.clone(),
        severity: content.severity.word().to_owned(),
        run_id: run.id.to_string(),
        at: question.asked.as_ref().map(|now| timestamp(now.utc_us)),
        quote: content
            .anchors
            .first()
            .map(|anchor| anchor.quote.clone())
            .unwrap_or_default(),
        paths: paths.into_iter().cloned().collect(),
        located: content.located.as_ref().map(located),
        ..v1::LedgerEntry::default()
    }
}

pub(super) fn entry_of(entry: &Entry) -> v1::LedgerEntry {
    let mut paths: Vec<String> = entry
        .blocks
        .iter()
        .map(|block| block.path.clone())
        .collect();
    paths.dedup();
    let written = v1::LedgerEntry {
        id: entry.id.clone(),
        kind: entry.kind.clone(),
        claim: entry.claim.clone(),
        severity: entry.severity.word().to_owned(),
        run_id: entry.run.clone(),
        paths,
        quote: entry.quote.clone(),
        located: entry.located.as_ref().map(located),
        ..v1::LedgerEntry::default()
    };
    match &entry.standing {
        Standing::Settled {
            disposition,
            by,
            from,
            at_us,
            bulk,
        } => v1::LedgerEntry {
            standing: "settled".to_owned(),
            disposition: disposition_word(disposition).to_owned(),
            answer: said(disposition),
            by: by.clone(),
            from: from.clone(),
            at: Some(timestamp(*at_us)),
            bulk: *bulk,
            ..written
        },
        Standing::Resolved { answer, at_us } => v1::LedgerEntry {
            standing: "resolved".to_owned(),
            answer: text(answer.as_deref()),
            at: Some(timestamp(*at_us)),
            ..written
        },
        Standing::Asked { answer, at_us, .. } => v1::LedgerEntry {
            standing: "open".to_owned(),
            answer: text(answer.as_deref()),
            at: Some(timestamp(*at_us)),
            ..written
        },
        Standing::Watched { at_us, .. } => v1::LedgerEntry {
            standing: "watched".to_owned(),
            at: Some(timestamp(*at_us)),
            ..written
        },
    }
}

/// A tombstone.
#[must_use]
pub fn forgotten(kind: &str, id: &str, revision: u64, at_us: i64, request_id: &str) -> v1::Change {
    v1::Change {
        revision,
        at: Some(timestamp(at_us)),
        request_id: request_id.to_owned(),
        entity: Some(v1::change::Entity::Deleted(v1::Deleted {
            kind: kind.to_owned(),
            id: id.to_owned(),
        })),
        lifecycle: None,
    }
}
