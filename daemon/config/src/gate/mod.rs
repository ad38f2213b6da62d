//! One gate as data: who is asked, about which files, with which prompt, in which rounds, and when
//! it is decided. Which gates exist is `gates`'; what answers mean is `synod-consensus`'s.

use std::collections::BTreeSet;
use std::time::Duration;

use synod_consensus::{Schema, Shape, Table};

use crate::document::read_document;
use crate::error::ConfigError;
use crate::gates::GateSource;
use crate::prompt;
use crate::quorum::Quorum;
use crate::size;

mod error;
mod read;
mod roster;

pub use error::GateError;
pub use read::{RESERVED, table_file};

/// A gate, read and checked.
#[derive(Debug, Clone)]
pub struct GateDef {
    /// What a submission calls it.
    pub name: String,
    /// Raised when the gate's meaning changes; runs of different versions are different work.
    pub version: u32,
    /// When in a project it runs; a free word, such as `before-plan`.
    pub checkpoint: Option<String>,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// Who is asked when the submission names nobody; nobody twice. Empty: the submission has to.
    pub roster: Vec<Seat>,
    /// How many valid answers it needs.
    pub quorum: Quorum,
    /// The files it looks at, the main one first; never empty.
    pub inputs: Vec<InputDecl>,
    /// What it looks at in a folder that has none of them.
    pub fallback: Fallback,
    /// What its answers are a list of.
    pub answers: Shape,
    /// The prompt's template.
    pub prompt: Companion,
    /// The template of the second round, where it is not the one that ships with the program.
    pub ballot_prompt: Option<Companion>,
    /// The template of the third round, where it is not the one that ships with the program.
    pub arbiter_prompt: Option<Companion>,
    /// What an answer must look like.
    pub schema: Schema,
    /// Whether everybody is asked about everybody's findings.
    pub ballot: bool,
    /// How often an invalid answer is sent back with the validator's words, at most.
    pub repair: u32,
    /// Who rules on what the table puts to an arbiter; the name of an agent, not known to exist yet.
    pub arbiter: Option<String>,
    /// Thousandths of what is decided without a human that a human is asked about, blind.
    pub audit_permille: u32,
    /// What happens to a finding.
    pub table: Table,
    /// When it goes ahead, and when it ends.
    pub deadlines: Deadlines,
    /// How long people may take over its questions.
    pub patience: Patience,
    source: GateSource,
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
    /// Bytes of it that stand in a prompt; what follows is cut, visibly. Absent: all of it.
    pub limit: Option<u64>,
    /// What the gate looks into it for, in a few words.
    pub purpose: Option<String>,
}

/// Whether a gate can do without an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// A folder without it is refused.
    Required,
    /// Taken when it is there.
    Optional,
}

/// What a gate looks at in a folder that has none of its inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// All Markdown files of the folder.
    Markdown,
    /// Nothing: the folder is refused.
    Nothing,
}

/// A file that the gate's TOML names, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// As the TOML names it.
    pub name: String,
    /// As messages name it: beside the TOML.
    pub file: String,
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

/// How long people may take over a gate's questions, counted from when they were put. Nobody decides in their place:
/// what is overdue stays open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Patience {
    /// An open question is brought to mind again and again after this time; absent: never.
    pub remind_after: Option<Duration>,
    /// It is due after this time; absent: whenever.
    pub due_after: Option<Duration>,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines {
            partial_after: Duration::from_mins(10),
            fail_after: Duration::from_mins(20),
        }
    }
}

/// The agents there are, by name, for whoever wants a gate's roster checked while it is written.
#[derive(Debug, Clone, Copy)]
pub enum Agents<'a> {
    /// Not known now: names are checked at the submission.
    Later,
    /// These and no others.
    Known(&'a BTreeSet<String>),
}

impl InputDecl {
    /// What it is and what is made of it, for people: `spec.md: what is to be built (needed)`.
    pub fn in_words(&self) -> String {
        let mut words = self.path.clone();
        if let Some(purpose) = &self.purpose {
            words = format!("{words}: {purpose}");
        }
        let needed = match self.presence {
            Presence::Required => "needed",
            Presence::Optional => "if there",
        };
        match self.limit {
            Some(limit) => format!("{words} ({needed}; cut after {})", size::format(limit)),
            None => format!("{words} ({needed})"),
        }
    }
}

impl GateDef {
    /// Reads a gate and checks everything that can be checked without knowing the agents.
    pub fn parse(source: &GateSource) -> Result<GateDef, GateError> {
        GateDef::parse_knowing(source, Agents::Later)
    }

    /// As [`GateDef::parse`], and a name of nobody in the roster is a mistake too.
    pub fn parse_knowing(source: &GateSource, agents: Agents<'_>) -> Result<GateDef, GateError> {
        let draft = read_document(&source.file, &source.toml, |root, problems| {
            read::read_gate(root, source, agents, problems)
        })?;
        // `None` always comes with a problem, and problems have returned above.
        let draft = draft.ok_or_else(|| ConfigError::Invalid(Vec::new()))?;
        let schema = Schema::compile(&draft.schema.file, &draft.schema.text)?;
        let list = draft.answers.word();
        if !schema.required().iter().any(|key| key == list) {
            return Err(GateError::ListNotRequired {
                schema: draft.schema.file,
                list,
            });
        }
        let gate = GateDef {
            name: draft.name,
            version: draft.version,
            checkpoint: draft.checkpoint,
            description: draft.description,
            roster: draft.roster,
            quorum: draft.quorum,
            inputs: draft.inputs,
            fallback: draft.fallback,
            answers: draft.answers,
            prompt: draft.prompt,
            ballot_prompt: draft.rounds.ballot_prompt,
            arbiter_prompt: draft.rounds.arbiter_prompt,
            schema,
            ballot: draft.rounds.ballot,
            repair: draft.rounds.repair,
            arbiter: draft.rounds.arbiter,
            audit_permille: draft.rounds.audit_permille,
            table: draft.table,
            deadlines: draft.deadlines,
            patience: draft.patience,
            source: source.only_named(),
        };
        prompt::check(&gate)?;
        Ok(gate)
    }

    /// The gate as text, with the files its TOML names and no others: what a run keeps, so that
    /// [`GateDef::parse`] gives the same gate again later.
    pub fn source(&self) -> &GateSource {
        &self.source
    }

    /// Hex SHA-256 of the gate's own text and of each file it names.
    pub fn content_hash(&self) -> String {
        self.source.content_hash()
    }

    /// The TOML as it was written, comments and all.
    pub fn to_toml(&self) -> &str {
        &self.source.toml
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

    /// The files it looks at, as words.
    pub fn inputs_in_words(&self) -> String {
        let paths: Vec<&str> = self
            .inputs
            .iter()
            .map(|input| input.path.as_str())
            .collect();
        paths.join(", ")
    }

    /// How much of the input at `path` stands in a prompt; `None` is all of it.
    pub fn limit_of(&self, path: &str) -> Option<u64> {
        self.inputs
            .iter()
            .find(|input| input.path == path)
            .and_then(|input| input.limit)
    }
}
