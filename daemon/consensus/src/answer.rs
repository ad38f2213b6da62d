//! A validated answer as typed findings, and their canonical form.
//!
//! Ids and any other keys agents invent are left out on the way in: they are noise. Who said it
//! is known from the attempt, never from here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::Mismatch;
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
        match &self.place {
            None => print.finish(),
            // The same words about the same line further down are another remark.
            Some(place) => print
                .part("place")
                .part(&place.path)
                .part(place.side.word())
                .part(&place.first.to_string())
                .part(&place.last.to_string())
                .finish(),
        }
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

impl Answer {
    /// Reads a value the gate's schema has accepted. A schema looser than this shape is told so.
    pub fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let Some(items) = value.get("findings").and_then(Value::as_array) else {
            return Err(mismatch("/findings", "array", value.get("findings")));
        };
        let findings = items.iter().enumerate().map(|(n, item)| finding(n, item));
        Ok(Self {
            findings: findings.collect::<Result<_, _>>()?,
            cleared: Vec::new(),
        })
    }

    /// Hex SHA-256 of the set of findings: order does not matter.
    pub fn canonical_hash(&self) -> String {
        let mut hashes: Vec<String> = self
            .findings
            .iter()
            .map(RawFinding::canonical_hash)
            .collect();
        hashes.sort();
        Fingerprint::new("synod/answer/v1")
            .list(hashes.iter().map(String::as_str))
            .finish()
    }
}

fn finding(n: usize, item: &Value) -> Result<RawFinding, Mismatch> {
    let at = |key: &str| format!("/findings/{n}/{key}");
    let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    let must = |key: &str| text(key).ok_or_else(|| mismatch(&at(key), "string", item.get(key)));
    let severity = match must("severity")?.as_str() {
        "critical" => Severity::Critical,
        "important" => Severity::Important,
        "minor" => Severity::Minor,
        _ => {
            let expected = "critical, important or minor";
            return Err(mismatch(&at("severity"), expected, item.get("severity")));
        }
    };
    let resolvability = match must("resolvability")?.as_str() {
        "auto-fix" => Resolvability::AutoFix,
        "suggest-fix" => Resolvability::SuggestFix,
        "need-human" => Resolvability::NeedHuman,
        _ => {
            let expected = "auto-fix, suggest-fix or need-human";
            return Err(mismatch(
                &at("resolvability"),
                expected,
                item.get("resolvability"),
            ));
        }
    };
    let list = |key: &str| {
        item.get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    Ok(RawFinding {
        kind: must("kind")?,
        claim: must("claim")?,
        severity,
        resolvability,
        answer: text("answer"),
        options: list("options")
            .filter_map(|o| o.as_str().map(str::to_owned))
            .collect(),
        reasoning: text("reasoning"),
        suggested_fix: match item.get("suggested_fix") {
            None | Some(Value::Null) => None,
            Some(Value::String(fix)) => Some(fix.clone()),
            Some(other) => Some(other.to_string()),
        },
        quotes: list("quotes")
            .filter_map(|quote| {
                Some(Quote {
                    path: quote.get("path").and_then(Value::as_str).map(str::to_owned),
                    text: quote.get("text")?.as_str()?.to_owned(),
                })
            })
            .collect(),
        about: text("about"),
        matter: None,
        place: None,
    })
}

fn mismatch(path: &str, expected: &str, found: Option<&Value>) -> Mismatch {
    let found = found.map_or_else(
        || "nothing".to_owned(),
        |value| value.to_string().chars().take(80).collect(),
    );
    Mismatch {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found,
    }
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

    #[test]
    fn blank_answers_are_no_answers() {
        let blank = json!({"kind": "scope", "claim": "c", "severity": "minor",
            "resolvability": "auto-fix", "answer": " . "});
        assert_eq!(read(blank).canonical_answer(), None);
    }

    #[test]
    fn the_same_words_about_other_lines_are_another_remark() {
        let of = |first| RawFinding {
            place: Some(Place {
                path: "x".into(),
                side: Side::New,
                first,
                last: first,
            }),
            ..read(
                json!({"kind": "bug", "claim": "c", "severity": "minor", "resolvability": "auto-fix"}),
            )
        };
        assert_eq!(of(1).canonical_hash(), of(1).canonical_hash());
        assert_ne!(of(1).canonical_hash(), of(2).canonical_hash());
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
