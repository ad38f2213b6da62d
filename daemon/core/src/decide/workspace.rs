//! What has become of a run's workspace: told by those who make and merge it, committed here.

use synod_shared::ids::RunId;

use super::{Rejection, Turn};
use crate::{
    entity::Run,
    input::Reply,
    workspace::{After, Step},
};

/// A wish that was carried out: an ended run's work was merged, left or discarded.
pub(super) fn settle(turn: &mut Turn<'_>, id: RunId, step: &Step) -> Result<Reply, Rejection> {
    let run = turn.live_run(id)?;
    let too_late = |state: String, hint| Rejection::TooLate {
        run: run.name.clone(),
        state,
        hint,
    };
    if !run.state.is_terminal() {
        return Err(too_late(
            run.state.to_string(),
            "its agent may still write; cancel it first, or wait for its end",
        ));
    }
    let Some(workspace) = &run.workspace else {
        return Err(too_late(
            run.state.to_string(),
            "it has no workspace of its own",
        ));
    };
    match workspace.after(step) {
        After::Changed(workspace) => turn.put_run(Run {
            workspace: Some(workspace),
            ..run
        }),
        After::Same => {}
        After::Ended => {
            return Err(too_late(
                format!("{}, its workspace {}", run.state, workspace.state()),
                "what became of it stands",
            ));
        }
    }
    Ok(Reply {
        run: id,
        execution: None,
        questions: Vec::new(),
        attached: false,
    })
}

/// What was seen of it; late or told twice it changes nothing.
pub(super) fn observed(turn: &mut Turn<'_>, id: RunId, step: &Step) {
    let Some(run) = turn.state.run(id).cloned() else {
        return;
    };
    let after = run
        .workspace
        .as_ref()
        .map(|workspace| workspace.after(step));
    match after {
        Some(After::Changed(workspace)) => turn.put_run(Run {
            workspace: Some(workspace),
            ..run
        }),
        Some(After::Same | After::Ended) | None => {}
    }
}
