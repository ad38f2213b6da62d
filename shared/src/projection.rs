//! What a reader of the feed knows: a snapshot at a revision and the changes after it.
//!
//! Changes carry whole values, so applying one is setting one entry: idempotent, and in any case ending where
//! the daemon's own tables stand (`fold(feed) == tables`). Nothing is deduced here: what a change does not
//! say is not known.
//!
//! Not here: where changes come from, and what to do about a gap (ask for a snapshot).

use std::{cmp::Reverse, collections::BTreeMap};

use prost_types::Timestamp;
use synod_proto::v1::{
    Attempt, AttemptProgress, Change, Deleted, Execution, Finding, Question, Run, Snapshot, Usage,
    Verdict, change::Entity,
};

use crate::words::AttemptState;

/// Entities by their ids (progress by the attempt's, verdicts by the run's), each without its parts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Projection {
    /// The feed the revision belongs to.
    pub feed_id: String,
    /// The last revision applied.
    pub revision: u64,
    /// Runs' own fields.
    pub runs: BTreeMap<String, Run>,
    /// Executions' own fields.
    pub executions: BTreeMap<String, Execution>,
    /// Attempts' own fields.
    pub attempts: BTreeMap<String, Attempt>,
    /// Progress, by the attempt's id.
    pub progress: BTreeMap<String, AttemptProgress>,
    /// Findings.
    pub findings: BTreeMap<String, Finding>,
    /// Questions.
    pub questions: BTreeMap<String, Question>,
    /// Verdicts, by the run's id.
    pub verdicts: BTreeMap<String, Verdict>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was the next one and is now part of what is known.
    Applied,
    /// It was part of it already; nothing changed.
    AlreadyKnown,
    /// Changes before it are missing; nothing changed. A snapshot is needed.
    Gap {
        /// The revision that would follow.
        expected: u64,
        /// The revision of the change.
        found: u64,
    },
}

/// The parts of one run, borrowed.
#[derive(Default)]
struct Parts<'a> {
    executions: Vec<&'a Execution>,
    attempts: BTreeMap<&'a str, Vec<&'a Attempt>>,
    findings: Vec<&'a Finding>,
    questions: Vec<&'a Question>,
}

impl Projection {
    /// What is known before the first change of a feed.
    #[must_use]
    pub fn empty(feed_id: &str) -> Self {
        Self {
            feed_id: feed_id.to_owned(),
            ..Self::default()
        }
    }

    /// What a snapshot says; all that was known before is to be dropped.
    #[must_use]
    pub fn from_snapshot(feed_id: &str, snapshot: &Snapshot) -> Self {
        let mut known = Self::empty(feed_id);
        known.revision = snapshot.revision;
        for run in &snapshot.runs {
            known.take_apart(run.clone());
        }
        known
    }

    /// Applies one change, if it is the next one.
    pub fn apply(&mut self, change: &Change) -> Applied {
        if change.revision <= self.revision {
            return Applied::AlreadyKnown;
        }
        let expected = self.revision + 1;
        if change.revision != expected {
            return Applied::Gap {
                expected,
                found: change.revision,
            };
        }
        self.revision = change.revision;
        // A change without an entity we know is one of a newer daemon: its revision counts all the same.
        if let Some(entity) = &change.entity {
            self.set(entity);
        }
        Applied::Applied
    }

    fn set(&mut self, entity: &Entity) {
        match entity {
            Entity::Run(run) => set(&mut self.runs, &run.id, run),
            Entity::Execution(execution) => {
                set(&mut self.executions, &execution.id, execution);
            }
            Entity::Attempt(attempt) => set(&mut self.attempts, &attempt.id, attempt),
            Entity::Progress(progress) => {
                set(&mut self.progress, &progress.attempt_id, progress);
            }
            Entity::Finding(finding) => set(&mut self.findings, &finding.id, finding),
            Entity::Question(question) => set(&mut self.questions, &question.id, question),
            Entity::Verdict(verdict) => set(&mut self.verdicts, &verdict.run_id, verdict),
            Entity::Deleted(deleted) => self.forget(deleted),
            // It grows with history and is asked for when somebody looks at it.
            Entity::Ledger(_) => {}
        }
    }

