//! Runs, their executions and attempts: what is done, by whom, and what it uses.

use std::{path::Path, time::Duration};

use synod_adapters::{Adapter, Money, Usage};
use synod_core::entity::{Attempt, Execution, Part, Progress, Run, Work};
use synod_core::workspace::{Place, Standing, Workspace};
use synod_proto::v1;

use super::{duration, reason, text, timestamp};

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

/// What was used; nothing if nothing was told.
fn usage(usage: &Usage) -> Option<v1::Usage> {
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
