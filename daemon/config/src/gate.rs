//! One gate as data: who is asked, about which files, with which prompt, and when it is decided.
//! Which gates exist is `gates`'; what answers mean is `synod-consensus`'s.

use std::time::Duration;

use synod_consensus::{Schema, SchemaError, Table};

use crate::document::read_document;
use crate::error::{ConfigError, did_you_mean};
use crate::gate_toml::read_gate;
use crate::gates::GateSource;
use crate::prompt::{self, PromptError};
use crate::quorum::Quorum;

/// A gate, read and checked.
#[derive(Debug, Clone)]
pub struct GateDef {
    /// What a submission calls it.
    pub name: String,
    /// Raised when the gate's meaning changes; runs of different versions are different work.
    pub version: u32,
    /// When in a project it runs; a free word, such as `before-plan`.
    pub checkpoint: Option<String>,
    /// Who is asked when the submission names nobody; never empty, nobody twice.
    pub roster: Vec<Seat>,
    /// How many valid answers it needs.
    pub quorum: Quorum,
    /// The files it looks at, the main one first.
    pub inputs: Vec<InputDecl>,
    /// The prompt's template.
    pub prompt: Companion,
    /// What an answer must look like.
    pub schema: Schema,
    /// What happens to a finding.
    pub table: Table,
    /// When it goes ahead, and when it ends.
    pub deadlines: Deadlines,
    toml: String,
}

/// One place in a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The agent's name.
    pub agent: String,
    /// What this one is asked to look at in particular, in a sentence for the prompt.
    pub role: Option<String>,
}

/// One file a gate looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputDecl {
    /// Its path below the subject's folder.
    pub path: String,
    /// Whether the gate can do without it.
    pub presence: Presence,
}

/// Whether a gate can do without an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// A folder without it is refused.
    Required,
    /// Taken when it is there.
    Optional,
}

/// A file that the gate's TOML names, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// As the TOML names it.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// A gate's two deadlines, counted from the submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Until then everyone is waited for; from then on the quorum is enough.
    pub partial_after: Duration,
    /// Then the run ends, whatever is missing; never before `partial_after`.
    pub fail_after: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines {
            partial_after: Duration::from_mins(10),
            fail_after: Duration::from_mins(20),
        }
    }
}

/// Why a gate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// No gate has this name.
    #[error("unknown gate {found:?}; {}known gates: {known}", did_you_mean(.suggestion.as_deref()))]
    Unknown {
        /// As given.
        found: String,
        /// The nearest known one.
        suggestion: Option<String>,
        /// All of them, separated by commas.
        known: String,
    },
    /// Its TOML is wrong.
    #[error(transparent)]
    Invalid(#[from] ConfigError),
    /// Its template is wrong.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// Its schema is wrong.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

impl GateError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            GateError::Unknown { .. } => "unknown-gate",
            GateError::Invalid(error) => error.code(),
            GateError::Prompt(error) => error.code(),
            GateError::Schema(_) => "bad-schema",
        }
    }
}

impl GateDef {
    /// Reads a gate and checks everything that can be checked without knowing the agents.
    pub fn parse(source: &GateSource) -> Result<GateDef, GateError> {
        let draft = read_document(&source.file, &source.toml, |root, problems| {
            read_gate(root, source, problems)
        })?;
        // `None` always comes with a problem, and problems have returned above.
        let draft = draft.ok_or_else(|| ConfigError::Invalid(Vec::new()))?;
        let schema = Schema::compile(&draft.schema.name, &draft.schema.text)?;
        let gate = GateDef {
            name: draft.name,
            version: draft.version,
            checkpoint: draft.checkpoint,
            roster: draft.roster,
            quorum: draft.quorum,
            inputs: draft.inputs,
            prompt: draft.prompt,
            schema,
            table: draft.table,
            deadlines: draft.deadlines,
            toml: source.toml.clone(),
        };
        prompt::check(&gate)?;
        Ok(gate)
    }

    /// The TOML as it was written, comments and all.
    pub fn to_toml(&self) -> &str {
        &self.toml
    }

    /// The names of the roster, in order.
    pub fn roster_names(&self) -> impl Iterator<Item = &str> {
        self.roster.iter().map(|seat| seat.agent.as_str())
    }

    /// What `agent` is asked to look at in particular, if the gate says so.
    pub fn role_of(&self, agent: &str) -> Option<&str> {
        self.roster
            .iter()
            .find(|seat| seat.agent == agent)
            .and_then(|seat| seat.role.as_deref())
    }
}
