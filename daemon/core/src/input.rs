//! Everything that can happen: one closed enum.

use std::{collections::BTreeMap, time::Duration};

use synod_adapters::Permission;
use synod_consensus::{Disposition, Outcome, Said, ledger::Entry};
use synod_shared::ids::{AttemptId, ExecutionId, FindingId, RunId};

use crate::{
    entity::{AgentSpec, Attempt, End, Execution, GateWork, Part, Run, Told},
    workspace::{Step, Workspace},
};

/// A command or an observation. Time that passes is an input too.
#[derive(Debug, Clone)]
pub enum Input {
    /// Somebody wants something.
    Command(Command),
    /// Something was seen.
    Observation(Observation),
    /// Time has passed.
    Tick,
}

/// What somebody may want. Each carries its request id, for the record.
#[derive(Debug, Clone)]
pub enum Command {
    SpawnAgent(Box<SpawnAgent>),
    SpawnGate(Box<SpawnGate>),
    CancelRun {
        run: RunId,
    },
    CancelExecution {
        execution: ExecutionId,
    },
    Replace {
        execution: ExecutionId,
        fresh: ExecutionId,
    },
    Answer(AnswerQuestion),
    AnswerRest(AnswerRest),
    /// A decision of the ledger is to be forgotten.
    ForgetLedgerEntry {
        entry: String,
    },
    /// An ended run's workspace was merged, left or discarded.
    Workspace {
        run: RunId,
        step: Step,
    },
}

impl Command {
    /// What it is called, for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SpawnAgent(_) => "spawn-agent",
            Self::SpawnGate(_) => "spawn-gate",
            Self::CancelRun { .. } => "cancel-run",
            Self::CancelExecution { .. } => "cancel-execution",
            Self::Replace { .. } => "replace",
            Self::Answer(_) => "answer",
            Self::AnswerRest(_) => "answer-rest",
            Self::ForgetLedgerEntry { .. } => "forget-ledger-entry",
            Self::Workspace { .. } => "workspace",
        }
    }
}

/// A single-agent run.
#[derive(Debug, Clone)]
pub struct SpawnAgent {
    pub run: RunId,
    pub execution: ExecutionId,
    pub request_id: String,
    /// `name`, or `name#k` for the k-th run of this name.
    pub name: String,
    pub subject: String,
    pub agent: AgentSpec,
    pub configured: Configured,
    /// Where it is to work, if it may write.
    pub workspace: Option<Workspace>,
}

/// Whether a single-agent run names a configured agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Configured {
    Agent,
    CommandLine,
}

/// A gate run.
#[derive(Debug, Clone)]
pub struct SpawnGate {
    pub run: RunId,
    pub request_id: String,
    pub name: String,
    pub subject: String,
    /// Each seat's agent and the id its execution is to have, in roster order.
    pub seats: Vec<(ExecutionId, AgentSpec)>,
    /// Its roster says the same as `seats`; it is opened when it is decided.
    pub work: Box<GateWork>,
    pub equal: Equal,
}

/// What to do when an equal run is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Equal {
    Attach,
    StartAnother,
}

/// A human's word on one question.
#[derive(Debug, Clone)]
pub struct AnswerQuestion {
    pub question: FindingId,
    /// The hash of the text that was answered.
    pub content_hash: String,
    pub disposition: Disposition,
    pub by: String,
    /// From where: the kind of client, and its host.
    pub from: String,
}

/// A human's word on all open questions of a run.
#[derive(Debug, Clone)]
pub struct AnswerRest {
    pub run: RunId,
    pub rest: Rest,
    pub by: String,
    /// From where, as above.
    pub from: String,
}

/// How the rest is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    Recommended,
    Dismiss,
    Later,
}

/// What may be seen.
#[derive(Debug, Clone)]
pub enum Observation {
    /// The shim has started the agent.
    Started {
        attempt: AttemptId,
        pid: Option<u32>,
        at_us: i64,
        containment: String,
    },
    /// Output was ingested up to here.
    Progress {
        attempt: AttemptId,
        output_bytes: u64,
        error_bytes: u64,
        lines: u64,
        last_line: String,
        at_us: i64,
        told: Option<Box<Told>>,
        transcript_bytes: u64,
    },
    /// An agent that is spoken to waits for these permissions, and for no others.
    Asked {
        attempt: AttemptId,
        open: Vec<Permission>,
    },
    /// The agent has ended, its tree is gone, its output is read to the end.
    Ended { attempt: AttemptId, end: End },
    /// The attempt ended without a record, and its tree is gone.
    Lost { attempt: AttemptId, end: End },
    /// The actor attending the attempt failed.
    ActorFailed { attempt: AttemptId, detail: String },
    /// What an execution said was read, or why it could not be.
    Validated {
        execution: ExecutionId,
        result: Result<Said, Invalid>,
    },
    /// The prompt that sends an invalid answer back is on disk, or could not be made.
    SentBack {
        execution: ExecutionId,
        result: Result<(), String>,
    },
    /// The answers were weighed.
    Weighed(Box<Weighing>),
    /// Something happened to a run's workspace, which may have ended long ago.
    Workspace { run: RunId, step: Step },
    /// A run that the database does not know, proved by an attempt's directory.
    Found(Box<Found>),
}

/// What a run's answers came to.
#[derive(Debug, Clone)]
pub struct Weighing {
    pub run: RunId,
    pub outcome: Outcome,
    /// Where each finding applies, for people, by its key.
    pub sections: BTreeMap<String, String>,
    /// The entries of the ledger the outcome met.
    pub ledger: Vec<Entry>,
    /// Hash of the outcome.
    pub outcome_hash: String,
    /// The round that is to be held before anything is decided; its prompts are on disk.
    pub open: Option<Opening>,
}

/// A round that is ready to be opened.
#[derive(Debug, Clone)]
pub struct Opening {
    pub part: Part,
    /// Each agent and the id its execution is to have.
    pub seats: Vec<(ExecutionId, AgentSpec)>,
    pub keys: Vec<String>,
    pub receipts: BTreeMap<String, String>,
    /// Why nobody can be asked; then there are no seats, and nobody has said anything.
    pub unheld: String,
}

/// Why an answer does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    pub reason: synod_shared::words::Reason,
    pub detail: String,
}

/// What an attempt's directory says about a run.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Found {
    pub run: Run,
    pub executions: Vec<Execution>,
    pub attempts: Vec<Attempt>,
}

/// How a command's caller is answered, after the commit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reply {
    pub run: RunId,
    pub execution: Option<ExecutionId>,
    /// Questions settled by the command.
    pub questions: Vec<FindingId>,
    /// Whether an equal live run was found instead of starting another.
    pub attached: bool,
}

impl Reply {
    /// To a command that is about no run.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            run: RunId::from_bytes([0; 16]),
            execution: None,
            questions: Vec::new(),
            attached: false,
        }
    }
}

/// The default time an agent's tree is given between a polite signal and the last one.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(5);
