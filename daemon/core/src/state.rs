//! The live state: every run that has not ended, with its parts, and the indices that make deciding cheap.
//!
//! A run leaves when it has ended and nothing of it is attended to any more; ended ones are read from the
//! store. So memory and start-up time do not grow with history.

use std::collections::{BTreeMap, BTreeSet};

use synod_consensus::{RULES, Said};
use synod_shared::{
    ids::{AttemptId, ExecutionId, FindingId, RunId},
    words::{ExecutionState, RunState},
};

use crate::entity::{
    About, Attempt, Entity, Execution, Finding, GateWork, Part, Progress, Question, Run, Stop,
    Verdict, Work,
};

/// How much may run and wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most attempts at a time.
    pub max_running: u32,
    /// Most executions waiting.
    pub max_queued: u32,
    /// Most attempts at a time for one provider, by name.
    pub providers: BTreeMap<String, u32>,
    /// The same for each provider that has no name there: one that came after the daemon's start.
    pub other_providers: u32,
}

impl Limits {
    /// Most attempts at a time for this provider.
    pub fn of(&self, provider: &str) -> u32 {
        self.providers
            .get(provider)
            .copied()
            .unwrap_or(self.other_providers)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_running: 16,
            max_queued: 10_000,
            providers: BTreeMap::new(),
            other_providers: u32::MAX,
        }
    }
}

/// The live state. Read it freely; it changes only through [`State::apply`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    pub limits: Limits,
    runs: BTreeMap<RunId, Run>,
    executions: BTreeMap<ExecutionId, Execution>,
    attempts: BTreeMap<AttemptId, Attempt>,
    progress: BTreeMap<AttemptId, Progress>,
    findings: BTreeMap<RunId, BTreeMap<FindingId, Finding>>,
    questions: BTreeMap<FindingId, Question>,
    /// Of the questions, those that are about a permission.
    permissions: BTreeMap<RunId, BTreeSet<FindingId>>,
    verdicts: BTreeMap<RunId, Verdict>,
    answers: BTreeMap<ExecutionId, Said>,
    // Indices, derived from the above.
    queues: BTreeMap<String, BTreeMap<u64, ExecutionId>>,
    live_attempts: BTreeSet<AttemptId>,
    live_by_provider: BTreeMap<String, u32>,
    validating: BTreeSet<ExecutionId>,
    retrying: BTreeSet<ExecutionId>,
    deciding: BTreeSet<RunId>,
    gates: BTreeSet<RunId>,
    next_seq: u64,
}

