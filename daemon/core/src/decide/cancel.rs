//! Ending things before their time. `Cancelled` is committed only when the tree is gone.

use synod_shared::{
    ids::{ExecutionId, RunId},
    words::{AttemptState, ExecutionState, Reason, RunState},
};

use super::{Rejection, Turn, gate};
use crate::{
    entity::{Execution, Run, Stop, Work},
    input::Reply,
};

pub(super) fn run(turn: &mut Turn<'_>, id: RunId) -> Result<Reply, Rejection> {
    let mut run = turn.live_run(id)?;
    if !run.state.is_terminal() {
        // A cancel wins over a deadline that is under way.
        run.stop = Some(Stop::Cancelled);
        turn.put_run(run.clone());
        stop_all(turn, &run, Stop::Cancelled);
        advance(turn, id);
    }
    Ok(reply(id, None))
}

pub(super) fn execution(turn: &mut Turn<'_>, id: ExecutionId) -> Result<Reply, Rejection> {
    let execution = turn.live_execution(id)?;
    let run = execution.run;
    stop(turn, execution, Stop::Cancelled);
    advance(turn, run);
    Ok(reply(run, Some(id)))
}

/// Stops all executions of a run that have not ended.
pub(super) fn stop_all(turn: &mut Turn<'_>, run: &Run, why: Stop) {
    for id in &run.executions {
        if let Some(execution) = turn.state.execution(*id).cloned() {
            stop(turn, execution, why);
        }
    }
}

fn stop(turn: &mut Turn<'_>, mut execution: Execution, why: Stop) {
    match execution.state {
        // Nothing of it runs: ended at once.
        ExecutionState::Pending | ExecutionState::Queued | ExecutionState::Retrying => {
            end_stopped(turn, execution, why);
        }
        // Its answer was given in time; only a wish to cancel makes it unwanted.
        ExecutionState::Validating => match why {
            Stop::Cancelled => end_stopped(turn, execution, why),
            Stop::WentAhead | Stop::Deadline => {}
        },
        ExecutionState::Running => {
            if execution.stop.is_none() || why == Stop::Cancelled {
                execution.stop = Some(why);
            }
            let attempt = execution
                .attempts
                .last()
                .and_then(|id| turn.live_attempt(*id));
            turn.put_execution(execution);
            if let Some(mut attempt) = attempt
                && attempt.state != AttemptState::Stopping
            {
                attempt.state = AttemptState::Stopping;
                turn.put_attempt(attempt);
            }
        }
        ExecutionState::Completed | ExecutionState::Failed | ExecutionState::Cancelled => {}
    }
}

/// The end of an execution that was stopped, now that nothing of it runs.
pub(super) fn end_stopped(turn: &mut Turn<'_>, mut execution: Execution, why: Stop) {
    let (state, detail) = match why {
        Stop::Cancelled => (ExecutionState::Cancelled, "cancelled by request"),
        Stop::WentAhead => (
            ExecutionState::Failed,
            "no answer in time: the gate went ahead with the quorum that stood",
        ),
        Stop::Deadline => (
            ExecutionState::Failed,
            "no answer before the gate's deadline",
        ),
    };
    execution.state = state;
    execution.reason = Some(why.reason());
    detail.clone_into(&mut execution.detail);
    execution.stop = Some(why);
    execution.ended_at_us = Some(turn.now.utc_us);
    turn.put_execution(execution);
}

/// Moves a run on after one of its executions has ended or been stopped.
pub(super) fn advance(turn: &mut Turn<'_>, id: RunId) {
    let Some(run) = turn.state.run(id).cloned() else {
        return;
    };
    match run.work {
        Work::Gate(_) => gate::advance(turn, run),
        Work::Command | Work::Agent => advance_single(turn, run),
    }
}

fn advance_single(turn: &mut Turn<'_>, mut run: Run) {
    if run.state.is_terminal() {
        return;
    }
    let Some(execution) = turn.state.executions_of(&run).last() else {
        return;
    };
    let state = match execution.state {
        ExecutionState::Completed => RunState::Passed,
        ExecutionState::Failed => RunState::Failed,
        ExecutionState::Cancelled => RunState::Cancelled,
        ExecutionState::Pending
        | ExecutionState::Queued
        | ExecutionState::Running
        | ExecutionState::Validating
        | ExecutionState::Retrying => return,
    };
    run.reason = execution.reason.or(Some(Reason::Completed));
    run.state = state;
    run.ended_at_us = execution.ended_at_us.or(Some(turn.now.utc_us));
    turn.put_run(run);
}

const fn reply(run: RunId, execution: Option<ExecutionId>) -> Reply {
    Reply {
        run,
        execution,
        questions: Vec::new(),
        attached: false,
    }
}
