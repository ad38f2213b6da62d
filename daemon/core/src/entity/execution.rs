//! One agent's part of a run, and how that agent is started.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use synod_adapters::{Adapter, Money, Policy as Permits, Prices, Usage};
use synod_shared::{
    ids::{AttemptId, ExecutionId, RunId},
    words::{ExecutionState, Reason},
};

use super::{Part, Stop, Told};

/// One agent's part in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    pub id: ExecutionId,
    pub run: RunId,
    /// The agent as configured when the run was submitted.
    pub agent: AgentSpec,
    /// Place in the roster, from 0.
    pub position: u32,
    pub state: ExecutionState,
    pub reason: Option<Reason>,
    pub detail: String,
    pub queued_at_us: i64,
    /// Order in the queue: lower goes first, also across a restart.
    pub queue_seq: u64,
    pub ended_at_us: Option<i64>,
    pub stop: Option<Stop>,
    pub attempts: Vec<AttemptId>,
    /// What it is asked for.
    #[serde(default)]
    pub part: Part,
}

/// How one program is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    pub name: String,
    pub argv: Vec<String>,
    pub cwd: PathBuf,
    pub provider: String,
    pub family: String,
    pub timeout: Option<Duration>,
    pub output_limit: Option<u64>,
    pub grace: Duration,
    /// How its output is read, and whether it is spoken to.
    #[serde(default)]
    pub adapter: Adapter,
    /// The model asked for; what answered is in [`Told`].
    #[serde(default)]
    pub model: Option<String>,
    /// How much it may do and use.
    #[serde(default)]
    pub bounds: Bounds,
    /// It must print something within this time.
    #[serde(default)]
    pub first_byte: Option<Duration>,
    /// What it may do without asking; of agents that are spoken to.
    #[serde(default)]
    pub permits: Permits,
    /// The session mode it is put into, if it has it; of agents that are spoken to.
    #[serde(default)]
    pub mode: Option<String>,
    /// The session it goes on with.
    #[serde(default)]
    pub resume: Option<Resume>,
    /// What models cost, for an agent that does not tell.
    #[serde(default)]
    pub prices: Prices,
    /// How its prompt gets to it.
    #[serde(default)]
    pub prompt: Prompted,
}

/// How the prompt gets to an agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prompted {
    /// On its standard input; to one that is spoken to, as a message.
    #[default]
    Stdin,
    /// In a file whose path takes the place of the words [`Prompted::PLACEHOLDER`]; nothing on standard input.
    File,
    /// As the last word of its command line; nothing on standard input.
    Argv,
}

impl Prompted {
    /// In an argv: the path of the file that holds the prompt, which is known only when the attempt is made.
    pub const PLACEHOLDER: &str = "{prompt-file}";
}

impl AgentSpec {
    /// A plain program in a folder, without limits of its own.
    #[must_use]
    pub fn program(name: &str, argv: Vec<String>, cwd: PathBuf) -> Self {
        Self {
            name: name.to_owned(),
            argv,
            cwd,
            provider: String::new(),
            family: String::new(),
            timeout: None,
            output_limit: None,
            grace: crate::input::DEFAULT_GRACE,
            adapter: Adapter::Command,
            model: None,
            bounds: Bounds::default(),
            first_byte: None,
            permits: Permits::default(),
            mode: None,
            resume: None,
            prices: Prices::default(),
            prompt: Prompted::Stdin,
        }
    }
}

/// Limits that are measured on what an agent tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bounds {
    /// Requests to the model and calls of tools.
    pub steps: Option<u32>,
    /// Tokens, in and out together.
    pub tokens: Option<u64>,
    pub cost: Option<Money>,
}

impl Bounds {
    /// The bound that was passed, in words for people.
    #[must_use]
    pub fn passed_by(&self, told: &Told) -> Option<String> {
        let usage = &told.usage;
        let tokens = usage.input_tokens.saturating_add(usage.output_tokens);
        if let Some(limit) = self.steps
            && told.record.steps > limit
        {
            return Some(format!(
                "it took more steps than the {limit} it is allowed ([agents] steps)"
            ));
        }
        if let Some(limit) = self.tokens
            && tokens > limit
        {
            return Some(format!(
                "it used {tokens} tokens, {limit} are allowed ([agents] tokens)"
            ));
        }
        match (self.cost, usage.cost) {
            (Some(limit), Some(cost)) if cost > limit => Some(format!(
                "it cost {cost}, {limit} is allowed ([agents] cost)"
            )),
            _ => None,
        }
    }
}

/// A session that an agent goes on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The run it is gone on with.
    pub run: RunId,
    pub session_id: String,
    /// What the session had used when it was left, as the agent reported it.
    pub before: Usage,
    /// Whether the work may begin anew where the session cannot be had.
    #[serde(default)]
    pub or_anew: OrAnew,
}

/// What becomes of work whose session cannot be gone on with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrAnew {
    /// It is not begun: it would know nothing of what it goes on with.
    #[default]
    Never,
    /// It is the same work once more: a new session will do.
    IfItMust,
}