impl State {
    /// An empty state under these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            next_seq: 1,
            ..Self::default()
        }
    }

    /// Takes in the new value of one entity.
    pub fn apply(&mut self, entity: &Entity) {
        match entity {
            Entity::Run(run) => self.put_run(run.clone()),
            Entity::Execution(execution) => self.put_execution(execution.clone()),
            Entity::Attempt(attempt) => self.put_attempt(attempt.clone()),
            Entity::Progress(progress) => {
                self.progress.insert(progress.attempt, progress.clone());
            }
            Entity::Finding(finding) => {
                self.findings
                    .entry(finding.run)
                    .or_default()
                    .insert(finding.id, finding.clone());
            }
            Entity::Question(question) => {
                if matches!(question.about, About::Permission(_)) {
                    self.permissions
                        .entry(question.run)
                        .or_default()
                        .insert(question.id);
                }
                self.questions.insert(question.id, question.clone());
            }
            Entity::Verdict(verdict) => {
                self.verdicts.insert(verdict.run, verdict.clone());
            }
            // It grows with history: whoever weighs reads what concerns a subject.
            Entity::Ledger(_) => {}
        }
    }

    /// Takes in the valid word of an execution.
    pub fn apply_answer(&mut self, execution: ExecutionId, said: Said) {
        self.answers.insert(execution, said);
    }

    fn put_run(&mut self, run: Run) {
        match run.state {
            RunState::Deciding => self.deciding.insert(run.id),
            _ => self.deciding.remove(&run.id),
        };
        if matches!(run.work, Work::Gate(_)) && !run.state.is_terminal() {
            self.gates.insert(run.id);
        } else {
            self.gates.remove(&run.id);
        }
        self.runs.insert(run.id, run);
    }

    fn put_execution(&mut self, execution: Execution) {
        self.next_seq = self.next_seq.max(execution.queue_seq + 1);
        let queue = self
            .queues
            .entry(execution.agent.provider.clone())
            .or_default();
        if execution.state == ExecutionState::Queued {
            queue.insert(execution.queue_seq, execution.id);
        } else if queue.get(&execution.queue_seq) == Some(&execution.id) {
            queue.remove(&execution.queue_seq);
        }
        match execution.state {
            ExecutionState::Validating => self.validating.insert(execution.id),
            _ => self.validating.remove(&execution.id),
        };
        match execution.state {
            ExecutionState::Retrying => self.retrying.insert(execution.id),
            _ => self.retrying.remove(&execution.id),
        };
        self.executions.insert(execution.id, execution);
    }

    fn put_attempt(&mut self, attempt: Attempt) {
        let provider = self
            .executions
            .get(&attempt.execution)
            .map(|execution| execution.agent.provider.clone());
        let moved = if attempt.state.is_terminal() {
            self.live_attempts.remove(&attempt.id).then_some(-1)
        } else {
            self.live_attempts.insert(attempt.id).then_some(1)
        };
        if let (Some(step), Some(provider)) = (moved, provider) {
            let count = self.live_by_provider.entry(provider).or_default();
            *count = count.saturating_add_signed(step);
        }
        self.attempts.insert(attempt.id, attempt);
    }

    /// Forgets an ended run. Nothing happens while it is live.
    pub fn forget(&mut self, id: RunId) {
        if !self
            .runs
            .get(&id)
            .is_some_and(|run| run.state.is_terminal())
        {
            return;
        }
        let Some(run) = self.runs.remove(&id) else {
            return;
        };
        for execution in &run.executions {
            self.answers.remove(execution);
            for attempt in self
                .executions
                .remove(execution)
                .map(|e| e.attempts)
                .unwrap_or_default()
            {
                self.attempts.remove(&attempt);
                self.progress.remove(&attempt);
            }
        }
        for finding in self.findings.remove(&id).unwrap_or_default().into_keys() {
            self.questions.remove(&finding);
        }
        for permission in self.permissions.remove(&id).unwrap_or_default() {
            self.questions.remove(&permission);
        }
        self.verdicts.remove(&id);
    }

    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.runs.get(&id)
    }
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.values()
    }
    pub fn execution(&self, id: ExecutionId) -> Option<&Execution> {
        self.executions.get(&id)
    }
    pub fn attempt(&self, id: AttemptId) -> Option<&Attempt> {
        self.attempts.get(&id)
    }
    pub fn progress(&self, id: AttemptId) -> Option<&Progress> {
        self.progress.get(&id)
    }
    pub fn question(&self, id: FindingId) -> Option<&Question> {
        self.questions.get(&id)
    }
    pub fn verdict(&self, id: RunId) -> Option<&Verdict> {
        self.verdicts.get(&id)
    }
    pub fn answer(&self, id: ExecutionId) -> Option<&Said> {
        self.answers.get(&id)
    }

    /// The executions of a run, in its order.
    pub fn executions_of(&self, run: &Run) -> impl Iterator<Item = &Execution> {
        run.executions
            .iter()
            .filter_map(|id| self.executions.get(id))
    }

    /// The executions that speak for their seats: of several for one position, the newest.
    pub fn speakers(&self, run: &Run) -> Vec<&Execution> {
        let mut seats: BTreeMap<u32, &Execution> = BTreeMap::new();
        for execution in self.executions_of(run) {
            if execution.part == Part::Answer {
                seats.insert(execution.position, execution);
            }
        }
        seats.into_values().collect()
    }

    /// Valid answers that count for a gate's quorum so far: rules fill up no quorum of models.
    pub fn valid_answers(&self, run: &Run, gate: &GateWork) -> usize {
        let models = gate.roster.iter().any(|seat| seat.family != RULES);
        self.speakers(run)
            .into_iter()
            .filter(|execution| execution.state == ExecutionState::Completed)
            .filter(|execution| !models || execution.agent.family != RULES)
            .count()
    }

    /// The findings of a run.
    pub fn findings_of(&self, run: RunId) -> impl Iterator<Item = &Finding> {
        self.findings
            .get(&run)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// The permissions that agents of a run asked for.
    pub fn permissions_of(&self, run: RunId) -> impl Iterator<Item = &Question> {
        self.permissions
            .get(&run)
            .into_iter()
            .flatten()
            .filter_map(|id| self.questions.get(id))
    }

    /// What was answered to an attempt's requests: the request, and the id of the choice.
    pub fn choices_for(&self, attempt: &Attempt) -> Vec<(String, String)> {
        self.permissions_of(attempt.run)
            .filter_map(|question| match &question.about {
                About::Permission(asked) if asked.attempt == attempt.id => {
                    Some((asked.permission.request.clone(), asked.chosen.clone()?))
                }
                About::Permission(_) | About::Finding => None,
            })
            .collect()
    }

    /// The questions about a run's findings.
    pub fn questions_of(&self, run: RunId) -> impl Iterator<Item = &Question> {
        self.findings_of(run)
            .filter_map(|finding| self.questions.get(&finding.id))
    }

    /// Attempts that have not ended.
    pub fn live_attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.live_attempts
            .iter()
            .filter_map(|id| self.attempts.get(id))
    }

    /// How many attempts have not ended.
    pub fn running(&self) -> u32 {
        u32::try_from(self.live_attempts.len()).unwrap_or(u32::MAX)
    }

    /// How many of them are of this provider.
    pub fn running_of(&self, provider: &str) -> u32 {
        self.live_by_provider.get(provider).copied().unwrap_or(0)
    }

    /// How many executions wait.
    pub fn queued(&self) -> u32 {
        u32::try_from(self.queues.values().map(BTreeMap::len).sum::<usize>()).unwrap_or(u32::MAX)
    }

    /// How many executions of this provider wait.
    pub fn queued_of(&self, provider: &str) -> u32 {
        u32::try_from(self.queues.get(provider).map_or(0, BTreeMap::len)).unwrap_or(u32::MAX)
    }

    /// The execution that has waited longest among those whose provider has a place free.
    pub fn next_in_queue(&self) -> Option<&Execution> {
        if self.running() >= self.limits.max_running {
            return None;
        }
        self.queues
            .iter()
            .filter(|(provider, _)| self.running_of(provider) < self.limits.of(provider))
            .filter_map(|(_, queue)| queue.first_key_value())
            .min_by_key(|(seq, _)| **seq)
            .and_then(|(_, id)| self.executions.get(id))
    }

    /// Executions whose answer is to be read.
    pub fn validating(&self) -> impl Iterator<Item = &Execution> {
        self.validating
            .iter()
            .filter_map(|id| self.executions.get(id))
    }

    /// Executions whose invalid answer is to be sent back.
    pub fn retrying(&self) -> impl Iterator<Item = &Execution> {
        self.retrying
            .iter()
            .filter_map(|id| self.executions.get(id))
    }

    /// Runs whose answers are to be weighed.
    pub fn deciding(&self) -> impl Iterator<Item = &Run> {
        self.deciding.iter().filter_map(|id| self.runs.get(id))
    }

    /// Live gate runs.
    pub fn gates(&self) -> impl Iterator<Item = (&Run, &GateWork)> {
        self.gates
            .iter()
            .filter_map(|id| self.runs.get(id))
            .filter_map(|run| match &run.work {
                Work::Gate(gate) => Some((run, gate.as_ref())),
                Work::Command | Work::Agent => None,
            })
    }

    /// The live gate run with this key that is not being ended; of several, the newest.
    pub fn gate_run(&self, key: &str) -> Option<&Run> {
        let equal = self
            .gates()
            .filter(|(run, gate)| gate.key == key && run.stop != Some(Stop::Cancelled));
        equal
            .map(|(run, _)| run)
            .max_by_key(|run| run.created.utc_us)
    }

    /// The next place in the queue.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }
}
