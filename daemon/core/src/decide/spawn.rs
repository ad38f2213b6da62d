//! Submissions: a single agent, a gate, and once more the same agent within a gate.

use synod_shared::{
    ids::{ExecutionId, RunId},
    words::{ExecutionState, RunState, WorkspaceKind},
};

use super::{Rejection, Turn};
use crate::{
    entity::{AgentSpec, Execution, GateWork, Part, Run, Work},
    input::{Configured, Equal, Reply, SpawnAgent, SpawnGate},
    workspace::{After, Step, Workspace},
};

pub(super) fn agent(turn: &mut Turn<'_>, spawn: SpawnAgent) -> Result<Reply, Rejection> {
    session_is_free(turn, &spawn.agent)?;
    room_for(turn, 1)?;
    if let (Some(resume), Some(place)) = (&spawn.agent.resume, &spawn.workspace) {
        pass_on(turn, resume.run, spawn.run, place)?;
    }
    turn.put_run(Run {
        id: spawn.run,
        name: spawn.name,
        state: RunState::Pending,
        reason: None,
        work: match spawn.configured {
            Configured::Agent => Work::Agent,
            Configured::CommandLine => Work::Command,
        },
        subject: spawn.subject,
        created: turn.now.clone(),
        ended_at_us: None,
        executions: vec![spawn.execution],
        request_id: spawn.request_id,
        stop: None,
        open_questions: 0,
        workspace: spawn.workspace,
    });
    queue(
        turn,
        spawn.run,
        spawn.execution,
        spawn.agent,
        0,
        Part::Answer,
    );
    Ok(reply(spawn.run, Some(spawn.execution)))
}

pub(super) fn gate(turn: &mut Turn<'_>, spawn: SpawnGate) -> Result<Reply, Rejection> {
    if spawn.equal == Equal::Attach
        && let Some(run) = turn.state.gate_run(&spawn.work.key)
    {
        return Ok(Reply {
            attached: true,
            ..reply(run.id, None)
        });
    }
    room_for(turn, u32::try_from(spawn.seats.len()).unwrap_or(u32::MAX))?;
    turn.put_run(Run {
        id: spawn.run,
        name: spawn.name,
        state: RunState::Pending,
        reason: None,
        work: Work::Gate(Box::new(GateWork {
            opened: turn.now.clone(),
            ..*spawn.work
        })),
        subject: spawn.subject,
        created: turn.now.clone(),
        ended_at_us: None,
        executions: spawn.seats.iter().map(|(id, _)| *id).collect(),
        request_id: spawn.request_id,
        stop: None,
        open_questions: 0,
        workspace: None,
    });
    for (position, (id, agent)) in (0..).zip(spawn.seats) {
        queue(turn, spawn.run, id, agent, position, Part::Answer);
    }
    Ok(reply(spawn.run, None))
}

/// A fresh execution takes the seat of a failed one, while the gate still waits for others.
pub(super) fn replace(
    turn: &mut Turn<'_>,
    old: ExecutionId,
    fresh: ExecutionId,
) -> Result<Reply, Rejection> {
    let old = turn.live_execution(old)?;
    let mut run = turn.live_run(old.run)?;
    let too_late = |hint| {
        Err(Rejection::TooLate {
            run: run.name.clone(),
            state: run.state.to_string(),
            hint,
        })
    };
    if !old.state.is_terminal() {
        return too_late("this agent has not ended yet; cancel it first, or wait");
    }
    let speaks = turn
        .state
        .speakers(&run)
        .iter()
        .any(|speaker| speaker.id == old.id);
    if !speaks {
        return too_late("another execution has taken this agent's place already");
    }
    if old.state == ExecutionState::Completed {
        return too_late("this agent's answer is valid; there is nothing to try again");
    }
    let voting = matches!(&run.work, Work::Gate(gate) if gate.round().is_some());
    if run.state != RunState::Executing || run.stop.is_some() || voting {
        return too_late(
            "its answers are being or have been weighed; submit the gate again with --force",
        );
    }
    room_for(turn, 1)?;
    run.executions.push(fresh);
    let id = run.id;
    turn.put_run(run);
    queue(turn, id, fresh, old.agent, old.position, Part::Answer);
    Ok(reply(id, Some(fresh)))
}

pub(super) fn queue(
    turn: &mut Turn<'_>,
    run: RunId,
    id: ExecutionId,
    agent: AgentSpec,
    position: u32,
    part: Part,
) {
    let queue_seq = turn.state.next_seq();
    turn.put_execution(Execution {
        id,
        run,
        agent,
        position,
        state: ExecutionState::Queued,
        reason: None,
        detail: String::new(),
        queued_at_us: turn.now.utc_us,
        queue_seq,
        ended_at_us: None,
        stop: None,
        attempts: Vec::new(),
        part,
    });
}

/// A run that goes on in another's workspace answers for it from now on.
pub(super) fn pass_on(
    turn: &mut Turn<'_>,
    from: RunId,
    by: RunId,
    place: &Workspace,
) -> Result<(), Rejection> {
    let Some(left) = turn.state.run(from).cloned() else {
        return Ok(());
    };
    let Some(workspace) = left
        .workspace
        .as_ref()
        .filter(|workspace| workspace.path() == place.path())
    else {
        return Ok(());
    };
    match workspace.after(&Step::Continued { by }) {
        After::Changed(workspace) => turn.put_run(Run {
            workspace: Some(workspace),
            ..left
        }),
        After::Same if workspace.kind() == WorkspaceKind::None => {}
        // Somebody else was faster: merged, discarded, gone on with.
        After::Same | After::Ended => {
            return Err(Rejection::TooLate {
                run: left.name.clone(),
                state: format!("{}, its workspace {}", left.state, workspace.state()),
                hint: "start a new session",
            });
        }
    }
    Ok(())
}

/// Two agents in one session would write into each other's work.
fn session_is_free(turn: &Turn<'_>, agent: &AgentSpec) -> Result<(), Rejection> {
    let Some(wanted) = &agent.resume else {
        return Ok(());
    };
    let taken = turn.state.runs().find(|run| {
        turn.state.executions_of(run).any(|execution| {
            let resume = execution.agent.resume.as_ref();
            !execution.state.is_terminal()
                && resume.is_some_and(|resume| resume.session_id == wanted.session_id)
        })
    });
    match taken {
        None => Ok(()),
        Some(run) => Err(Rejection::TooLate {
            run: run.name.clone(),
            state: run.state.to_string(),
            hint: "it goes on with this session already; wait for its end, or cancel it",
        }),
    }
}

fn room_for(turn: &Turn<'_>, wanted: u32) -> Result<(), Rejection> {
    let limits = &turn.state.limits;
    let queued = turn.state.queued();
    let free = limits.max_running.saturating_sub(turn.state.running());
    if queued.saturating_add(wanted) > limits.max_queued.saturating_add(free) {
        return Err(Rejection::QueueFull {
            queued,
            limit: limits.max_queued,
        });
    }
    Ok(())
}

const fn reply(run: RunId, execution: Option<ExecutionId>) -> Reply {
    Reply {
        run,
        execution,
        questions: Vec::new(),
        attached: false,
    }
}
