//! The one place where a no or an error becomes a status, with `google.rpc` details.

use synod_core::decide::Rejection;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{
    engine::EngineError, store::StoreError, submit::SubmitError, workspace::WorkspaceError,
};

/// The domain of the reasons.
const DOMAIN: &str = "synod";

/// A status with its reason as a word for programs.
#[must_use]
pub fn with_reason(code: Code, reason: &str, message: impl Into<String>) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, DOMAIN, std::collections::HashMap::new());
    if code == Code::ResourceExhausted || code == Code::Unavailable {
        details.set_retry_info(Some(std::time::Duration::from_secs(1)));
    }
    Status::with_error_details(code, message, details)
}

/// Nothing has this id or name.
#[must_use]
pub fn not_found(what: &str, word: &str) -> Status {
    let word: String = word.chars().take(80).collect();
    let lists = match what {
        "a question" => "`synod questions` lists what is open",
        "an entry of the ledger" => "`synod ledger` lists them",
        _ => "`synod ps --all` lists what there is",
    };
    with_reason(
        Code::NotFound,
        "not-found",
        format!("expected the id or name of {what}, found {word:?}, which is none; {lists}"),
    )
}

/// A field of a request is not what it should be.
#[must_use]
pub fn invalid(reason: &str, message: impl Into<String>) -> Status {
    with_reason(Code::InvalidArgument, reason, message)
}

/// A business no, or an engine that cannot answer.
#[must_use]
pub fn from_engine(error: &EngineError) -> Status {
    let message = error.to_string();
    match error {
        EngineError::Rejected(rejection) => from_rejection(rejection),
        EngineError::RequestReused { .. } => {
            with_reason(Code::InvalidArgument, "request-reused", message)
        }
        EngineError::Full { .. } => with_reason(Code::ResourceExhausted, "disk-full", message),
        EngineError::Gone => with_reason(Code::Unavailable, "daemon-ending", message),
    }
}

fn from_rejection(rejection: &Rejection) -> Status {
    let code = match rejection {
        Rejection::Unknown { .. } => Code::NotFound,
        Rejection::QueueFull { .. } => Code::ResourceExhausted,
        Rejection::Outdated
        | Rejection::Settled { .. }
        | Rejection::TooLate { .. }
        | Rejection::Withdrawn { .. } => Code::FailedPrecondition,
        Rejection::NoSuchOption { .. }
        | Rejection::NoSuchFinding { .. }
        | Rejection::NotAChoice { .. }
        | Rejection::EmptyAnswer => Code::InvalidArgument,
    };
    with_reason(code, rejection.code(), rejection.to_string())
}

/// A submission that was refused.
#[must_use]
pub fn from_submit(error: &SubmitError) -> Status {
    let code = match error {
        SubmitError::Keep(error) if error.is_full() => Code::ResourceExhausted,
        SubmitError::Keep(_) | SubmitError::Random(_) => Code::Internal,
        SubmitError::PromptGone { .. } => Code::FailedPrecondition,
        SubmitError::Workspace(error) => workspace_code(error),
        SubmitError::Gate(synod_config::GateError::Unknown { .. }) => Code::NotFound,
        _ => Code::InvalidArgument,
    };
    if code == Code::Internal {
        tracing::error!(%error, "a submission failed");
    }
    with_reason(code, error.code(), error.to_string())
}

/// A workspace that is not as it would have to be.
#[must_use]
pub fn from_workspace(error: &WorkspaceError) -> Status {
    with_reason(workspace_code(error), error.code(), error.to_string())
}

const fn workspace_code(error: &WorkspaceError) -> Code {
    if error.is_usage() {
        Code::InvalidArgument
    } else {
        Code::FailedPrecondition
    }
}

/// The database could not be read.
#[must_use]
pub fn from_store(error: &StoreError) -> Status {
    tracing::error!(%error, "reading failed");
    with_reason(Code::Internal, "database", error.to_string())
}

/// The daemon was asked to end: a stream ends with it.
#[must_use]
pub fn stopped() -> Status {
    with_reason(
        Code::Unavailable,
        "daemon-ending",
        "the daemon was asked to end; what it had started goes on",
    )
}

/// A step of the daemon's own was cut off.
#[must_use]
pub fn ended() -> Status {
    from_engine(&EngineError::Gone)
}
