//! Keeping order and sums beside the projection: what each kind of change moves.

use std::{cmp::Reverse, sync::Arc};

use synod_proto::v1::{
    Attempt, AttemptProgress, Change, Execution, Finding, Question, Run, change::Entity,
};
use synod_shared::{
    projection::{self, Applied},
    words::ExecutionState,
};

use super::{
    InOrder, Known, Waiting,
    parts::{Group, Round, Step},
};
use crate::render::instant;

impl Known {
    /// Applies the change and keeps order and sums beside it.
    pub(super) fn set(&mut self, change: Change) {
        let spends = spends(&change).map(str::to_owned);
        if let Some(attempt) = &spends {
            self.spend(attempt, Step::Down);
        }
        match &change.entity {
            Some(Entity::Run(run)) => self.arrange_run(run),
            Some(Entity::Execution(execution)) => self.arrange_execution(execution),
            Some(Entity::Attempt(attempt)) => self.arrange_attempt(attempt),
            Some(Entity::Progress(progress)) => self.arrange_progress(progress, &change),
            Some(Entity::Finding(finding)) => self.arrange_finding(finding),
            Some(Entity::Question(question)) => self.arrange_question(question),
            Some(Entity::Deleted(deleted)) => {
                let (kind, id) = (deleted.kind.clone(), deleted.id.clone());
                self.forget(&kind, &id);
            }
            Some(Entity::Verdict(_) | Entity::Ledger(_)) | None => {}
        }
        match self.all.apply(&change) {
            Applied::Applied | Applied::AlreadyKnown => {}
            Applied::Gap { .. } => {
                // The link hands on no gaps. Whole values make up for one all the same.
                self.all.revision = change.revision - 1;
                self.all.apply(&change);
            }
        }
        if let Some(attempt) = &spends {
            self.spend(attempt, Step::Up);
        }
    }

    fn arrange_run(&mut self, run: &Run) {
        let place = in_order(run);
        if let Some(known) = self.all.runs.get(&run.id) {
            let before = in_order(known);
            if before == place && known.state == run.state {
                return;
            }
            if before != place {
                self.runs.remove(&before);
                self.need(&before, Step::Down);
                self.need(&place, Step::Up);
                self.order_version += 1;
            }
        } else {
            self.need(&place, Step::Up);
            self.order_version += 1;
        }
        self.runs.insert(place);
        self.list_version += 1;
        if self
            .parts
            .get(&run.id)
            .is_some_and(|parts| !parts.questions.is_empty())
        {
            self.question_version += 1;
        }
    }

    fn need(&mut self, (group, ..): &InOrder, by: Step) {
        if *group == Group::NeedsYou {
            by.on(&mut self.needing);
        }
    }

    /// Counts in what a known attempt used, or out again: before and after each change of it or of its progress.
    fn spend(&mut self, attempt: &str, by: Step) {
        if let Some(known) = self.all.attempts.get(attempt) {
            let parts = self.parts.entry(known.run_id.clone()).or_default();
            let progress = self.all.progress.get(attempt);
            self.ledger.step(known, progress, &mut parts.spent, by);
        }
    }

    fn arrange_execution(&mut self, execution: &Execution) {
        let provider = self
            .providers
            .entry(execution.provider.clone())
            .or_default();
        let agent = self.agents.entry(execution.agent.clone()).or_default();
        let parts = self.parts.entry(execution.run_id.clone()).or_default();
        if let Some(known) = self.all.executions.get(&execution.id) {
            parts.count(known, Step::Down);
            provider.count(known, Step::Down);
            agent.count(known, Step::Down);
            wait(&mut self.waiting, known, Step::Down);
            if (&known.agent, &known.family) != (&execution.agent, &execution.family) {
                parts.shape += 1;
            }
        } else {
            parts.shape += 1;
            let executions = &self.all.executions;
            let place = (Round::of(execution), projection::seat(execution));
            let at = parts.executions.partition_point(|id| {
                let known = executions.get(id);
                known.is_some_and(|e| (Round::of(e), projection::seat(e)) < place)
            });
            parts.executions.insert(at, execution.id.clone());
        }
        parts.count(execution, Step::Up);
        provider.count(execution, Step::Up);
        agent.count(execution, Step::Up);
        wait(&mut self.waiting, execution, Step::Up);
    }

    fn arrange_attempt(&mut self, attempt: &Attempt) {
        if self.all.attempts.contains_key(&attempt.id) {
            return;
        }
        let all = &self.all.attempts;
        let siblings = self
            .attempts
            .entry(attempt.execution_id.clone())
            .or_default();
        let at =
            siblings.partition_point(|id| all.get(id).is_some_and(|a| a.number < attempt.number));
        siblings.insert(at, attempt.id.clone());
    }

