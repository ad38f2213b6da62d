//! Showing, merging and throwing away what an agent did in its workspace.

use std::{pin::Pin, sync::Arc};

use synod_core::{entity::Run, input::Command, workspace::Step};
use synod_proto::v1;
use tokio::{sync::mpsc, task::spawn_blocking};
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::Status;

use super::{
    Context, cancel,
    spawn::{repeated, request_id},
    status,
};
use crate::{
    submit::payload_hash,
    workspace::{self, Form, How, Loss, Merge, Wanted, WorkspaceError, Workspaces},
};

/// Pieces of a diff that wait for their reader.
const PIECES: usize = 16;

pub(super) type Diff = Pin<Box<dyn Stream<Item = Result<v1::DiffRunResponse, Status>> + Send>>;

pub(super) async fn diff(context: &Context, request: v1::DiffRunRequest) -> Result<Diff, Status> {
    let form = Form::parse(&request.form).map_err(|error| status::from_workspace(&error))?;
    let run = named(context, &request.run_id).await?;
    match begin_diff(context, run.clone(), form).await {
        Ok(diff) => Ok(diff),
        Err(no) => {
            // It may have been merged or tidied away just now: then that is what is shown.
            let now = named(context, &run.id.to_string()).await?;
            if now.workspace == run.workspace {
                Err(no)
            } else {
                begin_diff(context, now, form).await
            }
        }
    }
}

async fn begin_diff(context: &Context, run: Run, form: Form) -> Result<Diff, Status> {
    let launcher = Arc::clone(&context.launcher);
    let (pieces, reader) = mpsc::channel(PIECES);
    let (began, begun) = tokio::sync::oneshot::channel();
    spawn_blocking(move || {
        let shown = match launcher.workspaces.show(&run, form) {
            Ok(shown) => shown,
            Err(error) => {
                // Whoever asked has gone.
                let _ = began.send(Err(status::from_workspace(&error)));
                return;
            }
        };
        // As above.
        let _ = began.send(Ok(()));
        let Some(shown) = shown else { return };
        let printed = shown.print(|piece| {
            let piece = v1::DiffRunResponse {
                data: piece.to_vec(),
            };
            match pieces.blocking_send(Ok(piece)) {
                Ok(()) => Wanted::More,
                Err(_) => Wanted::NoMore,
            }
        });
        if let Err(error) = printed {
            // As above.
            let _ = pieces.blocking_send(Err(status::from_workspace(&error.into())));
        }
    });
    begun.await.map_err(|_| status::ended())??;
    Ok(Box::pin(ReceiverStream::new(reader)))
}

pub(super) async fn merge(
    context: &Context,
    request: v1::MergeRunRequest,
) -> Result<v1::MergeRunResponse, Status> {
    let how = How::parse(&request.how).map_err(|error| status::from_workspace(&error))?;
    let merge = Merge {
        how,
        message: request.message,
    };
    let wish = Wish {
        request_id: request.request_id,
        run: request.run_id,
        text: format!("merge {:?} {:?} ", merge.how, merge.message),
    };
    let (run, revision) = settle(context, wish, move |workspaces, run| {
        workspaces.merge(run, &merge)
    })
    .await?;
    Ok(v1::MergeRunResponse {
        run: Some(run),
        revision,
    })
}

pub(super) async fn discard(
    context: &Context,
    request: v1::DiscardRunRequest,
) -> Result<v1::DiscardRunResponse, Status> {
    let loss = if request.force {
        Loss::Accepted
    } else {
        Loss::Refused
    };
    let wish = Wish {
        request_id: request.request_id,
        run: request.run_id,
        text: format!("discard {loss:?} "),
    };
    let (run, revision) = settle(context, wish, move |workspaces, run| {
        workspaces.discard(run, loss)
    })
    .await?;
    Ok(v1::DiscardRunResponse {
        run: Some(run),
        revision,
    })
}

/// What is to become of a workspace, without how it is done.
struct Wish {
    request_id: String,
    run: String,
    text: String,
}

/// Does it, commits it, and clears away what is of no use then. One at a time in a repository, and to the end even
/// if the caller goes away.
async fn settle(
    context: &Context,
    wish: Wish,
    work: impl FnOnce(&Workspaces, &Run) -> Result<Step, WorkspaceError> + Send + 'static,
) -> Result<(v1::Run, u64), Status> {
    let request = request_id(&wish.request_id)?;
    let text = wish.text + &wish.run;
    if let Some(before) =
        repeated(context, &request, &payload_hash("command", text.as_bytes())).await?
    {
        let run = context.run(&before.reply.run.to_string()).await?;
        return Ok((run, before.revision));
    }
    let id = named(context, &wish.run).await?.id;
    let context = context.clone();
    let task = tokio::spawn(async move {
        let run = named(&context, &id.to_string()).await?;
        let place = workspace::of_ended(&run)
            .map_err(|error| status::from_workspace(&error))?
            .clone();
        let turn = context.launcher.workspaces.turn(&place).await;
        // Somebody may have settled it while this one waited.
        let run = named(&context, &id.to_string()).await?;
        let launcher = Arc::clone(&context.launcher);
        let step = spawn_blocking(move || work(&launcher.workspaces, &run))
            .await
            .map_err(|_| status::ended())?
            .map_err(|error| status::from_workspace(&error))?;
        let command = Command::Workspace { run: id, step };
        let revision = cancel::command(&context, request, &text, command).await?;
        clear(&context, id.to_string()).await?;
        drop(turn);
        let run = context.run(&id.to_string()).await?;
        Ok((run, revision))
    });
    task.await.map_err(|_| status::ended())?
}

/// Removes what a committed end leaves without a use. What is in the way now is tried again at the next start.
async fn clear(context: &Context, id: String) -> Result<(), Status> {
    let run = named(context, &id).await?;
    let launcher = Arc::clone(&context.launcher);
    let cleared = spawn_blocking(move || match &run.workspace {
        Some(workspace) => launcher.workspaces.clear(workspace),
        None => Ok(()),
    });
    match cleared.await.map_err(|_| status::ended())? {
        Ok(()) => {}
        Err(error) => {
            tracing::warn!(run = %id, %error, "a workspace without a use was not removed yet");
        }
    }
    Ok(())
}

async fn named(context: &Context, word: &str) -> Result<Run, Status> {
    let target = context.target("a run", word).await?;
    Ok(context.parts(&target.run).await?.run.value)
}
