//! A validated answer as typed findings, and their canonical form.
//!
//! Ids and any other keys agents invent are left out on the way in: they are noise. Who said it
//! is known from the attempt, never from here. How a value of each shape is read is in a file of
//! that name.

mod checks;
mod findings;
mod remarks;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::anchor::Input;
use crate::requirement::{Requirement, requirements};
use crate::schema::Mismatch;
use crate::shape::Shape;
use crate::text::{Fingerprint, canonical, squeeze};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Minor,
    Important,
    Critical,
}

impl Severity {
    /// 1 to 3, for ranking.
    pub fn weight(self) -> u32 {
        match self {
            Self::Minor => 1,
            Self::Important => 2,
            Self::Critical => 3,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Important => "important",
            Self::Critical => "critical",
        }
    }
}

/// Who could settle it. Ordered by how much it restrains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolvability {
    AutoFix,
    SuggestFix,
    NeedHuman,
}

impl Resolvability {
    pub fn word(self) -> &'static str {
        match self {
            Self::AutoFix => "auto-fix",
            Self::SuggestFix => "suggest-fix",
            Self::NeedHuman => "need-human",
        }
    }
}

/// Words the agent says stand in an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quote {
    /// Which input; absent: any.
    #[serde(default)]
    pub path: Option<String>,
    pub text: String,
}

/// One item as an agent reported it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RawFinding {
    pub kind: String,
    pub claim: String,
    pub severity: Severity,
    pub resolvability: Resolvability,
    pub answer: Option<String>,
    pub options: Vec<String>,
    pub reasoning: Option<String>,
    pub suggested_fix: Option<String>,
    pub quotes: Vec<Quote>,
    /// A heading or requirement id that exists in an input.
    pub about: Option<String>,
    /// What it is about by construction, where the daemon enumerates the matters: findings with the same one
    /// always merge, with different ones never.
    #[serde(default)]
    pub matter: Option<String>,
    /// Lines of a diff.
    #[serde(default)]
    pub place: Option<Place>,
}

/// Lines of one side of a diff, as the agent numbered them. The quote decides where a remark really stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    pub path: String,
    pub side: Side,
    /// From 1.
    pub first: u32,
    pub last: u32,
}

/// A side of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Old,
    New,
}

impl Side {
    pub fn word(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

impl RawFinding {
    /// The answer in the form answers are compared in; `None` when there is nothing in it.
    pub fn canonical_answer(&self) -> Option<String> {
        self.answer
            .as_deref()
            .map(canonical)
            .filter(|answer| !answer.is_empty())
    }

    /// Hex SHA-256 over everything the finding says, in canonical form.
    pub fn canonical_hash(&self) -> String {
        let mut options: Vec<String> = self.options.iter().map(|o| canonical(o)).collect();
        options.sort();
        let mut quotes: Vec<String> = self
            .quotes
            .iter()
            .map(|q| {
                format!(
                    "{}\u{0}{}",
                    q.path.as_deref().unwrap_or(""),
                    squeeze(&q.text)
                )
            })
            .collect();
        quotes.sort();
        let print = Fingerprint::new("synod/raw-finding/v1")
            .part(&self.kind)
            .part(&canonical(&self.claim))
            .part(self.severity.word())
            .part(self.resolvability.word())
            .part(&self.canonical_answer().unwrap_or_default())
            .list(options.iter().map(String::as_str))
            .part(&squeeze(self.reasoning.as_deref().unwrap_or("")))
            .part(&squeeze(self.suggested_fix.as_deref().unwrap_or("")))
            .list(quotes.iter().map(String::as_str))
            .part(&canonical(self.about.as_deref().unwrap_or("")));
        let print = match &self.matter {
            Some(matter) => print.part("matter").part(matter),
            None => print,
        };
        let print = match &self.place {
            Some(place) => print
                .part("place")
                .part(&place.path)
                .part(place.side.word())
                .part(&place.first.to_string())
                .part(&place.last.to_string()),
            None => print,
        };
        print.finish()
    }
}

/// What one agent answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub findings: Vec<RawFinding>,
    /// Matters it looked at and found in order: a no to whoever raises them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<String>,
}

/// What is needed to read an answer of each shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Findings,
    /// The requirements that were enumerated, each to be judged.
    Checks(Vec<Requirement>),
    Remarks,
}