    fn arrange_progress(&mut self, progress: &AttemptProgress, change: &Change) {
        let parts = self.parts.entry(progress.run_id.clone()).or_default();
        let at = progress.last_output_at.as_ref().and_then(instant);
        parts.last_output = parts.last_output.max(at);
        let known = self.all.progress.get(&progress.attempt_id);
        let known = known.map_or(0, printed);
        // What was read beside the feed has no time of its own.
        if let Some(when) = change.at.as_ref().and_then(instant) {
            parts
                .activity
                .add(when, printed(progress).saturating_sub(known));
        }
    }

    fn arrange_finding(&mut self, finding: &Finding) {
        let parts = self.parts.entry(finding.run_id.clone()).or_default();
        parts.shape += 1;
        let all = &self.all.findings;
        if all.contains_key(&finding.id) {
            parts.findings.retain(|id| *id != finding.id);
        }
        let place = projection::place(finding);
        let at = parts
            .findings
            .partition_point(|id| all.get(id).is_some_and(|f| projection::place(f) < place));
        parts.findings.insert(at, finding.id.clone());
    }

    fn arrange_question(&mut self, question: &Question) {
        let parts = self.parts.entry(question.run_id.clone()).or_default();
        let all = &self.all.questions;
        if all.contains_key(&question.id) {
            parts.questions.retain(|id| *id != question.id);
        }
        let urgency = projection::urgency(question);
        let at = parts.questions.partition_point(|id| {
            all.get(id)
                .is_some_and(|q| projection::urgency(q) < urgency)
        });
        parts.questions.insert(at, question.id.clone());
        self.question_version += 1;
    }

    fn forget(&mut self, kind: &str, id: &str) {
        self.gone.insert((kind.to_owned(), id.to_owned()));
        match kind {
            "run" => {
                if let Some(run) = self.all.runs.get(id) {
                    let place = in_order(run);
                    self.need(&place, Step::Down);
                    self.runs.remove(&place);
                    self.order_version += 1;
                    self.list_version += 1;
                    self.question_version += 1;
                }
            }
            "execution" => {
                self.attempts.remove(id);
                if let Some(execution) = self.all.executions.get(id) {
                    if let Some(provider) = self.providers.get_mut(&execution.provider) {
                        provider.count(execution, Step::Down);
                    }
                    if let Some(agent) = self.agents.get_mut(&execution.agent) {
                        agent.count(execution, Step::Down);
                    }
                    wait(&mut self.waiting, execution, Step::Down);
                    if let Some(parts) = self.parts.get_mut(&execution.run_id) {
                        parts.count(execution, Step::Down);
                        parts.shape += 1;
                        parts.executions.retain(|known| known != id);
                    }
                }
            }
            "attempt" => {
                self.finals.remove(id);
                if let Some(attempt) = self.all.attempts.get(id)
                    && let Some(siblings) = self.attempts.get_mut(&attempt.execution_id)
                {
                    siblings.retain(|known| known != id);
                }
            }
            "finding" => {
                if let Some(finding) = self.all.findings.get(id)
                    && let Some(parts) = self.parts.get_mut(&finding.run_id)
                {
                    parts.shape += 1;
                    parts.findings.retain(|known| known != id);
                }
            }
            "question" => {
                if let Some(question) = self.all.questions.get(id)
                    && let Some(parts) = self.parts.get_mut(&question.run_id)
                {
                    parts.questions.retain(|known| known != id);
                    self.question_version += 1;
                }
            }
            // Progress and verdicts have no place in a list; other kinds are a newer daemon's.
            _ => {}
        }
        if kind == "run" {
            self.parts.remove(id);
        }
    }
}

/// The attempt whose tokens and money may be others after a change.
fn spends(change: &Change) -> Option<&str> {
    match change.entity.as_ref()? {
        Entity::Attempt(attempt) => Some(&attempt.id),
        Entity::Progress(progress) => Some(&progress.attempt_id),
        Entity::Deleted(gone) if matches!(&*gone.kind, "attempt" | "progress") => Some(&gone.id),
        _ => None,
    }
}

/// Bytes on both streams.
pub(super) fn printed(progress: &AttemptProgress) -> u64 {
    progress.output_bytes.saturating_add(progress.error_bytes)
}

fn in_order(run: &Run) -> InOrder {
    let created = run.created_at.as_ref();
    let created = created.map_or((i64::MIN, 0), |at| (at.seconds, at.nanos));
    (Group::of(run), Reverse(created), Arc::from(run.id.as_str()))
}

/// Notes, or notes no more, that an execution waits for a place.
fn wait(waiting: &mut Waiting, execution: &Execution, by: Step) {
    use ExecutionState::{Pending, Queued, Retrying};
    if !matches!(execution.state.parse(), Ok(Pending | Queued | Retrying)) {
        return;
    }
    let since = execution.queued_at.as_ref();
    let since = since.map_or((i64::MAX, 0), |at| (at.seconds, at.nanos));
    let place = (since, execution.id.clone());
    match by {
        Step::Up => {
            let of_provider = waiting.entry(execution.provider.clone()).or_default();
            of_provider.insert(place);
        }
        Step::Down => {
            if let Some(of_provider) = waiting.get_mut(&execution.provider) {
                of_provider.remove(&place);
            }
        }
    }
}
