//! What a human is asked, about what, and what was said.

use serde::{Deserialize, Serialize};
use synod_adapters::Permission;
use synod_consensus::Disposition;
use synod_shared::ids::{AttemptId, ExecutionId, FindingId, RunId};

use crate::time::Now;

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
