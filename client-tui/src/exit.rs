//! The exit codes: one table, for every verb.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | passed, passed degraded (without `--strict`), or simply done |
//! | 1 | rejected or failed |
//! | 2 | bad usage or bad input |
//! | 3 | not found |
//! | 4 | no daemon can be reached or started |
//! | 5 | permission denied |
//! | 6 | `wait` ran out of time |
//! | 7 | refused by the daemon: the queue is full, the state forbids it, something broke there |
//! | 10 | needs an answer |
//! | 11 | no quorum |
//! | 12 | deadline exceeded |
//! | 13 | cancelled |
//! | 14 | passed degraded, with `--strict` |
//! | 130 | interrupted |
//!
//! `exec` ends with the command's own code, with 128 + n for signal n, and with 124 when its time limit
//! ended it, 125 for an error of Synod's own, 126 for a program that is not executable and 127 for one that
//! is not found: as `timeout`, `env` and `docker run` do.

use std::process::ExitCode;

use synod_shared::words::RunState;

/// How this program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or passed.
    Success,
    /// Rejected or failed.
    Failed,
    /// Bad usage or bad input.
    Usage,
    /// No such run, execution, question, gate or agent.
    NotFound,
    /// No daemon can be reached or started.
    Unreachable,
    /// The daemon belongs to somebody else.
    PermissionDenied,
    /// `wait` ran out of time.
    WaitTimedOut,
    /// The daemon refused, or something broke there.
    Refused,
    /// A human is asked.
    NeedsAnswer,
    /// Too few valid answers.
    NoQuorum,
    /// The gate's deadline passed.
    DeadlineExceeded,
    /// Cancelled.
    Cancelled,
    /// Passed degraded, and the caller wanted better.
    Degraded,
    /// Interrupted from the keyboard.
    Interrupted,
    /// What a command run by `exec` ended with, as its caller is to see it.
    Command(u8),
}

/// What the caller makes of a gate passed by a quorum only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Degraded {
    /// As good as passed.
    Accepted,
    /// An exit code of its own.
    Told,
}

impl Exit {
    /// The command took longer than its time limit.
    pub const COMMAND_TIMED_OUT: Self = Self::Command(124);
    /// An error of Synod's own under `exec`.
    pub const EXEC_OWN: Self = Self::Command(125);
    /// The program is not executable.
    pub const COMMAND_NOT_EXECUTABLE: Self = Self::Command(126);
    /// The program is not found.
    pub const COMMAND_NOT_FOUND: Self = Self::Command(127);

    /// The code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Unreachable => 4,
            Self::PermissionDenied => 5,
            Self::WaitTimedOut => 6,
            Self::Refused => 7,
            Self::NeedsAnswer => 10,
            Self::NoQuorum => 11,
            Self::DeadlineExceeded => 12,
            Self::Cancelled => 13,
            Self::Degraded => 14,
            Self::Interrupted => 130,
            Self::Command(code) => code,
        }
    }

    /// The end of a run, or none while it goes on by itself.
    #[must_use]
    pub fn of_run(state: &str, degraded: Degraded) -> Option<Self> {
        match state.parse() {
            Ok(RunState::AwaitingHuman) => Some(Self::NeedsAnswer),
            Ok(RunState::Passed) => Some(Self::Success),
            Ok(RunState::PassedDegraded) => Some(match degraded {
                Degraded::Accepted => Self::Success,
                Degraded::Told => Self::Degraded,
            }),
            Ok(RunState::Rejected | RunState::Failed) => Some(Self::Failed),
            Ok(RunState::NoQuorum) => Some(Self::NoQuorum),
            Ok(RunState::DeadlineExceeded) => Some(Self::DeadlineExceeded),
            Ok(RunState::Cancelled) => Some(Self::Cancelled),
            // A word of a newer daemon: not an end this program can vouch for.
            Ok(RunState::Pending | RunState::Executing | RunState::Deciding) | Err(_) => None,
        }
    }

    /// The worst of several ends of runs: failed, deadline exceeded, no quorum, cancelled, needs an answer,
    /// degraded, passed.
    #[must_use]
    pub fn worst(ends: impl IntoIterator<Item = Self>) -> Self {
        let badness = |end: &Self| match end {
            Self::Success => 0,
            Self::Degraded => 1,
            Self::NeedsAnswer => 2,
            Self::Cancelled => 3,
            Self::NoQuorum => 4,
            Self::DeadlineExceeded => 5,
            Self::Failed
            | Self::Usage
            | Self::NotFound
            | Self::Unreachable
            | Self::PermissionDenied
            | Self::WaitTimedOut
            | Self::Refused
            | Self::Interrupted
            | Self::Command(_) => 6,
        };
        ends.into_iter()
            .max_by_key(badness)
            .unwrap_or(Self::Success)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_run_has_its_code() {
        let table: Vec<(&str, Option<u8>, Option<u8>)> = RunState::ALL
            .iter()
            .map(|state| {
                let code = |degraded| Exit::of_run(state.as_str(), degraded).map(Exit::code);
                (
                    state.as_str(),
                    code(Degraded::Accepted),
                    code(Degraded::Told),
                )
            })
            .collect();
        assert_eq!(
            table,
            [
                ("pending", None, None),
                ("executing", None, None),
                ("deciding", None, None),
                ("awaiting-human", Some(10), Some(10)),
                ("passed", Some(0), Some(0)),
                ("passed-degraded", Some(0), Some(14)),
                ("rejected", Some(1), Some(1)),
                ("failed", Some(1), Some(1)),
                ("no-quorum", Some(11), Some(11)),
                ("deadline-exceeded", Some(12), Some(12)),
                ("cancelled", Some(13), Some(13)),
            ]
        );
    }

    #[test]
    fn the_worst_of_several_ends_is_taken() {
        let worst = |codes: &[Exit]| Exit::worst(codes.iter().copied()).code();
        assert_eq!(worst(&[]), 0);
        assert_eq!(worst(&[Exit::Success, Exit::Degraded]), 14);
        assert_eq!(worst(&[Exit::Degraded, Exit::NeedsAnswer]), 10);
        assert_eq!(worst(&[Exit::Cancelled, Exit::NeedsAnswer]), 13);
        assert_eq!(worst(&[Exit::NoQuorum, Exit::Cancelled]), 11);
        assert_eq!(worst(&[Exit::DeadlineExceeded, Exit::NoQuorum]), 12);
        assert_eq!(worst(&[Exit::Failed, Exit::DeadlineExceeded]), 1);
    }
}
