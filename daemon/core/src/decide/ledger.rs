//! What outlives a run: decisions of people and of the table, bound to the text they are about.

use synod_consensus::{
    Disposition,
    finding::Finding as Content,
    ledger::{Decided, Entry, Human, entry_after},
    settle::word_on,
};
use synod_shared::ids::FindingId;

use super::{Turn, Write, gate::said_in};
use crate::{
    entity::{Entity, Finding, GateWork, LedgerEntry, Run},
    input::Reply,
};

/// The table has decided about a finding. `known` are the entries it was weighed with.
pub(super) fn decided(
    turn: &mut Turn<'_>,
    run: &Run,
    gate: &GateWork,
    finding: &Finding,
    known: &[Entry],
) {
    write(turn, run, gate, &finding.content, known, None);
}

/// Humans have said something about these questions. Of a duplicate the word on its original counts, once there is one.
pub(super) fn said(turn: &mut Turn<'_>, run: &Run, gate: &GateWork, news: &[FindingId]) {
    if gate.probe.is_some() {
        return;
    }
    let known = turn
        .state
        .verdict(run.id)
        .and_then(|verdict| verdict.weighed.as_ref())
        .map(|weighed| weighed.ledger.clone())
        .unwrap_or_default();
    let answers = said_in(turn, run.id);
    let findings: Vec<Finding> = turn.state.findings_of(run.id).cloned().collect();
    let all: Vec<Content> = findings.iter().map(|one| one.content.clone()).collect();
    for finding in findings {
        let settled = turn
            .state
            .question(finding.id)
            .and_then(|question| question.settled.clone());
        let Some(settled) = settled else { continue };
        let duplicate = matches!(settled.disposition, Disposition::DuplicateOf(_));
        if !duplicate && !news.contains(&finding.id) {
            continue;
        }
        let Some(word) = word_on(&finding.content, &all, &answers) else {
            continue;
        };
        let human = Human {
            disposition: &word,
            by: &settled.by,
            from: &settled.from,
            bulk: settled.bulk,
        };
        write(turn, run, gate, &finding.content, &known, Some(human));
    }
}

/// An entry is to be forgotten. Whether there is one is for whoever keeps them to know.
pub(super) fn forget(turn: &mut Turn<'_>, entry: String) -> Reply {
    turn.writes.push(Write::Forget(entry));
    Reply::nothing()
}

fn write(
    turn: &mut Turn<'_>,
    run: &Run,
    gate: &GateWork,
    content: &Content,
    known: &[Entry],
    human: Option<Human<'_>>,
) {
    let id = run.id.to_string();
    let decided = Decided {
        gate: &gate.gate,
        subject: &run.subject,
        run: &id,
        at_us: turn.now.utc_us,
        content_hash: &gate.content_hash,
        human,
    };
    let Some(entry) = entry_after(content, &decided, known) else {
        return;
    };
    turn.put(Entity::Ledger(LedgerEntry {
        gate: gate.gate.clone(),
        subject: run.subject.clone(),
        entry,
    }));
}
