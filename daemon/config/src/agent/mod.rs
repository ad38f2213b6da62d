//! `[agents.NAME]`: a configured way to run one CLI, and the three agents that ship with the
//! program. It starts nothing and looks at no binary: that is the attempt's business.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use synod_adapters::{Adapter, Money, Policy};

use crate::digest::digest;
use crate::provider::LOCAL;

mod command;
mod permissions;
mod read;
mod sense;
mod values;

pub use command::CommandError;
pub(crate) use values::{check_name, is_name};

/// How long an attempt may take when nothing else is said.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(30);

/// The family of agents that say nothing about theirs: one voice together.
pub const UNKNOWN_FAMILY: &str = "unknown";

/// The family of the rule-based reviewers.
pub const RULES_FAMILY: &str = "rules";

/// The agents that ship with the program, in the order they are shown.
pub const BUILTIN: [&str; 3] = ["ambiguity", "testability", "consistency"];

/// A configured way to run one CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// What a roster calls it.
    pub name: String,
    /// How it is spoken to.
    pub kind: Kind,
    /// What is started.
    pub program: Program,
    /// Arguments after all others.
    pub args: Vec<String>,
    /// The model it is told to use; absent is the CLI's own choice.
    pub model: Option<String>,
    /// Names of environment variables it cannot do without, from the caller's environment.
    pub env: Vec<String>,
    /// Who serves the model: the unit of limits.
    pub provider: String,
    /// Whose mistakes it shares, if that is known; see [`Agent::family`].
    pub family: Option<String>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long an attempt may print nothing at all after its start; `None` is without end.
    pub first_byte: Option<Duration>,
    /// What one attempt may use up.
    pub limits: AgentLimits,
    /// Where it runs; absent is the folder of the subject or of the caller.
    pub cwd: Option<PathBuf>,
    /// What its writing runs work in; absent is decided by where they are submitted.
    pub isolation: Option<Isolation>,
    /// The session mode it is put into (`acp`).
    pub mode: Option<String>,
    /// What it may do without asking a human (`acp`).
    pub permissions: Policy,
    /// Who defined it.
    pub origin: Origin,
}

/// How an agent is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A program that is started.
    Cli(Adapter),
    /// A recorded attempt that is played back.
    Replay(Recording),
}

/// What is played back, and how fast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The recording's file, absolute.
    pub path: PathBuf,
    /// Its pace.
    pub speed: Speed,
}

/// The pace of a playback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// Thousandths of the recorded pace; more than 0.
    Thousandths(u32),
    /// Without any waiting.
    Max,
}

/// What is started for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// The program and flags of its adapter's profile.
    Profile,
    /// These words and no flags of the profile; never empty, no NUL, no shell.
    Own(Vec<String>),
    /// These words in place of the profile's program, then the profile's flags; as above.
    OwnWithFlags(Vec<String>),
}

/// What one attempt may use up; absent is without a limit of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentLimits {
    /// Requests to the model and calls of tools, as far as the output shows them.
    pub steps: Option<u32>,
    /// Tokens sent and written together.
    pub tokens: Option<u64>,
    /// Money.
    pub cost: Option<Money>,
    /// Bytes it may print; absent is `output_bytes` of `[limits]`.
    pub output_bytes: Option<u64>,
}

/// What a writing run works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// A git worktree of its own.
    Worktree,
    /// A copy of the folder.
    Copy,
    /// The folder itself.
    None,
}

/// Who defined an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It ships with the program.
    Builtin,
    /// It stands in `config.toml`.
    User,
}

impl Agent {
    /// The family that counts: what was said, else [`UNKNOWN_FAMILY`].
    pub fn family(&self) -> &str {
        self.family.as_deref().unwrap_or(UNKNOWN_FAMILY)
    }

    /// Equal for two configurations that would ask the same: program, words, model, family and mode. How long it may
    /// take and what it may use up are no part of it. A reviewer that ships with the program is another one in another
    /// version of the program.
    pub fn fingerprint(&self) -> String {
        let version = match self.origin {
            Origin::Builtin => env!("CARGO_PKG_VERSION"),
            Origin::User => "",
        };
        let (kind, program) = match (&self.kind, &self.program) {
            (Kind::Replay(recording), _) => {
                ("recording", vec![recording.path.display().to_string()])
            }
            (Kind::Cli(_), Program::Profile) => ("profile", Vec::new()),
            (Kind::Cli(_), Program::Own(words)) => ("own", words.clone()),
            (Kind::Cli(_), Program::OwnWithFlags(words)) => ("own-with-flags", words.clone()),
        };
        let [model, mode] = [&self.model, &self.mode].map(|word| word.as_deref().unwrap_or(""));
        let (of_program, of_args) = (program.len().to_string(), self.args.len().to_string());
        let mut parts = vec![
            self.name.as_str(),
            version,
            self.kind.as_str(),
            kind,
            model,
            mode,
            self.family(),
            &of_program,
        ];
        parts.extend(program.iter().map(String::as_str));
        parts.push(&of_args);
        parts.extend(self.args.iter().map(String::as_str));
        digest("synod/agent/v1", parts.into_iter().map(str::as_bytes))
    }

    /// One of [`BUILTIN`]: a rule-based reviewer, run from the daemon's own binary.
    pub(crate) fn builtin(name: &str, synodd: &str) -> Agent {
        let argv = vec![synodd.to_owned(), "reviewer".to_owned(), name.to_owned()];
        Agent {
            name: name.to_owned(),
            kind: Kind::Cli(Adapter::Command),
            program: Program::Own(argv),
            args: Vec::new(),
            model: None,
            env: Vec::new(),
            provider: LOCAL.to_owned(),
            family: Some(RULES_FAMILY.to_owned()),
            timeout: DEFAULT_TIMEOUT,
            first_byte: None,
            limits: AgentLimits::default(),
            cwd: None,
            isolation: None,
            mode: None,
            permissions: Policy::default(),
            origin: Origin::Builtin,
        }
    }
}

impl Kind {
    /// What stands under `adapter` for a [`Kind::Replay`].
    pub const REPLAY: &'static str = "replay";

    /// As it is written in the configuration.
    pub fn as_str(&self) -> &'static str {
        match self {
            Kind::Cli(adapter) => adapter.as_str(),
            Kind::Replay(_) => Kind::REPLAY,
        }
    }

    /// The adapter; that of a recording stands in the recording.
    pub fn adapter(&self) -> Option<Adapter> {
        match self {
            Kind::Cli(adapter) => Some(*adapter),
            Kind::Replay(_) => None,
        }
    }
}

impl Isolation {
    /// Every one of them.
    pub const ALL: [Isolation; 3] = [Isolation::Worktree, Isolation::Copy, Isolation::None];

    /// As it is written in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Isolation::Worktree => "worktree",
            Isolation::Copy => "copy",
            Isolation::None => "none",
        }
    }
}

/// As `--speed` of `synodd replay` reads it.
impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Speed::Max => f.write_str("max"),
            Speed::Thousandths(speed) if speed % 1000 == 0 => write!(f, "{}", speed / 1000),
            Speed::Thousandths(speed) => {
                let text = format!("{}.{:03}", speed / 1000, speed % 1000);
                f.write_str(text.trim_end_matches('0'))
            }
        }
    }
}
