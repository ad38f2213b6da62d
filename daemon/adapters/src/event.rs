//! What an agent's line of output says, in words common to all CLIs.

use serde::{Deserialize, Serialize};

/// One thing an agent did or said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A session began, or was found again.
    Session {
        id: Option<String>,
        model: Option<String>,
    },
    /// A piece of what it says; pieces of one message follow each other.
    Says { text: String },
    /// A piece of what it thinks.
    Thinks { text: String },
    /// It calls a tool: for a shell its command line, for a file its path.
    Calls {
        id: String,
        tool: String,
        kind: ToolKind,
        what: String,
    },
    /// What a tool gave back.
    Returned { id: String, ok: bool, text: String },
    /// What it means to do, one entry a line, with `[x]`, `[~]` or `[ ]` in front.
    Plans { text: String },
    /// The provider said no, and it tries again.
    Retries {
        attempt: u32,
        of: Option<u32>,
        after_ms: Option<u64>,
        why: String,
    },
    /// It asks to be allowed something.
    Asks { what: String },
    /// A warning, or an error that is not the end.
    Notes { text: String },
    /// The CLI says that it is done, or that it failed.
    Ends { text: String },
}

/// What kind of thing a tool does: the words of the Agent Client Protocol.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum ToolKind {
    Read,
    Edit,
    Delete,
    Move,
    Search,
    Execute,
    Think,
    Fetch,
    SwitchMode,
    #[default]
    Other,
}