    fn forget(&mut self, Deleted { kind, id }: &Deleted) {
        match kind.as_str() {
            "run" => drop(self.runs.remove(id)),
            "execution" => drop(self.executions.remove(id)),
            "attempt" => drop(self.attempts.remove(id)),
            "progress" => drop(self.progress.remove(id)),
            "finding" => drop(self.findings.remove(id)),
            "question" => drop(self.questions.remove(id)),
            "verdict" => drop(self.verdicts.remove(id)),
            // The ledger, or a kind of a newer daemon: this build never held it.
            _ => {}
        }
    }

    /// A run with all its parts: executions by position, attempts by number and with their progress,
    /// findings as the verdict has them, open questions first.
    #[must_use]
    pub fn compose_run(&self, id: &str) -> Option<Run> {
        let run = self.runs.get(id)?;
        let mut parts = self.parts(Some(id));
        Some(self.compose(run, parts.remove(id).unwrap_or_default()))
    }

    /// An execution with its attempts.
    #[must_use]
    pub fn compose_execution(&self, id: &str) -> Option<Execution> {
        let execution = self.executions.get(id)?;
        let attempts = self
            .attempts
            .values()
            .filter(|attempt| attempt.execution_id == id);
        Some(self.with_attempts(execution, attempts.collect()))
    }

    /// Every run with its parts, newest first.
    #[must_use]
    pub fn compose_runs(&self) -> Vec<Run> {
        let mut parts = self.parts(None);
        let mut runs: Vec<Run> = self
            .runs
            .values()
            .map(|run| self.compose(run, parts.remove(run.id.as_str()).unwrap_or_default()))
            .collect();
        runs.sort_by(|a, b| {
            let made = |run: &Run| Reverse(run.created_at.as_ref().map(instant));
            (made(a), &a.id).cmp(&(made(b), &b.id))
        });
        runs
    }

    /// All that is known as one message. `cause` and `older_runs` are the daemon's to say.
    #[must_use]
    pub fn to_snapshot(&self, cause: &str, older_runs: u64) -> Snapshot {
        Snapshot {
            revision: self.revision,
            runs: self.compose_runs(),
            cause: cause.to_owned(),
            older_runs,
        }
    }

