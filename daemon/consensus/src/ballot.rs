//! The second round: everybody is asked about everybody's findings, without names, counts or reasons.
//!
//! Owns what a ballot is and how one is read. What votes come to is `decide`'s; how a ballot looks in a
//! prompt is the configuration's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decide::FailReason;
use crate::schema::{Mismatch, Schema, SchemaError};
use crate::sheet::{MOST_UNKNOWN, Sheet, unknown_label};
use crate::text::canonical;

const SCHEMA: &str = include_str!("builtin/ballot.schema.json");

/// The matters a ballot may be held on. Beyond, nobody reads the sheet to its end.
pub const MAX_BALLOT: usize = 200;

/// What a voter says about whether a matter is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Real {
    Yes,
    No,
    Unsure,
}

impl Real {
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unsure => "unsure",
        }
    }
}

/// A voter's word on one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub real: Real,
    pub answer: Option<String>,
    /// Keys of the matters it takes for the same one.
    #[serde(default)]
    pub same_as: Vec<String>,
}

impl Vote {
    pub(crate) fn unsure() -> Self {
        Self {
            real: Real::Unsure,
            answer: None,
            same_as: Vec::new(),
        }
    }
}

/// The votes of one voter, by the keys of the first round's findings. A matter that is left out is unsure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Votes {
    pub votes: BTreeMap<String, Vote>,
    /// Keys it voted on more than once, and differently: unsure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<String>,
    /// Labels it used that were not on its sheet, at most a few: ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

/// One voter's ballot, or why there is none: then it is unsure about everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    pub agent: String,
    pub family: String,
    pub execution_id: String,
    pub attempt_id: String,
    pub result: Result<Votes, FailReason>,
}

/// The schema of a ballot's answer, the same for every gate.
pub fn schema() -> Result<Schema, SchemaError> {
    Schema::compile("ballot.schema.json", SCHEMA)
}

impl Votes {
    /// Reads a value the ballot's schema has accepted, by the sheet its agent was given.
    pub fn from_value(value: &Value, sheet: &Sheet) -> Result<Self, Mismatch> {
        let list = value.get("votes").and_then(Value::as_array);
        let Some(items) = list else {
            let path = "/votes".to_owned();
            return Err(Mismatch::at(path, "array", value.get("votes")));
        };
        let mut votes = Self::default();
        for (n, item) in items.iter().enumerate() {
            votes.take(n, item, sheet)?;
        }
        votes.repeated.sort();
        votes.repeated.dedup();
        votes.unknown.sort();
        votes.unknown.dedup();
        votes.unknown.truncate(MOST_UNKNOWN);
        Ok(votes)
    }

    fn take(&mut self, n: usize, item: &Value, sheet: &Sheet) -> Result<(), Mismatch> {
        let wrong = |key: &str, expected: &str| {
            Mismatch::at(format!("/votes/{n}/{key}"), expected, item.get(key))
        };
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        let label = text("finding").ok_or_else(|| wrong("finding", "a label"))?;
        let real = match text("real") {
            Some("yes") => Real::Yes,
            Some("no") => Real::No,
            Some("unsure") => Real::Unsure,
            Some(_) | None => return Err(wrong("real", "yes, no or unsure")),
        };
        let Some(key) = sheet.key(label) else {
            self.unknown.push(unknown_label(label));
            return Ok(());
        };
        let mut same_as = Vec::new();
        for label in item
            .get("same_as")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let label = label.as_str().unwrap_or_default();
            match sheet.key(label) {
                // A matter is the same as itself: that says nothing.
                Some(other) if other == key => {}
                Some(other) => same_as.push(other.to_owned()),
                None => self.unknown.push(unknown_label(label)),
            }
        }
        same_as.sort();
        same_as.dedup();
        let vote = Vote {
            real,
            answer: text("answer")
                .filter(|answer| !canonical(answer).is_empty())
                .map(|answer| answer.trim().to_owned()),
            same_as,
        };
        match self.votes.remove(key) {
            None => self.votes.insert(key.to_owned(), vote),
            Some(earlier) if earlier == vote => self.votes.insert(key.to_owned(), vote),
            Some(_) => {
                self.repeated.push(key.to_owned());
                self.votes.insert(key.to_owned(), Vote::unsure())
            }
        };
        Ok(())
    }

    /// What it says about a matter.
    pub(crate) fn on(&self, key: &str) -> Real {
        self.votes.get(key).map_or(Real::Unsure, |vote| vote.real)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sheet() -> Sheet {
        Sheet::ballot(
            &["a".to_owned(), "b".to_owned(), "c".to_owned()],
            "run",
            "agent",
        )
    }

    fn key(n: usize) -> String {
        sheet().items[n].key.clone()
    }

    #[track_caller]
    fn read(votes: Value) -> Votes {
        let value = json!({"receipts": {}, "votes": votes});
        schema().unwrap().check(&value).unwrap();
        Votes::from_value(&value, &sheet()).unwrap()
    }

    #[test]
    fn labels_become_keys_and_strangers_are_told() {
        let votes = read(json!([
            {"finding": "f1", "real": "yes", "answer": " 5 s ", "same_as": ["F2", "F1", "F9", "F2"]},
            {"finding": "F7", "real": "no"},
            {"finding": "F2", "real": "unsure", "answer": " . ", "same_as": null},
        ]));
        let first = &votes.votes[&key(0)];
        assert_eq!(
            (first.real, first.answer.as_deref()),
            (Real::Yes, Some("5 s"))
        );
        assert_eq!(first.same_as, [key(1)]);
        assert_eq!(votes.votes[&key(1)].answer, None);
        assert_eq!(votes.unknown, ["F7", "F9"]);
        assert_eq!(votes.on(&key(2)), Real::Unsure);
    }

    #[test]
    fn a_label_with_two_different_votes_is_unsure_whatever_comes_third() {
        let yes = json!({"finding": "F1", "real": "yes"});
        let no = json!({"finding": "F1", "real": "no"});
        assert_eq!(read(json!([yes, yes])).on(&key(0)), Real::Yes);
        for list in [
            json!([yes, no]),
            json!([no, yes, yes]),
            json!([yes, yes, no]),
        ] {
            let votes = read(list);
            assert_eq!(votes.on(&key(0)), Real::Unsure);
            assert_eq!(votes.repeated, [key(0)]);
        }
    }

    #[test]
    fn votes_of_another_shape_are_refused_with_their_place() {
        let refused = |value: Value| Votes::from_value(&value, &sheet()).unwrap_err().path;
        assert_eq!(refused(json!({"votes": 1})), "/votes");
        assert_eq!(
            refused(json!({"votes": [{"finding": "F1", "real": "maybe"}]})),
            "/votes/0/real"
        );
        assert_eq!(refused(json!({"votes": [7]})), "/votes/0/finding");
    }
}
