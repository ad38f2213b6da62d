//! Submissions: each is prepared, committed once, and answered the same however often it is repeated.

mod agent;
mod change;
mod gate;
mod standing;

use std::sync::Arc;

use synod_shared::ids::RunId;
use tonic::Status;

pub(super) use self::{
    agent::{agent, retry},
    gate::gate,
};
use super::{Context, status};
use crate::{
    engine::{Committed, EngineError, Request},
    submit::{self, Ready, SubmitError, Submitter},
};

/// Prepares off the runtime's threads, commits, and keeps the files only if this call made the run.
async fn submit(
    context: &Context,
    id: String,
    payload_hash: String,
    prepare: impl FnOnce(&Submitter) -> Result<Ready, SubmitError> + Send + 'static,
) -> Result<Committed, Status> {
    // A repeat gets the first answer, whatever has become of its files and folders since.
    if let Some(committed) = repeated(context, &id, &payload_hash).await? {
        return Ok(committed);
    }
    let submitter = Arc::clone(&context.submitter);
    let ready = tokio::task::spawn_blocking(move || prepare(&submitter))
        .await
        .map_err(|_| status::ended())?
        .map_err(|error| status::from_submit(&error))?;
    let Ready { command, kept } = ready;
    let made = made_by(&command);
    let request = Request {
        id,
        payload_hash,
        command,
    };
    // Not cut off by a caller that goes away: whether the files stay depends on the answer.
    let engine = context.engine.clone();
    let outcome = tokio::spawn(async move {
        let outcome = engine.command(request).await;
        match &outcome {
            // Attached to another run, or a repeat of an earlier request: these files are of no use.
            Ok(committed) if !made.is(&committed.reply) => drop(kept),
            // An engine that has gone may have committed: the next daemon knows, and cleans up.
            Ok(_) | Err(EngineError::Gone) => kept.keep(),
            Err(_) => drop(kept),
        }
        outcome
    });
    outcome
        .await
        .map_err(|_| status::ended())?
        .map_err(|error| status::from_engine(&error))
}

/// The answer this request was given before, if it was.
pub(super) async fn repeated(
    context: &Context,
    id: &str,
    payload_hash: &str,
) -> Result<Option<Committed>, Status> {
    let asked = id.to_owned();
    let known = context
        .read(move |reader| Ok((reader.request(&asked)?, reader.revision()?)))
        .await?;
    match known {
        (None, _) => Ok(None),
        (Some((hash, reply)), revision) if hash == payload_hash => {
            Ok(Some(Committed { reply, revision }))
        }
        (Some(_), _) => Err(status::from_engine(&EngineError::RequestReused {
            id: id.to_owned(),
        })),
    }
}

/// What a command would make, to tell it from an earlier one's.
#[derive(Debug, Clone, Copy)]
enum Made {
    Run(RunId),
    Execution(synod_shared::ids::ExecutionId),
    Nothing,
}

impl Made {
    fn is(self, reply: &synod_core::input::Reply) -> bool {
        match self {
            Self::Run(run) => reply.run == run,
            Self::Execution(execution) => reply.execution == Some(execution),
            Self::Nothing => false,
        }
    }
}

fn made_by(command: &synod_core::input::Command) -> Made {
    use synod_core::input::Command;
    match command {
        Command::SpawnAgent(spawn) => Made::Run(spawn.run),
        Command::SpawnGate(spawn) => Made::Run(spawn.run),
        Command::Replace { fresh, .. } => Made::Execution(*fresh),
        Command::CancelRun { .. }
        | Command::CancelExecution { .. }
        | Command::Answer(_)
        | Command::AnswerRest(_)
        | Command::ForgetLedgerEntry { .. }
        | Command::Workspace { .. } => Made::Nothing,
    }
}

fn hash<M: prost::Message>(kind: &str, message: M) -> String {
    submit::payload_hash(kind, &message.encode_to_vec())
}

/// A request id as it must be.
pub(super) fn request_id(text: &str) -> Result<String, Status> {
    if (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        let found = text.chars().take(64).collect();
        Err(status::from_submit(&SubmitError::RequestId { found }))
    }
}
