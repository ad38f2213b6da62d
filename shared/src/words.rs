//! The states and reasons, as enums here and as kebab-case words everywhere else: in the API, the JSON, the
//! database and on the screen.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A word that is in no table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected a {table} ({known}), found {found:?}")]
pub struct UnknownWord {
    table: &'static str,
    known: String,
    found: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident as $table:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word as written everywhere outside this code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord {
                        table: $table,
                        known: [$($word),+].join(", "),
                        found: text.to_owned(),
                    }),
                }
            }
        }
    };
}

words! {
    /// Where a run stands.
    RunState as "run state" {
        /// Committed; nothing has been started yet.
        Pending = "pending",
        /// Executions are on their way.
        Executing = "executing",
        /// All executions have ended; the answers are being weighed.
        Deciding = "deciding",
        /// Questions are open.
        AwaitingHuman = "awaiting-human",
        /// The whole roster answered and nothing is open. A single agent: it succeeded.
        Passed = "passed",
        /// A quorum answered, not the whole roster, and nothing is open.
        PassedDegraded = "passed-degraded",
        /// Something must be fixed.
        Rejected = "rejected",
        /// A single-agent run that did not succeed.
        Failed = "failed",
        /// Too few valid answers.
        NoQuorum = "no-quorum",
        /// The gate's deadline passed.
        DeadlineExceeded = "deadline-exceeded",
        /// Cancelled by request.
        Cancelled = "cancelled",
    }
}

impl RunState {
    /// Whether nothing can change any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Pending | Self::Executing | Self::Deciding | Self::AwaitingHuman => false,
            Self::Passed
            | Self::PassedDegraded
            | Self::Rejected
            | Self::Failed
            | Self::NoQuorum
            | Self::DeadlineExceeded
            | Self::Cancelled => true,
        }
    }
}

words! {
    /// Where an execution stands.
    ExecutionState as "execution state" {
        /// Known, not yet in the queue.
        Pending = "pending",
        /// Waiting for a place.
        Queued = "queued",
        /// An attempt is under way.
        Running = "running",
        /// The agent has ended; its answer is being read.
        Validating = "validating",
        /// Waiting to be queued again.
        Retrying = "retrying",
        /// Ended well.
        Completed = "completed",
        /// Ended otherwise.
        Failed = "failed",
        /// Cancelled, and its tree is gone.
        Cancelled = "cancelled",
    }
}

impl ExecutionState {
    /// Whether nothing can change any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Pending | Self::Queued | Self::Running | Self::Validating | Self::Retrying => {
                false
            }
            Self::Completed | Self::Failed | Self::Cancelled => true,
        }
    }
}

words! {
    /// Where an attempt stands.
    AttemptState as "attempt state" {
        /// Committed; its process may or may not exist yet.
        Starting = "starting",
        /// Its process exists.
        Running = "running",
        /// Being ended.
        Stopping = "stopping",
        /// Ended; what the shim recorded is known.
        Exited = "exited",
        /// Ended without a record.
        Lost = "lost",
    }
}

impl AttemptState {
    /// Whether nothing can change any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Starting | Self::Running | Self::Stopping => false,
            Self::Exited | Self::Lost => true,
        }
    }
}

words! {
    /// Where a run that may write works.
    WorkspaceKind as "workspace kind" {
        /// In the folder itself.
        None = "none",
        /// In a git worktree of its own.
        Worktree = "worktree",
        /// In a copy of the folder.
        Copy = "copy",
    }
}

words! {
    /// What has become of a run's workspace.
    WorkspaceState as "workspace state" {
        /// Made when the run starts.
        Planned = "planned",
        /// There.
        Made = "made",
        /// Its work is in another branch.
        Merged = "merged",
        /// Its branch stays, the worktree is gone.
        Left = "left",
        /// A later run goes on in it, and answers for it.
        Continued = "continued",
        /// Thrown away on request.
        Discarded = "discarded",
        /// Removed, because nothing in it was not elsewhere.
        Cleaned = "cleaned",
    }
}

words! {
    /// Why something ended: the one published table (`docs/api.md`).
    Reason as "reason" {
        /// Ended well.
        Completed = "completed",
        /// A human settled the last question.
        Settled = "settled",
        /// The run measured its agents, and decided nothing.
        Probed = "probed",
        /// Ended with another exit code than 0.
        ExitNonzero = "exit-nonzero",
        /// Ended by a signal that Synod did not send.
        Signalled = "signalled",
        /// The attempt's wall time limit, or the gate's deadline.
        Timeout = "timeout",
        /// Cancelled by request.
        Cancelled = "cancelled",
        /// No JSON value in the output.
        NoJson = "no-json",
        /// No JSON value in the output satisfies the gate's schema.
        SchemaMismatch = "schema-mismatch",
        /// The answer lacks the receipt of an input, or names a wrong one.
        NoReceipt = "no-receipt",
        /// The only answer found is a piece of the prompt.
        EchoOfPrompt = "echo-of-prompt",
        /// More output than allowed.
        OutputLimit = "output-limit",
        /// Output that was recorded is no longer there.
        OutputLost = "output-lost",
        /// The program could not be started.
        SpawnFailed = "spawn-failed",
        /// The attempt's actor in the daemon failed twice.
        ActorPanicked = "actor-panicked",
        /// The attempt's shim ended without a record.
        ShimLost = "shim-lost",
        /// The machine was restarted while the attempt ran.
        HostRestarted = "host-restarted",
        /// Fewer valid answers than the quorum.
        NoQuorum = "no-quorum",
        /// Questions wait for a human.
        QuestionsOpen = "questions-open",
        /// Something must be fixed before the gate can pass.
        MustFix = "must-fix",
        /// The caller's submission could not be kept: its files are gone.
        SubmissionLost = "submission-lost",
        /// The provider's rate limit.
        RateLimited = "rate-limited",
        /// The provider is overloaded.
        Overloaded = "overloaded",
        /// The provider failed.
        ServerError = "server-error",
        /// The provider could not be reached.
        Network = "network",
        /// The key is wrong.
        BadKey = "bad-key",
        /// A login is needed.
        LoginNeeded = "login-needed",
        /// The quota is used up.
        QuotaGone = "quota-gone",
        /// The model is unknown.
        UnknownModel = "unknown-model",
        /// The prompt does not fit.
        ContextTooLong = "context-too-long",
        /// The model refused.
        Refused = "refused",
        /// The answer was cut by the model's limit.
        Truncated = "truncated",
        /// The program ended without its final line.
        TransportCut = "transport-cut",
        /// The agent cannot do what is asked of it: a mode, a version of the protocol, a session. It was asked nothing.
        Unsupported = "unsupported",
        /// A tool was denied.
        ToolDenied = "tool-denied",
        /// The program crashed.
        Crashed = "crashed",
        /// Stopped for doing too much.
        Runaway = "runaway",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for state in RunState::ALL {
            assert_eq!(state.as_str().parse::<RunState>(), Ok(*state));
        }
        for reason in Reason::ALL {
            assert_eq!(reason.as_str().parse::<Reason>(), Ok(*reason));
        }
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = "Finished".parse::<AttemptState>().unwrap_err().to_string();
        assert!(
            error.contains("starting, running, stopping, exited, lost"),
            "{error}"
        );
    }
}
