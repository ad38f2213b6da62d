//! From the core's entities to the protocol's messages. The only way there: deltas, snapshots and answers to
//! queries go through the same conversion.

use std::{path::Path, time::Duration};

use prost_types::Timestamp;
use synod_adapters::{Adapter, Money, Usage};
use synod_consensus::{
    Disposition, Ruling,
    finding::{Basis, Cast, Located},
    ledger::{self, Entry},
    trust::Counts,
};
use synod_core::entity::{
    About, Asked, Attempt, Entity, Execution, Finding, LedgerEntry, Part, Progress, Question, Run,
    Verdict, Voices, Work, disposition_word,
};
use synod_core::workspace::{Place, Standing, Workspace};
use synod_proto::v1;
use synod_shared::{
    projection,
    words::{AttemptState, ExecutionState, Reason},
};

use crate::store::{RunParts, Stamped};

/// Microseconds since 1970 as the protocol writes them.
#[must_use]
pub fn timestamp(us: i64) -> Timestamp {
    Timestamp {
        seconds: us.div_euclid(1_000_000),
        nanos: i32::try_from(us.rem_euclid(1_000_000) * 1_000).unwrap_or(0),
    }
}

/// A duration as the protocol writes it.
#[must_use]
pub fn duration(of: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(of.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(of.subsec_nanos()).unwrap_or(0),
    }
}

