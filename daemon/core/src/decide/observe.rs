//! Observations. What comes late, twice, or before its time is taken for what it is: nothing is ended twice.

use synod_consensus::Said;
use synod_shared::{
    ids::{AttemptId, ExecutionId},
    words::{AttemptState, ExecutionState, Reason, RunState},
};

use super::{ACTOR_FAILURES_ALLOWED, Turn, cancel, gate, permission, round, spawn, workspace};
use crate::{
    entity::{Attempt, End, Execution, Progress, Run, Stop, Told, Work},
    input::{Found, Invalid, Observation},
    workspace::Standing,
};

pub(super) fn observe(turn: &mut Turn<'_>, observation: Observation) {
    match observation {
        Observation::Started {
            attempt,
            pid,
            at_us,
            containment,
        } => started(turn, attempt, pid, at_us, containment),
        Observation::Progress {
            attempt,
            output_bytes,
            error_bytes,
            lines,
            last_line,
            at_us,
            told,
            transcript_bytes,
        } => {
            if let Some(attempt) = turn.live_attempt(attempt) {
                let told = told.map(|told| *told);
                turn.put_progress(Progress {
                    attempt: attempt.id,
                    execution: attempt.execution,
                    run: attempt.run,
                    agent: attempt.agent.clone(),
                    output_bytes,
                    error_bytes,
                    lines,
                    last_line,
                    last_output_at_us: Some(at_us),
                    told: told.clone(),
                    transcript_bytes,
                });
                bound(turn, attempt, told.as_ref());
            }
        }
        Observation::Asked { attempt, open } => permission::asked(turn, attempt, open),
        Observation::Ended { attempt, end } => ended(turn, attempt, AttemptState::Exited, end),
        Observation::Lost { attempt, end } => ended(turn, attempt, AttemptState::Lost, end),
        Observation::ActorFailed { attempt, detail } => actor_failed(turn, attempt, &detail),
        Observation::Validated { execution, result } => validated(turn, execution, result),
        Observation::SentBack { execution, result } => round::sent_back(turn, execution, result),
        Observation::Weighed(weighing) => gate::weighed(turn, *weighing),
        Observation::Workspace { run, step } => workspace::observed(turn, run, &step),
        Observation::Found(found) => import(turn, *found),
    }
}

fn started(turn: &mut Turn<'_>, id: AttemptId, pid: Option<u32>, at_us: i64, containment: String) {
    let Some(mut attempt) = turn.live_attempt(id) else {
        return;
    };
    if attempt.started_at_us.is_some() {
        return;
    }
    attempt.pid = pid;
    attempt.started_at_us = Some(at_us);
    attempt.containment = containment;
    if attempt.state == AttemptState::Starting {
        attempt.state = AttemptState::Running;
    }
    turn.put_attempt(attempt);
}

/// An agent that does more than it may is ended.
fn bound(turn: &mut Turn<'_>, mut attempt: Attempt, told: Option<&Told>) {
    if attempt.runaway.is_some() || attempt.state == AttemptState::Stopping {
        return;
    }
    let bounds = turn
        .state
        .execution(attempt.execution)
        .map(|execution| execution.agent.bounds)
        .unwrap_or_default();
    attempt.runaway = told.and_then(|told| bounds.passed_by(told));
    if attempt.runaway.is_some() {
        attempt.state = AttemptState::Stopping;
        turn.put_attempt(attempt);
    }
}

fn ended(turn: &mut Turn<'_>, id: AttemptId, state: AttemptState, mut end: End) {
    let Some(mut attempt) = turn.live_attempt(id) else {
        return;
    };
    // Ended for passing its bounds, and not by itself in the meantime.
    if let (Some(passed), Reason::Cancelled) = (&attempt.runaway, end.reason) {
        end.reason = Reason::Runaway;
        end.detail.clone_from(passed);
    }
    permission::withdraw(turn, &attempt);
    attempt.state = state;
    attempt.pid = None;
    attempt.end = Some(end.clone());
    let execution = attempt.execution;
    turn.put_attempt(attempt);
    end_execution(turn, execution, end);
}

