//! What the daemon knows: runs, executions, attempts and what follows from them.
//!
//! Each is written whole: a change is the new value of one entity.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use synod_adapters::{Adapter, Money, Permission, Policy as Permits, Prices, Record, Usage};
use synod_consensus::{
    Disposition, Finding as Content, Policy, RawFinding, Trust, ledger::Entry, trust::Quorum,
};
use synod_shared::{
    ids::{AttemptId, ExecutionId, FindingId, RunId},
    words::{AttemptState, ExecutionState, Reason, RunState},
};

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

/// A gate as it stood when the run was submitted: a later edit of its definition changes nothing here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateWork {
    pub gate: String,
    pub version: u32,
    pub roster: Vec<Seat>,
    pub policy: Policy,
    pub deadlines: Deadlines,
    /// Equal for two submissions of the same gate, version, roster, quorum, subject and content.
    pub key: String,
    /// The receipt each input ends with, by path.
    pub receipts: BTreeMap<String, String>,
    /// What the daemon itself found in the inputs: instructions to reviewers and the like.
    pub planted: Vec<RawFinding>,
    /// When the first execution was submitted to the queue: the deadlines count from here.
    pub opened: Now,
    /// How often an invalid answer of one execution is sent back.
    #[serde(default)]
    pub repair: u32,
    /// Who decides disputes, as configured when the run was submitted.
    #[serde(default)]
    pub arbiter: Option<Box<AgentSpec>>,
    /// The rounds after the first, as far as they have been opened.
    #[serde(default)]
    pub rounds: Vec<Round>,
    /// The definition it was run by.
    #[serde(default)]
    pub definition: Definition,
    /// Hash of the inputs: what an unanchored decision of the ledger is bound to.
    #[serde(default)]
    pub content_hash: String,
    /// What is reviewed, for people; absent: documents.
    #[serde(default)]
    pub diff: Option<String>,
    /// When people are reminded of open questions, and when those are due.
    #[serde(default)]
    pub patience: Patience,
    /// Set when the run measures its agents instead of deciding anything.
    #[serde(default)]
    pub probe: Option<Box<Probe>>,
}

impl GateWork {
    /// The round that is open or was held last, after the first.
    #[must_use]
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// The round of this part, if it was opened.
    #[must_use]
    pub fn round_of(&self, part: Part) -> Option<&Round> {
        self.rounds.iter().find(|round| round.part == part)
    }
}

/// A place in a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub agent: String,
    pub family: String,
    /// Whether it can be asked about what others found.
    #[serde(default)]
    pub voting: Voting,
}

/// Whether an agent can be asked about what others found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voting {
    /// Rules and recordings say what they say, whatever they are asked.
    #[default]
    Mute,
    Votes,
}

/// What an execution is asked for.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What it finds in the inputs; of a run that is no gate, its work.
    #[default]
    Answer,
    /// What it says about everybody's findings.
    Ballot,
    /// What it decides about disputes.
    Arbiter,
}

impl Part {
    /// The word on the wire; an answer goes without saying.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answer => "",
            Self::Ballot => "ballot",
            Self::Arbiter => "arbiter",
        }
    }
}

/// A round after the first. Opened by one change, never opened twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    pub part: Part,
    pub executions: Vec<ExecutionId>,
    /// Keys of the findings that are put to it, in order: what labels on a sheet stand for.
    pub keys: Vec<String>,
    /// The receipt each input ends with, by path.
    pub receipts: BTreeMap<String, String>,
    pub opened: Now,
    /// Why nobody was asked, if nobody was.
    #[serde(default)]
    pub unheld: String,
}

/// Which definition of a gate a run goes by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Hash over definition, templates and schema.
    pub hash: String,
    /// `builtin`, or the file it was read from.
    pub origin: String,
}

/// How long people may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// An open question is brought to mind again and again after this time.
    pub remind_after: Option<Duration>,
    /// It is due after this time. Nobody decides in a human's place: it stays open.
    pub due_after: Option<Duration>,
}

/// Faults planted in a copy of the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// What the faults were drawn from.
    pub seed: u64,
    /// The faults, and the places left for comparison, as the one who planted them describes them (JSON).
    pub faults: serde_json::Value,
}

/// How long a gate waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// Until then all are waited for; from then on a quorum is enough.
    pub partial_after: Duration,
    /// Then the run ends, whatever is missing.
    pub fail_after: Duration,
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

/// What an agent told of itself, as far as its output was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub record: Record,
    /// What this attempt used: without what the session had used before, with a price put to it.
    pub usage: Usage,
}

/// One process tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub id: AttemptId,
    pub execution: ExecutionId,
    pub run: RunId,
    pub agent: String,
    /// Counted from 1 within the execution.
    pub number: u32,
    pub state: AttemptState,
    /// The boot in which it was committed as starting.
    pub boot_id: String,
    pub end: Option<End>,
    pub started_at_us: Option<i64>,
    pub pid: Option<u32>,
    pub containment: String,
    pub timeout: Option<Duration>,
    /// How often the actor attending it failed: once is mended, twice ends it.
    pub actor_failures: u32,
    /// The bound it passed, in words: it is ended for it.
    #[serde(default)]
    pub runaway: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub reason: Reason,
    pub detail: String,
    pub at_us: i64,
    pub duration_us: Option<u64>,
    pub output_bytes: u64,
    pub error_bytes: u64,
    /// What it told of itself; nothing if it is a plain command.
    #[serde(default)]
    pub told: Option<Box<Told>>,
    /// When the provider said that it may be asked again.
    #[serde(default)]
    pub retry_at_us: Option<i64>,
    /// Length of the readable transcript.
    #[serde(default)]
    pub transcript_bytes: u64,
}

