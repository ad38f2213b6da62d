//! How real agent CLIs print what they do: the same thing said, in the shape of the CLI that is passed for.
//! The shapes are those of recorded transcripts; the program knows nothing of who reads them.

mod acp;
mod claude;
mod codex;
mod command;
mod gemini;
mod opencode;

mod facts;
mod failure;

pub use self::{
    acp::{Asked, permission_request},
    facts::{Call, Facts, Usage},
    failure::Failure,
};

use std::str::FromStr;

use serde_json::Value;

/// The CLI that is passed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Any program: plain text.
    Command,
    Claude,
    Codex,
    Gemini,
    Opencode,
    /// It is spoken to: see `conversation.rs`.
    Acp,
}

impl FromStr for Tier {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Ok(match name {
            "command" => Self::Command,
            "claude" => Self::Claude,
            "codex" => Self::Codex,
            "gemini" => Self::Gemini,
            "opencode" => Self::Opencode,
            "acp" => Self::Acp,
            _ => return Err(()),
        })
    }
}

/// One thing an agent says, whatever its CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speech {
    /// It has read its prompt and begins.
    Begins,
    Says(String),
    Thinks(String),
    Plans(Vec<String>),
    /// It calls a tool; [`Facts::call`] says which.
    Calls,
    Returned(String),
    Retries {
        status: u16,
        after_ms: u64,
    },
    /// The final message, which `Done` repeats where a CLI does.
    Final(String),
    Done,
    Fails(Failure),
    /// A line of a kind that does not exist.
    Unknown(u64),
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A line of JSON on standard output.
    Json(Value),
    /// A line of text there.
    Text(String),
    /// A line on standard error.
    Aside(String),
    /// What the CLI will exit with.
    Code(u8),
}

/// The lines in which the CLI says it.
pub fn lines(tier: Tier, speech: &Speech, facts: &mut Facts) -> Vec<Line> {
    match tier {
        Tier::Command => command::lines(speech, facts),
        Tier::Claude => claude::lines(speech, facts),
        Tier::Codex => codex::lines(speech, facts),
        Tier::Gemini => gemini::lines(speech, facts),
        Tier::Opencode => opencode::lines(speech, facts),
        Tier::Acp => acp::lines(speech, facts),
    }
}

fn json(values: impl IntoIterator<Item = Value>) -> Vec<Line> {
    values.into_iter().map(Line::Json).collect()
}

/// In three pieces, as the stand-in for a model sends it: readers must join them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let third = text.floor_char_boundary(text.len() / 3);
    let second = text.floor_char_boundary(third + text.len() / 3);
    [&text[..third], &text[third..second], &text[second..]]
        .into_iter()
        .filter(|piece| !piece.is_empty())
}
