//! Changes of the feed: an entity as it is now, and what has just become of it.

use synod_core::entity::{Attempt, Entity};
use synod_proto::v1;
use synod_shared::words::{AttemptState, ExecutionState, Reason};

use super::{
    attempt, execution, finding, ledger_entry, progress, question, run, timestamp, verdict,
};

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
