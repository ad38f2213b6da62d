//! From an input to the new values of entities.
//!
//! A turn changes the working state at once, so the second input of a batch sees the first one's effects. A
//! command that is refused has changed nothing: every check comes before the first write.

mod answer;
mod cancel;
mod gate;
mod ledger;
mod observe;
pub(crate) mod patience;
mod permission;
mod round;
mod schedule;
mod spawn;
mod workspace;

use synod_consensus::Said;
use synod_shared::ids::{AttemptId, ExecutionId, FindingId, RunId};
use thiserror::Error;

pub use self::{gate::finding_id, schedule::schedule};
use crate::{
    entity::{Attempt, Entity, Execution, Finding, Progress, Question, Run, Settlement, Verdict},
    input::{Command, Input, Reply},
    state::State,
    time::Now,
};

/// How many failures of its actor an attempt survives.
pub const ACTOR_FAILURES_ALLOWED: u32 = 1;

/// One thing to be written.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "lives for one turn")]
pub enum Write {
    /// The new value of an entity: a row and a change.
    Put(Entity),
    /// The valid word of an execution: a row, no change of its own.
    Answer(ExecutionId, Said),
    /// A decision of the ledger is no more: its row goes, and a change says so.
    Forget(String),
}

fn options(known: usize) -> String {
    match known {
        0 => "expected an answer in words, for there are no options to choose from".to_owned(),
        1 => "expected option 1, the only one there is".to_owned(),
        n => format!("expected an option from 1 to {n}"),
    }
}

/// A business no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// Nothing live has this id.
    #[error(
        "expected the id of {what}, found {id}, which is none; `synod ps --all` lists what there is"
    )]
    Unknown { what: &'static str, id: String },
    /// The queue is full.
    #[error(
        "the queue is full: {queued} of {limit} places are taken; wait until some have ended, cancel some, \
         or raise [limits] max_queued"
    )]
    QueueFull { queued: u32, limit: u32 },
    /// The question was about another text.
    #[error(
        "the question has changed since it was shown; look at it again with `synod questions`, then answer"
    )]
    Outdated,
    /// Somebody was faster.
    #[error(
        "the question was settled already ({disposition}) by {by}{}",
        told(from)
    )]
    Settled {
        disposition: String,
        by: String,
        from: String,
    },
    /// There is no such option.
    #[error("{}, found option {found}", options(*known))]
    NoSuchOption { known: usize, found: usize },
    /// A duplicate of nothing.
    #[error("expected the id of another finding of the same run, found {found}")]
    NoSuchFinding { found: String },
    /// An answer without words.
    #[error(
        "expected an answer in words, found an empty one; to close without an answer use --dismiss"
    )]
    EmptyAnswer,
    /// A permission takes one of the agent's own choices, and nothing else.
    #[error(
        "expected one of the agent's choices ({known}), by number or by name; a permission takes no other answer"
    )]
    NotAChoice { known: String },
    /// Nobody waits for the answer any more.
    #[error(
        "{agent} no longer waits for this permission: its attempt has ended, or it took the request back"
    )]
    Withdrawn { agent: String },
    /// The run is past the point where this is possible.
    #[error("the run {run} is {state}: {hint}")]
    TooLate {
        run: String,
        state: String,
        hint: &'static str,
    },
}

impl Rejection {
    /// What whoever comes second is told.
    #[must_use]
    pub fn settled(settled: &Settlement) -> Self {
        Self::Settled {
            disposition: settled.word().to_owned(),
            by: settled.by.clone(),
            from: settled.from.clone(),
        }
    }

    /// A stable name, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "not-found",
            Self::QueueFull { .. } => "queue-full",
            Self::Outdated => "outdated",
            Self::Settled { .. } => "already-settled",
            Self::NoSuchOption { .. } => "no-such-option",
            Self::NoSuchFinding { .. } => "no-such-finding",
            Self::EmptyAnswer => "empty-answer",
            Self::NotAChoice { .. } => "not-a-choice",
            Self::Withdrawn { .. } => "withdrawn",
            Self::TooLate { .. } => "too-late",
        }
    }
}