impl End {
    /// An end of which nothing else is known.
    #[must_use]
    pub const fn new(reason: Reason, detail: String, at_us: i64) -> Self {
        Self {
            exit_code: None,
            signal: None,
            reason,
            detail,
            at_us,
            duration_us: None,
            output_bytes: 0,
            error_bytes: 0,
            told: None,
            retry_at_us: None,
            transcript_bytes: 0,
        }
    }
}

/// How far an attempt's output has been ingested.
///
/// The offset and what was learnt from the bytes before it are one row: each line is counted exactly once,
/// whatever dies when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub attempt: AttemptId,
    pub execution: ExecutionId,
    pub run: RunId,
    pub agent: String,
    /// Ingested up to here; at the end of a line but for the very end.
    pub output_bytes: u64,
    pub error_bytes: u64,
    pub lines: u64,
    pub last_line: String,
    pub last_output_at_us: Option<i64>,
    /// What it told of itself up to here; nothing if it is a plain command.
    #[serde(default)]
    pub told: Option<Told>,
    /// Length of the readable transcript up to here.
    #[serde(default)]
    pub transcript_bytes: u64,
}

/// A finding of a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub id: FindingId,
    pub run: RunId,
    pub content: Content,
    /// Ids of findings that may be the same matter.
    pub possibly_same: Vec<FindingId>,
    /// Place within the verdict, most urgent first.
    #[serde(default)]
    pub position: u32,
    /// Whether its voices' claims and fixes are told. Those of a daemon that told neither stay as they were told: the
    /// feed's bytes do not change.
    #[serde(default)]
    pub voices: Voices,
}

/// How much of the voices is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voices {
    /// Answer and reasoning.
    #[default]
    InBrief,
    /// Also their own claims, and the text they propose.
    InFull,
}

/// What is put to a human: a finding, or an agent's request for permission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The finding's id; of a permission, one derived from its attempt and its request.
    pub id: FindingId,
    pub run: RunId,
    pub text: String,
    pub severity: String,
    pub options: Vec<String>,
    pub recommended: Option<String>,
    pub content_hash: String,
    pub rank: i64,
    pub section: String,
    /// The finding's place within the verdict.
    #[serde(default)]
    pub position: u32,
    pub settled: Option<Settlement>,
    #[serde(default)]
    pub about: About,
    /// When it was put; absent before questions had deadlines.
    #[serde(default)]
    pub asked: Option<Now>,
    /// How often somebody was reminded of it.
    #[serde(default)]
    pub reminders: u32,
    /// When it is due.
    #[serde(default)]
    pub due_at_us: Option<i64>,
    /// It measures an automatic decision, and is asked without showing it.
    #[serde(default)]
    pub audit: bool,
}

/// What a question is about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum About {
    /// A finding of the verdict.
    #[default]
    Finding,
    /// A running agent waits for a permission.
    Permission(Box<Asked>),
}

/// Who asks to be allowed what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    pub attempt: AttemptId,
    pub execution: ExecutionId,
    pub agent: String,
    pub permission: Permission,
    /// The agent's own id of the choice that was made.
    pub chosen: Option<String>,
    /// The attempt ended, or took the request back, before anybody answered.
    pub withdrawn_at_us: Option<i64>,
}

/// What a human said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    pub disposition: Disposition,
    pub by: String,
    pub at_us: i64,
    pub bulk: bool,
    /// From where: the kind of client, and its host.
    #[serde(default)]
    pub from: String,
}

impl Settlement {
    /// The disposition as a word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        disposition_word(&self.disposition)
    }
}

/// A disposition as a word.
#[must_use]
pub const fn disposition_word(of: &Disposition) -> &'static str {
    match of {
        Disposition::Answer(_) | Disposition::Option(_) => "answer",
        Disposition::MustFix => "must-fix",
        Disposition::Dismiss => "dismiss",
        Disposition::Later => "later",
        Disposition::DuplicateOf(_) => "duplicate",
    }
}

impl Question {
    /// Whether nobody waits for an answer any more though none was given.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        match &self.about {
            About::Finding => false,
            About::Permission(asked) => asked.withdrawn_at_us.is_some(),
        }
    }

    /// Whether it still waits: never answered, or put off.
    #[must_use]
    pub fn is_open(&self) -> bool {
        if self.is_withdrawn() {
            return false;
        }
        match &self.settled {
            None => true,
            Some(settlement) => matches!(settlement.disposition, Disposition::Later),
        }
    }
}

/// What consensus decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub run: RunId,
    pub gate: String,
    pub state: RunState,
    /// One line: how far this can be trusted.
    pub line: String,
    pub answered: Vec<String>,
    pub missing: Vec<Missing>,
    /// What the answers came to; absent when they were never weighed.
    pub weighed: Option<Weighed>,
    pub decided_at_us: i64,
}

/// What the answers came to, beside the findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    pub trust: Trust,
    pub quorum: Quorum,
    /// Entries of the ledger that were met.
    #[serde(default)]
    pub ledger: Vec<Entry>,
    /// Hash of the outcome as it was weighed: what computing it again must give.
    #[serde(default)]
    pub outcome_hash: String,
}

/// A decision that outlives its run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub gate: String,
    pub subject: String,
    pub entry: Entry,
}

/// An agent without a valid answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub agent: String,
    pub reason: String,
    pub detail: String,
}

/// Any entity: what one change holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Entity {
    Run(Run),
    Execution(Execution),
    Attempt(Attempt),
    Progress(Progress),
    Finding(Finding),
    Question(Question),
    Verdict(Verdict),
    Ledger(LedgerEntry),
}
