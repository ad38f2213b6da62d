//! Who may start: the oldest in the queue whose provider has a place free.

use synod_shared::{
    ids::AttemptId,
    words::{AttemptState, ExecutionState, RunState},
};

use super::Turn;
use crate::entity::Attempt;

/// Commits attempts as starting while there are places. The row comes first: only what is committed is started.
///
/// `fresh` gives an id never given before.
pub fn schedule(turn: &mut Turn<'_>, mut fresh: impl FnMut() -> AttemptId) {
    while let Some(next) = turn.state.next_in_queue() {
        let mut execution = next.clone();
        // Not their count: an attempt of a lost database may be missing, and its directory is still there.
        let last = execution
            .attempts
            .iter()
            .filter_map(|id| turn.state.attempt(*id))
            .map(|attempt| attempt.number)
            .max();
        let id = fresh();
        execution.attempts.push(id);
        execution.state = ExecutionState::Running;
        let number = last.map_or(1, |last| last.saturating_add(1));
        let (run, agent, timeout) = (
            execution.run,
            execution.agent.name.clone(),
            execution.agent.timeout,
        );
        let execution_id = execution.id;
        turn.put_execution(execution);
        turn.put_attempt(Attempt {
            id,
            execution: execution_id,
            run,
            agent,
            number,
            state: AttemptState::Starting,
            boot_id: turn.now.boot_id.clone(),
            end: None,
            started_at_us: None,
            pid: None,
            containment: String::new(),
            timeout,
            actor_failures: 0,
            runaway: None,
        });
        if let Some(mut run) = turn.state.run(run).cloned()
            && run.state == RunState::Pending
        {
            run.state = RunState::Executing;
            turn.put_run(run);
        }
    }
}