impl Reading {
    pub fn of(shape: Shape, inputs: &[Input]) -> Self {
        match shape {
            Shape::Findings => Self::Findings,
            Shape::Checks => Self::Checks(requirements(inputs)),
            Shape::Remarks => Self::Remarks,
        }
    }
}

impl Answer {
    /// Reads a value the gate's schema has accepted. What does not fit is refused with its place, so that the
    /// agent can be told.
    pub fn read(reading: &Reading, value: &Value) -> Result<Self, Mismatch> {
        match reading {
            Reading::Findings => findings::read(value),
            Reading::Checks(requirements) => checks::read(value, requirements),
            Reading::Remarks => remarks::read(value),
        }
    }

    /// As `read`, for an answer that is a list of findings.
    pub fn from_value(value: &Value) -> Result<Self, Mismatch> {
        findings::read(value)
    }

    /// Hex SHA-256 of the set of findings: order does not matter.
    pub fn canonical_hash(&self) -> String {
        let mut hashes: Vec<String> = self
            .findings
            .iter()
            .map(RawFinding::canonical_hash)
            .collect();
        hashes.sort();
        let print = Fingerprint::new("synod/answer/v1").list(hashes.iter().map(String::as_str));
        if self.cleared.is_empty() {
            return print.finish();
        }
        let mut cleared: Vec<&str> = self.cleared.iter().map(String::as_str).collect();
        cleared.sort_unstable();
        print.list(cleared.into_iter()).finish()
    }
}

/// The list an answer is.
fn items<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], Mismatch> {
    let list = value.get(key).and_then(Value::as_array);
    list.map(Vec::as_slice)
        .ok_or_else(|| Mismatch::at(format!("/{key}"), "array", value.get(key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(finding: Value) -> RawFinding {
        Answer::from_value(&json!({"findings": [finding]}))
            .unwrap()
            .findings
            .remove(0)
    }

    #[test]
    fn ids_and_keys_of_the_agents_own_do_not_change_the_canonical_form() {
        let base = json!({"kind": "scope", "claim": "The limit is open.", "severity": "minor",
            "resolvability": "auto-fix", "answer": "Yes"});
        let mut other = base.clone();
        other["id"] = json!("CL-1");
        other["confidence"] = json!("high");
        other["claim"] = json!("the  limit is OPEN");
        other["answer"] = json!("yes.");
        assert_eq!(read(base).canonical_hash(), read(other).canonical_hash());
    }

    /// O14: what was accepted is put in place of a quote, word for word.
    #[test]
    fn only_a_text_is_a_suggested_fix_and_all_else_is_shown_with_the_reasons() {
        let of = |fix: Value| {
            let finding = read(json!({"kind": "scope", "claim": "c", "severity": "minor",
                "resolvability": "auto-fix", "reasoning": "Two readings.", "suggested_fix": fix}));
            (finding.suggested_fix, finding.reasoning.unwrap())
        };
        let own = "Two readings.".to_owned();
        assert_eq!(
            of(json!("{\"a\": 1}")),
            (Some("{\"a\": 1}".into()), own.clone())
        );
        assert_eq!(of(Value::Null), (None, own));
        assert_eq!(
            of(json!({"findings": []})),
            (None, "Two readings.\nsuggested: {\"findings\":[]}".into())
        );
    }

    #[test]
    fn blank_answers_are_no_answers() {
        let blank = json!({"kind": "scope", "claim": "c", "severity": "minor",
            "resolvability": "auto-fix", "answer": " . "});
        assert_eq!(read(blank).canonical_answer(), None);
    }

    #[test]
    fn a_value_of_another_shape_is_refused_with_its_place() {
        let error = Answer::from_value(&json!({"findings": [{"kind": "x"}]})).unwrap_err();
        assert_eq!(error.path, "/findings/0/severity");
        assert_eq!(
            Answer::from_value(&json!([])).unwrap_err().path,
            "/findings"
        );
    }

    #[test]
    fn an_answer_is_the_set_of_its_findings() {
        let a = json!({"kind": "scope", "claim": "a", "severity": "minor", "resolvability": "auto-fix"});
        let mut b = a.clone();
        b["claim"] = json!("b");
        let of = |list: Value| {
            Answer::from_value(&json!({"findings": list}))
                .unwrap()
                .canonical_hash()
        };
        assert_eq!(of(json!([a, b])), of(json!([b, a])));
        assert_ne!(of(json!([a])), of(json!([a, b])));
    }
}
