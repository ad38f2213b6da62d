//! Cancelling. Whatever has ended stays as it is; that is no error. Answers hold no findings and no questions: work
//! can be ended however much it has to say.

use synod_core::input::Command;
use synod_proto::v1;
use tonic::Status;

use super::{Context, query, spawn::request_id, status};
use crate::{engine::Request, submit};

pub(super) async fn run(
    context: &Context,
    request: v1::CancelRunRequest,
) -> Result<v1::CancelRunResponse, Status> {
    let id = request_id(&request.request_id)?;
    let target = context.target("a run", &request.run_id).await?;
    let run = target
        .run
        .parse()
        .map_err(|_| status::not_found("a run", &request.run_id))?;
    let committed = command(
        context,
        id,
        &format!("cancel run {run}"),
        Command::CancelRun { run },
    )
    .await?;
    Ok(v1::CancelRunResponse {
        run: Some(context.summary(&target.run).await?),
        revision: committed,
    })
}

pub(super) async fn agent(
    context: &Context,
    request: v1::CancelAgentRequest,
) -> Result<v1::CancelAgentResponse, Status> {
    let id = request_id(&request.request_id)?;
    let target = context
        .target("an execution", &request.execution_id)
        .await?;
    let named = query::execution_of(context.summary(&target.run).await?, &target)?;
    let execution = named
        .id
        .parse()
        .map_err(|_| status::not_found("an execution", &request.execution_id))?;
    let text = format!("cancel execution {execution}");
    let revision = command(context, id, &text, Command::CancelExecution { execution }).await?;
    let run = context.summary(&target.run).await?;
    Ok(v1::CancelAgentResponse {
        execution: run
            .executions
            .into_iter()
            .find(|found| found.id == named.id),
        revision,
    })
}

/// Carries out a command that leaves no files; gives the revision after the commit.
pub(super) async fn command(
    context: &Context,
    id: String,
    payload: &str,
    command: Command,
) -> Result<u64, Status> {
    let request = Request {
        id,
        payload_hash: submit::payload_hash("command", payload.as_bytes()),
        command,
    };
    let committed = context
        .engine
        .command(request)
        .await
        .map_err(|error| status::from_engine(&error))?;
    Ok(committed.revision)
}
