//! Why a submission was refused. Nothing was started, nothing is kept.

use std::path::PathBuf;

use synod_adapters::TooLong;
use synod_config::{
    CommandError, ConfigError, GateError, PromptError, QuorumError, RosterError, SubjectError,
};
use thiserror::Error;

use super::keep::KeepError;
use crate::workspace::WorkspaceError;

/// A submission that cannot be.
#[derive(Debug, Error)]
pub enum SubmitError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Roster(#[from] RosterError),
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error(transparent)]
    Quorum(#[from] QuorumError),
    #[error(transparent)]
    Subject(#[from] SubjectError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(
        "the gate {gate} looks at documents, and was given a change; name the documents with --spec, or a gate that looks at changes, such as review"
    )]
    NoChanges { gate: String },
    #[error(
        "nothing can be planted for the gate {gate}: expected documents with limits, tasks, definitions or obligations that its answers can tell of, found none; probe it with a longer specification"
    )]
    NothingToPlant { gate: String },
    #[error(transparent)]
    Review(#[from] crate::review::ReviewError),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The working directory.
    #[error(
        "expected an existing folder as working directory, found {path:?} ({found}); name another with --cwd"
    )]
    WorkingDirectory { path: PathBuf, found: String },
    /// A word of the command line.
    #[error("expected a program and its arguments without NUL bytes, found {found}")]
    CommandLine { found: String },
    /// A name.
    #[error(
        "expected a name of 1 to 64 characters without '#', '/', white space or control characters that is no id, found {found:?}"
    )]
    Name { found: String },
    /// An environment variable that the agent is allowed and needs.
    #[error(
        "agent {agent} needs the environment variable {name}, which the caller does not have; set it and submit again"
    )]
    MissingVariable { agent: String, name: String },
    /// An environment variable that no process can be started with.
    #[error(
        "agent {agent} needs the environment variable {name}, whose value has a NUL byte; expected none"
    )]
    ImpossibleVariable { agent: String, name: String },
    /// A session of another agent.
    #[error(
        "expected {expected}, whose session {run} left, found {found}; leave --agent out, or start a new session without --continue"
    )]
    OtherAgent {
        run: String,
        expected: String,
        found: String,
    },
    /// A command has no session.
    #[error("expected an agent and a prompt to go on with a session, found a command line")]
    ContinuedCommand,
    /// No command line for this purpose.
    #[error(transparent)]
    Program(#[from] CommandError),
    /// A prompt that the agent's CLI is known to refuse, or to lose.
    #[error("agent {agent} (adapter {adapter}): {source}")]
    PromptTooLong {
        agent: String,
        adapter: &'static str,
        source: TooLong,
    },
    /// A prompt that cannot be a word of a command line.
    #[error(
        "agent {agent} (adapter {adapter}) takes its prompt as a word of its command line: expected UTF-8 text of at most 131071 bytes without NUL bytes, found {found}"
    )]
    PromptAsWord {
        agent: String,
        adapter: &'static str,
        found: String,
    },
    /// What is to be played back.
    #[error("agent {agent} plays the recording {path:?}: {source}")]
    Recording {
        agent: String,
        path: PathBuf,
        source: synod_shared::recording::RecordingError,
    },
    /// A time limit of nothing.
    #[error("expected a time limit above zero, found {found}")]
    Timeout { found: String },
    /// A request id.
    #[error("expected a request id of 1 to 64 printable characters, found {found:?}")]
    RequestId { found: String },
    /// A request without its work.
    #[error("expected {expected}, found nothing")]
    Absent { expected: &'static str },
    /// The directory the prompt of an earlier attempt was in is gone.
    #[error("the prompt of {execution} is no longer kept; submit it anew")]
    PromptGone { execution: String },
    /// Random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(std::io::Error),
}

impl SubmitError {
    /// A stable name, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Config(error) => error.code(),
            Self::Roster(error) => error.code(),
            Self::Gate(error) => error.code(),
            Self::Quorum(error) => error.code(),
            Self::Subject(error) => error.code(),
            Self::Prompt(error) => error.code(),
            Self::NoChanges { .. } => "no-changes",
            Self::NothingToPlant { .. } => "nothing-to-plant",
            Self::Review(error) => error.code(),
            Self::Workspace(error) => error.code(),
            Self::Keep(_) => "not-kept",
            Self::WorkingDirectory { .. } => "bad-working-directory",
            Self::CommandLine { .. } => "bad-command-line",
            Self::Name { .. } => "bad-name",
            Self::MissingVariable { .. } => "missing-variable",
            Self::ImpossibleVariable { .. } => "impossible-variable",
            Self::Program(error) => error.code(),
            Self::PromptTooLong { .. } | Self::PromptAsWord { .. } => "prompt-too-long",
            Self::Recording { .. } => "bad-recording",
            Self::Timeout { .. } => "bad-timeout",
            Self::RequestId { .. } => "bad-request-id",
            Self::OtherAgent { .. } => "other-agent",
            Self::ContinuedCommand => "no-session",
            Self::Absent { .. } => "absent",
            Self::PromptGone { .. } => "prompt-gone",
            Self::Random(_) => "no-random-numbers",
        }
    }
}