    fn parts(&self, only: Option<&str>) -> BTreeMap<&str, Parts<'_>> {
        let wanted = |run: &str| only.is_none_or(|only| only == run);
        let mut parts: BTreeMap<&str, Parts<'_>> = BTreeMap::new();
        for execution in self.executions.values().filter(|e| wanted(&e.run_id)) {
            let of_run = parts.entry(&execution.run_id).or_default();
            of_run.executions.push(execution);
        }
        for attempt in self.attempts.values().filter(|a| wanted(&a.run_id)) {
            let of_run = parts.entry(&attempt.run_id).or_default();
            let of_execution = of_run.attempts.entry(&attempt.execution_id).or_default();
            of_execution.push(attempt);
        }
        for finding in self.findings.values().filter(|f| wanted(&f.run_id)) {
            let of_run = parts.entry(&finding.run_id).or_default();
            of_run.findings.push(finding);
        }
        for question in self.questions.values().filter(|q| wanted(&q.run_id)) {
            let of_run = parts.entry(&question.run_id).or_default();
            of_run.questions.push(question);
        }
        parts
    }

    fn compose(&self, run: &Run, mut parts: Parts<'_>) -> Run {
        parts.executions.sort_by_cached_key(|e| seat(e));
        parts.findings.sort_by_cached_key(|f| place(f));
        parts.questions.sort_by_cached_key(|q| urgency(q));
        let mut run = run.clone();
        run.revision = self.newest(&run, &parts);
        run.executions = parts
            .executions
            .into_iter()
            .map(|execution| {
                let attempts = parts.attempts.remove(execution.id.as_str());
                self.with_attempts(execution, attempts.unwrap_or_default())
            })
            .collect();
        run.usage = usage_of(run.executions.iter().flat_map(|one| &one.attempts));
        run.findings = parts.findings.into_iter().cloned().collect();
        run.questions = parts.questions.into_iter().cloned().collect();
        run.verdict = self.verdicts.get(&run.id).cloned();
        run
    }

    /// The revision that last changed a run or one of its parts.
    fn newest(&self, run: &Run, parts: &Parts<'_>) -> u64 {
        let attempts = || parts.attempts.values().flatten();
        let progress = attempts().filter_map(|attempt| self.progress.get(&attempt.id));
        std::iter::once(run.revision)
            .chain(parts.executions.iter().map(|part| part.revision))
            .chain(attempts().map(|part| part.revision))
            .chain(progress.map(|part| part.revision))
            .chain(parts.findings.iter().map(|part| part.revision))
            .chain(parts.questions.iter().map(|part| part.revision))
            .chain(self.verdicts.get(&run.id).map(|part| part.revision))
            .max()
            .unwrap_or(run.revision)
    }

    fn with_attempts(&self, execution: &Execution, mut attempts: Vec<&Attempt>) -> Execution {
        attempts.sort_by_key(|attempt| (attempt.number, attempt.id.clone()));
        Execution {
            attempts: attempts
                .into_iter()
                .map(|attempt| compose_attempt(attempt, self.progress.get(&attempt.id)))
                .collect(),
            ..execution.clone()
        }
    }

    /// The reverse of [`Self::compose_run`]. What a composed run does not carry (the count of lines) is not
    /// known afterwards.
    fn take_apart(&mut self, mut run: Run) {
        run.usage = None;
        for mut execution in run.executions.drain(..) {
            for mut attempt in execution.attempts.drain(..) {
                if let Some(progress) = take_progress(&mut attempt) {
                    self.progress.insert(attempt.id.clone(), progress);
                }
                self.attempts.insert(attempt.id.clone(), attempt);
            }
            self.executions.insert(execution.id.clone(), execution);
        }
        for finding in run.findings.drain(..) {
            self.findings.insert(finding.id.clone(), finding);
        }
        for question in run.questions.drain(..) {
            self.questions.insert(question.id.clone(), question);
        }
        if let Some(verdict) = run.verdict.take() {
            self.verdicts.insert(run.id.clone(), verdict);
        }
        self.runs.insert(run.id.clone(), run);
    }
}

/// An attempt with its latest output. Byte counts are the progress's while it runs and its own once it has
/// ended, because those are final.
#[must_use]
pub fn compose_attempt(attempt: &Attempt, progress: Option<&AttemptProgress>) -> Attempt {
    let mut composed = attempt.clone();
    if let Some(progress) = progress {
        let ended = has_ended(attempt);
        let count = |own: Option<u64>, seen: u64| own.filter(|_| ended).or(Some(seen));
        composed.output_bytes = count(attempt.output_bytes, progress.output_bytes);
        composed.error_bytes = count(attempt.error_bytes, progress.error_bytes);
        composed.last_line.clone_from(&progress.last_line);
        composed.last_output_at = progress.last_output_at;
        if !ended {
            composed.activity.clone_from(&progress.activity);
            composed.session_id.clone_from(&progress.session_id);
            composed.model.clone_from(&progress.model);
            composed.usage = progress.usage;
            composed.steps = progress.steps;
            composed.transcript_bytes = Some(progress.transcript_bytes).filter(|bytes| *bytes > 0);
        }
    }
    composed
}

