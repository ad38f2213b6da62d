//! From the core's entities to the protocol's messages. The only way there: deltas, snapshots and answers to
//! queries go through the same conversion.

use std::{path::Path, time::Duration};

use prost_types::Timestamp;
use synod_adapters::{Adapter, Money, Usage};
use synod_consensus::Disposition;
use synod_core::entity::{
    About, Asked, Attempt, Entity, Execution, Finding, Progress, Question, Run, Verdict, Work,
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
fn word<T: serde::Serialize>(of: &T) -> String {
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
        counts: verdict.weighed.as_ref().map(|weighed| v1::Counts {
            resolved: Some(count(weighed.trust.resolved)),
            asked: Some(count(weighed.trust.asked + weighed.trust.arbitrated)),
            watched: Some(count(weighed.trust.watched)),
            noted: Some(count(weighed.trust.noted)),
        }),
        revision,
        decided_at: Some(timestamp(verdict.decided_at_us)),
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
        Entity::Run(_) | Entity::Finding(_) | Entity::Question(_) => None,
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
