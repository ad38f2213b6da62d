//! An agent asks to be allowed something: what, and what may be answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ToolKind;

/// A request for permission that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// The request's id within its attempt, as JSON: what an answer must name.
    pub request: String,
    /// What it wants to do, for people: a command line, a path, a title.
    pub what: String,
    pub kind: ToolKind,
    /// Files it is about, as the agent names them.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The answers the agent offers, in its order.
    pub choices: Vec<Choice>,
}

/// One answer that an agent offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The agent's own id of it.
    pub id: String,
    /// The agent's words for it.
    pub name: String,
    pub kind: ChoiceKind,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceKind {
    AllowOnce,
    AllowAlways,
    RejectOnce,
    RejectAlways,
}

impl ChoiceKind {
    /// Whether it lets the agent go on.
    #[must_use]
    pub const fn allows(self) -> bool {
        matches!(self, Self::AllowOnce | Self::AllowAlways)
    }

    /// For people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowOnce => "allow once",
            Self::AllowAlways => "allow always",
            Self::RejectOnce => "reject",
            Self::RejectAlways => "reject always",
        }
    }
}

impl fmt::Display for ChoiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What becomes of a request.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    Allow,
    /// A human decides.
    #[default]
    Ask,
    Deny,
}

/// Who may do what without being asked: the first rule that fits decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    pub rules: Vec<Rule>,
    /// When no rule fits.
    pub otherwise: Ruling,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The kinds of tools it is about; empty: all.
    #[serde(default)]
    pub kinds: Vec<ToolKind>,
    /// Patterns of paths (`src/**`, `*.md`, `**/*.lock`), relative to where the agent works. To allow, every path of
    /// the request must fit one of them, and it must name one; to ask or deny, one that fits is enough. Empty: any
    /// or none.
    #[serde(default)]
    pub paths: Vec<String>,
    pub ruling: Ruling,
}
