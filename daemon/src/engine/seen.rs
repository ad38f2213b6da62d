//! What the feed has told of live executions and attempts: a change carries a whole value, and its lifecycle
//! event is the difference to the one before.

use std::collections::{BTreeMap, BTreeSet};

use synod_core::{entity::Entity, state::State};
use synod_shared::{
    ids::{AttemptId, ExecutionId},
    words::{AttemptState, ExecutionState},
};

use crate::wire::Before;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Seen {
    executions: BTreeMap<ExecutionId, ExecutionState>,
    /// Attempts told as started.
    started: BTreeSet<AttemptId>,
}

impl Seen {
    /// What was told of a state that was loaded.
    pub fn of(state: &State) -> Self {
        let executions = state
            .runs()
            .flat_map(|run| state.executions_of(run))
            .filter(|execution| !execution.state.is_terminal())
            .map(|execution| (execution.id, execution.state));
        let started = state
            .live_attempts()
            .filter(|attempt| attempt.state == AttemptState::Running)
            .map(|attempt| attempt.id);
        Self {
            executions: executions.collect(),
            started: started.collect(),
        }
    }

    /// What was told before this value, which is told now.
    pub fn replace(&mut self, entity: &Entity) -> Before {
        match entity {
            Entity::Execution(execution) => Before::Execution(if execution.state.is_terminal() {
                self.executions.remove(&execution.id)
            } else {
                self.executions.insert(execution.id, execution.state)
            }),
            Entity::Attempt(attempt) if attempt.state == AttemptState::Running => {
                if self.started.insert(attempt.id) {
                    Before::Nothing
                } else {
                    Before::Started
                }
            }
            Entity::Attempt(attempt) => {
                self.started.remove(&attempt.id);
                Before::Nothing
            }
            Entity::Run(_)
            | Entity::Progress(_)
            | Entity::Finding(_)
            | Entity::Question(_)
            | Entity::Verdict(_)
            | Entity::Ledger(_) => Before::Nothing,
        }
    }
}
