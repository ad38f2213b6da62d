//! What is known of the daemon's state, arranged for looking at: the projection of the feed, and beside it the
//! order of things and the sums that screens show, kept up to date change by change. So a frame costs what is
//! visible, not what there is.
//!
//! Not here: what somebody selected or filtered; where changes come from.

mod arrange;
mod lookup;
mod parts;
mod spent;

pub use parts::{Group, Parts, Round, Rounds, Tally, Turn};

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use synod_proto::v1::{Attempt, Change, Run, Snapshot, change::Entity};
use synod_shared::projection::Projection;

use arrange::printed;
use spent::Ledger;

/// Executions that wait for a place, by provider, longest first: since when, and the id.
type Waiting = HashMap<String, BTreeSet<((i64, i32), String)>>;

type InOrder = (Group, Reverse<(i64, i32)>, Arc<str>);

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Known {
    all: Projection,
    runs: BTreeSet<InOrder>,
    parts: HashMap<String, Parts>,
    attempts: HashMap<String, Vec<String>>,
    providers: HashMap<String, Tally>,
    agents: HashMap<String, Tally>,
    /// What was used when.
    ledger: Ledger,
    /// Runs that need somebody.
    needing: usize,
    waiting: Waiting,
    /// Grows whenever runs come, go or change their group.
    order_version: u64,
    /// Grows whenever runs come, go or change their state.
    list_version: u64,
    /// Grows whenever a question comes, goes or changes, and whenever a run that has some changes its state.
    question_version: u64,
    /// Made of the feed and the revision of the snapshot it began with.
    born: u64,
    /// What was taken away since, by kind and id: a run that was read before that does not bring it back.
    gone: HashSet<(String, String)>,
    /// Final messages, by attempt: only runs that were read whole have them.
    finals: HashMap<String, Final>,
    /// Ended runs that only the daemon knows.
    pub older_runs: u64,
}

/// Bytes of a final message that are kept: what a screen has room for.
const FINAL: usize = 4096;

/// The beginning of an agent's final message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Final {
    /// As the agent wrote it.
    pub text: String,
    /// Bytes of the whole.
    pub bytes: u64,
}

impl Final {
    /// Takes it out of an attempt that was read.
    fn take(attempt: &mut Attempt) -> Option<Self> {
        let mut text = attempt.final_text.take()?;
        let bytes = attempt.final_text_bytes.take();
        let bytes = bytes.unwrap_or(text.len() as u64);
        text.truncate(text.floor_char_boundary(FINAL));
        text.shrink_to_fit();
        Some(Self { text, bytes })
    }
}

impl Known {
    /// What a snapshot says.
    pub fn from_snapshot(feed_id: &str, snapshot: Snapshot) -> Self {
        let mut known = Self {
            older_runs: snapshot.older_runs,
            ..Self::default()
        };
        feed_id.clone_into(&mut known.all.feed_id);
        for run in snapshot.runs {
            known.merge(run);
        }
        known.all.revision = snapshot.revision;
        let mut born = DefaultHasher::new();
        (feed_id, snapshot.revision).hash(&mut born);
        known.born = born.finish();
        known
    }

    /// As a state of the past: another one than the present, though both began with the same revision.
    #[must_use]
    pub fn into_past(mut self) -> Self {
        self.born = !self.born;
        self
    }

    /// Adds a run that was read whole, where it is newer than what is known of it; tells when a known run has come
    /// to its end or to a human by that.
    pub fn merge(&mut self, mut run: Run) -> Option<Turn> {
        let before = self.all.runs.get(&run.id).map(Group::of);
        let executions = run.executions.iter_mut();
        for attempt in executions.flat_map(|execution| &mut execution.attempts) {
            if let Some(last) = Final::take(attempt) {
                self.finals.insert(attempt.id.clone(), last);
            }
        }
        let id = run.id.clone();
        let whole = Projection::from_snapshot(
            "",
            &Snapshot {
                runs: vec![run],
                ..Snapshot::default()
            },
        );
        let runs = whole.runs.into_values().map(Entity::Run);
        let executions = whole.executions.into_values().map(Entity::Execution);
        let attempts = whole.attempts.into_values().map(Entity::Attempt);
        let progress = whole.progress.into_values().map(Entity::Progress);
        let findings = whole.findings.into_values().map(Entity::Finding);
        let questions = whole.questions.into_values().map(Entity::Question);
        let verdicts = whole.verdicts.into_values().map(Entity::Verdict);
        let parts = runs.chain(executions).chain(attempts).chain(progress);
        for entity in parts.chain(findings).chain(questions).chain(verdicts) {
            if !self.knows(&entity) && !self.is_gone(&entity) {
                let revision = self.all.revision + 1;
                self.set(Change {
                    revision,
                    entity: Some(entity),
                    ..Change::default()
                });
                // What was read beside the feed is no step of it.
                self.all.revision = revision - 1;
            }
        }
        let run = self.all.runs.get(&id)?;
        let turned = before.is_some_and(|before| before != Group::of(run));
        turned.then(|| Turn::of(run)).flatten()
    }

