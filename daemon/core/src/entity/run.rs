//! One submission, whatever work it is.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use synod_shared::{
    ids::{ExecutionId, RunId},
    words::{Reason, RunState},
};

use super::{AgentSpec, GateWork};
use crate::{time::Now, workspace::Workspace};

/// One submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    pub name: String,
    pub state: RunState,
    pub reason: Option<Reason>,
    pub work: Work,
    /// The specification's path, or the command line, for people.
    pub subject: String,
    pub created: Now,
    pub ended_at_us: Option<i64>,
    /// The agents' parts, in roster order; an execution that replaces another follows it.
    pub executions: Vec<ExecutionId>,
    pub request_id: String,
    /// Set once the run is being ended before its time.
    pub stop: Option<Stop>,
    /// Questions still open; kept here so that a list needs no second look.
    pub open_questions: u32,
    /// Where its agent works, if it may write.
    #[serde(default)]
    pub workspace: Option<Workspace>,
}

impl Run {
    /// Where an agent of this run is started: in the run's workspace, or where it was submitted.
    #[must_use]
    pub fn cwd_of(&self, agent: &AgentSpec) -> PathBuf {
        match &self.workspace {
            Some(workspace) => workspace.cwd(),
            None => agent.cwd.clone(),
        }
    }
}

/// What kind of work a run is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Work {
    /// A command line.
    Command,
    /// One configured agent with a prompt.
    Agent,
    /// A gate.
    Gate(Box<GateWork>),
}

/// Why something is being ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// By request.
    Cancelled,
    /// The gate went ahead without it: a quorum stood at `partial_after`.
    WentAhead,
    /// The gate's last deadline passed.
    Deadline,
}

impl Stop {
    /// The reason an execution ends with when it is stopped so.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Cancelled => Reason::Cancelled,
            Self::WentAhead | Self::Deadline => Reason::Timeout,
        }
    }
}
