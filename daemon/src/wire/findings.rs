//! What gates found: findings with their voices and votes, questions about them, verdicts.

use synod_consensus::{
    Disposition, Ruling,
    finding::{Basis, Cast, Located},
    trust::Counts,
};
use synod_core::entity::{About, Asked, Finding, Question, Verdict, Voices};
use synod_proto::v1;

use super::{count, ledger::entry_of, text, timestamp, word};

/// A finding.
#[must_use]
pub fn finding(finding: &Finding, revision: u64) -> v1::Finding {
    let content = &finding.content;
    let told = |words: Option<&str>| match finding.voices {
        Voices::InBrief => String::new(),
        Voices::InFull => text(words),
    };
    v1::Finding {
        id: finding.id.to_string(),
        run_id: finding.run.to_string(),
        kind: content.kind.clone(),
        text: content.text.clone(),
        severity: content.severity.word().to_owned(),
        agreement: word(&content.agreement),
        decision: word(&content.decision),
        answer: content.answer.clone().unwrap_or_default(),
        anchors: content
            .anchors
            .iter()
            .map(|anchor| v1::Anchor {
                path: anchor.path.clone(),
                start: Some(anchor.start as u64),
                end: Some(anchor.end as u64),
                quote: anchor.quote.clone(),
            })
            .collect(),
        voices: content
            .voices
            .iter()
            .map(|voice| v1::Voice {
                agent: voice.agent.clone(),
                family: voice.family.clone(),
                attempt_id: voice.attempt_id.clone(),
                answer: voice.answer.clone().unwrap_or_default(),
                reasoning: voice.reasoning.clone().unwrap_or_default(),
                severity: voice.severity.word().to_owned(),
                execution_id: voice.execution_id.clone(),
                suggested_fix: told(voice.suggested_fix.as_deref()),
                // Only where it adds something.
                claim: told(Some(voice.claim.trim()).filter(|claim| *claim != content.text)),
            })
            .collect(),
        rule: content.cell.clone(),
        options: content.options.clone(),
        possibly_same: finding
            .possibly_same
            .iter()
            .map(ToString::to_string)
            .collect(),
        resolvability: content.resolvability.word().to_owned(),
        revision,
        position: Some(finding.position),
        ballots: content.ballots.iter().map(cast).collect(),
        basis: content.basis.as_ref().map(basis),
        audited: content
            .audited
            .as_ref()
            .map(|audited| word(&audited.decision))
            .unwrap_or_default(),
        located: content.located.as_ref().map(located),
        matter: content.matter.clone().unwrap_or_default(),
        ledger_id: content.met.clone().unwrap_or_default(),
    }
}

fn cast(cast: &Cast) -> v1::Cast {
    v1::Cast {
        agent: cast.agent.clone(),
        family: cast.family.clone(),
        attempt_id: cast.attempt_id.clone(),
        execution_id: cast.execution_id.clone(),
        real: cast.real.word().to_owned(),
        answer: cast.answer.clone().unwrap_or_default(),
    }
}

/// Where a remark on a diff stands.
pub(super) fn located(located: &Located) -> v1::Located {
    v1::Located {
        path: located.path.clone(),
        side: word(&located.side),
        first: located.first,
        last: located.last,
        fingerprint: located.fingerprint.clone(),
        pre_existing: located.pre_existing,
    }
}

fn basis(basis: &Basis) -> v1::Basis {
    match basis {
        Basis::Ledger { entry } => v1::Basis {
            by: "ledger".to_owned(),
            entry: Some(entry_of(entry)),
            ..v1::Basis::default()
        },
        Basis::Arbiter { agent, ruling } => {
            let (said, reason) = match ruling {
                Ruling::Uphold { reason, .. } => ("uphold", reason),
                Ruling::Overrule { reason } => ("overrule", reason),
                Ruling::Abstain { reason } => ("abstain", reason),
            };
            v1::Basis {
                by: "arbiter".to_owned(),
                agent: agent.clone(),
                ruling: said.to_owned(),
                reason: text(reason.as_deref()),
                entry: None,
            }
        }
    }
}