/// The end of an attempt is its execution's, unless there is an answer to be read, and may be sent back.
fn end_execution(turn: &mut Turn<'_>, id: ExecutionId, end: End) {
    let Some(execution) = turn.state.execution(id).cloned() else {
        return;
    };
    if execution.state.is_terminal() {
        return;
    }
    let run = execution.run;
    match execution.stop {
        // The gate stopped waiting, but the agent had ended by itself: its answer counts, if it is one.
        Some(Stop::WentAhead | Stop::Deadline) if end.reason == Reason::Completed => {
            end_by_itself(turn, execution, end);
        }
        Some(why) => cancel::end_stopped(turn, execution, why),
        None => end_by_itself(turn, execution, end),
    }
    cancel::advance(turn, run);
}

fn end_by_itself(turn: &mut Turn<'_>, mut execution: Execution, end: End) {
    let answers = turn
        .state
        .run(execution.run)
        .is_some_and(|run| matches!(run.work, Work::Gate(_)));
    let state = match end.reason {
        // A single agent has nothing to validate: its exit code is its answer.
        Reason::Completed if answers => {
            execution.state = ExecutionState::Validating;
            turn.put_execution(execution);
            return;
        }
        Reason::Completed => ExecutionState::Completed,
        Reason::Cancelled => ExecutionState::Cancelled,
        _ => ExecutionState::Failed,
    };
    conclude(turn, &mut execution, state, end.reason, end.detail);
    // When the agent ended, which may lie a while back: nobody may have been there to see it.
    execution.ended_at_us = Some(end.at_us.min(turn.now.utc_us));
    turn.put_execution(execution);
}

fn conclude(
    turn: &Turn<'_>,
    execution: &mut Execution,
    state: ExecutionState,
    reason: Reason,
    detail: String,
) {
    execution.state = state;
    execution.reason = Some(reason);
    execution.detail = detail;
    execution.ended_at_us = Some(turn.now.utc_us);
}

fn actor_failed(turn: &mut Turn<'_>, id: AttemptId, detail: &str) {
    let Some(mut attempt) = turn.live_attempt(id) else {
        return;
    };
    attempt.actor_failures += 1;
    if attempt.actor_failures > ACTOR_FAILURES_ALLOWED {
        // Its tree is killed next; the loss is committed when it is gone.
        attempt.state = AttemptState::Stopping;
        if let Some(mut execution) = turn.state.execution(attempt.execution).cloned() {
            detail.clone_into(&mut execution.detail);
            turn.put_execution(execution);
        }
    }
    turn.put_attempt(attempt);
}

fn validated(turn: &mut Turn<'_>, id: ExecutionId, result: Result<Said, Invalid>) {
    let Some(mut execution) = turn.state.execution(id).cloned() else {
        return;
    };
    if execution.state != ExecutionState::Validating {
        return;
    }
    match result {
        Ok(said) => {
            turn.put_answer(id, said);
            conclude(
                turn,
                &mut execution,
                ExecutionState::Completed,
                Reason::Completed,
                String::new(),
            );
        }
        Err(why) if round::may_mend(turn, &execution, &why) => {
            execution.state = ExecutionState::Retrying;
            execution.reason = Some(why.reason);
            execution.detail = why.detail;
        }
        Err(Invalid { reason, detail }) => {
            conclude(turn, &mut execution, ExecutionState::Failed, reason, detail);
        }
    }
    let run = execution.run;
    turn.put_execution(execution);
    cancel::advance(turn, run);
}

/// A database that is older than a round's attempts knows nothing of the round: nobody is asked a second time.
fn take_over_rounds(turn: &mut Turn<'_>, known: &mut Run, found: &Run) {
    let (Work::Gate(here), Work::Gate(there)) = (&known.work, &found.work) else {
        return;
    };
    if known.state.is_terminal() || there.rounds.len() <= here.rounds.len() {
        return;
    }
    known.work = found.work.clone();
    for execution in &found.executions {
        if !known.executions.contains(execution) {
            known.executions.push(*execution);
        }
    }
    known.state = RunState::Executing;
    known.stop = None;
    if let Work::Gate(gate) = &mut known.work {
        for round in &mut gate.rounds {
            round.opened = turn.now.clone();
        }
    }
    turn.put_run(known.clone());
}

