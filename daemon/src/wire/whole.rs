//! A run with all its parts as one message.

use synod_core::entity::Execution;
use synod_proto::v1;
use synod_shared::projection;

use super::{attempt, execution, finding, progress, question, run, verdict};
use crate::store::{RunParts, Stamped};

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
