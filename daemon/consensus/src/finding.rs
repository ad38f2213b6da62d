//! A finding as it stands in a verdict: one matter, who raised it, what is to happen to it, why.
//!
//! Data only. How it came about is in `decide`; what a human says about it is in `settle`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::answer::{Resolvability, Severity, Side};
use crate::ballot::Real;
use crate::ledger::{Block, Entry};
use crate::ruling::Ruling;
use crate::text::{Fingerprint, canonical, squeeze};

/// How far the families agree that it is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Two families or more see it.
    Confirmed,
    /// Another family says no.
    Contested,
    /// Raised, and no other family says yes.
    Unconfirmed,
    /// Only one family answered at all.
    SingleFamily,
}

/// What happens to a finding. Each has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The common answer is recorded as a decision. Nothing is edited.
    Resolve,
    Ask,
    Arbitrate,
    /// Stays in the report; asked when it is raised again.
    Watch,
    Note,
    /// An earlier run's decision stands: the text it is about has not changed.
    Settled,
}

impl Decision {
    /// Whether somebody has still to say something about it.
    pub fn is_open(self) -> bool {
        match self {
            Self::Ask | Self::Arbitrate => true,
            Self::Resolve | Self::Watch | Self::Note | Self::Settled => false,
        }
    }
}

/// One raw finding of one agent, as part of this one. None is ever left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    pub agent: String,
    pub family: String,
    pub execution_id: String,
    pub attempt_id: String,
    /// The bytes of the attempt's output that hold the answer.
    pub range: Option<Range<u64>>,
    pub claim: String,
    pub severity: Severity,
    pub resolvability: Resolvability,
    pub answer: Option<String>,
    pub reasoning: Option<String>,
    pub suggested_fix: Option<String>,
}

/// A vote of the second round on a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    pub agent: String,
    pub family: String,
    pub execution_id: String,
    pub attempt_id: String,
    pub real: Real,
    pub answer: Option<String>,
}

/// Who decided, where it was not the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Basis {
    /// A decision of an earlier run that stands.
    Ledger { entry: Box<Entry> },
    /// The gate's arbiter.
    Arbiter { agent: String, ruling: Ruling },
}

/// What would have happened without the audit. Kept from whoever is asked: the question shows no recommendation,
/// no cell, and its options in an order of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audited {
    pub decision: Decision,
    pub answer: Option<String>,
    pub cell: String,
    #[serde(default)]
    pub basis: Option<Basis>,
}

/// Where a remark on a diff stands, and what it is called from run to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    pub path: String,
    pub side: Side,
    /// Lines of that side, from 1.
    pub first: u32,
    pub last: u32,
    /// `synod/v1`: hex SHA-256 of kind, path, the quoted lines without white space, and the occurrence.
    pub fingerprint: String,
    /// Whether it touches no line that the diff adds, nor its surroundings: noted, never blocking.
    pub pre_existing: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Hex SHA-256 of the canonical content; unique within an outcome.
    pub key: String,
    pub kind: String,
    /// The claim, in the words of one of the voices.
    pub text: String,
    /// The highest of the voices, for routing.
    pub severity: Severity,
    /// The median of the voices in hundredths (100 minor to 300 critical), for ranking.
    pub severity_rank: u32,
    /// The most restraining of the voices.
    pub resolvability: Resolvability,
    pub agreement: Agreement,
    /// Families that see it.
    pub families: Vec<String>,
    pub decision: Decision,
    /// The row and column of the table, what stands there, and any restraint that changed it.
    pub cell: String,
    /// The common answer: recorded when resolved, recommended when asked.
    pub answer: Option<String>,
    pub options: Vec<String>,
    /// In document order.
    pub anchors: Vec<Anchor>,
    pub unanchored: bool,
    pub voices: Vec<Voice>,
    /// Keys of findings to be shown beside it, the most alike first.
    pub possibly_same: Vec<String>,
    /// Keys of findings that say the opposite.
    pub contradicts: Vec<String>,
    /// Higher is more urgent.
    pub rank: i64,
    /// Hex SHA-256 of what a human would be asked: an answer to another text is refused.
    pub question_hash: String,
    /// The second round's votes, by agent.
    #[serde(default)]
    pub ballots: Vec<Cast>,
    #[serde(default)]
    pub basis: Option<Basis>,
    /// What was decided automatically, while a human is asked about it blind.
    #[serde(default)]
    pub audited: Option<Audited>,
    #[serde(default)]
    pub located: Option<Located>,
    /// The blocks its anchors lie in, sorted: what the ledger binds a decision to.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// What it is about by construction (`RawFinding::matter`).
    #[serde(default)]
    pub matter: Option<String>,
    /// Keys of the first round's findings that the ballot merged into this one; empty when it was not merged.
    #[serde(default)]
    pub merged: Vec<String>,
    /// Id of the ledger's entry about this matter, if it was met before.
    #[serde(default)]
    pub met: Option<String>,
}

impl Finding {
    /// What `question_hash` must be: over the claim, every voice, the options and the
    /// recommendation.
    pub(crate) fn hash_of_question(&self) -> String {
        let fold = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut print = Fingerprint::new("synod/question/v1")
            .part(&self.kind)
            .part(&self.text)
            .part(self.severity.word())
            .part(&fold(&self.answer))
            .list(self.options.iter().map(String::as_str));
        for voice in &self.voices {
            print = print
                .part(&voice.agent)
                .part(&voice.family)
                .part(&voice.claim)
                .part(&fold(&voice.answer))
                .part(&fold(&voice.reasoning));
        }
        for anchor in &self.anchors {
            print = print.part(&anchor.path).part(&anchor.quote);
        }
        for cast in &self.ballots {
            print = print
                .part(&cast.agent)
                .part(cast.real.word())
                .part(&fold(&cast.answer));
        }
        print.finish()
    }
}

/// The key of a matter that the ballot merged from others.
pub(crate) fn key_of_merged(keys: &[String]) -> String {
    Fingerprint::new("synod/merged-finding/v1")
        .list(keys.iter().map(String::as_str))
        .finish()
}

/// The key of a matter: what is said about which place, whoever says it.
pub(crate) fn key_of(kind: &str, claims: &[&str], anchors: &[Anchor]) -> String {
    let mut claims: Vec<String> = claims.iter().map(|claim| canonical(claim)).collect();
    claims.sort();
    claims.dedup();
    let places: Vec<String> = anchors
        .iter()
        .map(|a| {
            format!(
                "{}\u{0}{}\u{0}{}\u{0}{}",
                a.path,
                a.start,
                a.end,
                squeeze(&a.quote)
            )
        })
        .collect();
    Fingerprint::new("synod/finding/v1")
        .part(kind)
        .list(claims.iter().map(String::as_str))
        .list(places.iter().map(String::as_str))
        .finish()
}