fn reason(of: Option<Reason>) -> String {
    of.map(|reason| reason.to_string()).unwrap_or_default()
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// A word of a table that the core keeps as an enum.
pub(crate) fn word<T: serde::Serialize>(of: &T) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

/// A run's own fields.
#[must_use]
pub fn run(run: &Run, revision: u64) -> v1::Run {
    let (kind, gate) = match &run.work {
        Work::Command => ("command", None),
        Work::Agent => ("agent", None),
        Work::Gate(gate) => ("gate", Some(gate)),
    };
    v1::Run {
        id: run.id.to_string(),
        name: run.name.clone(),
        state: run.state.to_string(),
        reason: reason(run.reason),
        revision,
        kind: kind.to_owned(),
        gate: gate.map(|gate| gate.gate.clone()).unwrap_or_default(),
        gate_version: gate.map(|gate| gate.version).unwrap_or_default(),
        subject: run.subject.clone(),
        created_at: Some(timestamp(run.created.utc_us)),
        ended_at: run.ended_at_us.map(timestamp),
        round: gate
            .and_then(|gate| gate.round())
            .map(|round| match round.part {
                Part::Answer => String::new(),
                Part::Ballot => "ballot".to_owned(),
                Part::Arbiter => "arbitration".to_owned(),
            })
            .unwrap_or_default(),
        gate_hash: gate
            .map(|gate| gate.definition.hash.clone())
            .unwrap_or_default(),
        gate_origin: gate
            .map(|gate| gate.definition.origin.clone())
            .unwrap_or_default(),
        content_hash: gate
            .map(|gate| gate.content_hash.clone())
            .unwrap_or_default(),
        diff: gate.and_then(|gate| gate.diff.clone()).unwrap_or_default(),
        probe: gate.is_some_and(|gate| gate.probe.is_some()),
        quorum: gate
            .map(|gate| u32::try_from(gate.policy.quorum).unwrap_or(u32::MAX))
            .unwrap_or_default(),
        roster: gate
            .map(|gate| gate.roster.iter().map(|seat| seat.agent.clone()).collect())
            .unwrap_or_default(),
        open_questions: match run.work {
            Work::Gate(_) => Some(run.open_questions),
            Work::Agent => Some(run.open_questions).filter(|open| *open > 0),
            Work::Command => None,
        },
        workspace: run.workspace.as_ref().map(workspace),
        ..v1::Run::default()
    }
}

/// A run's workspace.
fn workspace(of: &Workspace) -> v1::Workspace {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (repository, worktree) = match &of.place {
        Place::None { .. } => (String::new(), None),
        Place::Worktree(worktree) => (text(&worktree.repository), Some(worktree)),
        Place::Copy { folder, .. } => (text(folder), None),
    };
    let (onto, commit) = match &of.standing {
        Standing::Planned | Standing::Made | Standing::Continued { .. } | Standing::Discarded => {
            (None, None)
        }
        Standing::Merged { onto, commit, .. } => (Some(onto), Some(commit)),
        Standing::Left { commit } => (None, Some(commit)),
        Standing::Cleaned { commit } => (None, commit.as_ref()),
    };
    v1::Workspace {
        kind: of.kind().to_string(),
        path: text(of.path()),
        repository,
        base: worktree
            .map(|worktree| worktree.base.clone())
            .unwrap_or_default(),
        branch: worktree
            .and_then(|worktree| worktree.branch.clone())
            .unwrap_or_default(),
        state: of.state().to_string(),
        onto: onto.cloned().unwrap_or_default(),
        commit: commit.cloned().unwrap_or_default(),
        continued_by: match &of.standing {
            Standing::Continued { by } => by.to_string(),
            Standing::Planned
            | Standing::Made
            | Standing::Merged { .. }
            | Standing::Left { .. }
            | Standing::Discarded
            | Standing::Cleaned { .. } => String::new(),
        },
    }
}

/// An execution's own fields.
#[must_use]
pub fn execution(execution: &Execution, revision: u64) -> v1::Execution {
    v1::Execution {
        id: execution.id.to_string(),
        run_id: execution.run.to_string(),
        agent: execution.agent.name.clone(),
        state: execution.state.to_string(),
        reason: reason(execution.reason),
        detail: execution.detail.clone(),
        family: execution.agent.family.clone(),
        provider: execution.agent.provider.clone(),
        queued_at: Some(timestamp(execution.queued_at_us)),
        ended_at: execution.ended_at_us.map(timestamp),
        revision,
        position: Some(execution.position),
        // As it was before there were others: what a feed told long ago is what the tables say now.
        adapter: match execution.agent.adapter {
            Adapter::Command => String::new(),
            adapter => adapter.to_string(),
        },
        part: execution.part.word().to_owned(),
        attempts: Vec::new(),
    }
}

/// An attempt's own fields.
#[must_use]
pub fn attempt(attempt: &Attempt, revision: u64) -> v1::Attempt {
    let end = attempt.end.as_ref();
    let told = end.and_then(|end| end.told.as_deref());
    v1::Attempt {
        id: attempt.id.to_string(),
        execution_id: attempt.execution.to_string(),
        run_id: attempt.run.to_string(),
        number: attempt.number,
        state: attempt.state.to_string(),
        exit_code: end.and_then(|end| end.exit_code),
        signal: end.and_then(|end| end.signal),
        reason: end.map(|end| end.reason.to_string()).unwrap_or_default(),
        detail: end.map(|end| end.detail.clone()).unwrap_or_default(),
        started_at: attempt.started_at_us.map(timestamp),
        ended_at: end.map(|end| timestamp(end.at_us)),
        output_bytes: end.map(|end| end.output_bytes),
        error_bytes: end.map(|end| end.error_bytes),
        pid: attempt.pid,
        duration: end
            .and_then(|end| end.duration_us)
            .map(|us| duration(Duration::from_micros(us))),
        containment: attempt.containment.clone(),
        last_line: String::new(),
        last_output_at: None,
        revision,
        timeout: attempt.timeout.map(duration),
        final_text: None,
        final_text_bytes: None,
        session_id: text(told.and_then(|told| told.record.session_id.as_deref())),
        model: text(told.and_then(|told| told.record.model.as_deref())),
        usage: told.and_then(|told| usage(&told.usage)),
        retry_at: end.and_then(|end| end.retry_at_us).map(timestamp),
        steps: told.map(|told| told.record.steps),
        activity: String::new(),
        transcript_bytes: end.and_then(|end| end.told.as_ref().map(|_| end.transcript_bytes)),
    }
}

fn text(of: Option<&str>) -> String {
    of.unwrap_or_default().to_owned()
}

/// What was used; nothing if nothing was told.
#[must_use]
pub fn usage(usage: &Usage) -> Option<v1::Usage> {
    if *usage == Usage::default() {
        return None;
    }
    let tokens = |count| Some(u32::try_from(count).unwrap_or(u32::MAX));
    Some(v1::Usage {
        input_tokens: tokens(usage.input_tokens),
        cached_tokens: tokens(usage.cached_tokens),
        output_tokens: tokens(usage.output_tokens),
        reasoning_tokens: tokens(usage.reasoning_tokens),
        cost_usd: usage.cost.map(|Money(millionths)| millionths as f64 / 1e6),
        estimated: usage.cost.map(|_| usage.estimated),
    })
}

/// An attempt's progress.
#[must_use]
pub fn progress(progress: &Progress, revision: u64) -> v1::AttemptProgress {
    let told = progress.told.as_ref();
    v1::AttemptProgress {
        attempt_id: progress.attempt.to_string(),
        execution_id: progress.execution.to_string(),
        run_id: progress.run.to_string(),
        output_bytes: progress.output_bytes,
        error_bytes: progress.error_bytes,
        last_line: progress.last_line.clone(),
        last_output_at: progress.last_output_at_us.map(timestamp),
        lines: progress.lines,
        revision,
        activity: text(told.map(|told| told.record.activity.as_str())),
        steps: told.map(|told| told.record.steps),
        usage: told.and_then(|told| usage(&told.usage)),
        session_id: text(told.and_then(|told| told.record.session_id.as_deref())),
        model: text(told.and_then(|told| told.record.model.as_deref())),
        transcript_bytes: progress.transcript_bytes,
    }
}

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

fn said(disposition: &Disposition) -> String {
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

/// Where a remark on a diff stands.
fn located(located: &Located) -> v1::Located {
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

/// An entry of the ledger.
#[must_use]
pub fn ledger_entry(kept: &LedgerEntry, revision: u64) -> v1::LedgerEntry {
    v1::LedgerEntry {
        gate: kept.gate.clone(),
        subject: kept.subject.clone(),
        located: kept.located.as_ref().map(located),
        revision,
        quote: kept.quote.clone(),
        ..entry_of(&kept.entry)
    }
}

fn entry_of(entry: &Entry) -> v1::LedgerEntry {
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
        ..v1::LedgerEntry::default()
    };
    match &entry.standing {
        ledger::Standing::Settled {
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
        ledger::Standing::Resolved { answer, at_us } => v1::LedgerEntry {
            standing: "resolved".to_owned(),
            answer: text(answer.as_deref()),
            at: Some(timestamp(*at_us)),
            ..written
        },
        ledger::Standing::Watched { at_us, .. } => v1::LedgerEntry {
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

/// What the feed told of an entity before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// The state of an execution; none if it is new.
    Execution(Option<ExecutionState>),
    /// That the attempt was started.
    Started,
    /// Nothing that matters to what is told now.
    Nothing,
}

/// One committed fact as it is stored and sent. `before` is the state of the execution so far.
#[must_use]
pub fn change(
    entity: &Entity,
    revision: u64,
    at_us: i64,
    request_id: &str,
    before: Before,
) -> v1::Change {
    use v1::change::Entity as Wire;
    let wire = match entity {
        Entity::Run(value) => Wire::Run(run(value, revision)),
        Entity::Execution(value) => Wire::Execution(execution(value, revision)),
        Entity::Attempt(value) => Wire::Attempt(attempt(value, revision)),
        Entity::Progress(value) => Wire::Progress(progress(value, revision)),
        Entity::Finding(value) => Wire::Finding(finding(value, revision)),
        Entity::Question(value) => Wire::Question(question(value, revision)),
        Entity::Verdict(value) => Wire::Verdict(verdict(value, revision)),
        Entity::Ledger(value) => Wire::Ledger(ledger_entry(value, revision)),
    };
    v1::Change {
        revision,
        at: Some(timestamp(at_us)),
        request_id: request_id.to_owned(),
        entity: Some(wire),
        lifecycle: lifecycle(entity, before),
    }
}

/// What happened, where it has a name of its own.
fn lifecycle(entity: &Entity, before: Before) -> Option<v1::change::Lifecycle> {
    use v1::change::Lifecycle as Wire;
    match entity {
        Entity::Attempt(attempt) => attempt_lifecycle(attempt, before),
        Entity::Progress(progress) => Some(Wire::AgentProgress(v1::Progress {
            attempt_id: progress.attempt.to_string(),
            agent: progress.agent.clone(),
            output_bytes: progress.output_bytes,
            last_line: progress.last_line.clone(),
        })),
        Entity::Execution(execution) => Some(Wire::AgentStatus(v1::AgentStatusUpdate {
            execution_id: execution.id.to_string(),
            agent: execution.agent.name.clone(),
            from: match before {
                Before::Execution(Some(state)) => state.to_string(),
                Before::Execution(None) | Before::Started | Before::Nothing => String::new(),
            },
            to: execution.state.to_string(),
        })),
        Entity::Verdict(verdict) => Some(Wire::GateResult(v1::GateResult {
            run_id: verdict.run.to_string(),
            gate: verdict.gate.clone(),
            state: verdict.state.to_string(),
        })),
        Entity::Run(_) | Entity::Finding(_) | Entity::Question(_) | Entity::Ledger(_) => None,
    }
}

fn attempt_lifecycle(attempt: &Attempt, before: Before) -> Option<v1::change::Lifecycle> {
    use v1::change::Lifecycle as Wire;
    match (attempt.state, &attempt.end) {
        // It runs as before; something else about it has changed.
        (AttemptState::Running, _) if before == Before::Started => None,
        (AttemptState::Running, _) => Some(Wire::AgentStarted(v1::Started {
            attempt_id: attempt.id.to_string(),
            agent: attempt.agent.clone(),
            pid: attempt.pid.unwrap_or_default(),
        })),
        (AttemptState::Exited | AttemptState::Lost, Some(end))
            if end.reason == Reason::Completed =>
        {
            Some(Wire::AgentCompleted(v1::Completed {
                attempt_id: attempt.id.to_string(),
                agent: attempt.agent.clone(),
                exit_code: end.exit_code,
            }))
        }
        (AttemptState::Exited | AttemptState::Lost, Some(end)) => {
            Some(Wire::AgentFailed(v1::Failed {
                attempt_id: attempt.id.to_string(),
                agent: attempt.agent.clone(),
                reason: end.reason.to_string(),
                exit_code: end.exit_code,
                signal: end.signal,
            }))
        }
        (
            AttemptState::Starting
            | AttemptState::Stopping
            | AttemptState::Exited
            | AttemptState::Lost,
            _,
        ) => None,
    }
}

/// How much of a run is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// With executions and attempts.
    Summary,
    /// With findings, questions and the verdict too.
    Whole,
}

/// A run with its parts.
#[must_use]
pub fn compose(parts: &RunParts, depth: Depth) -> v1::Run {
    let mut whole = run(&parts.run.value, newest(parts));
    let mut executions: Vec<v1::Execution> = parts
        .executions
        .iter()
        .map(|Stamped { revision, value }| {
            let mut one = execution(value, *revision);
            one.attempts = attempts_of(parts, value);
            one
        })
        .collect();
    executions.sort_by_cached_key(projection::seat);
    let done = parts
        .executions
        .iter()
        .filter(|stamped| stamped.value.state.is_terminal())
        .count();
    whole.executions_done = Some(u32::try_from(done).unwrap_or(u32::MAX));
    whole.usage = projection::usage_of(executions.iter().flat_map(|one| &one.attempts));
    whole.executions = executions;
    if depth == Depth::Whole {
        whole.findings = parts
            .findings
            .iter()
            .map(|stamped| finding(&stamped.value, stamped.revision))
            .collect();
        whole.findings.sort_by_cached_key(projection::place);
        whole.questions = parts
            .questions
            .iter()
            .map(|stamped| question(&stamped.value, stamped.revision))
            .collect();
        whole.questions.sort_by_cached_key(projection::urgency);
        whole.verdict = parts
            .verdict
            .as_ref()
            .map(|stamped| verdict(&stamped.value, stamped.revision));
    }
    whole
}

fn attempts_of(parts: &RunParts, execution: &Execution) -> Vec<v1::Attempt> {
    let mut attempts: Vec<v1::Attempt> = parts
        .attempts
        .iter()
        .filter(|stamped| stamped.value.execution == execution.id)
        .map(|stamped| {
            let seen = parts
                .progress
                .iter()
                .find(|p| p.value.attempt == stamped.value.id)
                .map(|seen| progress(&seen.value, seen.revision));
            let one = attempt(&stamped.value, stamped.revision);
            projection::compose_attempt(&one, seen.as_ref())
        })
        .collect();
    attempts.sort_by_key(|attempt| attempt.number);
    attempts
}

fn newest(parts: &RunParts) -> u64 {
    let revisions = [parts.run.revision]
        .into_iter()
        .chain(parts.executions.iter().map(|s| s.revision))
        .chain(parts.attempts.iter().map(|s| s.revision))
        .chain(parts.progress.iter().map(|s| s.revision))
        .chain(parts.findings.iter().map(|s| s.revision))
        .chain(parts.questions.iter().map(|s| s.revision))
        .chain(parts.verdict.iter().map(|s| s.revision));
    revisions.max().unwrap_or(0)
}