/// What attempts used together; nothing if none of them tells. A cost that is not known counts as nothing, and the
/// sum is estimated if a part of it is.
#[must_use]
pub fn usage_of<'a>(attempts: impl IntoIterator<Item = &'a Attempt>) -> Option<Usage> {
    let told = attempts.into_iter().filter_map(|attempt| attempt.usage);
    told.reduce(|all, one| Usage {
        input_tokens: tokens(all.input_tokens, one.input_tokens),
        cached_tokens: tokens(all.cached_tokens, one.cached_tokens),
        output_tokens: tokens(all.output_tokens, one.output_tokens),
        reasoning_tokens: tokens(all.reasoning_tokens, one.reasoning_tokens),
        cost_usd: match (all.cost_usd, one.cost_usd) {
            (Some(all), Some(one)) => Some(all + one),
            (all, one) => all.or(one),
        },
        estimated: match (all.estimated, one.estimated) {
            (Some(all), Some(one)) => Some(all || one),
            (all, one) => all.or(one),
        },
    })
}

fn tokens(all: Option<u32>, one: Option<u32>) -> Option<u32> {
    match (all, one) {
        (Some(all), Some(one)) => Some(all.saturating_add(one)),
        (all, one) => all.or(one),
    }
}

fn has_ended(attempt: &Attempt) -> bool {
    let state = attempt.state.parse::<AttemptState>();
    state.is_ok_and(AttemptState::is_terminal)
}

fn take_progress(attempt: &mut Attempt) -> Option<AttemptProgress> {
    let live = !has_ended(attempt);
    let last_line = std::mem::take(&mut attempt.last_line);
    let last_output_at = attempt.last_output_at.take();
    // Progress always brings both counts; those of an ended attempt may be its own.
    let counted = attempt.output_bytes.is_some() && attempt.error_bytes.is_some();
    let printed =
        last_output_at.is_some() || !last_line.is_empty() || (counted && !has_ended(attempt));
    printed.then(|| AttemptProgress {
        attempt_id: attempt.id.clone(),
        execution_id: attempt.execution_id.clone(),
        run_id: attempt.run_id.clone(),
        output_bytes: attempt.output_bytes.unwrap_or_default(),
        error_bytes: attempt.error_bytes.unwrap_or_default(),
        last_line,
        last_output_at,
        lines: 0,
        revision: 0,
        activity: std::mem::take(&mut attempt.activity),
        steps: attempt.steps.take_if(|_| live),
        usage: attempt.usage.take_if(|_| live),
        session_id: take_if(live, &mut attempt.session_id),
        model: take_if(live, &mut attempt.model),
        transcript_bytes: attempt
            .transcript_bytes
            .take_if(|_| live)
            .unwrap_or_default(),
    })
}

fn take_if(live: bool, text: &mut String) -> String {
    if live {
        std::mem::take(text)
    } else {
        text.clone()
    }
}

fn set<T: Clone>(map: &mut BTreeMap<String, T>, id: &str, value: &T) {
    map.insert(id.to_owned(), value.clone());
}

fn instant(at: &Timestamp) -> (i64, i32) {
    (at.seconds, at.nanos)
}

fn severity(word: &str) -> u8 {
    match word {
        "critical" => 0,
        "important" => 1,
        "minor" => 2,
        _ => 3,
    }
}

/// Order of executions within a run: by seat; what replaces another follows it.
pub fn seat(execution: &Execution) -> impl Ord + use<> {
    let queued = execution.queued_at.as_ref().map(instant);
    (execution.position, queued, execution.id.clone())
}

/// Order of findings within a run: as the verdict has them. Those of a daemon that does not tell go by severity
/// and place.
pub fn place(finding: &Finding) -> impl Ord + use<> {
    let anchor = finding.anchors.first();
    (
        finding.position.unwrap_or(u32::MAX),
        severity(&finding.severity),
        anchor.map(|anchor| anchor.path.clone()).unwrap_or_default(),
        anchor.and_then(|anchor| anchor.start),
        finding.id.clone(),
    )
}

/// Order of questions: open ones, then those put off, then settled ones; the most urgent first, ties run by run
/// in the order of the verdict.
pub fn urgency(question: &Question) -> impl Ord + use<> {
    let state = match question.state.as_str() {
        "open" => 0,
        "later" => 1,
        _ => 2,
    };
    (
        state,
        Reverse(question.rank),
        question.run_id.clone(),
        question.position.unwrap_or(u32::MAX),
        question.id.clone(),
    )
}

#[cfg(test)]
mod tests;
