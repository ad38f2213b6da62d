//! Single agents: a run of one, the next turn of its session, the same work again.

use std::collections::HashMap;

use synod_adapters::Adapter;
use synod_core::entity::{OrAnew, Resume};
use synod_proto::v1;
use tonic::Status;

use super::{hash, repeated, request_id, submit};
use crate::{
    rpc::{Context, status},
    store::Kind,
    submit::{self as submission, Again},
};

pub(in crate::rpc) async fn agent(
    context: &Context,
    request: v1::SpawnAgentRequest,
) -> Result<v1::SpawnAgentResponse, Status> {
    let id = request_id(&request.request_id)?;
    let hash = hash(
        "agent",
        v1::SpawnAgentRequest {
            env: HashMap::new(),
            request_id: String::new(),
            ..request.clone()
        },
    );
    if let Some(committed) = repeated(context, &id, &hash).await? {
        return Ok(v1::SpawnAgentResponse {
            run: Some(context.run(&committed.reply.run.to_string()).await?),
            revision: committed.revision,
        });
    }
    let left = match request.continue_run.as_str() {
        "" => None,
        run => Some(left_behind(context, run).await?),
    };
    let committed = submit(context, id, hash, move |submitter| {
        submission::agent(submitter, request, left)
    })
    .await?;
    let run = context.run(&committed.reply.run.to_string()).await?;
    Ok(v1::SpawnAgentResponse {
        run: Some(run),
        revision: committed.revision,
    })
}

/// The session that an ended run left.
async fn left_behind(context: &Context, run: &str) -> Result<submission::Left, Status> {
    let target = context.target("a run", run).await?;
    let parts = context.parts(&target.run).await?;
    let run = parts.run.value;
    let name = run.name.clone();
    let cannot = |reason, why: &str| {
        Err(status::with_reason(
            tonic::Code::FailedPrecondition,
            reason,
            format!("{name} cannot be gone on with: {why}"),
        ))
    };
    if !matches!(run.work, synod_core::entity::Work::Agent) {
        return cannot(
            "no-session",
            "it is no run of a single agent; `synod run` starts those",
        );
    }
    if !run.state.is_terminal() {
        return cannot(
            "not-ended",
            &format!("it is {}; wait for its end, or cancel it", run.state),
        );
    }
    let Some(execution) = parts.executions.into_iter().next_back() else {
        return cannot("no-session", "nothing of it was ever started");
    };
    let told = parts
        .attempts
        .iter()
        .filter_map(|attempt| attempt.value.end.as_ref()?.told.as_deref())
        .next_back();
    // One that ended before its CLI told anything knows what it began with.
    let began = execution.value.agent.resume.as_ref();
    let session_id = told
        .and_then(|told| told.record.session_id.clone())
        .or_else(|| began.map(|resume| resume.session_id.clone()));
    let Some(session_id) = session_id else {
        return cannot(
            "no-session",
            "its agent told of no session; `synod retry` does the work again in a new one",
        );
    };
    let used = told.map(|told| told.record.usage).unwrap_or_default();
    let before = began.map(|resume| resume.before).unwrap_or_default();
    Ok(submission::Left {
        resume: Resume {
            run: run.id,
            session_id,
            before: used.at_least(before),
            or_anew: OrAnew::Never,
        },
        agent: execution.value.agent,
        run,
    })
}

pub(in crate::rpc) async fn retry(
    context: &Context,
    request: v1::RetryAgentRequest,
) -> Result<v1::RetryAgentResponse, Status> {
    let id = request_id(&request.request_id)?;
    let hash = hash_of_retry(&request);
    if let Some(committed) = repeated(context, &id, &hash).await? {
        return Ok(v1::RetryAgentResponse {
            run: Some(context.run(&committed.reply.run.to_string()).await?),
            revision: committed.revision,
        });
    }
    let target = context
        .target("an execution", &request.execution_id)
        .await?;
    let parts = context.parts(&target.run).await?;
    let several = parts.executions.len() > 1;
    let execution = parts
        .executions
        .iter()
        .map(|stamped| &stamped.value)
        .find(|execution| match target.kind {
            Kind::Execution => execution.id.to_string() == target.id,
            Kind::Attempt => execution
                .attempts
                .iter()
                .any(|attempt| attempt.to_string() == target.id),
            Kind::Run => !several,
            Kind::Question => false,
        })
        .cloned()
        .ok_or_else(|| {
            status::invalid(
                "several-executions",
                format!(
                    "{} has several executions; name one of them (`synod show {}`)",
                    parts.run.value.name, parts.run.value.name
                ),
            )
        })?;
    if !execution.state.is_terminal() {
        return Err(status::with_reason(
            tonic::Code::FailedPrecondition,
            "not-ended",
            format!(
                "the execution is {}; cancel it first, or wait for its end",
                execution.state
            ),
        ));
    }
    if matches!(parts.run.value.work, synod_core::entity::Work::Gate(_))
        && parts.run.value.state.is_terminal()
    {
        return Err(status::with_reason(
            tonic::Code::FailedPrecondition,
            "too-late",
            format!(
                "the run {} has ended ({}); submit the gate again",
                parts.run.value.name, parts.run.value.state
            ),
        ));
    }
    let attempt = parts
        .attempts
        .iter()
        .map(|s| &s.value)
        .filter(|a| a.execution == execution.id)
        .max_by_key(|a| a.number)
        .cloned();
    let dir = attempt.as_ref().map(|attempt| {
        let live = context.launcher.live_dir(attempt);
        if live.path().exists() {
            live
        } else {
            context.launcher.archived_dir(attempt)
        }
    });
    let told = attempt
        .as_ref()
        .and_then(|attempt| attempt.end.as_ref()?.told.as_deref());
    let mut execution = execution;
    if let (Some(resume), Some(told)) = (&mut execution.agent.resume, told) {
        // What the failed attempt used of the session is counted where it stands.
        resume.before = resume.before.at_least(told.record.usage);
    } else if let (Adapter::Acp, Some(told)) = (execution.agent.adapter, told) {
        // What it had come to know is in its session, if it can load that again.
        let session = told.record.session_id.clone();
        execution.agent.resume = session.map(|session_id| Resume {
            run: parts.run.value.id,
            session_id,
            before: told.record.usage,
            or_anew: OrAnew::IfItMust,
        });
    }
    let again = Again {
        run: parts.run.value.clone(),
        execution,
        dir,
    };
    let committed = submit(context, id, hash, move |submitter| {
        submission::again(submitter, request, again)
    })
    .await?;
    let run = context.run(&committed.reply.run.to_string()).await?;
    Ok(v1::RetryAgentResponse {
        run: Some(run),
        revision: committed.revision,
    })
}

fn hash_of_retry(request: &v1::RetryAgentRequest) -> String {
    let bare = v1::RetryAgentRequest {
        env: HashMap::new(),
        request_id: String::new(),
        ..request.clone()
    };
    hash("retry", bare)
}