/// Rebuilds the rows of a run that the database lost. Whatever was not proved to have been started is not
/// started now.
fn import(turn: &mut Turn<'_>, found: Found) {
    // Its attempt was made after its workspace, which an older database may not know.
    let workspace = found.run.workspace.clone();
    let mut run = turn
        .state
        .run(found.run.id)
        .cloned()
        .unwrap_or_else(|| found.run.clone());
    if run
        .workspace
        .as_ref()
        .is_some_and(|known| known.standing == Standing::Planned)
    {
        run.workspace = workspace;
        turn.put_run(run.clone());
    }
    take_over_rounds(turn, &mut run, &found.run);
    for execution in &found.executions {
        if let (Some(resume), Some(place)) = (&execution.agent.resume, &run.workspace) {
            // The earlier run may be unknown, or have passed it on already: both are as good.
            let _ = spawn::pass_on(turn, resume.run, run.id, place);
        }
    }
    if run.state.is_terminal() || run.state == RunState::Pending || turn.state.run(run.id).is_none()
    {
        run.state = RunState::Executing;
        run.ended_at_us = None;
        run.reason = None;
        run.stop = None;
        if let Work::Gate(gate) = &mut run.work {
            // Its deadlines begin anew: what was answered in time must not be taken for late.
            gate.opened = turn.now.clone();
            for round in &mut gate.rounds {
                round.opened = turn.now.clone();
            }
        }
        turn.put_run(run.clone());
    }
    for mut execution in found.executions {
        if turn.state.execution(execution.id).is_some() {
            continue;
        }
        let attempts: Vec<_> = found
            .attempts
            .iter()
            .filter(|attempt| attempt.execution == execution.id)
            .collect();
        execution.attempts = attempts.iter().map(|attempt| attempt.id).collect();
        let over = execution.state.is_terminal() && !attempts.is_empty();
        if over && attempts.iter().all(|attempt| attempt.end.is_some()) {
            // It had ended when the attempt that was found began: its output is still there to be read.
            if execution.state == ExecutionState::Completed && matches!(run.work, Work::Gate(_)) {
                execution.state = ExecutionState::Validating;
                execution.reason = None;
                execution.ended_at_us = None;
            }
            turn.put_execution(execution);
            continue;
        }
        execution.ended_at_us = None;
        if attempts.is_empty() {
            conclude(
                turn,
                &mut execution,
                ExecutionState::Failed,
                Reason::SubmissionLost,
                "the database was lost before this agent was started; submit again".to_owned(),
            );
        } else {
            execution.state = ExecutionState::Running;
            execution.reason = None;
        }
        turn.put_execution(execution);
    }
    for attempt in found.attempts {
        import_attempt(turn, attempt);
    }
    for execution in run.executions {
        end_imported(turn, execution);
    }
}

/// Takes in an attempt of an execution that is known by now, unless that has ended without it.
fn import_attempt(turn: &mut Turn<'_>, mut attempt: Attempt) {
    if turn.state.attempt(attempt.id).is_some() {
        return;
    }
    let Some(mut execution) = turn.state.execution(attempt.execution).cloned() else {
        return;
    };
    let listed = execution.attempts.contains(&attempt.id);
    if execution.state.is_terminal() {
        // Its end is a part of what was found.
        if listed && attempt.end.is_some() {
            turn.put_attempt(attempt);
        }
        return;
    }
    if !listed {
        // A queued execution whose attempt is found was started by a daemon this database does not remember.
        execution.attempts.push(attempt.id);
        execution.state = ExecutionState::Running;
        turn.put_execution(execution);
    }
    if attempt.end.is_none() {
        attempt.state = AttemptState::Running;
    }
    turn.put_attempt(attempt);
}

/// An execution that runs has an attempt that does. One whose attempts had all ended when the directory that tells of
/// them was made was on its way to its next step, and goes there from the end of the last of them.
fn end_imported(turn: &mut Turn<'_>, id: ExecutionId) {
    let Some(execution) = turn.state.execution(id) else {
        return;
    };
    if execution.state != ExecutionState::Running {
        return;
    }
    let attempts = execution.attempts.iter();
    let last = attempts
        .filter_map(|id| turn.state.attempt(*id))
        .max_by_key(|attempt| (attempt.end.is_none(), attempt.number));
    if let Some(end) = last.and_then(|last| last.end.clone()) {
        end_execution(turn, id, end);
    }
}