/// A question.
#[must_use]
pub fn question(question: &Question, revision: u64) -> v1::Question {
    let settled = question.settled.as_ref();
    let state = match settled.map(|settled| &settled.disposition) {
        _ if question.is_withdrawn() => "withdrawn",
        None => "open",
        Some(Disposition::Later) => "later",
        Some(_) => "settled",
    };
    let (about, permission) = match &question.about {
        About::Finding => ("", None),
        About::Permission(asked) => ("permission", Some(permission(asked))),
    };
    v1::Question {
        id: question.id.to_string(),
        run_id: question.run.to_string(),
        finding_id: match question.about {
            About::Finding => question.id.to_string(),
            About::Permission(_) => String::new(),
        },
        about: about.to_owned(),
        permission,
        state: state.to_owned(),
        text: question.text.clone(),
        options: question.options.clone(),
        recommended: question.recommended.clone().unwrap_or_default(),
        content_hash: question.content_hash.clone(),
        rank: i32::try_from(question.rank).unwrap_or(i32::MAX),
        severity: question.severity.clone(),
        disposition: settled
            .map(|settled| settled.word().to_owned())
            .unwrap_or_default(),
        answer: settled
            .map(|settled| said(&settled.disposition))
            .unwrap_or_default(),
        answered_by: settled
            .map(|settled| settled.by.clone())
            .unwrap_or_default(),
        answered_at: settled.map(|settled| timestamp(settled.at_us)),
        bulk: settled.is_some_and(|settled| settled.bulk),
        section: question.section.clone(),
        revision,
        position: Some(question.position),
        answered_from: settled
            .map(|settled| settled.from.clone())
            .unwrap_or_default(),
        due_at: question.due_at_us.map(timestamp),
        reminders: Some(question.reminders).filter(|times| *times > 0),
        audit: question.audit,
    }
}

fn permission(asked: &Asked) -> v1::Permission {
    let permission = &asked.permission;
    v1::Permission {
        attempt_id: asked.attempt.to_string(),
        execution_id: asked.execution.to_string(),
        agent: asked.agent.clone(),
        tool_kind: word(&permission.kind),
        what: permission.what.clone(),
        paths: permission.paths.clone(),
        option_kinds: permission
            .choices
            .iter()
            .map(|choice| word(&choice.kind))
            .collect(),
    }
}

pub(super) fn said(disposition: &Disposition) -> String {
    match disposition {
        Disposition::Answer(text) | Disposition::DuplicateOf(text) => text.clone(),
        Disposition::Option(number) => number.to_string(),
        Disposition::MustFix | Disposition::Dismiss | Disposition::Later => String::new(),
    }
}

/// A verdict.
#[must_use]
pub fn verdict(verdict: &Verdict, revision: u64) -> v1::Verdict {
    let weighed = verdict.weighed.as_ref();
    let ballot = weighed.and_then(|weighed| weighed.trust.ballot.as_ref());
    v1::Verdict {
        run_id: verdict.run.to_string(),
        state: verdict.state.to_string(),
        trust: verdict.line.clone(),
        answered: verdict.answered.clone(),
        missing: verdict
            .missing
            .iter()
            .map(|missing| v1::Missing {
                agent: missing.agent.clone(),
                reason: missing.reason.clone(),
                detail: missing.detail.clone(),
            })
            .collect(),
        counts: weighed.map(|weighed| v1::Counts {
            resolved: Some(count(weighed.trust.resolved)),
            asked: Some(count(weighed.trust.asked + weighed.trust.arbitrated)),
            watched: Some(count(weighed.trust.watched)),
            noted: Some(count(weighed.trust.noted)),
            settled: Some(count(weighed.trust.settled)).filter(|settled| *settled > 0),
            arbitrated: Some(count(weighed.trust.arbitrated)).filter(|put| *put > 0),
            // What the rounds showed stands with the ballot.
            confirmed: None,
            contested: None,
        }),
        before_ballot: ballot.map(|ballot| counts(&ballot.before)),
        after_ballot: ballot.map(|ballot| counts(&ballot.after)),
        ballots_valid: ballot.map(|ballot| count(ballot.valid)),
        ballots_asked: ballot.map(|ballot| count(ballot.asked)),
        independent_votes_tenths: weighed
            .filter(|weighed| !weighed.outcome_hash.is_empty())
            .map(|weighed| count(weighed.trust.independent_votes_tenths)),
        revision,
        decided_at: Some(timestamp(verdict.decided_at_us)),
        // As it was before verdicts told them.
        notes: weighed
            .filter(|weighed| !weighed.outcome_hash.is_empty())
            .map(|weighed| weighed.trust.notes.clone())
            .unwrap_or_default(),
    }
}

fn counts(of: &Counts) -> v1::Counts {
    v1::Counts {
        resolved: Some(count(of.resolved)),
        asked: Some(count(of.asked)),
        watched: Some(count(of.watched)),
        noted: Some(count(of.noted)),
        settled: Some(count(of.settled)),
        arbitrated: Some(count(of.arbitrated)),
        confirmed: Some(count(of.confirmed)),
        contested: Some(count(of.contested)),
    }
}
