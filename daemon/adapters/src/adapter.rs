//! The kinds of CLI that are understood.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How an agent is spoken to, and how its output is read.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Adapter {
    /// Any program: the prompt on standard input, the answer on standard output, success is exit code 0.
    #[default]
    Command,
    /// Claude Code, `--output-format stream-json`.
    Claude,
    /// Codex, `exec --json`.
    Codex,
    /// Gemini CLI, `-o stream-json`.
    Gemini,
    /// opencode, `run --format json`.
    Opencode,
    /// Any agent of the Agent Client Protocol, version 1: it is spoken to as long as it works.
    Acp,
}

/// A name that no adapter has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected an adapter (command, claude, codex, gemini, opencode, acp), found {found:?}")]
pub struct UnknownAdapter {
    found: String,
}

impl Adapter {
    /// Every one of them.
    pub const ALL: &'static [Self] = &[
        Self::Command,
        Self::Claude,
        Self::Codex,
        Self::Gemini,
        Self::Opencode,
        Self::Acp,
    ];

    /// As it is written in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
            Self::Opencode => "opencode",
            Self::Acp => "acp",
        }
    }

    /// Whether its output is a protocol with a final message, not the answer itself.
    #[must_use]
    pub const fn is_structured(self) -> bool {
        !matches!(self, Self::Command)
    }
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Adapter {
    type Err = UnknownAdapter;

    fn from_str(text: &str) -> Result<Self, UnknownAdapter> {
        Self::ALL
            .iter()
            .copied()
            .find(|adapter| adapter.as_str() == text)
            .ok_or_else(|| UnknownAdapter {
                found: text.to_owned(),
            })
    }
}
