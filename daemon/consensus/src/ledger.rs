//! What was decided in earlier runs about a subject, and when a finding of this run is that matter again.
//!
//! An entry is bound to the text it is about: once that text has changed, it is asked anew. Where entries are
//! kept, and who writes them, is not here.

use serde::{Deserialize, Serialize};

use crate::answer::Severity;
use crate::settle::Disposition;

/// A paragraph or list item of an input, by its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Block {
    pub path: String,
    /// Hex SHA-256 of its text, white space squeezed.
    pub hash: String,
}

/// How a matter of the ledger stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing")]
pub enum Standing {
    /// A human said so.
    Settled {
        disposition: Disposition,
        by: String,
        at_us: i64,
        #[serde(default)]
        bulk: bool,
    },
    /// The table, or an arbiter, settled it without a human.
    Resolved { answer: Option<String>, at_us: i64 },
    /// In view: asked when another run or family raises it.
    Watched { families: Vec<String>, at_us: i64 },
}

/// One matter of one gate and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Hex SHA-256; one entry has one id for ever.
    pub id: String,
    pub kind: String,
    pub claim: String,
    pub severity: Severity,
    /// The blocks its anchors lie in, sorted; empty when it was unanchored.
    pub blocks: Vec<Block>,
    /// Hash of all inputs as they were; what an unanchored matter is bound to.
    pub content_hash: String,
    /// The run that wrote it last.
    pub run: String,
    pub standing: Standing,
}
