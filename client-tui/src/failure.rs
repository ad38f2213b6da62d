//! Why a verb could not do what was asked, and how that is told: a sentence for people, an object for
//! programs, an exit code for scripts.

use std::io;

use serde_json::{Value, json};
use synod_shared::{json::JsonError, paths::PathsError, sanitize};
use thiserror::Error;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::exit::Exit;

/// What went wrong.
#[derive(Debug, Error)]
pub enum Failure {
    /// The arguments or files given cannot be used.
    #[error("{0}")]
    Input(String),
    /// What was to be changed is not as it was, or not what it should be. Nothing was changed.
    #[error("{0}")]
    Conflict(String),
    /// The places where things live cannot be told.
    #[error(transparent)]
    Paths(#[from] PathsError),
    /// No daemon runs, and this verb does not start one.
    #[error("no daemon is running at {socket}; start one with `synod daemon start`")]
    NoDaemon {
        /// The socket tried.
        socket: String,
    },
    /// A daemon cannot be started or reached.
    #[error("{0}")]
    Unreachable(String),
    /// The socket may not be used by this user.
    #[error("permission denied at the socket {socket}: it belongs to another user's daemon")]
    PermissionDenied {
        /// The socket tried.
        socket: String,
    },
    /// The daemon said no, or broke.
    #[error("{message}")]
    Refused {
        /// The gRPC code.
        code: Code,
        /// `ErrorInfo.reason`; may be empty.
        reason: String,
        /// The daemon's sentence.
        message: String,
    },
    /// `wait` ran out of time.
    #[error("{0}")]
    WaitTimedOut(String),
    /// What was asked for would mislead, and is not written.
    #[error("{message}")]
    Withheld {
        /// How the run ended that it would have been about.
        exit: Exit,
        /// Why.
        message: String,
    },
    /// An answer that this program cannot make sense of.
    #[error("{0}")]
    Protocol(String),
    /// A message has no JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Whoever read our output has gone: no failure of ours, and nobody to tell.
    #[error("the reader of the output is gone")]
    ReaderGone,
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
}

impl Failure {
    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Input(_) | Self::Paths(_) => Exit::Usage,
            Self::NoDaemon { .. } | Self::Unreachable(_) => Exit::Unreachable,
            Self::PermissionDenied { .. } => Exit::PermissionDenied,
            Self::Refused { code, .. } => match code {
                Code::InvalidArgument | Code::OutOfRange | Code::AlreadyExists => Exit::Usage,
                Code::NotFound => Exit::NotFound,
                Code::PermissionDenied | Code::Unauthenticated => Exit::PermissionDenied,
                Code::Unavailable => Exit::Unreachable,
                Code::Ok
                | Code::Cancelled
                | Code::Unknown
                | Code::DeadlineExceeded
                | Code::ResourceExhausted
                | Code::FailedPrecondition
                | Code::Aborted
                | Code::Unimplemented
                | Code::Internal
                | Code::DataLoss => Exit::Refused,
            },
            Self::WaitTimedOut(_) => Exit::WaitTimedOut,
            Self::Withheld { exit, .. } => *exit,
            Self::Conflict(_) | Self::Protocol(_) | Self::Json(_) | Self::Output(_) => {
                Exit::Refused
            }
            Self::ReaderGone => Exit::Success,
        }
    }

    /// For `--json`, on standard error.
    pub fn to_json(&self) -> Value {
        json!({"error": {
            "code": self.code_word(),
            "reason": self.reason(),
            "message": sanitize::text(&self.to_string()),
        }})
    }

    fn code_word(&self) -> &'static str {
        match self.exit() {
            Exit::Usage => "invalid-argument",
            Exit::NotFound => "not-found",
            Exit::Unreachable => "unreachable",
            Exit::PermissionDenied => "permission-denied",
            Exit::WaitTimedOut => "wait-timed-out",
            _ => match self {
                Self::Refused { code, .. } => match code {
                    Code::ResourceExhausted => "resource-exhausted",
                    Code::FailedPrecondition | Code::Aborted => "failed-precondition",
                    Code::DeadlineExceeded => "deadline-exceeded",
                    Code::Unimplemented => "unimplemented",
                    _ => "internal",
                },
                Self::Withheld { .. } | Self::Conflict(_) => "failed-precondition",
                _ => "internal",
            },
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Refused { reason, .. } => sanitize::line(reason, 200),
            Self::NoDaemon { .. } => "no-daemon".to_owned(),
            Self::Unreachable(_) => "daemon-unreachable".to_owned(),
            Self::Paths(_) => "bad-path".to_owned(),
            Self::Input(_) => "bad-input".to_owned(),
            Self::Conflict(_) => "conflict".to_owned(),
            Self::PermissionDenied { .. } => "other-user".to_owned(),
            Self::WaitTimedOut(_) => "timeout".to_owned(),
            Self::Withheld { .. } => "report-withheld".to_owned(),
            Self::Protocol(_) | Self::Json(_) => "protocol".to_owned(),
            Self::ReaderGone | Self::Output(_) => "output".to_owned(),
        }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let reason = status
            .get_details_error_info()
            .map(|info| info.reason)
            .unwrap_or_default();
        let message = if status.message().is_empty() && status.code() == Code::Unimplemented {
            "the daemon that runs is another version and does not know this; `synod daemon stop` ends it \
             (agents go on), and the next command starts the one that belongs to this program"
                .to_owned()
        } else if status.message().is_empty() {
            format!("the daemon answered {:?} without a word", status.code())
        } else {
            status.message().to_owned()
        };
        Self::Refused {
            code: status.code(),
            reason,
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn each_code_of_the_daemon_has_its_exit_code() {
        for (code, exit) in [
            (Code::InvalidArgument, 2),
            (Code::AlreadyExists, 2),
            (Code::OutOfRange, 2),
            (Code::NotFound, 3),
            (Code::Unavailable, 4),
            (Code::PermissionDenied, 5),
            (Code::Unauthenticated, 5),
            (Code::ResourceExhausted, 7),
            (Code::FailedPrecondition, 7),
            (Code::Internal, 7),
        ] {
            let failure = Failure::from(Status::new(code, "no"));
            assert_eq!(failure.exit().code(), exit, "{code:?}");
        }
    }

    #[test]
    fn the_reason_is_read_from_the_details_and_the_sentence_is_shown_as_given() {
        let mut details = ErrorDetails::new();
        details.set_error_info(
            "unknown-gate",
            "synod",
            [("gate".to_owned(), "clarfy".to_owned())],
        );
        let status = Status::with_error_details(
            Code::NotFound,
            "no gate is called \u{1b}[31mclarfy",
            details,
        );
        assert_eq!(
            Failure::from(status).to_json(),
            json!({"error": {
                "code": "not-found",
                "reason": "unknown-gate",
                "message": "no gate is called clarfy",
            }})
        );
    }
}
