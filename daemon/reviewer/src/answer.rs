//! The words of an answer: findings, their kinds and severities, and its JSON shape.
//!
//! Deciding what is a finding belongs to the rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a reviewer says about the inputs it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Path of each input and the receipt code that stood at its end.
    pub receipts: BTreeMap<String, String>,
    pub findings: Vec<Finding>,
}

/// One matter a human may act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: Kind,
    pub claim: String,
    pub severity: Severity,
    pub resolvability: Resolvability,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    pub reasoning: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested_fix: Option<String>,
    pub quotes: Vec<Quote>,
    /// The requirement id or the heading the matter belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A piece of an input, as it stands there (line breaks become one space).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub path: String,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Ambiguity,
    MissingDecision,
    UndefinedTerm,
    MissingBehaviour,
    Untestable,
    Conflict,
    Scope,
    Traceability,
    Placeholder,
}

/// How much it matters. Ordered: the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Critical,
    Important,
    Minor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolvability {
    AutoFix,
    SuggestFix,
    NeedHuman,
}
