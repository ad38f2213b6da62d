//! The exact bytes an agent was given, or will be.

use std::sync::Arc;

use synod_core::entity::{Attempt, Execution};
use synod_proto::v1;
use tonic::{Code, Status};

use super::{Context, status};
use crate::{store::Kind, submit::keep};

/// Digits of an id that are shown to choose by: as many as the command line prints.
const SHOWN: usize = 8;

pub(super) async fn get(
    context: &Context,
    request: v1::GetPromptRequest,
) -> Result<v1::GetPromptResponse, Status> {
    let target = context
        .target("a run, an execution or an attempt", &request.id)
        .await?;
    let parts = context.parts(&target.run).await?;
    let executions: Vec<&Execution> = parts.executions.iter().map(|one| &one.value).collect();
    let attempts: Vec<&Attempt> = parts.attempts.iter().map(|one| &one.value).collect();
    let (execution, attempt) = match target.kind {
        Kind::Attempt => {
            let attempt = attempts
                .iter()
                .find(|attempt| attempt.id.to_string() == target.id);
            let execution = attempt.and_then(|attempt| {
                executions
                    .iter()
                    .find(|execution| execution.id == attempt.execution)
            });
            (execution.copied(), attempt.copied())
        }
        Kind::Execution => {
            let execution = executions
                .iter()
                .find(|execution| execution.id.to_string() == target.id);
            (execution.copied(), last(execution.copied(), &attempts))
        }
        Kind::Run | Kind::Question => match executions.as_slice() {
            [only] => (Some(*only), last(Some(only), &attempts)),
            several => {
                let mut several = several.to_vec();
                several.sort_by_key(|one| (one.part, one.position));
                let names: Vec<String> = several
                    .iter()
                    .map(|one| {
                        let id: String = one.id.to_string().chars().take(SHOWN).collect();
                        match one.part.word() {
                            "" => format!("{id} {}", one.agent.name),
                            part => format!("{id} {} ({part})", one.agent.name),
                        }
                    })
                    .collect();
                return Err(status::invalid(
                    "several-executions",
                    format!(
                        "expected one agent's part of {}, found {}: {}; name one by its id, or an agent (`--agent`)",
                        parts.run.value.name,
                        several.len(),
                        names.join(", ")
                    ),
                ));
            }
        },
    };
    let Some(execution) = execution else {
        return Err(status::not_found("an execution", &request.id));
    };
    let (execution_id, attempt) = (execution.id, attempt.cloned());
    let (launcher, submitter) = (
        Arc::clone(&context.launcher),
        Arc::clone(&context.submitter),
    );
    let attempt_id = attempt.as_ref().map(|attempt| attempt.id.to_string());
    let prompt = tokio::task::spawn_blocking(move || match attempt {
        Some(attempt) => std::fs::read(launcher.live_dir(&attempt).prompt())
            // It moves from one to the other, never back.
            .or_else(|_| std::fs::read(launcher.archived_dir(&attempt).prompt()))
            .map_err(|error| error.to_string()),
        None => keep::prompt(&submitter.paths, execution_id, 1).map_err(|error| error.to_string()),
    })
    .await
    .map_err(|_| status::ended())?
    .map_err(|why| {
        status::with_reason(
            Code::FailedPrecondition,
            "prompt-gone",
            format!("the prompt is not there any more: {why}"),
        )
    })?;
    Ok(v1::GetPromptResponse {
        prompt,
        attempt_id: attempt_id.unwrap_or_default(),
        execution_id: execution_id.to_string(),
    })
}

fn last<'a>(execution: Option<&Execution>, attempts: &[&'a Attempt]) -> Option<&'a Attempt> {
    let id = execution?.attempts.last()?;
    attempts.iter().find(|attempt| attempt.id == *id).copied()
}
