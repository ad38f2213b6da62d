//! What was decided in earlier runs about a subject, and when a finding of this run is that matter again.
//!
//! An entry is bound to the text it is about: once that text has changed, it is asked anew. Where entries are
//! kept, and when they are written, is not here.

mod entry;
mod meeting;
mod still;

use serde::{Deserialize, Serialize};

use crate::answer::Severity;
use crate::finding::Located;
use crate::settle::Disposition;

pub use entry::{Decided, Human, content_hash, entry_after, entry_asked, matter};
pub use meeting::meets;
pub(crate) use meeting::{Meetings, Said, Terms};
pub use still::{Asked, Still, still_asked, still_standing};

/// A paragraph, list item or row of an input, by its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Block {
    pub path: String,
    /// Hex SHA-256 of its text, white space squeezed, without the mark of a list.
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
        /// From where: a client and its host, in words.
        #[serde(default)]
        from: String,
        at_us: i64,
        #[serde(default)]
        bulk: bool,
    },
    /// The table, or an arbiter, settled it without a human.
    Resolved { answer: Option<String>, at_us: i64 },
    /// In view: asked when another run or family raises it.
    Watched { families: Vec<String>, at_us: i64 },
    /// Another run asks a human about it, who has not answered. Never kept in a ledger: it ends with that run, or with
    /// an answer.
    Asked {
        options: Vec<String>,
        /// What is recommended there.
        answer: Option<String>,
        at_us: i64,
    },
}

impl Standing {
    pub fn at_us(&self) -> i64 {
        match self {
            Self::Settled { at_us, .. }
            | Self::Resolved { at_us, .. }
            | Self::Watched { at_us, .. }
            | Self::Asked { at_us, .. } => *at_us,
        }
    }

    /// Whether the documents must change before anything may pass.
    pub fn must_fix(&self) -> bool {
        match self {
            Self::Settled { disposition, .. } => *disposition == Disposition::MustFix,
            Self::Resolved { .. } | Self::Watched { .. } | Self::Asked { .. } => false,
        }
    }

    /// Whether nothing may pass while its text stands, though nobody raises it again.
    pub fn holds(&self) -> bool {
        self.must_fix() || matches!(self, Self::Asked { .. })
    }
}

/// One matter of one gate and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Hex SHA-256; one entry has one id for ever.
    pub id: String,
    pub kind: String,
    pub claim: String,
    /// Other wordings of it that were shown when it was decided.
    #[serde(default)]
    pub wordings: Vec<String>,
    pub severity: Severity,
    /// The blocks its anchors lie in, sorted; empty when it was unanchored.
    pub blocks: Vec<Block>,
    /// Hash of all inputs as they were; what an unanchored matter is bound to.
    pub content_hash: String,
    /// The run that wrote it last.
    pub run: String,
    /// The words it was first found by: what stood at its first anchor. Agents quote others each time; what reports
    /// call a matter must not change with them.
    #[serde(default)]
    pub quote: String,
    /// Where it stood in a diff; the fingerprint is the first one, as with the quote.
    #[serde(default)]
    pub located: Option<Located>,
    pub standing: Standing,
}