/// From where, if that is known.
fn told(from: &str) -> String {
    if from.is_empty() {
        String::new()
    } else {
        format!(", from {from}")
    }
}

/// The working state within one batch, and what is to be written.
#[derive(Debug)]
pub struct Turn<'a> {
    state: &'a mut State,
    now: &'a Now,
    writes: Vec<Write>,
}

impl<'a> Turn<'a> {
    /// A turn over this state at this time.
    pub fn new(state: &'a mut State, now: &'a Now) -> Self {
        Self {
            state,
            now,
            writes: Vec::new(),
        }
    }

    /// What is to be written, in order.
    #[must_use]
    pub fn into_writes(self) -> Vec<Write> {
        self.writes
    }

    fn put(&mut self, entity: Entity) {
        self.state.apply(&entity);
        self.writes.push(Write::Put(entity));
    }
    fn put_run(&mut self, run: Run) {
        self.put(Entity::Run(run));
    }
    fn put_execution(&mut self, execution: Execution) {
        self.put(Entity::Execution(execution));
    }
    fn put_attempt(&mut self, attempt: Attempt) {
        self.put(Entity::Attempt(attempt));
    }
    fn put_progress(&mut self, progress: Progress) {
        self.put(Entity::Progress(progress));
    }
    fn put_finding(&mut self, finding: Finding) {
        self.put(Entity::Finding(finding));
    }
    fn put_question(&mut self, question: Question) {
        self.put(Entity::Question(question));
    }
    fn put_verdict(&mut self, verdict: Verdict) {
        self.put(Entity::Verdict(verdict));
    }
    fn put_answer(&mut self, execution: ExecutionId, said: Said) {
        self.state.apply_answer(execution, said.clone());
        self.writes.push(Write::Answer(execution, said));
    }

    fn live_run(&self, id: RunId) -> Result<Run, Rejection> {
        self.state
            .run(id)
            .cloned()
            .ok_or_else(|| Rejection::Unknown {
                what: "a live run",
                id: id.to_string(),
            })
    }
    fn live_execution(&self, id: ExecutionId) -> Result<Execution, Rejection> {
        self.state
            .execution(id)
            .cloned()
            .ok_or_else(|| Rejection::Unknown {
                what: "an execution of a live run",
                id: id.to_string(),
            })
    }
    fn open_question(&self, id: FindingId) -> Result<Question, Rejection> {
        self.state
            .question(id)
            .cloned()
            .ok_or_else(|| Rejection::Unknown {
                what: "a question of a live run",
                id: id.to_string(),
            })
    }
    fn live_attempt(&self, id: AttemptId) -> Option<Attempt> {
        self.state
            .attempt(id)
            .filter(|attempt| !attempt.state.is_terminal())
            .cloned()
    }
}

/// Decides one input. Commands give a reply or a rejection; observations are never refused: what comes late,
/// twice or for something unknown changes nothing.
pub fn decide(turn: &mut Turn<'_>, input: Input) -> Result<Option<Reply>, Rejection> {
    match input {
        Input::Command(command) => decide_command(turn, command).map(Some),
        Input::Observation(observation) => {
            observe::observe(turn, observation);
            Ok(None)
        }
        Input::Tick => {
            gate::advance_all(turn);
            patience::remind(turn);
            Ok(None)
        }
    }
}

fn decide_command(turn: &mut Turn<'_>, command: Command) -> Result<Reply, Rejection> {
    match command {
        Command::SpawnAgent(spawn) => spawn::agent(turn, *spawn),
        Command::SpawnGate(spawn) => spawn::gate(turn, *spawn),
        Command::CancelRun { run } => cancel::run(turn, run),
        Command::CancelExecution { execution } => cancel::execution(turn, execution),
        Command::Replace { execution, fresh } => spawn::replace(turn, execution, fresh),
        Command::Answer(word) => answer::one(turn, word),
        Command::AnswerRest(word) => answer::rest(turn, &word),
        Command::ForgetLedgerEntry { entry } => Ok(ledger::forget(turn, entry)),
        Command::Workspace { run, step } => workspace::settle(turn, run, &step),
    }
}