    /// Takes over what a snapshot cannot say: how much was printed when.
    pub fn keep_activity(&mut self, before: Self) {
        for (run, known) in before.parts {
            if let Some(parts) = self.parts.get_mut(&run) {
                parts.activity = known.activity;
            }
        }
    }

    /// Applies the next change; tells when it brought a run to its end or to a human.
    pub fn apply(&mut self, mut change: Change) -> Option<Turn> {
        if change
            .entity
            .as_ref()
            .is_some_and(|entity| self.has_newer(entity, change.revision))
        {
            change.entity = None;
        }
        let before = match &change.entity {
            Some(Entity::Run(run)) => self.all.runs.get(&run.id).map(Group::of),
            _ => None,
        };
        let turn = match &change.entity {
            Some(Entity::Run(run)) if before != Some(Group::of(run)) => Turn::of(run),
            _ => None,
        };
        self.set(change);
        turn
    }

    /// Whether what is known of an entity is at least as new as this one, which was read beside the feed.
    fn knows(&self, entity: &Entity) -> bool {
        match entity {
            // Progress that was read carries no revision; output only grows.
            Entity::Progress(progress) => self
                .all
                .progress
                .get(&progress.attempt_id)
                .is_some_and(|known| printed(known) >= printed(progress)),
            Entity::Run(run) => {
                // A run that was read whole carries the revision of its newest part; its own fields are as of
                // the same moment.
                let known = self.all.runs.get(&run.id);
                known.is_some_and(|known| known.revision >= run.revision)
            }
            Entity::Execution(e) => self.has_newer(entity, e.revision),
            Entity::Attempt(a) => self.has_newer(entity, a.revision),
            Entity::Finding(f) => self.has_newer(entity, f.revision),
            Entity::Question(q) => self.has_newer(entity, q.revision),
            Entity::Verdict(v) => self.has_newer(entity, v.revision),
            Entity::Deleted(_) | Entity::Ledger(_) => false,
        }
    }

    /// Whether an entity was taken away after it was read beside the feed.
    fn is_gone(&self, entity: &Entity) -> bool {
        if self.gone.is_empty() {
            return false;
        }
        let (kind, id) = match entity {
            Entity::Run(run) => ("run", &run.id),
            Entity::Execution(execution) => ("execution", &execution.id),
            Entity::Attempt(attempt) => ("attempt", &attempt.id),
            Entity::Progress(progress) => ("progress", &progress.attempt_id),
            Entity::Finding(finding) => ("finding", &finding.id),
            Entity::Question(question) => ("question", &question.id),
            Entity::Verdict(verdict) => ("verdict", &verdict.run_id),
            Entity::Deleted(_) | Entity::Ledger(_) => return false,
        };
        self.gone.contains(&(kind.to_owned(), id.clone()))
    }

    /// Whether what is known of an entity is of this revision or a later one. Runs and parts that were read
    /// beside the feed may be ahead of it.
    fn has_newer(&self, entity: &Entity, revision: u64) -> bool {
        if let Entity::Progress(progress) = entity {
            let known = self.all.progress.get(&progress.attempt_id);
            return known.is_some_and(|known| printed(known) > printed(progress));
        }
        let known = match entity {
            Entity::Run(run) => self.all.runs.get(&run.id).map(|known| known.revision),
            Entity::Execution(e) => self.all.executions.get(&e.id).map(|known| known.revision),
            Entity::Attempt(a) => self.all.attempts.get(&a.id).map(|known| known.revision),
            Entity::Finding(f) => self.all.findings.get(&f.id).map(|known| known.revision),
            Entity::Question(q) => self.all.questions.get(&q.id).map(|known| known.revision),
            Entity::Verdict(v) => self.all.verdicts.get(&v.run_id).map(|known| known.revision),
            Entity::Progress(_) | Entity::Deleted(_) | Entity::Ledger(_) => None,
        };
        known.is_some_and(|known| known >= revision)
    }
}

#[cfg(test)]
mod props;
