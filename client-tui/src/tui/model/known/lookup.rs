//! Looking things up.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use synod_proto::v1::{Attempt, Execution, Finding, Question, Run, Usage, Verdict};
use synod_shared::projection::{compose_attempt, usage_of};

use super::{
    Final, Known,
    parts::{Group, Parts, Round, Tally},
};
use crate::render::{blind, instant, questions::is_open};

impl Known {
    /// The feed all revisions belong to.
    pub fn feed_id(&self) -> &str {
        &self.all.feed_id
    }

    /// The last revision applied.
    pub fn revision(&self) -> u64 {
        self.all.revision
    }

    /// Grows whenever runs come, go or change their group: whenever the list of all of them is another one.
    pub fn order_version(&self) -> u64 {
        self.order_version
    }

    /// Grows whenever runs come, go or change their state: whenever a filtered list may be another one.
    pub fn list_version(&self) -> u64 {
        self.list_version
    }

    /// Grows whenever the list of questions is another one.
    pub fn question_version(&self) -> u64 {
        self.question_version
    }

    /// Tells one state from another: each made of a snapshot has its own.
    pub fn identity(&self) -> u64 {
        self.born
    }

    /// Says that the list is another one though no change said so: the count of older runs is.
    pub fn touch(&mut self) {
        self.order_version += 1;
        self.list_version += 1;
    }

    /// All runs: those that need somebody, live ones, finished ones; each newest first.
    pub fn runs(&self) -> impl Iterator<Item = (Group, &Run)> {
        self.runs
            .iter()
            .filter_map(|(group, _, id)| Some((*group, self.all.runs.get(&**id)?)))
    }

    /// The ids of all runs in that order: looking each one up costs many times as much.
    pub fn order(&self) -> impl Iterator<Item = (Group, &Arc<str>)> {
        self.runs.iter().map(|(group, _, id)| (*group, id))
    }

    /// How many runs there are.
    pub fn run_count(&self) -> usize {
        self.runs.len()
    }

    /// How many of them need somebody.
    pub fn needing(&self) -> usize {
        self.needing
    }

    /// What was used by attempts that are under way, or ended on the day of a moment; none if nobody tells.
    pub fn used_on_day(&self, moment: Timestamp, zone: &TimeZone) -> Option<Usage> {
        self.ledger.on_day_of(moment, zone)
    }

    /// Whether any attempt has told a cost.
    pub fn tells_cost(&self) -> bool {
        self.ledger.all.has_cost()
    }

    /// What the attempts of a run used; none if nobody tells.
    pub fn used_by(&self, run: &str) -> Option<Usage> {
        self.parts.get(run)?.spent.usage()
    }

    /// What the attempts of one of its rounds used. Costs what there is in that round.
    pub fn used_in(&self, run: &str, round: Round) -> Option<Usage> {
        let executions = self.parts.get(run)?.executions.iter();
        let of_round = executions.filter(|id| {
            let known = self.all.executions.get(*id);
            known.is_some_and(|known| Round::of(known) == round)
        });
        let attempts = of_round.flat_map(|id| self.attempts_of(id));
        let attempts: Vec<Attempt> = attempts.filter_map(|id| self.attempt(id)).collect();
        usage_of(&attempts)
    }

    /// The beginning of an attempt's final message, if it was read.
    pub fn final_text(&self, attempt: &str) -> Option<&Final> {
        self.finals.get(attempt)
    }

    /// A run's own fields.
    pub fn run(&self, id: &str) -> Option<&Run> {
        self.all.runs.get(id)
    }

    /// Where a run stands in the list.
    pub fn group(&self, id: &str) -> Option<Group> {
        self.all.runs.get(id).map(Group::of)
    }

    /// The parts of a run.
    pub fn parts(&self, run: &str) -> Option<&Parts> {
        self.parts.get(run)
    }

    /// An execution's own fields.
    pub fn execution(&self, id: &str) -> Option<&Execution> {
        self.all.executions.get(id)
    }

    /// The newest attempt of an execution, with its progress.
    pub fn newest_attempt(&self, execution: &str) -> Option<Attempt> {
        self.attempt(self.attempts.get(execution)?.last()?)
    }

    /// The ids of an execution's attempts, oldest first.
    pub fn attempts_of(&self, execution: &str) -> &[String] {
        self.attempts.get(execution).map_or(&[], Vec::as_slice)
    }

    /// An attempt with its progress.
    pub fn attempt(&self, id: &str) -> Option<Attempt> {
        let attempt = self.all.attempts.get(id)?;
        Some(compose_attempt(attempt, self.all.progress.get(id)))
    }

    /// A finding.
    pub fn finding(&self, id: &str) -> Option<&Finding> {
        self.all.findings.get(id)
    }

    /// A question.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.all.questions.get(id)
    }

    /// Whether somebody may answer a question: neither settled nor withdrawn, and its run has not come to its end
    /// without it.
    pub fn waits(&self, question: &Question) -> bool {
        is_open(question) && self.group(&question.run_id) != Some(Group::Finished)
    }

    /// Whether a human is asked about a finding blind, and has not answered: until then nobody is shown who says
    /// what about it and what was decided.
    pub fn is_blind(&self, finding: &str) -> bool {
        self.question(finding).is_some_and(blind::is_blind)
    }

    /// All questions of all runs, in no order.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.all.questions.values()
    }

    /// The verdict of a run.
    pub fn verdict(&self, run: &str) -> Option<&Verdict> {
        self.all.verdicts.get(run)
    }

    /// A run with all its parts. Costs what is known altogether: for one run on demand, not for each frame.
    pub fn compose_run(&self, id: &str) -> Option<Run> {
        self.all.compose_run(id)
    }

    /// Sums over a provider's executions.
    pub fn provider(&self, name: &str) -> Tally {
        self.providers.get(name).copied().unwrap_or_default()
    }

    /// Providers that have executions, with their sums, in no order.
    pub fn providers(&self) -> impl Iterator<Item = (&str, Tally)> {
        self.providers.iter().map(|(name, tally)| (&**name, *tally))
    }

    /// Sums over an agent's executions.
    pub fn agent(&self, name: &str) -> Tally {
        self.agents.get(name).copied().unwrap_or_default()
    }

    /// A provider's executions that wait for a place, those that have waited longest first.
    pub fn waiting(&self, provider: &str) -> impl ExactSizeIterator<Item = &str> {
        let waiting = self.waiting.get(provider);
        let waiting = waiting.unwrap_or(const { &BTreeSet::new() });
        waiting.iter().map(|(_, id)| &**id)
    }

    /// The latest moment anything known bears: for the clock of a past state.
    pub fn latest_instant(&self) -> Option<Timestamp> {
        let runs = self
            .all
            .runs
            .values()
            .flat_map(|run| [&run.created_at, &run.ended_at]);
        let executions = self.all.executions.values();
        let executions = executions.flat_map(|e| [&e.queued_at, &e.ended_at]);
        let attempts = self.all.attempts.values();
        let attempts = attempts.flat_map(|a| [&a.started_at, &a.ended_at]);
        let progress = self.all.progress.values().map(|p| &p.last_output_at);
        let questions = self.all.questions.values().map(|q| &q.answered_at);
        let verdicts = self.all.verdicts.values().map(|v| &v.decided_at);
        let all = runs.chain(executions).chain(attempts).chain(progress);
        let all = all.chain(questions).chain(verdicts);
        all.filter_map(|at| at.as_ref().and_then(instant)).max()
    }
}
