//! What is stored about a gate run, put together for weighing: the same from the live state and, long after, from the
//! database.

use std::collections::BTreeMap;

use synod_consensus::{
    Arbitration, Ballot, Evidence, FailReason, Input, Member, Said, ledger::Entry,
};
use synod_core::{
    entity::{Execution, GateWork, Part, Run, Work},
    state::State,
};
use synod_shared::{
    ids::{ExecutionId, RunId},
    words::{ExecutionState, Reason},
};

/// A gate run's executions and what was read from their output.
#[derive(Debug, Clone)]
pub struct Heard {
    pub run: RunId,
    pub subject: String,
    pub gate: Box<GateWork>,
    pub executions: Vec<Execution>,
    pub said: BTreeMap<ExecutionId, Said>,
}

impl Heard {
    /// Of a live run; nothing if it is no gate run.
    #[must_use]
    pub fn live(run: &Run, state: &State) -> Option<Self> {
        let executions: Vec<Execution> = state.executions_of(run).cloned().collect();
        let said = executions
            .iter()
            .filter_map(|execution| Some((execution.id, state.answer(execution.id)?.clone())))
            .collect();
        Self::stored(run, executions, said)
    }

    /// Of any run, as the database has it.
    #[must_use]
    pub fn stored(
        run: &Run,
        executions: Vec<Execution>,
        said: BTreeMap<ExecutionId, Said>,
    ) -> Option<Self> {
        let Work::Gate(gate) = &run.work else {
            return None;
        };
        Some(Self {
            run: run.id,
            subject: run.subject.clone(),
            gate: gate.clone(),
            executions,
            said,
        })
    }

    /// Everything a verdict is a function of.
    #[must_use]
    pub fn evidence(&self, inputs: Vec<Input>, ledger: Vec<Entry>) -> Evidence {
        Evidence {
            members: self.members(),
            by_rule: self.gate.planted.clone(),
            inputs,
            ballots: self.ballots(),
            arbitration: self.arbitration(),
            ledger,
            policy: self.gate.policy.clone(),
        }
    }

    /// For each seat, the newest execution that was asked for an answer.
    fn members(&self) -> Vec<Member> {
        let mut seats: BTreeMap<u32, &Execution> = BTreeMap::new();
        // In the run's order: what replaces another follows it.
        for execution in self.executions.iter().filter(|e| e.part == Part::Answer) {
            seats.insert(execution.position, execution);
        }
        seats
            .into_values()
            .map(|execution| Member {
                agent: execution.agent.name.clone(),
                family: execution.agent.family.clone(),
                execution_id: execution.id.to_string(),
                attempt_id: last_attempt(execution),
                result: match self.word_of(execution) {
                    Ok(Said::Answer(answer)) => Ok(answer.clone()),
                    Ok(Said::Ballot(_) | Said::Rulings(_)) => Err(out_of_place()),
                    Err(why) => Err(why),
                },
                range: None,
            })
            .collect()
    }

    fn ballots(&self) -> Option<Vec<Ballot>> {
        self.gate.round_of(Part::Ballot)?;
        let of = |execution: &Execution| Ballot {
            agent: execution.agent.name.clone(),
            family: execution.agent.family.clone(),
            execution_id: execution.id.to_string(),
            attempt_id: last_attempt(execution),
            result: match self.word_of(execution) {
                Ok(Said::Ballot(votes)) => Ok(votes.clone()),
                Ok(Said::Answer(_) | Said::Rulings(_)) => Err(out_of_place()),
                Err(why) => Err(why),
            },
        };
        let voters = self.executions.iter().filter(|e| e.part == Part::Ballot);
        Some(voters.map(of).collect())
    }

    fn arbitration(&self) -> Option<Arbitration> {
        self.gate.round_of(Part::Arbiter)?;
        let execution = self.executions.iter().find(|e| e.part == Part::Arbiter)?;
        Some(Arbitration {
            agent: execution.agent.name.clone(),
            family: execution.agent.family.clone(),
            execution_id: execution.id.to_string(),
            attempt_id: last_attempt(execution),
            result: match self.word_of(execution) {
                Ok(Said::Rulings(rulings)) => Ok(rulings.clone()),
                Ok(Said::Answer(_) | Said::Ballot(_)) => Err(out_of_place()),
                Err(why) => Err(why),
            },
        })
    }

    fn word_of(&self, execution: &Execution) -> Result<&Said, FailReason> {
        match (execution.state, self.said.get(&execution.id)) {
            (ExecutionState::Completed, Some(said)) => Ok(said),
            (ExecutionState::Completed, None) => Err(FailReason {
                reason: Reason::OutputLost.to_string(),
                detail: "its answer is no longer there".to_owned(),
            }),
            _ => Err(FailReason {
                reason: execution
                    .reason
                    .map(|reason| reason.to_string())
                    .unwrap_or_default(),
                detail: execution.detail.clone(),
            }),
        }
    }
}

fn last_attempt(execution: &Execution) -> String {
    execution
        .attempts
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn out_of_place() -> FailReason {
    FailReason {
        reason: Reason::SchemaMismatch.to_string(),
        detail: "what is stored for it answers another round".to_owned(),
    }
}
