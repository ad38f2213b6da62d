//! What is known of the daemon's state, arranged for looking at: the projection of the feed, and beside it the
//! order of things and the sums that screens show, kept up to date change by change. So a frame costs what is
//! visible, not what there is.
//!
//! Not here: what somebody selected or filtered; where changes come from.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use jiff::Timestamp;
use synod_proto::v1::{
    Attempt, AttemptProgress, Change, Execution, Finding, Question, Run, Snapshot, Verdict,
    change::Entity,
};
use synod_shared::{
    projection::{self, Applied, Projection, compose_attempt},
    words::{ExecutionState, RunState},
};

use super::activity::Activity;
use crate::render::instant;

/// Where a run stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Questions wait for a human.
    NeedsYou,
    /// Under way.
    Live,
    /// Over.
    Finished,
}

impl Group {
    /// Of a run in this state. An unknown word is one of a newer daemon: whether the run has an end tells.
    fn of(run: &Run) -> Self {
        match run.state.parse::<RunState>() {
            Ok(RunState::AwaitingHuman) => Self::NeedsYou,
            Ok(state) if state.is_terminal() => Self::Finished,
            Err(_) if run.ended_at.is_some() => Self::Finished,
            Ok(_) | Err(_) => Self::Live,
        }
    }

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NeedsYou => "needs you",
            Self::Live => "live",
            Self::Finished => "finished",
        }
    }
}

/// Sums over the executions of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All of them.
    pub all: u32,
    /// Those that have ended.
    pub done: u32,
    /// Those with a process.
    pub running: u32,
    /// Those that wait for a place.
    pub queued: u32,
}

impl Tally {
    fn count(&mut self, execution: &Execution, by: Step) {
        let Ok(state) = execution.state.parse::<ExecutionState>() else {
            return by.on(&mut self.all);
        };
        by.on(&mut self.all);
        match state {
            ExecutionState::Completed | ExecutionState::Failed | ExecutionState::Cancelled => {
                by.on(&mut self.done);
            }
            ExecutionState::Running | ExecutionState::Validating => by.on(&mut self.running),
            ExecutionState::Pending | ExecutionState::Queued | ExecutionState::Retrying => {
                by.on(&mut self.queued);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Up,
    Down,
}

impl Step {
    fn on(self, number: &mut u32) {
        *number = match self {
            Self::Up => number.saturating_add(1),
            Self::Down => number.saturating_sub(1),
        };
    }
}

/// The parts of one run, by their ids, each list in the order it is shown.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// By seat.
    pub executions: Vec<String>,
    /// As the verdict has them.
    pub findings: Vec<String>,
    /// Most urgent first, settled ones last.
    pub questions: Vec<String>,
    /// Sums over the executions.
    pub tally: Tally,
    /// When any attempt printed last.
    pub last_output: Option<Timestamp>,
    /// How much was printed when.
    pub activity: Activity,
    /// Grows whenever a table of them has other rows or columns: agents or findings come, go or are others.
    pub shape: u64,
}

/// How a run came to a point where somebody wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The run's id.
    pub run: String,
    /// Its name.
    pub name: String,
    /// The state it reached.
    pub state: String,
    /// What that means for the list.
    pub group: Group,
}

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
    /// Ended runs that only the daemon knows.
    pub older_runs: u64,
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

    /// Adds a run that was read whole, where it is newer than what is known of it.
    pub fn merge(&mut self, run: Run) {
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
            Some(Entity::Run(run)) => {
                let group = Group::of(run);
                (before != Some(group) && group != Group::Live).then(|| Turn {
                    run: run.id.clone(),
                    name: run.name.clone(),
                    state: run.state.clone(),
                    group,
                })
            }
            _ => None,
        };
        self.set(change);
        turn
    }

    /// Applies the change and keeps order and sums beside it.
    fn set(&mut self, change: Change) {
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
            Some(Entity::Verdict(_)) | None => {}
        }
        match self.all.apply(&change) {
            Applied::Applied | Applied::AlreadyKnown => {}
            Applied::Gap { .. } => {
                // The link hands on no gaps. Whole values make up for one all the same.
                self.all.revision = change.revision - 1;
                self.all.apply(&change);
            }
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
                self.order_version += 1;
            }
        } else {
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

    fn arrange_execution(&mut self, execution: &Execution) {
        let provider = self
            .providers
            .entry(execution.provider.clone())
            .or_default();
        let agent = self.agents.entry(execution.agent.clone()).or_default();
        let parts = self.parts.entry(execution.run_id.clone()).or_default();
        if let Some(known) = self.all.executions.get(&execution.id) {
            parts.tally.count(known, Step::Down);
            provider.count(known, Step::Down);
            agent.count(known, Step::Down);
            wait(&mut self.waiting, known, Step::Down);
            if (&known.agent, &known.family) != (&execution.agent, &execution.family) {
                parts.shape += 1;
            }
        } else {
            parts.shape += 1;
            let executions = &self.all.executions;
            let seat = projection::seat(execution);
            let at = parts.executions.partition_point(|id| {
                executions
                    .get(id)
                    .is_some_and(|e| projection::seat(e) < seat)
            });
            parts.executions.insert(at, execution.id.clone());
        }
        parts.tally.count(execution, Step::Up);
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
                    self.runs.remove(&in_order(run));
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
                        parts.tally.count(execution, Step::Down);
                        parts.shape += 1;
                        parts.executions.retain(|known| known != id);
                    }
                }
            }
            "attempt" => {
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
            Entity::Deleted(_) => false,
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
            Entity::Deleted(_) => return false,
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
            Entity::Progress(_) | Entity::Deleted(_) => None,
        };
        known.is_some_and(|known| known >= revision)
    }
}

/// Looking things up.
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

    /// Whether somebody may answer a question: not settled, and its run has not come to its end without it.
    pub fn waits(&self, question: &Question) -> bool {
        question.state != "settled" && self.group(&question.run_id) != Some(Group::Finished)
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

/// Bytes on both streams.
fn printed(progress: &AttemptProgress) -> u64 {
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

#[cfg(test)]
mod props;
