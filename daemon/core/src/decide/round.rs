//! Rounds after the first, and answers that are sent back.
//!
//! A round is opened by one change that holds its executions: whatever dies before it, nothing was asked; whatever
//! dies after it, everything is there. What is put to a round, and what comes of it, is weighed outside.

use synod_shared::{
    ids::ExecutionId,
    words::{ExecutionState, Reason, RunState},
};

use super::{Turn, cancel, gate, spawn};
use crate::{
    entity::{Execution, GateWork, Round, Run, Stop, Work},
    input::{Invalid, Opening},
};

/// Opens a round. One of the same part that was opened before stands: nobody is asked twice.
pub(super) fn open(turn: &mut Turn<'_>, mut run: Run, mut gate: GateWork, opening: Opening) {
    let Opening {
        part,
        seats,
        keys,
        receipts,
        unheld,
    } = opening;
    if gate.round_of(part).is_some() || run.stop == Some(Stop::Cancelled) {
        return;
    }
    let position = run.executions.len();
    run.executions.extend(seats.iter().map(|(id, _)| *id));
    gate.rounds.push(Round {
        part,
        executions: seats.iter().map(|(id, _)| *id).collect(),
        keys,
        receipts,
        opened: turn.now.clone(),
        unheld,
    });
    run.work = Work::Gate(Box::new(gate));
    run.state = RunState::Executing;
    // The round before may have been cut short; this one has its own time.
    run.stop = None;
    let id = run.id;
    turn.put_run(run);
    for (n, (execution, agent)) in seats.into_iter().enumerate() {
        let position = u32::try_from(position + n).unwrap_or(u32::MAX);
        spawn::queue(turn, id, execution, agent, position, part);
    }
    // A gate whose time is up starts nobody: whoever would be asked has said nothing.
    if let Some(run) = turn.state.run(id).cloned() {
        gate::advance(turn, run);
    }
}

/// Whether an invalid answer is worth sending back: it was one that can be mended, and its gate has patience left.
pub(super) fn may_mend(turn: &Turn<'_>, execution: &Execution, why: &Invalid) -> bool {
    let mendable = matches!(
        why.reason,
        Reason::NoJson | Reason::SchemaMismatch | Reason::NoReceipt | Reason::EchoOfPrompt
    );
    let Some(run) = turn.state.run(execution.run) else {
        return false;
    };
    let Work::Gate(gate) = &run.work else {
        return false;
    };
    let repairs = execution.attempts.len().saturating_sub(1);
    mendable
        && run.stop.is_none()
        && execution.stop.is_none()
        && repairs < usize::try_from(gate.repair).unwrap_or(0)
}

/// The prompt that sends an answer back is there, or cannot be made: then the answer stays invalid.
pub(super) fn sent_back(turn: &mut Turn<'_>, id: ExecutionId, result: Result<(), String>) {
    let Some(mut execution) = turn.state.execution(id).cloned() else {
        return;
    };
    if execution.state != ExecutionState::Retrying {
        return;
    }
    match result {
        Ok(()) => {
            execution.state = ExecutionState::Queued;
            execution.reason = None;
            execution.queue_seq = turn.state.next_seq();
            turn.put_execution(execution);
        }
        Err(why) => {
            let run = execution.run;
            execution.state = ExecutionState::Failed;
            execution.detail = format!("{}; it could not be sent back: {why}", execution.detail);
            execution.ended_at_us = Some(turn.now.utc_us);
            turn.put_execution(execution);
            cancel::advance(turn, run);
        }
    }
}
